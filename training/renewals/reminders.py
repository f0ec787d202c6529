"""The reminders that are due: each is a row of the ledger, sent once or not at all."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from training.accounts.days import Today
from training.accounts.links import make_link
from training.accounts.models import Placement, User
from training.accounts.people import practice_name
from training.accounts.session_models import LinkMail
from training.accounts.site_mail import Mailing, mail_book, mailing_at, mailing_for, resting_for
from training.assignments.models import Assignment
from training.db import Database
from training.mail import Letter, Mailer
from training.renewals import letters
from training.renewals.boosters import booster_letter, is_booster
from training.renewals.duties import Duty, duties_of
from training.renewals.known import rules_in_force
from training.renewals.models import Notice
from training.renewals.nudges import nudge_letter, nudged_on
from training.renewals.outbox import Later, Ready, Run, Tally, rows_due, send, sweep
from training.renewals.outside import LMS, led_outside
from training.renewals.pace import MOST_A_DOMAIN, Pace
from training.renewals.persons import people
from training.renewals.telling import told_of
from training.rules.nudges import NUDGE
from training.rules.reminders import NoticeKind, due_notice
from training.rules.standing import Status

CHUNK = 500
QUIET = {Status.AWAY, Status.LEFT, Status.NOT_REQUIRED, Status.WAITING_FOR_HELP}


@dataclass
class Reminded:
    """What a run of `byp remind` did, or would do."""

    tally: Tally = field(default_factory=Tally)
    would_send: list[tuple[str, NoticeKind, datetime]] = field(default_factory=list)
    closed: int = 0
    opens_at: datetime | None = None  # the first of the hours that these wait for

    def words(self) -> str:
        """Return the run in one line."""
        if self.would_send:
            return f"{len(self.would_send)} would be sent"
        closed = f", {self.closed} wait for their site's hours" if self.closed else ""
        return self.tally.words() + closed


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
    nudged = _nudged_today(session, open_ones)
    book = mail_book(session)
    for duty in open_ones:
        mailing = book.of(duty.person.entity_id, duty.person.site)
        kind = _kind(duty, told, mailing)
        if kind is not None and duty.person.user_id not in nudged:
            yield Due(duty, kind)


def _nudged_today(session: Session, duties: Sequence[Duty]) -> set[int]:
    return nudged_on(session, {duty.person.user_id: duty.person.today for duty in duties})


def _told(session: Session, cycles: list[int]) -> dict[tuple[int, object], set[NoticeKind]]:
    query = select(Notice.assignment_id, Notice.due_key, Notice.kind).where(
        Notice.assignment_id.in_(cycles), Notice.kind.in_(list(NoticeKind))
    )
    found: dict[tuple[int, object], set[NoticeKind]] = {}
    for assignment, due_key, kind in session.execute(query):
        found.setdefault((assignment, due_key), set()).add(NoticeKind(kind))
    return found


def _kind(
    duty: Duty, told: dict[tuple[int, object], set[NoticeKind]], mailing: Mailing
) -> NoticeKind | None:
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


def would_send(
    session: Session, now: datetime, today: Today
) -> Iterator[tuple[str, NoticeKind, datetime]]:
    """Yield what a run would send and when, by staff number; nothing changes."""
    book = mail_book(session)
    for due in due_reminders(session, today):
        person = due.duty.person
        yield person.external_id, due.kind, book.of(person.entity_id, person.site).opening(now)


def send_reminders(
    database: Database,
    mailer: Mailer,
    *,
    now: datetime,
    today: Today,
    base_url: str,
    most_a_domain: int = MOST_A_DOMAIN,
) -> Reminded:
    """Send what is due, each once; whoever finished, left or is away meanwhile gets none.

    Where it is out of a site's hours nothing is sent or written: it stays due and goes out in
    the next open hour. So does what is over the pace, in the next run. Boosters that wait come
    last: they never take a reminder's turn.
    """
    done = Reminded()
    run = Run(database, mailer, now, Pace(database, now, most_a_domain), done.tally)
    again = _Rewriter(today, base_url)
    sweep(run, Notice)
    send(run, Notice, rows_due(run, Notice, again, Notice.kind.in_(list(NoticeKind))))
    due = _open_now(database, now, today, done)
    send(run, Notice, (_ready(one, now, today, base_url) for one in due))
    send(run, Notice, rows_due(run, Notice, again, Notice.kind.not_in(list(NoticeKind))))
    return done


def _ready(one: "_One", now: datetime, today: Today, base_url: str) -> Ready:
    def claim(session: Session) -> tuple[int, Letter] | None:
        return _claim(session, one, now, today, base_url)

    return Ready(one.address, claim, one.kind.value)


@dataclass(frozen=True, slots=True)
class _One:
    """A reminder to send, by what it takes to look at it again."""

    user_id: int
    cycle_id: int
    kind: NoticeKind
    address: str


def _open_now(database: Database, now: datetime, today: Today, done: Reminded) -> list[_One]:
    """Return what is due where it is in the site's hours; count what waits for them."""
    found, openings = [], dict[int, datetime]()
    with database.read() as session:
        book = mail_book(session)
        for due in due_reminders(session, today):
            person, cycle = due.duty.person, due.duty.cycle
            mailing = book.of(person.entity_id, person.site)
            if not mailing.is_open(now):
                done.closed += 1
                if mailing.site_id not in openings:
                    openings[mailing.site_id] = mailing.opening(now)
            elif cycle is not None:
                found.append(_One(person.user_id, cycle.id, due.kind, person.email or ""))
    done.opens_at = min(openings.values(), default=None)
    return found


