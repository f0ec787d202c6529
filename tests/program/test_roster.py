"""The staff list keeps its promises: all faults at once, all or nothing, twice is once."""

import io
import re
from collections.abc import Callable
from contextlib import suppress
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook
from sqlalchemy import event, select

from tests.cast import NOW, TODAY
from tests.house import TestHouse
from training.accounts.models import Placement, RosterImport, User
from training.assignments.models import Absence
from training.jobs import Works, run_due
from training.program.roster import Options, Plan, Refused, apply, plan
from training.program.roster.reading import read_records
from training.program.roster.values import BadValue, clean, date_of, status_of

HEADER = (
    "employee_id,legal_name,email,department,job_title,manager_id,site,hire_date,end_date,status"
)
NORA = "N1,Nora New,nora@agency.example,Ward 3,Nurse,,Main Street,2026-11-02,,active"
NED = "N2,Ned Novak,ned@agency.example,Ward 3,Aide,N1,Main Street,2026-11-09,,active"


def listed(*rows: str, header: str = HEADER) -> bytes:
    return "\n".join([header, *rows, ""]).encode()


@pytest.fixture
def take(house: TestHouse) -> Callable[..., Plan]:
    """Return what plans a list of one agency and applies it, as the page and the command do."""

    def taken(data: bytes, **asked: object) -> Plan:
        values: dict[str, object] = {"source": "agency", "today": TODAY} | asked
        with house.database.write() as session:
            found = plan(session, data, "staff.csv", Options(**values))  # type: ignore[arg-type] - a test's own words
            apply(session, found, by=None, now=NOW)
        return found

    return taken


def faults_of(take: Callable[..., Plan], data: bytes, **asked: object) -> list[str]:
    with pytest.raises(Refused) as refused:
        take(data, **asked)
    return [str(fault) for fault in refused.value.faults]


def present(house: TestHouse, external_id: str) -> Placement:
    with house.database.read() as session:
        query = (
            select(Placement)
            .join(User, User.id == Placement.user_id)
            .where(
                User.external_id == external_id,
                Placement.superseded_at.is_(None),
                Placement.is_primary,
            )
            .order_by(Placement.from_on.desc())
        )
        return session.scalars(query).first() or pytest.fail(f"{external_id} is nowhere")


def test_new_people_come_with_manager_site_and_sign_in_address(
    house: TestHouse, take: Callable[..., Plan]
) -> None:
    assert take(listed(NORA, NED)).counts == {"new": 2, "same": 0}
    ned = present(house, "N2")
    with house.database.read() as session:
        nora = session.scalars(select(User).where(User.external_id == "N1")).one()
    assert (ned.manager_id, ned.department, ned.from_on) == (nora.id, "Ward 3", date(2026, 11, 9))
    assert nora.sign_in_address == "nora@agency.example"


def test_the_same_list_again_changes_nothing(house: TestHouse, take: Callable[..., Plan]) -> None:
    take(listed(NORA, NED))
    before = house.dump()
    assert take(listed(NORA, NED)).counts == {"same": 2}
    assert house.dump() == before


def test_every_fault_is_named_at_once_and_nothing_changes(
    house: TestHouse, take: Callable[..., Plan]
) -> None:
    before = house.dump()
    found = faults_of(
        take,
        listed(
            NORA.replace("2026-11-02", "2026-02-30"),
            ",Nobody,,,,,,,,",
            NED.replace("active", "paused").replace("N1,", "N9,"),
        ),
    )
    assert found == [
        "2: hire_date: there is no day 2026-02-30; write it as 2026-11-24",
        "3: the staff number is missing; write employee_id",
        "4: the status 'paused' is not known; write active, leave or terminated instead",
    ]
    assert house.dump() == before


def test_an_unknown_manager_and_a_circle_of_managers_are_refused(
    take: Callable[..., Plan],
) -> None:
    assert "there is no manager 'N7'" in faults_of(take, listed(NED.replace("N1,", "N7,")))[0]
    circle = listed(NORA.replace("Nurse,,", "Nurse,N2,"), NED)
    assert "managers in a circle: N1 > N2 > N1" in faults_of(take, circle)[0]


def test_bad_rows_are_left_out_by_name_and_on_record_and_end_nobody(
    house: TestHouse, take: Callable[..., Plan]
) -> None:
    take(listed(NORA, NED))
    broken = listed(NORA.replace("Nurse", "Lead nurse"), NED.replace("2026-11-09", "soon"))
    assert take(broken, skip_bad_rows=True).counts == {"moved": 1, "same": 0, "skipped": 1}
    assert present(house, "N2").kind == "placed"
    with house.database.read() as session:
        row = session.scalars(select(RosterImport).order_by(RosterImport.id.desc())).first()
    assert row is not None
    assert "soon" in row.skipped


