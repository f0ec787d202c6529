"""The use cases of the practice's own policy: what is in force, and who signed or declined it."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from training import audit
from training.accounts.models import User
from training.accounts.people import Place
from training.assignments.service import Cycle
from training.catalog import publishing
from training.catalog.facts import fill
from training.learning.completions import How
from training.learning.models import PolicyAdoption, Signature

ANSWERS = {"sign": "signed", "decline": "declined", "question": "question"}


@dataclass(frozen=True, slots=True)
class PolicyInForce:
    """The adopted policy as one reader sees it, with today's contact facts in it."""

    digest: str
    title: str
    html: str
    statement: str
    adopted_by: str
    adopted_on: date
    effective_from: date

    @property
    def shown_digest(self) -> str:
        """Return the SHA-256 of the very text that is shown."""
        return hashlib.sha256(f"{self.html}\n{self.statement}".encode()).hexdigest()


def adopt(
    session: Session,
    entity_id: int,
    digest: str,
    *,
    by: int | None,
    effective_from: date,
    now: datetime,
    noted: Mapping[str, object] | None = None,
) -> None:
    """Adopt a policy text as the entity's own; from then on people sign it.

    `noted`: what else the record should say of it.
    """
    session.add(
        PolicyAdoption(
            entity_id=entity_id,
            digest=digest,
            adopted_on=now.date(),
            effective_from=effective_from,
            adopted_by_id=by,
            recorded_at=now,
        )
    )
    audit.record(
        session,
        "policy.adopted",
        at=now,
        actor_id=by,
        subject=f"entity:{entity_id}",
        detail={
            "digest": digest,
            "effective_from": effective_from.isoformat(),
            **(noted or {}),
        },
    )


def policy_in_force(
    session: Session, place: Place, facts: Mapping[str, str], today: date
) -> PolicyInForce | None:
    """Return the policy that this entity adopted and that is in effect; None: nobody signs."""
    query = (
        select(PolicyAdoption, User.display_name, User.legal_name)
        .outerjoin(User, User.id == PolicyAdoption.adopted_by_id)
        .where(PolicyAdoption.entity_id == place.entity_id, PolicyAdoption.effective_from <= today)
        .order_by(PolicyAdoption.effective_from.desc(), PolicyAdoption.id.desc())
        .limit(1)
    )
    row = session.execute(query).one_or_none()
    if row is None:
        return None
    adopted, display_name, legal_name = row
    policy = publishing.policy(session, adopted.digest)
    return PolicyInForce(
        digest=adopted.digest,
        title=policy.title,
        html=fill(policy.html, facts),
        statement=policy.statement,
        adopted_by=display_name or legal_name or place.practice,
        adopted_on=adopted.adopted_on,
        effective_from=adopted.effective_from,
    )


def answer_to(session: Session, user_id: int, policy: PolicyInForce | None) -> str | None:
    """Return her last answer to this very policy: signed, declined, question, or None."""
    if policy is None:
        return None
    query = (
        select(Signature.answer)
        .where(Signature.user_id == user_id, Signature.policy_digest == policy.digest)
        .order_by(Signature.id.desc())
        .limit(1)
    )
    return session.scalar(query)


def signed_another(session: Session, user_id: int, policy: PolicyInForce) -> bool:
    """Tell whether she signed an earlier text, so that the page says that it changed."""
    query = select(func.count()).where(
        Signature.user_id == user_id,
        Signature.answer == "signed",
        Signature.policy_digest != policy.digest,
    )
    return bool(session.scalar(query))


def give_answer(
    session: Session,
    cycle: Cycle,
    policy: PolicyInForce,
    answer: str,
    *,
    typed_name: str | None,
    place: Place,
    how: How,
    now: datetime,
) -> None:
    """Record that she signed the policy as shown, declined, or has a question first.

    The text is kept by digest (once) and the statement word for word. Signing the same text
    twice keeps the first signature. ESIGN, 15 USC 7001: intent, the text, who, and a copy.
    """
    if answer_to(session, cycle.user_id, policy) == "signed":
        return
    signed = answer == "signed"
    signature = Signature(
        user_id=cycle.user_id,
        assignment_id=cycle.id,
        policy_digest=policy.digest,
        shown_digest=publishing.keep_text(session, policy.html, policy.statement, now),
        statement=policy.statement,
        answer=answer,
        typed_name=typed_name if signed else None,
        method=how.method,
        shared_device=how.shared_device,
        signed_on=place.today(now),
        zone=place.zone,
        recorded_at=now,
    )
    session.add(signature)
    session.flush()
    audit.record(
        session,
        f"policy.{answer}" if answer != "question" else "policy.asked_about",
        at=now,
        actor_id=cycle.user_id,
        subject=f"signature:{signature.id}",
        detail={"policy": policy.digest, "shown": signature.shown_digest},
        personal={"typed_name": typed_name or ""} if signed else {},
    )
