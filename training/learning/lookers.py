"""Who did what with one's own record: a learner reads it, with the name of who did.

What was done at the server's command line has no name: whoever may type there did it.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from training.accounts.models import User
from training.accounts.session_models import LinkToken
from training.assignments.models import Assignment
from training.audit.models import AuditEvent

MOST = 50
WORDS = {
    "completion.withdrawn": "withdrew a completed training",
    "due_day.moved": "moved your due day",
    "handout.answers_printed": "printed the answers to your training on paper, to go through it",
    "handout.printed": "printed a training on paper for you",
    "help.given": "went through a quiz with you",
    "job.begun": "noted a second job of yours",
    "job.changed": "changed a second job of yours",
    "job.ended": "ended a second job of yours",
    "leave.ended": "noted your return from leave",
    "leave.noted": "noted your leave",
    "link.made": "made a sign-in link for you",
    "number.changed": "noted that you are on another staff list now",
    "record.joined": "made one record of this one and an earlier one of yours",
    "policy.signed_on_paper": "recorded that you signed the policy on paper",
    "record.exported": "read everything that is kept about you",
    "signature.withdrawn": "withdrew a signature of the policy on paper",
    "slips.printed": "printed a sign-in slip for you",
    "slips.shown": "made a sign-in link for you",
    "training.opened": "opened a training for you",
    "training.recorded": "recorded a training that you completed elsewhere",
    "waiver.ended": "ended your time off from a training",
    "waiver.given": "let you off a training for a while",
}

BY_COMMAND = ("link.made", "record.exported")
AT_THE_SERVER = "Somebody at the server’s command line"


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
    by_command = AuditEvent.actor_id.is_(None) & AuditEvent.name.in_(BY_COMMAND)
    query = (
        select(AuditEvent.at, AuditEvent.name, AuditEvent.actor_id, User)
        .outerjoin(User, User.id == AuditEvent.actor_id)
        .where(
            or_(AuditEvent.subject.in_(subjects), _print_of_her_slip(user_id)),
            or_(AuditEvent.actor_id != user_id, by_command),
            AuditEvent.name.in_(WORDS),
        )
        .order_by(AuditEvent.seq.desc())
        .limit(MOST)
    )
    return [
        Act(row.at, row.User.name if row.actor_id else AT_THE_SERVER, WORDS[row.name])
        for row in session.execute(query)
    ]


def _print_of_her_slip(user_id: int) -> ColumnElement[bool]:
    """Return the condition that an event is the print, or the page, that made a slip of hers.

    It is one event for many people; its links were made at the same instant.
    """
    made = select(LinkToken.created_at).where(
        LinkToken.user_id == user_id, LinkToken.purpose == "slip"
    )
    return AuditEvent.name.in_(("slips.printed", "slips.shown")) & AuditEvent.at.in_(made)
