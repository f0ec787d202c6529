"""Which reminders are due: at most one for each open training, and none on the day of a nudge."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from training.accounts.days import Today
from training.accounts.models import User
from training.accounts.site_mail import Mailing, mail_book
from training.renewals.duties import Duty, duties_of
from training.renewals.known import rules_in_force
from training.renewals.models import Notice
from training.renewals.nudges import nudged_on
from training.renewals.outside import led_outside
from training.renewals.persons import people
from training.rules.reminders import NoticeKind, due_notice
from training.rules.standing import Status

CHUNK = 500
QUIET = {Status.AWAY, Status.LEFT, Status.NOT_REQUIRED, Status.WAITING_FOR_HELP}
Told = Mapping[tuple[int, date], set[NoticeKind]]  # by cycle and due day


@dataclass(frozen=True, slots=True)
class Due:
    """One reminder that is due to one person."""

    duty: Duty
    kind: NoticeKind


def due_reminders(session: Session, today: Today, *where: ColumnElement[bool]) -> Iterator[Due]:
    """Yield the reminders that are due today, read in pages of people."""
    if led_outside(session):
        return
    rules, after = rules_in_force(session, today.latest), 0
    mailed = (User.email.is_not(None), *where)
    while chunk := people(session, today, *mailed, after=after, most=CHUNK):
        after = chunk[-1].user_id
        yield from due_among(session, list(duties_of(session, chunk, rules)))


def due_among(session: Session, duties: Sequence[Duty]) -> Iterator[Due]:
    """Yield the reminders that are due today of these duties."""
    open_ones = [duty for duty in duties if duty.cycle is not None]
    told = _told(session, [duty.cycle.id for duty in open_ones if duty.cycle])
    nudged = nudged_today(session, open_ones)
    book = mail_book(session)
    for duty in open_ones:
        mailing = book.of(duty.person.entity_id, duty.person.site)
        kind = kind_due(duty, told, mailing)
        if kind is not None and duty.person.user_id not in nudged:
            yield Due(duty, kind)


def nudged_today(session: Session, duties: Sequence[Duty]) -> set[int]:
    """Return who of these people is nudged on her day, and so not also reminded."""
    return nudged_on(session, {duty.person.user_id: duty.person.today for duty in duties})


def _told(session: Session, cycles: list[int]) -> Told:
    query = select(Notice.assignment_id, Notice.due_key, Notice.kind).where(
        Notice.assignment_id.in_(cycles), Notice.kind.in_(list(NoticeKind))
    )
    return told_by((row[0], row[1], row[2]) for row in session.execute(query))


def told_by(rows: Iterable[tuple[int, date, str]]) -> Told:
    """Return what was told of each cycle and due day, by what is in the ledger."""
    found: dict[tuple[int, date], set[NoticeKind]] = {}
    for assignment, due_key, kind in rows:
        found.setdefault((assignment, due_key), set()).add(NoticeKind(kind))
    return found


def kind_due(duty: Duty, told: Told, mailing: Mailing) -> NoticeKind | None:
    """Return the reminder of a duty that is due today and was not told yet, or None."""
    cycle = duty.cycle
    if cycle is None or duty.status in QUIET or cycle.opens_on > duty.person.today:
        return None
    sent = set(told.get((cycle.id, cycle.due_on), ()))
    if any(NoticeKind.ASSIGNED in kinds for (id_, _due), kinds in told.items() if id_ == cycle.id):
        sent.add(NoticeKind.ASSIGNED)  # a moved due day does not tell of the training again
    return due_notice(
        assigned_on=max(cycle.assigned_on, cycle.opens_on),
        due_on=cycle.due_on,
        today=duty.person.today,
        sent=frozenset(sent),
        weekdays=mailing.weekdays(),
    )
