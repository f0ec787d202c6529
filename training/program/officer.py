"""What the officer does for one person."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from training.accounts.people import place_of
from training.assignments import service as assignments
from training.assignments.models import Assignment, HelpRequest
from training.learning import help_wanted


def help_open(session: Session, user_id: int) -> Sequence[HelpRequest]:
    """Return where help is wanted and was not given yet."""
    query = (
        select(HelpRequest)
        .join(Assignment, Assignment.id == HelpRequest.assignment_id)
        .where(Assignment.user_id == user_id, HelpRequest.answered_at.is_(None))
        .order_by(HelpRequest.id)
    )
    return session.scalars(query).all()


def unlock(session: Session, user_id: int, *, by: int, now: datetime) -> int:
    """Answer every call for help of a person; the due day moves by the days she waited.

    Returns how many there were.
    """
    calls = help_open(session, user_id)
    place = place_of(session, user_id, now)
    for call in calls:
        cycle = assignments.find_cycle_for(session, user_id, call.assignment_id, place.today(now))
        if cycle is not None:
            help_wanted.answer(session, call, cycle, by=by, place=place, now=now)
    return len(calls)
