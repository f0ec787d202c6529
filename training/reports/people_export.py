"""Everybody that the officer's list of people shows, one row a person and course."""

from collections.abc import Callable, Iterator
from datetime import datetime

from sqlalchemy.orm import Session

from training.accounts.days import Today
from training.accounts.numbers import all_numbers_before
from training.accounts.people import Place
from training.accounts.reach import EVERYWHERE, Reach
from training.renewals import dates
from training.renewals.duties import Duty
from training.renewals.persons import Person
from training.renewals.rule_book import RuleBook
from training.reports import queries, standing_lines
from training.reports.columns import COLUMNS, Cells, cells_of
from training.reports.people_search import sought
from training.reports.queries import Line
from training.reports.workbook import About
from training.rules.standing import Complete, Status

HEADER = (*COLUMNS, "worker_type", "job_title", "phi_access_on", "second_jobs", "earlier_numbers")


def rows(
    session: Session,
    today: Today,
    *,
    text: str,
    status: str,
    seen: Callable[[int], None] | None = None,
    reach: Reach = EVERYWHERE,
    told: Callable[[int], None] | None = None,
) -> Iterator[Cells]:
    """Yield what the filtered screen shows, from its first page to its last.

    `told` hears of each person who is in it.
    """
    book, before = RuleBook(session), all_numbers_before(session)

    def by_facts(person: Person, duties: list[Duty]) -> list[Cells]:
        return _cells(person, duties, before.get(person.user_id, ""))

    if dates.believable(session, book, today):
        asked = sought(session, today, book, text=text, status=status, reach=reach)
        yield from standing_lines.pages(session, today, asked, status, by_facts, seen, told, before)
        return
    found = queries.found(session, today, text=text, status=status, seen=seen, reach=reach)
    for person, duties in found:
        if told:
            told(person.user_id)
        yield from by_facts(person, duties)


def _cells(person: Person, duties: list[Duty], before: str) -> list[Cells]:
    lines = list(queries.lines_of(duties))
    more = (person.worker_type, person.job_title, person.phi_access_on, person.works_also, before)
    return [(*cells_of(line), *more) for line in lines or [_nothing_asked(person)]]


def about(place: Place, now: datetime, *, text: str, status: str) -> About:
    """Return what stands in the file's own properties."""
    today = place.today(now)
    return About(
        title=f"Staff and training, {today.isoformat()}",
        described=f"status: {status or 'any'}; search: {text or 'none'}; "
        f"as of {today.isoformat()}, {place.zone}",
    )


def _nothing_asked(person: Person) -> Line:
    """Return the line of somebody whom no rule asks: she is in the list all the same."""
    left = person.kind == "left"
    return Line(
        user_id=person.user_id,
        employee_id=person.external_id,
        name=person.name,
        department=person.department,
        site=person.site,
        course="",
        status=Status.LEFT if left else Status.NOT_REQUIRED,
        complete=Complete.NOT_REQUIRED,
        due_on=None,
        completed_on=None,
        expires_on=None,
        away_until=None,
        direct=False,
        as_of=person.today,
        zone=person.zone,
    )
