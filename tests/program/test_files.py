"""The officer's files: what the screen shows, put on record first, streamed from a snapshot."""

import csv
import io
import re
from datetime import timedelta

import pytest
from openpyxl import load_workbook

from tests.cast import TODAY
from tests.house import TestHouse
from training.accounts.models import Placement
from training.reports import csv_rows, standing_lines

pytestmark = pytest.mark.either_database

CSV = "/program/people.csv"
FILTERS = ("", "?q=a", "?q=Ward 3", "?status=overdue", "?status=current", "?status=left", "?q=%25")


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text, newline="")))


def on_screen(house: TestHouse, filters: str) -> set[str]:
    page = house.signed_in("olga").get(f"/program/people{filters}").text
    return set(re.findall(r"\bE-\w+", page))


@pytest.mark.parametrize("filters", FILTERS)
def test_the_files_hold_whom_the_screen_shows(house: TestHouse, filters: str) -> None:
    house.train("alice")
    shown, client = on_screen(house, filters), house.signed_in("olga")
    found = rows(client.get(f"{CSV}{filters}").text)
    assert {row["employee_id"] for row in found} == shown
    book = load_workbook(io.BytesIO(client.get(f"/program/people.xlsx{filters}").data))
    cells = {row[0].value for row in book.active.iter_rows(min_row=2)}
    assert cells == shown
    if not filters:
        assert len(shown) == 9


