"""Rows of people whom the house has under another number by now, so that nobody is made twice.

A list that still has somebody's old number is right by its own lights: its row is left alone, with
a warning. Where not one word of the name is hers it is somebody else with a number that was given
again: that is a fault, for whoever is passed over in silence is never trained.
"""

from collections.abc import Iterator
from dataclasses import replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from training.accounts.models import SamePerson, StaffNumber, User
from training.accounts.same_person import kept_record
from training.program.roster.faults import RowFault
from training.program.roster.known import Believed, Moved
from training.program.roster.rows import Parsed, RosterRow


def note_moved(session: Session, known: Believed, source: str) -> None:
    """Note in what is believed whom this source's old numbers, and those of managers, mean."""
    query = (
        select(StaffNumber.source.label("was_on"), StaffNumber.external_id.label("was"), User)
        .join(User, User.id == StaffNumber.user_id)
        .order_by(StaffNumber.id)
    )
    merged = select(User).join(SamePerson, SamePerson.was_id == User.id)
    ended = {user.id: user for user in session.scalars(merged)}
    rows = [
        (on, was, kept_record(session, user) if user.id in ended else user)
        for on, was, user in session.execute(query)
    ]
    for old in ended.values():
        rows.append((old.source, old.external_id, kept_record(session, old)))
        if old.source == source:
            known.people.pop(old.external_id, None)
        if known.ids.get(old.external_id) == old.id:
            del known.ids[old.external_id]
    known.joined.update(session.scalars(select(SamePerson.user_id)))
    for was_on, was, user in rows:
        names = {user.legal_name, user.display_name or "", user.romanised_name or ""}
        words = frozenset(word for name in names for word in _words(name))
        if was_on == source and was not in known.people:
            known.moved[was] = Moved(user.id, user.source, user.external_id, words)
        if was not in known.ids and known.ids.get(user.external_id) == user.id:
            known.now[was] = user.external_id


def leave_alone(parsed: Parsed, known: Believed) -> list[RowFault]:
    """Take out each row of somebody who is on another list now, and warn; return the faults.

    A row that says she has left that list says what is known, and needs no warning.
    """
    if known.now:
        parsed.rows = [_by_number_of_today(row, known) for row in parsed.rows]
    if known.joined:
        parsed.rows = [_with_address(row, known) for row in parsed.rows]
    faults, stays = list[RowFault](), list[RosterRow]()
    for row in parsed.rows:
        hers = known.moved.get(row.external_id)
        if hers is None:
            stays.append(row)
        elif row.status != "left" and hers.words.isdisjoint(_words(row.legal_name)):
            what = f"{row.external_id} was the number of somebody who is {hers.told} now"
            mend = "give this person a number of her own"
            faults.append(RowFault(row.line, what, mend))
            stays.append(row)
        elif row.status != "left":
            what = f"{row.external_id} is {hers.told} now, so this row changes nothing"
            mend = "take it out; if it is about somebody else, give her a number of her own"
            parsed.warnings.append(RowFault(row.line, what, mend))
    parsed.rows = stays
    return faults


def _by_number_of_today(row: RosterRow, known: Believed) -> RosterRow:
    more = tuple(_by_number_of_today(job, known) for job in row.more)
    return replace(row, manager=known.now.get(row.manager, row.manager), more=more)


def _with_address(row: RosterRow, known: Believed) -> RosterRow:
    """Keep the address of a record that another went into, where its own list has none."""
    person = known.people.get(row.external_id)
    if row.email or person is None or person.user_id not in known.joined:
        return row
    return replace(row, email=person.email)


def _words(name: str) -> Iterator[str]:
    return iter(name.casefold().replace("-", " ").split())
