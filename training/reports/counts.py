"""Everybody's standing counted by the database, from the table of dates.

Each expression here compares a day with the dates of one row, as `training.rules.standing`
does with the facts of one duty; a test holds one against the other.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import accumulate, groupby
from typing import Any

from sqlalchemy import ColumnElement, Date, and_, case, func, literal, or_, select, true
from sqlalchemy.orm import Session

from training.accounts.days import Today
from training.accounts.models import Entity, Placement, Site, User
from training.accounts.people import is_second, placed
from training.renewals.models import StandingDates, StandingStale
from training.rules.standing import Complete, Status

Where = ColumnElement[bool]
T = StandingDates
STATUSES = (
    Status.AWAY,
    Status.WAITING_FOR_HELP,
    Status.OVERDUE,
    Status.DUE_SOON,
    Status.CURRENT,
    Status.IN_PROGRESS,
    Status.ASSIGNED,
)
COMPLETES = (None, Complete.YES, Complete.NOT_YET_DUE, Complete.NO)
STALE = T.user_id.in_(select(StandingStale.user_id))


def has_stale(session: Session) -> bool:
    """Tell whether the facts of anybody changed since her dates were made."""
    return session.execute(select(StandingStale.id).limit(1)).first() is not None


@dataclass(frozen=True, slots=True)
class Place:
    """A site by name, and its entity's."""

    site: str
    entity: str
    zone: str


def places(session: Session) -> dict[int, Place]:
    """Return every site."""
    query = select(Site.id, Site.name, Entity.name, Site.zone)
    rows = session.execute(query.join(Entity, Entity.id == Site.entity_id))
    return {id_: Place(site, entity, zone) for id_, site, entity, zone in rows}


Days = Sequence[tuple[date, Where]]


def days_of(found: Mapping[int, Place], today: Today) -> Days:
    """Return each day that it is now at some site, and the condition of being there."""
    there: dict[date, list[int]] = {}
    for id_, place in found.items():
        there.setdefault(today.at(place.zone), []).append(id_)
    if len(there) == 1:
        return [(next(iter(there)), true())]
    return [(day, T.site_id.in_(ids)) for day, ids in there.items()]


def on(day: date) -> Where:
    """Return the condition of a row that counts on a day."""
    at = literal(day, Date)
    return and_(T.from_on <= at, T.to_on >= at, T.asked_from.is_not(None))


def _in_passing(day: date) -> Where:
    """Return the condition of `on` in a form that no index answers.

    Of everybody's rows most are wanted, and SQLite would look each up by an index of days.
    """
    at = literal(day, Date)
    begun, ends = func.coalesce(T.from_on, T.to_on), func.coalesce(T.to_on, T.from_on)
    return and_(begun <= at, ends >= at, T.asked_from.is_not(None))


def status_is(status: Status, day: date) -> Where:
    """Return the condition that what is open on a day is this."""
    return status_place(day) == STATUSES.index(status)


def status_place(day: date) -> ColumnElement[int]:
    """Return the place in `STATUSES` of what is open on a day: the first line that matches."""
    at = literal(day, Date)
    return case(
        (T.away_until.is_not(None), 0),
        (T.waiting_from.is_not(None), 1),
        (and_(T.soon_from <= at, T.good_until < at), 2),
        (T.soon_from <= at, 3),
        (T.yes_until >= at, 4),
        (T.begun_from.is_not(None), 5),
        else_=6,
    )


def complete_place(day: date) -> ColumnElement[int]:
    """Return the place in `COMPLETES` of the first answer of a day."""
    at = literal(day, Date)
    return case((T.out_until >= at, 0), (T.yes_until >= at, 1), (T.not_yet_until >= at, 2), else_=3)


def _waits_with_access(day: date) -> Where:
    at = literal(day, Date)
    return and_(T.access_on <= at, or_(T.yes_until.is_(None), T.yes_until < at))


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


def groups(session: Session, days: Days, bands: Sequence[int], *, stale: bool) -> Iterator[Group]:
    """Yield everybody's duties, counted; `bands`: the most days late of each band but the last."""
    for day, there in days:
        yield from _groups(session, day, bands, 1, there)
        if stale:
            yield from _groups(session, day, bands, -1, there, STALE)


