"""One-time links: looking at one changes nothing, using one uses it up."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import exists, select, update
from sqlalchemy.orm import Session

from training import audit
from training.accounts.models import Placement, User
from training.accounts.people import placed
from training.accounts.session_models import LinkMail, LinkToken
from training.accounts.throttle import link_mail_allowed
from training.accounts.tokens import as_given, new_slip_token, new_token, token_hash
from training.db import changed

LIVES = {
    "sign_in": timedelta(minutes=30),
    "slip": timedelta(days=7),
    "booster": timedelta(days=14),
    "calendar": timedelta(days=3650),  # until its owner ends it
    "set_up": timedelta(days=1),
    "nudge": timedelta(days=7),
    "pause": timedelta(days=7),
}


@dataclass(frozen=True, slots=True)
class Link:
    """A link that works: whose it is, and where it leads."""

    id: int
    user: User
    purpose: str
    method: str
    next_path: str


def make_link(
    session: Session,
    user_id: int | None,
    *,
    purpose: str,
    method: str,
    now: datetime,
    next_path: str = "/",
) -> str:
    """Store a new link's hash and return its token. A new slip ends the slips before it."""
    if purpose == "slip" and user_id is not None:
        end_slips(session, user_id, now)
    token = new_slip_token() if purpose == "slip" else new_token()
    session.add(
        LinkToken(
            token_hash=token_hash(token),
            purpose=purpose,
            user_id=user_id,
            method=method,
            next_path=next_path,
            created_at=now,
            ends_at=now + LIVES[purpose],
        )
    )
    session.flush()
    return token


def find_link(session: Session, token: str, now: datetime) -> Link | None:
    """Return the link if it still works. Nothing changes, however often it is looked at."""
    row = _row(session, token)
    if row is None or row.used_at is not None or row.ends_at <= now:
        return None
    user = session.get(User, row.user_id) if row.user_id else None
    if user is None:
        return None
    return Link(row.id, user, row.purpose, row.method, row.next_path)


def find_owner(session: Session, token: str) -> tuple[User, str] | None:
    """Return whose link this was and where it led, also when it is used or old."""
    row = _row(session, token)
    user = session.get(User, row.user_id) if row and row.user_id else None
    return (user, row.next_path) if user and row else None


def _row(session: Session, token: str) -> LinkToken | None:
    query = select(LinkToken).where(
        LinkToken.token_hash == token_hash(as_given(token)),
        LinkToken.purpose.in_(("sign_in", "slip")),
    )
    return session.scalar(query)


def find_answer(session: Session, token: str, purpose: str, now: datetime) -> User | None:
    """Return whose link of a mail this is; it does one thing and opens no session."""
    found = find_open(session, token, purpose, now)
    return found.user if found else None


def find_open(session: Session, token: str, purpose: str, now: datetime) -> Link | None:
    """Return a link that opens no session and is not used up.

    It works until it ends, as often as it is tapped, and only while she works here.
    """
    query = (
        select(LinkToken, User)
        .join(User, LinkToken.user_id == User.id)
        .where(
            LinkToken.token_hash == token_hash(token),
            LinkToken.purpose == purpose,
            LinkToken.ends_at > now,
            exists().where(Placement.user_id == User.id, placed(now.date())),
        )
    )
    found = session.execute(query).one_or_none()
    if found is None:
        return None
    row, user = found
    return Link(row.id, user, row.purpose, row.method, row.next_path)


def use_link(session: Session, token: str, now: datetime) -> Link | None:
    """Use the link up and return it; None if another request was first, or it no longer works."""
    link = find_link(session, token, now)
    if link is None:
        return None
    first = (
        update(LinkToken)
        .where(LinkToken.id == link.id, LinkToken.used_at.is_(None))
        .values(used_at=now)
    )
    return link if changed(session, first) == 1 else None


def disown_link(session: Session, token: str, now: datetime) -> None:
    """End a link that reached somebody else ("Not me"), and put that on record."""
    link = use_link(session, token, now)
    if link is not None:
        audit.record(session, "link.disowned", at=now, subject=f"user:{link.user.id}")


def end_slips(session: Session, user_id: int, now: datetime) -> None:
    """End somebody's slips and links to be texted: they were given out for less than she gets."""
    session.execute(
        update(LinkToken)
        .where(
            LinkToken.user_id == user_id, LinkToken.purpose == "slip", LinkToken.used_at.is_(None)
        )
        .values(used_at=now)
    )


def request_link(session: Session, user: User, *, next_path: str, now: datetime) -> bool:
    """Ask for a sign-in mail; asked twice, one goes out. The jobs process sends it."""
    if not user.email or not link_mail_allowed(session, user, now):
        return False
    session.add(
        LinkMail(
            user_id=user.id,
            next_path=next_path,
            message_id=f"link-{new_token()}",
            created_at=now,
            next_try_at=now,
        )
    )
    session.flush()
    return True
