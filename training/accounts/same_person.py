"""Two records of one person: into which one a record went, and how it ends as she leaves it."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from training.accounts.models import Placement, PlacementNote, SamePerson, User
from training.accounts.people import PRIMARY, in_force
from training.accounts.session_models import LinkToken
from training.accounts.sessions import end_all_sessions


def went_into(session: Session, user_id: int) -> User | None:
    """Return the record that another one went into, if it did."""
    query = select(User).join(SamePerson, SamePerson.user_id == User.id)
    return session.scalar(query.where(SamePerson.was_id == user_id))


def kept_record(session: Session, user: User) -> User:
    """Return the record that goes on, where one record after another went into the next."""
    while (into := went_into(session, user.id)) is not None:
        user = into
    return user


def all_that_went_into(session: Session) -> dict[int, int]:
    """Return into which record each went that did, one after another to the one that goes on."""
    rows = session.execute(select(SamePerson.was_id, SamePerson.user_id))
    into = {was_id: user_id for was_id, user_id in rows}  # noqa: C416 - rows are no pairs to mypy
    for was_id, user_id in into.items():
        while user_id in into:
            user_id = into[user_id]  # noqa: PLW2901 - it is followed to its end
        into[was_id] = user_id
    return into


def records_of(session: Session, user_id: int) -> list[int]:
    """Return the ids of a record and of all that went into it, in order."""
    found, query = [user_id], select(SamePerson.was_id)
    for id_ in found:  # it grows
        found += session.scalars(query.where(SamePerson.user_id == id_).order_by(SamePerson.was_id))
    return found


def records_into(session: Session, user_id: int) -> Sequence[User]:
    """Return the records that went into this one."""
    query = select(User).join(SamePerson, SamePerson.was_id == User.id)
    return session.scalars(query.where(SamePerson.user_id == user_id).order_by(User.id)).all()


def managers_above(session: Session, user_id: int, day: date) -> Iterator[int]:
    """Yield who is above somebody on a day, by everybody's primary job; the nearest first."""
    seen, at = set[int](), user_id
    while at not in seen:
        seen.add(at)
        row = (Placement.user_id == at, Placement.is_primary, in_force(day))
        boss = session.scalar(select(Placement.manager_id).where(*row))
        if boss is None:
            return
        yield boss
        at = boss


def reports_of(session: Session, user_id: int, day: date) -> Sequence[Placement]:
    """Return the rows of whoever reports to somebody on a day, or will."""
    rows = (Placement.manager_id == user_id, Placement.superseded_at.is_(None))
    query = select(Placement).where(*rows, Placement.kind == "placed").order_by(Placement.id)
    now = set(session.scalars(select(Placement.id).where(*rows, in_force(day))))
    return [row for row in session.scalars(query) if row.id in now or row.from_on > day]


def hand_over(session: Session, was_id: int, user_id: int, today: date, now: datetime) -> int:
    """Let whoever reports to one record report to another from today; return how many rows."""
    rows = reports_of(session, was_id, today)
    for row in rows:
        boss = None if row.user_id in {was_id, user_id} else user_id
        _replace(session, row, max(today, row.from_on), now, manager_id=boss)
    return len(rows)


def leave(session: Session, was_id: int, today: date, now: datetime) -> None:
    """End every job of a record today, and every way in that it has: sessions, slips, links."""
    believed = (Placement.user_id == was_id, Placement.superseded_at.is_(None))
    rows = session.scalars(select(Placement).where(*believed).order_by(Placement.from_on)).all()
    for job in {row.job for row in rows}:
        own = [row for row in rows if row.job == job]
        begun = [row for row in own if row.from_on <= today]
        last = begun[-1] if begun else own[0]
        for row in own:
            if row.from_on > today:
                row.superseded_at = now
        if last.kind == "placed" and (begun or job == PRIMARY):
            _replace(session, last, today, now, kind="left")
    end_all_sessions(session, was_id, now)
    links = (LinkToken.user_id == was_id, LinkToken.used_at.is_(None))
    session.execute(update(LinkToken).where(*links).values(used_at=now))


def _replace(
    session: Session, row: Placement, from_on: date, now: datetime, **changed: object
) -> None:
    """Let another row follow on one from a day, or take its place where it begins that day."""
    note = session.get(PlacementNote, row.id)
    values = {c.name: getattr(row, c.name) for c in Placement.__table__.columns if c.name != "id"}
    if row.from_on >= from_on and row.superseded_at is None:
        row.superseded_at = now
        session.flush()
    follows = Placement(**(values | {"from_on": from_on, "recorded_at": now} | changed))
    follows.superseded_at = None
    session.add(follows)
    session.flush()
    if note is not None:
        session.add(
            PlacementNote(
                placement_id=follows.id,
                user_id=note.user_id,
                reason=note.reason,
                noted_by_id=note.noted_by_id,
                noted_at=note.noted_at,
            )
        )
