"""A manager's team: the one reading behind page, count, file, nudge and weekly mail."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache

from sqlalchemy import ColumnElement, String, bindparam, or_, select
from sqlalchemy.orm import Session

from training.accounts import loans
from training.accounts.days import DAY
from training.accounts.models import Placement, User
from training.accounts.numbers import had_number
from training.accounts.people import a_job, day_now, shown_name, works_also
from training.db import core
from training.renewals import dates
from training.renewals.duties import duties_of
from training.renewals.persons import IDS, Query, people
from training.renewals.rule_book import ALWAYS, RuleBook
from training.reports import standing_lines
from training.reports.people_search import Sought, Where, has_word, word_values, words_of
from training.reports.queries import URGENCY_OF, Line, Reached, lines_of
from training.reports.scope import Mark, View, marks
from training.rules.standing import URGENCY, Status

CHUNK = 5_000  # people a statement: fewer than the parameters that any database takes
# What a manager may filter by: a wish for help is not hers to know, and who left has no line.
STATUSES = tuple(
    status
    for status in URGENCY
    if status not in {Status.WAITING_FOR_HELP, Status.NOT_REQUIRED, Status.LEFT}
)


@dataclass(frozen=True, slots=True)
class Filters:
    """What a manager narrowed her team to; the same for page, count, file and nudge."""

    text: str = ""
    status: str = ""
    department: str = ""

    @property
    def narrows(self) -> bool:
        """Tell whether this is less than the whole team."""
        return bool(self.text or self.status or self.department)

    @property
    def sought(self) -> "Sought":
        """Return what the database looks for; the status follows from dates, later."""
        words = words_of(self.text)
        values = word_values(words) | ({"ward": self.department} if self.department else {})
        return Sought(Shape(len(words), by_department=bool(self.department)), values)


@dataclass(frozen=True, slots=True)
class Shape:
    """By what a manager's list is narrowed, without the values; a department is that of any job."""

    words: int = 0
    by_department: bool = False

    def where(self, *, one_day: bool) -> Where:
        """Return the conditions, with parameters in place of values."""
        words = tuple(_has(n) for n in range(self.words))
        if not self.by_department:
            return words
        return (*words, or_(_there(Placement), works_also(day_now(one_day=one_day), _there)))


def _there(job: type[Placement]) -> ColumnElement[bool]:
    return job.department == bindparam("ward", type_=String)


EVERYBODY = Filters()
Reach = Mapping[int, Reached]


def _has(n: int) -> ColumnElement[bool]:
    """Search the name that a manager reads, never one that is not shown to her."""
    names = (has_word(column, n) for column in (shown_name(), User.external_id))
    return or_(*names, had_number(lambda number: has_word(number, n)))


def reach(session: Session, view: View) -> Reach:
    """Return everybody in this view, by id, and how she comes into it."""
    found = marks(session, view)
    lenders = loans.lent_to(session, view.viewer_id, view.now)
    return {
        user_id: Reached(mark.direct, _lent_by(mark, lenders)) for user_id, mark in found.items()
    }


def _lent_by(mark: Mark, lenders: Mapping[int, loans.Loan]) -> str:
    loan = lenders.get(mark.lender_id or 0)
    return loan.name if loan else ""


def team(
    session: Session, view: View, filters: Filters = EVERYBODY, reached: Reach | None = None
) -> list[Line]:
    """Return the lines of everybody in this view: who needs something first, direct ones first.

    `reached`: the view's people where they have been read already.
    """
    reached = reach(session, view) if reached is None else reached
    found = _lines(session, view, reached, filters)
    if filters.status:
        found = [line for line in found if line.status.value == filters.status]
    return sorted(found, key=_team_order)


def member(session: Session, view: View, user_id: int) -> list[Line]:
    """Return the lines of one person in this view; nothing for anybody else."""
    only = {id_: how for id_, how in reach(session, view).items() if id_ == user_id}
    return sorted(_lines(session, view, only, EVERYBODY), key=_team_order)


def departments(session: Session, view: View, reached: Reach) -> list[str]:
    """Return the departments of everybody in this view, of any job, to choose from."""
    found: set[str] = set()
    for ids in _chunks(reached):
        values = {"ids": ids, "day": view.today.latest}
        found |= {row[0] for row in core(session).execute(_departments_query(), values)}
    return sorted(found)


@cache
def _departments_query() -> Query:
    return (
        select(Placement.department)
        .where(
            Placement.user_id.in_(IDS),
            a_job(DAY),
            Placement.department != "",
        )
        .distinct()
    )


def late(lines: Iterable[Line]) -> dict[int, Line]:
    """Return who is late by these lines, each with the course that has been due the longest."""
    found: dict[int, Line] = {}
    for line in lines:
        before = found.get(line.user_id)
        if line.status is Status.OVERDUE and (before is None or _due(line) < _due(before)):
            found[line.user_id] = line
    return found


def _due(line: Line) -> date:
    return line.due_on or date.max


def _lines(session: Session, view: View, reached: Reach, filters: Filters) -> list[Line]:
    book, asked = RuleBook(session), filters.sought
    by_dates = dates.believable(session, book, view.today)
    among = Sought(standing_lines.Among(asked.shape), asked.values)
    found: list[Line] = []
    for ids in _chunks(reached):
        if by_dates:
            told, rest = standing_lines.lines(session, view.today, among, ids, reached)
            found, ids = found + told, sorted(rest)  # noqa: PLW2901 - those by their facts
        if ids:
            where = asked.shape.where(one_day=view.today.is_one_day)
            persons = people(session, view.today, *where, among=ids, given=asked.values)
            here = [person for person in persons if person.kind == "placed"]
            rules = book.in_force(view.today.latest, ALWAYS)
            found += lines_of(duties_of(session, here, rules), reached)
    return found


def _chunks(reached: Reach) -> Iterator[list[int]]:
    ids = sorted(reached)
    for start in range(0, len(ids), CHUNK):
        yield ids[start : start + CHUNK]


def _team_order(line: Line) -> tuple[bool, bool, int, date, str, str, str]:
    return (
        not line.needs_nudge,
        not line.direct,
        URGENCY_OF[line.status],
        line.due_on or date.max,
        line.name.casefold(),
        line.employee_id,
        line.course,
    )
