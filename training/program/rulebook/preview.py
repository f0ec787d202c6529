"""What a change of a rule would do to everybody's dates, computed before anything is written."""

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from training.accounts.days import Today
from training.accounts.models import User
from training.accounts.reach import EVERYWHERE, Reach
from training.assignments.models import DueChange, Rule
from training.program import record
from training.program.rulebook.changes import NEW, Change, after
from training.program.rulebook.dates import (
    NOT_ASKED,
    Dates,
    applied_due_on,
    dates_of,
    open_by_its_dates,
)
from training.renewals.asked import Asked, in_force, versions
from training.renewals.duties import Duty, duty_of, one_a_course
from training.renewals.known import Known
from training.renewals.outside import led_outside
from training.renewals.persons import Person, people

CHUNK = 500
MOST_SHOWN = 500
EXAMPLES = 10
MOVED = "the rule changed on "  # how the reason of a day begins that such a change moved


@dataclass(frozen=True, slots=True)
class Affected:
    """One person's dates before and after a change; `moves`: an open due day would move."""

    person: Person
    before: Dates
    after: Dates
    was: Duty | None
    becomes: Duty | None
    moves: bool

    @property
    def changed(self) -> bool:
        """Tell whether any of her dates changes."""
        return self.before != self.after

    def reasons(self, session: Session, change: Change) -> tuple[list[str], list[str]]:
        """Return why her days are what they are, and why they would be."""
        moved = [DueChange(due_on=self.after.due_on, reason=moved_words(change))]
        before, after = self.was, self.becomes
        return (
            record.because(before, (), record.held_under(session, before))
            if before and self.before.asked
            else [],
            record.because(after, moved if self.moves else (), record.held_under(session, after))
            if after and self.after.asked
            else [],
        )


def moved_words(change: Change) -> str:
    """Return the reason that stands beside a due day that a change moved."""
    days = change.terms.days if change.terms else 0
    return f"{MOVED}{change.from_on.isoformat()}, and at least {days} days are given from then"


@dataclass
class Preview:
    """What the officer is shown; `digest` names exactly this, and saving asks for it."""

    change: Change
    asked: int = 0
    elsewhere: int = 0
    taken_over: int = 0
    stay_open: int = 0
    moves: int = 0
    changed_count: int = 0
    changed: list[Affected] = field(default_factory=list)
    examples: list[Affected] = field(default_factory=list)
    digest: str = ""

    @property
    def more(self) -> int:
        """Return how many of those changed are not listed."""
        return self.changed_count - len(self.changed)


def preview(
    session: Session, change: Change, here: date, today: Today, reach: Reach = EVERYWHERE
) -> Preview:
    """Return what a change would do within reach; it writes nothing. `here`: the officer's day."""
    found = Preview(change)
    told = hashlib.sha256(_head(session, change, here))
    kinds: dict[tuple[str, ...], list[Affected]] = {}
    for row in affected(session, change, here, today, reach=reach):
        _count(found, row)
        kept = kinds.setdefault((str(not row.changed), _kind(row.before), _kind(row.after)), [])
        if len(kept) < EXAMPLES:
            kept.append(row)
        if row.changed:
            told.update(_line(row))
    found.examples = _some_of_each(kinds)
    for row in found.examples:
        told.update(_line(row))
    told.update(f"{found.asked} {found.elsewhere} {found.stay_open}".encode())
    found.digest = told.hexdigest()
    return found


def _head(session: Session, change: Change, here: date) -> bytes:
    rules = list(session.scalars(select(Rule.id).where(Rule.superseded_at.is_(None))))
    rules.sort()
    body = {"change": change.to_dict(), "rules": rules, "here": here.isoformat()}
    return json.dumps(body, sort_keys=True).encode()


def _line(row: Affected) -> bytes:
    values = [row.person.user_id, row.before.key(), row.after.key(), row.moves]
    return json.dumps(values).encode()


def _count(found: Preview, row: Affected) -> None:
    by_this = row.becomes is not None and row.becomes.rule.id == NEW
    found.asked += by_this and row.after.asked
    terms = found.change.terms
    if not by_this and row.after.asked and terms and row.person.is_in(terms.audience):
        found.elsewhere += 1
    found.taken_over += by_this and row.after.asked and _by_another(row, found.change)
    if by_this and row.after.asked and row.becomes and row.becomes.cycle and not row.moves:
        found.stay_open += 1
    found.moves += row.moves
    if row.changed:
        found.changed_count += 1
        if len(found.changed) < MOST_SHOWN:
            found.changed.append(row)


def _by_another(row: Affected, change: Change) -> bool:
    return row.before.asked and row.was is not None and row.was.rule.code != change.code


