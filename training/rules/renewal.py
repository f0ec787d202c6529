"""When training is due, how long it holds, and when it comes round again (DESIGN section 7).

HIPAA sets no period (45 CFR 164.530(b)(2): new members within a reasonable time, and on
material change), so every period here is the practice's own rule, with its basis named.
Every day is a calendar day where the person works; `due_on` and `expires_on` are the last
good day.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

from training.rules.days import ONE_DAY, add_months, day_of_year

DAYS_A_MONTH = 28  # the shortest month: what is shorter than so many a month is always shorter
MONTHS_OF_A_FIXED_CYCLE = 12
LONGEST_VALIDITY = 120
DAYS_BACK = 30  # for somebody who is back from leave, a waiver, or gone and hired again
LEAP_YEAR = 2024  # has every day of the calendar


class Anchor(StrEnum):
    """What a new period is counted from."""

    COMPLETION = "completion"
    PREVIOUS_EXPIRY = "previous_expiry"
    FIXED = "fixed"


class FirstAnchor(StrEnum):
    """What a first duty is counted from."""

    HIRE = "hire"
    ACCESS = "access"


class Basis(StrEnum):
    """Why a period is what it is."""

    FEDERAL_LAW = "federal_law"
    STATE_LAW = "state_law"
    CORRECTIVE_ACTION_PLAN = "corrective_action_plan"
    OUR_POLICY = "our_policy"


class InvalidPolicy(ValueError):
    """A renewal policy can't work; `faults` names every reason."""

    def __init__(self, found: tuple[str, ...]) -> None:
        super().__init__("; ".join(found))
        self.faults = found


@dataclass(frozen=True, slots=True)
class RenewalPolicy:
    """How a completion runs out and comes round.

    `validity_months` None: it never runs out, but for the anchor `fixed`, where it ends on
    `fixed_day` (month, day) of a year. `window_days`: how long before the expiry the next
    cycle opens. `grace_days`: how long after a due day or an expiry all still counts.
    `minimum_gap_days`: how far the next fixed day lies at least. `refresher_course`: what the
    next cycle takes; None: the same course again.
    """

    validity_months: int | None
    anchor: Anchor = Anchor.PREVIOUS_EXPIRY
    window_days: int = 60
    grace_days: int = 0
    minimum_gap_days: int = 0
    fixed_day: tuple[int, int] | None = None
    refresher_course: str | None = None
    basis: Basis = Basis.OUR_POLICY

    def to_dict(self) -> dict[str, Any]:
        """Return plain values for JSON; `from_dict` gives the same policy back."""
        return {
            "validity_months": self.validity_months,
            "anchor": self.anchor.value,
            "window_days": self.window_days,
            "grace_days": self.grace_days,
            "minimum_gap_days": self.minimum_gap_days,
            "fixed_day": list(self.fixed_day) if self.fixed_day else None,
            "refresher_course": self.refresher_course,
            "basis": self.basis.value,
        }

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> "RenewalPolicy":
        """Return the policy that `to_dict` told of; raises InvalidPolicy with every fault.

        Whatever is missing is a fault too: nobody gets a yearly duty by leaving a key out.
        """
        _refuse(_shape_faults(values))
        fixed = values["fixed_day"]
        policy = cls(
            validity_months=values["validity_months"],
            anchor=Anchor(values["anchor"]),
            window_days=values["window_days"],
            grace_days=values["grace_days"],
            minimum_gap_days=values["minimum_gap_days"],
            fixed_day=(fixed[0], fixed[1]) if fixed else None,
            refresher_course=values["refresher_course"],
            basis=Basis(values["basis"]),
        )
        _refuse(faults(policy))
        return policy


def _refuse(found: tuple[str, ...]) -> None:
    if found:
        raise InvalidPolicy(found)


def _shape_faults(values: Mapping[str, Any]) -> tuple[str, ...]:
    """Return what of a stored policy is missing, unknown or of the wrong kind."""
    names = [field.name for field in fields(RenewalPolicy)]
    found = [f"{name} is missing" for name in names if name not in values]
    found += [f"{name} is no setting of a renewal" for name in values if name not in names]
    found += [
        f"{name} can't be {values[name]!r}"
        for name in names
        if name in values and not _fits(name, values[name])
    ]
    return tuple(found)


