"""A record is taken back by the officer: the row stays, and what it was carried to goes too."""

from collections.abc import Iterable

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from training.accounts.people import place_of
from training.catalog.change_course import CHANGE_PREFIX
from training.learning.carried import carried_from
from training.learning.models import CarriedCompletion, Completion, Signature, Void
from training.learning.past import ON_PAPER
from training.learning.withdrawn import is_withdrawn
from training.program.acts import By, note


def withdraw(session: Session, user_id: int, completion_id: int, reason: str, *, by: By) -> bool:
    """Take a completion back, with its reason; the row stays. False if it is not hers, or was.

    What it was carried to, where two records became one, is taken back with it.
    """
    row = session.get(Completion, completion_id)
    if row is None or row.user_id != user_id or _is_withdrawn(session, row):
        return False
    _withdraw_all(session, [row, *carried_from(session, row)], reason, by)
    return True


def withdraw_signature(
    session: Session, user_id: int, signature_id: int, reason: str, *, by: By
) -> bool:
    """Take back a signature on paper that should not have been recorded: she is asked again.

    With it goes what it was carried to, and what it completed of a change of the policy. False if
    it is not hers, was withdrawn, or is her own: what she answered herself nobody takes back.
    """
    row = session.get(Signature, signature_id)
    if row is None or row.user_id != user_id or row.method != ON_PAPER:
        return False
    if _is_withdrawn(session, row):
        return False
    for one in (row, *carried_from(session, row)):
        _withdraw_all(session, [one, *_completed_by(session, one)], reason, by)
    return True


def _completed_by(session: Session, signature: Signature) -> list[Completion]:
    """Return what a signature completed as it was recorded: the changes that asked for it."""
    of_its_own = exists().where(CarriedCompletion.completion_id == Completion.id)
    query = select(Completion).where(
        Completion.user_id == signature.user_id,
        Completion.recorded_at == signature.recorded_at,
        Completion.method == signature.method,
        Completion.course.startswith(CHANGE_PREFIX),
        ~of_its_own,
    )
    return list(session.scalars(query))


def _withdraw_all(
    session: Session, rows: Iterable[Completion | Signature], reason: str, by: By
) -> None:
    for row in rows:
        if not _is_withdrawn(session, row):
            _withdraw(session, row, reason, by)


def _withdraw(session: Session, row: Completion | Signature, reason: str, by: By) -> None:
    kind = row.__tablename__
    session.add(
        Void(
            subject_kind=kind,
            subject_id=row.id,
            reason=reason,
            voided_by_id=by.user_id,
            voided_on=place_of(session, row.user_id, by.now).today(by.now),
            recorded_at=by.now,
        )
    )
    note(session, by, f"{kind}.withdrawn", row.user_id, **{kind: row.id})


def _is_withdrawn(session: Session, row: Completion | Signature) -> bool:
    return bool(session.scalar(select(is_withdrawn(type(row), row.id))))
