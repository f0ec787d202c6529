"""The use cases of duties: what is open for a learner, and how a cycle begins and ends."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Date,
    Row,
    Select,
    bindparam,
    case,
    exists,
    func,
    select,
    update,
)
from sqlalchemy.orm import Session

from training.accounts.models import Placement
from training.assignments.models import Absence, Assignment, CourseMinutes, DueChange, Waiver
from training.db import changed, core
from training.rules.renewal import due_after_return

BACK = "back on "
"""How the job's note begins that a due day moved after leave or a waiver; then comes the day."""


@dataclass(frozen=True, slots=True)
class Cycle:
    """One assignment with the due day that counts."""

    id: int
    user_id: int
    course: str
    path: str
    rule_id: int
    reason: str
    assigned_on: date
    opens_on: date
    due_on: date
    previous_expiry: date | None
    pinned: str | None
    role: str | None
    begun: bool
    closed_reason: str | None
    measured_seconds: int | None = None

    @property
    def is_refresher(self) -> bool:
        """Tell whether this is a renewal."""
        return self.reason == "renewal"


def _cycles() -> Select[Any]:
    moved = (
        select(DueChange.due_on)
        .where(DueChange.assignment_id == Assignment.id)
        .order_by(DueChange.id.desc())
        .limit(1)
        .correlate(Assignment)
        .scalar_subquery()
    )
    measured = (
        select(CourseMinutes.seconds)
        .where(CourseMinutes.course == Assignment.path, CourseMinutes.role == Assignment.role)
        .correlate(Assignment)
        .scalar_subquery()
    )
    return select(  # read by `core`: its columns, no object
        Assignment,
        moved.label("moved"),
        measured.label("measured"),
        _last_day_of(Absence).label("left_on"),
        _last_day_of(Waiver, Waiver.course == Assignment.course).label("let_off_on"),
        noted_back().label("noted"),
    )


def _last_day_of(
    table: type[Absence | Waiver], *where: ColumnElement[bool]
) -> ColumnElement[date | None]:
    """Return the last day of the last leave or waiver that ended while a cycle was open."""
    since = case(
        (Assignment.opens_on < Assignment.assigned_on, Assignment.opens_on),
        else_=Assignment.assigned_on,
    )
    return (
        select(func.max(table.to_on))
        .where(
            table.user_id == Assignment.user_id,
            table.superseded_at.is_(None),
            table.to_on < bindparam("back_by", type_=Date),
            table.to_on >= since,
            *where,
        )
        .correlate(Assignment)
        .scalar_subquery()
    )


def noted_back() -> ColumnElement[str | None]:
    """Return the job's last note of a return, of an assignment in the query around it."""
    return (
        select(func.max(DueChange.reason))
        .where(
            DueChange.assignment_id == Assignment.id,
            DueChange.changed_by_id.is_(None),
            DueChange.reason.startswith(BACK),
        )
        .correlate(Assignment)
        .scalar_subquery()
    )


def day_noted(note: str | None) -> date | None:
    """Return the day of the job's note of a return."""
    return date.fromisoformat(note.removeprefix(BACK)) if note else None


def due_when_back(due_on: date, last_day: date | None, noted: date | None) -> date:
    """Return the due day of an open cycle after a leave or waiver that ended on a day.

    It is moved from the first day back on, whether or not a job has noted so; once it was
    noted, what somebody does to the day afterwards counts.
    """
    if last_day is None:
        return due_on
    back_on = last_day + timedelta(days=1)
    return due_on if noted and noted >= back_on else due_after_return(due_on, back_on)


