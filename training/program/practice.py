"""What the officer says about her own practice: whom to call, what is allowed, which policy."""

import json
from collections.abc import Mapping
from datetime import date, datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from training import audit
from training.accounts.models import Entity, EntityFacts
from training.accounts.people import Place
from training.catalog import publishing
from training.catalog.courses import Policy
from training.catalog.facts import LOCAL_FACTS
from training.program import policy_change

LONGEST = 200


def write_facts(
    session: Session, place: Place, given: Mapping[str, str], *, by: int | None, now: datetime
) -> dict[str, str]:
    """Keep the practice's facts, the older ones superseded; return what is wrong, by field."""
    facts = {name: " ".join(given.get(name, "").split()) for name in LOCAL_FACTS}
    faults = {
        name: f"Use at most {LONGEST} characters." for name, v in facts.items() if len(v) > LONGEST
    }
    for name in ("privacy_contact", "privacy_phone"):
        if not facts[name]:
            faults[name] = "Staff must know whom to call: fill this in."
    if faults:
        return faults
    session.execute(
        update(EntityFacts)
        .where(EntityFacts.entity_id == place.entity_id, EntityFacts.superseded_at.is_(None))
        .values(superseded_at=now)
    )
    body = json.dumps(facts, sort_keys=True, ensure_ascii=False)
    session.add(
        EntityFacts(entity_id=place.entity_id, body=body, recorded_by_id=by, recorded_at=now)
    )
    session.get_one(
        Entity, place.entity_id
    ).signatory = f"{facts['privacy_contact']}, privacy officer"
    audit.record(session, "facts.changed", at=now, actor_id=by, subject=f"entity:{place.entity_id}")
    return {}


def published_policy(session: Session, today: date) -> tuple[str, Policy] | None:
    """Return the policy text that could be adopted: the newest one published."""
    digest = publishing.current(session, "policy", "policy", today)
    return (digest, publishing.policy(session, digest)) if digest else None


def adopt(
    session: Session, place: Place, digest: str, *, change: str, by: int, now: datetime
) -> bool:
    """Adopt the published text from today on; False if it is not the one that was shown.

    Raises ValueError where it takes another's place and what that means is not said.
    """
    found = published_policy(session, place.today(now))
    if found is None or found[0] != digest:
        return False
    policy_change.adopt(session, place, digest, change=change, by=by, now=now)
    return True


def first_rule_missing(session: Session) -> bool:
    """Tell whether no rule asks anybody for anything yet."""
    from training.assignments.models import Rule

    return session.scalar(select(Rule.id).limit(1)) is None
