"""The dates that a rule gives one person, and which of them a change moves."""

from dataclasses import dataclass
from datetime import date, timedelta

from training.renewals.duties import Duty, renewal_of
from training.renewals.known import OpenCycle
from training.rules.renewal import RenewalPolicy, due_after_return, expires_on


@dataclass(frozen=True, slots=True)
class Dates:
    """Every day that a rule decides for one person and one course.

    `opens_on` is of a refresher: a first training opens as soon as it is asked.
    `late_after`: the last day that is not late, grace included. `next_on`: the refresher after
    that, if she completes on the due day (or today, where that is past).
    """

    asked: bool = False
    done_on: date | None = None
    opens_on: date | None = None
    due_on: date | None = None
    late_after: date | None = None
    next_on: date | None = None

    def key(self) -> list[str]:
        """Return plain values for a digest."""
        days = (self.done_on, self.opens_on, self.due_on, self.late_after, self.next_on)
        return [str(self.asked), *(day.isoformat() if day else "" for day in days)]


NOT_ASKED = Dates()


def dates_of(duty: Duty | None) -> Dates:
    """Return the dates of a duty; nothing is asked of whoever left, or whom no rule asks."""
    if duty is None or duty.person.kind == "left" or not duty.facts.required:
        return NOT_ASKED
    done_on = duty.held.completed_on if duty.held else None
    cycle = duty.cycle or open_by_its_dates(duty)
    if cycle is not None:
        opens = None if cycle.reason == "new_hire" else cycle.opens_on
        return _dates(duty, done_on, opens, cycle.due_on, cycle.renewal, cycle.previous_expiry)
    renewal = renewal_of(duty)
    if renewal is None or duty.held is None:
        return Dates(asked=True, done_on=done_on)
    opens, due_on = renewal
    return _dates(duty, done_on, opens, due_on, duty.rule.renewal, duty.held.expires_on)


def _dates(
    duty: Duty,
    done_on: date | None,
    opens: date | None,
    due_on: date,
    policy: RenewalPolicy,
    previous: date | None,
) -> Dates:
    return Dates(
        asked=True,
        done_on=done_on,
        opens_on=opens,
        due_on=due_on,
        late_after=due_on + timedelta(days=policy.grace_days),
        next_on=expires_on(
            policy,
            completed_on=max(due_on, duty.person.today),
            previous_expiry=previous,
            cycle_due_on=due_on,
        ),
    )


def open_by_its_dates(duty: Duty) -> OpenCycle | None:
    """Return the cycle that is open by its dates, though the job has not opened it yet."""
    facts, today = duty.facts, duty.person.today
    if duty.cycle is not None or duty.person.kind == "left" or not facts.required:
        return None
    if duty.held is None:
        opens, due_on, previous = today, facts.first_due_on, None
    else:
        renewal = renewal_of(duty)
        if renewal is None or today < renewal[0]:
            return None
        (opens, due_on), previous = renewal, duty.held.expires_on
    if due_on is None:
        return None
    version = (duty.renewed_by if duty.held else duty.first_by) or duty.rule
    return OpenCycle(
        id=0,
        rule_id=version.id,
        reason="renewal" if previous else "new_hire",
        assigned_on=today,
        opens_on=opens,
        due_on=due_on,
        begun=False,
        previous_expiry=previous,
        days=version.days,
        anchor=version.anchor,
        renewal=version.renewal,
    )


def applied_due_on(duty: Duty, from_on: date, moved_to: date | None) -> date | None:
    """Return the due day that a changed rule gives an open first training; None: it stays.

    Never sooner than the rule's own days from the change, nor than a day to which somebody
    moved it by hand, or a leave did (`moved_to`).
    """
    cycle, by_rule = duty.cycle, duty.rule_due_on
    if cycle is None or cycle.reason != "new_hire" or by_rule is None:
        return None
    due_on = due_after_return(by_rule, from_on, duty.rule.days)
    if moved_to is not None:
        due_on = max(due_on, moved_to)
    return due_on if due_on != cycle.due_on else None
