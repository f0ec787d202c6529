"""A learner's due days as a private calendar feed (RFC 5545): days, and no word of what for whom.

The address is the key: random, stored hashed, ended by its owner or by a newer one. Reading it
changes nothing.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from icalendar import Alarm, Calendar, Event
from sqlalchemy import ColumnElement, exists, func, select, update
from sqlalchemy.orm import Session

from training import audit
from training.accounts.links import make_link
from training.accounts.models import Placement, User
from training.accounts.people import place_of, placed
from training.accounts.session_models import LinkToken
from training.accounts.tokens import token_hash
from training.assignments import service as assignments
from training.learning.models import Completion, Void

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


def find_owner(session: Session, token: str, now: datetime) -> User | None:
    """Return whose feed this is, if it still works and its owner is still here."""
    query = (
        select(User)
        .join(LinkToken, LinkToken.user_id == User.id)
        .where(
            LinkToken.token_hash == token_hash(token),
            LinkToken.purpose == PURPOSE,
            LinkToken.used_at.is_(None),
            LinkToken.ends_at > now,
        )
    )
    user = session.scalar(query)
    if user is None:
        return None
    today = place_of(session, user.id, now).today(now)
    here = exists().where(Placement.user_id == user.id, placed(today))
    return user if session.scalar(select(here)) else None


def due_days(session: Session, user_id: int, now: datetime, base_url: str) -> list[DueDay]:
    """Return the due days that are open, and the next refresher of what is complete."""
    today = place_of(session, user_id, now).today(now)
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
    voided = exists().where(Void.subject_kind == "completion", Void.subject_id == Completion.id)
    query = (
        select(Completion.course, func.max(Completion.expires_on))
        .where(Completion.user_id == user_id, ~voided, Completion.expires_on >= today)
        .group_by(Completion.course)
        .order_by(Completion.course)
    )
    found += [
        DueDay(f"next-{user_id}-{course}", day, "Next training refresher due", f"{base_url}/")
        for course, day in session.execute(query)
        if day is not None and course not in taken
    ]
    return found


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
