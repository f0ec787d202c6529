"""What the database knows of people's duties, in a fixed number of statements."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any, Protocol

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from training.accounts.models import Placement, Site
from training.assignments.models import Absence, Assignment, DueChange, HelpRequest, Rule, Waiver
from training.assignments.service import day_noted, noted_back
from training.catalog.change_course import CHANGE_PREFIX
from training.db import core
from training.learning.models import Completion, Signature
from training.learning.withdrawn import is_withdrawn
from training.renewals.asked import Asked, policy_of, rules_in_force
from training.renewals.persons import IDS, Query
from training.renewals.spells import Spell, spells_of
from training.rules.renewal import RenewalPolicy

Ids = Mapping[str, list[int]]


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


class Known:
    """What the database knows of some people, by person and course.

    Each statement is built once; the people are its values.
    """

    def __init__(self, session: Session, people: list[int], rules: Sequence[Asked] = ()) -> None:
        ids = {"ids": people}
        self.cycles = _open_cycles(session, ids)
        self.held = _held(session, ids)
        self.spells = _spells(session, ids)
        self.away = _absences(session, ids)
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


def _open_cycles(session: Session, ids: Ids) -> dict[tuple[int, str], OpenCycle]:
    rows = core(session).execute(_open_cycles_query(), ids)
    return {(row[0], row[1]): _open_cycle(row[2:]) for row in rows}


@cache
def _open_cycles_query() -> Query:
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
    return query.join(Rule, Rule.id == Assignment.rule_id).where(
        Assignment.user_id.in_(IDS), Assignment.closed_at.is_(None)
    )


def _open_cycle(row: Any) -> OpenCycle:
    values: Any = (*row[:-2], policy_of(row[-2]), day_noted(row[-1]))
    return OpenCycle(*values)


def _held(session: Session, ids: Ids) -> dict[tuple[int, str], Held]:
    rows = core(session).execute(_held_query(), ids)
    return {(row[0], row[1]): Held(*row[2:]) for row in rows}


@cache
def _held_query() -> Query:
    return (
        select(
            Completion.user_id,
            Completion.course,
            Completion.completed_on,
            Completion.expires_on,
            Completion.grace_days,
        )
        .where(Completion.user_id.in_(IDS), ~is_withdrawn(Completion))
        .order_by(Completion.completed_on, Completion.id)
    )


def _learned(session: Session, ids: Ids) -> dict[int, dict[str, str]]:
    """Return each person's last learned version of each part; a change's own course apart."""
    found: dict[int, list[tuple[str, str]]] = {}
    for user_id, course, digests in core(session).execute(_learned_query(), ids):
        found.setdefault(user_id, []).append((course, digests))
    return {user_id: learned_of(made) for user_id, made in found.items()}


@cache
def _learned_query() -> Query:
    return (
        select(Completion.user_id, Completion.course, Completion.digests)
        .where(Completion.user_id.in_(IDS), ~is_withdrawn(Completion))
        .order_by(Completion.completed_at, Completion.id)
    )


def _answered(session: Session, ids: Ids) -> dict[int, str]:
    """Return the policy text that each person signed or declined last."""
    rows = core(session).execute(_answered_query(), ids)
    return {user_id: digest for user_id, digest in rows}  # noqa: C416


@cache
def _answered_query() -> Query:
    return (
        select(Signature.user_id, Signature.policy_digest)
        .where(Signature.user_id.in_(IDS), Signature.answer != "question", ~is_withdrawn(Signature))
        .order_by(Signature.id)
    )


def learned_of(completions: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Return the last learned version of each part, of the courses and digests of one person.

    A change's own course apart; what was completed on paper taught no version.
    """
    found: dict[str, str] = {}
    for course, digests in completions:
        if not course.startswith(CHANGE_PREFIX):
            found.update(json.loads(digests).get("modules", {}))
    return found


def _spells(session: Session, ids: Ids) -> dict[tuple[int, date], Spell]:
    """Return each spell of each person, told by its hire day."""
    rows = core(session).execute(_spells_query(), ids)
    return spells_of((row, row.superseded_at is None) for row in rows)


@cache
def _spells_query() -> Query:
    return (
        select(
            Placement.user_id,
            Placement.job,
            Placement.kind,
            Placement.is_primary,
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
        .where(Placement.user_id.in_(IDS))
        .order_by(Placement.from_on, Placement.id)
    )


def _absences(session: Session, ids: Ids) -> dict[int, Spans]:
    found: dict[int, Spans] = {}
    for user_id, from_on, to_on in core(session).execute(_absences_query(), ids):
        found[user_id] = (*found.get(user_id, ()), (from_on, to_on))
    return found


@cache
def _absences_query() -> Query:
    return (
        select(Absence.user_id, Absence.from_on, Absence.to_on)
        .where(Absence.user_id.in_(IDS), Absence.superseded_at.is_(None))
        .order_by(Absence.from_on)
    )


def _waivers(session: Session, ids: Ids) -> dict[tuple[int, str], Spans]:
    found: dict[tuple[int, str], Spans] = {}
    for user_id, course, from_on, to_on in core(session).execute(_waivers_query(), ids):
        key = (user_id, course)
        found[key] = (*found.get(key, ()), (from_on, to_on))
    return found


@cache
def _waivers_query() -> Query:
    return select(Waiver.user_id, Waiver.course, Waiver.from_on, Waiver.to_on).where(
        Waiver.user_id.in_(IDS), Waiver.superseded_at.is_(None)
    )


def _waiting(session: Session, ids: Ids) -> frozenset[int]:
    return frozenset(row[0] for row in core(session).execute(_waiting_query(), ids))


@cache
def _waiting_query() -> Query:
    return (
        select(HelpRequest.assignment_id)
        .join(Assignment, Assignment.id == HelpRequest.assignment_id)
        .where(Assignment.user_id.in_(IDS), HelpRequest.blocks, HelpRequest.answered_at.is_(None))
    )


__all__ = [
    "Asked",
    "Held",
    "Known",
    "OpenCycle",
    "Spans",
    "concerns",
    "learned_of",
    "rules_in_force",
]
