"""Everybody's standing counted by the database, from the table of dates."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cache, lru_cache
from itertools import accumulate, groupby
from typing import Any

from sqlalchemy import (
    Date,
    Integer,
    Select,
    bindparam,
    case,
    func,
    literal,
    select,
    true,
)
from sqlalchemy.orm import Session

from training.accounts.days import Today
from training.accounts.models import Entity, Placement, Site, User
from training.accounts.people import is_second, placed, shown_name
from training.accounts.reach import EVERYWHERE, Reach
from training.db import core
from training.renewals import day_counts
from training.renewals.models import StandingCount as C
from training.renewals.standing_sql import (
    COMPLETES,
    LATE_DAYS,
    PLACE,
    STATUSES,
    T,
    Where,
    code_of,
    complete_in,
    complete_place,
    in_passing,
    on,
    read_code,
    status_place,
    waits_with_access,
)
from training.reports.apart import Apart, Who, rows_apart
from training.rules.standing import Complete, Status

Query = Select[*tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class Place:
    """A site by name, and its entity's."""

    site: str
    entity: str
    zone: str


def places(session: Session, reach: Reach = EVERYWHERE) -> dict[int, Place]:
    """Return every site within reach."""
    query = select(Site.id, Site.name, Entity.name, Site.zone)
    rows = session.execute(query.join(Entity, Entity.id == Site.entity_id).where(*reach.sites()))
    return {id_: Place(site, entity, zone) for id_, site, entity, zone in rows}


Days = Sequence[tuple[date, Sequence[int] | None]]


def days_of(found: Mapping[int, Place], today: Today, sites: Sequence[int] | None = None) -> Days:
    """Return each day that it is now at some site, and at which; None: at all of them.

    `sites`: those that are counted, where these are not all.
    """
    there: dict[date, list[int]] = {}
    for id_, place in found.items():
        there.setdefault(today.at(place.zone), []).append(id_)
    if len(there) == 1 and sites is None:
        return [(next(iter(there)), None)]
    return list(there.items())


def _there(sites: Sequence[int] | None) -> dict[str, Sequence[int]]:
    return {} if sites is None else {"sites": sites}


DAY = bindparam("day", type_=Date)
SITES = bindparam("sites", type_=Integer, expanding=True)
LAST = bindparam("last", type_=Date)


@dataclass(frozen=True, slots=True)
class Group:
    """How many duties of one place, kind of work and course stand alike today."""

    site_id: int
    department: str
    worker_type: str
    course: str
    status: Status
    complete: Complete | None
    band: int
    has_access: bool
    count: int


def within(found: Mapping[int, Place], reach: Reach) -> Sequence[int] | None:
    """Return the sites that are counted; None where all are within reach."""
    return [*found] if reach.is_limited else None


def groups(session: Session, days: Days, apart: Apart) -> Iterator[Group]:
    """Yield everybody's duties, counted: as they are kept for a day, else by the rows."""
    are_kept = day_counts.kept(session, [day for day, _sites in days])
    for day, sites in days:
        values = {"day": day, **_there(sites), **apart.values}
        values |= {f"late_{n}": day - timedelta(days=most) for n, most in enumerate(LATE_DAYS)}
        for sign, who in ((1, Who.NOBODY), (-1, apart.who))[: 1 + apart.is_anybody]:
            some_sites, by_rows = sites is not None, not are_kept or who is not Who.NOBODY
            build = _groups_query if by_rows else _kept_groups_query
            for row in core(session).execute(build(who, some_sites=some_sites), values):
                yield _group(row, sign)


@cache
def _groups_query(who: Who, *, some_sites: bool) -> Query:
    late = [bindparam(f"late_{n}", type_=Date) for n, _most in enumerate(LATE_DAYS)]
    keys = (*PLACE, code_of(DAY, late).label("code"))
    query = select(*keys, func.count()).where(in_passing(DAY)).group_by(*keys)
    return _narrowed(query, who, some_sites=some_sites)


@cache
def _kept_groups_query(_who: Who, *, some_sites: bool) -> Query:
    keys = (C.site_id, C.department, C.worker_type, C.course, C.code)
    query = select(*keys, C.count).where(C.day == DAY, C.count != 0)
    return query.where(C.site_id.in_(SITES)) if some_sites else query


def _narrowed(query: Query, who: Who, *, some_sites: bool) -> Query:
    query = query.where(T.site_id.in_(SITES)) if some_sites else query
    return query if who is Who.NOBODY else query.where(rows_apart(who))


def _group(row: Any, sign: int) -> Group:
    site_id, department, worker_type, course, found, count = row
    return Group(site_id, department, worker_type, course, *read_code(found), sign * count)


@dataclass(frozen=True, slots=True)
class Beside:
    """One duty of somebody with more jobs than one: site, department and kind of work of each.

    The primary one is the first of `jobs`.
    """

    jobs: list[tuple[int, str, str]]
    status: Status
    complete: Complete | None


