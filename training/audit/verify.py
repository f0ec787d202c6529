"""Check the chain from its first event to its head."""

import json
from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from training.audit.chain import GENESIS, commitment, event_hash
from training.audit.models import AuditEvent, AuditHead, AuditPersonal

_CHUNK = 2_000


@dataclass(frozen=True, slots=True)
class Break:
    """Where the log does not hold: the event's number and what is wrong there."""

    seq: int
    what: str


def verify_chain(session: Session) -> tuple[int, tuple[Break, ...]]:
    """Return how many events there are, and every place where the log does not hold."""
    breaks: list[Break] = []
    seq, tip = 0, GENESIS
    for row in _events(session):
        seq += 1
        breaks += [Break(row.seq, what) for what in _faults(row, seq, tip)]
        seq, tip = row.seq, row.hash
    head = session.execute(select(AuditHead.seq, AuditHead.hash)).one_or_none()
    if (head or (0, GENESIS)) != (seq, tip):
        breaks.append(Break(seq, "the head names another last event: the end was cut or replaced"))
    return seq, tuple(breaks + _broken_commitments(session))


def _events(session: Session) -> Iterator[AuditEvent]:
    query = select(AuditEvent).order_by(AuditEvent.seq).execution_options(yield_per=_CHUNK)
    yield from session.scalars(query)


def _faults(row: AuditEvent, seq: int, prev_hash: str) -> Iterator[str]:
    if row.seq != seq:
        yield f"event {seq} is missing"
    if row.prev_hash != prev_hash:
        yield "does not follow the event before it"
    if event_hash(row.prev_hash, row.body) != row.hash:
        yield "its text is not the text that was recorded"
    elif _columns_differ(row):
        yield "its columns say something else than its text"


def _columns_differ(row: AuditEvent) -> bool:
    body = json.loads(row.body)
    told = (body["seq"], body["name"], body["actor"], body["subject"], body["at"])
    at = row.at.isoformat(timespec="microseconds")
    return told != (row.seq, row.name, row.actor_id, row.subject, at)


def _broken_commitments(session: Session) -> list[Break]:
    query = (
        select(AuditPersonal, AuditEvent.body)
        .join(AuditEvent, AuditEvent.seq == AuditPersonal.seq)
        .order_by(AuditPersonal.seq, AuditPersonal.id)
        .execution_options(yield_per=_CHUNK)
    )
    return [
        Break(value.seq, f"the personal value {value.field} is not the one recorded")
        for value, body in session.execute(query)
        if json.loads(body)["personal"].get(value.field) != commitment(value.salt, value.value)
    ]
