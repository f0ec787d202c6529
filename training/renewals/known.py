"""What the database knows of people and their duties, in a fixed number of statements."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol

from sqlalchemy import ColumnElement, Row, exists, func, select
from sqlalchemy.orm import Session

from training.accounts.days import Today
from training.accounts.models import Placement, Site, User
from training.accounts.people import in_force_now
from training.assignments.models import Absence, Assignment, DueChange, HelpRequest, Rule, Waiver
from training.assignments.service import day_noted, noted_back
from training.catalog.change_course import CHANGE_PREFIX
from training.learning.models import Completion, Signature, Void
from training.renewals.asked import Asked, policy_of, rules_in_force
from training.renewals.spells import Spell
from training.rules.renewal import RenewalPolicy


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody where she works, or worked last."""

    user_id: int
    external_id: str
    name: str
    email: str | None
    site: str
    state: str
    zone: str
    entity_id: int
    department: str
    job_title: str
    worker_type: str
    manager_id: int | None
    kind: str
    from_on: date
    hired_on: date
    phi_access_on: date | None
    today: date


@dataclass(frozen=True, slots=True)
class OpenCycle:
    """The open cycle of a duty, with what the rule version says that it opened with.

    `due_on` is the day that counts today; `noted_due_on` the one on record, where she is back
    from leave and the job has not noted it yet; `noted_back`: the last return that it noted.
    """

    id: int
    rule_id: int
    reason: str
    assigned_on: date
    opens_on: date
    due_on: date
    begun: bool
    previous_expiry: date | None
    days: int
    anchor: str
    renewal: RenewalPolicy
    noted_back: date | None = None
    noted_due_on: date | None = None


@dataclass(frozen=True, slots=True)
class Held:
    """The last completion that was not withdrawn."""

    completed_on: date
    expires_on: date | None
    grace_days: int


def people(
    session: Session,
    today: Today,
    *where: ColumnElement[bool],
    after: int = 0,
    most: int | None = None,
) -> list[Person]:
    """Return people by their primary placement in force, those who left too, by id."""
    query = (
        select(*_COLUMNS)
        .join(User, User.id == Placement.user_id)
        .join(Site, Site.id == Placement.site_id)
        .where(in_force_now(today), Placement.is_primary, User.id > after, *where)
        .order_by(User.id)
    )
    if most is not None:
        query = query.limit(most)
    return [_person(row, today) for row in session.execute(query)]


_COLUMNS = (
    User.id,
    User.external_id,
    func.coalesce(func.nullif(User.display_name, ""), User.legal_name),
    User.email,
    Site.name,
    Site.state,
    Site.zone,
    Site.entity_id,
    Placement.department,
    Placement.job_title,
    Placement.worker_type,
    Placement.manager_id,
    Placement.kind,
    Placement.from_on,
    Placement.hired_on,
    Placement.phi_access_on,
)
_ZONE = 6


def _person(row: Row[Any], today: Today) -> Person:
    """Return a row, whose columns are the fields in order, with the day at her site."""
    values: Any = (*row, today.at(row[_ZONE]))
    return Person(*values)


class Known:
    """What the database knows of some people, by person and course."""

    def __init__(self, session: Session, ids: list[int], rules: Sequence[Asked] = ()) -> None:
        self.cycles = _open_cycles(session, ids)
        self.held = _held(session, ids)
        self.spells = _spells(session, ids)
        self.away = _spans(session, Absence, ids)
        self.waived = _waivers(session, ids)
        self.waiting = _waiting(session, ids)
        self.learned = _learned(session, ids) if any(rule.older for rule in rules) else {}
        self.answered = _answered(session, ids) if any(rule.texts for rule in rules) else {}

    def concerns(self, user_id: int, rule: Asked) -> bool:
        """Tell whether somebody last learned, or signed, what was changed since."""
        return concerns(self, user_id, rule)


class Past(Protocol):
    """What somebody learned, signed, holds and has open: what a change's rule goes by."""

    cycles: dict[tuple[int, str], OpenCycle]
    held: dict[tuple[int, str], Held]
    learned: dict[int, dict[str, str]]
    answered: dict[int, str]


def concerns(past: Past, user_id: int, rule: Asked) -> bool:
    """Tell whether a rule is about what somebody last learned or signed; most ask of anybody.

    Whoever answered to a new policy text before she was asked to is not asked again.
    """
    if rule.texts:
        key = (user_id, rule.course)
        return past.answered.get(user_id) in rule.texts or key in past.held or key in past.cycles
    return not rule.older or bool(rule.older & set(past.learned.get(user_id, {}).values()))


Spans = tuple[tuple[date, date | None], ...]


