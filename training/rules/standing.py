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
    """The dates about one person and one required course.

    `due_on` is the due day of what is open by its dates, or ought to be open, whether or not
    a job has opened it; None while nothing is. `held` says that a completion exists that was
    not withdrawn; `expires_on` None with `held` True means that it never runs out.
    `first_duty` says that she has never completed the course in this spell.
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


def complete_on(facts: CourseFacts, day: date) -> Complete:
    """Return whether she had completed on a day what was required of her.

    Yes: a completion holds, grace included. Not yet due: a first duty whose due day plus
    grace has not passed. A waiver makes nobody trained.
    """
    if facts.left or not facts.required:
        return Complete.NOT_REQUIRED
    if facts.held and holds_on(day, facts.expires_on, facts.held_grace_days):
        return Complete.YES
    due_on = facts.due_on or facts.first_due_on
    if not facts.held and due_on is not None and not _passed(due_on, facts.grace_days, day):
        return Complete.NOT_YET_DUE
    return Complete.NO


def status_on(facts: CourseFacts, day: date) -> Status:
    """Return what is open for her on a day: the first line of the table that matches."""
    if facts.left:
        return Status.LEFT
    if not facts.required:
        return Status.NOT_REQUIRED
    if facts.away or (facts.waived_until is not None and facts.waived_until >= day):
        return Status.AWAY
    if facts.waiting_for_help:
        return Status.WAITING_FOR_HELP
    return _open_status(facts, day)


def _open_status(facts: CourseFacts, day: date) -> Status:
    if facts.due_on is not None:
        if _passed(facts.due_on, facts.grace_days, day):
            return Status.OVERDUE
        if facts.due_on - day <= SOON:
            return Status.DUE_SOON
    if facts.held and holds_on(day, facts.expires_on, facts.held_grace_days):
        return Status.CURRENT
    return Status.IN_PROGRESS if facts.begun else Status.ASSIGNED


def _passed(due_on: date, grace_days: int, day: date) -> bool:
    return day > due_on + timedelta(days=grace_days)


def worst(statuses: Iterable[Status]) -> Status:
    """Return a person's status: the worst of her courses."""
    return min(statuses, key=URGENCY.index, default=Status.NOT_REQUIRED)
