"""Open and close every cycle that the rules ask for, as often as you like.

What ought to be open follows from dates alone, so a job that did not run for a month, or
ran twice, leaves the same cycles behind.
"""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from training import audit
from training.accounts.days import Today, todays
from training.accounts.models import User
from training.assignments import service as assignments
from training.assignments.models import Assignment, Rule
from training.db import Database
from training.renewals import dates
from training.renewals.asked import in_force, versions
from training.renewals.duties import Duty, duties_of, ended, last_ended, renewal_of
from training.renewals.outside import led_outside
from training.renewals.persons import Person, people
from training.renewals.rule_book import RuleBook

CHUNK = 200


@dataclass
class Reconciled:
    """What a run of `byp renew` did, or would do."""

    opened_first: int = 0
    opened_renewals: int = 0
    closed_left: int = 0
    closed_not_required: int = 0
    moved_after_leave: int = 0

    def words(self) -> str:
        """Return the run in one line."""
        told = [
            f"{count} {what}"
            for count, what in (
                (self.opened_first, "first trainings opened"),
                (self.opened_renewals, "refreshers opened"),
                (self.closed_left, "closed for people who left"),
                (self.closed_not_required, "closed as no longer asked for"),
                (self.moved_after_leave, "due days moved after leave"),
            )
            if count
        ]
        return ", ".join(told) or "nothing to do"

    @property
    def changed(self) -> bool:
        """Tell whether anything changed."""
        return any(asdict(self).values())


def reconcile(
    session: Session,
    today: Today,
    now: datetime,
    *,
    after: int = 0,
    most: int = CHUNK,
    only_due: bool = False,
) -> tuple[Reconciled, int]:
    """Bring one page of people up to date; return what was done and the last id (0: no more).

    `only_due`: of those alone whose dates say that something may be due, or whose facts changed.
    """
    done = Reconciled()
    if led_outside(session):
        return done, 0
    every = versions(session)
    rules = in_force(every, today.latest)
    ended = {version.course for version in every} - {rule.course for rule in rules}
    if only_due:
        ids = _due(session, today, ended, after, most)
        chunk = people(session, today, User.id.in_(ids)) if ids else []
        last = ids[-1] if ids else 0
    else:
        chunk = people(session, today, after=after, most=most)
        last = chunk[-1].user_id if chunk else 0
    for duty in list(duties_of(session, chunk, rules)):
        _settle(session, duty, now, done)
    if ended and chunk:
        _close_ended(session, chunk, ended, now, done)
    session.flush()
    if done.changed:
        audit.record(session, "renewals.reconciled", at=now, detail=asdict(done))
    return done, last


def _due(session: Session, today: Today, ended: set[str], after: int, most: int) -> list[int]:
    """Return a page of whom there may be something to do for, by id."""
    found = set(dates.to_settle(session, today, after=after, most=most))
    if ended:
        query = (
            select(Assignment.user_id)
            .where(
                Assignment.user_id > after,
                Assignment.closed_at.is_(None),
                Assignment.course.in_(sorted(ended)),
            )
            .distinct()
            .order_by(Assignment.user_id)
            .limit(most)
        )
        found |= set(session.scalars(query))
    return sorted(found)[:most]


def reconcile_all(
    database: Database, today: Callable[[Session], Today], now: datetime, *, dry_run: bool = False
) -> Reconciled:
    """Bring everybody up to date, a page of people a transaction; a dry run keeps nothing.

    Whoever has nothing due is not read, but for a day that is past already: the table of dates
    tells what is due by all that is known.
    """
    whole, after = Reconciled(), 0
    with database.read() as session:
        day, real = today(session), todays(session, now)
        zones = [*real.by_zone, ""]
        past = any(day.at(zone) < real.at(zone) for zone in zones)
        only_due = not past and dates.believable(session, RuleBook(session), day)
    while True:
        with database.open(writes=True) as session:
            done, after = reconcile(session, today(session), now, after=after, only_due=only_due)
            if not dry_run:
                database.commit(session)
        for name, count in asdict(done).items():
            setattr(whole, name, getattr(whole, name) + count)
        if after == 0:
            return whole


