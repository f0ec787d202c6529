"""The use cases at the end of a course: complete, issue the certificate, sign the policy."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from functools import cache, lru_cache
from typing import Any

from sqlalchemy import Row, Select, and_, bindparam, exists, or_, select
from sqlalchemy.orm import Session, aliased

from certificates import Certificate, SigningKey, new_serial, verify
from training import audit
from training.accounts.models import User
from training.accounts.people import Place
from training.assignments import service as assignments
from training.assignments.models import Rule
from training.assignments.service import Cycle
from training.catalog.change_course import CHANGE_PREFIX
from training.db import core
from training.learning.material import Material
from training.learning.models import CertificateRow, Completion, PublicKey
from training.learning.progress import progress_of
from training.learning.withdrawn import is_withdrawn
from training.rules.completion import latest_papers, next_step
from training.rules.course_way import Done, PaperResult
from training.rules.renewal import RenewalPolicy, expires_on

TITLE = "Patient privacy and social media: training completed"
CHANGE_TITLE = "Patient privacy and social media: update completed"


@dataclass(frozen=True, slots=True)
class Issuer:
    """What signs certificates here, and the address that their QR codes lead to."""

    key: SigningKey
    base_url: str
    local_only: bool


@dataclass(frozen=True, slots=True)
class How:
    """How the person of a fact was signed in."""

    method: str
    shared_device: bool


@dataclass(frozen=True, slots=True)
class Told:
    """Who recorded a fact of somebody else, and the day on which it happened."""

    by: int
    on: date


@dataclass(frozen=True, slots=True)
class Record:
    """One certificate as its holder, or whoever checks it, may see it."""

    certificate: Certificate
    signature: str
    user_id: int
    completion_id: int
    assignment_id: int
    expires_on: date | None
    replaced: bool
    withdrawn: bool


def complete(
    session: Session,
    cycle: Cycle,
    material: Material,
    results: Sequence[PaperResult],
    place: Place,
    how: How,
    issuer: Issuer,
    now: datetime,
) -> str | None:
    """Record the completion and issue its certificate, all in this transaction.

    Returns the serial; None if the cycle was closed already, and then nothing happens.
    The expiry follows the rule version that the cycle opened with (DESIGN section 7).
    """
    completion = finish(session, cycle, material, results, place, how, now)
    return issue(session, completion, place, issuer, now) if completion else None


def finish(
    session: Session,
    cycle: Cycle,
    material: Material,
    results: Sequence[PaperResult],
    place: Place,
    how: How,
    now: datetime,
    told: Told | None = None,
) -> Completion | None:
    """Close the cycle and record its completion; None if it was closed already.

    Alone, without a certificate, where a policy was read and answered: that is no training.
    `told`: where it was on paper, and the officer records it.
    """
    if not assignments.close(session, cycle.id, "completed", now):
        return None
    on = told.on if told else place.today(now)
    completion = _completion(session, cycle, material, results, place.zone, on, how, now)
    session.add(completion)
    session.flush()
    audit.record(
        session,
        "training.completed",
        at=now,
        actor_id=told.by if told else cycle.user_id,
        subject=f"completion:{completion.id}",
        detail={
            "assignment": cycle.id,
            "course": cycle.course,
            "completed_on": completion.completed_on.isoformat(),
            "digests": json.loads(completion.digests),
        },
    )
    return completion


def complete_if_done(
    session: Session,
    cycle: Cycle,
    material: Material,
    place: Place,
    how: How,
    issuer: Issuer,
    now: datetime,
) -> str | None:
    """Complete the cycle if nothing is left to do in it: after a quiz, or after a last page.

    Returns the serial, or None while something comes next. The cycle is held meanwhile.
    """
    assignments.lock(session, cycle.id)
    progress = progress_of(session, cycle.id)
    if not isinstance(next_step(material.plan, progress), Done):
        return None
    return complete(session, cycle, material, progress.results, place, how, issuer, now)


def _completion(
    session: Session,
    cycle: Cycle,
    material: Material,
    results: Sequence[PaperResult],
    zone: str,
    on: date,
    how: How,
    now: datetime,
) -> Completion:
    rule = session.get_one(Rule, cycle.rule_id)
    renewal = RenewalPolicy.from_dict(json.loads(rule.renewal))
    papers = latest_papers(material.plan, results)
    return Completion(
        assignment_id=cycle.id,
        user_id=cycle.user_id,
        course=cycle.course,
        completed_on=on,
        completed_at=now,
        zone=zone,
        expires_on=expires_on(
            renewal,
            completed_on=on,
            previous_expiry=cycle.previous_expiry,
            cycle_due_on=cycle.due_on,
        ),
        grace_days=renewal.grace_days,
        correct=sum(paper.correct for paper in papers),
        total=sum(paper.total for paper in papers),
        digests=cycle.pinned or material.pinned(),
        method=how.method,
        shared_device=how.shared_device,
        recorded_at=now,
    )


def issue(
    session: Session,
    completion: Completion,
    place: Place,
    issuer: Issuer,
    now: datetime,
    *,
    replaces: str | None = None,
) -> str:
    """Issue a certificate for a completion, its facts frozen and signed; return the serial."""
    user = session.get_one(User, completion.user_id)
    certificate = Certificate(
        serial=new_serial(),
        legal_name=user.legal_name,
        romanised_name=user.romanised_name,
        title=CHANGE_TITLE if completion.course.startswith(CHANGE_PREFIX) else TITLE,
        practice=place.practice,
        completed_on=completion.completed_on,
        zone=completion.zone,
        next_refresher_on=completion.expires_on,
        base_url=issuer.base_url,
        course_digest=json.loads(completion.digests)["course"],
        issued_at=now,
        key_id=issuer.key.key_id,
        signatory=place.signatory,
        local_only=issuer.local_only,
    )
    if session.get(PublicKey, certificate.key_id) is None:
        session.add(
            PublicKey(key_id=certificate.key_id, public=issuer.key.public_bytes, first_used_at=now)
        )
    session.add(
        CertificateRow(
            serial=certificate.serial,
            completion_id=completion.id,
            facts=_to_text(certificate),
            key_id=certificate.key_id,
            signature=issuer.key.sign(certificate),
            replaces=replaces,
            issued_at=now,
        )
    )
    audit.record(
        session,
        "certificate.issued",
        at=now,
        actor_id=completion.user_id,
        subject=f"certificate:{certificate.serial}",
        detail={"completion": completion.id, "key": certificate.key_id},
        personal={"legal_name": certificate.legal_name},
    )
    return certificate.serial


def _to_text(certificate: Certificate) -> str:
    return json.dumps(asdict(certificate), default=str, sort_keys=True, ensure_ascii=False)


def _from_text(text: str) -> Certificate:
    facts = json.loads(text)
    facts["completed_on"] = date.fromisoformat(facts["completed_on"])
    facts["issued_at"] = datetime.fromisoformat(facts["issued_at"])
    if facts["next_refresher_on"]:
        facts["next_refresher_on"] = date.fromisoformat(facts["next_refresher_on"])
    return Certificate(**facts)


def find_record(session: Session, serial: str) -> Record | None:
    """Return the certificate of this serial with what became of it, in one statement."""
    row = core(session).execute(_by_serial(), {"serial": serial}).one_or_none()
    return _record(row) if row else None


def records_of(session: Session, user_id: int) -> tuple[Record, ...]:
    """Return a person's own certificates, the newest first."""
    return tuple(_record(row) for row in core(session).execute(_by_user(), {"user": user_id}))


