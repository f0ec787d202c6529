"""Who did what with one's own record: a learner reads it, with the name of who did."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from training.accounts.models import User
from training.assignments.models import Assignment
from training.audit.models import AuditEvent

MOST = 50
WORDS = {
    "completion.withdrawn": "withdrew a completed training",
    "due_day.moved": "moved your due day",
    "help.given": "went through a quiz with you",
    "leave.ended": "noted your return from leave",
    "leave.noted": "noted your leave",
    "training.opened": "opened a training for you",
    "training.recorded": "recorded a training that you completed elsewhere",
    "waiver.ended": "ended your time off from a training",
    "waiver.given": "let you off a training for a while",
}


@dataclass(frozen=True, slots=True)
class Act:
    """One thing that somebody else did with her record."""

    at: datetime
    who: str
    what: str


def acts_on(session: Session, user_id: int) -> list[Act]:
    """Return what others did with this person's record, the newest first; reasons stay out."""
    own = session.scalars(select(Assignment.id).where(Assignment.user_id == user_id))
    subjects = [f"user:{user_id}", *(f"assignment:{id_}" for id_ in own)]
    query = (
        select(AuditEvent.at, AuditEvent.name, User)
        .join(User, User.id == AuditEvent.actor_id)
        .where(
            AuditEvent.subject.in_(subjects),
            AuditEvent.actor_id != user_id,
            AuditEvent.name.in_(WORDS),
        )
        .order_by(AuditEvent.seq.desc())
        .limit(MOST)
    )
    return [Act(row.at, row.User.name, WORDS[row.name]) for row in session.execute(query)]
