"""A team session: a course gone through together on one screen, confirmed by each for herself.

What the group decides on the screen is nobody's answer and is kept nowhere. Whoever confirms
has the screens and situations that were shown counted as done, no more: quizzes, must-pass
questions and the signature stay her own.
"""

import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from hashlib import sha256

from sqlalchemy import ColumnElement, exists, or_, select, update
from sqlalchemy.orm import Session

from training import audit
from training.accounts.models import User
from training.accounts.people import Place
from training.accounts.tokens import new_token, token_hash
from training.assignments import service as assignments
from training.assignments.models import Absence
from training.assignments.service import Cycle
from training.catalog.roles import ANY
from training.db import changed
from training.learning import lessons, sheets
from training.learning.completions import How
from training.learning.material import Material, material_for, material_of, material_today
from training.learning.models import Sheet, TeamConfirmation, TeamSession
from training.learning.sheets import Fingerprint

LONGEST = timedelta(hours=12)
MOST_LISTED = 50
LETTERS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"  # none that is taken for another
CODE_LENGTH = 8


class NotConfirmed(Exception):
    """She can't confirm now; the text is for her."""


@dataclass(frozen=True, slots=True)
class Held:
    """A team session as lists show it: what, when, who led, how many confirmed."""

    id: int
    course: str
    held_on: date
    leader: str
    is_open: bool
    confirmed: int


@dataclass(frozen=True, slots=True)
class Part:
    """One person's part in a team session."""

    course: str
    held_on: date
    leader: str


@dataclass(frozen=True, slots=True)
class SignInSheet:
    """A sheet of a session as its page names it: by its first digits, when, and by whom."""

    name: str
    recorded_at: datetime
    recorded_by: str


@dataclass(frozen=True, slots=True)
class Whose:
    """Which sessions somebody reaches, and whose names in them, as conditions."""

    sessions: tuple[ColumnElement[bool], ...] = ()
    names: tuple[ColumnElement[bool], ...] = ()


EVERYBODYS = Whose()


def code_of(key: bytes, row: TeamSession) -> str:
    """Return the short code of a session: made from the house's key, kept as a hash only."""
    digest = hmac.digest(key, f"team-session:{row.pinned}:{row.id}".encode(), sha256)
    return "".join(LETTERS[byte % len(LETTERS)] for byte in digest[:CODE_LENGTH])


def plain_code(text: str) -> str:
    """Return a code as it is compared: capitals, without blanks and dashes."""
    return "".join(char for char in text.upper() if char.isalnum())[:CODE_LENGTH]


def is_open(row: TeamSession, now: datetime) -> bool:
    """Tell whether people can still confirm: not ended, and begun within twelve hours."""
    return row.ended_at is None and now < row.started_at + LONGEST


def start(
    session: Session, course: str, *, by: int, key: bytes, place: Place, now: datetime
) -> TeamSession:
    """Start a session of a course as it is in force today. Raises NothingPublished."""
    today = place.today(now)
    material = material_today(session, course, today, ANY)
    row = TeamSession(
        course=course,
        pinned=material.pinned(),
        leader_id=by,
        held_on=today,
        code_hash=new_token(),  # until its number is known
        started_at=now,
    )
    session.add(row)
    session.flush()
    row.code_hash = token_hash(code_of(key, row))
    _note(session, "team_session.started", row, by, now, course=course)
    return row


def end(session: Session, row: TeamSession, *, by: int, now: datetime) -> bool:
    """End a session: nobody can confirm any more. False if it had ended."""
    mine = TeamSession.id == row.id
    first = update(TeamSession).where(mine, TeamSession.ended_at.is_(None)).values(ended_at=now)
    if changed(session, first) != 1:
        return False
    _note(session, "team_session.ended", row, by, now, confirmed=len(confirmed_by(session, row)))
    return True


def _note(
    session: Session, event: str, row: TeamSession, by: int, now: datetime, **detail: object
) -> None:
    subject = f"team_session:{row.id}"
    audit.record(session, event, at=now, actor_id=by, subject=subject, detail=detail)


def find(session: Session, id_: int, whose: Whose = EVERYBODYS) -> TeamSession | None:
    """Return a session by its number; None also for one that is out of reach."""
    return session.scalar(select(TeamSession).where(TeamSession.id == id_, *whose.sessions))


def find_by_code(session: Session, code: str) -> TeamSession | None:
    """Return the session that this code belongs to, over or not."""
    query = select(TeamSession).where(TeamSession.code_hash == token_hash(plain_code(code)))
    return session.scalar(query)


def screens_of(session: Session, row: TeamSession) -> Material:
    """Return what a session shows: what everybody takes, in the versions that it began with."""
    return material_of(session, row.pinned, ANY)


def leader_of(session: Session, row: TeamSession) -> str:
    """Return the name of who led."""
    return session.get_one(User, row.leader_id).name


def confirmed_by(session: Session, row: TeamSession, whose: Whose = EVERYBODYS) -> Sequence[User]:
    """Return who of those within reach confirmed, in the order in which they did."""
    query = (
        select(User)
        .join(TeamConfirmation, TeamConfirmation.user_id == User.id)
        .where(TeamConfirmation.team_session_id == row.id, *whose.names)
        .order_by(TeamConfirmation.id)
    )
    return session.scalars(query).all()


