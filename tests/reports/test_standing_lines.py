"""Files from the table of dates say what the facts say; CSV by the piece is CSV by the cell."""

import csv
import io
import tempfile
import tracemalloc
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from tests.cast import NOW, TODAY
from tests.effort import times
from tests.house import TestHouse
from tests.reports.chronicle import Chronicle
from tests.reports.test_dates import add_people, counted
from tests.reports.test_plans import plan_of, reads_whole, statements_of
from training.accounts.days import Today, everywhere, todays
from training.accounts.models import Placement, Site, User
from training.assignments.models import Assignment
from training.renewals import dates
from training.renewals.reconcile import reconcile_all
from training.reports import csv_rows, people_export, standing_lines, teams
from training.reports.columns import COLUMNS
from training.reports.csv_rows import TRIGGERS, cell, csv_lines
from training.reports.scope import View
from training.reports.workbook import About, write_workbook
from training.rules.standing import Status

DAY = timedelta(days=1)
WHO_IS_DUE = ("employee_id", "course", "due_on")


@pytest.mark.parametrize("refreshed", ["all", "in the middle", "never"])
@pytest.mark.parametrize("seed", range(times(1, 20)))
def test_the_file_of_everybody_is_the_one_that_the_facts_make(
    house: TestHouse, seed: int, refreshed: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with house.database.write() as session:
        told = Chronicle(session, 9_000 + seed)
        told.go_on(70)
    if refreshed == "in the middle":
        dates.refresh_all(house.database)
    with house.database.write() as session:
        told.session = session
        told.go_on(8)
    if refreshed == "all":
        dates.refresh_all(house.database)
    monkeypatch.setattr(standing_lines, "PAGE", 4)
    days = (told.today, told.today + 100 * DAY)  # a list is of today; the past has its own page
    statuses = ("", *(s.value for s in Status)) if refreshed == "in the middle" else ("",)
    for day, status in product(days, statuses):
        assert_same(house, day, status, monkeypatch)


def assert_same(
    house: TestHouse, day: date, status: str, monkeypatch: pytest.MonkeyPatch, text: str = ""
) -> None:
    with house.database.read() as session:
        today = everywhere(day)
        asked = {"text": text, "status": status}
        by_dates = list(people_export.rows(session, today, **asked))
        with monkeypatch.context() as patch:
            patch.setattr(dates, "believable", lambda *_: False)
            assert by_dates == list(people_export.rows(session, today, **asked)), (day, status)


@pytest.mark.parametrize("seed", range(times(1, 20)))
def test_a_due_day_is_in_the_list_before_any_job_has_opened_the_training(
    house: TestHouse, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    with house.database.write() as session:
        told = Chronicle(session, 4_000 + seed)
        told.go_on(70)
    today = everywhere(told.today)
    dates.refresh_all(house.database)
    told_of, before = opened_already(house), due_days(house, today)
    assert_same(house, told.today, "", monkeypatch)
    at = datetime.combine(told.today, time(12), UTC)
    reconcile_all(house.database, lambda _: today, at)
    after = due_days(house, today)
    mine = {key: day for key, day in before.items() if key[0] not in told_of}
    assert {key: after[key] for key in mine} == mine
    assert any(mine.values())


def due_days(house: TestHouse, today: Today) -> dict[tuple[object, object], object]:
    """Return the due day that the file has for each training, by person."""
    number, course, due_on = (COLUMNS.index(name) for name in WHO_IS_DUE)
    with house.database.read() as session:
        rows = people_export.rows(session, today, text="", status="")
        return {(row[number], row[course]): row[due_on] for row in rows}


def opened_already(house: TestHouse) -> set[str]:
    """Return whose cycles were told of: a chronicle opens some that no rule would."""
    with house.database.read() as session:
        query = select(User.external_id).join(Assignment, Assignment.user_id == User.id)
        return set(session.scalars(query))


@pytest.mark.either_database
def test_each_has_the_day_of_her_own_site(
    house: TestHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    with house.database.write() as session:
        session.execute(update(Site).where(Site.name == "Harbor").values(zone="Pacific/Kiritimati"))
        Chronicle(session, 7).go_on(80)
    dates.refresh_all(house.database)
    with house.database.read() as session:
        today = todays(session, NOW)
        found = list(people_export.rows(session, today, text="", status=""))
        assert len({row[10] for row in found}) == 2
        monkeypatch.setattr(dates, "believable", lambda *_: False)
        assert found == list(people_export.rows(session, today, text="", status=""))


@pytest.mark.either_database
def test_a_search_and_its_progress_are_those_of_the_list(
    house: TestHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_people(house, 20)
    monkeypatch.setattr(standing_lines, "PAGE", 6)
    assert_same(house, TODAY, "", monkeypatch, text="ward")
    seen: list[int] = []
    with house.database.read() as session:
        found = people_export.rows(session, everywhere(TODAY), text="", status="", seen=seen.append)
        assert len(list(found)) >= 20
    assert seen == sorted(seen)
    assert len(seen) > 3


@pytest.mark.either_database
def test_a_page_is_one_statement_and_whoever_is_asked_by_facts_no_more_than_a_page(
    house: TestHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(standing_lines, "PAGE", 10)
    counts = []
    for more in (30, 60):
        add_people(house, more)
        with house.database.read() as session:

            def read(session: object = session) -> None:
                list(people_export.rows(session, everywhere(TODAY), text="", status=""))  # type: ignore[arg-type]

            counts.append(len(statements_of(session, read)))
    assert counts[1] - counts[0] <= 60 // 10 + 1


def test_B11_a_page_of_the_file_reads_no_table_whole(counted: Session) -> None:
    def read() -> None:
        rows = people_export.rows(counted, everywhere(TODAY), text="", status="")
        next(rows)

    asked = [told for told in statements_of(counted, read) if "standing_dates" in told[0]]
    assert asked
    for statement, values in asked:
        plan = plan_of(counted, statement, values)
        assert reads_whole(counted, plan) == [], f"{statement}\n{plan}"


__all__ = ["counted"]


# --- CSV ----------------------------------------------------------------------------------------

CELLS = st.one_of(
    st.none(),
    st.integers(-9, 9),
    st.dates(),
    st.text(alphabet=f"{TRIGGERS}ab,;\"' \u00a0\n\r", max_size=6),
    st.text(max_size=6),
)


@given(st.lists(st.lists(CELLS, min_size=1, max_size=4), max_size=6))
def test_Q03_lines_in_pieces_are_the_lines_of_guarded_cells(rows: list[list[object]]) -> None:
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerow(["a", "b"])
    writer.writerows([[cell(value) for value in row] for row in rows])
    assert "".join(csv_lines(["a", "b"], rows)) == buffer.getvalue()


@pytest.mark.parametrize("start", [*TRIGGERS, " =", "'=", '"=', "\u00a0-", "' \"+"])
def test_Q03_one_cell_of_a_thousand_that_begins_a_formula_is_guarded(start: str) -> None:
    rows: list[Sequence[object]] = [("plain", n) for n in range(1_000)]
    rows[700] = (f"{start}1", 7)
    read = list(csv.reader(io.StringIO("".join(csv_lines(("a", "b"), rows)), newline="")))
    assert read[701] == [f"'{start}1", "7"]


def test_the_header_comes_before_any_row_is_read_and_a_piece_is_bounded() -> None:
    asked = 0

    def rows() -> object:
        nonlocal asked
        for _ in range(5_000):
            asked += 1
            yield ("x",)

    pieces = csv_lines(("a",), rows())  # type: ignore[arg-type]
    assert (next(pieces), asked) == ('"a"\r\n', 0)
    next(pieces)
    assert asked == csv_rows.FIRST
    assert max(piece.count("\n") for piece in pieces) == csv_rows.MOST


def test_E14_a_workbook_of_eight_times_the_rows_holds_no_more_memory() -> None:
    def most_held(count: int) -> int:
        rows = ((f"E{n}", f"Name {n}", f"name{n}@x.example") for n in range(count))
        tracemalloc.start()
        with tempfile.TemporaryFile() as file:
            assert write_workbook(file, ("a", "b", "c"), rows, About("", "")) == count
        most = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return most

    most_held(1)  # what is loaded once
    assert most_held(4_000) < most_held(500) * 1.5


# --- a manager's team ---------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(times(1, 20)))
def test_a_team_by_the_dates_is_the_one_by_the_facts(
    house: TestHouse, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    with house.database.write() as session:
        told = Chronicle(session, 9_500 + seed)
        told.go_on(70)
        everybody = list(session.scalars(select(User.id).order_by(User.id)))
        boss = house.id_of("mona")
        session.execute(
            update(Placement)
            .where(Placement.user_id != boss, Placement.superseded_at.is_(None))
            .values(superseded_at=NOW)
        )
        for row in session.scalars(select(Placement).where(Placement.superseded_at == NOW)).all():
            session.add(copied(row, manager_id=boss))
        session.flush()
    dates.refresh_all(house.database)
    assert everybody
    with house.database.read() as session:
        view = View(boss, everywhere(told.today), NOW)
        by_dates = teams.team(session, view)
        assert len(by_dates) > 8
        monkeypatch.setattr(dates, "believable", lambda *_: False)
        assert by_dates == teams.team(session, view)


def copied(row: Placement, **changes: object) -> Placement:
    names = (c.name for c in Placement.__table__.columns if c.name not in {"id", "superseded_at"})
    return Placement(**({name: getattr(row, name) for name in names} | changes))


@pytest.mark.either_database
def test_a_team_is_read_in_fewer_statements_where_the_dates_are_made(
    house: TestHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    dates.refresh_all(house.database)
    with house.database.read() as session:

        def read() -> None:
            teams.team(session, View(house.id_of("mona"), everywhere(TODAY), NOW))

        by_dates = len(statements_of(session, read))
        monkeypatch.setattr(dates, "believable", lambda *_: False)
        assert by_dates < len(statements_of(session, read))
