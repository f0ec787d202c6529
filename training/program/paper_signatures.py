"""A signature of the policy on paper: the officer records what somebody signed by hand.

Only what was signed is recorded so. Who declines says it herself, and to nobody else.
"""

import json
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from training import audit
from training.accounts.models import EntityFacts
from training.accounts.people import Place, place_of
from training.assignments.models import Assignment
from training.catalog import publishing
from training.learning import policies, sheets
from training.learning.completions import How, Told
from training.learning.models import Signature
from training.learning.past import ON_PAPER
from training.learning.policies import PolicyInForce
from training.learning.sheets import Fingerprint
from training.learning.withdrawn import is_withdrawn
from training.program.acts import By, NotDone, bring_up_to_date, first_hired_on
from training.reports.words import in_words

FIELD = "signed_on"
BY_HAND = How(ON_PAPER, shared_device=False)


def record_signature(
    session: Session,
    user_id: int,
    signed_on: date,
    typed_name: str,
    *,
    by: By,
    sheet: Fingerprint | None = None,
) -> None:
    """Record that somebody signed, on paper, the policy that her practice had that day.

    `typed_name` is the name as it stands on the sheet. It answers what asks her for a signature,
    where that is the text in force. Raises NotDone, with the field that tells why.
    """
    bring_up_to_date(session, user_id, by.now)
    place = place_of(session, user_id, by.now)
    _check_day(session, user_id, signed_on, place.today(by.now))
    there = place_of(session, user_id, datetime.combine(signed_on, time(12), UTC))
    policy = _text_of(session, there, signed_on)
    _check_answers(session, user_id, policy, signed_on)
    row = Signature(
        user_id=user_id,
        assignment_id=_cycle_of(session, user_id),
        policy_digest=policy.digest,
        shown_digest=publishing.keep_text(session, policy.html, policy.statement, by.now),
        statement=policy.statement,
        answer="signed",
        typed_name=typed_name,
        method=ON_PAPER,
        shared_device=False,
        signed_on=signed_on,
        zone=there.zone,
        recorded_at=by.now,
    )
    session.add(row)
    session.flush()
    sheets.keep(session, sheet, by=by.user_id, now=by.now, signature_id=row.id)
    _close_what_asks(session, user_id, place, signed_on, by)
    _note(session, row, sheet, by)
    bring_up_to_date(session, user_id, by.now)


def _check_day(session: Session, user_id: int, signed_on: date, today: date) -> None:
    if signed_on > today:
        raise NotDone(FIELD, "That day is still to come.")
    if signed_on < first_hired_on(session, user_id):
        raise NotDone(FIELD, "That is before the hire day.")


def _text_of(session: Session, place: Place, day: date) -> PolicyInForce:
    """Return the text that was adopted and in effect on a day, with the contacts of that day."""
    policy = policies.policy_in_force(session, place, _facts_of(session, place, day), day)
    if policy is None or policy.adopted_on > day:
        raise NotDone(FIELD, "No policy was adopted and in effect yet that day.")
    return policy


def _facts_of(session: Session, place: Place, day: date) -> dict[str, str]:
    ends = datetime.combine(day + timedelta(days=1), time(), ZoneInfo(place.zone))
    query = (
        select(EntityFacts.body)
        .where(
            EntityFacts.entity_id == place.entity_id,
            EntityFacts.recorded_at < ends,
            or_(EntityFacts.superseded_at.is_(None), EntityFacts.superseded_at >= ends),
        )
        .order_by(EntityFacts.id.desc())
        .limit(1)
    )
    return {"practice": place.practice, **json.loads(session.scalar(query) or "{}")}


def _check_answers(session: Session, user_id: int, policy: PolicyInForce, signed_on: date) -> None:
    """Refuse a second signature of a text, and one that a later answer has overtaken."""
    if policies.answer_to(session, user_id, policy) == "signed":
        raise NotDone(FIELD, "This text is signed already: the first signature stands.")
    query = (
        select(Signature.signed_on)
        .where(
            Signature.user_id == user_id,
            Signature.answer != "question",
            Signature.signed_on > signed_on,
            ~is_withdrawn(Signature),
        )
        .order_by(Signature.signed_on.desc())
        .limit(1)
    )
    later = session.scalar(query)
    if later is not None:
        told = f"There is a later answer to the policy, of {in_words(later)}: that answer stands."
        raise NotDone(FIELD, told)


def _cycle_of(session: Session, user_id: int) -> int:
    """Return the cycle that a signature is kept with: what is open, else her last one."""
    query = (
        select(Assignment.id)
        .where(Assignment.user_id == user_id)
        .order_by(Assignment.closed_at.is_not(None), Assignment.id.desc())
        .limit(1)
    )
    found = session.scalar(query)
    if found is None:
        raise NotDone(FIELD, "No training was ever asked of this person, so no signature was.")
    return found


def _close_what_asks(session: Session, user_id: int, place: Place, signed_on: date, by: By) -> None:
    """Complete what a change of the policy opened, where she signed the text in force by it."""
    now_in_force = policies.policy_in_force(session, place, place.facts, place.today(by.now))
    if policies.answer_to(session, user_id, now_in_force) == "signed":
        told = Told(by=by.user_id, on=signed_on)
        policies.close_changes(session, user_id, place, BY_HAND, by.now, told)


def _note(session: Session, row: Signature, sheet: Fingerprint | None, by: By) -> None:
    detail: dict[str, object] = {
        "signature": row.id,
        "policy": row.policy_digest,
        "shown": row.shown_digest,
        "signed_on": row.signed_on.isoformat(),
    }
    audit.record(
        session,
        "policy.signed_on_paper",
        at=by.now,
        actor_id=by.user_id,
        subject=f"user:{row.user_id}",
        detail=detail | ({"sheet": sheet.sha256} if sheet else {}),
        personal={"typed_name": row.typed_name or ""},
    )