def _fits(name: str, value: object) -> bool:
    match name:
        case "anchor":
            return value in list(Anchor)
        case "basis":
            return value in list(Basis)
        case "refresher_course":
            return value is None or (isinstance(value, str) and bool(value))
        case "fixed_day":
            return value is None or (
                isinstance(value, list | tuple) and len(value) == 2 and all(map(_is_whole, value))
            )
        case "validity_months":
            return value is None or _is_whole(value)
        case _:
            return _is_whole(value)


def _is_whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def faults(policy: RenewalPolicy) -> tuple[str, ...]:
    """Return what is wrong with a policy, in words; an empty tuple if nothing is."""
    return tuple(what for _field, what in field_faults(policy))


def field_faults(policy: RenewalPolicy) -> tuple[tuple[str, str], ...]:
    """Return each fault with the setting that it is about, so that a form can show it there."""
    return (*_anchor_faults(policy), *_length_faults(policy))


def _anchor_faults(policy: RenewalPolicy) -> list[tuple[str, str]]:
    found = []
    if policy.anchor is Anchor.FIXED:
        if policy.fixed_day is None:
            found.append(("fixed_day", "a fixed day is missing: write its month and day"))
        elif not _is_in_the_calendar(*policy.fixed_day):
            what = "the fixed day is on no calendar: write a month and a day of it"
            found.append(("fixed_day", what))
        if policy.validity_months is not None:
            found.append(("validity_months", "with a fixed day the validity must be left out"))
        return found
    if policy.fixed_day is not None:
        found.append(("fixed_day", "a fixed day goes with the anchor 'fixed' only"))
    if policy.minimum_gap_days > 0:
        found.append(("minimum_gap_days", "a minimum gap goes with the anchor 'fixed' only"))
    return found


def _is_in_the_calendar(month: int, day: int) -> bool:
    return 1 <= month <= 12 and 1 <= day == day_of_year(LEAP_YEAR, month, day).day


def _length_faults(policy: RenewalPolicy) -> list[tuple[str, str]]:
    found = [
        (name, "days can't be less than none")
        for name in ("window_days", "grace_days", "minimum_gap_days")
        if getattr(policy, name) < 0
    ]
    months = policy.validity_months
    if months is not None and not 1 <= months <= LONGEST_VALIDITY:
        what = f"the validity must be 1 to {LONGEST_VALIDITY} months"
        found.append(("validity_months", what))
    cycle = MONTHS_OF_A_FIXED_CYCLE if policy.anchor is Anchor.FIXED else months
    if cycle is None:
        return found
    if policy.window_days >= DAYS_A_MONTH * cycle:
        what = "the window is as long as the validity: it would never close"
        found.append(("window_days", what))
    if policy.grace_days >= DAYS_A_MONTH * cycle:
        what = "the grace is as long as the validity: nothing would ever be late"
        found.append(("grace_days", what))
    return found


def expires_on(
    policy: RenewalPolicy,
    *,
    completed_on: date,
    previous_expiry: date | None = None,
    cycle_due_on: date | None = None,
) -> date | None:
    """Return the last day that a completion holds; None where it never runs out.

    `previous_expiry`: of the completion that the closed cycle renews; None for a first duty.
    `cycle_due_on`: the due day of the closed cycle, as moved. Renewing early never gives an
    earlier day than the previous expiry. Raises InvalidPolicy for `fixed` without its day.
    """
    if policy.anchor is Anchor.FIXED:
        return _next_fixed(policy, completed_on, previous_expiry, cycle_due_on)
    months = policy.validity_months
    if months is None:
        return None
    afresh = add_months(completed_on, months)
    if previous_expiry is None:
        return afresh
    if completed_on < opens_on(policy, previous_expiry):  # an officer opened the cycle early
        return max(previous_expiry, afresh)
    if completed_on <= previous_expiry or _keeps_rhythm(
        policy, completed_on, previous_expiry, cycle_due_on
    ):
        return add_months(previous_expiry, months)
    return afresh


