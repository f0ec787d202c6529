"""What the officer reads of mails, signatures and jobs."""

from collections import Counter
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from training.accounts.days import todays
from training.accounts.models import User
from training.accounts.people import Place
from training.assignments.models import Assignment
from training.learning import policies
from training.learning.models import Completion, PolicyAdoption, Signature
from training.renewals.models import JobRun, Notice
from training.renewals.reminders import due_reminders
from training.rules.nudges import NUDGE
from training.rules.reminders import NoticeKind

KIND_WORDS: dict[str, str] = {
    NUDGE: "nudged by the manager",
    NoticeKind.ASSIGNED: "training opened",
    NoticeKind.DUE_30: "30 days left",
    NoticeKind.DUE_7: "a week left",
    NoticeKind.DUE_1: "due tomorrow",
    NoticeKind.DUE_TODAY: "due today",
    NoticeKind.LATE_1: "a day late",
    NoticeKind.LATE_7: "a week late",
    NoticeKind.LATE_14: "two weeks late",
}
STATE_WORDS = {
    "due": "to be tried again",
    "sending": "being sent",
    "sent": "sent",
    "unknown": "perhaps sent twice or not at all: ask",
    "dropped": "not sent: no longer due, or given up",
    "refused": "refused by the mail server: check the address",
}
LATEST = 100
SILENT_AFTER = timedelta(hours=26)


def _notice(row: Any) -> dict[str, Any]:
    notice, legal_name, display_name = row
    return {
        "name": display_name or legal_name,
        "kind": KIND_WORDS[notice.kind],
        "due_on": notice.due_key,
        "state": STATE_WORDS[notice.state],
        "detail": notice.detail,
        "sent_at": notice.sent_at,
    }


def _notices() -> Any:
    return (
        select(Notice, User.legal_name, User.display_name)
        .join(Assignment, Assignment.id == Notice.assignment_id)
        .join(User, User.id == Assignment.user_id)
        .order_by(Notice.id.desc())
        .limit(LATEST)
    )


def sent(session: Session) -> list[dict[str, Any]]:
    """Return the newest hundred rows of the ledger."""
    return [_notice(row) for row in session.execute(_notices())]


def notices_of(session: Session, user_id: int) -> list[dict[str, Any]]:
    """Return what one person was sent, and why she was not."""
    query = _notices().where(Assignment.user_id == user_id)
    return [_notice(row) for row in session.execute(query)]


def tomorrow(session: Session, now: datetime) -> list[dict[str, Any]]:
    """Return the reminders that tomorrow's run will send if nothing changes."""
    later = todays(session, now).later(1)
    return [
        {"name": due.duty.person.name, "kind": KIND_WORDS[due.kind]}
        for due in due_reminders(session, later)
    ][:LATEST]


def job(session: Session, now: datetime) -> dict[str, Any]:
    """Return when the hourly work last ran, and whether that is too long ago."""
    row = session.get(JobRun, "renew")
    last = row.succeeded_at if row else None
    return {
        "last_ran": last,
        "failed": row.failure if row and row.failure else None,
        "silent": last is None or now - last > SILENT_AFTER,
    }


def signatures(session: Session, today: date) -> dict[str, int]:
    """Return how many people trained, and what they answered to the policy last.

    Whoever signed a text that another has taken the place of since is told apart.
    """
    trained = session.scalar(select(func.count(Completion.user_id.distinct()))) or 0
    newest = select(func.max(Signature.id)).group_by(Signature.user_id)
    rows = session.execute(
        select(Signature.answer, Signature.policy_digest).where(Signature.id.in_(newest))
    )
    texts = policies.texts_in_force(session, today)
    answers = Counter(
        "earlier" if answer == "signed" and digest not in texts else answer
        for answer, digest in rows
    )
    asked = sum(answers.values())
    return {
        "trained": trained,
        "signed": answers["signed"],
        "earlier": answers["earlier"],
        "declined": answers["declined"],
        "question": answers["question"],
        "not_asked": max(0, trained - asked),
    }


def notes(session: Session, place: Place) -> list[str]:
    """Return what the officer should know about the house itself."""
    found = []
    adopted = select(PolicyAdoption.id).where(PolicyAdoption.entity_id == place.entity_id)
    if session.scalar(adopted.limit(1)) is None:
        found.append("No policy is adopted yet, so nobody is asked to sign one.")
    if not place.facts:
        found.append("Nobody has said yet whom staff should call when something happened.")
    found.append(
        "This is one part of your privacy training. 45 CFR 164.530(b) asks for training on all "
        "your PHI policies, and the Security Rule for a security-awareness programme; keep "
        "proof of those too."
    )
    return found
