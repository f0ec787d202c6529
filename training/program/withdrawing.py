"""A completion is taken back by the officer: the row stays, and what it was carried to goes too."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from training.accounts.people import place_of
from training.learning.carried import carried_from
from training.learning.models import Completion, Void
from training.learning.withdrawn import is_withdrawn
from training.program.acts import By, note


def withdraw(session: Session, user_id: int, completion_id: int, reason: str, *, by: By) -> bool:
    """Take a completion back, with its reason; the row stays. False if it is not hers, or was.

    What it was carried to, where two records became one, is taken back with it.
    """
    row = session.get(Completion, completion_id)
    if row is None or row.user_id != user_id or _is_withdrawn(session, completion_id):
        return False
    for one in (row, *carried_from(session, completion_id)):
        if not _is_withdrawn(session, one.id):
            _withdraw(session, one, reason, by)
    return True


def _withdraw(session: Session, row: Completion, reason: str, by: By) -> None:
    session.add(
        Void(
            subject_kind="completion",
            subject_id=row.id,
            reason=reason,
            voided_by_id=by.user_id,
            voided_on=place_of(session, row.user_id, by.now).today(by.now),
            recorded_at=by.now,
        )
    )
    note(session, by, "completion.withdrawn", row.user_id, completion=row.id)


def _is_withdrawn(session: Session, completion_id: int) -> bool:
    return bool(session.scalar(select(is_withdrawn(Completion, completion_id))))
