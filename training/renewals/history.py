"""Everybody's duties on any day, by what was on record at any instant (DESIGN section 4).

All rows of a page of people are read once, believed or not; each day asked about is then
answered from them without another statement. A row counts on a day by its own dates, and at
an instant by when it was recorded and superseded. What has no date of its own (a moved due
day, the closing of a cycle) counts from the day that it was recorded. Names, sites and zones
are today's: they have no history.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Row, select
from sqlalchemy.orm import Session

from training.accounts.days import Today
from training.accounts.models import Placement, Site, User
from training.assignments.models import Absence, Assignment, DueChange, HelpRequest, Waiver
from training.assignments.service import BACK, day_noted
from training.learning.models import Completion, Signature, Void
from training.learning.withdrawn import void_of
from training.renewals.duties import Duty, duty_of, one_a_course
from training.renewals.known import Asked, Held, OpenCycle, Spans, concerns, learned_of
from training.renewals.persons import Person, with_jobs
from training.renewals.rule_book import ALWAYS, RuleBook
from training.renewals.spells import Spell, spells_of

CHUNK = 500
ONE_DAY = timedelta(days=1)

Line = Row[*tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class Moment:
    """Which day is asked about, and what is taken as known."""

    today: Today
    known_at: datetime = ALWAYS


@dataclass
class Lives:
    """The rows of one person, of every kind."""

    user: Line
    placements: list[Line] = field(default_factory=list)
    absences: list[Line] = field(default_factory=list)
    waivers: list[Line] = field(default_factory=list)
    cycles: list[Line] = field(default_factory=list)
    moves: dict[int, list[Line]] = field(default_factory=dict)
    calls: list[Line] = field(default_factory=list)
    completions: list[Line] = field(default_factory=list)
    signatures: list[Line] = field(default_factory=list)


@dataclass
class Then:
    """The dates that decide one person's duties at a moment: what `duty_of` reads."""

    cycles: dict[tuple[int, str], OpenCycle] = field(default_factory=dict)
    held: dict[tuple[int, str], Held] = field(default_factory=dict)
    spells: dict[tuple[int, date], Spell] = field(default_factory=dict)
    away: dict[int, Spans] = field(default_factory=dict)
    waived: dict[tuple[int, str], Spans] = field(default_factory=dict)
    waiting: frozenset[int] = frozenset()
    learned: dict[int, dict[str, str]] = field(default_factory=dict)
    answered: dict[int, str] = field(default_factory=dict)

    def concerns(self, user_id: int, rule: Asked) -> bool:
        """Tell whether somebody had last learned, or signed, what was changed."""
        return concerns(self, user_id, rule)


@lru_cache(maxsize=1024)
def _zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)


def day_of(at: datetime, zone: str) -> date:
    """Return the day that an instant has in a zone."""
    return at.astimezone(_zone(zone)).date()


def end_of(day: date, zone: str) -> datetime:
    """Return the last instant of a day in a zone."""
    if day == date.max:
        return ALWAYS
    midnight = datetime.combine(day + ONE_DAY, time.min, _zone(zone))
    return midnight.astimezone(UTC) - timedelta(microseconds=1)


def lives(session: Session, *where: ColumnElement[bool], after: int, most: int) -> list[Lives]:
    """Return a page of people by id with all their rows, in nine statements."""
    query = select(User.id, User.external_id, User.source, User.legal_name, User.display_name)
    query = query.add_columns(User.email).where(User.id > after, *where)
    found = {row.id: Lives(row) for row in session.execute(query.order_by(User.id).limit(most))}
    if not found:
        return []
    ids = list(found)
    for row in session.execute(_placements(ids)):
        found[row.user_id].placements.append(row)
    for row in session.execute(_spans(Absence, ids)):
        found[row.user_id].absences.append(row)
    for row in session.execute(_spans(Waiver, ids)):
        found[row.user_id].waivers.append(row)
    for row in session.execute(_cycles(ids)):
        found[row.user_id].cycles.append(row)
    for row in session.execute(_moves(ids)):
        found[row.user_id].moves.setdefault(row.assignment_id, []).append(row)
    for row in session.execute(_calls(ids)):
        found[row.user_id].calls.append(row)
    for row in session.execute(_completions(ids)):
        found[row.user_id].completions.append(row)
    for row in session.execute(_signatures(ids)):
        found[row.user_id].signatures.append(row)
    return list(found.values())


def _placements(ids: list[int]) -> Any:
    columns = (c for c in Placement.__table__.columns if c.name != "id")
    return (
        select(*columns, Site.name.label("site"), Site.state, Site.zone, Site.entity_id)
        .join(Site, Site.id == Placement.site_id)
        .where(Placement.user_id.in_(ids))
        .order_by(Placement.from_on, Placement.id)
    )


