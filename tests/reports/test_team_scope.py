"""Random organisations with loans, loops, two jobs and empty posts, against a plain oracle."""

import csv
import io
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook
from sqlalchemy import event, select, text

from tests.certificates.reading import text_of
from tests.effort import times
from tests.house import TestHouse
from tests.reports.crowds import Crowd, gather
from training.accounts.days import todays
from training.assignments.models import Assignment
from training.db import Database
from training.mail import Letter
from training.renewals import letters
from training.renewals.models import Notice
from training.reports import digests, teams
from training.reports.scope import View
from training.rules.nudges import NUDGE

MONDAY = datetime(2026, 11, 30, 15, 0, tzinfo=UTC)
A_NAME = re.compile(r"Person(\d\d) Name\1")
FIXTURES = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]


@pytest.fixture
def crowd(house: TestHouse) -> Crowd:
    house.settings.smtp_url = "smtp://127.0.0.1:9"
    house.clock.at = MONDAY
    return gather(house)


class Pile:
    """Where letters go in place of a server."""

    def __init__(self) -> None:
        self.letters: list[Letter] = []

    def send(self, letter: Letter, _now: datetime) -> None:
        self.letters.append(letter)

    def close(self) -> None:
        pass


def people_in(told: str, crowd: Crowd) -> set[int]:
    return {crowd.ids[int(number)] for number in A_NAME.findall(told)}


