"""The same list again is known at once, and what it comes to is what reading it would say."""

import random
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

import pytest
from sqlalchemy import event, insert, select, update

from tests.cast import NOW, TODAY
from tests.effort import times
from tests.house import TestHouse
from tests.program.lists import ANN, BO, CY, HEAD, Take, listed
from training.accounts.models import Placement, RosterMemory, Site, User
from training.assignments.models import Absence
from training.program.roster import Options, Plan, Refused, apply, memory, plan
from training.program.roster.known import believed
from training.program.roster.moved import note_moved

DAY = timedelta(days=1)
LISTED = listed(ANN, BO, CY)


def is_known(house: TestHouse, data: bytes, *, days: int = 0, **asked: Any) -> bool:
    """Tell whether a list is known without being read."""
    options = replace(Options(source="school", today=TODAY + days * DAY), **asked)
    with house.database.read() as session:
        return plan(session, data, "staff.csv", options).is_recalled


# --- when it is known, and when it is read ----------------------------------------------------


def test_a_list_that_was_taken_is_known_the_next_time(house: TestHouse, take: Take) -> None:
    assert not is_known(house, listed(*ANN_ALONE), full=False)
    take(LISTED)
    assert is_known(house, LISTED)
    with house.database.read() as session:
        found = plan(session, LISTED, "staff.csv", Options(source="school", today=TODAY))
    assert (found.counts, found.lines()) == ({"same": 3}, [])


ANN_ALONE = ["E-alice,Alice Adams,,,,,,,"]


def test_a_list_without_a_change_is_known_from_then_on(house: TestHouse, take: Take) -> None:
    take(LISTED)
    turned = listed(CY, BO, ANN)
    take(turned)
    assert is_known(house, turned)
    assert not is_known(house, LISTED)  # one a source is kept


@pytest.mark.parametrize(
    "other",
    [
        {"data": LISTED + b"\n"},
        {"source": "agency"},
        {"full": False},
        {"skip_bad_rows": True},
        {"encoding": "utf-8"},
        {"days": -1},
        {"allow_ending": -1},
    ],
)
@pytest.mark.either_database
def test_another_question_is_read(house: TestHouse, take: Take, other: dict[str, Any]) -> None:
    take(LISTED)
    try:
        assert not is_known(house, **({"data": LISTED} | other))
    except Refused:
        return  # it was read, and it is not taken


def test_how_many_may_end_makes_no_other_question_of_it(house: TestHouse, take: Take) -> None:
    take(LISTED)
    assert is_known(house, LISTED, allow_ending=50)


@pytest.mark.parametrize(
    "change",
    [
        update(User).where(User.external_id == "2").values(legal_name="Bo Bey"),
        update(User).where(User.external_id == "2").values(email="new@x.example"),
        update(User).where(User.external_id == "E-bob").values(sign_in_address="ann2@x.example"),
        update(Site).where(Site.name == "Main Street").values(name="High Street"),
        update(Placement).where(Placement.department == "ICU").values(superseded_at=NOW),
        insert(Absence).values(user_id=1, from_on=TODAY, recorded_at=NOW),
        insert(User).values(
            source="hand", external_id="H1", legal_name="Hal Hay", locale="en", created_at=NOW
        ),
    ],
)
def test_after_any_change_of_what_is_believed_the_list_is_read(
    house: TestHouse, take: Take, change: Any
) -> None:
    take(LISTED)
    with house.database.write() as session:
        session.execute(change)
    assert not is_known(house, LISTED)


@pytest.mark.either_database
def test_a_change_of_what_no_list_tells_leaves_it_known(house: TestHouse, take: Take) -> None:
    take(LISTED)
    with house.database.write() as session:
        session.execute(update(User).where(User.external_id == "2").values(locale="es"))
    assert is_known(house, LISTED)


@pytest.mark.either_database
def test_a_day_that_turns_something_is_not_passed_over(house: TestHouse, take: Take) -> None:
    ends = listed(ANN, BO.replace(",,active", f",{TODAY + 9 * DAY},active"), CY)
    take(ends)
    known = [n for n in range(15) if _is_known_or_refused(house, ends, n)]
    assert known == list(range(9))
    hired = listed(ANN, BO.replace("2026-04-06", f"{TODAY + 5 * DAY}"), CY)
    take(hired, days=1)
    assert is_known(house, hired, days=4)
    assert not is_known(house, hired, days=5)


