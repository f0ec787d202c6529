"""Who had completed what on a day: from the rows, as they are known now or were known then."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from training.accounts.days import Today, everywhere
from training.accounts.models import User
from training.accounts.reach import EVERYWHERE, Reach
from training.renewals import history
from training.renewals.duties import Duty
from training.renewals.history import Lives, Moment
from training.renewals.rule_book import ALWAYS, RuleBook
from training.reports.queries import Figures, Line, lines_of
from training.rules.standing import Complete, Status

PAGE = 100


def line_of(duty: Duty) -> Line:
    """Return a duty as the officer's lists have it."""
    return next(lines_of([duty]))


@dataclass(frozen=True, slots=True)
class Later:
    """The answer is another one than it was on the day itself: what was put on record since."""

    what: str  # "recorded" or "withdrawn"
    on: date

    @property
    def words(self) -> str:
        """Return the mark as pages and files have it."""
        return f"{self.what} later, on {self.on.day} {self.on:%b %Y}"


@dataclass(frozen=True, slots=True)
class Answer:
    """One person and one required course on a day; `version` and `recorded_at` of what holds."""

    duty: Duty
    line: Line
    source: str
    version: str
    recorded_at: datetime | None
    completion_id: int | None
    later: Later | None


def as_of(
    session: Session,
    on: date | Today,
    known_at: datetime | None = None,
    *,
    left: bool = False,
    reach: Reach = EVERYWHERE,
) -> Iterator[Answer]:
    """Yield every answer of a day, in pages of people; with `left`, of those who had left too.

    With `known_at` the answer is the one that was given at that instant, and what is recorded
    later never changes it. Without, corrections made since count, and are marked. Within reach
    is who worked there on that day, or worked there last.
    """
    pages = page_of(session, on, known_at, after=0, most=None, left=left, reach=reach)
    for _person, answers in pages:
        yield from answers


def page_of(
    session: Session,
    on: date | Today,
    known_at: datetime | None = None,
    *,
    after: int,
    most: int | None = PAGE,
    complete: str = "",
    left: bool = False,
    reach: Reach = EVERYWHERE,
) -> Iterator[tuple[int, list[Answer]]]:
    """Yield people who were asked something on a day, by id, each with her answers.

    `complete` keeps only those with such an answer. `most`: so many people; None: all.
    """
    moment = Moment(on if isinstance(on, Today) else everywhere(on), known_at or ALWAYS)
    book, found = RuleBook(session), 0
    for one in history.pages(session, *reach.ever(User.id), after=after):
        told = _answers(one, book, moment, reach)
        answers = [a for a in told if _wanted(a, complete, left=left)]
        if answers:
            yield one.user.id, answers
            found += 1
        if found == most:
            return


def _wanted(answer: Answer, complete: str, *, left: bool) -> bool:
    if answer.line.status is Status.LEFT and not left:
        return False
    return not complete or answer.line.complete.value == complete


def _answers(one: Lives, book: RuleBook, moment: Moment, reach: Reach) -> Iterator[Answer]:
    duties = [d for d in history.duties_at(one, book, moment) if _is_told(d)]
    if not duties or not reach.holds(duties[0].person.entity_id):
        return
    before = _before(one, book, moment, duties[0])
    for duty in duties:
        held = history.completion_of(one, duty)
        yield Answer(
            duty=duty,
            line=line_of(duty),
            source=one.user.source,
            version=history.version_of(held) if held else "",
            recorded_at=held.recorded_at if held else None,
            completion_id=held.id if held else None,
            later=before.mark(duty) if before else None,
        )


def _is_told(duty: Duty) -> bool:
    return duty.status is not Status.NOT_REQUIRED


@dataclass(frozen=True, slots=True)
class _Before:
    """What would have been answered when the day ended, and what was recorded since."""

    answers: dict[str, tuple[object, ...]]
    changes: dict[str, date]

    def mark(self, duty: Duty) -> Later | None:
        if self.answers.get(duty.rule.course) == _told(duty):
            return None
        what = "withdrawn" if "withdrawn" in self.changes and duty.held is None else "recorded"
        return Later(what, self.changes.get(what) or max(self.changes.values()))


def _before(one: Lives, book: RuleBook, moment: Moment, duty: Duty) -> _Before | None:
    """Return the answer of the day's own evening; None where nothing was recorded since."""
    zone, day = duty.person.zone, duty.person.today
    evening = history.end_of(day, zone)
    if evening >= moment.known_at:
        return None
    since: dict[str, date] = {}
    rules = (("recorded", at) for at in book.changes(day))
    for what, at in (*history.changes(one, day), *rules):
        if evening < at <= moment.known_at:
            since[what] = max(since.get(what, date.min), history.day_of(at, zone))
    if not since:
        return None
    then = history.duties_at(one, book, Moment(moment.today, evening))
    return _Before({d.rule.course: _told(d) for d in then if _is_told(d)}, since)


def _told(duty: Duty) -> tuple[object, ...]:
    line = line_of(duty)
    return (
        line.status,
        line.complete,
        line.due_on,
        line.completed_on,
        line.expires_on,
        line.site,
        line.department,
        [(job.site, job.department) for job in duty.person.also],
    )


@dataclass
class Counted:
    """The figures of a day, and how many answers are marked as recorded later."""

    figures: Figures
    later: int = 0

    @property
    def yes(self) -> int:
        """Return how many had completed."""
        return self.figures.complete[Complete.YES]


def count(
    session: Session,
    on: date | Today,
    known_at: datetime | None = None,
    *,
    reach: Reach = EVERYWHERE,
) -> Counted:
    """Count a day in one pass."""
    found = Counted(Figures.empty())
    for answer in as_of(session, on, known_at, reach=reach):
        found.figures.add(answer.duty)
        found.later += answer.later is not None
    return found
