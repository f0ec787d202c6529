"""How many mails each mail domain is handed: a steady pace, and a rest when it asks.

The pace is kept in the database and taken with the claim of each mail, so that it is one pace
for every kind of mail and for however many runners there are. What waits stays due. A domain's
server that says "later" several times in a row is left alone until the next turn; the others go
on. What somebody asked for herself, a sign-in link, is counted and never waits.
"""

from datetime import datetime, timedelta
from typing import cast

from sqlalchemy import ColumnElement, Table, and_, case, delete, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from training.db import Database, changed
from training.renewals.models import MailPace

TURN = timedelta(minutes=5)
MOST_A_DOMAIN = 100  # a turn
MOST_A_RUN = 2_000  # of one kind to all domains: no mail server takes fright
PATIENCE = 5  # so many "later" in a row, and the domain rests
AHEAD = timedelta(hours=1)  # a turn that begins so late is of a clock that was wrong


class Pace:
    """What one run may still send, in all and to each domain; `urgent`: whatever it has."""

    def __init__(
        self, database: Database, now: datetime, most_a_domain: int, *, urgent: bool = False
    ) -> None:
        self._now = now
        self._left = MOST_A_RUN
        self._most = most_a_domain
        self._urgent = urgent
        with database.read() as session:
            query = select(MailPace.domain).where(~self._may_go_on())
            self._resting = set(session.scalars(query))

    def may_take(self, address: str) -> bool:
        """Tell whether a mail to this address may go out in this run, as far as is known."""
        return self._urgent or (self._left > 0 and domain_of(address) not in self._resting)

    def take(self, session: Session, address: str) -> bool:
        """Take a turn of the domain in the claiming transaction; False if it has had its share."""
        domain = domain_of(address)
        over, table = self._is_over(), cast("Table", MailPace.__table__)
        insert = postgresql.insert if _is_postgresql(session) else sqlite.insert
        first = insert(table).values(domain=domain, since=self._now, taken=1, put_off=0)
        statement = first.on_conflict_do_update(
            index_elements=["domain"],
            set_={
                "since": case((over, first.excluded.since), else_=MailPace.since),
                "taken": case((over, 1), else_=MailPace.taken + 1),
                "put_off": case((over, 0), else_=MailPace.put_off),
            },
            where=None if self._urgent else self._may_go_on(),
        )
        if session.scalar(statement.returning(table.c.taken)) is None:
            self._resting.add(domain)
            return False
        self._left -= 1
        return True

    def heard(self, session: Session, address: str, *, put_off: bool) -> None:
        """Note the answer to a mail that was handed over: "later", or anything else."""
        mine = update(MailPace).where(MailPace.domain == domain_of(address))
        if put_off:
            session.execute(mine.values(put_off=MailPace.put_off + 1))
        else:
            session.execute(mine.where(MailPace.put_off > 0).values(put_off=0))

    def _is_over(self) -> ColumnElement[bool]:
        ended = MailPace.since <= self._now - TURN
        return or_(ended, MailPace.since > self._now + AHEAD)

    def _may_go_on(self) -> ColumnElement[bool]:
        below = and_(MailPace.taken < self._most, MailPace.put_off < PATIENCE)
        return or_(self._is_over(), below)


def domain_of(address: str) -> str:
    """Return the domain of a mail address, as it is counted."""
    return address.rpartition("@")[2].casefold()


def forget_old(session: Session, now: datetime) -> int:
    """Let go what was counted more than a day ago; return how many domains."""
    return changed(session, delete(MailPace).where(MailPace.since < now - timedelta(days=1)))


def _is_postgresql(session: Session) -> bool:
    return session.get_bind().dialect.name == "postgresql"
