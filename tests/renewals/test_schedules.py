"""However often the job runs, the same is open in the end: hourly, weekly, or after 40 days."""

import random
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from tests import stores
from tests.cast import make_template
from tests.effort import FULL, times
from tests.house import TestHouse
from tests.moves import _place
from tests.renewals.storyteller import DAY, Row, Teller, rows
from training import audit
from training.accounts.days import todays
from training.accounts.models import User
from training.assignments.models import Assignment
from training.assignments.service import open_for
from training.db import Database
from training.renewals import dates
from training.renewals.reconcile import reconcile_all
from training.reports.queries import everyone

RULES = ["yearly", "gentle", "afresh", "sixty", "halfyear", "january", "leapday", "once", "access",
         "texas"]  # fmt: skip
SPAN = 600  # days of a life


class Life:
    """A random life in the words of the table: what happens to one person in a year or two."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)
        self.hired = date(2024, 1, 1) + self.days(0, 2600)
        self.day, self.end = self.hired + self.days(1, 90), self.hired + SPAN * DAY
        self.free = {"leave": self.hired, "waiver": self.hired, "second": self.hired}
        self.second_until = date.min
        self.rule = self.chance.choice(RULES)
        self.happens: list[str] = []

    def days(self, fewest: int, most: int) -> timedelta:
        return self.chance.randint(fewest, most) * DAY

    def tell(self, words: str) -> None:
        self.happens.append(f"{self.day} 12:00 {words}")

    def row(self) -> Row:
        acts = [self.learn, self.learn, self.learn, self.rest, self.waive, self.go, self.move]
        acts += [self.second_job] * (3 if self.rule == "texas" else 1)
        while self.day < self.end:
            self.chance.choice(acts)()
            self.day += self.days(1, 90)
        return {
            "row": "R",
            "rule": self.rule,
            "hired": self.hired,
            "access": self.hired + self.days(0, 20),
            "happens": [text for text in self.happens if text < str(self.end)],
            "asked": self.end,
        }

    def learn(self) -> None:
        self.tell(f"completed on paper on {self.day}")

    def rest(self) -> None:
        if self.day >= self.free["leave"]:
            last = self.day + self.days(1, 150)
            self.tell(f"is on leave {self.day} to {last}")
            self.free["leave"] = last + DAY

    def waive(self) -> None:
        if self.day >= self.free["waiver"]:
            last = self.day + self.days(1, 150)
            self.tell(f"is let off to {last}")
            self.free["waiver"] = last + DAY

    def go(self) -> None:
        """Leave, and be hired again after a while; nothing is told between."""
        self.tell(f"leaves, last day {self.day}")
        if self.second_until > self.day:
            self.tell(f"leaves the second job, last day {self.day}")
        self.day += self.days(2, 200)
        self.tell(f"is hired again {self.day}")

    def move(self) -> None:
        places = ["New York", "Honolulu", "Chicago", *(["Dallas"] * (self.rule != "texas"))]
        place = self.chance.choice(places)
        self.tell(f"moves to {place} from {self.day + DAY}")
        self.day += 2 * DAY

    def second_job(self) -> None:
        """Have another job for a while: by the rule of Texas the only one that is asked."""
        if self.day < self.free["second"]:
            return
        last = self.day + self.days(50, 200)
        access = self.chance.choice(["", f" with access since {self.day + self.days(0, 30)}"])
        self.tell(f"has a second job at Dallas from {self.day}{access}")
        self.tell(f"leaves the second job, last day {last}")
        self.second_until, self.free["second"] = last, last + 50 * DAY


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    """One database: each life's transaction is thrown away, and all is dates, not SQL."""
    folder: Path = tmp_path_factory.mktemp("schedules")
    with stores.copy_of("sqlite", "cast", make_template, folder) as url:
        found = Database(url, before_commit=(audit.append_pending,))
        yield found
        found.dispose()