def _record(row: Row[*tuple[Any, ...]]) -> Record:
    return Record(_from_text(row[0]), *row[1:])


@cache
def _by_serial() -> Select[*tuple[Any, ...]]:
    return _records().where(CertificateRow.serial == bindparam("serial"))


@cache
def _by_user() -> Select[*tuple[Any, ...]]:
    return (
        _records()
        .where(Completion.user_id == bindparam("user"))
        .order_by(CertificateRow.issued_at.desc())
    )


def _records() -> Select[*tuple[Any, ...]]:
    """Return the query; what takes a certificate's place is what she completed later and holds.

    Neither a record of older training that came in since, nor one that was withdrawn.
    """
    newer, later = aliased(CertificateRow), aliased(Completion)
    voided = is_withdrawn(Completion, CertificateRow.completion_id)
    on_a_later_day = or_(
        later.completed_on > Completion.completed_on,
        and_(later.completed_on == Completion.completed_on, later.id > Completion.id),
    )
    superseded = exists().where(
        later.user_id == Completion.user_id,
        later.course == Completion.course,
        on_a_later_day,
        ~is_withdrawn(Completion, later.id),
    )
    return select(
        CertificateRow.facts,
        CertificateRow.signature,
        Completion.user_id,
        Completion.id,
        Completion.assignment_id,
        Completion.expires_on,
        exists().where(newer.replaces == CertificateRow.serial) | superseded,
        voided,
    ).join(Completion, Completion.id == CertificateRow.completion_id)


@cache
def _public_key_query() -> Select[bytes]:
    return select(PublicKey.public).where(PublicKey.key_id == bindparam("key"))


def signature_holds(session: Session, record: Record) -> bool:
    """Tell whether the stored signature fits the stored facts, by the key that they name."""
    key = {"key": record.certificate.key_id}
    public = core(session).execute(_public_key_query(), key).scalar_one_or_none()
    return public is not None and _fits(record.certificate, record.signature, public)


@lru_cache(maxsize=1024)
def _fits(certificate: Certificate, signature: str, public: bytes) -> bool:
    return verify(certificate, signature, public)