def _claim(
    session: Session, one: _One, now: datetime, today: Today, base_url: str
) -> tuple[int, Letter] | None:
    """Write the ledger's row and return its letter; None if it is no longer due or was taken."""
    duty = _duty_now(session, one.user_id, one.cycle_id, today)
    if duty is None or duty.cycle is None:
        return None
    told, mailing = _told(session, [duty.cycle.id]), _mailing(session, duty)
    if _kind(duty, told, mailing) is not one.kind or _nudged_today(session, [duty]):
        return None
    if not mailing.is_open(now):
        return None
    row = Notice(
        assignment_id=duty.cycle.id,
        kind=one.kind.value,
        due_key=duty.cycle.due_on,
        channel="mail",
        state="sending",
        message_id=f"due-{duty.cycle.id}-{one.kind.value}-{duty.cycle.due_on:%Y%m%d}",
        tries=1,
        created_at=now,
        claimed_at=now,
    )
    session.add(row)
    session.flush()
    return row.id, _letter(session, duty, one.kind, row.message_id, base_url)


def _duty_now(session: Session, user_id: int, cycle_id: int, today: Today) -> Duty | None:
    """Return the duty of one open cycle as it is now; None once that cycle is closed."""
    persons = people(session, today, Placement.user_id == user_id)
    found = duties_of(session, persons, rules_in_force(session, today.latest))
    return next((duty for duty in found if duty.cycle and duty.cycle.id == cycle_id), None)


def _mailing(session: Session, duty: Duty) -> Mailing:
    return mailing_at(session, duty.person.entity_id, duty.person.site)


def _letter(
    session: Session, duty: Duty, kind: NoticeKind, message_id: str, base_url: str
) -> Letter:
    cycle = duty.cycle
    if cycle is None:  # pragma: no cover - `_claim` looked
        raise LookupError("no open cycle")
    return letters.reminder(kind, told_of(session, duty, cycle, base_url), message_id)


@dataclass(frozen=True, slots=True)
class _Rewriter:
    """Writes what waited in the ledger anew, if it is still true."""

    today: Today
    base_url: str

    def __call__(self, session: Session, row_id: int, now: datetime) -> Letter | Later | None:
        row = session.get_one(Notice, row_id)
        cycle = session.get_one(Assignment, row.assignment_id)
        if is_booster(row):
            return booster_letter(session, row, self.today, self.base_url, now)
        mailing = mailing_for(session, cycle.user_id, self.today)
        if mailing is not None and not mailing.is_open(now):
            return Later(mailing.opening(now))
        if row.kind == NUDGE:
            return nudge_letter(session, row, self.today, self.base_url)
        duty = _duty_now(session, cycle.user_id, cycle.id, self.today)
        if duty is None or duty.cycle is None:
            return None
        if duty.status in QUIET or duty.cycle.due_on != row.due_key:
            return None
        if _nudged_today(session, [duty]):
            return None
        return _letter(session, duty, NoticeKind(row.kind), row.message_id, self.base_url)


def send_nudges(
    database: Database,
    mailer: Mailer,
    *,
    now: datetime,
    today: Today,
    base_url: str,
    most_a_domain: int = MOST_A_DOMAIN,
) -> Tally:
    """Send the nudges that managers asked for, within seconds of the tap.

    While another system leads they wait; whoever is still late then gets hers.
    """
    run = Run(database, mailer, now, Pace(database, now, most_a_domain))
    if database.led_by == LMS:
        return run.tally
    sweep(run, Notice)
    send(run, Notice, rows_due(run, Notice, _Rewriter(today, base_url), Notice.kind == NUDGE))
    return run.tally


def send_link_mails(database: Database, mailer: Mailer, *, now: datetime, base_url: str) -> Tally:
    """Send the sign-in links that were asked for; each link is made as its mail is written.

    Somebody sits and waits for it: it is counted in the pace of her domain, and never held up.
    """
    run = Run(database, mailer, now, Pace(database, now, MOST_A_DOMAIN, urgent=True))
    sweep(run, LinkMail)

    def write(session: Session, row_id: int, at: datetime) -> Letter | Later | None:
        row = session.get_one(LinkMail, row_id)
        user = session.get_one(User, row.user_id)
        if not user.email:
            return None
        hers = resting_for(session, user.id, at)
        if hers is not None:
            return Later(hers.opening(at))
        token = make_link(
            session,
            user.id,
            purpose="sign_in",
            method="mailed_link",
            now=at,
            next_path=row.next_path,
        )
        return letters.sign_in_link(
            user.name,
            user.email,
            practice_name(session),
            f"{base_url}/sign-in/{token}",
            row.message_id,
        )

    send(run, LinkMail, rows_due(run, LinkMail, write))
    return run.tally