def cycles(database: Database, row: Row, every: int | None) -> list[tuple[object, ...]]:
    with database.open(writes=True) as session:
        officer = session.scalars(select(User.id).where(User.external_id == "E-olga")).one()
        teller = Teller(session, row, officer, every=every)
        teller.play()
        return teller.cycles()


@pytest.mark.parametrize("seed", range(times(3, 400)))
def test_weekly_or_after_an_outage_the_job_leaves_the_same_cycles(
    database: Database, seed: int
) -> None:
    row = Life(seed).row()
    hourly = cycles(database, row, None)
    assert cycles(database, row, 7) == hourly, row
    assert cycles(database, row, 40) == hourly, row


BETWEEN_TWO_RUNS: list[Row] = [
    {
        "row": "left, and hired again",
        "rule": "yearly",
        "hired": date(2026, 11, 3),
        "happens": [
            "2026-11-10 09:00 leaves, last day 2026-11-13",
            "2026-12-01 09:00 is hired again 2026-12-01",
        ],
        "asked": date(2026, 12, 31),
    },
    {
        "row": "hired, on leave and back",
        "rule": "yearly",
        "hired": date(2026, 11, 3),
        "recorded": "2026-10-20 09:00",
        "runs_from": date(2026, 10, 15),
        "happens": ["2026-10-21 09:00 is on leave 2026-11-03 to 2026-11-20"],
        "asked": date(2026, 12, 1),
    },
    {
        "row": "a contractor becomes an employee",
        "rule": ["staff", "agency"],
        "worker": "contractor",
        "hired": date(2026, 11, 3),
        "recorded": "2026-10-20 09:00",
        "runs_from": date(2026, 10, 15),
        "happens": ["2026-11-16 09:00 becomes employee from 2026-11-16"],
        "asked": date(2026, 12, 1),
    },
    {
        "row": "under a rule that waits for access, which she has by then",
        "rule": ["access", "agency"],
        "worker": "contractor",
        "hired": date(2026, 11, 3),
        "access": date(2026, 11, 10),
        "recorded": "2026-10-20 09:00",
        "runs_from": date(2026, 10, 15),
        "happens": ["2026-11-16 09:00 becomes employee from 2026-11-16"],
        "asked": date(2026, 12, 1),
    },
    {
        "row": "a refresher that opened by the rule of before, and a shorter window since",
        "rule": "yearly",
        "hired": date(2026, 3, 2),
        "happens": [
            "2026-03-10 10:00 completed on paper on 2026-03-10",
            "2027-01-02 09:00 the rule becomes halfyear from 2027-02-01",
        ],
        "runs_from": date(2027, 1, 1),
        "asked": date(2027, 2, 5),
    },
    {
        "row": "the same, with another grace, past the due day",
        "rule": "yearly",
        "hired": date(2026, 3, 2),
        "happens": [
            "2026-03-10 10:00 completed on paper on 2026-03-10",
            "2027-01-02 09:00 the rule becomes gentle from 2027-02-01",
        ],
        "runs_from": date(2026, 12, 30),
        "asked": date(2027, 3, 12),
    },
    {
        "row": "a refresher that a longer window opens at once",
        "rule": "halfyear",
        "hired": date(2026, 3, 2),
        "happens": [
            "2026-03-10 10:00 completed on paper on 2026-03-10",
            "2026-06-10 09:00 the rule becomes yearly from 2026-07-15",
            "2026-06-11 09:00 the rule becomes halfyear from 2026-07-25",
        ],
        "runs_from": date(2026, 7, 1),
        "asked": date(2026, 7, 28),
    },
    {
        "row": "the rule ended and came back in between",
        "rule": "yearly",
        "hired": date(2026, 3, 2),
        "happens": [
            "2026-03-10 10:00 completed on paper on 2026-03-10",
            "2027-01-02 09:00 the rule ends before 2027-01-25",
            "2027-01-02 10:00 a rule gentle begins 2027-02-01",
        ],
        "runs_from": date(2027, 1, 1),
        "asked": date(2027, 2, 5),
    },
]


