"""The officer's lists from the table of dates: a page of people a statement, and no duty made.

Of whoever left, and of whoever's facts changed since her dates were made, the table says
nothing; these are asked by their facts. A test holds the one way against the other.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from itertools import groupby
from operator import itemgetter
from typing import Any, cast

from sqlalchemy import (
    ColumnElement,
    FromClause,
    Integer,
    Row,
    Select,
    Subquery,
    and_,
    bindparam,
    exists,
    or_,
    select,
    true,
)
from sqlalchemy.orm import Session

from training.accounts.days import DAY, Today, day_at
from training.accounts.models import Placement, Site, User
from training.accounts.people import in_force_now, shown_name
from training.db import core, is_postgresql
from training.renewals.duties import Duty, duties_of
from training.renewals.known import rules_in_force
from training.renewals.models import StandingStale
from training.renewals.persons import (
    IDS,
    Person,
    has_second_jobs,
    jobs_on,
    people,
    second_jobs,
    units,
)
from training.renewals.standing_sql import (
    COMPLETES,
    STATUSES,
    T,
    answer_place,
    on,
    status_place,
)
from training.reports.apart import has_stale
from training.reports.columns import Cells
from training.reports.people_search import (
    AFTER,
    MOST,
    Narrowed,
    Sought,
    Where,
    last_id,
    with_status,
)
from training.reports.queries import Line, Reached, has_status
from training.rules.standing import Complete, Status, as_managers_see

PAGE = 1_000  # people
SPAN, WIDER = 2_000, 4  # ids that a search by words looks through at first, and times as many then
UPTO = bindparam("upto", type_=Integer)
Found = Row[Any]
Facts = tuple[Person, list[Duty]]
FactCells = Callable[[Person, list[Duty]], list[Cells]]
Told = Callable[[int], None]
_BY_PERSON = itemgetter(0)
# places in a row of the statement
_BY_FACTS, _COURSE, _STATUS, _COMPLETE, _ZONE = 1, 6, 7, 8, 12
_STATUS_WORDS = tuple(status.value for status in STATUSES)
_COMPLETE_WORDS = tuple(complete.value if complete else "" for complete in COMPLETES)
_FOR_MANAGERS = tuple(as_managers_see(status) for status in STATUSES)
_ANSWERS = tuple(complete or Complete.NO for complete in COMPLETES)
AWAY = STATUSES.index(Status.AWAY)
_NOT_ASKED = (Status.NOT_REQUIRED.value, Complete.NOT_REQUIRED.value)


@dataclass(frozen=True, slots=True)
class Among:
    """People by id: whom a manager's list is about; then whatever narrows it."""

    narrowed: Narrowed | None = None

    def where(self, *, one_day: bool) -> Where:
        """Return the conditions, with parameters in place of values."""
        more = self.narrowed.where(one_day=one_day) if self.narrowed else ()
        return (Placement.user_id.in_(IDS), Placement.kind == "placed", *more)


