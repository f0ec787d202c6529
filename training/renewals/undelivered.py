"""Mails that did not arrive as they should: refused, given up, in doubt, or put off too long."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Select, and_, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from training.accounts.days import todays
from training.accounts.reach import EVERYWHERE, Reach
from training.accounts.session_models import LinkMail
from training.assignments.models import Assignment
from training.renewals.models import Notice, TeamMail
from training.renewals.outbox import BACKOFF, GIVEN_UP, Row

LATELY = timedelta(days=7)
PATIENCE = timedelta(hours=1)  # a server that says "later" is mostly right within the hour
SOON = BACKOFF[-1]  # what is tried again later than that waits for its site's hours


@dataclass(frozen=True, slots=True)
class Undelivered:
    """How many mails of the last seven days need somebody to look, and how many are stuck now."""

    refused: int = 0
    given_up: int = 0
    in_doubt: int = 0
    stuck: int = 0
    stuck_since: datetime | None = None

    def words(self) -> list[str]:
        """Return each trouble in a sentence with its mend; nothing where all is well."""
        since = f" since {self.stuck_since:%Y-%m-%d %H:%M} UTC" if self.stuck_since else ""
        told = (
            (self.stuck, f"put off by the mail server{since}: see that it takes our mail"),
            (self.given_up, "given up in the last 7 days, after 48 hours: see the mail server"),
            (self.refused, "refused by the mail server in the last 7 days: check the addresses"),
            (self.in_doubt, "of the last 7 days perhaps sent twice or not at all: ask"),
        )
        return [f"{n} {'mail' if n == 1 else 'mails'} {what}" for n, what in told if n]


def undelivered(session: Session, now: datetime, reach: Reach = EVERYWHERE) -> Undelivered:
    """Return what is amiss with the mails of whoever is within reach, of every kind of mail."""
    count: Counter[str] = Counter()
    since: list[datetime] = []
    for query in _amiss(session, now, reach):
        for state, rows, first in session.execute(query):
            count[state] += rows
            since += [first] if first and state == "due" else []
    return Undelivered(
        refused=count["refused"],
        given_up=count["dropped"],
        in_doubt=count["unknown"],
        stuck=count["due"],
        stuck_since=min(since, default=None),
    )


def _amiss(
    session: Session, now: datetime, reach: Reach
) -> Iterator[Select[str, int, datetime | None]]:
    today = todays(session, now)
    yield _counted(
        _amiss_rows(Notice, Assignment.user_id, now)
        .join(Assignment, Assignment.id == Notice.assignment_id)
        .where(*reach.users(Assignment.user_id, today))
    )
    for table in (TeamMail, LinkMail):
        where = reach.users(table.user_id, today)
        yield _counted(_amiss_rows(table, table.user_id, now).where(*where))


def _counted(mails: Select[str, datetime]) -> Select[str, int, datetime | None]:
    """Return how many mails there are of each state, and the first of their moments."""
    each = mails.subquery()
    return select(each.c.state, func.count(), func.min(each.c.created_at)).group_by(each.c.state)


def _amiss_rows(
    table: Row, user_id: InstrumentedAttribute[int], now: datetime
) -> Select[str, datetime]:
    """Return what is amiss, one a mail: what was claimed for one person at once is one mail."""
    given_up = and_(table.state == "dropped", table.detail.startswith(GIVEN_UP))
    stuck = and_(
        table.state == "due",
        table.tries > 0,
        table.created_at <= now - PATIENCE,
        table.next_try_at <= now + SOON,
    )
    ended = or_(table.state.in_(("refused", "unknown")), given_up)
    return (
        select(table.state, func.min(table.created_at).label("created_at"))
        .where(or_(and_(ended, table.claimed_at > now - LATELY), stuck))
        .group_by(table.state, user_id, table.claimed_at)
    )