def _kind(dates: Dates) -> str:
    if not dates.asked:
        return "not asked"
    if dates.done_on is None:
        return "first"
    return "refresher" if dates.due_on else "done"


def _some_of_each(kinds: dict[tuple[str, ...], list[Affected]]) -> list[Affected]:
    """Return ten examples, one of each kind in turn, those that change first."""
    found: list[Affected] = []
    groups = [kinds[key] for key in sorted(kinds)]
    for place in range(EXAMPLES):
        found += [group[place] for group in groups if place < len(group)]
    return found[:EXAMPLES]


def affected(
    session: Session,
    change: Change,
    here: date,
    today: Today,
    *,
    most: int = CHUNK,
    reach: Reach = EVERYWHERE,
) -> Iterator[Affected]:
    """Yield everybody within reach whom the course is asked of before the change or after it.

    The day of the question is the first day of the change. What is open by then under the
    rules as they are keeps its dates, whether or not the job has run.
    """
    ahead = (change.from_on - here).days
    world = _World(session, change, today.later(ahead), today.later(max(ahead - 1, 0)))
    last = 0
    while True:
        chunk = people(session, world.day, *reach.sites(), after=last, most=most)
        if not chunk:
            return
        yield from world.rows(chunk)
        last = chunk[-1].user_id


class _World:
    """The rules of one course before and after a change, on its day and on the eve of it."""

    def __init__(self, session: Session, change: Change, day: Today, eve: Today) -> None:
        self.session, self.change, self.day, self.eve = session, change, day, eve
        course = [v for v in versions(session) if v.course == change.course]
        self.on_the_eve = in_force(course, eve.latest)
        self.before = in_force(course, day.latest)
        resting = led_outside(session)  # then our rules ask nobody, whatever they say
        self.after = self.before if resting else in_force(after(course, change), day.latest)

    def rows(self, chunk: list[Person]) -> Iterator[Affected]:
        """Yield those of these people whom the course is asked of."""
        ids = [person.user_id for person in chunk]
        known = Known(self.session, ids)
        held_back = _moved_otherwise(self.session, known) if self.change.apply_open else {}
        on_the_eve = self._on_the_eve(chunk, ids)
        for person in chunk:
            eve = on_the_eve.get(person.user_id)
            self._carry(known, eve)
            was = _duty(known, person, self.before)
            becomes, moves = self._becoming(known, person, held_back)
            before, then = dates_of(was), dates_of(becomes)
            if before != NOT_ASKED or then != NOT_ASKED:
                yield Affected(person, before, then, was, becomes, moves)

    def _on_the_eve(self, chunk: list[Person], ids: list[int]) -> dict[int, Person]:
        if self.eve == self.day:
            return {person.user_id: person for person in chunk}
        found = people(self.session, self.eve, User.id.in_(ids))
        return {person.user_id: person for person in found}

    def _carry(self, known: Known, person: Person | None) -> None:
        """Let what is open by its dates on the eve be open on the day, as the job would have it."""
        duty = _duty(known, person, self.on_the_eve) if person else None
        cycle = open_by_its_dates(duty) if duty else None
        if duty and cycle:
            known.cycles[duty.person.user_id, duty.rule.course] = cycle

    def _becoming(
        self, known: Known, person: Person, held_back: dict[int, date]
    ) -> tuple[Duty | None, bool]:
        duty = _duty(known, person, self.after)
        if duty is None or duty.cycle is None or not self.change.apply_open:
            return duty, False
        if duty.rule.id != NEW or not duty.facts.required:
            return duty, False
        due_on = applied_due_on(duty, self.change.from_on, held_back.get(duty.cycle.id))
        if due_on is None:
            return duty, False
        key = (person.user_id, duty.rule.course)
        known.cycles[key] = replace(duty.cycle, due_on=due_on)
        return duty_of(known, person, duty.rule), True


def _duty(known: Known, person: Person, rules: Sequence[Asked]) -> Duty | None:
    rule = next(iter(one_a_course(person, rules)), None)
    return duty_of(known, person, rule) if rule else None


def _moved_otherwise(session: Session, known: Known) -> dict[int, date]:
    """Return the last day to which a cycle was moved by hand, or after a leave."""
    ids = [cycle.id for cycle in known.cycles.values()]
    query = (
        select(DueChange.assignment_id, func.max(DueChange.due_on))
        .where(DueChange.assignment_id.in_(ids), ~DueChange.reason.startswith(MOVED))
        .group_by(DueChange.assignment_id)
    )
    return {row[0]: row[1] for row in session.execute(query)}