class Pages:
    """Everybody whom a search finds, by id, a page of people a statement.

    A search by words looks through spans of ids, each wider than the one before: how many a
    word finds is in no statistics, and a planner that thinks of few reads the whole
    organisation for a page of them, where the first thousand would do.
    """

    def __init__(self, session: Session, today: Today, asked: Sought, rules: Sequence[Any]) -> None:
        self._session, self._today, self._rules = session, today, rules
        stale = has_stale(session)
        self._last = last_id(session) if asked.by_words else 0
        self._ids = with_status(asked.shape, stale=stale)
        self._query = _query(
            asked.shape if self._ids is None else Among(),
            one_day=today.is_one_day,
            stale=stale,
            limited=True,
            spans=asked.by_words,
            lateral=is_postgresql(session),
        )
        self._values = {**today.values, **asked.values}
        self._looks = has_second_jobs(session)
        self._order = {c: n for n, c in enumerate(dict.fromkeys(r.course for r in rules))}

    def after(self, user_id: int, most: int) -> list[tuple[int, list[Found]]]:
        """Return so many people after this one, with her rows in the order of the rules."""
        if self._ids is not None:
            return self._with_status(self._ids, user_id, most)
        if not self._last:
            return self._read({"after": user_id, "most": most})
        found, span = list[tuple[int, list[Found]]](), SPAN
        while len(found) < most and user_id < self._last:
            upto = user_id + span
            found += self._read({"after": user_id, "upto": upto, "most": most - len(found)})
            user_id, span = upto, span * WIDER
        return found

    def _with_status(
        self, query: Select[*tuple[Any, ...]], user_id: int, most: int
    ) -> list[tuple[int, list[Found]]]:
        found, more = list[tuple[int, list[Found]]](), True
        while more and len(found) < most:
            bounds = {"after": user_id, "most": most - len(found)}
            ids = core(self._session).scalars(query, {**self._values, **bounds}).all()
            found += self._read({**bounds, "ids": ids})
            more = len(ids) == bounds["most"]
            user_id = ids[-1] if ids else user_id
        return found

    def _read(self, bounds: Mapping[str, object]) -> list[tuple[int, list[Found]]]:
        # all at once: to go through a result takes it row by row from the driver
        found = core(self._session).execute(self._query, {**self._values, **bounds}).all()
        rows = sorted(found, key=_BY_PERSON)  # they nearly always come so; a join promises nothing
        return [(id_, self._in_order(list(own))) for id_, own in groupby(rows, _BY_PERSON)]

    def _in_order(self, rows: list[Found]) -> list[Found]:
        if len(rows) > 1:
            rows.sort(key=lambda row: self._order.get(row[_COURSE], 0))
        return rows

    def also(self, page: Sequence[tuple[int, list[Found]]]) -> dict[int, str]:
        """Return where else the people of a page work."""
        rows = (own[0] for _id, own in page)
        return _also(self._session, self._today, rows) if self._looks else {}

    def facts(self, ids: Collection[int]) -> dict[int, Facts]:
        """Return these people as their facts say it."""
        return _facts(self._session, self._today, sorted(ids), self._rules) if ids else {}


def pages(
    session: Session,
    today: Today,
    asked: Sought,
    status: str,
    by_facts: FactCells,
    seen: Told | None,
    told: Told | None,
    before: Mapping[int, str],
) -> Iterator[Cells]:
    """Yield the rows of everybody who is sought, by id; `by_facts` makes those of the rest.

    `before`: the staff numbers that people had before.

    With a `status`, all rows of whoever has it in one of them. `told` hears of each of these.
    """
    found, after = Pages(session, today, asked, rules_in_force(session, today.latest)), 0
    day_in = {zone: today.at(zone) for zone in today.by_zone}.get
    elsewhere = today.elsewhere
    while page := found.after(after, PAGE):
        after = page[-1][0]
        if seen:
            seen(after)
        facts = found.facts([id_ for id_, rows in page if rows[0][_BY_FACTS]])
        also = found.also(page)
        for user_id, rows in page:
            if user_id in facts:
                person, duties = facts[user_id]
                if not status or has_status(person, duties, status):
                    if told:
                        told(user_id)
                    yield from by_facts(person, duties)
                continue
            day, more = day_in(rows[0][_ZONE]) or elsewhere, also.get(user_id, "")
            had = before.get(user_id, "")
            cells = [_cells(row, day, more, had) for row in rows]
            if not status or any(row[5] == status for row in cells):
                if told:
                    told(user_id)
                yield from cells


def lines(
    session: Session,
    today: Today,
    asked: Sought,
    ids: Sequence[int],
    reached: Mapping[int, Reached],
) -> tuple[list[Line], set[int]]:
    """Return what is asked of these people as a manager sees it, and who is to be asked by facts.

    Those are whom the table does not tell of, and who is away: until when is in no row of it.
    """
    stale = has_stale(session)
    query = _query(
        asked.shape,
        one_day=today.is_one_day,
        stale=stale,
        limited=False,
        lateral=is_postgresql(session),
    )
    values = {**today.values, **asked.values, "ids": ids, "after": 0}
    rows = core(session).execute(query, values).all()
    rest = {row[0] for row in rows if row[_BY_FACTS] or row[_STATUS] == AWAY}
    days = {zone: today.at(zone) for zone in today.by_zone}
    also = _also(session, today, rows)
    found = [
        _line(row, days.get(row[_ZONE]) or today.elsewhere, reached[row[0]], also.get(row[0], ""))
        for row in rows
        if row[_COURSE] is not None and row[0] not in rest
    ]
    return found, rest


