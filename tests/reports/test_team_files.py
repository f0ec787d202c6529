"""The three files: what the screen shows with the same filters, and nothing that runs."""

import csv
import io
import re
from datetime import date
from pathlib import Path

import pytest
from openpyxl import load_workbook
from pypdf import PdfReader
from sqlalchemy import text

from tests.certificates.reading import text_of
from tests.house import TestHouse
from tests.reports.test_scope import finish
from training.renewals.letters import WeeklyMail, weekly
from training.reports import words

pytestmark = pytest.mark.either_database

PATHS = ("/team.csv", "/team.xlsx", "/team.pdf")


def rows_of(house: TestHouse, query: str = "") -> list[dict[str, str]]:
    reply = house.signed_in("mona").get(f"/team.csv{query}")
    return list(csv.DictReader(io.StringIO(reply.get_data(as_text=True))))


def sheet_of(data: bytes) -> list[tuple[object, ...]]:
    return list(load_workbook(io.BytesIO(data))["Team"].iter_rows(values_only=True))


def test_the_workbook_has_one_header_line_real_days_and_says_what_it_is(house: TestHouse) -> None:
    house.train("alice")
    house.open_cycle("bob")
    reply = house.signed_in("mona").get("/team.xlsx?status=current")
    book = load_workbook(io.BytesIO(reply.data))
    header, alice = sheet_of(reply.data)

    assert header[:3] == ("employee_id", "name", "department")
    row = dict(zip(header, alice, strict=True))
    assert (row["employee_id"], row["status"]) == ("E-alice", "current")
    assert row["completed_on"].date() == date(2026, 11, 24)  # type: ignore[attr-defined]
    assert book.properties.title == "Team, Main Street Clinic"
    told = "Only status Up to date. As of 24 Nov 2026, 09:00 (America/Chicago)"
    assert book.properties.description == told
    disposition = reply.headers["Content-Disposition"]
    assert 'filename="team-2026-11-24-0900-America-Chicago-current.xlsx"' in disposition


def test_the_pdf_has_the_words_of_the_page(house: TestHouse, tmp_path: Path) -> None:
    house.train("alice")
    house.open_cycle("bob")
    data = house.signed_in("mona").get("/team.pdf").data
    told = text_of(data, tmp_path)
    for expected in ("Alice Adams", "Up to date", "Bob Brown", "Late", "24 Nov 2026"):
        assert expected in told
    info = PdfReader(io.BytesIO(data)).metadata
    assert info is not None
    assert info.subject == "The whole team. As of 24 Nov 2026, 09:00 (America/Chicago)"


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", ["E-bob", "E-alice"]),
        ("?status=current", ["E-alice"]),
        ("?status=overdue", ["E-bob"]),
        ("?status=waiting_for_help", ["E-bob", "E-alice"]),  # not hers to ask: no filter at all
        ("?q=adams", ["E-alice"]),
        ("?q=e-bob", ["E-bob"]),
        ("?q=b%25b", []),
        ("?department=Ward+3", ["E-bob", "E-alice"]),
        ("?department=Imaging", []),
        ("?q=zoe", []),
        ("?q=a&status=due_soon", []),
        ("?q=o&status=overdue", ["E-bob"]),
    ],
)
def test_page_and_files_agree_under_every_filter(
    house: TestHouse, query: str, expected: list[str], tmp_path: Path
) -> None:
    house.train("alice")
    house.open_cycle("bob")
    mona = house.signed_in("mona")
    names = {"E-alice": "Alice Adams", "E-bob": "Bob Brown"}

    assert [row["employee_id"] for row in rows_of(house, query)] == expected
    assert [row[0] for row in sheet_of(mona.get(f"/team.xlsx{query}").data)[1:]] == expected
    told = text_of(mona.get(f"/team.pdf{query}").data, tmp_path)
    assert re.findall(r"E-(?:alice|bob)", told) == expected
    page = mona.get(f"/team{query}").get_data(as_text=True)
    assert {id_ for id_, name in names.items() if name in page} == set(expected)


def test_F39_a_name_that_is_not_shown_is_not_found(house: TestHouse) -> None:
    with house.database.write() as session:
        session.execute(
            text("UPDATE \"user\" SET display_name = 'Alix Stone' WHERE external_id = 'E-alice'")
        )
    assert rows_of(house, "?q=adams") == []
    assert [row["name"] for row in rows_of(house, "?q=stone")] == ["Alix Stone"]


@pytest.mark.parametrize("path", PATHS)
def test_each_file_is_one_event_without_the_words_that_were_searched(
    house: TestHouse, path: str
) -> None:
    house.signed_in("mona").get(f"{path}?q=adams")
    with house.database.read() as session:
        events = list(
            session.execute(
                text("SELECT body FROM audit_event WHERE name = 'team.exported'")
            ).scalars()
        )
    assert len(events) == 1
    assert f'"format":"{path.rpartition(".")[2]}"' in events[0]
    assert '"searched":true' in events[0]
    assert "adams" not in events[0].lower()


EVIL = ("=1+1", "+1", "-1", "@SUM(A1)", "\u00a0=1", "＝1+1", "=HYPERLINK(0)")


