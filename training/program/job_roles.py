"""Which part of a course a job title stands for: what its words say, and what the officer said."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from training import audit
from training.accounts.models import JobRole, Placement, Site
from training.accounts.people import Place, a_job
from training.catalog import publishing
from training.catalog.courses import Course
from training.catalog.roles import ROLES, RoleWords, plain_title, role_of
from training.learning.roles import told_of

PAGE = 100


@dataclass(frozen=True, slots=True)
class Title:
    """A job title of the practice: how many hold it, what its words say, what was said of it."""

    title: str
    people: int
    by_words: str
    said: str


def words_in_force(session: Session, today: date) -> tuple[RoleWords, ...]:
    """Return the table of the first course in force that has one; else none."""
    tables = (course.role_words for course in _courses(session, today))
    return next((table for table in tables if table), ())


def told_apart(session: Session, today: date) -> bool:
    """Tell whether any course in force tells roles apart."""
    return any(course.by_role for course in _courses(session, today))


def _courses(session: Session, today: date) -> Iterator[Course]:
    for digest in publishing.all_in_force(session, "course", today):
        yield publishing.course(session, digest)


def titles(session: Session, place: Place, today: date) -> tuple[Title, ...]:
    """Return the job titles held today, spellings that differ in case or marks made one."""
    rows = session.execute(
        select(Placement.job_title, func.count(Placement.user_id.distinct()))
        .join(Site, Site.id == Placement.site_id)
        .where(Site.entity_id == place.entity_id, a_job(today))
        .group_by(Placement.job_title)
        .order_by(Placement.job_title)
    )
    counts: dict[str, tuple[str, int]] = {}
    for written, count in rows:
        plain = plain_title(written)
        if plain:
            first, before = counts.get(plain, (written, 0))
            counts[plain] = (first, before + count)
    words, told = words_in_force(session, today), told_of(session, place.entity_id)
    return tuple(
        Title(
            title=written,
            people=count,
            by_words=role_of(words, job_title=written, department="", manages=False),
            said=told.get(plain, ""),
        )
        for plain, (written, count) in sorted(counts.items())
    )


def say(session: Session, place: Place, given: Mapping[str, str], *, by: int, now: datetime) -> int:
    """Keep what the officer says of titles; an empty role takes it back. Return how many changed.

    Raises ValueError for a role that there is not. Who has begun keeps the part she began.
    """
    told = told_of(session, place.entity_id)
    wanted = {plain_title(title): role for title, role in given.items()}
    changes = {title: role for title, role in wanted.items() if told.get(title, "") != role}
    if not {*changes.values()} <= {"", *ROLES}:
        raise ValueError("there is no such role")
    for title, role in changes.items():
        session.execute(
            update(JobRole)
            .where(
                JobRole.entity_id == place.entity_id,
                JobRole.title == title,
                JobRole.superseded_at.is_(None),
            )
            .values(superseded_at=now)
        )
        session.add(
            JobRole(
                entity_id=place.entity_id,
                title=title,
                role=role,
                recorded_by_id=by,
                recorded_at=now,
            )
        )
    if changes:
        audit.record(
            session,
            "roles.changed",
            at=now,
            actor_id=by,
            subject=f"entity:{place.entity_id}",
            detail={"titles": changes},
        )
    return len(changes)
