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
from tests.renewals.storyteller import DAY, Row, Teller, rows
from training import audit
from training.accounts.models import User
from training.db import Database

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
# Nor is the cycle of somebody who left and was hired again, which the job is to close first.
BUT = ("completes", "completed", "withdrawn", "the rule", "a rule", "begins", "help", "extended",
       "hired again")  # fmt: skip
RETURNS = [
    row
    for row in rows()
    if any(word in told for word in ("leave", "let off") for told in row.get("happens", ()))
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
