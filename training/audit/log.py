"""Record events: queued in the transaction, numbered and chained last thing before its commit."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache

from sqlalchemy import Connection, Insert, Select, Update, bindparam, insert, select, update
from sqlalchemy.orm import Session

from training.audit.chain import canonical, commitment, event_hash
from training.audit.models import AuditEvent, AuditHead, AuditPersonal
from training.db import core

_QUEUE = "audit.pending"
_CLOCK_SLACK_S = 300


@dataclass(frozen=True, slots=True)
class _Pending:
    name: str
    at: datetime
    actor_id: int | None
    subject: str | None
    detail: Mapping[str, object]
    personal: Mapping[str, str] = field(default_factory=dict)


def record(
    session: Session,
    name: str,
    *,
    at: datetime,
    actor_id: int | None = None,
    subject: str | None = None,
    detail: Mapping[str, object] | None = None,
    personal: Mapping[str, str] | None = None,
) -> None:
    """Queue an event `noun.past_verb` for this transaction; it is written only if that commits.

    `detail` holds ids, dates, counts and digests, never a name or an answer; values about a
    person go into `personal` and stand beside the chain.
    """
    pending = session.info.setdefault(_QUEUE, [])
    pending.append(_Pending(name, at, actor_id, subject, detail or {}, personal or {}))


def append_pending(session: Session) -> None:
    """Lock the head, then number, hash and insert what was queued (the hook of the commit)."""
    pending: list[_Pending] = session.info.pop(_QUEUE, [])
    if not pending:
        return
    connection = core(session)
    seq, tip = connection.execute(_head_query()).one()  # the first migration put it there
    last_at = connection.execute(_last_query(), {"seq": seq}).scalar_one_or_none()
    for event in pending:
        seq += 1
        tip = _append(connection, event, seq, tip, last_at)
        last_at = max(last_at, event.at) if last_at else event.at
    connection.execute(_move_head(), {"last": seq, "tip": tip})


@cache
def _head_query() -> Select[int, str]:
    return select(AuditHead.seq, AuditHead.hash).where(AuditHead.id == 1).with_for_update()


@cache
def _last_query() -> Select[datetime]:
    return select(AuditEvent.at).where(AuditEvent.seq == bindparam("seq"))


@cache
def _move_head() -> Update:
    move = update(AuditHead).where(AuditHead.id == 1)
    return move.values(seq=bindparam("last"), hash=bindparam("tip"))


@cache
def _insert_event() -> Insert:
    return insert(AuditEvent)


def _append(
    connection: Connection, event: _Pending, seq: int, prev_hash: str, last_at: datetime | None
) -> str:
    salts = {name: secrets.token_bytes(16) for name in event.personal}
    body: dict[str, object] = {
        "seq": seq,
        "at": event.at.isoformat(timespec="microseconds"),
        "name": event.name,
        "actor": event.actor_id,
        "subject": event.subject,
        "detail": dict(event.detail),
        "personal": {k: commitment(salts[k], v) for k, v in event.personal.items()},
    }
    # Order is by number, not by clock; a clock that ran back is told, not hidden.
    if last_at and (last_at - event.at).total_seconds() > _CLOCK_SLACK_S:
        body["clock_went_back"] = True
    text = canonical(body)
    tip = event_hash(prev_hash, text)
    row = {
        "seq": seq,
        "at": event.at,
        "name": event.name,
        "actor_id": event.actor_id,
        "subject": event.subject,
        "body": text,
        "prev_hash": prev_hash,
        "hash": tip,
    }
    connection.execute(_insert_event(), row)
    if event.personal:
        rows = [
            {"seq": seq, "field": name, "value": value, "salt": salts[name]}
            for name, value in event.personal.items()
        ]
        connection.execute(insert(AuditPersonal), rows)
    return tip