def _groups(
    session: Session, day: date, bands: Sequence[int], sign: int, *where: Where
) -> Iterator[Group]:
    late_days = [literal(date.fromordinal(day.toordinal() - most), Date) for most in bands]
    late = case(*((T.good_until >= on_, n) for n, on_ in enumerate(late_days)), else_=len(bands))
    access = case((_waits_with_access(day), 1), else_=0)
    code = ((status_place(day) * 4 + complete_place(day)) * 8 + late) * 2 + access
    keys = (T.site_id, T.department, T.worker_type, T.course, code.label("code"))
    query = select(*keys, func.count()).where(_in_passing(day), *where).group_by(*keys)
    for site_id, department, worker_type, course, found, count in session.execute(query):
        yield Group(
            site_id,
            department,
            worker_type,
            course,
            status=STATUSES[found // 64],
            complete=COMPLETES[found // 16 % 4],
            band=found // 2 % 8,
            has_access=bool(found % 2),
            count=sign * count,
        )


@dataclass(frozen=True, slots=True)
class Beside:
    """One duty of somebody with more jobs than one: site, department and kind of work of each.

    The primary one is the first of `jobs`.
    """

    jobs: list[tuple[int, str, str]]
    status: Status
    complete: Complete | None


def beside(session: Session, days: Days) -> Iterator[Beside]:
    """Yield the duties of whoever has a second job, where her dates are made; by its own index."""
    for day, there in days:
        code = status_place(day) * 4 + complete_place(day)
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
            .where(is_second(), placed(day), on(day), there, ~STALE)
            .order_by(T.user_id, T.course, Placement.job)
        )
        rows = session.execute(query)
        for _duty, more in groupby(rows, key=lambda row: (row.user_id, row.course)):
            jobs, code_of = list[tuple[int, str, str]](), 0
            for row in more:
                jobs = jobs or [(row.site_id, row.department, row.worker_type)]
                jobs.append((row.other_site_id, row.other_department, row.other_type))
                code_of = row.code
            yield Beside(jobs, STATUSES[code_of // 4], COMPLETES[code_of % 4])


@dataclass(frozen=True, slots=True)
class Rates:
    """The first answer at the end of one day, of everybody."""

    asked: int
    out: int
    yes: int
    not_yet: int


def rates(session: Session, ends: Sequence[date], *, stale: bool) -> list[Rates]:
    """Return the rates of these days, in order: what has begun by a day less what has ended."""
    found = _rates(session, ends)
    if not stale:
        return found
    less = _rates(session, ends, STALE)
    return [
        Rates(a.asked - b.asked, a.out - b.out, a.yes - b.yes, a.not_yet - b.not_yet)
        for a, b in zip(found, less, strict=True)
    ]


def _rates(session: Session, ends: Sequence[date], *where: Where) -> list[Rates]:
    last = literal(ends[-1], Date)
    changes = [[0] * (len(ends) + 1) for _ in range(4)]
    inside = T.out_until.is_(None)
    begun = (
        func.count(),
        func.count(T.out_until),
        func.count(case((inside, T.yes_until))),
        func.count(case((inside, T.not_yet_until))),
    )
    asked = T.asked_from.is_not(None)
    query = select(T.from_on, *begun).where(asked, T.from_on <= last, *where).group_by(T.from_on)
    for day, *counts in session.execute(query):
        for change, count in zip(changes, counts, strict=True):
            change[bisect_left(ends, day)] += count
    over: tuple[tuple[Any, Where], ...] = (
        (T.to_on, asked),
        (T.out_until, true()),
        (T.yes_until, inside),
        (T.not_yet_until, inside),
    )
    for change, (column, only) in zip(changes, over, strict=True):
        ended = select(column, func.count()).where(column < last, only, *where).group_by(column)
        for day, count in session.execute(ended):
            change[bisect_right(ends, day)] -= count
    sums = [list(accumulate(change))[: len(ends)] for change in changes]
    return [Rates(*row) for row in zip(*sums, strict=True)]


def longest_with_access(
    session: Session, days: Days, courses: Mapping[str, int], most: int
) -> list[Any]:
    """Return who has had access longest and has not completed; `courses`: the order within one."""
    found: list[Any] = []
    name = func.coalesce(func.nullif(User.display_name, ""), User.legal_name)
    place = case(courses, value=T.course, else_=len(courses)) if courses else literal(0)
    for day, there in days:
        query = (
            select(
                T.user_id,
                name.label("name"),
                T.department,
                Site.name.label("site"),
                T.course,
                T.access_on,
                status_place(day).label("status"),
                literal(day, Date).label("day"),
            )
            .join(User, User.id == T.user_id)
            .join(Site, Site.id == T.site_id)
            .where(on(day), _waits_with_access(day), there, ~STALE)
            .order_by(T.access_on, T.user_id, place)
            .limit(most)
        )
        found += session.execute(query).all()
    return found