def _also(session: Session, today: Today, rows: Iterable[Found]) -> dict[int, str]:
    """Return where else these people work, each on the day of her own site."""
    zones = {row[0]: row[_ZONE] for row in rows}
    return {
        user_id: units(jobs_on(hers, today.at(zones[user_id])))
        for user_id, hers in second_jobs(session, zones).items()
    }


def _line(row: Found, day: date, how: Reached, also: str) -> Line:
    values: Any = row[:13]
    (user_id, _facts, number, name, department, site, course, status, complete, due_on,
     completed_on, expires_on, zone) = values  # fmt: skip
    return Line(
        user_id,
        number,
        name,
        department,
        site,
        course,
        _FOR_MANAGERS[status],
        _ANSWERS[complete],
        due_on,
        completed_on,
        expires_on,
        None,
        how.direct,
        day,
        zone,
        how.lent_by,
        also,
    )


def _cells(row: Found, day: object, also: str, before: str) -> Cells:
    if row[_COURSE] is None:
        said = _NOT_ASKED
    else:
        said = (_STATUS_WORDS[row[_STATUS]], _COMPLETE_WORDS[row[_COMPLETE]])
    course = row[_COURSE] or ""
    return cast("Cells", (*row[2:6], course, *said, *row[9:12], day, *row[12:], also, before))


def _facts(
    session: Session, today: Today, ids: list[int], rules: Sequence[Any]
) -> dict[int, tuple[Person, list[Duty]]]:
    found = people(session, today, User.id.in_(sorted({*ids})))
    by_user: dict[int, tuple[Person, list[Duty]]] = {p.user_id: (p, []) for p in found}
    for duty in duties_of(session, found, rules):
        by_user[duty.person.user_id][1].append(duty)
    return by_user


@lru_cache(maxsize=256)
def _query(
    shape: Narrowed,
    *,
    one_day: bool,
    stale: bool,
    limited: bool,
    spans: bool = False,
    lateral: bool = False,
) -> Select[*tuple[Any, ...]]:
    """Return the statement of a page: people first, so that a limit counts people."""
    page = (
        select(
            User.id,
            User.external_id,
            shown_name().label("name"),
            Placement.department,
            Site.name.label("site"),
            Site.zone,
            Placement.worker_type,
            Placement.job_title,
            Placement.phi_access_on,
            Placement.kind,
        )
        .join(User, User.id == Placement.user_id)
        .join(Site, Site.id == Placement.site_id)
        .where(
            in_force_now(one_day=one_day, after=AFTER),
            Placement.is_primary,
            # of both: no planner takes it from the one to the other
            Placement.user_id > AFTER,
            User.id > AFTER,
            *((Placement.user_id <= UPTO, User.id <= UPTO) if spans else ()),
            *shape.where(one_day=one_day),
        )
        .order_by(Placement.user_id)  # as the index has them
        .limit(MOST if limited else None)
        .subquery()
    )
    day = DAY if one_day else day_at(cast("type[Site]", page.c))
    by_facts = page.c.kind == "left"
    if stale:
        by_facts = or_(by_facts, exists().where(StandingStale.user_id == page.c.id))
    dates, joined = _dates_of(page, day, lateral=lateral)
    return select(
        page.c.id,
        by_facts.label("by_facts"),
        page.c.external_id,
        page.c.name,
        page.c.department,
        page.c.site,
        *dates,
        page.c.zone,
        page.c.worker_type,
        page.c.job_title,
        page.c.phi_access_on,
    ).select_from(joined)


def _dates_of(
    page: Subquery, day: ColumnElement[date], *, lateral: bool
) -> tuple[list[Any], FromClause]:
    """Return what the table of dates says of a day, and the people of a page joined with it.

    `lateral`: look each of them up by the key. PostgreSQL would read the whole table for a page
    of a thousand, and so for each page of a long file.
    """
    dates = [
        T.course,
        status_place(day).label("status"),
        answer_place(day).label("complete"),
        T.due_on,
        T.completed_on,
        T.expires_on,
    ]
    hers = and_(T.user_id == page.c.id, on(day))
    if not lateral:
        return dates, page.join(T.__table__, hers, isouter=True)
    found = select(*dates).where(hers).offset(0).lateral("dates")  # kept apart by the offset
    return list(found.c), page.join(found, true(), isouter=True)
