"""When training is due, how long it holds, and when it comes round again (DESIGN section 7).

HIPAA sets no period (45 CFR 164.530(b)(2): new members within a reasonable time, and on
material change), so every period here is the practice's own rule, with its basis named.
`due_on` and `expires_on` are the last good day.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

from training.rules.days import add_months

DAYS_A_MONTH = 28


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


@dataclass(frozen=True, slots=True)
class RenewalPolicy:
    """How a completion runs out and comes round; `validity_months` None: it never runs out."""

    validity_months: int | None
    anchor: Anchor = Anchor.PREVIOUS_EXPIRY
    window_days: int = 60
    grace_days: int = 0
    minimum_gap_days: int = 0
    fixed_day: tuple[int, int] | None = None
    refresher_course: str | None = None
    basis: Basis = Basis.OUR_POLICY

    def to_dict(self) -> dict[str, Any]:
        """Return plain values for JSON."""
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
    def from_dict(cls, values: dict[str, Any]) -> "RenewalPolicy":
        """Return the policy that `to_dict` told of."""
        fixed = values.get("fixed_day")
        return cls(
            validity_months=values["validity_months"],
            anchor=Anchor(values["anchor"]),
            window_days=values["window_days"],
            grace_days=values["grace_days"],
            minimum_gap_days=values["minimum_gap_days"],
            fixed_day=(fixed[0], fixed[1]) if fixed else None,
            refresher_course=values["refresher_course"],
            basis=Basis(values["basis"]),
        )


def faults(policy: RenewalPolicy) -> tuple[str, ...]:
    """Return what is wrong with a policy, in words; an empty tuple if nothing is."""
    found = []
    months = policy.validity_months
    if policy.anchor is Anchor.FIXED:
        if policy.fixed_day is None:
            found.append("a fixed day is missing: write its month and day")
        if months is not None:
            found.append("with a fixed day the validity must be left out")
    elif policy.fixed_day is not None:
        found.append("a fixed day goes with the anchor 'fixed' only")
    if months is not None and months < 1:
        found.append("the validity must be a month or more")
    if months is not None and policy.window_days >= DAYS_A_MONTH * months:
        found.append("the window is as long as the validity: it would never close")
    if min(policy.window_days, policy.grace_days, policy.minimum_gap_days) < 0:
        found.append("days can't be less than none")
    return tuple(found)


def expires_on(
    policy: RenewalPolicy,
    *,
    completed_on: date,
    previous_expiry: date | None = None,
    cycle_due_on: date | None = None,
) -> date | None:
    """Return the last day that a completion holds; None where it never runs out.

    Finished before the previous expiry, no day is lost; on time (by the expiry or the moved
    due day, grace included) the anchor `previous_expiry` counts on from the expiry.
    """
    if policy.anchor is Anchor.FIXED:
        return _next_fixed(policy, completed_on, cycle_due_on)
    if policy.validity_months is None:
        return None
    start = completed_on
    if previous_expiry is not None:
        start = max(previous_expiry, completed_on)
        if policy.anchor is Anchor.PREVIOUS_EXPIRY and is_on_time(
            policy, completed_on, previous_expiry, cycle_due_on
        ):
            start = _previous_or_early(policy, completed_on, previous_expiry)
    return add_months(start, policy.validity_months)


def _previous_or_early(policy: RenewalPolicy, completed_on: date, previous: date) -> date:
    if completed_on < opens_on(policy, previous):  # an officer opened it early
        return max(previous, completed_on)
    return previous


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


def _next_fixed(
    policy: RenewalPolicy, completed_on: date, cycle_due_on: date | None
) -> date | None:
    if policy.fixed_day is None:
        return None
    month, day = policy.fixed_day
    earliest = completed_on + timedelta(days=policy.minimum_gap_days)
    year = earliest.year
    while True:
        found = _clamped(year, month, day)
        if found >= earliest and (cycle_due_on is None or found > cycle_due_on):
            return found
        year += 1


def _clamped(year: int, month: int, day: int) -> date:
    first = date(year, month, 1)
    return min(first + timedelta(days=day - 1), add_months(first, 1) - timedelta(days=1))


def opens_on(policy: RenewalPolicy, expires: date) -> date:
    """Return the day that the next cycle opens: computed, never the day that a job ran."""
    return expires - timedelta(days=policy.window_days)


def renewal_due_on(expires: date) -> date:
    """Return the due day of a renewal: the last day that the completion before it holds."""
    return expires


def holds_on(day: date, expires: date | None, grace_days: int) -> bool:
    """Tell whether a completion holds on a day, grace included."""
    return expires is None or day <= expires + timedelta(days=grace_days)


def first_due_on(
    *,
    days: int,
    anchor: FirstAnchor,
    hired_on: date,
    access_on: date | None,
    asked_on: date,
    placed_recorded_on: date,
) -> date | None:
    """Return the due day of a first duty; None where access is unknown: not required yet.

    The latest of hire (or access), the day that a rule first asked this of her, and the day
    that her placement was recorded, so that a first import makes nobody overdue; plus `days`.
    """
    start = hired_on
    if anchor is FirstAnchor.ACCESS:
        if access_on is None:
            return None
        start = max(hired_on, access_on)
    return max(start, asked_on, placed_recorded_on) + timedelta(days=days)


def due_after_return(due_on: date, returned_on: date, days: int = 30) -> date:
    """Return the due day of somebody who is back: never sooner than so many days from then."""
    return max(due_on, returned_on + timedelta(days=days))
