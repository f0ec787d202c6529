"""The use cases of the practice's own policy: what is in force, and who signed or declined it."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import pairwise
from typing import Any, cast

from sqlalchemy import Row, or_, select
from sqlalchemy.orm import Session, aliased

from training import audit
from training.accounts.models import User
from training.accounts.people import Place
from training.assignments import service as assignments
from training.assignments.service import Cycle
from training.catalog import publishing
from training.catalog.change_course import CHANGE_PREFIX
from training.catalog.courses import Policy
from training.catalog.difference import passages
from training.catalog.facts import fill
from training.catalog.lessons import render_text
from training.catalog.marks import marked
from training.learning import completions, sheets
from training.learning.completions import How, Told
from training.learning.material import material_for
from training.learning.models import CarriedSignature, PolicyAdoption, Sheet, Signature, Void
from training.learning.past import ON_PAPER
from training.learning.withdrawn import is_withdrawn, void_of

ANSWERS = {"sign": "signed", "decline": "declined", "question": "question"}
ASKS_NOBODY = frozenset({"cosmetic", "clarifying"})


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
    same: frozenset[str]
    """The texts that ask for the same signature: this one, and what it only says better."""
    asked_since: datetime
    """When the first of them was adopted; an answer of before does not count."""
    asked_on: date
    """The day of that: what was signed on paper before it does not count either."""

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
    adopted_on: date,
    effective_from: date,
    now: datetime,
    change: str | None = None,
    noted: Mapping[str, object] | None = None,
) -> None:
    """Adopt a policy text as the entity's own; from then on people sign it.

    `adopted_on`: the day that it is at the entity's own sites, like the day that it takes effect.
    `change`: what it means for whoever signed the text before, if there was one. `noted`: what
    else the record should say of it.
    """
    session.add(
        PolicyAdoption(
            entity_id=entity_id,
            digest=digest,
            adopted_on=adopted_on,
            effective_from=effective_from,
            adopted_by_id=by,
            recorded_at=now,
            change=change,
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
            **({"change": change} if change else {}),
            **(noted or {}),
        },
    )


def policy_in_force(
    session: Session, place: Place, facts: Mapping[str, str], today: date
) -> PolicyInForce | None:
    """Return the policy that this entity adopted and that is in effect; None: nobody signs."""
    rows = session.execute(
        select(PolicyAdoption, User.display_name, User.legal_name)
        .outerjoin(User, User.id == PolicyAdoption.adopted_by_id)
        .where(PolicyAdoption.entity_id == place.entity_id, PolicyAdoption.effective_from <= today)
        .order_by(PolicyAdoption.effective_from.desc(), PolicyAdoption.id.desc())
    ).all()
    if not rows:
        return None
    adopted, display_name, legal_name = rows[0]
    chain = _chain([row[0] for row in rows])
    policy = publishing.policy(session, adopted.digest)
    return PolicyInForce(
        digest=adopted.digest,
        title=policy.title,
        html=fill(policy.html, facts),
        statement=policy.statement,
        adopted_by=display_name or legal_name or place.practice,
        adopted_on=adopted.adopted_on,
        effective_from=adopted.effective_from,
        same=frozenset(one.digest for one in chain),
        asked_since=chain[-1].recorded_at,
        asked_on=chain[-1].adopted_on,
    )


def _chain(newest_first: Sequence[PolicyAdoption]) -> list[PolicyAdoption]:
    """Return the adoptions that ask for one signature: back to the last that asked for a new."""
    chain = [newest_first[0]]
    for newer, older in pairwise(newest_first):
        if newer.change not in ASKS_NOBODY and newer.digest != older.digest:
            break
        chain.append(older)
    return chain


def texts_in_force(session: Session, today: date) -> frozenset[str]:
    """Return the texts of every entity whose signature counts today."""
    rows = session.scalars(
        select(PolicyAdoption)
        .where(PolicyAdoption.effective_from <= today)
        .order_by(PolicyAdoption.effective_from.desc(), PolicyAdoption.id.desc())
    ).all()
    by_entity: dict[int, list[PolicyAdoption]] = {}
    for row in rows:
        by_entity.setdefault(row.entity_id, []).append(row)
    return frozenset(one.digest for mine in by_entity.values() for one in _chain(mine))


def adopted_before(session: Session, entity_id: int) -> tuple[str, ...]:
    """Return every text that an entity ever adopted, the newest first."""
    query = (
        select(PolicyAdoption.digest)
        .where(PolicyAdoption.entity_id == entity_id)
        .order_by(PolicyAdoption.effective_from.desc(), PolicyAdoption.id.desc())
    )
    return tuple(session.scalars(query))


def answer_to(session: Session, user_id: int, policy: PolicyInForce | None) -> str | None:
    """Return her last answer to this policy: signed, declined, question, or None.

    An answer to a text that was only worded better since is an answer to this one.
    """
    last = _last_answer(session, user_id, policy) if policy else None
    return cast("str", last.answer) if last else None


def is_signed_on_paper(session: Session, user_id: int, policy: PolicyInForce) -> bool:
    """Tell whether her last answer to this policy is a signature that the officer recorded."""
    last = _last_answer(session, user_id, policy)
    return last is not None and (last.answer, last.method) == ("signed", ON_PAPER)


def _last_answer(
    session: Session, user_id: int, policy: PolicyInForce
) -> Row[*tuple[Any, ...]] | None:
    query = (
        select(Signature.answer, Signature.method)
        .where(
            Signature.user_id == user_id,
            ~is_withdrawn(Signature),
            Signature.policy_digest.in_(policy.same),
            Signature.recorded_at >= policy.asked_since,
            or_(Signature.method != ON_PAPER, Signature.signed_on >= policy.asked_on),
        )
        .order_by(Signature.id.desc())
        .limit(1)
    )
    return session.execute(query).one_or_none()


def changed_since(
    session: Session, user_id: int, policy: PolicyInForce, facts: Mapping[str, str]
) -> list[dict[str, str]] | None:
    """Return what changed since the text that she last signed or declined, before and now.

    None: she answered to no text before.
    """
    query = (
        select(Signature.policy_digest)
        .where(
            Signature.user_id == user_id,
            Signature.answer != "question",
            ~is_withdrawn(Signature),
        )
        .order_by(Signature.id.desc())
        .limit(1)
    )
    before = session.scalar(query)
    return difference(session, before, policy.digest, facts) if before else None


def difference(
    session: Session, before: str, after: str | Policy, facts: Mapping[str, str]
) -> list[dict[str, str]]:
    """Return each passage that differs between two texts, as it was and as it is, to be read."""
    old = publishing.policy(session, before)
    new = publishing.policy(session, after) if isinstance(after, str) else after
    read = [
        marked(fill(render_text(was), facts), fill(render_text(is_now), facts))
        for was, is_now in passages(old.model_dump(), new.model_dump())
    ]
    return [{"before_html": was, "now_html": is_now} for was, is_now in read]


def answers_of(session: Session, user_id: int, entity_id: int) -> list[dict[str, Any]]:
    """Return what somebody answered to which text, the newest first: each stays as it was.

    `withdrawn`: why a signature on paper was taken back, for the officer alone; else None.
    """
    rows = session.execute(
        select(Signature, Sheet.sha256, Void.reason)
        .outerjoin(Sheet, Sheet.signature_id == Signature.id)
        .outerjoin(Void, void_of(Signature))
        .where(Signature.user_id == user_id)
        .order_by(Signature.id.desc())
    ).all()
    numbers = (
        _carried_from(session, user_id) if any(row.method == "carried" for row, *_ in rows) else {}
    )
    adopted = session.scalars(
        select(PolicyAdoption)
        .where(PolicyAdoption.entity_id == entity_id)
        .order_by(PolicyAdoption.id)
    ).all()
    return [
        {
            "id": row.id,
            "answer": row.answer,
            "title": publishing.policy(session, row.policy_digest).title,
            "on": row.signed_on,
            "carried": numbers.get(row.id, ""),
            "on_paper": row.method == ON_PAPER,
            "sheet": sheets.short(sha256),
            "withdrawn": withdrawn,
            "since": max(
                (
                    one.effective_from
                    for one in adopted
                    if one.digest == row.policy_digest and one.recorded_at <= row.recorded_at
                ),
                default=None,
            ),
        }
        for row, sha256, withdrawn in rows
    ]


def _carried_from(session: Session, user_id: int) -> dict[int, str]:
    """Return the staff number that each signature was given as, by another record of hers."""
    original = aliased(Signature)
    query = (
        select(Signature.id, User.external_id)
        .join(CarriedSignature, CarriedSignature.signature_id == Signature.id)
        .join(original, original.id == CarriedSignature.original_id)
        .join(User, User.id == original.user_id)
        .where(Signature.user_id == user_id)
    )
    return {id_: number for id_, number in session.execute(query)}  # noqa: C416


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
    if answer != "question":
        close_changes(session, cycle.user_id, place, how, now)
    audit.record(
        session,
        f"policy.{answer}" if answer != "question" else "policy.asked_about",
        at=now,
        actor_id=cycle.user_id,
        subject=f"signature:{signature.id}",
        detail={"policy": policy.digest, "shown": signature.shown_digest},
        personal={"typed_name": typed_name or ""} if signed else {},
    )


def close_changes(
    session: Session,
    user_id: int,
    place: Place,
    how: How,
    now: datetime,
    told: Told | None = None,
) -> None:
    """Complete what a change of the policy opened for her: she read it, and answered.

    `told`: who says so of her, and of which day.
    """
    today = place.today(now)
    for cycle in assignments.open_for(session, user_id, today):
        if cycle.path.startswith(CHANGE_PREFIX):
            material = material_for(session, cycle, today)
            if material.course.signs:
                completions.finish(session, cycle, material, (), place, how, now, told)