def _open_cycles(session: Session, ids: list[int]) -> dict[tuple[int, str], OpenCycle]:
    moved = (
        select(DueChange.due_on)
        .where(DueChange.assignment_id == Assignment.id)
        .order_by(DueChange.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    query = select(
        Assignment.user_id,
        Assignment.course,
        Assignment.id,
        Assignment.rule_id,
        Assignment.reason,
        Assignment.assigned_on,
        Assignment.opens_on,
        func.coalesce(moved, Assignment.due_on),
        Assignment.begun_at.is_not(None),
        Assignment.previous_expiry,
        Rule.days,
        Rule.anchor,
        Rule.renewal,
        noted_back(),
    )
    query = query.join(Rule, Rule.id == Assignment.rule_id).where(
        Assignment.user_id.in_(ids), Assignment.closed_at.is_(None)
    )
    return {(row[0], row[1]): _open_cycle(row[2:]) for row in session.execute(query)}


def _open_cycle(row: Any) -> OpenCycle:
    values: Any = (*row[:-2], policy_of(row[-2]), day_noted(row[-1]))
    return OpenCycle(*values)


def _held(session: Session, ids: list[int]) -> dict[tuple[int, str], Held]:
    voided = exists().where(Void.subject_kind == "completion", Void.subject_id == Completion.id)
    query = (
        select(
            Completion.user_id,
            Completion.course,
            Completion.completed_on,
            Completion.expires_on,
            Completion.grace_days,
        )
        .where(Completion.user_id.in_(ids), ~voided)
        .order_by(Completion.completed_on, Completion.id)
    )
    return {(row[0], row[1]): Held(*row[2:]) for row in session.execute(query)}


def _learned(session: Session, ids: list[int]) -> dict[int, dict[str, str]]:
    """Return each person's last learned version of each part; a change's own course apart."""
    voided = exists().where(Void.subject_kind == "completion", Void.subject_id == Completion.id)
    query = (
        select(Completion.user_id, Completion.course, Completion.digests)
        .where(Completion.user_id.in_(ids), ~voided)
        .order_by(Completion.id)
    )
    found: dict[int, list[tuple[str, str]]] = {}
    for user_id, course, digests in session.execute(query):
        found.setdefault(user_id, []).append((course, digests))
    return {user_id: learned_of(made) for user_id, made in found.items()}


def _answered(session: Session, ids: list[int]) -> dict[int, str]:
    """Return the policy text that each person signed or declined last."""
    query = (
        select(Signature.user_id, Signature.policy_digest)
        .where(Signature.user_id.in_(ids), Signature.answer != "question")
        .order_by(Signature.id)
    )
    return {user_id: digest for user_id, digest in session.execute(query)}  # noqa: C416


def learned_of(completions: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Return the last learned version of each part, of the courses and digests of one person.

    A change's own course apart; what was completed on paper taught no version.
    """
    found: dict[str, str] = {}
    for course, digests in completions:
        if not course.startswith(CHANGE_PREFIX):
            found.update(json.loads(digests).get("modules", {}))
    return found


def _spells(session: Session, ids: list[int]) -> dict[tuple[int, date], Spell]:
    """Return each spell of each person, told by its hire day."""
    query = (
        select(
            Placement.user_id,
            Placement.hired_on,
            Placement.from_on,
            Placement.worker_type,
            Placement.department,
            Placement.phi_access_on,
            Placement.recorded_at,
            Placement.superseded_at,
            Site.name.label("site"),
            Site.state,
            Site.entity_id,
        )
        .join(Site, Site.id == Placement.site_id)
        .where(Placement.user_id.in_(ids), Placement.kind == "placed", Placement.is_primary)
        .order_by(Placement.from_on, Placement.id)
    )
    found: dict[tuple[int, date], Spell] = {}
    for row in session.execute(query):
        spell = found.setdefault((row.user_id, row.hired_on), Spell())
        spell.add(row, believed=row.superseded_at is None)
    return found


def _spans(session: Session, table: type[Absence], ids: list[int]) -> dict[int, Spans]:
    query = (
        select(table.user_id, table.from_on, table.to_on)
        .where(table.user_id.in_(ids), table.superseded_at.is_(None))
        .order_by(table.from_on)
    )
    found: dict[int, Spans] = {}
    for user_id, from_on, to_on in session.execute(query):
        found[user_id] = (*found.get(user_id, ()), (from_on, to_on))
    return found


def _waivers(session: Session, ids: list[int]) -> dict[tuple[int, str], Spans]:
    query = select(Waiver.user_id, Waiver.course, Waiver.from_on, Waiver.to_on).where(
        Waiver.user_id.in_(ids), Waiver.superseded_at.is_(None)
    )
    found: dict[tuple[int, str], Spans] = {}
    for user_id, course, from_on, to_on in session.execute(query):
        key = (user_id, course)
        found[key] = (*found.get(key, ()), (from_on, to_on))
    return found


def _waiting(session: Session, ids: list[int]) -> frozenset[int]:
    query = (
        select(HelpRequest.assignment_id)
        .join(Assignment, Assignment.id == HelpRequest.assignment_id)
        .where(Assignment.user_id.in_(ids), HelpRequest.blocks, HelpRequest.answered_at.is_(None))
    )
    return frozenset(session.scalars(query))


__all__ = [
    "Asked",
    "Held",
    "Known",
    "OpenCycle",
    "Person",
    "Spans",
    "concerns",
    "learned_of",
    "people",
    "rules_in_force",
]
