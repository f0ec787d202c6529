"""Facts that somebody must look over again: what is due, and who stands for it until when."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from training import audit
from training.accounts.models import User
from training.accounts.people import Place
from training.catalog import publishing
from training.catalog.digests import canonical, digest_of
from training.catalog.facts import Fact
from training.catalog.models import FactSignOff

AHEAD = timedelta(days=60)
AT_MOST = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class Taught:
    """One wording of a fact that is taught today, and the parts that rest on it."""

    fact: Fact
    parts: tuple[str, ...]

    @property
    def digest(self) -> str:
        """Return the digest of this very wording, with its source and state."""
        return fact_digest(self.fact)


@dataclass(frozen=True, slots=True)
class SignedOff:
    """Who stands for a wording, and until which day."""

    by: str
    on: date
    until_on: date


def fact_digest(fact: Fact) -> str:
    """Return the digest of a fact as it is worded, sourced and dated."""
    return digest_of(canonical(fact.model_dump(mode="json")))


def taught(session: Session, today: date) -> tuple[Taught, ...]:
    """Return every fact that the parts in force rest on, by id."""
    found: dict[tuple[str, str], tuple[Fact, list[str]]] = {}
    for digest in publishing.all_in_force(session, "module", today):
        module = publishing.module(session, digest)
        for fact in module.facts.values():
            key = (fact.id, fact_digest(fact))
            found.setdefault(key, (fact, []))[1].append(module.title)
    return tuple(Taught(fact, tuple(parts)) for _key, (fact, parts) in sorted(found.items()))


def standing(session: Session, entity_id: int, today: date) -> Mapping[str, SignedOff]:
    """Return the wordings that somebody stands for today, by digest; the last one counts."""
    rows = session.execute(
        select(FactSignOff, User.display_name, User.legal_name)
        .join(User, User.id == FactSignOff.signed_by_id)
        .where(FactSignOff.entity_id == entity_id, FactSignOff.until_on >= today)
        .order_by(FactSignOff.id)
    )
    return {
        row.digest: SignedOff(display_name or legal_name, row.recorded_at.date(), row.until_on)
        for row, display_name, legal_name in rows
    }


def why_due(fact: Fact, today: date) -> str | None:
    """Return why a fact is due for a look, in words; None: it is not."""
    if fact.review_by < today:
        return "its review is past"
    if fact.state == "unverified":
        return "it is from knowledge, and no source was read for it"
    if fact.state == "house":
        return "it is a rule of this course's own, and no source was read for it"
    return "its review comes within 60 days" if fact.review_by <= today + AHEAD else None


def due(session: Session, entity_id: int, today: date) -> tuple[Taught, ...]:
    """Return the facts taught that are due for a look and that nobody stands for."""
    signed = standing(session, entity_id, today)
    return tuple(
        one
        for one in taught(session, today)
        if why_due(one.fact, today) and one.digest not in signed
    )


def sign_off(
    session: Session, place: Place, digest: str, until: str, *, by: int, now: datetime
) -> str | None:
    """Sign a wording off until a day; return what is wrong with the day, or None.

    Raises LookupError where the wording is not on today's list: it changed, or was signed off.
    """
    today = place.today(now)
    found = next(
        (one for one in due(session, place.entity_id, today) if one.digest == digest), None
    )
    if found is None:
        raise LookupError(digest)
    try:
        until_on = date.fromisoformat(until)
    except ValueError:
        return "Name the day as year-month-day."
    if not today < until_on <= today + AT_MOST:
        return "Name a day from tomorrow on, a year ahead at most."
    session.add(
        FactSignOff(
            entity_id=place.entity_id,
            fact=found.fact.id,
            digest=digest,
            until_on=until_on,
            signed_by_id=by,
            recorded_at=now,
        )
    )
    audit.record(
        session,
        "fact.signed_off",
        at=now,
        actor_id=by,
        subject=f"fact:{found.fact.id}",
        detail={"digest": digest, "until_on": until_on.isoformat()},
    )
    return None
