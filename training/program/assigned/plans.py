"""What a file of assignments would change, against what is there.

An assignment is told by person, course and due day: the same row again is the same
assignment, also after she completed it. A later due day moves the one that is open; a new one
begins where nothing is open. Rows that the file leaves out stay as they are.
"""

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from training.accounts.days import todays
from training.accounts.models import User
from training.accounts.numbers import who_has_or_had
from training.accounts.same_person import all_that_went_into
from training.assignments.models import Assignment, DueChange
from training.catalog import publishing
from training.program.assigned.rows import Wanted, read
from training.program.roster.faults import Refused, RowFault
from training.program.roster.reading import read_records
from training.renewals.persons import Person, people

CHUNK = 500
OPEN, MOVE, CANCEL, SAME = "new", "moved", "cancelled", "same"
WORDS = {OPEN: "new", MOVE: "with another due day", CANCEL: "cancelled", SAME: "as they were"}


@dataclass(frozen=True, slots=True)
class Change:
    """What becomes of one row; `assignment_id` is what is open, if anything is."""

    kind: str
    row: Wanted
    person: Person
    assignment_id: int | None


@dataclass(frozen=True, slots=True)
class Plan:
    """The whole file, checked: nothing in it is wrong."""

    changes: tuple[Change, ...]
    digest: str

    @property
    def counts(self) -> dict[str, int]:
        """Return how many rows become what."""
        return dict(sorted(Counter(change.kind for change in self.changes).items()))

    def words(self) -> str:
        """Return the counts in one line."""
        counts = self.counts
        told = [f"{counts[kind]} {words}" for kind, words in WORDS.items() if kind in counts]
        return ", ".join(told) or "nothing to do"

    def lines(self) -> Iterable[str]:
        """Yield a line for each row that changes something."""
        for change in self.changes:
            if change.kind != SAME:
                row = change.row
                until = f" by {row.due_on.isoformat()}" if row.due_on else ""
                yield f"{row.line}: {row.employee_id} {row.course}{until}: {WORDS[change.kind]}"


@dataclass(frozen=True, slots=True)
class _Cycle:
    id: int
    due_on: date
    is_open: bool
    completed: bool


def plan(session: Session, data: bytes, now: datetime, *, encoding: str | None = None) -> Plan:
    """Return what a file would change. Raises Refused with every fault, each with its line."""
    rows, faults = read(read_records(data, encoding))
    rows, doubles = _once(rows)
    faults += doubles
    found = _people(session, rows, now)
    courses = set(publishing.slugs(session, "course"))
    changes, first = list[Change](), dict[tuple[int, str], Wanted]()
    for start in range(0, len(rows), CHUNK):
        some = rows[start : start + CHUNK]
        known = [(row, *_who(row, found)) for row in some]
        cycles = _cycles(session, [p.user_id for _row, p, _fault in known if p])
        for row, person, fault in known:
            wrong = fault or _wrong(row, courses) or _told_otherwise(row, person, first)
            if wrong or person is None:
                faults.append(wrong or RowFault(row.line, "nobody is meant", "write who"))
                continue
            changes.append(_change(row, person, cycles.get((person.user_id, row.course), [])))
    if faults:
        raise Refused(tuple(sorted(faults)))
    return Plan(tuple(changes), hashlib.sha256(data).hexdigest())


def _once(rows: Sequence[Wanted]) -> tuple[list[Wanted], list[RowFault]]:
    """Leave out rows that say the same again; two that differ are a fault."""
    first: dict[tuple[str, str, str], Wanted] = {}
    faults = []
    for row in rows:
        key = (row.source, row.employee_id, row.course)
        before = first.setdefault(key, row)
        if (before.due_on, before.assigned) != (row.due_on, row.assigned):
            what = f"{row.employee_id} and {row.course} stand in line {before.line} otherwise"
            faults.append(RowFault(row.line, what, "write one row a person and course"))
    return list(first.values()), faults


