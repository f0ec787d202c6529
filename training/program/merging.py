"""Two records that are one person's: shown side by side, then the one goes into the other.

The record of this page ends today, as leaving does, and stays as it is; the one that has the number
on the other list goes on. What was completed and signed counts there (`learning.carried`); rights
and answers do not come along.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Date, literal, select
from sqlalchemy.orm import Session

from training.accounts import same_person
from training.accounts.days import todays
from training.accounts.models import SamePerson, User
from training.accounts.numbers import list_words
from training.accounts.reach import Reach, acts_for_others, all_within
from training.assignments.models import Assignment
from training.db import take_turns
from training.learning.carried import Carrying
from training.learning.past import Past, past_of
from training.program.acts import By, NotDone, note
from training.renewals.persons import Person, people


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two records, as the page shows it."""

    user: User
    person: Person
    past: list[Past]
    open: tuple[tuple[str, date], ...]

    @property
    def list(self) -> str:
        """Return whose list she is on."""
        return list_words(self.user.source)

    def told(self) -> tuple[object, ...]:
        """Return what is shown of this record."""
        done = tuple((row.id, row.completed_on, row.withdrawn) for row in self.past)
        who, at = self.user, self.person
        names = (who.id, who.source, who.external_id, who.legal_name, who.email)
        return (*names, at.kind, at.site, at.department, at.job_title, at.hired_on, done, self.open)


@dataclass(frozen=True, slots=True)
class Beside:
    """Two records beside each other: `was` ends, `kept` goes on; `reports` come along."""

    was: Side
    kept: Side
    reports: int

    @property
    def seen(self) -> str:
        """Return what stands for all that is shown: only that is confirmed."""
        told = (self.was.told(), self.kept.told(), self.reports)
        return hashlib.sha256(repr(told).encode("utf-8", "surrogatepass")).hexdigest()


def look(session: Session, was_id: int, kept_id: int, *, by: By, reach: Reach) -> Beside:
    """Return the two records beside each other. Raises NotDone where they can't become one."""
    take_turns(session, "roster")  # a list writes placements too
    today = todays(session, by.now)
    if kept_id == by.user_id:
        raise _not("This is the number of your own record: another officer puts the two together.")
    if not all_within(session, reach, [was_id, kept_id], today):
        what = "This number is of a record of another legal entity: an officer of both does this."
        raise _not(what)
    for fault in _faults(session, was_id, kept_id, by.now):
        raise _not(fault)
    was, kept = _side(session, was_id, by.now), _side(session, kept_id, by.now)
    if kept.person.kind == "left":
        raise _not(f"{kept.user.name} has left by that list: correct the list first.")
    rows = same_person.reports_of(session, was_id, was.person.today)
    above = set(same_person.managers_above(session, kept_id, kept.person.today))
    if above & ({row.user_id for row in rows if row.is_primary} - {kept_id}):
        what = "Somebody who reports to this record is above the other one: managers in a circle."
        raise _not(f"{what} Give them another manager first.")
    return Beside(was, kept, len({row.user_id for row in rows} - {kept_id}))


def _not(what: str) -> NotDone:
    return NotDone("number", what)


def _faults(session: Session, was_id: int, kept_id: int, now: datetime) -> Iterator[str]:
    if same_person.went_into(session, was_id) is not None:
        yield "This record went into another one already."
    if (into := same_person.went_into(session, kept_id)) is not None:
        into = same_person.kept_record(session, into)
        place = f"{into.external_id} on the list {list_words(into.source)}"
        yield f"That record went into another one: use {place}."
    if _may_more(session, was_id, now):
        yield "This record has a role here: an admin takes that away first."


def _may_more(session: Session, user_id: int, now: datetime) -> bool:
    day = literal(now.date(), Date)
    held = select(User.id).where(User.id == user_id, acts_for_others(day))
    return session.scalar(held) is not None


def _side(session: Session, user_id: int, now: datetime) -> Side:
    person = next(iter(people(session, todays(session, now), User.id == user_id)), None)
    if person is None:
        raise _not("The first day by that list is still to come: do this from then on.")
    mine = (Assignment.user_id == user_id, Assignment.closed_at.is_(None))
    cycles = select(Assignment.course, Assignment.due_on).where(*mine).order_by(Assignment.id)
    return Side(
        session.get_one(User, user_id),
        person,
        past_of(session, user_id),
        tuple((course, due_on) for course, due_on in session.execute(cycles)),
    )


def put_together(session: Session, beside: Beside, *, by: By) -> None:
    """Let one record go into the other, in the caller's transaction; it can't be undone."""
    was, kept, today = beside.was.user, beside.kept.user, beside.kept.person.today
    row = SamePerson(was_id=was.id, user_id=kept.id, recorded_by_id=by.user_id, recorded_at=by.now)
    session.add(row)
    same_person.hand_over(session, was.id, kept.id, today, by.now)
    if beside.was.person.kind != "left":
        same_person.leave(session, was.id, beside.was.person.today, by.now)
    _address(session, was, kept, by.now)
    hired_on = beside.kept.person.hired_on
    carrying = Carrying(session, was.id, kept.id, hired_on, by.now)
    carrying.carry()
    note(session, by, "record.ended", was.id, into=kept.id)
    note(
        session,
        by,
        "record.joined",
        kept.id,
        was=was.id,
        completions=carrying.completions,
        signatures=carrying.signatures,
    )


def _address(session: Session, was: User, kept: User, now: datetime) -> None:
    """Free the address of the record that ends; the other has it from now on if it has none.

    Not where she may do more than learn: whoever can read that mailbox could sign in as her.
    """
    email, address = was.email, was.sign_in_address
    was.email = was.sign_in_address = None
    session.flush()
    if kept.email is None and kept.sign_in_address is None and not _may_more(session, kept.id, now):
        kept.email, kept.sign_in_address = email, address
