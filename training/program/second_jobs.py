"""What the officer notes of somebody's second jobs: begun, changed, ended; one event each.

The primary job is the staff list's alone. A list ends no job that was noted here.
"""

from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from training.accounts.days import todays
from training.accounts.models import Placement, PlacementNote, Site, User
from training.accounts.people import PRIMARY, is_second, placed
from training.accounts.reach import Reach
from training.db import take_turns
from training.program.acts import EARLIEST, By, NotDone, note
from training.program.roster.values import WORKER_TYPES
from training.renewals.persons import Person, people

ONE_DAY = timedelta(days=1)
FURTHEST = timedelta(days=366)  # ahead of today
LONGEST_UNIT = 80


@dataclass(frozen=True, slots=True)
class Work:
    """What a second job is; `manager` is a staff number, or nothing."""

    site_id: int
    department: str
    job_title: str
    worker_type: str
    manager: str
    phi_access_on: date | None


def kinds(session: Session) -> list[str]:
    """Return the kinds of work to choose from: those that a list may name, and what is here."""
    query = select(Placement.worker_type).where(Placement.superseded_at.is_(None)).distinct()
    return sorted({*WORKER_TYPES, *session.scalars(query)} - {""})


def sites(session: Session, reach: Reach) -> list[tuple[int, str]]:
    """Return the sites to choose from: those within the officer's reach."""
    query = select(Site.id, Site.name).where(*reach.sites()).order_by(Site.name, Site.id)
    return [(row.id, row.name) for row in session.execute(query)]


def begin(
    session: Session, user_id: int, work: Work, from_on: date, reason: str, *, by: By
) -> None:
    """Note another job from a day on. Raises NotDone."""
    person = _person(session, user_id, by)
    _check_day(session, person, from_on)
    last = session.scalar(
        select(func.max(Placement.job)).where(
            Placement.user_id == user_id, Placement.superseded_at.is_(None)
        )
    )
    number = (last or PRIMARY) + 1
    _add(session, person, number, work, from_on, reason, by=by)
    note(session, by, "job.begun", user_id, job=number, from_on=from_on.isoformat())


def change(
    session: Session,
    user_id: int,
    number: int,
    work: Work,
    from_on: date,
    reason: str,
    *,
    by: By,
) -> bool:
    """Note that a second job is another one from a day on. False if there is none; NotDone."""
    person = _person(session, user_id, by)
    before = _going(session, person, number)
    if before is None:
        return False
    _check_day(session, person, from_on)
    if from_on < before.from_on:
        what = f"It has been as it is since {before.from_on.isoformat()}: choose that day or later."
        raise NotDone("from_on", what)
    ends = _end_of(session, before)
    if ends is not None and from_on >= ends.from_on:
        raise NotDone("from_on", "The job has ended by then.")
    if from_on == before.from_on:
        before.superseded_at = by.now
        session.flush()
    _add(session, person, number, work, from_on, reason, by=by)
    note(session, by, "job.changed", user_id, job=number, from_on=from_on.isoformat())
    return True


def end(
    session: Session, user_id: int, number: int, last_day: date, reason: str, *, by: By
) -> bool:
    """End a second job on its last day; before its first day it never was. False if none."""
    person = _person(session, user_id, by, field="last_day")
    before = _going(session, person, number)
    if before is None:
        return False
    if last_day > person.today + FURTHEST:
        raise NotDone("last_day", "That is more than a year ahead.")
    if last_day < person.hired_on - ONE_DAY:
        raise NotDone("last_day", "That is before the hire day.")
    gone = select(Placement).where(
        Placement.user_id == user_id,
        is_second(),
        Placement.job == number,
        Placement.from_on > last_day,
    )
    for row in session.scalars(gone):
        row.superseded_at = by.now
    session.flush()
    stays = select(Placement).where(
        Placement.user_id == user_id, is_second(), Placement.job == number
    )
    kept = session.scalars(stays.order_by(Placement.from_on.desc()).limit(1)).first()
    if kept is not None and kept.kind == "placed":
        work = Work(kept.site_id, kept.department, kept.job_title, kept.worker_type, "", None)
        _add(session, person, number, work, last_day + ONE_DAY, reason, by=by, like=kept)
    note(session, by, "job.ended", user_id, job=number, last_day=last_day.isoformat())
    return True