@given(seed=st.integers(0, 2**32), pick=st.integers(0, 59))
@settings(max_examples=times(5, 30), deadline=None, suppress_health_check=FIXTURES)
def test_F22_page_count_files_nudge_and_mail_are_one_set(
    crowd: Crowd, seed: int, pick: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    crowd.house.clock.at += timedelta(days=7)
    crowd.set_up(seed)
    here = [user for user in crowd.ids if crowd.here(user)]
    if not here:
        return
    above = [user for user in here if crowd.sees(user)] if pick % 6 < 5 else []  # mostly managers
    viewer = (above or here)[pick % len(above or here)]
    expected = crowd.sees(viewer)
    check_mails(crowd)
    browser = crowd.browser(viewer)
    page = browser.get("/team")
    if page.status_code == 403:
        assert expected == set()
        return
    told = page.get_data(as_text=True).split("<main", 1)[1]

    assert {int(found) for found in re.findall(r'href="/team/(\d+)"', told)} == expected
    if crowd.late(expected):
        assert f"{len(crowd.late(expected))} of your {len(expected)} need" in told
    check_files(crowd, viewer, expected, tmp_path_factory.mktemp("files"))
    check_alone(crowd, viewer, expected)
    check_a_ward(crowd, viewer, expected & crowd.works_in("Ward 1"))
    check_nudge(crowd, viewer, expected)


def check_a_ward(crowd: Crowd, viewer: int, expected: set[int]) -> None:
    """Narrowed to a ward: whoever has any of her jobs there, on every surface, and told why."""
    browser, where = crowd.browser(viewer), "department=Ward+1"
    told = browser.get(f"/team?{where}").text.split("<main", 1)[1]
    assert {int(found) for found in re.findall(r'href="/team/(\d+)"', told)} == expected
    rows = list(csv.DictReader(io.StringIO(browser.get(f"/team.csv?{where}").text)))
    assert people_in(" ".join(row["name"] for row in rows), crowd) == expected
    assert all("Ward 1" in row["department"] + row["second_jobs"] for row in rows)
    crowd.house.post(browser, "/team/nudge", department="Ward 1")
    assert nudged(crowd) == crowd.late(expected) - crowd.no_mail


def name_of(crowd: Crowd, user: int) -> str:
    number = crowd.ids.index(user)
    return f"Person{number:02} Name{number:02}"


def check_files(crowd: Crowd, viewer: int, expected: set[int], folder: Path) -> None:
    browser = crowd.browser(viewer)
    rows = list(csv.DictReader(io.StringIO(browser.get("/team.csv").get_data(as_text=True))))
    assert len(rows) == len(expected)
    assert people_in(" ".join(row["name"] for row in rows), crowd) == expected
    book = load_workbook(io.BytesIO(browser.get("/team.xlsx").data), read_only=True)
    sheet = list(book["Team"].iter_rows(values_only=True))
    assert [row[0] for row in sheet[1:]] == [row["employee_id"] for row in rows]
    pdf = text_of(browser.get("/team.pdf").data, folder)
    ids = re.findall(r"\bC\d\d\b", pdf)
    assert ids == [row["employee_id"] for row in rows]
    lenders = {row["lent_by"] for row in rows} - {""}
    assert lenders <= {name_of(crowd, lender) for lender in crowd.lenders(viewer)}
    own = crowd.below(viewer)
    assert {int(row["employee_id"][1:]) for row in rows if not row["lent_by"]} == {
        crowd.ids.index(user) for user in own if user != viewer
    }


def check_alone(crowd: Crowd, viewer: int, expected: set[int]) -> None:
    """One person's page, and the order: those directly below come first."""
    now = crowd.house.clock.now()
    with crowd.house.database.read() as session:
        view = View(viewer, todays(session, now), now)
        some = crowd.ids[:: 1 + len(expected) // 4]
        alone = {user for user in some if teams.member(session, view, user)}
        lines = teams.team(session, view)
        by_ward = {w: teams.team(session, view, teams.Filters(department=w)) for w in wards()}
        found = teams.team(session, view, teams.Filters(text="name0"))
    assert alone == expected & set(some)
    own = crowd.below(viewer)
    for line in lines:
        if not line.lent_by:
            assert line.direct is own[line.user_id]
    needing = [line.direct for line in lines if line.needs_nudge]
    assert needing == sorted(needing, reverse=True)
    for ward, hers in by_ward.items():
        assert sorted(line.user_id for line in hers) == sorted(expected & crowd.works_in(ward))
        assert all(ward in f"{line.department} {line.also}" for line in hers)
    assert {line.user_id for line in found} == {u for u in expected if crowd.ids.index(u) < 10}


def wards() -> list[str]:
    return [f"Ward {n}" for n in range(3)]


def check_nudge(crowd: Crowd, viewer: int, expected: set[int]) -> None:
    house = crowd.house
    reply = house.post(crowd.browser(viewer), "/team/nudge")
    assert reply.status_code == 303
    assert nudged(crowd) == crowd.late(expected) - crowd.no_mail


def nudged(crowd: Crowd) -> set[int]:
    house = crowd.house
    with house.database.read() as session:
        query = (
            select(Assignment.user_id)
            .join(Notice, Notice.assignment_id == Assignment.id)
            .where(Notice.kind == NUDGE, Notice.due_key >= house.clock.now().date())
        )
        return set(session.scalars(query))


def check_mails(crowd: Crowd) -> None:
    """Each who ought to hear hears of exactly the late people of her page, and nobody else."""
    pile, now = Pile(), crowd.house.clock.now()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(letters, "MOST_NAMES", 100)
        digests.send_digests(
            crowd.house.database,
            pile,
            now=now,
            last_ran=now - timedelta(days=6),
            base_url="http://byp.test",
        )
    mine = [mail for mail in pile.letters if mail.to_address.endswith("@crowd.example")]
    heard = {mail.to_address: mail for mail in mine}
    assert len(heard) == len(mine)
    expected = {}
    for user in crowd.ids:
        late = crowd.late(crowd.sees(user))
        reachable = crowd.here(user) and user not in crowd.no_mail and user not in crowd.away
        if reachable and late and takes_mail(crowd, user):
            expected[f"c{crowd.ids.index(user):02}@crowd.example"] = (user, late)
    assert set(heard) == set(expected)
    for address, (user, late) in expected.items():
        names = people_in(heard[address].body.split("\n", 1)[1], crowd)
        assert names == late
        assert heard[address].subject.startswith(f"{len(late)} of {len(crowd.sees(user))} late: ")


def takes_mail(crowd: Crowd, user: int) -> bool:
    """Whoever lent her view away hears nothing of her own people; a borrower with mail does."""
    lent = any(
        lender == user
        for to in crowd.ids
        if to not in crowd.no_mail
        for lender in crowd.lenders(to)
    )
    own = not lent and bool(crowd.late(crowd.below(user)))
    return own or any(crowd.late(crowd.below(lender)) for lender in crowd.lenders(user))


def test_the_statements_of_the_page_do_not_grow_with_people_or_loans(crowd: Crowd) -> None:
    counts = []
    for team_size, lenders in ((2, 0), (40, 0), (10, 8)):
        boss, *others = crowd.ids
        crowd.left, crowd.loans = set(), []
        crowd.jobs = {boss: [None]} | {
            user: [boss if n < team_size else others[n % max(1, lenders)] if lenders else None]
            for n, user in enumerate(others)
        }
        crowd.loans = [(lender, boss, -1, 2) for lender in others[:lenders]]
        crowd._write()
        crowd.house.clock.at += timedelta(minutes=1)
        browser, seen = crowd.browser(boss), []
        browser.get("/team")  # the course's text is read once by each process

        def note(_c: object, _x: object, sql: str, *_r: object, seen: list[str] = seen) -> None:
            seen.append(sql)

        event.listen(crowd.house.database.reader, "before_cursor_execute", note)
        assert browser.get("/team").status_code == 200
        event.remove(crowd.house.database.reader, "before_cursor_execute", note)
        counts.append(len(seen))
    # a team with nothing but late ones has no table, and asks for no title
    assert counts[0] in {counts[1], counts[1] - 1}
    assert counts[1] == counts[2]
    assert counts[0] <= 24


def test_the_scope_is_found_by_index(crowd: Crowd) -> None:
    """EXPLAIN of the page's own statements: managers by their index, people by theirs."""
    crowd.set_up(7)
    if not crowd.house.database.is_sqlite:
        make_large(crowd)
    now, database, seen = crowd.house.clock.now(), crowd.house.database, []

    def note(_c: object, _x: object, sql: str, values: Any, *_r: object) -> None:
        if "placement" in sql:
            seen.append((sql, values))

    event.listen(database.reader, "before_cursor_execute", note)
    with database.read() as session:
        view = View(crowd.ids[0], todays(session, now), now)
        teams.team(session, view)
        teams.team(session, view, teams.Filters(department="Ward 1"))
    event.remove(database.reader, "before_cursor_execute", note)
    plans = [explained(database, sql, values) for sql, values in seen]
    assert "ix_placement_manager_id" in plans[0]
    assert [
        plan for plan in plans if re.search(r"SCAN placement|Seq Scan on placement", plan)
    ] == []


LARGE = """
SET LOCAL statement_timeout = 0;
INSERT INTO "user" (source, external_id, legal_name, locale, created_at)
SELECT 'large', 'L' || n, 'Large ' || n, 'en', now() FROM generate_series(1, 12000) n;
INSERT INTO placement (user_id, job, kind, from_on, site_id, department, job_title,
    worker_type, manager_id, is_primary, hired_on, recorded_at)
SELECT u.id, 1, 'placed', '2024-01-15', 1, '', '', 'employee', first.id + u.id % 300, true,
    '2024-01-15', now()
FROM "user" u, (SELECT min(id) AS id FROM "user" WHERE source = 'large') first
WHERE u.source = 'large' AND u.id >= first.id + 300;
ANALYZE "user";
ANALYZE placement
"""


def make_large(crowd: Crowd) -> None:
    """Give the planner twelve thousand more people: few enough that it may read them all."""
    with crowd.house.database.write() as session:
        session.execute(text("SET LOCAL statement_timeout = 0"))  # making them is not the test
        for statement in LARGE.split(";"):
            session.execute(text(statement))


def explained(database: Database, sql: str, values: Any) -> str:
    with database.read() as session:
        explain = "EXPLAIN QUERY PLAN" if database.is_sqlite else "EXPLAIN"
        plan = session.connection().exec_driver_sql(f"{explain} {sql}", values)
        return "\n".join(str(row) for row in plan)
