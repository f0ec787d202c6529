"""One mail to one person, with every reminder of hers that is due as it goes out.

Each reminder keeps its own row in the ledger. They are claimed in one transaction and marked
together, so that a crash gives all of them back at once.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial

from sqlalchemy import case, insert, select, update
from sqlalchemy.orm import Session

from training.accounts.days import Today
from training.accounts.models import Placement
from training.accounts.site_mail import Mailing, mailing_at
from training.assignments.models import Assignment
from training.db import take_turns
from training.renewals import letters
from training.renewals.due import QUIET, kind_due, nudged_today, told_by
from training.renewals.duties import Duty, duties_of
from training.renewals.known import rules_in_force
from training.renewals.models import Notice
from training.renewals.outbox import RESENT, Claimed, Ids, Ready, Run, drop, mail_of
from training.renewals.outside import led_outside
from training.renewals.persons import people
from training.renewals.telling import tell
from training.rules.reminders import NoticeKind

Duties = Mapping[int, Duty]  # by the id of the open cycle
REMINDER = "due-"  # of a message id; nudges and boosters have their own


def name_of(cycle_id: int, kind: str, due_on: date) -> str:
    """Return the Message-ID of a reminder that goes alone."""
    return f"{REMINDER}{cycle_id}-{kind}-{due_on:%Y%m%d}"


@dataclass(frozen=True, slots=True)
class _Row:
    """A reminder in the ledger, or (without an id) one that is to be entered."""

    cycle_id: int
    kind: str
    due_on: date
    id: int = 0
    state: str = ""
    detail: str = ""
    next_try_at: datetime | None = None

    @property
    def name(self) -> str:
        """Return the Message-ID that it has alone."""
        return name_of(self.cycle_id, self.kind, self.due_on)


@dataclass(frozen=True, slots=True)
class Desk:
    """Writes the mails of one run."""

    run: Run
    today: Today
    base_url: str

    def ready(self, user_id: int, address: str) -> Ready:
        """Return the mail of a person to whom something may be due."""
        return Ready(address, partial(self._claim, user_id))

    def _claim(self, user_id: int, session: Session) -> Claimed | None:
        """Claim all that is due to her and return its letter; None: nothing is, or not now.

        What was put off goes along with what is newly due, whenever it was to be tried again.
        What stands in the ledger and is not true any more is marked so. One runner at a time
        looks at a person, so that all rows of a mail are claimed by the same one.
        """
        take_turns(session, f"reminders of {user_id}")
        rows = _rows_of(session, user_id)
        waiting = [row for row in rows if row.state == "due"]
        duties = self._duties(session, user_id)
        mailing, nudged = _mailing(session, duties), nudged_today(session, list(duties.values()))
        new = _new(session, duties, rows, mailing) if mailing and not nudged else []
        if not new and not any(self._is_ripe(row) for row in waiting):
            return None
        true = [row for row in waiting if not nudged and _is_true(row, duties)]
        if over := tuple(row.id for row in waiting if row not in true):
            drop(self.run, session, Notice, over)
        if mailing is None or not (true or new):
            return None
        if not mailing.is_open(self.run.now):
            self._wait(session, true, mailing)
            return None
        return self._take(session, true, new, duties)

    def _duties(self, session: Session, user_id: int) -> Duties:
        persons = people(session, self.today, Placement.user_id == user_id)
        found = duties_of(session, persons, rules_in_force(session, self.today.latest))
        return {duty.cycle.id: duty for duty in found if duty.cycle}

    def _is_ripe(self, row: _Row) -> bool:
        return row.next_try_at is None or row.next_try_at <= self.run.now

    def _wait(self, session: Session, rows: Sequence[_Row], mailing: Mailing) -> None:
        mine = update(Notice).where(Notice.id.in_([row.id for row in rows]))
        session.execute(mine.values(next_try_at=mailing.opening(self.run.now)))

    def _take(
        self, session: Session, again: Sequence[_Row], new: Sequence[_Row], duties: Duties
    ) -> Claimed:
        names = _names([*again, *new])
        ids = self._again(session, again, names) + self._enter(session, new, names)
        kinds = {row.cycle_id: NoticeKind(row.kind) for row in (*again, *new)}  # the last counts
        told = tell(session, [duties[id_] for id_ in kinds], self.base_url)
        message_id = mail_of(next(iter(names.values())))
        if len(told) > 1:
            return ids, letters.reminders(told, message_id)
        return ids, letters.reminder(next(iter(kinds.values())), told[0], message_id)

    def _again(self, session: Session, rows: Sequence[_Row], names: Mapping[_Row, str]) -> Ids:
        ids = tuple(row.id for row in rows)
        if ids:
            session.execute(
                update(Notice)
                .where(Notice.id.in_(ids))
                .values(
                    state="sending",
                    claimed_at=self.run.now,
                    tries=Notice.tries + 1,
                    message_id=case({row.id: names[row] for row in rows}, value=Notice.id),
                )
            )
        return ids

    def _enter(self, session: Session, rows: Sequence[_Row], names: Mapping[_Row, str]) -> Ids:
        values = [
            {
                "assignment_id": row.cycle_id,
                "kind": row.kind,
                "due_key": row.due_on,
                "channel": "mail",
                "state": "sending",
                "message_id": names[row],
                "tries": 1,
                "created_at": self.run.now,
                "claimed_at": self.run.now,
            }
            for row in rows
        ]
        return tuple(session.scalars(insert(Notice).returning(Notice.id), values)) if values else ()


def _rows_of(session: Session, user_id: int) -> list[_Row]:
    """Return every reminder that ever was entered for her, in the order of the ledger."""
    query = (
        select(
            Notice.assignment_id,
            Notice.kind,
            Notice.due_key,
            Notice.id,
            Notice.state,
            Notice.detail,
            Notice.next_try_at,
        )
        .join(Assignment, Assignment.id == Notice.assignment_id)
        .where(Assignment.user_id == user_id, Notice.kind.in_(list(NoticeKind)))
        .order_by(Notice.id)
    )
    return [_Row(*row) for row in session.execute(query)]


def _mailing(session: Session, duties: Duties) -> Mailing | None:
    """Return what holds where she works; None: she has nothing open."""
    for duty in duties.values():
        return mailing_at(session, duty.person.entity_id, duty.person.site)
    return None


def _new(session: Session, duties: Duties, rows: Sequence[_Row], mailing: Mailing) -> list[_Row]:
    """Return what is due today and was not told yet."""
    if led_outside(session):
        return []
    told = told_by((row.cycle_id, row.due_on, row.kind) for row in rows)
    return [
        _Row(duty.cycle.id, kind.value, duty.cycle.due_on)
        for duty in duties.values()
        if duty.cycle and (kind := kind_due(duty, told, mailing))
    ]


def _is_true(row: _Row, duties: Duties) -> bool:
    """Tell whether what was put off still holds: her training is open and due on that day."""
    duty = duties.get(row.cycle_id)
    if duty is None or duty.cycle is None or duty.status in QUIET:
        return False
    return duty.cycle.due_on == row.due_on


def _names(rows: Sequence[_Row]) -> dict[_Row, str]:
    """Return the message id of each row of a mail: the first one's is the mail's own.

    A mail that may have arrived (before a crash, or a line that was cut) is sent again under the
    same name. If anything goes with it that was not in it, that one gives the name: no mailbox
    takes it for the other.
    """
    first = min(rows, key=lambda row: (row.id > 0, row.detail == RESENT))
    return {
        row: first.name if row == first else f"{first.name}+{row.name.removeprefix(REMINDER)}"
        for row in rows
    }
