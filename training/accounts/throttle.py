"""The limiter: it counts failures only, in the database, so a shift change refuses nobody.

Five failures are free; then each one doubles a wait, up to a quarter of an hour. Nobody is
locked out for good, and whoever attacks from one address keeps nobody else out from another.
"""

import hashlib
import ipaddress
from datetime import datetime, timedelta
from functools import cache

from sqlalchemy import Delete, Select, bindparam, delete, or_, select
from sqlalchemy.orm import Session

from training.accounts.models import User
from training.accounts.session_models import LinkMail, Throttle
from training.db import core

FREE = 5
LONGEST = timedelta(minutes=15)
FORGET = timedelta(hours=24)
PER_NETWORK = 50
NETWORK_SPAN = timedelta(hours=1)
LINK_MAILS_AN_HOUR = 3


def network_of(address: str) -> str:
    """Return the /24 or /56 that an address is in."""
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return "unknown"
    return str(ipaddress.ip_network(f"{ip}/{24 if ip.version == 4 else 56}", strict=False))


def _keys(account: str, address: str) -> tuple[str, str]:
    net = network_of(address)
    digest = hashlib.sha256(f"{account}|{net}".encode("utf-8", "replace")).hexdigest()
    return f"account:{digest}", f"network:{net}"


def wait_s(session: Session, account: str, address: str, now: datetime) -> int:
    """Return for how many seconds this account, from this network, must wait; 0: come in."""
    pair, network = _keys(account, address)
    found = core(session).scalars(_blocked_until(), {"pair": pair, "network": network})
    ends = [end for end in found if end and end > now]
    return max((int((end - now).total_seconds()) + 1 for end in ends), default=0)


@cache
def _blocked_until() -> Select[datetime | None]:
    keys = (Throttle.key == bindparam("pair"), Throttle.key == bindparam("network"))
    return select(Throttle.blocked_until).where(or_(*keys))


def count_failure(session: Session, account: str, address: str, now: datetime) -> int:
    """Count one failure, and return how many there were for this account and network."""
    pair, network = _keys(account, address)
    mine = _count(session, pair, now, FORGET)
    if mine.failures > FREE:
        wait = min(LONGEST, timedelta(seconds=2 ** (mine.failures - FREE)))
        mine.blocked_until = now + wait
    whole = _count(session, network, now, NETWORK_SPAN)
    if whole.failures >= PER_NETWORK and whole.failures % 10 == 0:
        # Slow, not shut: people who sign in rightly from here wait a few seconds at most.
        whole.blocked_until = now + timedelta(seconds=5)
    return mine.failures


def _count(session: Session, key: str, now: datetime, span: timedelta) -> Throttle:
    row = session.get(Throttle, key, with_for_update=True)
    if row is None:
        row = Throttle(key=key, failures=0, since=now)
        session.add(row)
    if now - row.since > span:
        row.failures, row.since, row.blocked_until = 0, now, None
    row.failures += 1
    session.flush()
    return row


def clear(session: Session, account: str, address: str) -> None:
    """Forget the failures of an account that has just signed in from here."""
    pair, _network = _keys(account, address)
    core(session).execute(_forget(), {"pair": pair})


@cache
def _forget() -> Delete:
    return delete(Throttle).where(Throttle.key == bindparam("pair"))


def link_mail_allowed(session: Session, user: User, now: datetime) -> bool:
    """Tell whether another sign-in mail may go out: one open at a time, three an hour."""
    query = select(LinkMail.state, LinkMail.created_at).where(
        LinkMail.user_id == user.id, LinkMail.created_at > now - timedelta(hours=1)
    )
    recent = session.execute(query).all()
    waiting = any(state in {"due", "sending"} for state, _at in recent)
    return not waiting and len(recent) < LINK_MAILS_AN_HOUR
