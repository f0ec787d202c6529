"""Mail after the data was put back from a copy: what went out since then is in no ledger.

What waits in the copy, and what came due since it was made, may have reached people already. It is
entered as left out, and from then on everything goes as usual: whoever is late hears of it with
the next reminder, and nobody hears the same twice.
"""

from datetime import date, datetime

from sqlalchemy import inspect, select, update
from sqlalchemy.orm import Session

from training.accounts.days import Today
from training.db import take_turns
from training.renewals import boosters
from training.renewals.due import due_reminders
from training.renewals.models import JobRun, Notice, TeamMail
from training.renewals.one_mail import name_of

WORK = "put_back"
RESTORED = "restored"  # in a ledger's row: left out, for it may have gone out before
LEFT_OUT = {"state": "dropped", "detail": RESTORED, "next_try_at": None}


def rest_mails(session: Session, now: datetime) -> None:
    """Leave out what waits in the copy, and have what came due since left out by the next run.

    It works on the tables of an older version too: a copy is put back before it is migrated.
    """
    known = inspect(session.connection())
    for table in (Notice, TeamMail):
        if not known.has_table(table.__tablename__):
            continue
        waiting = update(table).where(table.state.in_(("due", "sending")))
        session.execute(waiting.values(**LEFT_OUT))
    row = session.get(JobRun, WORK) or JobRun(name=WORK, summary="", failure="")
    row.started_at, row.finished_at = now, None
    session.add(row)


def is_at_rest(session: Session) -> bool:
    """Tell whether what came due since the copy was made is still to be left out."""
    query = select(JobRun.name).where(JobRun.name == WORK, JobRun.finished_at.is_(None))
    return session.scalar(query) is not None


def leave_out(session: Session, now: datetime, today: Today) -> bool:
    """Enter the reminders and boosters that are due as left out; False: another runner did.

    Cycles are to be opened first: a refresher that opened since the copy was told of as well.
    """
    take_turns(session, WORK)
    if not is_at_rest(session):
        return False
    for due in due_reminders(session, today):
        cycle = due.duty.cycle
        if cycle is not None:
            _enter(session, cycle.id, due.kind.value, cycle.due_on, now)
    boosters.leave_out(session, now, today, LEFT_OUT)
    session.execute(update(JobRun).where(JobRun.name == WORK).values(finished_at=now))
    return True


def _enter(session: Session, cycle_id: int, kind: str, due_on: date, now: datetime) -> None:
    name = name_of(cycle_id, kind, due_on)
    row = {"assignment_id": cycle_id, "kind": kind, "due_key": due_on, "message_id": name}
    session.add(Notice(**row, **LEFT_OUT, created_at=now))
