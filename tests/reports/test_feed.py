"""The feed for another system: columns that stay, rows in order, and memory that stays flat."""

import csv
import gc
import io
import json
import tracemalloc
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import islice
from typing import Any

import pytest
from openpyxl import load_workbook
from sqlalchemy import event, insert, select, text
from sqlalchemy.orm import Session

from tests.cast import HIRED, LONG_AGO, NOW, TODAY
from tests.evidence import void_completion
from tests.house import TestHouse
from tests.terminal import byp
from training.accounts.days import todays
from training.accounts.models import Placement, Site, User
from training.assignments.models import Assignment, Rule
from training.learning.models import Completion
from training.reports import columns, csv_rows, feed
from training.reports.csv_rows import csv_lines
from training.reports.workbook import MOST_ROWS, About, TooManyRows, workbook

pytestmark = pytest.mark.either_database

# Other systems read these by name and by place: add at the end, change nothing.
COLUMNS = (
    "employee_id,name,department,site,course,status,complete,due_on,completed_on,expires_on,"
    "as_of,zone,source,version,recorded_at,event,completion_id,method,recorded_later"
)


def table(text_: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text_, newline="")))


def since(house: TestHouse, moment: datetime) -> list[dict[str, Any]]:
    with house.database.read() as session:
        today = todays(session, house.clock.now())
        return [
            dict(zip(feed.HEADER, row, strict=True)) for row in feed.since(session, moment, today)
        ]


def test_F32_columns_stand_where_they_stood_and_begin_like_the_teams() -> None:
    assert ",".join(feed.HEADER) == COLUMNS
    assert feed.HEADER[: len(columns.COLUMNS)] == columns.COLUMNS


def test_a_completion_is_a_row_with_ids_version_and_dates(house: TestHouse) -> None:
    cycle = house.train("alice")
    row, *others = since(house, NOW - timedelta(seconds=1))
    assert others == []
    with house.database.read() as session:
        made = session.scalars(select(Completion)).one()
        due_on = session.get_one(Assignment, cycle).due_on
    assert row["employee_id"] == "E-alice"
    assert (row["source"], row["course"], row["site"]) == ("hr", "onboarding", "Main Street")
    assert (row["status"], row["event"], row["complete"]) == ("completed", "completed", "yes")
    assert row["version"] == json.loads(made.digests)["course"]
    assert (row["completed_on"], row["expires_on"]) == (TODAY, date(2027, 11, 24))
    assert row["due_on"] == due_on
    assert row["recorded_at"] == "2026-11-24T15:00:00.000000+00:00"
    assert row["completion_id"] == made.id


def test_only_what_was_recorded_after_the_moment_comes(house: TestHouse) -> None:
    house.train("alice")
    last = since(house, NOW - timedelta(microseconds=1))[-1]["recorded_at"]
    assert since(house, datetime.fromisoformat(last)) == []


def test_a_completion_that_was_withdrawn_has_both_rows_in_order(house: TestHouse) -> None:
    cycle = house.train("alice")
    house.clock.at += timedelta(hours=2)
    void_completion(house, cycle)
    rows = since(house, LONG_AGO)
    assert [(r["event"], r["complete"]) for r in rows] == [
        ("completed", "yes"),
        ("withdrawn", "no"),
    ]
    assert rows[0]["completion_id"] == rows[1]["completion_id"]
    later = since(house, NOW)
    assert [row["event"] for row in later] == ["withdrawn"]


# --- many ------------------------------------------------------------------------------------