def _told_otherwise(
    row: Wanted, person: Person | None, first: dict[tuple[int, str], Wanted]
) -> RowFault | None:
    """Return the fault of a second row of one person and course, by another number."""
    if person is None:
        return None
    before = first.setdefault((person.user_id, row.course), row)
    if before is row:
        return None
    what = f"{row.employee_id} is the person of line {before.line}, by another number"
    return RowFault(row.line, what, "write one row a person and course")


@dataclass(frozen=True, slots=True)
class _Holder:
    """Who has a number of a list, or had it before."""

    source: str
    has_now: bool
    person: Person | None


Found = Mapping[str, Sequence[_Holder]]


def _people(session: Session, rows: Sequence[Wanted], now: datetime) -> Found:
    """Return who has these staff numbers, or had them, each with the list that it is of.

    The number of a record that went into another one means the person of that one.
    """
    today, found = todays(session, now), dict[str, list[_Holder]]()
    numbers, into = sorted({row.employee_id for row in rows}), all_that_went_into(session)
    for start in range(0, len(numbers), CHUNK):
        whose = who_has_or_had(session, numbers[start : start + CHUNK])
        ids = {into.get(user_id, user_id) for user_id, _has_now in whose.values()}
        here = {person.user_id: person for person in people(session, today, User.id.in_(ids))}
        for (source, number), (user_id, has_now) in whose.items():
            person = here.get(into.get(user_id, user_id))
            holder = _Holder(source, has_now and user_id not in into, person)
            found.setdefault(number, []).append(holder)
    return found


def _who(row: Wanted, found: Found) -> tuple[Person | None, RowFault | None]:
    holders = [one for one in found.get(row.employee_id, ()) if row.source in {"", one.source}]
    mine = [one for one in holders if one.has_now] or holders
    if not mine:
        what = f"nobody here has the staff number {row.employee_id[:40]}"
        return None, RowFault(row.line, what, "import the staff list first, or correct the number")
    if len(mine) > 1:
        what = f"{row.employee_id[:40]} is on several staff lists"
        return None, RowFault(row.line, what, "name the list in a column source")
    person = mine[0].person
    if person is None or (person.kind == "left" and row.assigned):
        what = f"{row.employee_id[:40]} does not work here today"
        return None, RowFault(row.line, what, "take the row out, or correct the staff list")
    return person, None


def _wrong(row: Wanted, courses: set[str]) -> RowFault | None:
    if row.course in courses:
        return None
    what = f"there is no course {row.course[:40]}"
    return RowFault(row.line, what, f"write one of {', '.join(sorted(courses))}")


def _cycles(session: Session, ids: list[int]) -> dict[tuple[int, str], list[_Cycle]]:
    moved = (
        select(DueChange.due_on)
        .where(DueChange.assignment_id == Assignment.id)
        .order_by(DueChange.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    query = (
        select(
            Assignment.user_id,
            Assignment.course,
            Assignment.id,
            func.coalesce(moved, Assignment.due_on),
            Assignment.closed_at.is_(None),
            Assignment.closed_reason,
        )
        .where(Assignment.user_id.in_(ids))
        .order_by(Assignment.id)
    )
    found: dict[tuple[int, str], list[_Cycle]] = {}
    for user_id, course, id_, due_on, is_open, reason in session.execute(query):
        cycle = _Cycle(id_, due_on, bool(is_open), reason == "completed")
        found.setdefault((user_id, course), []).append(cycle)
    return found


def _change(row: Wanted, person: Person, cycles: Sequence[_Cycle]) -> Change:
    now_open = next((cycle for cycle in cycles if cycle.is_open), None)
    if not row.assigned:
        kind = CANCEL if now_open else SAME
    elif now_open:
        kind = SAME if now_open.due_on == row.due_on else MOVE
    else:
        done = any(cycle.completed and cycle.due_on == row.due_on for cycle in cycles)
        kind = SAME if done else OPEN
    return Change(kind, row, person, now_open.id if now_open else None)
