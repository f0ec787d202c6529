"""How long a course takes here: the median of those who finished it, once enough have.

From instants that are kept anyway, and of many people together: no page shows one person's.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise
from statistics import median

from sqlalchemy import ColumnElement, delete, select
from sqlalchemy.orm import Session

from training.assignments.models import Assignment, CourseMinutes
from training.assignments.service import Cycle
from training.catalog import publishing
from training.catalog.roles import ROLES
from training.learning.material import Material
from training.learning.models import Attempt, Completion, StepDone

ENOUGH = 20
LATEST = 200  # of each course and role: what people take today, and a job that stays small
PAUSE = timedelta(minutes=10)  # whoever does nothing for longer is with a patient


def spent(instants: Iterable[datetime]) -> timedelta:
    """Return the time between acts, pauses left out."""
    gaps = (later - earlier for earlier, later in pairwise(sorted(instants)))
    return sum((gap for gap in gaps if gap <= PAUSE), timedelta())


def measure(session: Session, now: datetime) -> int:
    """Measure every course in force by role; return how many had enough people."""
    session.execute(delete(CourseMinutes))
    count = 0
    for digest in publishing.all_in_force(session, "course", now.date()):
        course = publishing.course(session, digest)
        for role in course.roles:
            times = _times(session, course.code, digest, role if course.by_role else None)
            if len(times) < ENOUGH:
                continue
            for name in (role,) if course.by_role else ROLES:
                session.add(
                    CourseMinutes(
                        course=course.code,
                        role=name,
                        digest=digest,
                        finished=len(times),
                        seconds=round(median(time.total_seconds() for time in times)),
                        measured_at=now,
                    )
                )
            count += 1
    return count


def _times(session: Session, path: str, digest: str, role: str | None) -> list[timedelta]:
    """Return how long each of the latest who finished this very course took."""
    query = (
        select(Assignment.id, Assignment.begun_at, Completion.completed_at)
        .join(Completion, Completion.assignment_id == Assignment.id)
        .where(
            Assignment.path == path,
            Assignment.begun_at.is_not(None),
            Completion.digests.contains(f'"course":"{digest}"', autoescape=True),
        )
        .order_by(Completion.id.desc())
        .limit(LATEST)
    )
    if role is not None:
        query = query.where(Assignment.role == role)
    acts = {id_: [done, begun or done] for id_, begun, done in session.execute(query)}
    for id_, at in _acts(session, list(acts)):
        acts[id_].append(at)
    return [spent(instants) for instants in acts.values()]


def _acts(session: Session, ids: list[int]) -> Iterable[tuple[int, datetime]]:
    if not ids:
        return
    columns: tuple[tuple[ColumnElement[int], ColumnElement[datetime | None]], ...] = (
        (StepDone.assignment_id, StepDone.done_at),
        (Attempt.assignment_id, Attempt.started_at),
        (Attempt.assignment_id, Attempt.submitted_at),
    )  # type: ignore[assignment]  # mapped columns are column elements
    for owner, at in columns:
        rows = session.execute(select(owner, at).where(owner.in_(ids), at.is_not(None)))
        yield from ((id_, instant) for id_, instant in rows if instant is not None)


def measured(session: Session, cycle: Cycle, material: Material) -> Cycle:
    """Return the cycle with what its course takes here: known of a begun one, asked of another."""
    if cycle.begun:
        return cycle
    query = select(CourseMinutes.seconds).where(
        CourseMinutes.course == cycle.path, CourseMinutes.role == material.role
    )
    return replace(cycle, measured_seconds=session.scalar(query))


def measured_here(session: Session, course: str, digest: str) -> Mapping[str, int]:
    """Return the minutes of a course as they were measured here, by role."""
    query = select(CourseMinutes.role, CourseMinutes.seconds).where(
        CourseMinutes.course == course, CourseMinutes.digest == digest
    )
    return {role: max(1, round(seconds / 60)) for role, seconds in session.execute(query)}