def add_completions(session: Session, count: int) -> None:
    """Add people with a completion each, several of them at the same instant."""
    site = session.scalars(select(Site.id).order_by(Site.id)).first()
    rule = session.scalars(select(Rule.id)).first()
    first = (session.execute(select(User.id).order_by(User.id.desc())).scalars().first() or 0) + 1
    ids = range(first, first + count)
    session.execute(
        insert(User),
        [
            {
                "id": n,
                "source": "many",
                "external_id": f"M{n}",
                "legal_name": f"=Many {n}",
                "locale": "en",
                "created_at": LONG_AGO,
            }
            for n in ids
        ],
    )
    session.execute(
        insert(Placement),
        [
            {
                "user_id": n,
                "from_on": HIRED,
                "site_id": site,
                "department": "Ward",
                "hired_on": HIRED,
                "recorded_at": LONG_AGO,
            }
            for n in ids
        ],
    )
    session.execute(
        insert(Assignment),
        [
            {
                "id": n,
                "user_id": n,
                "course": "onboarding",
                "path": "onboarding",
                "rule_id": rule,
                "reason": "new_hire",
                "assigned_on": HIRED,
                "opens_on": HIRED,
                "due_on": HIRED,
                "closed_at": NOW,
                "closed_reason": "completed",
                "recorded_at": LONG_AGO,
            }
            for n in ids
        ],
    )
    session.execute(
        insert(Completion),
        [
            {
                "assignment_id": n,
                "user_id": n,
                "course": "onboarding",
                "completed_on": TODAY,
                "completed_at": NOW,
                "zone": "America/Chicago",
                "grace_days": 0,
                "correct": 6,
                "total": 6,
                "digests": "{}",
                "method": "password",
                "shared_device": False,
                "recorded_at": NOW - timedelta(minutes=n // 7),
            }
            for n in ids
        ],
    )


@pytest.fixture
def statements(house: TestHouse) -> Iterator[list[str]]:
    seen: list[str] = []

    def note(_c: object, _x: object, statement: str, *_rest: object) -> None:
        if statement.startswith("SELECT"):
            seen.append(statement)

    event.listen(house.database.reader, "before_cursor_execute", note)
    yield seen
    event.remove(house.database.reader, "before_cursor_execute", note)


def test_every_row_comes_once_whatever_the_pages_cut(
    house: TestHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    with house.database.write() as session:
        add_completions(session, 100)
    whole = since(house, LONG_AGO)
    monkeypatch.setattr(feed, "CHUNK", 3)
    assert since(house, LONG_AGO) == whole
    assert len({row["completion_id"] for row in whole}) == len(whole) == 100
    keys = [(row["recorded_at"], row["completion_id"]) for row in whole]
    assert keys == sorted(keys)


@pytest.mark.parametrize("what", ["since", "on_day"])
def test_E14_the_first_line_comes_before_anything_is_read(
    house: TestHouse, statements: list[str], what: str
) -> None:
    with house.database.read() as session:
        today = todays(session, house.clock.now())
        rows = (
            feed.since(session, LONG_AGO, today) if what == "since" else feed.on_day(session, today)
        )
        lines = feed.as_csv(rows)
        statements.clear()
        assert next(lines).startswith('"employee_id"')
        assert statements == []


@pytest.mark.parametrize("what", ["since", "on_day"])
def test_E14_memory_is_that_of_a_page_however_many_rows(
    house: TestHouse, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    from training.renewals import history

    monkeypatch.setattr(feed, "CHUNK", 50)
    monkeypatch.setattr(history, "CHUNK", 50)
    monkeypatch.setattr(csv_rows, "MOST", 50)  # lines a piece
    with house.database.write() as session:
        add_completions(session, 1_500)
    with house.database.read() as session:
        today = todays(session, house.clock.now())
        warm = islice(feed.as_csv(rows_of(session, today, what)), 5)
        assert len(list(warm)) == 5  # what is kept for good is made now
        by_page = most_held(rows_of(session, today, what))
        whole = most_held(read_whole(rows_of(session, today, what)))
    assert by_page < whole / 2, (by_page, whole)  # a fifth, seen


def most_held(rows: Iterator[Any]) -> int:
    """Return the most memory, in bytes, that was in use at every tenth piece of the file of `rows`.

    In use, and not the peak: that is also what the collector has not come round to yet.
    """
    most = 0
    tracemalloc.start()
    for n, _piece in enumerate(feed.as_csv(rows)):
        if n % 10 == 0:  # to collect takes longer than to read a page
            gc.collect()
            most = max(most, tracemalloc.get_traced_memory()[0])
    tracemalloc.stop()
    return most


def read_whole(rows: Iterator[Any]) -> Iterator[Any]:
    """What memory must not look like."""
    yield from list(rows)


def drain(session: Session, today: Any, what: str) -> int:
    return sum(piece.count("\n") for piece in feed.as_csv(rows_of(session, today, what))) - 1


def rows_of(session: Session, today: Any, what: str) -> Iterator[Any]:
    return feed.since(session, LONG_AGO, today) if what == "since" else feed.on_day(session, today)


def test_statements_grow_with_the_pages_and_not_with_the_rows(
    house: TestHouse, statements: list[str]
) -> None:
    with house.database.write() as session:
        add_completions(session, 400)
    statements.clear()
    with house.database.read() as session:
        today = todays(session, house.clock.now())
        assert drain(session, today, "since") == 400
    # zones; a page of completions and one of withdrawals; people, due days and moves of the chunk
    assert len(statements) == 1 + 2 + 3


# --- the command -----------------------------------------------------------------------------


def test_the_command_writes_csv_json_lines_and_a_workbook(house: TestHouse, tmp_path: Any) -> None:
    house.train("alice")
    rows = table(byp(house, "report", "completion", "--since", "2026-11-24").stdout)
    assert [row["employee_id"] for row in rows] == ["E-alice"]
    told = byp(
        house, "report", "completion", "--since", "2026-11-24T15:00:00+00:00", "--format", "json"
    )
    assert told.stdout == ""
    lines = byp(house, "report", "completion", "--format", "json").stdout.splitlines()
    assert {json.loads(line)["employee_id"] for line in lines} >= {"E-alice", "E-bob"}
    assert list(json.loads(lines[0])) == list(feed.HEADER)
    file = tmp_path / "report.xlsx"
    byp(house, "report", "completion", "--format", "xlsx", "--output", str(file))
    sheet = load_workbook(file).active
    assert [cell.value for cell in sheet[1]] == list(feed.HEADER)
    assert sheet.max_row == len(lines) + 1


def test_the_command_answers_a_past_day(house: TestHouse) -> None:
    house.train("alice")

    def complete(day: str) -> dict[str, str]:
        told = byp(house, "report", "completion", "--on", day).stdout
        return {row["employee_id"]: row["complete"] for row in table(told)}

    assert complete("2026-11-23")["E-alice"] == "no"
    assert complete("2026-11-24")["E-alice"] == "yes"
    assert complete("2026-03-01")["E-dora"] == "no"
    assert complete("2026-11-24")["E-dora"] == "not_required"  # she left, and can be found


@pytest.mark.parametrize(
    "asked",
    [
        ["--since", "yesterday"],
        ["--since", "2026-13-01"],
        ["--on", "2999-01-01"],
        ["--on", "2026-11-01", "--since", "2026-11-01"],
        ["--format", "pdf"],
    ],
)
def test_what_can_not_be_asked_is_wrong_usage(house: TestHouse, asked: list[str]) -> None:
    found = byp(house, "report", "completion", *asked)
    assert (found.returncode, found.stdout) == (2, "")
    assert "Traceback" not in found.stderr


# --- the workbook ----------------------------------------------------------------------------


def test_I03_a_workbook_has_real_dates_and_runs_nothing() -> None:
    rows = [("=1+1", TODAY, None, "plain\x0b", 3), ("@cmd", TODAY, "", "+1", 4)]
    body = workbook(("a", "b", "c", "d", "e"), rows, About("Title", "status: any; UTC"))
    book = load_workbook(io.BytesIO(body))
    found = [[cell.value for cell in row] for row in book.active.iter_rows(min_row=2)]
    assert found[0] == ["'=1+1", datetime(2026, 11, 24), None, "plain", 3]  # noqa: DTZ001 - a workbook knows no zone
    assert found[1][0] == "'@cmd"
    assert all(cell.data_type != "f" for row in book.active.iter_rows() for cell in row)
    assert (book.properties.title, book.properties.description) == ("Title", "status: any; UTC")


def test_a_workbook_opens_as_it_is_read_wide_enough_and_its_headings_stay() -> None:
    header = ("name", "due_on", "phi_access_on")
    body = workbook(header, [("Bartholomew Featherstonehaugh", TODAY, TODAY)], About("", ""))
    sheet = load_workbook(io.BytesIO(body)).active
    assert sheet.freeze_panes == "A2"
    assert all(cell.font.b for cell in sheet[1])
    widths = [sheet.column_dimensions[letter].width for letter in "ABC"]
    assert widths[0] >= 28
    assert min(widths) > len("2026-11-24")  # narrower, and Excel shows ########


def test_a_workbook_ends_at_twenty_thousand_rows() -> None:
    assert MOST_ROWS == 20_000
    with pytest.raises(TooManyRows):
        workbook(("n",), ((n,) for n in range(MOST_ROWS + 1)), About("", ""))


def test_I03_the_feed_runs_nothing_either(house: TestHouse) -> None:
    with house.database.write() as session:
        add_completions(session, 1)
    with house.database.read() as session:
        rows = feed.since(session, LONG_AGO, todays(session, NOW.astimezone(UTC)))
        found = table("".join(csv_lines(feed.HEADER, rows)))
    assert found[0]["name"].startswith("'=Many")


def test_a_moment_without_a_zone_is_utc(house: TestHouse) -> None:
    house.train("alice")
    with house.database.read() as session:
        assert session.execute(text("SELECT count(*) FROM completion")).scalar_one() == 1
    for moment, rows in (("2026-11-24T14:59:59", 1), ("2026-11-24T15:00:00", 0)):
        told = byp(house, "report", "completion", "--since", moment).stdout
        assert len(table(told)) == rows
