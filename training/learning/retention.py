"""Practice is not evidence: within 30 days of a completion its decisions are let go."""

from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from training.assignments.models import Assignment
from training.db import changed
from training.learning.models import Choice

KEEP = timedelta(days=29)  # the job runs daily, so that 30 days are never passed


def reduce_practice(session: Session, now: datetime) -> int:
    """Delete the decisions of cycles closed a month ago; `step_done` still says "played, on".

    Returns how many were let go.
    """
    over = select(Assignment.id).where(Assignment.closed_at < now - KEEP)
    return changed(session, delete(Choice).where(Choice.assignment_id.in_(over)))
