"""Sending each row of a ledger once: claim, send, mark; and what a crash left is swept up.

A row is claimed in a transaction of its own before the server hears of it, so that two
runners never send the same one. A runner killed between the server's yes and the mark
leaves a claim behind: after ten minutes it is sent once more, and flagged. That is the
only double there can be.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol, cast

from sqlalchemy import ColumnElement, or_, select, update
from sqlalchemy.orm import Session

from training.accounts.session_models import LinkMail
from training.db import Database, changed
from training.mail import Letter, MailDeferred, Mailer, MailRefused, MailServerAway
from training.renewals.models import Notice, TeamMail

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

Row = type[Notice] | type[LinkMail] | type[TeamMail]


@dataclass
class Tally:
    """What a run of the ledger did."""

    sent: int = 0
    deferred: int = 0
    refused: int = 0
    dropped: int = 0
    no_longer_due: int = 0
    resent: int = 0
    server_away: bool = False
    kinds: dict[str, int] = field(default_factory=dict)

    def words(self) -> str:
        """Return the run in one line."""
        told = [f"{self.sent} sent"]
        for count, what in (
            (self.deferred, "to try again"),
            (self.refused, "refused by the server"),
            (self.dropped, "given up"),
            (self.no_longer_due, "no longer due"),
            (self.resent, RESENT),
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


def sweep(database: Database, table: Row, now: datetime, tally: Tally) -> None:
    """Give back the claims of runners that died; twice the same, and a human must look."""
    stale = (table.state == "sending", table.claimed_at < now - STALE)
    with database.write() as session:
        session.execute(
            update(table)
            .where(*stale, table.detail == RESENT)
            .values(state="unknown", next_try_at=None)
        )
        again = (
            update(table)
            .where(*stale, table.detail != RESENT)
            .values(state="due", next_try_at=now, detail=RESENT)
        )
        tally.resent += changed(session, again)


def send_due(
    database: Database,
    table: Row,
    mailer: Mailer,
    write: Writes,
    now: datetime,
    tally: Tally,
    *where: ColumnElement[bool],
) -> None:
    """Send every row that is due now, each in a transaction of its own."""
    with database.read() as session:
        due = select(table.id).where(
            table.state == "due",
            or_(table.next_try_at.is_(None), table.next_try_at <= now),
            *where,
        )
        ids = session.scalars(due.order_by(table.id)).all()
    for row_id in ids:
        if tally.server_away:
            return
        letter = _claim(database, table, row_id, write, now, tally)
        if letter is not None:
            deliver(database, table, row_id, letter, mailer, now, tally)


def _claim(
    database: Database, table: Row, row_id: int, write: Writes, now: datetime, tally: Tally
) -> Letter | None:
    with database.write() as session:
        mine = (
            update(table)
            .where(table.id == row_id, table.state == "due")
            .values(state="sending", claimed_at=now, tries=table.tries + 1)
        )
        if changed(session, mine) != 1:
            return None
        letter = write(session, row_id, now)
        if isinstance(letter, Later):
            values = {"state": "due", "next_try_at": letter.at, "tries": table.tries - 1}
            session.execute(update(table).where(table.id == row_id).values(**values))
            return None
        if letter is None:
            _mark(session, table, row_id, "dropped", "no longer due")
            tally.no_longer_due += 1
        return letter


def deliver(
    database: Database,
    table: Row,
    row_id: int,
    letter: Letter,
    mailer: Mailer,
    now: datetime,
    tally: Tally,
) -> None:
    """Hand a claimed letter to the server and mark what it said."""
    try:
        mailer.send(letter, now)
    except MailRefused as answer:
        tally.refused += 1
        with database.write() as session:
            _mark(session, table, row_id, "refused", str(answer))
    except MailDeferred as answer:
        _put_off(database, table, row_id, str(answer), now, tally)
    except MailServerAway as answer:
        tally.server_away = True
        _put_off(database, table, row_id, str(answer), now, tally)
    else:
        tally.sent += 1
        with database.write() as session:
            session.execute(
                update(table).where(table.id == row_id).values(state="sent", sent_at=now)
            )


def _put_off(
    database: Database, table: Row, row_id: int, why: str, now: datetime, tally: Tally
) -> None:
    with database.write() as session:
        row = cast("Notice | LinkMail | TeamMail", session.get_one(table, row_id))
        if now - row.created_at > GIVE_UP and row.tries >= FEWEST_TRIES:
            _mark(session, table, row_id, "dropped", f"given up after 48 hours: {why}")
            tally.dropped += 1
            return
        wait = BACKOFF[min(row.tries, len(BACKOFF)) - 1]
        row.state, row.next_try_at = "due", now + wait
        if row.detail != RESENT:
            row.detail = why
        tally.deferred += 1


def _mark(session: Session, table: Row, row_id: int, state: str, detail: str) -> None:
    session.execute(
        update(table).where(table.id == row_id).values(state=state, detail=detail, next_try_at=None)
    )