def beside(session: Session, days: Days, apart: Apart) -> Iterator[Beside]:
    """Yield the duties of whoever has a second job, where her dates are made; by its own index."""
    for day, sites in days:
        values = {"day": day, **_there(sites), **apart.values}
        query = _beside_query(apart.who, some_sites=sites is not None)
        rows = core(session).execute(query, values)
        for _duty, more in groupby(rows, key=lambda row: (row.user_id, row.course)):
            jobs, code_of = list[tuple[int, str, str]](), 0
            for row in more:
                jobs = jobs or [(row.site_id, row.department, row.worker_type)]
                jobs.append((row.other_site_id, row.other_department, row.other_type))
                code_of = row.code
            yield Beside(jobs, STATUSES[code_of // 4], COMPLETES[code_of % 4])


@cache
def _beside_query(who: Who, *, some_sites: bool) -> Query:
    code = status_place(DAY) * 4 + complete_place(DAY)
    query = (
        select(
            T.user_id,
            T.course,
            T.site_id,
            T.department,
            T.worker_type,
            code.label("code"),
            Placement.site_id.label("other_site_id"),
            Placement.department.label("other_department"),
            Placement.worker_type.label("other_type"),
        )
        .join(Placement, Placement.user_id == T.user_id)
        .where(is_second(), placed(DAY), on(DAY), ~rows_apart(who))
        .order_by(T.user_id, T.course, Placement.job)
    )
    return _narrowed(query, Who.NOBODY, some_sites=some_sites)


@dataclass(frozen=True, slots=True)
class Rates:
    """The first answer at the end of one day, of everybody."""

    asked: int
    out: int
    yes: int
    not_yet: int


def rates(
    session: Session, ends: Sequence[date], sites: Sequence[int] | None, apart: Apart
) -> list[Rates]:
    """Return the rates of these days, in order: as they are kept, else by the rows."""
    if day_counts.kept(session, ends):
        found = _kept_rates(session, ends, sites)
    else:
        found = _rates(session, ends, sites, replace(apart, who=Who.NOBODY))
    if not apart.is_anybody:
        return found
    less = _rates(session, ends, sites, apart)
    return [
        Rates(a.asked - b.asked, a.out - b.out, a.yes - b.yes, a.not_yet - b.not_yet)
        for a, b in zip(found, less, strict=True)
    ]


def _kept_rates(session: Session, ends: Sequence[date], sites: Sequence[int] | None) -> list[Rates]:
    found = {day: [0] * len(COMPLETES) for day in ends}
    query = _kept_rates_query(some_sites=sites is not None)
    for day, place, count in core(session).execute(query, {"days": ends, **_there(sites)}):
        found[day][place] = count
    return [Rates(sum(of), *of[:3]) for of in found.values()]


@cache
def _kept_rates_query(*, some_sites: bool) -> Query:
    place = complete_in(C.code).label("place")
    query = select(C.day, place, func.sum(C.count))
    query = query.where(C.day.in_(bindparam("days", type_=Date, expanding=True)))
    query = query.where(C.site_id.in_(SITES)) if some_sites else query
    return query.group_by(C.day, place)


def _rates(
    session: Session, ends: Sequence[date], sites: Sequence[int] | None, apart: Apart
) -> list[Rates]:
    """Return the rates by the rows: what has begun by a day less what has ended."""
    values, some_sites = {"last": ends[-1], **_there(sites), **apart.values}, sites is not None
    changes = [[0] * (len(ends) + 1) for _ in range(4)]
    for day, *counts in session.execute(_begun_query(apart.who, some_sites=some_sites), values):
        for change, count in zip(changes, counts, strict=True):
            change[bisect_left(ends, day)] += count
    ended = _ended_queries(apart.who, some_sites=some_sites)
    for change, query in zip(changes, ended, strict=True):
        for day, count in core(session).execute(query, values):
            change[bisect_right(ends, day)] -= count
    sums = [list(accumulate(change))[: len(ends)] for change in changes]
    return [Rates(*row) for row in zip(*sums, strict=True)]


@cache
def _begun_query(who: Who, *, some_sites: bool) -> Query:
    inside = T.out_until.is_(None)
    begun = (
        func.count(),
        func.count(T.out_until),
        func.count(case((inside, T.yes_until))),
        func.count(case((inside, T.not_yet_until))),
    )
    query = select(T.from_on, *begun).where(T.asked_from.is_not(None), T.from_on <= LAST)
    return _narrowed(query.group_by(T.from_on), who, some_sites=some_sites)


@cache
def _ended_queries(who: Who, *, some_sites: bool) -> tuple[Query, ...]:
    inside = T.out_until.is_(None)
    over: tuple[tuple[Any, Where], ...] = (
        (T.to_on, T.asked_from.is_not(None)),
        (T.out_until, true()),
        (T.yes_until, inside),
        (T.not_yet_until, inside),
    )
    return tuple(
        _narrowed(
            select(column, func.count()).where(column < LAST, only).group_by(column),
            who,
            some_sites=some_sites,
        )
        for column, only in over
    )


def longest_with_access(
    session: Session, days: Days, courses: Sequence[str], most: int, apart: Apart
) -> list[Any]:
    """Return who has had access longest and has not completed; `courses`: the order within one."""
    found: list[Any] = []
    for day, sites in days:
        query = _longest_query(tuple(courses), apart.who, some_sites=sites is not None)
        values = {"day": day, "most": most, **_there(sites), **apart.values}
        found += core(session).execute(query, values)
    return found


@lru_cache(maxsize=16)
def _longest_query(courses: tuple[str, ...], who: Who, *, some_sites: bool) -> Query:
    name = shown_name()
    order = {course: n for n, course in enumerate(courses)}
    place = case(order, value=T.course, else_=len(courses)) if courses else literal(0)
    query = (
        select(
            T.user_id,
            name.label("name"),
            T.department,
            Site.name.label("site"),
            T.course,
            T.access_on,
            status_place(DAY).label("status"),
            DAY.label("day"),
        )
        .join(User, User.id == T.user_id)
        .join(Site, Site.id == T.site_id)
        .where(on(DAY), waits_with_access(DAY), ~rows_apart(who))
        .order_by(T.access_on, T.user_id, place)
        .limit(bindparam("most"))
    )
    return _narrowed(query, Who.NOBODY, some_sites=some_sites)