def test_whoever_is_missing_left_the_day_before_and_no_other_source_is_touched(
    house: TestHouse, take: Callable[..., Plan]
) -> None:
    take(listed(NORA, NED))
    assert take(listed(NORA)).counts == {"left": 1, "same": 1}
    gone = present(house, "N2")
    assert (gone.kind, gone.from_on) == ("left", TODAY)
    assert present(house, "E-alice").kind == "placed"


def test_hired_again_she_is_the_same_person(house: TestHouse, take: Callable[..., Plan]) -> None:
    take(listed(NORA, NED))
    take(listed(NORA))
    people = house.count("user")
    back = take(listed(NORA, NED.replace("2026-11-09", "2026-11-24")))
    assert back.counts == {"rehired": 1, "same": 1}
    assert house.count("user") == people
    assert present(house, "N2").kind == "placed"


def test_a_list_that_ends_too_many_is_refused_until_it_is_allowed(
    house: TestHouse, take: Callable[..., Plan]
) -> None:
    crowd = [f"C{n},Casey {'abcdefghij'[n]},,Ward 3,Aide,,,2026-01-05,," for n in range(8)]
    take(listed(NORA, *crowd))
    before = house.dump()
    assert "by this list 8 of 9 people (88 %) would leave" in faults_of(take, listed(NORA))[0]
    assert house.dump() == before
    assert take(listed(NORA), allow_ending=8).counts == {"left": 8, "same": 1}


def test_leave_begins_and_the_next_active_row_ends_it(
    house: TestHouse, take: Callable[..., Plan]
) -> None:
    take(listed(NORA))
    assert take(listed(NORA.replace("active", "LOA"))).counts == {"on leave": 1, "same": 0}
    assert take(listed(NORA.replace("active", "LOA"))).counts == {"same": 1}
    assert take(listed(NORA)).counts == {"back": 1, "same": 0}
    with house.database.read() as session:
        query = select(Absence).where(Absence.superseded_at.is_(None))
        assert all(absence.to_on for absence in session.scalars(query))


def test_a_known_mail_under_a_new_number_is_refused(take: Callable[..., Plan]) -> None:
    take(listed(NORA, NED))
    found = faults_of(take, listed(NORA, NED.replace("N2,", "N3,")))
    assert "ned@agency.example belongs to N2, under another staff number" in found[0]


def test_nobody_signs_in_by_a_shared_mailbox(house: TestHouse, take: Callable[..., Plan]) -> None:
    found = take(listed(NORA, NED.replace("ned@", "nora@")))
    assert len([w for w in found.warnings if "shared mailbox" in w.what]) == 2
    with house.database.read() as session:
        query = select(User.sign_in_address).where(User.external_id.in_(["N1", "N2"]))
        assert session.scalars(query).all() == [None, None]


def test_an_id_twice_is_refused_but_for_one_marked_primary(
    house: TestHouse, take: Callable[..., Plan]
) -> None:
    again = NORA.replace("Ward 3", "Imaging")
    assert "N1 stands here twice (first on line 2)" in faults_of(take, listed(NORA, again))[0]
    marked = listed(f"{NORA},no", f"{again},yes", header=f"{HEADER},primary")
    assert take(marked).counts == {"new": 1, "job added": 1, "same": 0}
    assert present(house, "N1").department == "Imaging"


def test_A07_a_list_grants_no_role(house: TestHouse, take: Callable[..., Plan]) -> None:
    roles = house.count("role_grant")
    found = take(listed(f"{NORA},admin", header=f"{HEADER},role"))
    assert "the role column is left out" in found.warnings[0].what
    assert house.count("role_grant") == roles


def test_title_lines_totals_and_other_headers_are_understood(
    house: TestHouse, take: Callable[..., Plan]
) -> None:
    data = (
        "Agency staff as of today\n\n"
        "Emp ID;First Name;Last Name;Dept;Start Date;Employee Status\n"
        "0071;Nora;New;Ward 3;11/02/2026;A\n"
        "Total: 1;;;;;\n"
    )
    assert take(data.encode("cp1252")).counts == {"new": 1, "same": 0}
    assert present(house, "0071").hired_on == date(2026, 11, 2)