def _is_known_or_refused(house: TestHouse, data: bytes, days: int) -> bool:
    try:
        return is_known(house, data, days=days)
    except Refused:
        return False


@pytest.mark.either_database
def test_other_rules_of_reading_read_it(
    house: TestHouse, take: Take, monkeypatch: pytest.MonkeyPatch
) -> None:
    take(LISTED)
    monkeypatch.setattr(memory, "_rules", lambda: "other code")
    assert not is_known(house, LISTED)


@pytest.mark.either_database
def test_a_list_with_rows_left_out_is_read_each_time(house: TestHouse, take: Take) -> None:
    faulty = listed(ANN, BO, CY.replace("2026-05-04", "soon"))
    take(faulty, skip_bad_rows=True)
    assert not is_known(house, faulty, skip_bad_rows=True)


@pytest.mark.either_database
def test_its_warnings_come_again(house: TestHouse, take: Take) -> None:
    shared = listed(ANN, BO.replace("bo@", "ann@"), CY.replace("ICU,2", "ICU,Bo Bay"))
    take(shared)
    assert is_known(house, shared)
    read = take(shared).lines()
    assert [line.split(":")[0] for line in read] == ["2", "3", "4"]
    with house.database.write() as session:
        session.execute(update(RosterMemory).values(state="lost"))
    assert not is_known(house, shared)
    assert take(shared).lines() == read


@pytest.mark.either_database
def test_what_somebody_changed_while_it_was_read_is_not_taken_for_what_was_read(
    house: TestHouse, take: Take, monkeypatch: pytest.MonkeyPatch
) -> None:
    take(LISTED)
    turned = listed(CY, BO, ANN)
    states = iter(["before", "after"])
    with house.database.write() as session:
        found = plan(session, turned, "staff.csv", Options(source="school", today=TODAY))
        monkeypatch.setattr(memory, "state_of", lambda _session: next(states))
        apply(session, found, by=None, now=NOW)
    monkeypatch.undo()
    assert not is_known(house, turned)


@pytest.mark.either_database
def test_what_is_believed_stands_in_the_tables_that_are_counted(house: TestHouse) -> None:
    """A table that is read and not counted could change without a word."""
    told: list[str] = []
    event.listen(house.database.reader, "before_cursor_execute", lambda *sent: told.append(sent[2]))
    with house.database.read() as session:
        note_moved(session, believed(session, "hr", TODAY), "hr")
        read = {str(table) for table in _tables_in(told)} - {"SELECT"}  # one within another
        told.clear()
        memory.state_of(session)
        counted = {str(table) for table in _tables_in(told)}
    assert read == {
        *("user", "site", "placement", "placement_note", "absence"),
        *("staff_number", "same_person"),
    }
    assert read - counted == {"placement_note"}  # none is written but with a placement


def _tables_in(statements: list[str]) -> Iterator[str]:
    for statement in statements:
        words = statement.replace('"', "").replace(",", " ").split()
        for before, word in pairwise(words):
            if before in {"FROM", "JOIN"}:
                yield word.strip("()")


# --- with and without ---------------------------------------------------------------------------


