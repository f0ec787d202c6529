"""Who works where: people by their primary placement, with their other jobs."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date
from functools import cache
from types import MappingProxyType
from typing import Any

from sqlalchemy import ColumnElement, Integer, Row, Select, bindparam, exists, select
from sqlalchemy.orm import Session, aliased

from training.accounts.days import Today
from training.accounts.models import Placement, Site, User
from training.accounts.people import PRIMARY, in_force_now, is_second, shown_name
from training.db import core
from training.renewals.asked import Audience, is_for

IDS = bindparam("ids", type_=Integer, expanding=True)
Query = Select[*tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class Job:
    """A job that somebody has beside her primary one."""

    job: int
    site: str
    state: str
    entity_id: int
    department: str
    job_title: str
    worker_type: str
    manager_id: int | None
    from_on: date
    phi_access_on: date | None

    @property
    def unit(self) -> str:
        """Return where it is, in a few words."""
        return ", ".join(part for part in (self.department, self.site) if part)


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody where she works, or worked last; `also`: her other jobs, on her own day."""

    user_id: int
    external_id: str
    name: str
    email: str | None
    site: str
    state: str
    zone: str
    entity_id: int
    department: str
    job_title: str
    worker_type: str
    manager_id: int | None
    kind: str
    from_on: date
    hired_on: date
    phi_access_on: date | None
    today: date
    also: tuple[Job, ...] = ()

    @property
    def job(self) -> int:
        """Return the number of the primary job."""
        return PRIMARY

    @property
    def jobs(self) -> "tuple[Person | Job, ...]":
        """Return every job that she has, the primary one first."""
        return (self, *self.also)

    @property
    def works_also(self) -> str:
        """Return where else she works, in a few words; nothing for a single job."""
        return units(self.also)

    @property
    def access_on(self) -> date | None:
        """Return since when any of her jobs opens patients' records to her."""
        days = (job.phi_access_on for job in self.jobs if job.phi_access_on is not None)
        return min(days, default=None)

    def is_in(self, audience: Audience) -> bool:
        """Tell whether an audience takes her in by any of her jobs."""
        return any(is_for(audience, job) for job in self.jobs)


def people(
    session: Session,
    today: Today,
    *where: ColumnElement[bool],
    among: Sequence[int] | None = None,
    after: int = 0,
    most: int | None = None,
    given: Mapping[str, Any] = MappingProxyType({}),
) -> list[Person]:
    """Return people by their primary placement in force, those who left too, by id.

    `among`: none but these; `given`: the values of the conditions. In one statement, and in a
    second one where any of them has another job.
    """
    query = _people_query(
        one_day=today.is_one_day, named=among is not None, limited=most is not None
    )
    values = {**today.values, **given, "after": after, "ids": among, "most": most}
    rows = list(core(session).execute(query.where(*where) if where else query, values))
    found = [_person(row, today) for row in rows]
    more = [who.user_id for who, row in zip(found, rows, strict=True) if row.has_more]
    if not more:
        return found
    also = second_jobs(session, more)
    return [with_jobs(who, also.get(who.user_id, ())) for who in found]


@cache
def _people_query(*, one_day: bool, named: bool, limited: bool) -> Query:
    """Return the statement without the conditions that are the caller's own."""
    query = (
        select(*_COLUMNS)
        .join(User, User.id == Placement.user_id)
        .join(Site, Site.id == Placement.site_id)
        .where(
            in_force_now(one_day=one_day),
            Placement.is_primary,
            Placement.user_id > bindparam("after"),
        )
        .order_by(Placement.user_id)  # as the index has them
    )
    query = query.where(Placement.user_id.in_(IDS)) if named else query
    return query.limit(bindparam("most")) if limited else query


def with_jobs(person: Person, rows: Iterable[Any]) -> Person:
    """Return somebody with her other jobs on her own day, of their believed rows by first day."""
    here = jobs_on(rows, person.today)
    if not here or person.kind == "left":
        return person
    return replace(person, also=here)


def jobs_on(rows: Iterable[Any], day: date) -> tuple[Job, ...]:
    """Return the second jobs of one person on a day, of their believed rows by first day."""
    last = {row.job: row for row in rows if row.from_on <= day}
    here = [last[job] for job in sorted(last) if last[job].kind == "placed"]
    names = [f.name for f in fields(Job)]
    return tuple(Job(*(getattr(row, n) for n in names)) for row in here)


def units(jobs: Iterable[Job]) -> str:
    """Return where jobs are, in one line."""
    return "; ".join(unit for job in jobs if (unit := job.unit))


def has_second_jobs(session: Session) -> bool:
    """Tell whether anybody here ever had a second job: most houses are spared looking."""
    return bool(core(session).scalar(_any_second_job()))


def second_jobs(session: Session, ids: Iterable[int]) -> dict[int, list[Row[Any]]]:
    """Return the believed rows of these people's second jobs, by person, by first day."""
    found: dict[int, list[Row[Any]]] = {}
    for row in core(session).execute(_second_jobs_query(), {"ids": sorted({*ids})}):
        found.setdefault(row.user_id, []).append(row)
    return found


@cache
def _any_second_job() -> Query:
    return select(exists().where(is_second()))


@cache
def _second_jobs_query() -> Query:
    return (
        select(Placement.__table__, Site.name.label("site"), Site.state, Site.entity_id)
        .join(Site, Site.id == Placement.site_id)
        .where(Placement.user_id.in_(IDS), is_second())
        .order_by(Placement.from_on, Placement.id)
    )


_OTHER = aliased(Placement)
_COLUMNS = (
    User.id,
    User.external_id,
    shown_name(),
    User.email,
    Site.name,
    Site.state,
    Site.zone,
    Site.entity_id,
    Placement.department,
    Placement.job_title,
    Placement.worker_type,
    Placement.manager_id,
    Placement.kind,
    Placement.from_on,
    Placement.hired_on,
    Placement.phi_access_on,
    exists().where(_OTHER.user_id == User.id, is_second(_OTHER)).label("has_more"),
)
_ZONE = 6


def _person(row: Row[Any], today: Today) -> Person:
    """Return a row, whose columns are the fields in order, with the day at her site."""
    values: Any = (*row[:-1], today.at(row[_ZONE]))
    return Person(*values)