def test_a_workbook_is_read_and_its_line_named(take: Callable[..., Plan]) -> None:
    book = Workbook()
    book.active.append(HEADER.split(","))
    book.active.append([*NORA.split(",")[:7], date(2026, 11, 2), "", "active"])
    book.active.append([*NED.split(",")[:7], "soon", "", "active"])
    file = io.BytesIO()
    book.save(file)
    assert faults_of(take, file.getvalue())[0].startswith("3: hire_date: 'soon' is no date")


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"", "the file is empty"),
        (b"\xfe\xff", "the file is empty"),
        (b"%PDF-1.7 ...", "this is a PDF"),
        (b"PK\x03\x04 broken", "this workbook can't be read"),
        (b"\xff\xfeodd", "the file is not utf-16"),
        (b"<html><table>", "this is a web page"),
        (b"a,b\nc,d\n", "no line names the columns"),
        (b'employee_id,legal_name\n1,"Ann\n', "a quotation mark is never closed"),
    ],
)
def test_what_is_no_list_is_refused_in_words(
    take: Callable[..., Plan], data: bytes, told: str
) -> None:
    assert told in faults_of(take, data)[0]


def test_a_fault_names_the_line_where_its_record_begins(take: Callable[..., Plan]) -> None:
    two_lines = 'N1,"Nora\nNew",,,,,,2026-11-02,,'
    found = faults_of(take, listed(two_lines, NED.replace("2026-11-09", "soon")))
    assert found[0].startswith("4: hire_date")


def test_work_grows_with_the_list_and_not_with_its_square(
    house: TestHouse, take: Callable[..., Plan]
) -> None:
    statements = []
    event.listen(
        house.database.writer, "before_cursor_execute", lambda *told: statements.append(told[2])
    )
    rows = [f"S{n},Sam Ames,,Ward 3,Aide,S0,,2026-01-05,," for n in range(1, 3_000)]
    take(listed("S0,Sue Ames,,Ward 3,Lead,,,2026-01-05,,", *rows))
    assert len(statements) < 40


@given(st.binary(max_size=400))
def test_no_bytes_break_the_reader(data: bytes) -> None:
    with suppress(Refused):
        assert all(record.cells for record in read_records(data))


@given(st.text(max_size=40))
def test_no_cell_breaks_a_value(text: str) -> None:
    for read in (clean, date_of, status_of):
        with suppress(BadValue):
            read(text)


@given(st.dates(min_value=date(1971, 1, 1), max_value=date(2068, 12, 31)))
def test_a_day_is_read_however_it_is_written(day: date) -> None:
    for written in (f"{day:%Y-%m-%d}", f"{day:%m/%d/%Y}", f"{day:%d.%m.%Y}", f"{day:%d-%b-%Y}"):
        assert date_of(written) == day


def test_whoever_is_new_has_her_training_at_the_jobs_next_look(
    house: TestHouse, take: Callable[..., Plan]
) -> None:
    works = Works(house.database, house.settings, house.clock)
    run_due(works)
    take(listed(NORA))
    assert "1 first trainings opened" in run_due(works)["renew"]


def test_the_page_shows_the_difference_first_and_applies_it_then(house: TestHouse) -> None:
    olga = house.signed_in("olga")
    people = house.count("user")
    text = listed(NORA, NED).decode()
    page = house.post(olga, "/program/roster", text=text, source="agency")
    assert (page.status_code, house.count("user")) == (200, people)
    assert "Nora New" in page.text
    digest = page.text.split('name="apply" value="')[1].split('"')[0]
    done = house.post(olga, "/program/roster", text=text, source="agency", apply=digest)
    assert (done.status_code, house.count("user")) == (303, people + 2)


def through_the_page(house: TestHouse, data: bytes, **asked: str) -> tuple[str, int]:
    """Upload a file, then send the form of the difference as the page gives it."""
    olga = house.signed_in("olga")
    fields = {"file": (io.BytesIO(data), "staff.csv"), "source": "agency", **asked}
    page = house.post(olga, "/program/roster", **fields)
    form = page.text.split('name="apply"')[-1].split("</form>")[0]
    given = dict(re.findall(r'name="(\w+)"\s+value="([^"]*)"', f'name="apply"{form}'))
    return page.text, house.post(olga, "/program/roster", **given).status_code


def test_what_was_allowed_on_the_page_is_still_allowed_when_it_is_applied(
    house: TestHouse, take: Callable[..., Plan]
) -> None:
    crowd = [f"C{n},Casey {'abcdefghij'[n]},,Ward 3,Aide,,,2026-01-05,," for n in range(8)]
    take(listed(NORA, *crowd))
    faulty = listed(NORA, NED.replace("2026-11-09", "soon"))
    page, status = through_the_page(house, faulty, allow_ending="8", skip_bad_rows="1")
    assert "soon" in page
    assert status == 303
    assert present(house, "C1").kind == "left"


