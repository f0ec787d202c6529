"""How the databases find the rows of reports: by an index, never by reading a table whole."""

import re
from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from sqlalchemy import event, insert, select, text
from sqlalchemy.orm import Session

from tests.cast import LONG_AGO, NOW, TODAY
from tests.house import TestHouse
from tests.reports.test_feed import add_completions
from training.accounts.days import Today, todays
from training.learning.models import Completion, Void
from training.program.roster.sources import lists_so_far
from training.renewals import dates, history
from training.renewals.models import StandingStale
from training.reports import feed, people_export, people_list, queries

DAY = timedelta(days=1)
BIG = ("user", "placement", "absence", "waiver", "assignment", "due_change", "completion", "void",
       "help_request")  # fmt: skip


@pytest.fixture
def big(house: TestHouse) -> Iterator[Session]:
    """A house with enough rows that an index is worth it, its figures known to the planner."""
    with house.database.write() as session:
        add_completions(session, 600)
        for id_ in session.scalars(select(Completion.id).limit(300)).all():
            values = {"subject_kind": "completion", "subject_id": id_, "reason": "a test"}
            session.add(Void(voided_on=TODAY, recorded_at=NOW, **values))
    analyse(house)
    with house.database.read() as session:
        if not house.database.is_sqlite:
            session.execute(text("SET LOCAL enable_seqscan = off"))
        yield session


def plan_of(session: Session, statement: str, values: Any) -> str:
    head = "EXPLAIN QUERY PLAN " if _is_sqlite(session) else "EXPLAIN "
    rows = session.connection().exec_driver_sql(head + statement, values)
    return "\n".join(str(row[-1]) for row in rows)


def _is_sqlite(session: Session) -> bool:
    return session.get_bind().dialect.name == "sqlite"


def reads_whole(session: Session, plan: str) -> list[str]:
    """Return the tables that a plan reads from end to end."""
    found = []
    for line in plan.splitlines():
        words = line.replace('"', "").split()
        if _is_sqlite(session):
            whole = words[:1] == ["SCAN"] and "USING" not in words
            found += [words[1]] if whole and words[1] in BIG else []
        elif "Seq Scan on" in line:
            found += [words[words.index("on") + 1]]
    return [name for name in found if name in BIG]


def statements_of(session: Session, work: Any, begins: str = "SELECT") -> list[tuple[str, Any]]:
    seen: list[tuple[str, Any]] = []

    def note(_c: object, _x: object, statement: str, values: Any, *_rest: object) -> None:
        if statement.startswith(begins):
            seen.append((statement, values))

    bind = session.get_bind()
    event.listen(bind, "before_cursor_execute", note)
    work()
    event.remove(bind, "before_cursor_execute", note)
    return seen


def test_B11_a_page_of_people_with_their_past_reads_no_table_whole(big: Session) -> None:
    found = statements_of(big, lambda: history.lives(big, after=300, most=50))
    assert len(found) == 9
    for statement, values in found:
        plan = plan_of(big, statement, values)
        assert reads_whole(big, plan) == [], f"{statement}\n{plan}"


MANY = """
INSERT INTO "user" (source, external_id, legal_name, locale, created_at)
WITH RECURSIVE counted(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM counted WHERE n < 2000)
SELECT 'many', 'M' || n, 'Many ' || n, 'en', '2024-01-15' FROM counted;
INSERT INTO placement (user_id, job, kind, from_on, site_id, department, job_title,
    worker_type, is_primary, hired_on, recorded_at)
SELECT id, 1, 'placed', '2024-01-15', 1, '', '', 'employee', true, '2024-01-15', '2024-01-15'
FROM "user" WHERE source = 'many'
"""


def add_many(house: TestHouse) -> None:
    with house.database.write() as session:
        for statement in MANY.split(";"):
            session.execute(text(statement))


def analyse(house: TestHouse) -> None:
    """Let the planner know the tables."""
    with house.database.writer.begin() as connection:
        connection.execute(text("ANALYZE"))


@pytest.mark.parametrize("many_days", [False, True])
def test_B11_a_page_of_the_list_of_people_is_read_in_its_order(
    house: TestHouse, *, many_days: bool
) -> None:
    """By an index from where the page begins, never all people sorted for the first hundred.

    The planner of SQLite knows nothing of the tables here: nobody has counted them for it.
    """
    add_many(house)
    with house.database.read() as session:
        today = todays(session, NOW)
        if many_days:
            there = {**today.by_zone, "Pacific/Auckland": today.latest + DAY}
            today = Today(there, today.elsewhere)
        assert today.is_one_day is not many_days
        if not _is_sqlite(session):
            session.execute(text("SET LOCAL enable_seqscan = off"))
            session.execute(text("SET LOCAL enable_sort = off"))
        for status, words in (("", ""), ("overdue", ""), ("", "many 9")):
            ask = partial(
                queries.found, session, today, text=words, status=status, after=20, at_once=20
            )
            found = statements_of(session, lambda ask=ask: list(ask()))  # type: ignore[misc]
            pages = [pair for pair in found if "site.state" in pair[0] and "LIMIT" in pair[0]]
            plan = plan_of(session, *pages[0])
            assert "B-TREE" not in plan, plan
            assert "Sort" not in plan, plan
            assert reads_whole(session, plan) == [], plan


