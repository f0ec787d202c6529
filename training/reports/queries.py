"""The rows of every report."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import islice
from typing import TypeVar

from sqlalchemy import ColumnElement
from sqlalchemy.orm import Session

from training.accounts.days import Today
from training.accounts.models import Placement
from training.accounts.reach import EVERYWHERE, Reach
from training.renewals.duties import Duty, duties_of
from training.renewals.known import Asked, rules_in_force
from training.renewals.persons import Person, people
from training.renewals.rule_book import ALWAYS, RuleBook
from training.reports.people_search import sought
from training.rules.standing import URGENCY, Complete, Status, as_managers_see, due_day, in_rate

T = TypeVar("T")

PAGE = 100
CHUNK = 500
NUDGE = {Status.OVERDUE, Status.DUE_SOON}
URGENCY_OF = {status: place for place, status in enumerate(URGENCY)}


@dataclass(frozen=True, slots=True)
class Line:
    """One person and one required course, as a manager may see it: no score, no try, no reason."""

    user_id: int
    employee_id: str
    name: str
    department: str
    site: str
    course: str
    status: Status
    complete: Complete
    due_on: date | None
    completed_on: date | None
    expires_on: date | None
    away_until: date | None
    direct: bool
    as_of: date
    zone: str
    lent_by: str = ""
    also: str = ""  # where else she works

    @property
    def needs_nudge(self) -> bool:
        """Tell whether the training is late or due within 30 days."""
        return self.status in NUDGE


@dataclass(frozen=True, slots=True)
class Reached:
    """How somebody comes into a manager's view: directly below her, and by whose loan."""

    direct: bool = False
    lent_by: str = ""


NOT_IN_A_VIEW = Reached()


def lines_of(duties: Iterable[Duty], view: Mapping[int, Reached] | None = None) -> Iterator[Line]:
    """Yield the lines of these duties; whoever no rule asks has none.

    `view`: a manager reads them, whom everybody here is in the view of.
    """
    for duty in duties:
        status = duty.status
        if status is Status.NOT_REQUIRED:
            continue
        if view is None:
            yield _line(duty, status, NOT_IN_A_VIEW)
        else:
            how, status = view[duty.person.user_id], as_managers_see(status)
            yield _line(duty, status, how, hides=status is Status.AWAY)


def _line(duty: Duty, status: Status, how: Reached, *, hides: bool = False) -> Line:
    person = duty.person
    held = None if hides else duty.held
    return Line(
        user_id=person.user_id,
        employee_id=person.external_id,
        name=person.name,
        department=person.department,
        site=person.site,
        course=duty.rule.course,
        status=status,
        complete=duty.complete,
        due_on=None if hides else due_day(duty.facts),
        completed_on=held.completed_on if held else None,
        expires_on=held.expires_on if held else None,
        away_until=duty.facts.away_until if status is Status.AWAY else None,
        direct=how.direct,
        as_of=person.today,
        zone=person.zone,
        lent_by=how.lent_by,
        also=person.works_also,
    )


def everyone(session: Session, today: Today, *where: ColumnElement[bool]) -> Iterator[Duty]:
    """Yield every duty in the house, read in pages of people."""
    rules, after = rules_in_force(session, today.latest), 0
    while chunk := people(session, today, *where, after=after, most=CHUNK):
        after = chunk[-1].user_id
        yield from duties_of(session, chunk, rules)


Outcome = tuple[Status, Complete | None]


def outcome(duty: Duty) -> Outcome | None:
    """Return both answers of a duty, the first None while she is away; None: not counted."""
    status = duty.status
    if status in {Status.LEFT, Status.NOT_REQUIRED}:
        return None
    out = status is Status.AWAY and not in_rate(duty.facts, duty.person.today)
    return status, None if out else duty.complete


