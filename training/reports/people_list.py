"""The officer's list of people on the screen: each with what is worst of all that is asked of her.

By the table of dates, a page a statement; where it does not answer, by the facts. A test holds
the one way against the other.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy.orm import Session

from training.accounts.days import Today
from training.accounts.reach import EVERYWHERE, Reach
from training.renewals import dates
from training.renewals.duties import Duty
from training.renewals.persons import Person
from training.renewals.rule_book import ALWAYS, RuleBook
from training.renewals.standing_sql import STATUSES
from training.reports import queries
from training.reports.people_search import sought
from training.reports.queries import URGENCY_OF, first_page, has_status, lines_of
from training.reports.standing_lines import AWAY, Found, Pages
from training.reports.words import sentence_of
from training.rules.standing import Status


@dataclass(frozen=True, slots=True)
class Entry:
    """One person of the list; `sentence` is empty where her status says it all."""

    user_id: int
    external_id: str
    name: str
    department: str
    site: str
    also: str  # where else she works
    status: Status
    sentence: str


def search(
    session: Session,
    today: Today,
    *,
    text: str,
    status: str,
    after: int,
    reach: Reach = EVERYWHERE,
) -> tuple[list[Entry], int]:
    """Return a page of people, and the id to go on from (0: no more)."""
    book = RuleBook(session)
    if not dates.believable(session, book, today):
        page, after = queries.search(
            session, today, text=text, status=status, after=after, reach=reach
        )
        return [entry_of(person, duties) for person, duties in page], after
    asked = sought(session, today, book, text=text, status=status, reach=reach)
    pages = Pages(session, today, asked, book.in_force(today.latest, ALWAYS))
    return first_page(_found(pages, status, after), lambda entry: entry.user_id)


def _found(pages: Pages, status: str, after: int) -> Iterator[Entry]:
    """Yield whom a search finds after somebody, by the table of dates."""
    most, more = queries.PAGE + 1, True
    while more:
        page = pages.after(after, most)
        yield from _entries(pages, page, status)
        more = len(page) == most
        after = page[-1][0] if page else after


def entry_of(person: Person, duties: list[Duty]) -> Entry:
    """Return the entry of somebody by her facts."""
    lines = list(lines_of(duties))
    worst = min(lines, key=lambda line: URGENCY_OF[line.status], default=None)
    left = person.kind == "left"
    sentence = ""
    if worst and not left:
        sentence = sentence_of(worst.status, worst.due_on, worst.expires_on, worst.away_until)
    return Entry(
        user_id=person.user_id,
        external_id=person.external_id,
        name=person.name,
        department=person.department,
        site=person.site,
        also=person.works_also,
        status=Status.LEFT if left else worst.status if worst else Status.NOT_REQUIRED,
        sentence=sentence,
    )


def _entries(pages: Pages, page: list[tuple[int, list[Found]]], status: str) -> list[Entry]:
    """Return who of a page has this status; until when somebody is away, her facts say alone."""
    facts = pages.facts(
        [id_ for id_, rows in page if rows[0].by_facts or any(row.status == AWAY for row in rows)]
    )
    entries, also = list[Entry](), pages.also(page)
    for user_id, rows in page:
        if user_id in facts:
            if not status or has_status(*facts[user_id], status):
                entries.append(entry_of(*facts[user_id]))
            continue
        asked = [row for row in rows if row.course is not None]
        has = [STATUSES[row.status] for row in asked] or [Status.NOT_REQUIRED]
        if not status or status in has:
            entries.append(_entry(rows[0], also.get(user_id, ""), asked, has))
    return entries


def _entry(who: Found, also: str, asked: list[Found], has: list[Status]) -> Entry:
    """Return the entry of somebody by the rows of what is asked of her, as the rules go."""
    place = min(range(len(has)), key=lambda n: URGENCY_OF[has[n]])
    sentence = ""
    if asked:
        sentence = sentence_of(has[place], asked[place].due_on, asked[place].expires_on, None)
    name = (who.external_id, who.name, who.department, who.site, also)
    return Entry(who.id, *name, has[place], sentence)
