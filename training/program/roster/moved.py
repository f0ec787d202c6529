"""Rows of people whom the house has under another number by now, so that nobody is made twice.

A list that still has somebody's old number is right by its own lights: its row is left alone, with
a warning. Where not one word of the name is hers it is somebody else with a number that was given
again: that is a fault, for whoever is passed over in silence is never trained.
"""

from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from typing import Any

from sqlalchemy import Integer, Select, cast, null, select, union_all
from sqlalchemy.orm import Session

from training.accounts.models import SamePerson, StaffNumber, User
from training.accounts.same_person import kept_record
from training.program.roster.faults import RowFault
from training.program.roster.known import Believed, Moved
from training.program.roster.rows import Parsed, RosterRow


def note_moved(session: Session, known: Believed, source: str) -> None:
    """Note in what is believed whom this source's old numbers, and those of managers, mean."""
    found = session.execute(_query()).all()
    ended = {row.was_id for row in found}
    rows = list[tuple[str, str, User]]()
    for row in found:
        user = kept_record(session, row.User) if row.User.id in ended else row.User
        rows.append((row.was_on, row.was, user))
        if row.was_id is None:
            continue
        known.joined.add(row.User.id)
        if row.was_on == source:
            known.people.pop(row.was, None)
        if known.ids.get(row.was) == row.was_id:
            del known.ids[row.was]
    for was_on, was, user in rows:
        names = {user.legal_name, user.display_name or "", user.romanised_name or ""}
        words = frozenset(word for name in names for word in _words(name))
        if was_on == source and was not in known.people:
            known.moved[was] = Moved(user.id, user.source, user.external_id, words)
        if was not in known.ids and known.ids.get(user.external_id) == user.id:
            known.now[was] = user.external_id


@cache
def _query() -> Select[*tuple[Any, ...]]:
    """Return, in one statement, the numbers that were given up, and those of ended records."""
    before = select(
        StaffNumber.source.label("was_on"),
        StaffNumber.external_id.label("was"),
        StaffNumber.user_id.label("user_id"),
        StaffNumber.until_at.label("at"),
        cast(null(), Integer).label("was_id"),
    )
    into = select(
        User.source,
        User.external_id,
        SamePerson.user_id,
        SamePerson.recorded_at,
        SamePerson.was_id,
    ).join(User, User.id == SamePerson.was_id)
    each = union_all(before, into).subquery()
    query = select(each.c.was_on, each.c.was, each.c.was_id, User)
    return query.join(User, User.id == each.c.user_id).order_by(each.c.at, each.c.was_id)


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
            mend = "give this person another number"
            faults.append(RowFault(row.line, what, mend))
            stays.append(row)
        elif row.status != "left":
            what = f"{row.external_id} is {hers.told} now, so this row changes nothing"
            mend = "take it out; if it is about somebody else, give that person another number"
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