@dataclass
class Figures:
    """How many, of some group of people: the first answer and the second, never mixed."""

    complete: Counter[Complete]
    open: Counter[Status]
    away: int = 0

    @classmethod
    def empty(cls) -> "Figures":
        """Return figures that count nobody yet."""
        return cls(Counter(), Counter())

    def add(self, duty: Duty) -> None:
        """Count one duty: whoever is away stands beside the rate, out of it."""
        self.count(outcome(duty))

    def count(self, found: "Outcome | None") -> None:
        """Count what one duty comes to; None is never counted."""
        if found is None:
            return
        status, complete = found
        self.open[status] += 1
        self.rate(complete)

    def rate(self, complete: Complete | None, count: int = 1) -> None:
        """Count a first answer; None stands for who is away, beside the rate."""
        if complete is None:
            self.away += count
        else:
            self.complete[complete] += count

    @property
    def counted(self) -> int:
        """Return how many are in the rate: yes and no."""
        return self.complete[Complete.YES] + self.complete[Complete.NO]


def found(
    session: Session,
    today: Today,
    *,
    text: str,
    status: str,
    after: int = 0,
    at_once: int = CHUNK,
    seen: Callable[[int], None] | None = None,
    reach: Reach = EVERYWHERE,
) -> Iterator[tuple[Person, list[Duty]]]:
    """Yield whom a search finds, by id, each with her duties; so many people are read at once.

    `seen` hears before each chunk's people how far the search has come, by id.
    """
    book = RuleBook(session)
    asked = sought(session, today, book, text=text, status=status, reach=reach)
    where = asked.shape.where(one_day=today.is_one_day)
    rules = book.in_force(today.latest, ALWAYS)
    more = True
    while more:
        chunk = people(session, today, *where, after=after, most=at_once, given=asked.values)
        after = chunk[-1].user_id if chunk else after
        if seen:
            seen(after)
        yield from _with_status(session, chunk, rules, status)
        more = len(chunk) == at_once


def search(
    session: Session,
    today: Today,
    *,
    text: str,
    status: str,
    after: int,
    reach: Reach = EVERYWHERE,
) -> tuple[list[tuple[Person, list[Duty]]], int]:
    """Return a page of people with their duties, and the id to go on from (0: no more)."""
    rows = found(
        session, today, text=text, status=status, after=after, at_once=PAGE + 1, reach=reach
    )
    return first_page(rows, lambda row: row[0].user_id)


def first_page(rows: Iterator[T], id_of: Callable[[T], int]) -> tuple[list[T], int]:
    """Return the first page of what is found, and the id to go on from (0: no more).

    One more than a page is read: a full last page leads to no empty one.
    """
    page = list(islice(rows, PAGE + 1))
    return page[:PAGE], id_of(page[PAGE - 1]) if len(page) > PAGE else 0


def one(
    session: Session, today: Today, user_id: int, reach: Reach = EVERYWHERE
) -> tuple[Person, list[Duty]] | None:
    """Return one person with her duties; None also for whoever is out of reach."""
    chunk = people(session, today, Placement.user_id == user_id, *reach.sites())
    found = _with_status(session, chunk, rules_in_force(session, today.latest), "")
    return found[0] if found else None


def _with_status(
    session: Session, chunk: list[Person], rules: Sequence[Asked], status: str
) -> list[tuple[Person, list[Duty]]]:
    by_user: dict[int, list[Duty]] = {person.user_id: [] for person in chunk}
    for duty in duties_of(session, chunk, rules):
        by_user[duty.person.user_id].append(duty)
    rows = [(person, by_user[person.user_id]) for person in chunk]
    if not status:
        return rows
    return [row for row in rows if has_status(*row, status)]


def has_status(person: Person, duties: Iterable[Duty], status: str) -> bool:
    """Tell whether somebody is found by a status: by one of her duties, or, where nothing is
    asked, by all of them.
    """
    found = {duty.status.value for duty in duties}
    if status == Status.NOT_REQUIRED:
        return person.kind == "placed" and found <= {status}
    return status in found