def _keeps_rhythm(
    policy: RenewalPolicy, completed_on: date, previous_expiry: date, due_on: date | None
) -> bool:
    """Tell whether a completion after the previous expiry is still counted from it.

    After a leave so long that the next window is open already, it is not: she would be asked
    again at once, or hold a completion that is over on its first day.
    """
    if policy.anchor is not Anchor.PREVIOUS_EXPIRY or policy.validity_months is None:
        return False
    if not is_on_time(policy, completed_on, previous_expiry, due_on):
        return False
    within_grace = is_on_time(policy, completed_on, previous_expiry, None)
    following = add_months(previous_expiry, policy.validity_months)
    return within_grace or completed_on < opens_on(policy, following)


def _next_fixed(
    policy: RenewalPolicy,
    completed_on: date,
    previous_expiry: date | None,
    cycle_due_on: date | None,
) -> date:
    """Return the first fixed day that is late enough; 29 February clamps."""
    if policy.fixed_day is None:
        raise InvalidPolicy(faults(policy))
    earliest = completed_on + timedelta(days=policy.minimum_gap_days)
    if cycle_due_on is not None:
        earliest = max(earliest, cycle_due_on + ONE_DAY)
    if previous_expiry is not None:  # a cycle opened early by hand must cost no day
        earliest = max(earliest, previous_expiry)
    found = day_of_year(earliest.year, *policy.fixed_day)
    return found if found >= earliest else day_of_year(earliest.year + 1, *policy.fixed_day)


def is_on_time(
    policy: RenewalPolicy,
    completed_on: date,
    previous_expiry: date | None,
    due_on: date | None,
) -> bool:
    """Tell whether a day is no later than max(expiry, due day) plus grace."""
    days = [day for day in (previous_expiry, due_on) if day is not None]
    if not days:
        return True
    return completed_on <= max(days) + timedelta(days=policy.grace_days)


def opens_on(policy: RenewalPolicy, expires: date) -> date:
    """Return the day that the next cycle opens: computed, never the day that a job ran."""
    return expires - timedelta(days=policy.window_days)


def renewal_due_on(expires: date) -> date:
    """Return the due day of a renewal: the last day that the completion before it holds."""
    return expires


def holds_on(day: date, expires: date | None, grace_days: int, due_on: date | None = None) -> bool:
    """Tell whether a completion still holds on a day, grace included.

    `due_on`: the due day of the cycle that renews it. Where leave or an unlock moved that past
    the expiry, the completion holds until then. That it was made by `day` the caller knows.
    """
    if expires is None:
        return True
    last = expires if due_on is None else max(expires, due_on)
    return day <= last + timedelta(days=grace_days)


def first_due_on(
    *,
    days: int,
    anchor: FirstAnchor,
    hired_on: date,
    access_on: date | None,
    asked_on: date,
    placed_recorded_on: date,
    on: date | None = None,
) -> date | None:
    """Return the due day of a first duty; None where nothing is required (yet).

    The latest of hire (or access), the day that a rule first asked this of her, and the day
    that her placement was recorded, so that a first import makes nobody overdue; plus `days`.
    Not required: access unknown where the rule anchors on it; and, where `on` is given (the
    day of the question), a hire or an access that is still to come.
    """
    start = hired_on
    if anchor is FirstAnchor.ACCESS:
        if access_on is None:
            return None
        start = max(hired_on, access_on)
    if on is not None and start > on:
        return None
    return max(start, asked_on, placed_recorded_on) + timedelta(days=days)


def due_after_return(due_on: date, returned_on: date, days: int = DAYS_BACK) -> date:
    """Return the due day of somebody who is back: never sooner than so many days from then.

    `returned_on` is the first day back, after leave or a waiver, or the rehire day. The same
    rule holds for a rule change applied to open cycles: its day and the rule's own days.
    """
    return max(due_on, returned_on + timedelta(days=days))


def due_after_help(due_on: date, asked_on: date, given_on: date) -> date:
    """Return the due day after a human unlock: it stood still from the request to the unlock."""
    return due_on + max(given_on - asked_on, timedelta())