def _spans(table: type[Absence | Waiver], ids: list[int]) -> Any:
    columns = [table.user_id, table.from_on, table.to_on, table.recorded_at, table.superseded_at]
    if table is Waiver:
        columns.append(Waiver.course)
    return select(*columns).where(table.user_id.in_(ids)).order_by(table.from_on)


def _cycles(ids: list[int]) -> Any:
    columns = (c for c in Assignment.__table__.columns if c.name != "pinned")
    return select(*columns).where(Assignment.user_id.in_(ids)).order_by(Assignment.id)


def _signatures(ids: list[int]) -> Any:
    return (
        select(
            Signature.user_id,
            Signature.policy_digest,
            Signature.signed_on,
            Signature.recorded_at,
            Void.recorded_at.label("withdrawn_at"),
        )
        .outerjoin(Void, void_of(Signature))
        .where(Signature.user_id.in_(ids), Signature.answer != "question")
        .order_by(Signature.id)
    )


def _moves(ids: list[int]) -> Any:
    return (
        select(
            Assignment.user_id,
            DueChange.assignment_id,
            DueChange.due_on,
            DueChange.recorded_at,
            DueChange.changed_by_id,
            DueChange.reason,
        )
        .join(Assignment, Assignment.id == DueChange.assignment_id)
        .where(Assignment.user_id.in_(ids))
        .order_by(DueChange.id)
    )


def _calls(ids: list[int]) -> Any:
    return (
        select(
            Assignment.user_id,
            HelpRequest.assignment_id,
            HelpRequest.asked_on,
            HelpRequest.asked_at,
            HelpRequest.answered_at,
        )
        .join(Assignment, Assignment.id == HelpRequest.assignment_id)
        .where(Assignment.user_id.in_(ids), HelpRequest.blocks)
    )


def _completions(ids: list[int]) -> Any:
    columns = (c for c in Completion.__table__.columns if c.name not in {"correct", "total"})
    return (
        select(*columns, Void.recorded_at.label("withdrawn_at"))
        .outerjoin(Void, void_of(Completion))
        .where(Completion.user_id.in_(ids))
        .order_by(Completion.completed_on, Completion.id)
    )


def believed(row: Line, known_at: datetime) -> bool:
    """Tell whether a dated row was believed at an instant."""
    return row.recorded_at <= known_at and (
        row.superseded_at is None or row.superseded_at > known_at
    )


def person_at(one: Lives, moment: Moment) -> Person | None:
    """Return somebody where she works on the day, or worked last; None before that."""
    jobs: dict[int, Line] = {}
    for row in one.placements:  # by from_on
        if believed(row, moment.known_at) and row.from_on <= moment.today.at(row.zone):
            jobs[row.job] = row
    primary = [job for job in jobs.values() if job.is_primary]
    if not primary:
        return None
    row = primary[0]
    user = one.user
    person = Person(
        user_id=user.id,
        external_id=user.external_id,
        name=user.display_name or user.legal_name,
        email=user.email,
        site=row.site,
        state=row.state,
        zone=row.zone,
        entity_id=row.entity_id,
        department=row.department,
        job_title=row.job_title,
        worker_type=row.worker_type,
        manager_id=row.manager_id,
        kind=row.kind,
        from_on=row.from_on,
        hired_on=row.hired_on,
        phi_access_on=row.phi_access_on,
        today=moment.today.at(row.zone),
    )
    second = (r for r in one.placements if not r.is_primary and believed(r, moment.known_at))
    return with_jobs(person, second)


def duties_at(one: Lives, book: RuleBook, moment: Moment) -> list[Duty]:
    """Return one person's duties on a day, as they were known at an instant."""
    person = person_at(one, moment)
    if person is None:
        return []
    then = _then(one, book, person, moment.known_at)
    rules = book.in_force(moment.today.latest, moment.known_at)
    if any(rule.older for rule in rules):
        then.learned[person.user_id] = _learned(one, person, moment.known_at)
    for row in one.signatures:
        if row.signed_on <= person.today and _known(row, moment.known_at):
            then.answered[person.user_id] = row.policy_digest
    return [duty_of(then, person, rule) for rule in one_a_course(person, rules)]


def _then(one: Lives, book: RuleBook, person: Person, known_at: datetime) -> Then:
    id_ = person.user_id
    found = Then()
    told = (row for row in one.placements if row.recorded_at <= known_at)
    found.spells = spells_of((row, believed(row, known_at)) for row in told)
    away = [(r.from_on, r.to_on) for r in one.absences if believed(r, known_at)]
    found.away[id_] = tuple(away)
    for row in one.waivers:
        if believed(row, known_at):
            key_ = (id_, row.course)
            found.waived[key_] = (*found.waived.get(key_, ()), (row.from_on, row.to_on))
    completed = {}
    for row in one.completions:  # by completed_on
        if row.recorded_at > known_at:
            continue
        completed[row.assignment_id] = row.completed_on
        if _counts(row, person, known_at):
            held = Held(row.completed_on, row.expires_on, row.grace_days)
            found.held[(id_, row.course)] = held
    for row in one.cycles:
        if _is_open(row, completed, person, known_at):
            found.cycles[(id_, row.course)] = _open_cycle(one, row, book, person, known_at)
    found.waiting = frozenset(r.assignment_id for r in one.calls if _waits(r, person, known_at))
    return found