def _cycle(row: Row[Any]) -> Cycle:
    due_on = row.moved or row.due_on
    if row.closed_at is None:
        last_day = max((day for day in (row.left_on, row.let_off_on) if day), default=None)
        due_on = due_when_back(due_on, last_day, day_noted(row.noted))
    return Cycle(
        id=row.id,
        user_id=row.user_id,
        course=row.course,
        path=row.path,
        rule_id=row.rule_id,
        reason=row.reason,
        assigned_on=row.assigned_on,
        opens_on=row.opens_on,
        due_on=due_on,
        previous_expiry=row.previous_expiry,
        pinned=row.pinned,
        role=row.role,
        begun=row.begun_at is not None,
        closed_reason=row.closed_reason,
        measured_seconds=row.measured,
    )


@cache
def _open_query() -> Select[Any]:
    return _cycles().where(
        Assignment.user_id == bindparam("user"),
        Assignment.closed_at.is_(None),
        Assignment.opens_on <= bindparam("today"),
        ~_ended_as_she_left(),
    )


def _ended_as_she_left() -> ColumnElement[bool]:
    """Return the condition of a cycle of an earlier spell of work: no job has closed it yet."""
    return exists().where(
        Placement.user_id == Assignment.user_id,
        Placement.is_primary,
        Placement.kind == "left",
        Placement.superseded_at.is_(None),
        Placement.from_on > Assignment.assigned_on,
        Placement.from_on <= bindparam("back_by", type_=Date),
    )


@cache
def _own_query() -> Select[Any]:
    return _cycles().where(
        Assignment.id == bindparam("id"), Assignment.user_id == bindparam("user")
    )


def open_for(session: Session, user_id: int, today: date) -> tuple[Cycle, ...]:
    """Return the cycles that a learner can work on today, the one due first in front."""
    values = {"user": user_id, "today": today, "back_by": _back_by(session, today)}
    rows = core(session).execute(_open_query(), values)
    return tuple(sorted((_cycle(row) for row in rows), key=lambda c: (c.due_on, c.id)))


def _back_by(session: Session, today: date) -> date:
    """Return the day before which leaves count as ended; none while another system leads."""
    return date.min if session.info.get("led_by") == "lms" else today


def find_cycle_for(
    session: Session, user_id: int, assignment_id: int, today: date = date.min
) -> Cycle | None:
    """Return this learner's own cycle, open or closed; anybody else's looks like none.

    Of an open one the due day is today's: moved where she is back from leave.
    """
    values = {"id": assignment_id, "user": user_id, "back_by": _back_by(session, today)}
    row = core(session).execute(_own_query(), values).one_or_none()
    return _cycle(row) if row else None


def lock(session: Session, assignment_id: int) -> None:
    """Hold a cycle until this transaction ends: what is decided about it is decided once."""
    query = select(Assignment.id).where(Assignment.id == assignment_id).with_for_update()
    session.execute(query)


def pin(session: Session, assignment_id: int, pinned: str, role: str, now: datetime) -> bool:
    """Pin what she will see from now on, and as whom; False if another tab was first."""
    first = (
        update(Assignment)
        .where(Assignment.id == assignment_id, Assignment.begun_at.is_(None))
        .values(pinned=pinned, role=role, begun_at=now)
    )
    return changed(session, first) == 1


def close(session: Session, assignment_id: int, reason: str, now: datetime) -> bool:
    """Close an open cycle with its reason; False if it was closed already."""
    first = (
        update(Assignment)
        .where(Assignment.id == assignment_id, Assignment.closed_at.is_(None))
        .values(closed_at=now, closed_reason=reason)
    )
    return changed(session, first) == 1


def move_due_day(
    session: Session,
    assignment_id: int,
    due_on: date,
    *,
    reason: str,
    by: int | None,
    now: datetime,
) -> None:
    """Move a due day; the row before stays, the last one counts."""
    session.add(
        DueChange(
            assignment_id=assignment_id,
            due_on=due_on,
            reason=reason,
            changed_by_id=by,
            recorded_at=now,
        )
    )


def count_open(session: Session) -> int:
    """Return how many cycles are open."""
    query = select(func.count()).select_from(Assignment).where(Assignment.closed_at.is_(None))
    return session.scalar(query) or 0
