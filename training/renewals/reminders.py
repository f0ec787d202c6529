"""Runs of the ledger: reminders, one mail a person; nudges; sign-in links; each sent once."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from training.accounts.days import Today
from training.accounts.links import make_link
from training.accounts.models import User
from training.accounts.people import practice_name
from training.accounts.session_models import LinkMail
from training.accounts.site_mail import mail_book, mailing_for, resting_for
from training.assignments.models import Assignment
from training.db import Database
from training.mail import Letter, Mailer
from training.renewals import letters
from training.renewals.boosters import booster_letter, is_booster
from training.renewals.due import due_reminders
from training.renewals.models import Notice
from training.renewals.nudges import nudge_letter
from training.renewals.one_mail import Desk
from training.renewals.outbox import Later, Run, Tally, rows_due, send, sweep
from training.renewals.outside import LMS
from training.renewals.pace import MOST_A_DOMAIN, Pace
from training.rules.nudges import NUDGE
from training.rules.reminders import NoticeKind


@dataclass(frozen=True, slots=True)
class Would:
    """A reminder that a run would send; those of one person and moment go in one mail."""

    user_id: int
    external_id: str
    kind: NoticeKind
    at: datetime


@dataclass
class Reminded:
    """What a run of `byp remind` did, or would do."""

    tally: Tally = field(default_factory=Tally)
    would_send: list[Would] = field(default_factory=list)
    closed: int = 0
    opens_at: datetime | None = None  # the first of the hours that these wait for

    def words(self) -> str:
        """Return the run in one line."""
        if self.would_send:
            mails, reminders = len({one.user_id for one in self.would_send}), len(self.would_send)
            several = f" with {reminders} reminders" if reminders > mails else ""
            return f"{mails} would be sent{several}"
        closed = f", {self.closed} wait for their site's hours" if self.closed else ""
        return self.tally.words() + closed


def would_send(session: Session, now: datetime, today: Today) -> Iterator[Would]:
    """Yield what a run would send and when; nothing changes."""
    book = mail_book(session)
    for due in due_reminders(session, today):
        person = due.duty.person
        at = book.of(person.entity_id, person.site).opening(now)
        yield Would(person.user_id, person.external_id, due.kind, at)


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

    All that is due to one person goes in one mail, with what was put off before. Where it is out
    of a site's hours nothing is sent or written: it stays due and goes out in the next open hour.
    So does what is over the pace, in the next run. Boosters that wait come last: they never take
    a reminder's turn.
    """
    done = Reminded()
    run = Run(database, mailer, now, Pace(database, now, most_a_domain), done.tally)
    again, desk = _Rewriter(today, base_url), Desk(run, today, base_url)
    sweep(run, Notice)
    put_off = _put_off(database, now)
    send(run, Notice, (desk.ready(*one) for one in put_off.items()))
    due = _open_now(database, now, today, done)
    send(run, Notice, (desk.ready(*one) for one in due.items() if one[0] not in put_off))
    send(run, Notice, rows_due(run, Notice, again, Notice.kind.not_in(list(NoticeKind))))
    return done


def _put_off(database: Database, now: datetime) -> dict[int, str]:
    """Return who is to be tried again, with her address, in the order of the ledger."""
    query = (
        select(User.id, User.email)
        .join(Assignment, Assignment.user_id == User.id)
        .join(Notice, Notice.assignment_id == Assignment.id)
        .where(
            Notice.kind.in_(list(NoticeKind)),
            Notice.state == "due",
            or_(Notice.next_try_at.is_(None), Notice.next_try_at <= now),
        )
        .group_by(User.id, User.email)
        .order_by(func.min(Notice.id))
    )
    with database.read() as session:
        return {user_id: address or "" for user_id, address in session.execute(query)}


def _open_now(database: Database, now: datetime, today: Today, done: Reminded) -> dict[int, str]:
    """Return to whom something is due in her site's hours; count the mails that wait for them."""
    found, openings, closed = dict[int, str](), dict[int, datetime](), set[int]()
    with database.read() as session:
        book = mail_book(session)
        for due in due_reminders(session, today):
            person = due.duty.person
            mailing = book.of(person.entity_id, person.site)
            if mailing.is_open(now):
                found[person.user_id] = person.email or ""
                continue
            closed.add(person.user_id)
            if mailing.site_id not in openings:
                openings[mailing.site_id] = mailing.opening(now)
    done.closed, done.opens_at = len(closed), min(openings.values(), default=None)
    return found


@dataclass(frozen=True, slots=True)
class _Rewriter:
    """Writes a nudge or a booster that waited in the ledger, if it is still true."""

    today: Today
    base_url: str

    def __call__(self, session: Session, row_id: int, now: datetime) -> Letter | Later | None:
        row = session.get_one(Notice, row_id)
        if is_booster(row):
            return booster_letter(session, row, self.today, self.base_url, now)
        cycle = session.get_one(Assignment, row.assignment_id)
        mailing = mailing_for(session, cycle.user_id, self.today)
        if mailing is not None and not mailing.is_open(now):
            return Later(mailing.opening(now))
        return nudge_letter(session, row, self.today, self.base_url)


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