def test_more_pages_than_one_are_all_in_the_file(
    house: TestHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    from training.reports import queries

    whole = rows(house.signed_in("olga").get(CSV).text)
    monkeypatch.setattr(queries, "CHUNK", 2)
    found = rows(house.signed_in("olga").get(CSV).text)
    assert [r["employee_id"] for r in found] == [r["employee_id"] for r in whole]


@pytest.mark.parametrize("path", [CSV, "/program/people.xlsx", "/program/as-of.csv"])
def test_E13_an_export_is_on_record_before_its_first_line(house: TestHouse, path: str) -> None:
    client = house.signed_in("olga")
    before = house.count("audit_event")
    reply = client.get(f"{path}?q=Alice" if "people" in path else path, buffered=False)
    assert reply.status_code == 200
    assert house.count("audit_event") == before + 1  # and nothing of the body was read yet
    assert house.count("audit_event", "body LIKE '%Alice%'") == 0
    assert reply.data
    reply.close()


def test_E15_a_stream_reads_one_snapshot_and_holds_no_lock(
    house: TestHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(csv_rows, "FIRST", 1)
    monkeypatch.setattr(standing_lines, "PAGE", 2)  # people a statement: most are still to be read
    reply = house.signed_in("olga").get(CSV, buffered=False)
    lines = iter(reply.response)
    next(lines), next(lines)  # the header, and the first person: the snapshot is open
    with house.database.write() as session:  # somebody else writes meanwhile
        session.add(
            Placement(
                user_id=house.id_of("zoe"),
                from_on=TODAY,
                site_id=1,
                department="New department",
                hired_on=TODAY - timedelta(days=900),
                recorded_at=house.clock.now(),
            )
        )
    rest = b"".join(line if isinstance(line, bytes) else line.encode() for line in lines)
    assert b"E-zoe" in rest
    assert b"New department" not in rest
    assert "New department" in house.signed_in("olga").get(CSV).text


def test_a_reader_who_hangs_up_leaves_no_connection_open(house: TestHouse) -> None:
    for _ in range(40):  # more than the pool has
        reply = house.signed_in("olga").get(CSV, buffered=False)
        next(iter(reply.response))
        reply.close()
    assert house.database.reader.pool.checkedout() == 0  # type: ignore[attr-defined] - of a QueuePool


def test_a_workbook_that_is_too_long_is_offered_as_a_long_file_and_nothing_is_on_record(
    house: TestHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    from training.reports import workbook

    monkeypatch.setattr(workbook, "MOST_ROWS", 3)
    before = house.count("audit_event")
    reply = house.signed_in("olga").get("/program/people.xlsx")
    assert reply.status_code == 303
    assert reply.headers["Location"].startswith("/files/new?kind=people&format=xlsx")
    assert house.count("audit_event") == before
    assert house.count("export") == 0


@pytest.mark.parametrize(
    "path",
    [
        "/program/people.csv?status=nonsense",
        "/program/people.xlsx?status=nonsense",
        "/program/people.csv?q=%00",
        "/program/people?q=%00",
        "/program/as-of?on=yesterday",
        "/program/as-of?on=2026-02-30",
        "/program/as-of?on=2999-01-01",
        "/program/as-of?on=1776-07-04",
        "/program/as-of?on=%00",
        "/program/as-of?known=always",
        "/program/as-of?complete=perhaps",
        "/program/as-of?after=-1",
        "/program/as-of?after=9999999999999",
        "/program/as-of?after=x",
        "/program/as-of.csv?on=2999-01-01",
        "/program/as-of.csv?complete=not_required",
    ],
)
def test_what_can_not_be_asked_is_told_in_words(house: TestHouse, path: str) -> None:
    before = house.count("audit_event")
    reply = house.signed_in("olga").get(path)
    assert reply.status_code == 422
    assert "<h1" in reply.text
    assert house.count("audit_event") == before


def test_I03_a_name_that_is_a_formula_is_text_in_every_file(house: TestHouse) -> None:
    from sqlalchemy import text

    with house.database.write() as session:
        session.execute(
            text("UPDATE \"user\" SET legal_name = '=HYPERLINK(1)' WHERE external_id = 'E-zoe'")
        )
    client = house.signed_in("olga")
    for path in (CSV, "/program/as-of.csv"):
        found = {row["employee_id"]: row["name"] for row in rows(client.get(path).text)}
        assert found["E-zoe"] == "'=HYPERLINK(1)"
    book = load_workbook(io.BytesIO(client.get("/program/people.xlsx").data))
    assert all(cell.data_type != "f" for row in book.active.iter_rows() for cell in row)


# --- the page of a day -----------------------------------------------------------------------


def test_the_page_of_a_day_its_figures_and_its_file_say_the_same(house: TestHouse) -> None:
    house.train("alice")
    client = house.signed_in("olga")
    for day, yes in (("2026-11-24", 1), ("2026-11-23", 0)):
        page = client.get(f"/program/as-of?on={day}").text
        assert f"{yes} of 8 complete" in page
        found = rows(client.get(f"/program/as-of.csv?on={day}").text)
        assert sum(row["complete"] == "yes" for row in found) == yes
        assert len(found) == 8
    assert "1 of 8 have completed" in client.get("/program").text


def test_the_page_of_a_day_narrows_to_one_answer(house: TestHouse) -> None:
    house.train("alice")
    client = house.signed_in("olga")
    page = client.get("/program/as-of?complete=yes").text
    assert "Alice Adams" in page
    assert "Bob Brown" not in page
    found = rows(client.get("/program/as-of.csv?complete=no").text)
    assert "E-alice" not in {row["employee_id"] for row in found}
    assert len(found) == 7


def test_the_list_of_a_day_goes_on_by_key(
    house: TestHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    from training.reports import as_of

    monkeypatch.setattr(as_of, "PAGE", 3)
    client, url, seen = house.signed_in("olga"), "/program/as-of?on=2026-11-20", list[str]()
    for _ in range(5):
        page = client.get(url).text
        seen += re.findall(r'<th scope="row">\s*<a href="/program/people/(\d+)"', page)
        more = re.search(r'href="(/program/as-of[^"]*after=\d+[^"]*)"', page)
        if more is None:
            break
        url = more.group(1).replace("&amp;", "&")
    assert len(seen) == len(set(seen)) == 8


def test_a_correction_is_marked_on_the_page_and_gone_where_the_day_knew_it_not(
    house: TestHouse,
) -> None:
    client, alice = house.signed_in("olga"), house.id_of("alice")
    house.open_cycle("alice")
    fields = {"course": "onboarding", "completed_on": "2026-11-01", "source": "paper"}
    assert house.post(client, f"/program/people/{alice}/record", **fields).status_code == 303
    page = client.get("/program/as-of?on=2026-11-10").text
    assert "1 of 8 complete" in page
    assert "recorded later, on 24 Nov 2026" in page
    then = client.get("/program/as-of?on=2026-11-10&known=then").text
    assert "0 of 8 complete" in then
    assert "recorded later" not in then
    found = rows(client.get("/program/as-of.csv?on=2026-11-10").text)
    marked = {r["employee_id"] for r in found if r["recorded_later"]}
    assert marked == {"E-alice"}


# --- the overview ----------------------------------------------------------------------------


def test_the_overview_groups_by_each_kind_and_shows_the_trend(house: TestHouse) -> None:
    house.train("alice")
    page = house.signed_in("olga").get("/program").text
    for caption in ("By site", "By department", "By kind of work", "By training"):
        assert f"<caption>{caption}</caption>" in page
    assert "By legal entity" not in page  # there is one, and nobody sees the word
    assert page.count('class="chart-rest"') == 24
    assert "style=" not in page
    assert "31 Oct 2026" in page
    assert "30 Nov 2024" in page


def test_how_long_the_late_are_late_counts_from_the_last_good_day(house: TestHouse) -> None:
    from training.accounts.days import everywhere
    from training.reports.overview import band, overview

    house.open_cycle("alice")
    due = house.count("assignment")
    assert due == 8
    with house.database.read() as session:
        on_time = overview(session, everywhere(TODAY))
        late = overview(session, everywhere(TODAY + timedelta(days=400)))
    assert sum(on_time.late.values()) == on_time.whole.open["overdue"]  # type: ignore[index] - a StrEnum is its word
    assert late.late == {"more than 90 days": 8}
    assert [band(n) for n in (1, 7, 8, 30, 31, 90, 91)] == [
        "1 to 7 days", "1 to 7 days", "8 to 30 days", "8 to 30 days",
        "31 to 90 days", "31 to 90 days", "more than 90 days",
    ]  # fmt: skip


def test_who_has_access_and_has_not_completed_is_listed_with_the_days(house: TestHouse) -> None:
    from tests.moves import _place

    _place(house, "bob", phi_access_on=TODAY - timedelta(days=12))
    _place(house, "alice", phi_access_on=TODAY - timedelta(days=3))
    _place(house, "zoe", phi_access_on=TODAY + timedelta(days=3))
    from training.accounts.days import everywhere
    from training.reports.overview import overview

    with house.database.read() as session:
        found = overview(session, everywhere(TODAY))
    assert [(entry.name, entry.days) for entry in found.access] == [
        ("Bob Brown", 12),
        ("Alice Adams", 3),
    ]
    house.train("alice")
    page = house.signed_in("olga").get("/program").text
    listed = page.split("Has access to records", 1)[1].split("</table>", 1)[0]
    assert "Bob Brown" in listed
    assert "Alice Adams" not in listed
