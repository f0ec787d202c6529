"""The one loop that all mail goes through: claim, hand over, mark; a crash is swept up.

A mail is claimed in a transaction of its own before the server hears of it, so that two
runners never send the same one. In that transaction it is asked again whether she may get
it at all, whether it is an hour for mail where she works, and whether her mail domain has a
turn left (`pace`). A runner killed between the server's yes and the mark leaves a claim
behind: after ten minutes it is sent once more, and flagged. That is the only double there
can be. A mail may stand for several rows: they are claimed and marked together.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Protocol, cast

from sqlalchemy import ColumnElement, Select, case, exists, func, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from training.accounts.models import User
from training.accounts.session_models import LinkMail
from training.assignments.models import Assignment
from training.db import Database, changed
from training.mail import Letter, MailDeferred, Mailer, MailRefused, MailServerAway
from training.renewals.models import Notice, TeamMail
from training.renewals.pace import Pace

STALE = timedelta(minutes=10)
GIVE_UP = timedelta(hours=48)
FEWEST_TRIES = 10  # a weekend between two open hours is not the mail server's fault
BACKOFF = (
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=6),
)
RESENT = "sent again after a crash"
GIVEN_UP = "given up after 48 hours"

Ids = tuple[int, ...]
Claimed = tuple[Ids, Letter]
Row = type[Notice] | type[LinkMail] | type[TeamMail]


@dataclass
class Tally:
    """What a run of the ledger did, in mails; `waiting`: for a turn of their domain.

    `reminders`: how many rows the mails that were sent stand for.
    """

    sent: int = 0
    reminders: int = 0
    deferred: int = 0
    refused: int = 0
    dropped: int = 0
    no_longer_due: int = 0
    resent: int = 0
    waiting: int = 0
    more: bool = False  # than one run takes in
    server_away: bool = False

    def words(self) -> str:
        """Return the run in one line."""
        several = f" with {self.reminders} reminders" if self.reminders > self.sent else ""
        told = [f"{self.sent} sent{several}"]
        for count, what in (
            (self.deferred, "to try again"),
            (self.refused, "refused by the server"),
            (self.dropped, "given up"),
            (self.no_longer_due, "no longer due"),
            (self.resent, RESENT),
            (self.waiting, "wait for the next run"),
        ):
            if count:
                told.append(f"{count} {what}")
        return ", ".join(told) + (", mail server away" if self.server_away else "")


@dataclass(frozen=True, slots=True)
class Later:
    """Instead of a letter: not now, but from this instant on."""

    at: datetime


class Writes(Protocol):
    """Makes the letter of a claimed row, or None where nothing is due any more."""

    def __call__(self, session: Session, row_id: int, now: datetime, /) -> Letter | Later | None:
        """Return the letter, read in the claiming transaction."""
        ...


@dataclass(frozen=True, slots=True)
class Run:
    """One run of the loop: by which moment, through which mailer, at which pace."""

    database: Database
    mailer: Mailer
    now: datetime
    pace: Pace
    tally: Tally = field(default_factory=Tally)


@dataclass(frozen=True, slots=True)
class Ready:
    """A mail that may be due: where it goes, and what claims its rows and writes its letter.

    The claim looks again, in its transaction; None: it is not due, not yet, or not to her.
    """

    address: str
    claim: Callable[[Session], Claimed | None]


class NoTurn(Exception):
    """The mail domain has had its share for now: nothing of the claim is kept."""


def send(run: Run, table: Row, ready: Iterable[Ready]) -> None:
    """Send these mails, each claimed, handed over and marked before the next."""
    for one in ready:
        if run.tally.server_away:
            return
        if not run.pace.may_take(one.address):
            run.tally.waiting += 1
            continue
        claimed = _claim(run, one)
        if claimed is not None:
            _deliver(run, table, one.address, *claimed)


def _claim(run: Run, one: Ready) -> Claimed | None:
    over = run.tally.no_longer_due
    try:
        with run.database.write() as session:
            claimed = one.claim(session)
            if claimed is None:
                return None
            session.flush()
            if not run.pace.take(session, one.address):
                raise NoTurn
            return claimed
    except NoTurn:
        run.tally.waiting += 1
    except IntegrityError:  # another runner was first: the constraint decides
        pass
    run.tally.no_longer_due = over  # what was marked in it is as it was
    return None


def sweep(run: Run, table: Row) -> None:
    """Give back the claims of runners that died; twice the same, and a human must look.

    The rows of one mail were claimed in one transaction, so they come back together.
    """
    stale = (table.state == "sending", table.claimed_at < run.now - STALE)
    with run.database.read() as session:
        if not session.scalar(select(exists().where(*stale))):
            return
    with run.database.write() as session:
        session.execute(
            update(table)
            .where(*stale, table.detail == RESENT)
            .values(state="unknown", next_try_at=None)
        )
        again = (
            update(table)
            .where(*stale, table.detail != RESENT)
            .values(state="due", next_try_at=run.now, detail=RESENT)
            .returning(table.message_id)
        )
        run.tally.resent += len({mail_of(id_) for id_ in session.scalars(again)})


def mail_of(message_id: str) -> str:
    """Return the Message-ID of the mail that a row went in: what stands before a plus.

    The first row of a mail has the mail's own; each other one has it, a plus, and what it is.
    """
    return message_id.partition("+")[0]


def rows_due(run: Run, table: Row, write: Writes, *where: ColumnElement[bool]) -> Iterator[Ready]:
    """Yield the rows of a ledger that are due now: what was put off, and what was asked for."""
    due = _with_address(table).where(
        table.state == "due",
        or_(table.next_try_at.is_(None), table.next_try_at <= run.now),
        *where,
    )
    with run.database.read() as session:
        found = session.execute(due.order_by(table.id)).all()
    for row_id, address in found:
        yield Ready(address or "", partial(_claim_row, run, table, row_id, write))


def _with_address(table: Row) -> Select[int, str | None]:
    query = select(table.id, User.email)
    if table is Notice:
        query = query.join(Assignment, Assignment.id == Notice.assignment_id)
        return query.join(User, User.id == Assignment.user_id)
    return query.join(User, User.id == cast("type[LinkMail] | type[TeamMail]", table).user_id)


def _claim_row(
    run: Run, table: Row, row_id: int, write: Writes, session: Session
) -> Claimed | None:
    mine = (
        update(table)
        .where(table.id == row_id, table.state == "due")
        .values(state="sending", claimed_at=run.now, tries=table.tries + 1)
    )
    if changed(session, mine) != 1:
        return None
    letter = write(session, row_id, run.now)
    if isinstance(letter, Later):
        values = {"state": "due", "next_try_at": letter.at, "tries": table.tries - 1}
        session.execute(update(table).where(table.id == row_id).values(**values))
        return None
    if letter is None:
        drop(run, session, table, (row_id,))
        return None
    return (row_id,), letter


def drop(run: Run, session: Session, table: Row, ids: Ids) -> None:
    """Mark rows as no longer due: nobody is told of them any more."""
    _mark(session, table, ids, "dropped", "no longer due")
    run.tally.no_longer_due += len(ids)


def next_try(session: Session, table: Row, now: datetime) -> datetime | None:
    """Return when the first of what waits in a ledger may be tried; None: nothing waits."""
    query = select(func.min(table.next_try_at)).where(table.state == "due", table.next_try_at > now)
    return session.scalar(query)


def _deliver(run: Run, table: Row, address: str, ids: Ids, letter: Letter) -> None:
    """Hand a claimed letter to the server and mark what it said, for its rows and its domain."""
    later = put_off = ""
    values: dict[str, Any] = {"state": "sent", "sent_at": run.now}
    try:
        run.mailer.send(letter, run.now)
    except MailRefused as answer:
        run.tally.refused += 1
        values = {"state": "refused", "detail": str(answer), "next_try_at": None}
    except MailDeferred as answer:
        later = put_off = str(answer)
    except MailServerAway as answer:
        run.tally.server_away, later = True, str(answer)
    else:
        run.tally.sent += 1
        run.tally.reminders += len(ids)
    with run.database.write() as session:
        if later:
            _put_off(session, table, ids, later, run)
        else:
            session.execute(update(table).where(table.id.in_(ids)).values(**values))
        run.pace.heard(session, address, put_off=bool(put_off))


def _put_off(session: Session, table: Row, ids: Ids, why: str, run: Run) -> None:
    """Try a mail again later, or give it up; it is as old as the youngest of its rows."""
    ages = select(func.max(table.created_at), func.min(table.tries)).where(table.id.in_(ids))
    created_at, tries = session.execute(ages).one()
    if run.now - created_at > GIVE_UP and tries >= FEWEST_TRIES:
        _mark(session, table, ids, "dropped", f"{GIVEN_UP}: {why}")
        run.tally.dropped += 1
        return
    wait = BACKOFF[min(tries, len(BACKOFF)) - 1]
    detail = case((table.detail == RESENT, RESENT), else_=why)
    session.execute(
        update(table)
        .where(table.id.in_(ids))
        .values(state="due", next_try_at=run.now + wait, detail=detail)
    )
    run.tally.deferred += 1


def _mark(session: Session, table: Row, ids: Ids, state: str, detail: str) -> None:
    session.execute(
        update(table).where(table.id.in_(ids)).values(state=state, detail=detail, next_try_at=None)
    )
