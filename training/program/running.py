"""Whether the work that runs by itself does run, and whether its mails go out."""

from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from training.accounts.days import Today, todays
from training.accounts.reach import EVERYWHERE, Reach
from training.accounts.session_models import LinkMail
from training.assignments.models import Assignment
from training.program.ledger import KIND_WORDS, SIGN_IN, WEEKLY
from training.renewals.models import Notice, TeamMail
from training.renewals.undelivered import undelivered
from training.renewals.works import running
from training.rules.reminders import NoticeKind

LOOKED_AT = 100_000  # of the newest rows: what did not go out among these, did not lately
LAST_WORDS = KIND_WORDS | {NoticeKind.DUE_1: "a day left", NoticeKind.DUE_TODAY: "on the due day"}


def job(session: Session, now: datetime, reach: Reach = EVERYWHERE) -> dict[str, Any]:
    """Return when the hourly work last ran, and what of it, or of its mails, needs a look."""
    found = running(session, now)
    return {
        "last_ran": found.last_ran,
        "amiss": found.words(),
        "undelivered": undelivered(session, now, reach).words(),
    }


def last_sent(session: Session, now: datetime, reach: Reach = EVERYWHERE) -> list[dict[str, Any]]:
    """Return when a mail of each kind last went out to anybody within reach."""
    today = todays(session, now)
    newest = select(func.max(Notice.id)).scalar_subquery()
    query = (
        select(Notice.kind, func.max(Notice.sent_at))
        .join(Assignment, Assignment.id == Notice.assignment_id)
        .where(Notice.id > newest - LOOKED_AT, *reach.users(Assignment.user_id, today))
        .group_by(Notice.kind)
    )
    sent = {row[0]: row[1] for row in session.execute(query)}
    rows = [(LAST_WORDS[kind], sent.get(kind)) for kind in sorted(LAST_WORDS, key=_order)]
    rows.append((WEEKLY, _last(session, TeamMail, reach, today)))
    rows.append((SIGN_IN, _last(session, LinkMail, reach, today)))
    return [{"kind": words, "sent_at": at} for words, at in rows]


def _order(kind: str) -> int:
    """Return the place of a kind: reminders in the order of time, then the others."""
    kinds = [str(one) for one in NoticeKind]
    return kinds.index(kind) if kind in kinds else len(kinds)


def _last(
    session: Session, table: type[TeamMail | LinkMail], reach: Reach, today: Today
) -> datetime | None:
    newest = select(func.max(table.id)).scalar_subquery()
    query = select(func.max(table.sent_at)).where(
        table.id > newest - LOOKED_AT, *reach.users(table.user_id, today)
    )
    return session.scalar(query)
