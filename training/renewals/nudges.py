"""A manager's nudge: one mail to each who is late, once a week at most, through the ledger."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache
from zoneinfo import ZoneInfo

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from training.accounts.days import DAY, Today
from training.accounts.models import Placement, Site, User
from training.accounts.people import in_force
from training.accounts.site_mail import MailBook, mail_book
from training.assignments.models import Assignment
from training.db import core, take_turns
from training.mail import Letter
from training.renewals import letters
from training.renewals.duties import duties_of
from training.renewals.known import rules_in_force
from training.renewals.models import Notice
from training.renewals.persons import IDS, Query, people
from training.renewals.telling import tell
from training.rules.nudges import AGAIN_AFTER, NUDGE
from training.rules.standing import Status

CHUNK = 500
NOT_SENT = ("dropped", "refused")
WAITING = ("due", "sending")


@dataclass(frozen=True, slots=True)
class Late:
    """Somebody who is late: with which course, and what day it is for her."""

    user_id: int
    course: str
    today: date


@dataclass
class Nudged:
    """What a tap does: who gets a mail, by cycle, day and moment, and why the others do not.

    Out of her site's hours the day and the moment are those of the next opening: she is nudged
    then, and hears nothing else that day. `waiting` has these moments by the clock there.
    `earlier` holds the days on which the others were nudged; `no_mail` counts who has no
    address, or one that the mail server refused; `not_open` whose cycle is not open yet.
    """

    rows: list[tuple[int, date, datetime]] = field(default_factory=list)
    waiting: list[datetime] = field(default_factory=list)
    earlier: list[date] = field(default_factory=list)
    no_mail: int = 0
    not_open: int = 0

    @property
    def nudged(self) -> int:
        """Return how many mails this is."""
        return len(self.rows)

    @property
    def counts(self) -> dict[str, object]:
        """Return the figures for the record: no names."""
        return {
            "nudged": self.nudged,
            "nudged_before": len(self.earlier),
            "no_mail": self.no_mail,
            "not_open": self.not_open,
        }


def nudge(session: Session, late: Sequence[Late], now: datetime) -> Nudged:
    """Put a mail in the ledger for each who is late; nobody gets two within seven days.

    One caller at a time, so that two managers who tap together send one mail.
    """
    take_turns(session, "nudge")
    done = plan(session, late, now)
    for assignment_id, day, at in done.rows:
        session.add(
            Notice(
                assignment_id=assignment_id,
                kind=NUDGE,
                due_key=day,
                state="due",
                message_id=f"nudge-{assignment_id}-{day:%Y%m%d}",
                created_at=now,
                next_try_at=at,
            )
        )
    session.flush()
    return done


def plan(session: Session, late: Sequence[Late], now: datetime) -> Nudged:
    """Return what a tap would do now; nothing changes."""
    done, book = Nudged(), mail_book(session)
    for start in range(0, len(late), CHUNK):
        some = late[start : start + CHUNK]
        ids = [who.user_id for who in some]
        day = max(who.today for who in some)
        rows, before = _open_rows(session, ids, day), _before(session, ids)
        for who in some:
            _plan_one(who, rows, before.get(who.user_id, ()), _Opening(book, now), done)
    return done


@dataclass(frozen=True, slots=True)
class _Opening:
    """When a tap now reaches the people of each site."""

    book: MailBook
    now: datetime

    def at(self, entity_id: int, site: str) -> datetime:
        """Return the moment by the clock of the site."""
        mailing = self.book.of(entity_id, site)
        return mailing.opening(self.now).astimezone(ZoneInfo(mailing.zone))


@dataclass(frozen=True, slots=True)
class _Row:
    """An open cycle of somebody who is late: where her mail goes, and where she works."""

    assignment_id: int
    email: str | None
    entity_id: int
    site: str


Rows = Mapping[tuple[int, str], _Row]
Before = Sequence[tuple[date, str]]


def _plan_one(who: Late, rows: Rows, before: Before, opening: _Opening, done: Nudged) -> None:
    found = rows.get((who.user_id, who.course))
    if found is None:
        done.not_open += 1
        return
    in_the_way = [(day, state) for day, state in before if _stands(day, state, who.today)]
    if not found.email:
        done.no_mail += 1
    elif not in_the_way:
        at = opening.at(found.entity_id, found.site)
        waits = at > opening.now
        done.rows.append((found.assignment_id, at.date() if waits else who.today, at))
        done.waiting += [at] if waits else []
    elif in_the_way[-1][1] == "refused":
        done.no_mail += 1
    else:
        done.earlier.append(in_the_way[-1][0])


def _stands(day: date, state: str, today: date) -> bool:
    """Tell whether a nudge of that day is in the way of another one today."""
    return day == today or (state != "dropped" and today - day < AGAIN_AFTER)


def _open_rows(session: Session, ids: list[int], day: date) -> Rows:
    rows = core(session).execute(_open_rows_query(), {"ids": ids, "day": day})
    return {(row[0], row[1]): _Row(*row[2:]) for row in rows}


@cache
def _open_rows_query() -> Query:
    return (
        select(
            Assignment.user_id,
            Assignment.course,
            Assignment.id,
            User.email,
            Site.entity_id,
            Site.name,
        )
        .join(User, User.id == Assignment.user_id)
        .join(Placement, Placement.user_id == User.id)
        .join(Site, Site.id == Placement.site_id)
        .where(
            Assignment.user_id.in_(IDS),
            Assignment.closed_at.is_(None),
            Placement.is_primary,
            in_force(DAY),
        )
    )


def _before(session: Session, ids: list[int]) -> dict[int, list[tuple[date, str]]]:
    found: dict[int, list[tuple[date, str]]] = {}
    for user_id, day, state in core(session).execute(_before_query(), {"ids": ids}):
        found.setdefault(user_id, []).append((day, state))
    return found


@cache
def _before_query() -> Query:
    return (
        select(Assignment.user_id, Notice.due_key, Notice.state)
        .join(Notice, Notice.assignment_id == Assignment.id)
        .where(Assignment.user_id.in_(IDS), Notice.kind == NUDGE)
        .order_by(Notice.due_key, Notice.id)
    )


def nudged_on(session: Session, days: Mapping[int, date]) -> set[int]:
    """Return who of these people was nudged on her day, or is to be: she is not also reminded."""
    if not days:
        return set()
    query = (
        select(Assignment.user_id, Notice.due_key, Notice.state)
        .join(Notice, Notice.assignment_id == Assignment.id)
        .where(
            Assignment.user_id.in_(days),
            Notice.kind == NUDGE,
            or_(Notice.due_key >= min(days.values()), Notice.state.in_(WAITING)),
            Notice.state.not_in(NOT_SENT),
        )
    )
    return {
        user_id
        for user_id, day, state in session.execute(query)
        if day == days[user_id] or (state in WAITING and day < days[user_id])
    }


def nudge_letter(session: Session, row: Notice, today: Today, base_url: str) -> Letter | None:
    """Return a nudge's letter, if she is still late with what it is about.

    It names whatever else she is late with, since no reminder of that comes on the same day.
    """
    user_id = session.get_one(Assignment, row.assignment_id).user_id
    persons = people(session, today, Placement.user_id == user_id, User.email.is_not(None))
    duties = duties_of(session, persons, rules_in_force(session, today.latest))
    late = [duty for duty in duties if duty.cycle and duty.status is Status.OVERDUE]
    if row.assignment_id not in {duty.cycle.id for duty in late if duty.cycle}:
        return None
    told = tell(session, late, base_url)
    if len(told) > 1:
        return letters.nudges(told, row.message_id)
    return letters.nudge(told[0], row.message_id)
