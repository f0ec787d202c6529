"""The use cases of duties: what is open for a learner, and how a cycle begins and ends."""

from dataclasses import dataclass
from datetime import date, datetime
from functools import cache

from sqlalchemy import Select, bindparam, func, select, update
from sqlalchemy.orm import Session

from training.assignments.models import Assignment, CourseMinutes, DueChange
from training.db import changed


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


def _cycles() -> Select[Assignment, date | None, int | None]:
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
    return select(Assignment, moved.label("moved"), measured.label("measured"))


def _cycle(row: Assignment, moved: date | None, measured: int | None) -> Cycle:
    return Cycle(
        id=row.id,
        user_id=row.user_id,
        course=row.course,
        path=row.path,
        rule_id=row.rule_id,
        reason=row.reason,
        assigned_on=row.assigned_on,
        opens_on=row.opens_on,
        due_on=moved or row.due_on,
        previous_expiry=row.previous_expiry,
        pinned=row.pinned,
        role=row.role,
        begun=row.begun_at is not None,
        closed_reason=row.closed_reason,
        measured_seconds=measured,
    )


@cache
def _open_query() -> Select[Assignment, date | None, int | None]:
    return _cycles().where(
        Assignment.user_id == bindparam("user"),
        Assignment.closed_at.is_(None),
        Assignment.opens_on <= bindparam("today"),
    )


@cache
def _own_query() -> Select[Assignment, date | None, int | None]:
    return _cycles().where(
        Assignment.id == bindparam("id"), Assignment.user_id == bindparam("user")
    )


def open_for(session: Session, user_id: int, today: date) -> tuple[Cycle, ...]:
    """Return the cycles that a learner can work on today, the one due first in front."""
    rows = session.execute(_open_query(), {"user": user_id, "today": today})
    return tuple(sorted((_cycle(*row) for row in rows), key=lambda c: (c.due_on, c.id)))


def find_cycle_for(session: Session, user_id: int, assignment_id: int) -> Cycle | None:
    """Return this learner's own cycle, open or closed; anybody else's looks like none."""
    row = session.execute(_own_query(), {"id": assignment_id, "user": user_id}).one_or_none()
    return _cycle(*row) if row else None


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