def has_confirmed(session: Session, row: TeamSession, user_id: int) -> bool:
    """Tell whether somebody confirmed that she took part."""
    mine = (TeamConfirmation.team_session_id == row.id, TeamConfirmation.user_id == user_id)
    return bool(session.scalar(select(exists().where(*mine))))


def cycle_for(session: Session, row: TeamSession, user_id: int, today: date) -> Cycle:
    """Return her open training that this session counts for. Raises NotConfirmed."""
    away = (
        Absence.user_id == user_id,
        Absence.superseded_at.is_(None),
        Absence.from_on <= today,
        or_(Absence.to_on.is_(None), Absence.to_on >= today),
    )
    if session.scalar(select(exists().where(*away))):
        raise NotConfirmed(
            "You are noted as on leave today, so nothing can be counted. "
            "If you are back at work, tell your privacy officer."
        )
    for cycle in assignments.open_for(session, user_id, today):
        if cycle.path == row.course:
            return cycle
    raise NotConfirmed("This training is not open for you now, so there is nothing to confirm.")


def confirm(
    session: Session,
    row: TeamSession,
    user_id: int,
    *,
    place: Place,
    how: How,
    now: datetime,
) -> Cycle | None:
    """Count what was shown for somebody who says that she took part. Twice is once: then None.

    Raises NotConfirmed once the session is over, and where there is nothing to count.
    """
    if has_confirmed(session, row, user_id):
        return None
    if not is_open(row, now):
        raise NotConfirmed("This team session is over, so it can't be confirmed any more.")
    today = place.today(now)
    cycle = cycle_for(session, row, user_id, today)
    material = material_for(session, cycle, today)
    steps = _steps_shown(screens_of(session, row), material)
    if not steps:
        raise NotConfirmed(
            "You began this training before its text changed, so this session does not count "
            "for it. Carry on where you are: nothing is lost."
        )
    lessons.start_course(session, cycle, material, now)
    for module, step in steps:
        digest = material.digests[module]
        lessons.leave_step(session, cycle, module, step, after=0, digest=digest, now=now)
    session.add(
        TeamConfirmation(
            team_session_id=row.id,
            user_id=user_id,
            assignment_id=cycle.id,
            steps=len(steps),
            method=how.method,
            shared_device=how.shared_device,
            confirmed_on=today,
            confirmed_at=now,
        )
    )
    session.flush()
    _note(session, "team_session.confirmed", row, user_id, now, assignment=cycle.id)
    return cycle


def _steps_shown(shown: Material, hers: Material) -> list[tuple[str, str]]:
    """Return the steps of her course that were shown in the very version that she takes."""
    return [
        (slug, step.name)
        for slug, module in hers.modules.items()
        if slug in shown.modules and shown.digests[slug] == hers.digests[slug]
        for step in module.steps
        if step.name in {other.name for other in shown.modules[slug].steps}
    ]


def add_sheet(
    session: Session, row: TeamSession, sheet: Fingerprint, *, by: int, now: datetime
) -> bool:
    """Keep the fingerprint of a sheet on which people signed in, also once the session is over.

    False if this very sheet is there already. It counts nothing for anybody: what was done on
    paper is recorded for each person.
    """
    same = (Sheet.team_session_id == row.id, Sheet.sha256 == sheet.sha256)
    if session.scalar(select(exists().where(*same))):
        return False
    sheets.keep(session, sheet, by=by, now=now, team_session_id=row.id)
    session.flush()
    _note(session, "team_session.sheet_recorded", row, by, now, sheet=sheet.sha256)
    return True


def sheets_of(session: Session, row: TeamSession) -> list[SignInSheet]:
    """Return the sheets of a session, as they were recorded."""
    query = (
        select(Sheet.sha256, Sheet.recorded_at, User)
        .join(User, User.id == Sheet.recorded_by_id)
        .where(Sheet.team_session_id == row.id)
        .order_by(Sheet.id)
    )
    return [
        SignInSheet(sheets.short(sha256), at, by.name) for sha256, at, by in session.execute(query)
    ]


def held(session: Session, now: datetime, whose: Whose = EVERYBODYS) -> list[Held]:
    """Return the last sessions within reach, the newest first."""
    query = (
        select(TeamSession, User)
        .join(User, User.id == TeamSession.leader_id)
        .where(*whose.sessions)
        .order_by(TeamSession.id.desc())
        .limit(MOST_LISTED)
    )
    found = session.execute(query).all()
    ids = [row.id for row, _leader in found]
    wanted = TeamConfirmation.team_session_id.in_(ids)
    names = select(TeamConfirmation.team_session_id).where(wanted, *whose.names)
    marks = list(session.scalars(names))
    return [
        Held(r.id, r.course, r.held_on, leader.name, is_open(r, now), marks.count(r.id))
        for r, leader in found
    ]


def parts_of(session: Session, user_id: int) -> list[Part]:
    """Return the team sessions that somebody confirmed, the newest first."""
    query = (
        select(TeamSession.course, TeamSession.held_on, User)
        .join(TeamConfirmation, TeamConfirmation.team_session_id == TeamSession.id)
        .join(User, User.id == TeamSession.leader_id)
        .where(TeamConfirmation.user_id == user_id)
        .order_by(TeamConfirmation.id.desc())
    )
    return [Part(row.course, row.held_on, row.User.name) for row in session.execute(query)]