def _settle(session: Session, duty: Duty, now: datetime, done: Reconciled) -> None:
    cycle = duty.cycle
    if duty.over is not None:  # whoever was hired again meanwhile gets another
        done.closed_left += assignments.close(session, duty.over.id, "left", now)
    if duty.person.kind == "left":
        if cycle is not None:
            done.closed_left += assignments.close(session, cycle.id, "left", now)
        return
    if not duty.facts.required:
        if cycle is not None:
            done.closed_not_required += assignments.close(session, cycle.id, "superseded", now)
    elif cycle is not None:
        last_day = last_ended(cycle, duty.spans, duty.person.today)
        if cycle.noted_due_on is not None and last_day is not None:
            _note_return(session, cycle.id, cycle.due_on, last_day, now)
            done.moved_after_leave += 1
    elif duty.held is None:
        done.opened_first += _open_first(session, duty, now)
    else:
        done.opened_renewals += _open_renewal(session, duty, now)


def _close_ended(
    session: Session, chunk: list[Person], courses: set[str], now: datetime, done: Reconciled
) -> None:
    """Close what is open in courses that no rule asks of anybody any more."""
    kinds = {person.user_id: person.kind for person in chunk}
    query = (
        select(Assignment.id, Assignment.user_id)
        .join(Rule, (Rule.id == Assignment.rule_id) & (Rule.course == Assignment.course))
        .where(
            Assignment.user_id.in_(kinds),
            Assignment.course.in_(sorted(courses)),
            Assignment.closed_at.is_(None),
        )
    )
    for cycle, user in session.execute(query).all():
        if kinds[user] == "left":
            done.closed_left += assignments.close(session, cycle, "left", now)
        else:
            done.closed_not_required += assignments.close(session, cycle, "superseded", now)


def _open_first(session: Session, duty: Duty, now: datetime) -> int:
    due_on, version = duty.facts.first_due_on, duty.first_by or duty.rule
    if due_on is None:
        return 0
    reason = "policy_change" if duty.rule.of_a_change else "new_hire"
    opens = due_on - timedelta(days=version.days)  # computed, as a renewal's is
    _open(session, duty, now, duty.rule.course, reason, opens, due_on, None, version.id)
    return 1


def _open_renewal(session: Session, duty: Duty, now: datetime) -> int:
    found, today = renewal_of(duty), duty.person.today
    if found is None or today < found[0]:
        return 0
    opens, due_on = found
    expires = duty.held.expires_on if duty.held else None
    by = duty.renewed_by or duty.rule
    course = by.renewal.refresher_course or duty.rule.course
    _open(session, duty, now, course, "renewal", opens, due_on, expires, by.id)
    return 1


def _open(
    session: Session,
    duty: Duty,
    now: datetime,
    path: str,
    reason: str,
    opens: date,
    due_on: date,
    previous_expiry: date | None,
    rule_id: int | None = None,
) -> None:
    """Open a cycle, by the rule's version of today or another one.

    A leave that ended since it should have been open moves its due day.
    """
    row = Assignment(
        user_id=duty.person.user_id,
        course=duty.rule.course,
        path=path,
        rule_id=rule_id or duty.rule.id,
        reason=reason,
        assigned_on=duty.person.today,
        opens_on=opens,
        due_on=due_on,
        previous_expiry=previous_expiry,
        recorded_at=now,
    )
    session.add(row)
    last_day = max(ended(duty.spans, opens, duty.person.today), default=None)
    then = assignments.due_when_back(due_on, last_day, None)
    if last_day is not None and then != due_on:
        session.flush()
        _note_return(session, row.id, then, last_day, now)


def _note_return(
    session: Session, cycle_id: int, due_on: date, last_day: date, now: datetime
) -> None:
    """Note the due day of somebody who is back, or no longer let off."""
    reason = f"{assignments.BACK}{last_day + timedelta(days=1)}"
    assignments.move_due_day(session, cycle_id, due_on, reason=reason, by=None, now=now)


__all__ = ["Reconciled", "reconcile", "reconcile_all"]
