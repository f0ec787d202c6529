"""What a file of earlier training would add, against what is on record already.

A record is told by person, course and day: the same row again is the same record, also after an
officer withdrew it.
"""

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from training.accounts.days import Today, todays
from training.accounts.models import User
from training.accounts.numbers import earlier_numbers
from training.accounts.reach import EVERYWHERE, Reach
from training.accounts.service import normal_address
from training.catalog.publishing import course_title
from training.learning.models import Completion
from training.program.prior.rows import Earlier, read
from training.program.roster.faults import Refused, RowFault
from training.program.roster.reading import read_records
from training.renewals.known import rules_in_force
from training.renewals.persons import Person, people

CHUNK = 500
WORDS = {"new": "to be recorded", "same": "on record already"}


@dataclass(frozen=True, slots=True)
class Options:
    """How a file is to be taken; `names` leads from the old system's names to our courses."""

    now: datetime
    by: int | None = None
    names: Mapping[str, str] = field(default_factory=dict)
    skip_bad_rows: bool = False
    encoding: str | None = None
    reach: Reach = EVERYWHERE


@dataclass(frozen=True, slots=True)
class Change:
    """One row with whom and which course it means."""

    row: Earlier
    person: Person
    course: str

    @property
    def details(self) -> str:
        """Return when it was completed and who says so."""
        return f"completed {self.row.completed_on}, {self.row.source}"


@dataclass(frozen=True, slots=True)
class Plan:
    """A file that can be taken over."""

    options: Options
    digest: str
    changes: tuple[Change, ...]
    same: int
    skipped: tuple[RowFault, ...]

    @property
    def counts(self) -> dict[str, int]:
        """Return how many rows become what."""
        found = Counter(new=len(self.changes), same=self.same, skipped=len(self.skipped))
        return {kind: count for kind, count in found.items() if count}

    def words(self, *, done: bool = False) -> str:
        """Return the counts in one line, of what is to be recorded or what was."""
        words = WORDS | {"skipped": "left out"} | ({"new": "recorded"} if done else {})
        told = [f"{count} {words[kind]}" for kind, count in self.counts.items()]
        return ", ".join(told) or "nothing to do"

    def lines(self) -> Iterable[str]:
        """Yield a line for each row that adds something, and for each that is left out."""
        for change in self.changes:
            yield f"{change.row.line}: {change.row.who} {change.course}: {change.details}"
        for fault in self.skipped:
            yield f"{fault.line}: left out: {fault.what}"


def plan(session: Session, data: bytes, options: Options) -> Plan:
    """Return what a file would add. Raises Refused with every fault; nothing changes."""
    rows, faults = read(read_records(data, options.encoding))
    today = todays(session, options.now)
    courses = _courses(session, today, options.names)
    changes: dict[tuple[int, str, date], Change] = {}
    for start in range(0, len(rows), CHUNK):
        some = rows[start : start + CHUNK]
        found = _people(session, some, today, options.reach)
        for row in some:
            change = _change(row, found, courses, options)
            if isinstance(change, RowFault):
                faults.append(change)
            else:
                changes.setdefault((change.person.user_id, change.course, row.completed_on), change)
    if faults and not (options.skip_bad_rows and changes):
        raise Refused(tuple(sorted(faults)))
    known = _on_record(session, list(changes))
    new = tuple(change for key, change in changes.items() if key not in known)
    return Plan(
        options=options,
        digest=_digest(data, options),
        changes=new,
        same=len(rows) - len(new) - len([f for f in faults if f.line in {r.line for r in rows}]),
        skipped=tuple(sorted(faults)),
    )


def _digest(data: bytes, options: Options) -> str:
    how = repr((sorted(options.names.items()), options.skip_bad_rows)).encode()
    return hashlib.sha256(data + b"\0" + how).hexdigest()


def _courses(session: Session, today: Today, names: Mapping[str, str]) -> dict[str, str]:
    """Return the courses that rules ask, by code, title and name in the old system."""
    codes = sorted({rule.course for rule in rules_in_force(session, today.latest)})
    found = {code.casefold(): code for code in codes}
    found |= {course_title(session, code, today.latest).casefold(): code for code in codes}
    for old, code in names.items():
        if code.casefold() in found:
            found[old.casefold()] = found[code.casefold()]
    return found


Found = Mapping[str, Sequence[Person | None]]


def _people(session: Session, rows: Sequence[Earlier], today: Today, reach: Reach) -> Found:
    """Return who has these staff numbers (`#`) and mail addresses (`@`).

    Whoever is out of reach looks like nobody. A number that she had before means her too.
    """
    numbers = {row.employee_id for row in rows if row.employee_id}
    mails = {normal_address(row.email) for row in rows if row.email and not row.employee_id}
    earlier = earlier_numbers(session, numbers)
    by_mail = or_(User.sign_in_address.in_(mails), User.email.in_({*mails, *_as_told(rows)}))
    users = session.execute(
        select(User.id, User.external_id, User.email, User.sign_in_address).where(
            or_(User.external_id.in_(numbers), User.id.in_(earlier), by_mail)
        )
    ).all()
    wanted = User.id.in_([user.id for user in users])
    here = {p.user_id: p for p in people(session, today, wanted, *reach.sites())}
    if reach.is_limited:
        users = [user for user in users if user.id in here]
    found: dict[str, list[Person | None]] = {}
    for user in users:
        for number in {user.external_id, *earlier.get(user.id, ())}:
            found.setdefault(f"#{number}", []).append(here.get(user.id))
        addresses = {normal_address(a) for a in (user.email, user.sign_in_address) if a}
        for address in addresses:
            found.setdefault(f"@{address}", []).append(here.get(user.id))
    return found


def _as_told(rows: Sequence[Earlier]) -> set[str]:
    return {row.email for row in rows if row.email}


def _change(
    row: Earlier, found: Found, courses: Mapping[str, str], options: Options
) -> Change | RowFault:
    key = f"#{row.employee_id}" if row.employee_id else f"@{normal_address(row.email or '')}"
    mine, who = found.get(key, ()), row.who[:60]
    if not mine:
        what = f"nobody here is {who}"
        return RowFault(row.line, what, "import the staff list first, or correct it")
    person = mine[0]
    if len(mine) > 1 or person is None:
        what = f"{who} is more than one person, or on no list today"
        return RowFault(row.line, what, "name one person by staff number or mail address")
    course = courses.get(row.course.casefold())
    if course is None:
        what = f"no rule asks a course named '{row.course[:60]}'"
        mend = f"say which it is: {', '.join(sorted(set(courses.values())))}"
        return RowFault(row.line, what, mend)
    if person.kind == "left":
        return RowFault(row.line, f"{who} does not work here today", "take the row out")
    if row.completed_on > person.today:
        return RowFault(row.line, f"{row.completed_on} is still to come", "correct the day")
    if options.by is not None and person.user_id == options.by:
        what = "this is your own record"
        return RowFault(row.line, what, "take the row out: another officer records it for you")
    return Change(row, person, course)


def _on_record(
    session: Session, keys: Sequence[tuple[int, str, date]]
) -> set[tuple[int, str, date]]:
    found: set[tuple[int, str, date]] = set()
    ids = sorted({user_id for user_id, _course, _day in keys})
    for start in range(0, len(ids), CHUNK):
        query = select(Completion.user_id, Completion.course, Completion.completed_on).where(
            Completion.user_id.in_(ids[start : start + CHUNK])
        )
        found |= {(user_id, course, day) for user_id, course, day in session.execute(query)}
    return found