@dataclass
class Town:
    """A house whose lists, people and days go on by chance."""

    house: TestHouse
    rng: random.Random
    today: date = TODAY
    staff: dict[str, dict[str, list[str]]] = field(default_factory=dict)
    last: dict[str, tuple[bytes, dict[str, Any]]] = field(default_factory=dict)
    known: int = 0

    def go_on(self) -> None:
        """Do one thing: mostly a list, and mostly one that came before."""
        kind = self.rng.random()
        if kind < 0.4 and self.last:
            source = self.rng.choice(sorted(self.last))
            data, asked = self.last[source]
            self.take(source, data, asked)
        elif kind < 0.7:
            self.new_list(self.rng.choice(["school", "agency"]))
        elif kind < 0.85:
            self.by_hand()
        else:
            self.today += self.rng.choice([1, 1, 7, 40]) * DAY

    def new_list(self, source: str) -> None:
        staff = self.staff.setdefault(source, {})
        for _ in range(self.rng.choice([1, 1, 3, 12])):
            number = f"{source[0]}{self.rng.randrange(18)}"
            if number in staff and self.rng.random() < 0.2:
                del staff[number]
            else:
                staff[number] = self._row(source, number)
        head = HEAD if self.rng.random() < 0.8 else HEAD.replace("status", "note")
        rows = [",".join(cells) for cells in staff.values()]
        asked = self.rng.choice(
            [{}, {}, {}, {"allow_ending": 20}, {"skip_bad_rows": True}, {"full": False}]
        )
        data = listed(*rows, head=head)
        self.take(source, data, asked)

    def _row(self, source: str, number: str) -> list[str]:
        day = self.today + self.rng.randrange(-400, 60) * DAY
        ends = self.today + self.rng.randrange(-2, 60) * DAY
        boss = self.rng.choice(["", "", *self.staff[source], "Mona Moss", "E-mona"])
        return [
            number,
            self.rng.choice(
                ["Kim Fox", '"Fox, Kim"', f"Pat {'ABCDEFGHIJ'[self.rng.randrange(10)]}"]
            ),
            self.rng.choice(["", f"{number}@x.example", "desk@x.example", ""]),
            self.rng.choice(["ICU", "OR"]),
            boss,
            self.rng.choice(["Main Street", "MAIN STREET", "Harbor", "Hill"]),
            day.isoformat() if self.rng.random() < 0.98 else "soon",
            ends.isoformat() if self.rng.random() < 0.2 else "",
            self.rng.choice(["active", "active", "active", "leave", "terminated", ""]),
        ]

    def by_hand(self) -> None:
        with self.house.database.write() as session:
            who = self.rng.choice(list(session.scalars(select(User.id).order_by(User.id))))
            match self.rng.randrange(4):
                case 0:
                    named = update(User).where(User.id == who)
                    session.execute(named.values(legal_name=self.rng.choice(["Kim Fox", "Pat A"])))
                case 1:
                    named = update(User).where(User.id == who)
                    session.execute(named.values(email=f"{who}@y.example"))
                case 2:
                    site = self.rng.choice(list(session.scalars(select(Site).order_by(Site.id))))
                    site.name = site.name.swapcase()
                case _:
                    self._leaves(session, who)

    def _leaves(self, session: Any, who: int) -> None:
        query = select(Placement).where(
            Placement.user_id == who, Placement.superseded_at.is_(None), Placement.is_primary
        )
        last = session.scalars(query.order_by(Placement.from_on.desc())).first()
        if last is None or last.kind == "left":
            return
        names = [c.name for c in Placement.__table__.columns if c.name not in {"id", "recorded_at"}]
        values = {name: getattr(last, name) for name in names}
        values |= {"kind": "left", "from_on": max(self.today, last.from_on + DAY)}
        session.execute(insert(Placement).values(**values, recorded_at=NOW))

    def take(self, source: str, data: bytes, asked: dict[str, Any]) -> None:
        """Plan a list with and without what is remembered, and apply it."""
        options = replace(Options(source=source, today=self.today), **asked)

        def planned(session: Any) -> tuple[Plan | None, Any]:
            try:
                found = plan(session, data, "staff.csv", options)
            except Refused as refused:
                return None, refused.faults
            return found, (found.counts, found.changes, found.lines(), found.digest)

        with self.house.database.write() as session:
            found, told = planned(session)
            with pytest.MonkeyPatch.context() as patch:
                patch.setattr(memory, "recalled", lambda *_: None)
                assert planned(session)[1] == told
            if found is not None:
                self.known += found.is_recalled
                self.last[source] = (data, asked)
                apply(session, found, by=None, now=NOW)


@pytest.mark.parametrize("seed", range(times(2, 60)))
def test_over_random_histories_what_is_remembered_is_what_reading_says(
    house: TestHouse, seed: int
) -> None:
    town = Town(house, random.Random(seed))
    for _ in range(45):
        town.go_on()
    assert town.known > 2 or seed > 1, "most histories come to it several times"
