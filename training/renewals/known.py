"""What the database knows of people and their duties, in a fixed number of statements."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date
from typing import Any, Protocol

from sqlalchemy import ColumnElement, Row, exists, func, or_, select
from sqlalchemy.orm import Session, aliased

from training.accounts.days import Today
from training.accounts.models import Placement, Site, User
from training.accounts.people import PRIMARY, in_force_now, is_second
from training.assignments.models import Absence, Assignment, DueChange, HelpRequest, Rule, Waiver
from training.catalog.change_course import CHANGE_PREFIX
from training.learning.models import Completion, Signature, Void
from training.renewals.asked import Asked, Audience, is_for, policy_of, rules_in_force
from training.renewals.spells import Spell, spells_of
from training.rules.renewal import RenewalPolicy


@dataclass(frozen=True, slots=True)
class Job:
    """A job that somebody has beside her primary one."""

    job: int
    site: str
    state: str
    entity_id: int
    department: str
    job_title: str
    worker_type: str
    manager_id: int | None
    from_on: date
    phi_access_on: date | None


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody where she works, or worked last; `also`: her other jobs, on her own day."""

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
    also: tuple[Job, ...] = ()

    @property
    def job(self) -> int:
        """Return the number of the primary job."""
        return PRIMARY

    @property
    def jobs(self) -> "tuple[Person | Job, ...]":
        """Return every job that she has, the primary one first."""
        return (self, *self.also)

    @property
    def access_on(self) -> date | None:
        """Return since when any of her jobs opens patients' records to her."""
        days = (job.phi_access_on for job in self.jobs if job.phi_access_on is not None)
        return min(days, default=None)

    def is_in(self, audience: Audience) -> bool:
        """Tell whether an audience takes her in by any of her jobs."""
        return any(is_for(audience, job) for job in self.jobs)


@dataclass(frozen=True, slots=True)
class OpenCycle:
    """The open cycle of a duty, with what the rule version says that it opened with."""

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
    """Return people by their primary placement in force, those who left too, by id.

    In one statement, and in a second one where any of them has another job.
    """
    query = (
        select(*_COLUMNS)
        .join(User, User.id == Placement.user_id)
        .join(Site, Site.id == Placement.site_id)
        .where(in_force_now(today), Placement.is_primary, User.id > after, *where)
        .order_by(User.id)
    )
    if most is not None:
        query = query.limit(most)
    rows = session.execute(query).all()
    found = [_person(row, today) for row in rows]
    more = [who.user_id for who, row in zip(found, rows, strict=True) if row.has_more]
    if not more:
        return found
    also = _second_jobs(session, more)
    return [with_jobs(who, also.get(who.user_id, ())) for who in found]


def with_jobs(person: Person, rows: Iterable[Any]) -> Person:
    """Return somebody with her other jobs on her own day, of their believed rows by first day."""
    last = {row.job: row for row in rows if row.from_on <= person.today}
    here = [last[job] for job in sorted(last) if last[job].kind == "placed"]
    if not here or person.kind == "left":
        return person
    names = [f.name for f in fields(Job)]
    return replace(person, also=tuple(Job(*(getattr(row, n) for n in names)) for row in here))


def _second_jobs(session: Session, ids: list[int]) -> dict[int, list[Row[Any]]]:
    query = (
        select(Placement.__table__, Site.name.label("site"), Site.state, Site.entity_id)
        .join(Site, Site.id == Placement.site_id)
        .where(Placement.user_id.in_(ids), is_second())
        .order_by(Placement.from_on, Placement.id)
    )
    found: dict[int, list[Row[Any]]] = {}
    for row in session.execute(query):
        found.setdefault(row.user_id, []).append(row)
    return found


_OTHER = aliased(Placement)
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
    exists().where(_OTHER.user_id == User.id, is_second(_OTHER)).label("has_more"),
)
_ZONE = 6


def _person(row: Row[Any], today: Today) -> Person:
    """Return a row, whose columns are the fields in order, with the day at her site."""
    values: Any = (*row[:-1], today.at(row[_ZONE]))
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
    )
    query = query.join(Rule, Rule.id == Assignment.rule_id).where(
        Assignment.user_id.in_(ids), Assignment.closed_at.is_(None)
    )
    return {(row[0], row[1]): _open_cycle(row[2:]) for row in session.execute(query)}


def _open_cycle(row: Any) -> OpenCycle:
    values: Any = (*row[:-1], policy_of(row[-1]))
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
        .where(Placement.user_id.in_(ids), or_(Placement.kind == "placed", ~Placement.is_primary))
        .order_by(Placement.from_on, Placement.id)
    )
    return spells_of((row, row.superseded_at is None) for row in session.execute(query))


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
    "Job",
    "Known",
    "OpenCycle",
    "Person",
    "Spans",
    "concerns",
    "learned_of",
    "people",
    "rules_in_force",
    "with_jobs",
]