@pytest.mark.parametrize("name", EVIL)
def test_I05_no_cell_is_a_formula(house: TestHouse, name: str) -> None:
    with house.database.write() as session:
        session.execute(
            text("UPDATE \"user\" SET display_name = :n WHERE external_id = 'E-alice'"), {"n": name}
        )
    data = house.signed_in("mona").get("/team.xlsx").data
    sheet = load_workbook(io.BytesIO(data))["Team"]
    cell = next(row[1] for row in sheet.iter_rows(min_row=2) if row[0].value == "E-alice")
    assert (cell.value, cell.data_type) == (name, "s")
    assert cell.quotePrefix
    alice = next(row for row in rows_of(house) if row["employee_id"] == "E-alice")
    assert alice["name"] == f"'{name}"


def test_a_character_that_no_workbook_holds_is_left_out(house: TestHouse) -> None:
    with house.database.write() as session:
        session.execute(
            text("UPDATE \"user\" SET display_name = :n WHERE external_id = 'E-alice'"),
            {"n": "Al\x0bice\ufffe"},
        )
    assert house.signed_in("mona").get("/team.xlsx").status_code == 200


# --- F26: what a manager is told of two people who differ in scores, tries and reasons alone ---


def twins(house: TestHouse) -> None:
    """Alice passes at once; Bob needs a second paper, and his cycle has another reason."""
    cycle, bob = house.open_cycle("bob"), house.signed_in("bob")
    with house.database.write() as session:
        session.execute(
            text("UPDATE assignment SET reason = 'extra' WHERE id = :id"), {"id": cycle}
        )
    house.begin(bob, cycle)
    slug = house.slugs(cycle)[0]
    house.take_steps(bob, cycle, slug)
    attempt = house.start_quiz(bob, cycle, slug)
    house.submit(bob, attempt, house.wrong_key_of(attempt))
    finish(house, "bob", cycle)
    house.train("alice")
    tries = [house.count("attempt", f"user_id = {house.id_of(who)}") for who in ("alice", "bob")]
    assert tries[0] < tries[1]


def neutral(house: TestHouse, told: str, who: str) -> str:
    """Put one stand-in for the names and numbers of a person, and drop form tokens."""
    legal = {"alice": "Alice Adams", "bob": "Bob Brown"}[who]
    told = re.sub(r'csrf_token" value="[^"]*"', "", told)
    for name in (legal, legal.split()[1], f"E-{who}"):
        told = told.replace(name, "THIS")
    return told.replace(f"/team/{house.id_of(who)}", "/team/THIS")


def seen(house: TestHouse, who: str, tmp_path: Path) -> list[object]:
    """Return every surface of the manager with only this one person on it."""
    mona, query = house.signed_in("mona"), f"?q=E-{who}"
    pages = [mona.get(path).get_data(as_text=True) for path in (f"/team{query}",)]
    pages.append(mona.get(f"/team/{house.id_of(who)}").get_data(as_text=True))
    pages.append(mona.get(f"/team.csv{query}").get_data(as_text=True))
    pages.append(text_of(mona.get(f"/team.pdf{query}").data, tmp_path))
    pages.append(repr(sheet_of(mona.get(f"/team.xlsx{query}").data)))
    return [re.sub(r" +", " ", neutral(house, page, who)) for page in pages]


def test_F26_page_and_files_are_byte_equal_but_for_the_names(
    house: TestHouse, tmp_path: Path
) -> None:
    twins(house)
    alice, bob = seen(house, "alice", tmp_path), seen(house, "bob", tmp_path)
    for one, other in zip(alice, bob, strict=True):
        assert one == other


def test_F26_nudge_and_weekly_mail_are_byte_equal_but_for_the_names(house: TestHouse) -> None:
    """A year on both are late with the refresher; the mails tell their names and that day."""
    from training.accounts.days import todays
    from training.renewals import nudges
    from training.renewals.models import Notice
    from training.reports import teams
    from training.reports.scope import View

    twins(house)
    house.clock.at = house.clock.at.replace(year=2027, month=12, day=20)
    house.settings.smtp_url = "smtp://127.0.0.1:9"
    open_refreshers(house)
    assert house.post(house.signed_in("mona"), "/team/nudge").status_code == 303
    now, told = house.clock.now(), {}
    with house.database.read() as session:
        today = todays(session, now)
        for row in session.query(Notice).filter_by(kind="nudge"):
            letter = nudges.nudge_letter(session, row, today, "http://byp.test")
            assert letter is not None
            who = "alice" if "alice" in letter.to_address else "bob"
            link = rf"/training/{row.assignment_id}\b"
            text_ = re.sub(link, "/training/N", f"{letter.subject}\n{letter.body}")
            told[who] = neutral(house, text_, who)
        lines = teams.team(session, View(house.id_of("mona"), today, now))
    assert set(told) == {"alice", "bob"}
    assert told["alice"] == told["bob"]
    assert mail_about(house, lines, "alice") == mail_about(house, lines, "bob")


def open_refreshers(house: TestHouse) -> None:
    from training.accounts.days import todays
    from training.renewals.reconcile import reconcile_all

    now = house.clock.now()
    reconcile_all(house.database, lambda session: todays(session, now), now)


def mail_about(house: TestHouse, lines: list[object], who: str) -> str:
    mine = [line for line in lines if line.employee_id == f"E-{who}"]  # type: ignore[attr-defined]
    assert len(mine) == 1
    told = WeeklyMail(
        name="Mona",
        address="mona@clinic.example",
        practice="Clinic",
        subject=words.late_subject(mine, mine),  # type: ignore[arg-type]
        late=((mine[0].name, mine[0].due_on),),  # type: ignore[attr-defined]
        people=2,
        nudge_link="N",
        pause_link="P",
        page="T",
    )
    letter = weekly(told, "id")
    return neutral(house, f"{letter.subject}\n{letter.body}", who)
