"""The programme on one page: today and the month ends of two years, in one pass over people."""

import heapq
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from training.accounts.days import Today, everywhere
from training.accounts.models import Entity
from training.renewals import history
from training.renewals.duties import Duty
from training.renewals.history import Moment
from training.renewals.rule_book import RuleBook
from training.renewals.turns import duties_over
from training.reports.queries import Figures, Outcome, outcome
from training.rules.standing import Complete, Status, days_late

MONTHS = 24
BANDS = ((7, "1 to 7 days"), (30, "8 to 30 days"), (90, "31 to 90 days"))
LONGER = "more than 90 days"
KINDS = ("entity", "site", "department", "role", "course")
MOST_LISTED = 50
NOT_DONE = {Complete.NO, Complete.NOT_YET_DUE}


@dataclass(frozen=True, slots=True)
class HasAccess:
    """Somebody who can open records and has not completed what is asked of her."""

    days: int
    user_id: int
    name: str
    department: str
    site: str
    course: str
    access_on: date
    status: Status


@dataclass(frozen=True, slots=True)
class Month:
    """How many of how many were complete at the end of a month."""

    on: date
    figures: Figures

    @property
    def per_cent(self) -> int | None:
        """Return the rate in whole per cent, rounded down; None where nobody was in it."""
        counted = self.figures.counted
        return self.figures.complete[Complete.YES] * 100 // counted if counted else None


@dataclass
class Programme:
    """Every figure of the overview."""

    trend: list[Month]
    whole: Figures = field(default_factory=Figures.empty)
    by: dict[str, dict[str, Figures]] = field(default_factory=lambda: {kind: {} for kind in KINDS})
    late: Counter[str] = field(default_factory=Counter)
    with_access: int = 0
    longest: list[tuple[int, int, HasAccess]] = field(default_factory=list)

    @property
    def access(self) -> list[HasAccess]:
        """Return those who have had access longest, in that order."""
        return [entry for _days, _turn, entry in sorted(self.longest, reverse=True)]


def month_ends(day: date, months: int = MONTHS) -> list[date]:
    """Return the last days of so many months before a day, the oldest first."""
    found, first = [], day.replace(day=1)
    for _ in range(months):
        last = first - timedelta(days=1)
        found.append(last)
        first = last.replace(day=1)
    return found[::-1]


def overview(session: Session, today: Today) -> Programme:
    """Count everything in one pass: nine statements a page of people, and three besides."""
    ends = month_ends(today.latest)
    found = Programme([Month(day, Figures.empty()) for day in ends])
    now, then = Moment(today), [(day, Moment(everywhere(day))) for day in ends]
    book = RuleBook(session)
    names = dict(session.execute(select(Entity.id, Entity.name)).all())
    for one in history.pages(session):
        for duty in history.duties_at(one, book, now):
            _count(found, duty, names)
        _count_past(found, duties_over(one, book, then))
    return found


def _count_past(found: Programme, over: Iterable[list[Duty]]) -> None:
    before, outcomes = list[Duty](), list[Outcome | None]()
    for month, duties in zip(found.trend, over, strict=True):
        if duties is not before:
            before, outcomes = duties, [outcome(duty) for duty in duties]
        for told in outcomes:
            month.figures.count(told)


def _count(found: Programme, duty: Duty, entities: Mapping[int, str]) -> None:
    told = outcome(duty)
    if told is None:
        return
    person = duty.person
    found.whole.count(told)
    for kind, name in (
        ("entity", entities[person.entity_id]),
        ("site", person.site),
        ("department", person.department or "no department"),
        ("role", person.worker_type),
        ("course", duty.rule.course),
    ):
        groups = found.by[kind]
        if name not in groups:
            groups[name] = Figures.empty()
        groups[name].count(told)
    late = days_late(duty.facts, person.today)
    if late:
        found.late[band(late)] += 1
    _note_access(found, duty)


def band(days: int) -> str:
    """Return the band of so many days late."""
    return next((name for most, name in BANDS if days <= most), LONGER)


def _note_access(found: Programme, duty: Duty) -> None:
    person = duty.person
    access_on = person.phi_access_on
    if access_on is None or access_on > person.today or duty.complete not in NOT_DONE:
        return
    found.with_access += 1
    entry = HasAccess(
        days=(person.today - access_on).days,
        user_id=person.user_id,
        name=person.name,
        department=person.department,
        site=person.site,
        course=duty.rule.course,
        access_on=access_on,
        status=duty.status,
    )
    heapq.heappush(found.longest, (entry.days, -found.with_access, entry))
    if len(found.longest) > MOST_LISTED:
        heapq.heappop(found.longest)