def _counts(row: Line, person: Person, known_at: datetime) -> bool:
    """Tell whether a completion was made by the day, and known, and not known as withdrawn."""
    return row.completed_on <= person.today and _known(row, known_at)


def _known(row: Line, known_at: datetime) -> bool:
    """Tell whether a fact was known at an instant, and not known as withdrawn."""
    withdrawn = row.withdrawn_at is not None and row.withdrawn_at <= known_at
    return row.recorded_at <= known_at and not withdrawn


def _learned(one: Lives, person: Person, known_at: datetime) -> dict[str, str]:
    made = [row for row in one.completions if _counts(row, person, known_at)]
    made.sort(key=lambda row: (row.completed_at, row.id))
    return learned_of((row.course, row.digests) for row in made)


def recorded(row: Line) -> datetime:
    """Return when a cycle was put on record; for rows without, its first instant anywhere."""
    at: datetime | None = row.recorded_at
    if at is not None:
        return at
    return datetime.combine(row.assigned_on, time.min, UTC) - timedelta(hours=14)


def _is_open(row: Line, completed: dict[int, date], person: Person, known_at: datetime) -> bool:
    if row.assigned_on > person.today or recorded(row) > known_at:
        return False
    if row.closed_at is None or row.closed_at > known_at:
        return True
    closed_on = completed.get(row.id) or day_of(row.closed_at, person.zone)
    return closed_on > person.today


def _open_cycle(
    one: Lives, row: Line, book: RuleBook, person: Person, known_at: datetime
) -> OpenCycle:
    due_on, version, notes = row.due_on, book.versions[row.rule_id], [""]
    for move in one.moves.get(row.id, ()):
        if _by(move.recorded_at, person, known_at):
            due_on = move.due_on
            if move.changed_by_id is None and move.reason.startswith(BACK):
                notes.append(move.reason)
    return OpenCycle(
        id=row.id,
        rule_id=row.rule_id,
        reason=row.reason,
        assigned_on=row.assigned_on,
        opens_on=row.opens_on,
        due_on=due_on,
        begun=row.begun_at is not None and _by(row.begun_at, person, known_at),
        previous_expiry=row.previous_expiry,
        days=version.days,
        anchor=version.anchor,
        renewal=version.renewal,
        noted_back=day_noted(max(notes)),
    )


def _by(at: datetime, person: Person, known_at: datetime) -> bool:
    """Tell whether something had happened by the day, and was known."""
    return at <= known_at and day_of(at, person.zone) <= person.today


def _waits(row: Line, person: Person, known_at: datetime) -> bool:
    if row.asked_on > person.today or row.asked_at > known_at:
        return False
    return row.answered_at is None or not _by(row.answered_at, person, known_at)


def pages(session: Session, *where: ColumnElement[bool], after: int = 0) -> Iterator[Lives]:
    """Yield everybody with all her rows, a page of people at a time."""
    while chunk := lives(session, *where, after=after, most=CHUNK):
        yield from chunk
        if len(chunk) < CHUNK:
            return
        after = chunk[-1].user.id


def changes(one: Lives, day: date) -> Iterator[tuple[str, datetime]]:
    """Yield when anything that counts on a day was recorded, superseded or withdrawn."""
    dated: Sequence[Line] = (*one.placements, *one.absences, *one.waivers)
    for row in dated:
        if row.from_on <= day:
            yield "recorded", row.recorded_at
            if row.superseded_at is not None:
                yield "recorded", row.superseded_at
    for row in one.cycles:
        if row.assigned_on <= day:
            yield "recorded", recorded(row)
    for row in one.completions:
        if row.completed_on <= day:
            yield "recorded", row.recorded_at
            if row.withdrawn_at is not None:
                yield "withdrawn", row.withdrawn_at


def completion_of(one: Lives, duty: Duty) -> Line | None:
    """Return the row of what a duty holds, whatever it then was: also one that ran out."""
    if duty.held is None:
        return None
    rows = [
        row
        for row in one.completions
        if row.course == duty.rule.course and row.completed_on == duty.held.completed_on
    ]
    return rows[-1] if rows else None


def version_of(completion: Line) -> str:
    """Return the digest of the course that a completion was made with; empty for one on paper."""
    digest: str = json.loads(completion.digests).get("course", "")
    return digest