def _person(session: Session, user_id: int, by: By, field: str = "from_on") -> Person:
    """Return whose job it is; `field` is the day of the form that tells why not."""
    take_turns(session, "roster")  # a staff list writes placements too
    (person,) = people(session, todays(session, by.now), User.id == user_id)
    if person.kind == "left":
        raise NotDone(field, "Nobody who has left has a second job.")
    return person


def _check_day(session: Session, person: Person, from_on: date) -> None:
    if from_on < person.hired_on:
        raise NotDone("from_on", "That is before the hire day.")
    if from_on > person.today + FURTHEST:
        raise NotDone("from_on", "That is more than a year ahead.")
    leaves = select(Placement.from_on).where(
        Placement.user_id == person.user_id,
        Placement.is_primary,
        Placement.superseded_at.is_(None),
        Placement.kind == "left",
        Placement.from_on > person.today,
    )
    last = session.scalars(leaves.order_by(Placement.from_on).limit(1)).first()
    if last is not None and from_on >= last:
        raise NotDone("from_on", "That is after the last day of work.")


def _going(session: Session, person: Person, number: int) -> Placement | None:
    """Return the last row of a second job that has not ended; the lock is held."""
    mine = (Placement.user_id == person.user_id, is_second(), Placement.job == number)
    rows = session.scalars(select(Placement).where(*mine).order_by(Placement.from_on)).all()
    going = [row for row in rows if row.kind == "placed"]
    if not going or (rows[-1].kind == "left" and rows[-1].from_on <= person.today):
        return None
    return going[-1]


def _end_of(session: Session, row: Placement) -> Placement | None:
    query = select(Placement).where(
        Placement.user_id == row.user_id,
        is_second(),
        Placement.job == row.job,
        Placement.kind == "left",
        Placement.from_on > row.from_on,
    )
    return session.scalars(query).first()


def _manager_id(session: Session, person: Person, number: str) -> int | None:
    if not number:
        return None
    works = User.id.in_(select(Placement.user_id).where(placed(person.today)))
    query = select(User.id).where(User.external_id == number, works)
    found = session.scalars(query.limit(2)).all()
    if len(found) != 1:
        raise NotDone("manager", "Nobody who works here has this staff number.")
    if found[0] == person.user_id:
        raise NotDone("manager", "Nobody is their own manager: leave it empty for none.")
    return found[0]


def _add(
    session: Session,
    person: Person,
    number: int,
    work: Work,
    from_on: date,
    reason: str,
    *,
    by: By,
    like: Placement | None = None,
) -> None:
    """Add a placement with its note; `like`: the row of a job that ends here."""
    if session.get(Site, work.site_id) is None:
        raise NotDone("site", "Choose one of the sites.")
    if work.worker_type not in kinds(session):
        raise NotDone("worker_type", "Choose one of the kinds of work.")
    access_on = work.phi_access_on
    if access_on and not EARLIEST <= access_on <= person.today + FURTHEST:
        raise NotDone("phi_access_on", "That day can't be right: choose one that can.")
    manager = like.manager_id if like else _manager_id(session, person, work.manager)
    row = Placement(
        user_id=person.user_id,
        job=number,
        is_primary=False,
        kind="left" if like else "placed",
        from_on=from_on,
        site_id=work.site_id,
        department=work.department,
        job_title=work.job_title,
        worker_type=work.worker_type,
        manager_id=manager,
        hired_on=person.hired_on,
        phi_access_on=like.phi_access_on if like else work.phi_access_on,
        recorded_at=by.now,
    )
    session.add(row)
    session.flush()
    session.add(
        PlacementNote(
            placement_id=row.id,
            user_id=person.user_id,
            reason=reason,
            noted_by_id=by.user_id,
            noted_at=by.now,
        )
    )