def test_a_long_list_goes_through_the_page_too(house: TestHouse) -> None:
    rows = [f"S{n},Sam Ames,,Ward 3,Aide,,,2026-01-05,,active{' ' * 100}" for n in range(1_500)]
    page, status = through_the_page(house, listed(*rows))
    assert "And 1000 more" in page
    assert (status, house.count("user", "source = 'agency'")) == (303, 1_500)


def test_the_sample_clinic_comes_through_this_door(take: Callable[..., Plan]) -> None:
    sample = Path("training/sample/roster.csv").read_bytes()
    found = take(sample, source="sample")
    assert found.counts["new"] == 31
    assert not take(sample, source="sample").changes


@pytest.mark.either_database
def test_a_pasted_list_that_is_refused_stays_to_be_corrected(house: TestHouse) -> None:
    rows = "employee_id,legal_name\nE-1,Ann Ames\nE-2,\n"
    reply = house.post(house.signed_in("olga"), "/program/roster", text=rows, allow_ending="99")
    assert reply.status_code == 422
    page = reply.get_data(as_text=True)
    assert "Line 3:" in page
    assert "E-1,Ann Ames\nE-2," in page.replace("\r\n", "\n")


def test_a_list_with_faulty_rows_shows_what_the_others_would_change(house: TestHouse) -> None:
    people = house.count("user")
    data = listed(NORA, NED.replace("2026-11-09", "soon"))
    page, status = through_the_page(house, data)
    assert "1 thing needs a correction. Nothing was changed" in page
    assert "Line 3:" in page
    assert "What would change without these rows" in page
    assert "Apply this without 1 row<" in page
    assert (status, house.count("user")) == (303, people + 1)


def test_a_refused_file_comes_back_with_its_form_and_is_taken_once_it_is_allowed(
    house: TestHouse, take: Callable[..., Plan]
) -> None:
    crowd = [f"C{n},Casey {'abcdefghij'[n]},,Ward 3,Aide,,,2026-01-05,," for n in range(8)]
    take(listed(NORA, *crowd))
    olga = house.signed_in("olga")
    fields = {"file": (io.BytesIO(listed(NORA)), "half.csv"), "source": "agency"}
    page = house.post(olga, "/program/roster", **fields)
    assert "8 of 9 people (88 %) would leave" in page.text
    assert "half.csv is still here" in page.text
    given = dict(re.findall(r'name="(kept|name)" value="([^"]*)"', page.text))
    page = house.post(olga, "/program/roster", allow_ending="8", source="agency", text="", **given)
    assert (page.status_code, "8 left" in page.text) == (200, True)


def test_a_list_that_changes_nothing_has_nothing_to_apply(
    house: TestHouse, take: Callable[..., Plan]
) -> None:
    take(listed(NORA))
    page = house.post(
        house.signed_in("olga"), "/program/roster", text=listed(NORA).decode(), source="AGENCY"
    )
    assert "Nothing would change" in page.text
    assert "Apply" not in page.text


def test_a_list_is_known_by_its_name_however_it_is_spelt(
    house: TestHouse, take: Callable[..., Plan]
) -> None:
    take(listed(NORA))
    assert take(listed(NORA), source="Agency").counts == {"same": 1}
    page = house.post(
        house.signed_in("olga"), "/program/roster", text=listed(NED).decode(), source="agnecy"
    )
    assert "This is the first list from &#39;agnecy&#39;" in page.text
    assert "Lists so far came from: agency, hr." in page.text


def test_only_what_was_shown_is_applied(house: TestHouse) -> None:
    """Two tabs: the second list is in by the time that the first one is applied."""
    olga, fields = house.signed_in("olga"), {"source": "agency"}
    alone = NED.replace(",N1,", ",,")
    first = house.post(olga, "/program/roster", text=listed(NORA).decode(), **fields).text
    other = house.post(olga, "/program/roster", text=listed(alone).decode(), **fields).text
    kept = r'name="(apply|kept)"\s+value="([^"]+)"'
    done = house.post(olga, "/program/roster", **fields, **dict(re.findall(kept, other)))
    assert done.status_code == 303
    people = house.count("user")

    page = house.post(olga, "/program/roster", **fields, **dict(re.findall(kept, first)))
    assert page.status_code == 200
    assert "Something changed since that was shown" in page.text
    assert "not in the list" in page.text  # Ned would leave, and that had not been shown
    assert house.count("user") == people
    again = house.post(olga, "/program/roster", **fields, **dict(re.findall(kept, page.text)))
    assert again.status_code == 303