@pytest.mark.parametrize("row", BETWEEN_TWO_RUNS, ids=[row["row"] for row in BETWEEN_TWO_RUNS])
def test_what_began_and_ended_between_two_runs_is_in_the_dates(
    database: Database, row: Row
) -> None:
    assert cycles(database, row, 40) == cycles(database, row, None)


# What moves the due day of an open cycle on a day of its own is the job's to note on that day.
NOTED = ("leave", "let off", "the rule", "a rule")
# What is begun, or helped with, has been opened: by the job, so it was not asleep.
OPENED = ("begins", "asks for help")
PLAIN = [
    row
    for row in rows()
    if not any(word in told for word in (*NOTED, *OPENED) for told in row.get("happens", ()))
]
ASLEEP = (
    PLAIN if FULL else [row for row in PLAIN if row["row"] in {"A26", "A45", "B03", "B07", "C25"}]
)
REHIRED = [row for row in rows() if row["row"] in {"D34", "D35", "D37", "D38"}]


@pytest.mark.parametrize("row", [*ASLEEP, *REHIRED], ids=lambda row: row["row"])
def test_an_answer_does_not_wait_for_the_job(database: Database, row: Row) -> None:
    """The rows of the table hold though the job sleeps: what should be open counts as open."""
    with database.open(writes=True) as session:
        officer = session.scalars(select(User.id).where(User.external_id == "E-olga")).one()
        teller = Teller(session, row, officer, every=10_000)
        teller.play()
        found = teller.ask()
    told = {name: getattr(found, name) for name in row["expect"]}
    assert told == row["expect"], row["why"]


# Leave and waivers, all told beforehand; what is begun, completed or withdrawn is another story.
BUT = ("completes", "completed", "withdrawn", "the rule", "a rule", "begins", "help", "extended")
AWAY = ("leave", "let off", "hired again")
RETURNS = [
    row
    for row in rows()
    if any(word in told for word in AWAY for told in row.get("happens", ()))
    and not any(word in told for word in BUT for told in row["happens"])
]


@pytest.mark.parametrize("row", RETURNS, ids=lambda row: row["row"])
def test_a_return_does_not_wait_for_the_job(database: Database, row: Row) -> None:
    """The job opened her training on her second day, and has slept since."""
    row = {**row, "runs_from": row["hired"] + DAY}
    with database.open(writes=True) as session:
        officer = session.scalars(select(User.id).where(User.external_id == "E-olga")).one()
        teller = Teller(session, row, officer, every=10_000)
        teller.play()
        found = teller.ask()
    told = {name: getattr(found, name) for name in row["expect"]}
    assert told == row["expect"], row["why"]


# --- on leave, left, hired again: each between two runs of the job, told in any order -----------

LEAVE = "is on leave 2027-01-04 to 2027-01-20"
LEFT = "leaves, last day 2027-02-10"
AGAIN = "is hired again 2027-02-22"
DURING = "is on leave 2027-02-25 to 2027-03-05"
# a first training is open; a refresher is
BEGUN = ("", "2026-03-10 12:00 completed on paper on 2026-03-10")
PARTS = ("leave left again", "left again", "left again leave", "leave left again leave",
         "leave left")  # fmt: skip
TOLD = [
    ("as it happens", "2027-01-04", "2027-02-10", "2027-02-22", "2027-02-25"),
    ("all beforehand", "2026-12-20", "2026-12-21", "2026-12-22", "2026-12-23"),
    ("leave told last", "2027-02-28", "2027-02-10", "2027-02-22", "2027-03-01"),
    ("all afterwards", "2027-03-08", "2027-03-09", "2027-03-10", "2027-03-11"),
]
# not at all; from her second day on; over all three; from one to the next
SLEPT = [None, 10_000, 90, 40, 25, 12]
ORDERS = [
    pytest.param(past, told, parts, id=f"{'refresher' if past else 'first'}-{told[0]}-{parts}")
    for past in BEGUN
    for told in TOLD
    for parts in PARTS
]


