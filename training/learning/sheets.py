"""Fingerprints of signed sheets: kept beside the fact that a sheet proves, and looked up again.

A fingerprint is the SHA-256 of the very file; the file is kept nowhere here. Whoever holds it can
show later that it is the one that was recorded.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.orm import Session, aliased

from training.accounts.models import User
from training.learning.models import Completion, Sheet, Signature, TeamSession, Void
from training.learning.withdrawn import void_of

MOST = 500  # people on one sheet, as the check shows them
DIGITS = 64

Where = tuple[ColumnElement[bool], ...]


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """What is kept of a file: its SHA-256 in hexadecimal, and how many bytes it had."""

    sha256: str
    size: int


@dataclass(frozen=True, slots=True)
class Proof:
    """One record that a sheet proves."""

    kind: str  # completion, signature or team_session
    name: str  # of whose record; of who led a team session
    user_id: int
    course: str  # of a signature: none
    on: date
    recorded_at: datetime
    recorded_by: str
    withdrawn: bool
    subject_id: int


@dataclass(frozen=True, slots=True)
class Within:
    """Which records somebody may see, as conditions."""

    completions: Where = ()
    signatures: Where = ()
    team_sessions: Where = ()


def keep(
    session: Session, sheet: Fingerprint | None, *, by: int, now: datetime, **subject: int
) -> None:
    """Keep a sheet's fingerprint beside the one fact named in `subject`; without one, nothing.

    `subject` is `completion_id`, `signature_id` or `team_session_id`; a constraint holds that it
    is one of them.
    """
    if sheet is None:
        return
    row = {"sha256": sheet.sha256, "size": sheet.size, "recorded_by_id": by, "recorded_at": now}
    session.add(Sheet(**row, **subject))


def short(sha256: str | None) -> str:
    """Return how a list names a sheet: the first digits of its fingerprint, or nothing."""
    return f"sheet {sha256[:4]} {sha256[4:8]}…" if sha256 else ""


def plain(told: str) -> str | None:
    """Return a fingerprint as it is kept, from what was typed or copied; None if it is none."""
    digits = "".join(told.split()).lower()
    known = len(digits) == DIGITS and not digits.strip("0123456789abcdef")
    return digits if known else None


def proofs(session: Session, sha256: str, within: Within) -> list[Proof]:
    """Return which records within reach have this sheet, as they were recorded."""
    found = [
        *_of_completions(session, sha256, within.completions),
        *_of_signatures(session, sha256, within.signatures),
        *_of_team_sessions(session, sha256, within.team_sessions),
    ]
    return sorted(found, key=lambda proof: (proof.recorded_at, proof.name))[:MOST]


_BY = aliased(User)


def _sheets(sha256: str, *columns: Any) -> Select[*tuple[Any, ...]]:
    return (
        select(Sheet.recorded_at, _BY, *columns)
        .join(_BY, _BY.id == Sheet.recorded_by_id)
        .where(Sheet.sha256 == sha256)
        .order_by(Sheet.id)
        .limit(MOST)
    )


def _proof(
    kind: str,
    sheet: tuple[datetime, User],
    who: User,
    subject_id: int,
    on: date,
    course: str = "",
    withdrawn: bool = False,  # noqa: FBT001, FBT002 - as the row has it
) -> Proof:
    at, by = sheet
    return Proof(kind, who.name, who.id, course, on, at, by.name, withdrawn, subject_id)


def _of_completions(session: Session, sha256: str, where: Where) -> Iterator[Proof]:
    query = (
        _sheets(sha256, Completion, User, Void.id.is_not(None))
        .join(Completion, Completion.id == Sheet.completion_id)
        .join(User, User.id == Completion.user_id)
        .outerjoin(Void, void_of(Completion))
        .where(*where)
    )
    for at, by, row, who, withdrawn in session.execute(query):
        yield _proof("completion", (at, by), who, row.id, row.completed_on, row.course, withdrawn)


def _of_signatures(session: Session, sha256: str, where: Where) -> Iterator[Proof]:
    query = (
        _sheets(sha256, Signature, User, Void.id.is_not(None))
        .join(Signature, Signature.id == Sheet.signature_id)
        .join(User, User.id == Signature.user_id)
        .outerjoin(Void, void_of(Signature))
        .where(*where)
    )
    for at, by, row, who, withdrawn in session.execute(query):
        yield _proof("signature", (at, by), who, row.id, row.signed_on, withdrawn=withdrawn)


def _of_team_sessions(session: Session, sha256: str, where: Where) -> Iterator[Proof]:
    query = (
        _sheets(sha256, TeamSession, User)
        .join(TeamSession, TeamSession.id == Sheet.team_session_id)
        .join(User, User.id == TeamSession.leader_id)
        .where(*where)
    )
    for at, by, row, leader in session.execute(query):
        yield _proof("team_session", (at, by), leader, row.id, row.held_on, row.course)
