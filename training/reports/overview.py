"""The programme on one page: today and the month ends of two years.

The database counts everybody whose dates are made; the facts of the others are asked.
"""

import heapq
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from training.accounts.days import Today, everywhere
from training.accounts.models import Entity, User
from training.accounts.reach import EVERYWHERE, Reach
from training.renewals import dates, history
from training.renewals.day_counts import MONTHS
from training.renewals.duties import Duty
from training.renewals.history import Moment
from training.renewals.rule_book import ALWAYS, RuleBook
from training.renewals.standing_sql import LATE_DAYS, STATUSES
from training.renewals.turns import duties_over
from training.reports import counts
from training.reports.apart import apart
from training.reports.queries import Figures, Outcome, outcome
from training.rules.days import month_ends
from training.rules.standing import Complete, Status, days_late

BANDS = tuple(zip(LATE_DAYS, ("1 to 7 days", "8 to 30 days", "31 to 90 days"), strict=True))
LONGER = "more than 90 days"
KINDS = ("entity", "site", "department", "role", "course")
MOST_LISTED = 50
NO_UNIT = "no department"
Units = tuple[str, str, str, str]  # entity, site, department, role: in the order of KINDS
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
    longest: list[tuple[int, int, int, HasAccess]] = field(default_factory=list)

    @property
    def access(self) -> list[HasAccess]:
        """Return those who have had access longest, in that order."""
        return [entry for *_place, entry in sorted(self.longest, reverse=True)]

    def note(self, entry: HasAccess, place: int) -> None:
        """Note somebody with access; who has had it longest stays, by id and course."""
        heapq.heappush(self.longest, (entry.days, -entry.user_id, -place, entry))
        if len(self.longest) > MOST_LISTED:
            heapq.heappop(self.longest)


def overview(session: Session, today: Today, reach: Reach = EVERYWHERE) -> Programme:
    """Count everything within reach: in a fixed number of statements, and nine more a page of
    people whose facts have changed since the jobs last made their dates.

    A month end counts whoever was within reach on that day.
    """
    ends = month_ends(today.latest, MONTHS)
    found = Programme([Month(day, Figures.empty()) for day in ends])
    now, then = Moment(today), [(day, Moment(everywhere(day))) for day in ends]
    book = RuleBook(session)
    names = dict(session.execute(select(Entity.id, Entity.name)).all())
    where = _count_dates(found, session, book, today, reach)
    for one in history.pages(session, *where, *reach.ever(User.id)):
        for place, duty in enumerate(history.duties_at(one, book, now)):
            if reach.holds(duty.person.entity_id):
                _count(found, duty, names, place, reach)
        _count_past(found, duties_over(one, book, then), reach)
    return found


def _count_dates(
    found: Programme, session: Session, book: RuleBook, today: Today, reach: Reach
) -> tuple[ColumnElement[bool], ...]:
    """Count whose dates are made; return the condition of the others."""
    if not dates.believable(session, book, today):
        return ()
    others = apart(session, today)
    places = counts.places(session, reach)
    here = counts.within(places, reach)
    days = counts.days_of(places, today, here)
    for group in counts.groups(session, days, others):
        _add_group(found, group, places[group.site_id])
    for beside in counts.beside(session, days, others):
        _add_beside(found, beside, places)
    ends = [month.on for month in found.trend]
    over = counts.rates(session, ends, here, others)
    for month, rates in zip(found.trend, over, strict=True):
        month.figures.rate(None, rates.out)
        month.figures.rate(Complete.YES, rates.yes)
        month.figures.rate(Complete.NOT_YET_DUE, rates.not_yet)
        month.figures.rate(Complete.NO, rates.asked - rates.out - rates.yes - rates.not_yet)
    rules = book.in_force(today.latest, ALWAYS)
    courses = [*dict.fromkeys(rule.course for rule in rules)]
    order = {course: n for n, course in enumerate(courses)}
    for row in counts.longest_with_access(session, days, courses, MOST_LISTED, others):
        found.note(_entry(row), order.get(row.course, 0))
    return (others.users(),)


def _add_group(found: Programme, group: counts.Group, place: counts.Place) -> None:
    where = (place.entity, place.site, group.department, group.worker_type, group.course)
    for figures in _figures(found, *where):
        figures.open[group.status] += group.count
        figures.rate(group.complete, group.count)
    if group.status is Status.OVERDUE:
        found.late[(*(name for _most, name in BANDS), LONGER)[group.band]] += group.count
    if group.has_access:
        found.with_access += group.count


def _add_beside(
    found: Programme, beside: counts.Beside, places: Mapping[int, counts.Place]
) -> None:
    """Count a duty in each unit within reach where she has a second job, and nowhere twice."""
    first, *more = (
        _units(places[site_id], *names) for site_id, *names in beside.jobs if site_id in places
    )
    for figures in _more_figures(found, first, more):
        figures.open[beside.status] += 1
        figures.rate(beside.complete)


def _units(place: counts.Place, department: str, role: str) -> Units:
    return (place.entity, place.site, department, role)


def _entry(row: Any) -> HasAccess:
    return HasAccess(
        days=(row.day - row.access_on).days,
        user_id=row.user_id,
        name=row.name,
        department=row.department,
        site=row.site,
        course=row.course,
        access_on=row.access_on,
        status=STATUSES[row.status],
    )


def _figures(
    found: Programme, entity: str, site: str, department: str, role: str, course: str
) -> Iterator[Figures]:
    """Yield the figures of the whole and of each group that a duty belongs to."""
    yield found.whole
    for kind, name in zip(KINDS, (entity, site, department or NO_UNIT, role, course), strict=True):
        yield _group(found, kind, name)


def _more_figures(found: Programme, first: Units, more: Iterable[Units]) -> Iterator[Figures]:
    """Yield the figures of each group that a duty belongs to by other jobs than the primary."""
    for n, own in enumerate(first):
        for name in dict.fromkeys(units[n] for units in more):
            if name != own:
                yield _group(found, KINDS[n], name or NO_UNIT)


def _group(found: Programme, kind: str, name: str) -> Figures:
    groups = found.by[kind]
    if name not in groups:
        groups[name] = Figures.empty()
    return groups[name]


def _count_past(found: Programme, over: Iterable[list[Duty]], reach: Reach) -> None:
    before, outcomes = list[Duty](), list[Outcome | None]()
    for month, duties in zip(found.trend, over, strict=True):
        if duties is not before:
            within = [duty for duty in duties if reach.holds(duty.person.entity_id)]
            before, outcomes = duties, [outcome(duty) for duty in within]
        for told in outcomes:
            if told is not None:
                month.figures.rate(told[1])


def _count(
    found: Programme, duty: Duty, entities: Mapping[int, str], place: int, reach: Reach
) -> None:
    told = outcome(duty)
    if told is None:
        return
    person = duty.person
    entity = entities[person.entity_id]
    where = (entity, person.site, person.department, person.worker_type, duty.rule.course)
    for figures in _figures(found, *where):
        figures.count(told)
    if person.also:
        first, *more = (
            (entities[job.entity_id], job.site, job.department, job.worker_type)
            for job in person.jobs
            if reach.holds(job.entity_id)
        )
        for figures in _more_figures(found, first, more):
            figures.count(told)
    late = days_late(duty.facts, person.today)
    if late:
        found.late[band(late)] += 1
    _note_access(found, duty, place)


def band(days: int) -> str:
    """Return the band of so many days late."""
    return next((name for most, name in BANDS if days <= most), LONGER)


def _note_access(found: Programme, duty: Duty, place: int) -> None:
    person = duty.person
    access_on = person.access_on
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
    found.note(entry, place)