def test_B11_a_search_by_words_looks_through_the_numbers_of_its_own_people(
    house: TestHouse,
) -> None:
    """A number of before, or of a record that went into hers, is one of few: not of everybody."""
    add_many(house)
    analyse(house)
    with house.database.read() as session:
        asked = {"text": "many 9", "status": "", "after": 20, "at_once": 20}
        ask = partial(queries.found, session, todays(session, NOW), **asked)
        found = statements_of(session, lambda: list(ask()))
        plans = [plan_of(session, *pair) for pair in found if "same_person" in pair[0]]
    assert plans
    for plan in plans:
        assert "same_person" in plan
        assert not re.search(r'SCAN user|Seq Scan on "user" user_', plan), plan


def test_B11_the_names_of_the_lists_are_found_by_steps_of_an_index(house: TestHouse) -> None:
    add_many(house)
    analyse(house)
    with house.database.read() as session:
        assert lists_so_far(session) == ["hr", "many"]
        ((statement, values),) = statements_of(session, lambda: lists_so_far(session), "WITH")
        plan = plan_of(session, statement, values)
        assert not re.search(r'SCAN user|Seq Scan on "user"', plan), plan


@pytest.mark.parametrize("stale", [False, True])
def test_B11_who_has_a_status_is_read_in_order_and_ends_with_the_page(
    house: TestHouse, *, stale: bool
) -> None:
    add_many(house)
    dates.refresh_all(house.database)
    if stale:
        with house.database.write() as session:
            session.execute(insert(StandingStale).values(user_id=house.id_of("alice")))
    analyse(house)
    with house.database.read() as session:
        asked = {"text": "", "status": "overdue", "after": 20}
        look = partial(people_list.search, session, todays(session, NOW), **asked)
        found = statements_of(session, look)
        ids = [
            pair for pair in found if pair[0].startswith("SELECT DISTINCT") or "UNION" in pair[0]
        ]
        assert len(ids) == 1
        plan = plan_of(session, *ids[0])
        assert "PRIMARY KEY" in plan or "pk_standing_dates" in plan, plan
        assert "B-TREE" not in plan, plan
        assert not re.search("SCAN standing_dates|Seq Scan on standing_dates", plan), plan


def test_B11_a_page_of_a_long_file_looks_up_the_dates_of_its_own_people(house: TestHouse) -> None:
    """Whatever the planner thinks of the rest: a table read whole for each page never ends."""
    add_many(house)
    dates.refresh_all(house.database)
    analyse(house)
    with house.database.read() as session:
        ask = partial(people_export.rows, session, todays(session, NOW), text="", status="")
        found = statements_of(session, lambda: list(ask()))
        pages = [pair for pair in found if "standing_dates" in pair[0] and "LIMIT" in pair[0]]
        assert len(pages) == 4  # the last is empty
        plan = plan_of(session, *pages[1])
        assert "standing_dates" in plan
        assert not re.search(r"SCAN standing_dates|Seq Scan on standing_dates", plan), plan


def test_B11_the_feed_goes_on_from_its_moment_by_an_index(
    big: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feed, "CHUNK", 20)  # of 600: a page is a small part
    today = todays(big, NOW)
    found = statements_of(big, lambda: list(feed.since(big, LONG_AGO, today)))
    by_moment = [pair for pair in found if "recorded_at >" in pair[0] or "recorded_at, " in pair[0]]
    assert len(by_moment) >= 3  # two pages of completions, and the withdrawals
    for statement, values in found:
        plan = plan_of(big, statement, values)
        assert reads_whole(big, plan) == [], f"{statement}\n{plan}"
    plans = [plan_of(big, *pair) for pair in by_moment]
    assert any("ix_completion_recorded_at_id" in plan for plan in plans)
    assert any("ix_void_recorded_at_id" in plan for plan in plans)


def test_a_table_that_is_read_whole_would_be_found(big: Session) -> None:
    plan = plan_of(big, "SELECT * FROM completion WHERE correct = 3", ())
    if not _is_sqlite(big):
        big.execute(text("SET LOCAL enable_seqscan = on"))
        plan = plan_of(big, "SELECT * FROM completion WHERE correct = 3", ())
    assert reads_whole(big, plan) == ["completion"]
