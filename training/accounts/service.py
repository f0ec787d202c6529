"""The use cases of signing in and of one's own account."""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache

from sqlalchemy import Select, bindparam, exists, select
from sqlalchemy.orm import Session

from training import audit
from training.accounts import passwords, throttle
from training.accounts.links import end_slips
from training.accounts.models import Placement, RoleGrant, User
from training.accounts.people import placed
from training.accounts.sessions import end_all_sessions, end_sessions_by, first_by_slip
from training.audit.models import AuditEvent
from training.db import core, take_turns
from training.rules.access import Role

ADDRESS_LIMIT = 254
SLOWED_AT = 10


class PleaseWait(Exception):
    """There were too many failures just now; `seconds` says how long to wait."""

    def __init__(self, seconds: int) -> None:
        super().__init__(f"wait {seconds} s")
        self.seconds = seconds


def normal_address(address: str) -> str:
    """Return a mail address as it is compared: NFKC, case-folded, trimmed."""
    return unicodedata.normalize("NFKC", address).strip().casefold()


def find_by_address(session: Session, address: str) -> User | None:
    """Return who signs in by this address, or None."""
    if len(address) > ADDRESS_LIMIT:
        return None
    return session.scalar(select(User).where(User.sign_in_address == normal_address(address)))


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a password fitted, and what must be counted for it."""

    user_id: int | None
    account: str
    network: str


def verify_password(
    session: Session, address: str, password: str, *, network: str, now: datetime
) -> Verdict:
    """Return whose password this is: the one door for passwords, with the one limiter in it.

    Raises PleaseWait before any hash is computed while this account is slowed down from
    this network. Unknown address and wrong password look alike and take as long. It only
    reads, so that no lock is held while the hash is computed: `count_verdict` does the rest.
    """
    account = normal_address(address)[:ADDRESS_LIMIT]
    wait = throttle.wait_s(session, account, network, now)
    if wait:
        raise PleaseWait(wait)
    found = core(session).execute(_password_of(), {"account": account}).first()
    user_id, password_hash = (found.id, found.password_hash) if found else (None, None)
    right = passwords.matches(password_hash, password)
    return Verdict(user_id if right else None, account, network)


@cache
def _password_of() -> Select[int, str | None]:
    return select(User.id, User.password_hash).where(User.sign_in_address == bindparam("account"))


def count_verdict(session: Session, verdict: Verdict, now: datetime) -> int | None:
    """Count a failure, or forget the failures before a success; return who may come in."""
    if verdict.user_id is not None:
        throttle.clear(session, verdict.account, verdict.network)
        return verdict.user_id
    failures = throttle.count_failure(session, verdict.account, verdict.network, now)
    user = find_by_address(session, verdict.account)
    if user is not None and failures == SLOWED_AT:
        audit.record(session, "sign_in.slowed", at=now, subject=f"user:{user.id}")
    return None


def confirm_password(
    session: Session, user: User, password: str, *, network: str, now: datetime
) -> bool:
    """Tell whether this is the password of somebody who is signed in, and count a failure.

    The limiter is that of the front door: who sits down at an open page guesses no faster.
    Raises PleaseWait.
    """
    account = user.sign_in_address or f"user:{user.id}"
    wait = throttle.wait_s(session, account, network, now)
    if wait:
        raise PleaseWait(wait)
    right = passwords.matches(user.password_hash, password)
    count_verdict(session, Verdict(user.id if right else None, account, network), now)
    return right


def set_password(
    session: Session, user: User, password: str, *, keep_sign_in: int | None, now: datetime
) -> str | None:
    """Set a new password and end every other session; or return what is wrong with it."""
    words = tuple(part for part in (*user.legal_name.split(), (user.email or "").split("@")[0]))
    fault = passwords.fault_of(password, words)
    if fault:
        return fault
    user.password_hash = passwords.hash_password(password)
    end_all_sessions(session, user.id, now, but=keep_sign_in)
    audit.record(session, "password.changed", at=now, actor_id=user.id, subject=f"user:{user.id}")
    return None


def grant_role(
    session: Session,
    user: User,
    role: Role,
    *,
    by: int | None,
    now: datetime,
    entity_id: int | None = None,
) -> bool:
    """Grant a role from today on; who grants is on record.

    A privacy officer's can be of one legal entity. What whoever held a slip of hers may have
    kept from it ends: the slip, its sessions, and a password that was chosen since; returns
    whether a password ended. Raises ValueError on oneself, and for a limit that would limit
    nothing.
    """
    take_turns(session, "roles")
    if by == user.id:
        raise ValueError("nobody can grant a role to themselves: ask another admin")
    if entity_id is not None and role is not Role.PRIVACY_OFFICER:
        raise ValueError("only a privacy officer's role can be of one legal entity")
    held = {row.entity_id for row in _grants(session, user, role)}
    if entity_id is not None and None in held:
        raise ValueError("this person has that role for every legal entity: take that away first")
    if entity_id in held:
        return False
    session.add(
        RoleGrant(
            user_id=user.id,
            role=role.value,
            entity_id=entity_id,
            from_on=now.date(),
            granted_by_id=by,
            recorded_at=now,
        )
    )
    end_slips(session, user.id, now)
    end_sessions_by(session, user.id, "slip", now)
    audit.record(
        session,
        "role.granted",
        at=now,
        actor_id=by,
        subject=f"user:{user.id}",
        detail=_told(role, entity_id),
    )
    return _end_password_since_slip(session, user, by=by, now=now)


def _end_password_since_slip(
    session: Session, user: User, *, by: int | None, now: datetime
) -> bool:
    """End a password that was chosen after a slip had opened a session of hers.

    Whoever held the slip may have chosen it. One that is older is hers: no slip shows it.
    """
    first, subject = first_by_slip(session, user.id), f"user:{user.id}"
    if user.password_hash is None or first is None:
        return False
    chosen = select(AuditEvent.seq).where(
        AuditEvent.subject == subject, AuditEvent.name == "password.changed", AuditEvent.at >= first
    )
    if session.scalar(chosen.limit(1)) is None:
        return False
    user.password_hash = None
    end_sessions_by(session, user.id, "password", now)
    audit.record(session, "password.ended", at=now, actor_id=by, subject=subject)
    return True


def _told(role: Role, entity_id: int | None) -> dict[str, object]:
    return {"role": role.value} | ({} if entity_id is None else {"entity": entity_id})


def _grants(session: Session, user: User, role: Role) -> Sequence[RoleGrant]:
    query = select(RoleGrant).where(
        RoleGrant.user_id == user.id,
        RoleGrant.role == role.value,
        RoleGrant.superseded_at.is_(None),
        RoleGrant.to_on.is_(None),
    )
    return session.scalars(query).all()


def take_role_away(
    session: Session,
    user: User,
    role: Role,
    *,
    by: int | None,
    now: datetime,
    entity_id: int | None = None,
) -> bool:
    """Take a role away at once, that of one legal entity alone; False if she has none such.

    The days that she had it stay on record. Raises ValueError for oneself and the last admin.
    """
    take_turns(session, "roles")  # two at once could each take away the other admin
    if by == user.id:
        raise ValueError("nobody can take a role from themselves: ask another admin")
    rows = [row for row in _grants(session, user, role) if row.entity_id == entity_id]
    if not rows:
        return False
    others = select(RoleGrant.id).where(
        RoleGrant.role == role.value,
        RoleGrant.user_id != user.id,
        RoleGrant.superseded_at.is_(None),
        RoleGrant.to_on.is_(None),
        exists().where(Placement.user_id == RoleGrant.user_id, placed(now.date())),
    )
    if role is Role.ADMIN and session.scalar(others.limit(1)) is None:
        raise ValueError("this is the last admin: grant the role to another one first")
    yesterday = now.date() - timedelta(days=1)
    for row in rows:
        row.superseded_at = now
        if row.from_on <= yesterday:
            session.add(
                RoleGrant(
                    user_id=user.id,
                    role=role.value,
                    entity_id=entity_id,
                    from_on=row.from_on,
                    to_on=yesterday,
                    granted_by_id=row.granted_by_id,
                    recorded_at=now,
                )
            )
    audit.record(
        session,
        "role.taken_away",
        at=now,
        actor_id=by,
        subject=f"user:{user.id}",
        detail=_told(role, entity_id),
    )
    return True
