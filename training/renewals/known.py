"""What the database knows of people and their duties, in a fixed number of statements."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date
from functools import cache
from typing import Any, Protocol

from sqlalchemy import ColumnElement, Integer, Row, Select, bindparam, exists, func, or_, select
from sqlalchemy.orm import Session, aliased

from training.accounts.days import Today
from training.accounts.models import Placement, Site, User
from training.accounts.people import PRIMARY, in_force_now, is_second
from training.assignments.models import Absence, Assignment, DueChange, HelpRequest, Rule, Waiver
from training.assignments.service import day_noted, noted_back
from training.catalog.change_course import CHANGE_PREFIX
from training.learning.models import Completion, Signature, Void
from training.renewals.asked import Asked, Audience, is_for, policy_of, rules_in_force
from training.renewals.spells import Spell, spells_of
from training.rules.renewal import RenewalPolicy

IDS = bindparam("ids", type_=Integer, expanding=True)
Ids = Mapping[str, list[int]]
Query = Select[*tuple[Any, ...]]


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
    among: Sequence[int] | None = None,
    after: int = 0,
    most: int | None = None,
) -> list[Person]:
    """Return people by their primary placement in force, those who left too, by id.

    `among`: none but these. In one statement, and in a second one where any of them has
    another job.
    """
    query = _people_query(
        one_day=today.is_one_day, named=among is not None, limited=most is not None
    )
    values = {**today.values, "after": after, "ids": among, "most": most}
    rows = session.execute(query.where(*where) if where else query, values).all()
    found = [_person(row, today) for row in rows]
    more = [who.user_id for who, row in zip(found, rows, strict=True) if row.has_more]
    if not more:
        return found
    also = _second_jobs(session, more)
    return [with_jobs(who, also.get(who.user_id, ())) for who in found]


@cache
def _people_query(*, one_day: bool, named: bool, limited: bool) -> Query:
    """Return the statement without the conditions that are the caller's own."""
    query = (
        select(*_COLUMNS)
        .join(User, User.id == Placement.user_id)
        .join(Site, Site.id == Placement.site_id)
        .where(
            in_force_now(one_day=one_day),
            Placement.is_primary,
            Placement.user_id > bindparam("after"),
        )
        .order_by(Placement.user_id)  # as the index has them
    )
    query = query.where(Placement.user_id.in_(IDS)) if named else query
    return query.limit(bindparam("most")) if limited else query


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


def _rows(session: Session, query: Query, ids: Ids) -> Iterable[Any]:
    """Return rows as the driver gives them, not by way of objects, with what is not yet written."""
    session.flush()
    return session.connection().execute(query, ids)


def _open_cycles(session: Session, ids: Ids) -> dict[tuple[int, str], OpenCycle]:
    rows = _rows(session, _open_cycles_query(), ids)
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
    rows = _rows(session, _held_query(), ids)
    return {(row[0], row[1]): Held(*row[2:]) for row in rows}


def _voided() -> ColumnElement[bool]:
    return exists().where(Void.subject_kind == "completion", Void.subject_id == Completion.id)


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
        .where(Completion.user_id.in_(IDS), ~_voided())
        .order_by(Completion.completed_on, Completion.id)
    )


def _learned(session: Session, ids: Ids) -> dict[int, dict[str, str]]:
    """Return each person's last learned version of each part; a change's own course apart."""
    found: dict[int, list[tuple[str, str]]] = {}
    for user_id, course, digests in _rows(session, _learned_query(), ids):
        found.setdefault(user_id, []).append((course, digests))
    return {user_id: learned_of(made) for user_id, made in found.items()}


@cache
def _learned_query() -> Query:
    return (
        select(Completion.user_id, Completion.course, Completion.digests)
        .where(Completion.user_id.in_(IDS), ~_voided())
        .order_by(Completion.id)
    )


def _answered(session: Session, ids: Ids) -> dict[int, str]:
    """Return the policy text that each person signed or declined last."""
    rows = _rows(session, _answered_query(), ids)
    return {user_id: digest for user_id, digest in rows}  # noqa: C416


@cache
def _answered_query() -> Query:
    return (
        select(Signature.user_id, Signature.policy_digest)
        .where(Signature.user_id.in_(IDS), Signature.answer != "question")
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
    rows = _rows(session, _spells_query(), ids)
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
        .where(Placement.user_id.in_(IDS), or_(Placement.kind == "placed", ~Placement.is_primary))
        .order_by(Placement.from_on, Placement.id)
    )


def _absences(session: Session, ids: Ids) -> dict[int, Spans]:
    found: dict[int, Spans] = {}
    for user_id, from_on, to_on in _rows(session, _absences_query(), ids):
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
    for user_id, course, from_on, to_on in _rows(session, _waivers_query(), ids):
        key = (user_id, course)
        found[key] = (*found.get(key, ()), (from_on, to_on))
    return found


@cache
def _waivers_query() -> Query:
    return select(Waiver.user_id, Waiver.course, Waiver.from_on, Waiver.to_on).where(
        Waiver.user_id.in_(IDS), Waiver.superseded_at.is_(None)
    )


def _waiting(session: Session, ids: Ids) -> frozenset[int]:
    return frozenset(row[0] for row in _rows(session, _waiting_query(), ids))


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
