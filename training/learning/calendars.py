"""A learner's due days as a private calendar feed (RFC 5545): days, and no word of what for whom.

The address is the key: random, stored hashed, ended by its owner or by a newer one. Reading it
changes nothing.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from typing import Any

from icalendar import Alarm, Calendar, Event
from sqlalchemy import (
    ColumnElement,
    Integer,
    Select,
    bindparam,
    exists,
    func,
    select,
    update,
)
from sqlalchemy.orm import Session

from training import audit
from training.accounts.days import DAY
from training.accounts.links import make_link
from training.accounts.models import Placement
from training.accounts.people import Place, place_of, placed
from training.accounts.session_models import LinkToken
from training.accounts.tokens import token_hash
from training.assignments import service as assignments
from training.db import UtcDateTime, core
from training.learning.models import Completion
from training.learning.withdrawn import is_withdrawn

ALARM = timedelta(days=-7)
PURPOSE = "calendar"


@dataclass(frozen=True, slots=True)
class DueDay:
    """One day of the feed; `uid` stays the same when the day moves."""

    uid: str
    day: date
    summary: str
    url: str


def start(session: Session, user_id: int, now: datetime) -> str:
    """Return the token of a new feed; the one before it ends."""
    stop(session, user_id, now)
    audit.record(session, "calendar.started", at=now, actor_id=user_id, subject=f"user:{user_id}")
    return make_link(session, user_id, purpose=PURPOSE, method=PURPOSE, now=now)


def stop(session: Session, user_id: int, now: datetime) -> None:
    """End the feed of a person, if there is one."""
    session.execute(update(LinkToken).where(*_works(user_id, now)).values(used_at=now))


def has_feed(session: Session, user_id: int, now: datetime) -> bool:
    """Tell whether a feed of this person works."""
    return bool(session.scalar(select(exists().where(*_works(user_id, now)))))


def _works(user_id: int, now: datetime) -> tuple[ColumnElement[bool], ...]:
    return (
        LinkToken.user_id == user_id,
        LinkToken.purpose == PURPOSE,
        LinkToken.used_at.is_(None),
        LinkToken.ends_at > now,
    )


def find_owner(session: Session, token: str, now: datetime) -> Place | None:
    """Return whose feed this is, where she works, if it still works and she is still here."""
    values = {"hash": token_hash(token), "now": now}
    rows = list(core(session).execute(_owner_query(), values))
    if not rows:
        return None
    user_id = rows[0][0]
    place = place_of(session, user_id, now)
    values = {"user": user_id, "day": place.today(now)}
    return place if list(core(session).execute(_here_query(), values)) else None


@cache
def _owner_query() -> Select[*tuple[Any, ...]]:
    return select(LinkToken.user_id).where(
        LinkToken.token_hash == bindparam("hash"),
        LinkToken.purpose == PURPOSE,
        LinkToken.used_at.is_(None),
        LinkToken.ends_at > bindparam("now", type_=UtcDateTime),
    )


@cache
def _here_query() -> Select[int]:
    user = bindparam("user", type_=Integer)
    return select(Placement.id).where(Placement.user_id == user, placed(DAY)).limit(1)


def due_days(session: Session, owner: Place, now: datetime, base_url: str) -> list[DueDay]:
    """Return the due days that are open, and the next refresher of what is complete."""
    today, user_id = owner.today(now), owner.user_id or 0
    open_ones = assignments.open_for(session, user_id, today)
    found = [
        DueDay(
            uid=f"due-{cycle.id}",
            day=cycle.due_on,
            summary="Training due",
            url=f"{base_url}/training/{cycle.id}",
        )
        for cycle in open_ones
    ]
    taken = {cycle.course for cycle in open_ones}
    found += [
        DueDay(f"next-{user_id}-{course}", day, "Next training refresher due", f"{base_url}/")
        for course, day in core(session).execute(_next_query(), {"user": user_id, "day": today})
        if day is not None and course not in taken
    ]
    return found


@cache
def _next_query() -> Select[*tuple[Any, ...]]:
    mine = Completion.user_id == bindparam("user", type_=Integer)
    return (
        select(Completion.course, func.max(Completion.expires_on))
        .where(mine, ~is_withdrawn(Completion), Completion.expires_on >= DAY)
        .group_by(Completion.course)
        .order_by(Completion.course)
    )


def render(days: list[DueDay], practice: str, host: str) -> bytes:
    """Return the feed; the same days give the same bytes."""
    feed = Calendar()
    feed.add("prodid", "-//Before You Post//due days//EN")
    feed.add("version", "2.0")
    feed.add("method", "PUBLISH")
    feed.add("x-wr-calname", f"Training, {practice}")
    for due in days:
        feed.add_component(_event(due, host))
    return bytes(feed.to_ical())


def _event(due: DueDay, host: str) -> Event:
    event = Event()
    event.add("uid", f"{due.uid}@{host}")
    event.add("dtstamp", datetime.combine(due.day, time(), UTC))
    event.add("dtstart", due.day)
    event.add("dtend", due.day + timedelta(days=1))
    event.add("summary", due.summary)
    event.add("transp", "TRANSPARENT")
    event.add("url", due.url)
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", due.summary)
    alarm.add("trigger", ALARM)
    event.add_component(alarm)
    return event
