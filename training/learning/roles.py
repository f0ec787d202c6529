"""Which part of a course somebody takes: by her job title, her team, and what the officer said."""

from collections.abc import Mapping
from datetime import date
from functools import cache
from typing import Any

from sqlalchemy import Date, Integer, Select, bindparam, exists, or_, select
from sqlalchemy.orm import Session, aliased

from training.accounts.models import JobRole, Placement, Site
from training.accounts.people import a_job, in_force, placed
from training.catalog.courses import Course
from training.catalog.roles import plain_title, role_of, together


def role_for(session: Session, user_id: int, course: Course, today: date) -> str:
    """Return the role that somebody has in a course on a day; with two jobs, both of them.

    Whom others report to manages in her primary job; a second one adds what its own title says.
    """
    rows = session.execute(_work_query(), {"user": user_id, "today": today})
    return together(
        role_of(
            course.role_words,
            job_title=row.job_title,
            department=row.department,
            manages=row.is_primary and bool(row.manages),
            told=told_of(session, row.entity_id, plain_title(row.job_title)),
        )
        for row in rows.all()
    )


def told_of(session: Session, entity_id: int, title: str | None = None) -> Mapping[str, str]:
    """Return what the officer said that titles stand for: of one, or of all of them."""
    query = select(JobRole.title, JobRole.role).where(
        JobRole.entity_id == entity_id, JobRole.superseded_at.is_(None), JobRole.role != ""
    )
    if title is not None:
        query = query.where(JobRole.title == title)
    return {row.title: row.role for row in session.execute(query)}


@cache
def _work_query() -> Select[*tuple[Any, ...]]:
    today = bindparam("today", type_=Date)
    user = bindparam("user", type_=Integer)
    theirs = aliased(Placement)
    manages = exists().where(theirs.manager_id == user, placed(today, theirs))
    return (
        select(
            Placement.job_title,
            Placement.department,
            Placement.is_primary,
            Site.entity_id,
            manages.label("manages"),
        )
        .join(Site, Site.id == Placement.site_id)
        .where(Placement.user_id == user, or_(Placement.is_primary, a_job(today)))
        .where(in_force(today))
    )
