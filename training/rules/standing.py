"""Two answers about one person and one required course, never mixed (DESIGN section 7).

*Complete on a day* is the only figure in rates, trends and evidence. *What is open* is what
somebody may have to do. Both follow from dates; nothing is stored as a word.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from training.rules.renewal import holds_on

SOON = timedelta(days=30)


class Complete(StrEnum):
    """The first answer."""

    YES = "yes"
    NOT_YET_DUE = "not_yet_due"
    NO = "no"
    NOT_REQUIRED = "not_required"


class Status(StrEnum):
    """The second answer."""

    LEFT = "left"
    NOT_REQUIRED = "not_required"
    AWAY = "away"
    WAITING_FOR_HELP = "waiting_for_help"
    OVERDUE = "overdue"
    DUE_SOON = "due_soon"
    CURRENT = "current"
    IN_PROGRESS = "in_progress"
    ASSIGNED = "assigned"


# A person's status is the worst of her courses, in this order; who is away comes after.
URGENCY = (
    Status.OVERDUE,
    Status.WAITING_FOR_HELP,
    Status.DUE_SOON,
    Status.IN_PROGRESS,
    Status.ASSIGNED,
    Status.CURRENT,
    Status.AWAY,
    Status.NOT_REQUIRED,
    Status.LEFT,
)


@dataclass(frozen=True, slots=True)
class CourseFacts:
    """The dates about one person and one required course, as they are on the day asked about.

    `required`: a rule asks it of her, or an officer opened it by hand. `left`: she is no longer
    here on that day. `away`: on leave then (`away_until` None with it: no end known).
    `waived_until`: the last day of a waiver in force. `first_due_on`: the due day of her first
    duty. `due_on`: the due day of what is open by its dates, or ought to be open, whether or
    not a job has opened it, as moved by leave or an unlock; None while nothing is.
    `held`: a completion that was not withdrawn exists, and she has not started as new since;
    `expires_on` None with it: it never runs out. `held_due_on`: the due day of the cycle that
    renews what is held; moved past the expiry, the completion holds until then.
    """

    required: bool
    left: bool = False
    away_until: date | None = None
    away: bool = False
    waived_until: date | None = None
    waiting_for_help: bool = False
    first_due_on: date | None = None
    due_on: date | None = None
    begun: bool = False
    grace_days: int = 0
    held: bool = False
    expires_on: date | None = None
    held_grace_days: int = 0
    held_due_on: date | None = None


def complete_on(facts: CourseFacts, day: date) -> Complete:
    """Return whether she had completed on a day what was required of her.

    Yes: a completion holds, grace included, whatever else is open. Not yet due: a first duty
    whose due day plus grace has not passed. A waiver makes nobody trained.
    """
    if facts.left or not facts.required:
        return Complete.NOT_REQUIRED
    if _holds(facts, day):
        return Complete.YES
    due_on = due_day(facts)
    if not facts.held and due_on is not None and not _passed(due_on, facts.grace_days, day):
        return Complete.NOT_YET_DUE
    return Complete.NO


def in_rate(facts: CourseFacts, day: date) -> bool:
    """Tell whether she counts in the rate of a day: "yes" of "yes" and "no".

    Leave takes somebody out, to be shown beside the rate. A waiver does so only for whoever
    has completed once: who never has is "not trained, waived until", and stays in.
    """
    if facts.away or (_waived(facts, day) and facts.held):
        return False
    return complete_on(facts, day) in {Complete.YES, Complete.NO}


def status_on(facts: CourseFacts, day: date) -> Status:
    """Return what is open for her on a day: the first line of the table that matches."""
    if facts.left:
        return Status.LEFT
    if not facts.required:
        return Status.NOT_REQUIRED
    if facts.away or _waived(facts, day):
        return Status.AWAY
    if facts.waiting_for_help:
        return Status.WAITING_FOR_HELP
    return _open_status(facts, day)


def _open_status(facts: CourseFacts, day: date) -> Status:
    due_on = _due_day(facts, day)
    if due_on is not None:
        if _passed(due_on, facts.grace_days, day):
            return Status.OVERDUE
        if due_on - day <= SOON:  # days of grace count: their difference is below zero
            return Status.DUE_SOON
    if _holds(facts, day):
        return Status.CURRENT
    return Status.IN_PROGRESS if facts.begun else Status.ASSIGNED


def due_day(facts: CourseFacts) -> date | None:
    """Return the due day of what is open; of what ought to be, where no row says so yet."""
    if facts.due_on is None and not facts.held:
        return facts.first_due_on
    return facts.due_on


def _due_day(facts: CourseFacts, day: date) -> date | None:
    """Return the due day as above, or since when nothing holds though nothing was opened."""
    due_on = due_day(facts)
    if due_on is None and facts.held and not _holds(facts, day):
        return facts.expires_on
    return due_on


def _holds(facts: CourseFacts, day: date) -> bool:
    return facts.held and holds_on(day, facts.expires_on, facts.held_grace_days, facts.held_due_on)


def _waived(facts: CourseFacts, day: date) -> bool:
    return facts.waived_until is not None and facts.waived_until >= day


def _passed(due_on: date, grace_days: int, day: date) -> bool:
    return day > due_on + timedelta(days=grace_days)


def days_late(facts: CourseFacts, day: date) -> int:
    """Return how many days have passed since the last good day, grace included; 0: not late."""
    due_on = _due_day(facts, day)
    if due_on is None or status_on(facts, day) is not Status.OVERDUE:
        return 0
    return (day - due_on).days - facts.grace_days


def as_managers_see(status: Status) -> Status:
    """Return the status as a manager reads it: a wish for help is the officer's to know."""
    return Status.IN_PROGRESS if status is Status.WAITING_FOR_HELP else status


def worst(statuses: Iterable[Status]) -> Status:
    """Return a person's status: the worst of her courses."""
    return min(statuses, key=URGENCY.index, default=Status.NOT_REQUIRED)