@pytest.mark.parametrize(("past", "told", "parts"), ORDERS)
def test_leave_leaving_and_coming_back_leave_the_same_cycles_though_the_job_slept(
    database: Database, past: str, told: tuple[str, ...], parts: str
) -> None:
    _name, leave, left, again, later = told
    words, named = [past] if past else [], parts.split()
    for place, part in enumerate(named):
        second = part == "leave" and place > 0
        day, what = {
            "leave": (later, DURING) if second else (leave, LEAVE),
            "left": (left, LEFT),
            "again": (again, AGAIN),
        }[part]
        words.append(f"{day} {12 + place}:00 {what}")
    hired = date(2026, 3, 2) if past else date(2026, 12, 1)
    row: Row = {
        "row": "asleep",
        "rule": "yearly",
        "hired": hired,
        "happens": words,
        "asked": date(2027, 3, 12),
    }
    found = {}
    # told afterwards, what the job opened late and after her return stays as it was opened
    late = told[0] == "all afterwards"
    for every in [*SLEPT[:1], *SLEPT[3:]] if late else SLEPT:
        runs_from = hired + DAY if (every or 0) > 40 else hired
        found[every] = cycles(database, {**row, "runs_from": runs_from}, every)
    assert all(one == found[None] for one in found.values()), found
    if "again" in named:
        assert any(one[0] in {"new_hire", "renewal"} for one in found[None])


def test_a_leaving_and_a_return_told_beforehand_need_no_change_on_their_day(
    house: TestHouse,
) -> None:
    """The table of dates was made before she left: the job that reads only whoever has something
    due finds her on the day that it wakes, though nothing was told since."""
    first, day, alice = house.open_cycle("alice"), house.clock.now().date(), house.id_of("alice")
    again = day + 20 * DAY
    _place(house, "alice", kind="left", from_on=day + 10 * DAY)
    _place(house, "alice", kind="placed", from_on=again, hired_on=again)
    dates.refresh_all(house.database)
    house.clock.at += 25 * DAY
    now, due = house.clock.now(), again + 30 * DAY
    with house.database.read() as session:
        asked = everyone(session, todays(session, now), User.id == alice)
        assert [duty.facts.due_on for duty in asked] == [due]
        assert open_for(session, alice, now.date()) == ()  # nothing of her earlier spell
    reconcile_all(house.database, lambda session: todays(session, now), now)
    with house.database.read() as session:
        mine = select(Assignment.id, Assignment.closed_reason, Assignment.due_on)
        rows = session.execute(mine.where(Assignment.user_id == alice).order_by(Assignment.id))
        assert [tuple(row)[1:] for row in rows if row.id >= first][1:] == [(None, due)]
        assert session.get_one(Assignment, first).closed_reason == "left"
        assert [one.due_on for one in open_for(session, alice, now.date())] == [due]


def test_whoever_should_have_a_refresher_open_has_the_grace_of_its_rule(
    database: Database,
) -> None:
    """No job has run since, and the rule gives a grace by now that hers did not."""
    row: Row = {
        "row": "asleep",
        "rule": "yearly",
        "hired": date(2026, 3, 2),
        "happens": [
            "2026-03-10 10:00 completed on paper on 2026-03-10",
            "2027-01-02 09:00 the rule becomes gentle from 2027-02-01",
        ],
        "asked": date(2027, 3, 12),
    }
    answers = []
    for every in (10_000, None):
        with database.open(writes=True) as session:
            officer = session.scalars(select(User.id).where(User.external_id == "E-olga")).one()
            teller = Teller(session, row, officer, every=every)
            teller.play()
            answers.append((teller.ask(), teller.ask_today()))
    assert answers[0] == answers[1]
    assert answers[0][0].status == "overdue"
