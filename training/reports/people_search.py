"""Searching people: each word must be found, and `%` or `_` mean themselves.

What a list is narrowed by has a shape, of which a statement is built once, and its values.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any, Protocol

from sqlalchemy import (
    ColumnElement,
    Date,
    Integer,
    Select,
    String,
    and_,
    bindparam,
    exists,
    func,
    or_,
    select,
    true,
    union,
)
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased

from training.accounts.days import Today
from training.accounts.models import Placement, Site, User
from training.accounts.numbers import had_number
from training.accounts.people import day_now, is_second, works_also
from training.accounts.reach import EVERYWHERE, Reach
from training.db import core
from training.renewals import dates
from training.renewals.models import StandingDates, StandingStale
from training.renewals.rule_book import RuleBook
from training.renewals.standing_sql import STATUSES, in_passing, on, status_is
from training.reports import counts
from training.rules.standing import Status

MOST_WORDS = 5
ESCAPE = "/"
AFTER = bindparam("after", type_=Integer)
MOST = bindparam("most", type_=Integer)
Where = tuple[ColumnElement[bool], ...]


class Narrowed(Protocol):
    """Whom a list shows: hashable, so that its statement is built once."""

    def __hash__(self) -> int: ...

    def where(self, *, one_day: bool) -> Where:
        """Return the conditions, with parameters in place of values (`Today.values` too)."""


@dataclass(frozen=True, slots=True)
class Shape:
    """By what the officer's list is narrowed, without the values.

    `days`: for each day that it is now, whether only some sites have it; none: a status is not
    looked for by dates, and the facts decide.
    """

    words: int = 0
    status: str = ""
    days: tuple[bool, ...] = ()
    limited: bool = False

    def where(self, *, one_day: bool) -> Where:
        """Return the conditions, with parameters in place of values."""
        return _where(self, one_day=one_day)

    @property
    def is_a_status_alone(self) -> bool:
        """Tell whether a status by the dates narrows a list, and nothing else."""
        by_dates = self.status in STATUSES and self.status not in _RARE
        return bool(self.days) and by_dates and not self.words and not self.limited


@dataclass(frozen=True, slots=True)
class Sought:
    """Whom somebody looks for: a shape, and its values."""

    shape: Narrowed
    values: Mapping[str, Any]

    @property
    def by_words(self) -> bool:
        """Tell whether some words are looked for."""
        return "word_0" in self.values


def sought(
    session: Session,
    today: Today,
    book: RuleBook,
    *,
    text: str,
    status: str,
    reach: Reach = EVERYWHERE,
) -> Sought:
    """Return the conditions of whoever may be meant: nobody too few.

    A status is looked for by her dates, or because her facts changed since those were made; the
    facts decide.
    """
    words = words_of(text)
    values = word_values(words)
    if reach.entity_ids is not None:
        values["entities"] = sorted(reach.entity_ids)
    days = list[bool]()
    if looks_for(session, today, status, book):
        for n, (day, sites) in enumerate(counts.days_of(counts.places(session), today)):
            days.append(sites is not None)
            values |= {f"sought_{n}": day} | ({} if sites is None else {f"sites_{n}": sites})
    by = status if days or status == Status.LEFT else ""
    return Sought(Shape(len(words), by, tuple(days), limited=reach.is_limited), values)


def looks_for(session: Session, today: Today, status: str, book: RuleBook) -> bool:
    """Tell whether a status is looked for by the dates."""
    known = status == Status.NOT_REQUIRED or status in STATUSES
    return known and dates.believable(session, book, today)


def last_id(session: Session) -> int:
    """Return the id of whoever came last; 0 where there is nobody."""
    return core(session).scalar(_LAST) or 0


_LAST = select(func.max(User.id))


def words_of(text: str) -> list[str]:
    """Return the words of a search that count."""
    return text.split()[:MOST_WORDS]


def word_values(words: list[str]) -> dict[str, Any]:
    """Return the values of `has_word`."""
    return {f"word_{n}": _escaped(word) for n, word in enumerate(words)}


def _escaped(word: str) -> str:
    for mark in (ESCAPE, "%", "_"):
        word = word.replace(mark, ESCAPE + mark)
    return word


def has_word(
    column: ColumnElement[str] | InstrumentedAttribute[str], n: int
) -> ColumnElement[bool]:
    """Return the condition that the nth word of a search is in this text."""
    return column.icontains(bindparam(f"word_{n}", type_=String), escape=ESCAPE)


def _has(n: int, day: ColumnElement[date]) -> ColumnElement[bool]:
    """Return the condition of the nth word: it may be of any job that she has on her day."""

    def names(job: type[Placement]) -> ColumnElement[bool]:
        return has_word(_work(job), n)

    ever = aliased(Placement)
    # The few with such a job, read once: else each row of a search would ask for her jobs.
    few = select(ever.user_id).where(is_second(ever), ever.kind == "placed", names(ever))
    also = and_(Placement.user_id.in_(few), works_also(day, names))
    return or_(has_word(_HAYSTACK, n), also, had_number(lambda number: has_word(number, n)))


def _work(job: type[Placement]) -> ColumnElement[str]:
    return job.department + "\n" + job.job_title


# One text to look through; no word of a search has a line end in it, so that none spans two.
_HAYSTACK = (
    User.legal_name
    + "\n"
    + func.coalesce(User.display_name, "")
    + "\n"
    + func.coalesce(User.romanised_name, "")
    + "\n"
    + User.external_id
    + "\n"
    + _work(Placement)
)


@lru_cache(maxsize=256)
def _where(shape: Shape, *, one_day: bool) -> Where:
    words = tuple(_has(n, day_now(one_day=one_day)) for n in range(shape.words))
    entities = bindparam("entities", type_=Integer, expanding=True)
    there = (Site.entity_id.in_(entities),) if shape.limited else ()
    return (*there, *words, *_standing(shape))


_RARE: Mapping[str, InstrumentedAttribute[Any]] = {
    Status.AWAY: StandingDates.away_until,
    Status.WAITING_FOR_HELP: StandingDates.waiting_from,
}


def _standing(shape: Shape) -> Where:
    if shape.status == Status.LEFT:
        return (Placement.kind == "left",)
    if not shape.days:
        return ()
    if shape.status in _RARE:  # their own indexes find the few at once
        these = _these(shape, in_passing)
        few = select(StandingDates.user_id).where(_RARE[shape.status].is_not(None), these)
        return (Placement.user_id.in_(union(few, select(StandingStale.user_id))),)
    found = exists().where(StandingDates.user_id == User.id, _these(shape, on))
    stale = exists().where(StandingStale.user_id == User.id)
    if shape.status == Status.NOT_REQUIRED:
        return Placement.kind == "placed", or_(~found, stale)
    return (or_(found, stale),)


def _these(shape: Shape, counts_on: Callable[[Any], ColumnElement[bool]]) -> ColumnElement[bool]:
    """Return the condition of a row of the dates with this status, each on the day of its site."""
    these = []
    for n, some_sites in enumerate(shape.days):
        day = bindparam(f"sought_{n}", type_=Date)
        sites = bindparam(f"sites_{n}", type_=Integer, expanding=True)
        there = StandingDates.site_id.in_(sites) if some_sites else true()
        any_ = shape.status == Status.NOT_REQUIRED
        wanted = true() if any_ else status_is(Status(shape.status), day)
        these.append(and_(counts_on(day), there, wanted))
    return or_(*these)


@lru_cache(maxsize=64)
def with_status(shape: Narrowed, *, stale: bool) -> Select[*tuple[Any, ...]] | None:
    """Return the statement of who has a status by her dates, the first so many after somebody.

    None where more narrows a list than that status. It is read in its own order and ends with a
    page; asked of each person as she comes, it took as long as the rest of the page. `stale`:
    whoever's facts changed since is among them, and they decide.
    """
    if not isinstance(shape, Shape) or not shape.is_a_status_alone:
        return None
    ids = select(StandingDates.user_id).where(StandingDates.user_id > AFTER, _these(shape, on))
    if not stale:
        return ids.distinct().order_by(StandingDates.user_id).limit(MOST)
    changed = select(StandingStale.user_id).where(StandingStale.user_id > AFTER)
    return union(ids, changed).order_by("user_id").limit(MOST)  # type: ignore[return-value]  # as good
