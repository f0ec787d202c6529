"""A staff list is taken whole or not at all, and twice is once; who ends, and rows left out."""

from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import event, select

from tests.cast import TODAY
from tests.house import TestHouse
from tests.program.lists import (
    ANN,
    BO,
    CY,
    HEAD,
    Take,
    facts_of,
    last_of,
    listed,
    manager_of,
    refused,
    rows_of,
    sign_ins,
)
from training.accounts.models import RosterImport, Site

CROWD = [f"9{n},Kim {'ABCDEFGH'[n]}ox,,ICU,,,2026-01-05,," for n in range(8)]


# --- all or nothing, and twice is once ------------------------------------------------------


def test_the_same_list_again_adds_no_row_of_any_kind(house: TestHouse, take: Take) -> None:
    take(listed(ANN, BO, CY))
    before = facts_of(house)
    assert take(listed(ANN, BO, CY)).counts == {"same": 3}
    assert take(listed(CY, BO, ANN), days=9).counts == {"same": 3}
    assert facts_of(house) == before


def test_a_first_day_that_is_mended_is_no_move(house: TestHouse, take: Take) -> None:
    take(listed(ANN, BO))
    mended = ANN.replace("2026-03-02", "2026-03-09")
    assert take(listed(mended, BO)).counts == {"days mended": 1, "same": 1}
    assert rows_of(house, "1")[-1][2] == date(2026, 3, 9)
    assert take(listed(ANN.replace("ICU", "OR"), BO)).counts == {"moved": 1, "same": 1}


def test_a_refused_list_changes_nothing(house: TestHouse, take: Take) -> None:
    take(listed(ANN))
    before = house.dump()
    refused(take, listed(ANN.replace("ICU", "OR"), BO, CY.replace("active", "paused")))
    assert house.dump() == before


def test_the_faults_of_rows_and_those_between_rows_are_named_at_once(take: Take) -> None:
    take(listed(ANN, BO, *CROWD))
    told = refused(
        take,
        listed(
            ANN.replace("2026-03-02", "soon"),
            CY.replace("ICU,2", "ICU,77"),
            "4,Di Dorn,bo@x.example,ICU,5,,,,active",
            "5,Ed East,,ICU,4,,,,active",
        ),
    )
    assert [line.split(";")[0] for line in told] == [
        "1: by this list 9 of 10 people (90 %) would leave",
        "2: hire_date: 'soon' is no date",
        "3: there is no manager '77'",
        "4: bo@x.example belongs to 2, under another staff number",
        "4: managers in a circle: 4 > 5 > 4",
    ]


def test_who_reports_to_a_faulty_row_is_not_a_second_fault(take: Take) -> None:
    assert len(refused(take, listed(ANN.replace("2026-03-02", "soon"), BO, CY))) == 1


def test_the_sample_list_is_taken_without_a_fault(house: TestHouse, take: Take) -> None:
    sample = Path("training/sample/roster.csv").read_bytes()
    found = take(sample, source="sample")
    assert found.counts == {"new": 31, "left": 1, "leaving": 4, "on leave": 1, "same": 0}
    assert last_of(house, "E1022") == ("left", date(2026, 9, 1))


def test_an_import_is_one_event_with_counts_and_no_name(house: TestHouse, take: Take) -> None:
    events = house.count("audit_event")
    take(listed(ANN, BO, CY))
    assert house.count("audit_event") == events + 1
    assert house.count("audit_event", "body LIKE '%Ames%'") == 0


# --- who ends -------------------------------------------------------------------------------


def test_half_the_staff_by_mistake_is_refused_with_the_share_named(
    house: TestHouse, take: Take
) -> None:
    take(listed(ANN, BO, *CROWD))
    before = house.dump()
    told = refused(take, listed(ANN, BO, *CROWD[:2]))
    assert told[0].startswith(
        "1: by this list 6 of 10 people (60 %) would leave; if that is right, "
    )
    assert "--allow-ending 6" in told[0]
    refused(take, listed(ANN, BO, *CROWD[:2]), allow_ending=5)
    assert house.dump() == before
    assert take(listed(ANN, BO, *CROWD[:2]), allow_ending=6).counts == {"left": 6, "same": 4}


def test_those_marked_as_left_count_like_those_who_are_missing(take: Take) -> None:
    take(listed(ANN, BO, *CROWD))
    marked = [f"{row}terminated" for row in CROWD]
    assert "8 of 10 people (80 %) would leave" in refused(take, listed(ANN, BO, *marked))[0]


def test_last_days_that_are_to_come_or_long_past_refuse_no_first_list(take: Take) -> None:
    gone = [f"7{n},Gone Gray,,ICU,,,2020-01-06,2024-06-28,terminated" for n in range(12)]
    student = [f"6{n},Stu Dent,,ICU,,,2026-09-01,2027-05-28,active" for n in range(12)]
    found = take(listed(ANN, *gone, *student)).counts
    assert found == {"new": 25, "left": 12, "leaving": 12, "same": 0}
    extended = [row.replace("2027-05-28", "2027-06-30") for row in student]
    take(listed(ANN, *gone, *extended), days=30)


def test_an_agencys_list_ends_nobody_of_HR(house: TestHouse, take: Take) -> None:
    before = rows_of(house, "E-alice")
    take(listed(ANN), source="agency")
    take(listed(BO.replace("ICU,1", "ICU,")), source="agency")
    assert last_of(house, "1") == ("left", TODAY)
    assert rows_of(house, "E-alice") == before


def test_the_same_number_of_two_sources_is_two_people(house: TestHouse, take: Take) -> None:
    take(listed(ANN))
    take(listed(ANN.replace("ann@", "other@")), source="agency")
    assert house.count("user", "external_id = '1'") == 2


def test_the_same_number_and_address_of_two_sources_is_refused_with_a_hint(take: Take) -> None:
    take(listed(ANN))
    told = refused(take, listed(ANN), source="agency")
    assert told[0].startswith("2: ann@x.example belongs to 1, of another list; say which list")


def test_a_list_of_some_ends_nobody(take: Take) -> None:
    take(listed(ANN, BO))
    assert take(listed(ANN), full=False).counts == {"same": 1}


def test_who_never_began_and_is_missing_never_worked_here(house: TestHouse, take: Take) -> None:
    take(listed(ANN, BO.replace("2026-04-06", "2026-12-07")))
    take(listed(ANN), days=2)
    assert [row[0] for row in rows_of(house, "2")] == ["left"]


def test_a_first_list_may_hold_any_number_who_left_before(house: TestHouse, take: Take) -> None:
    gone = [f"9{n},Gone Gray,,ICU,,,2020-01-06,2024-06-30,terminated" for n in range(12)]
    assert take(listed(ANN, *gone)).counts == {"new": 13, "left": 12, "same": 0}
    assert [row[:2] for row in rows_of(house, "90")] == [
        ("placed", date(2020, 1, 6)),
        ("left", date(2024, 7, 1)),
    ]


# --- bad rows left out ----------------------------------------------------------------------


def test_bad_rows_are_left_out_those_people_stay_and_it_is_on_record(
    house: TestHouse, take: Take
) -> None:
    take(listed(ANN, BO, CY))
    before = rows_of(house, "2")
    broken = listed(ANN.replace("ICU", "OR"), BO.replace("ICU", "OR").replace("2026-04", "x"), CY)
    assert take(broken, skip_bad_rows=True).counts == {"moved": 1, "same": 1, "skipped": 1}
    assert rows_of(house, "2") == before
    with house.database.read() as session:
        record = session.scalars(select(RosterImport).order_by(RosterImport.id.desc())).first()
    assert record is not None
    assert "hire_date: 'x-06' is no date" in record.skipped


def test_a_row_left_out_protects_its_own_person_only(house: TestHouse, take: Take) -> None:
    take(listed(ANN, BO, CY))
    take(listed(BO.replace("active", "paused"), CY), skip_bad_rows=True)
    assert [last_of(house, id_)[0] for id_ in "123"] == ["left", "placed", "placed"]


def test_a_number_that_excel_wrapped_protects_its_person_too(house: TestHouse, take: Take) -> None:
    take(listed(ANN, BO))
    take(listed(ANN, '="2",Bo Bay,,,,,,,paused'), skip_bad_rows=True)
    assert last_of(house, "2")[0] == "placed"


@pytest.mark.parametrize("row", [",Bo Bay,,,,,,,active", "2,Bo", "2E+05,Bo Bay,,,,,,,active"])
def test_a_row_that_does_not_tell_whom_it_is_about_ends_nobody(
    house: TestHouse, take: Take, row: str
) -> None:
    take(listed(ANN, BO))
    found = take(listed(ANN, row), skip_bad_rows=True)
    assert last_of(house, "2")[0] == "placed"
    assert any("nobody ends for being missing" in w.mend for w in found.warnings)


def test_rows_without_a_manager_are_left_out_with_those_who_report_to_them(
    house: TestHouse, take: Take
) -> None:
    found = take(listed(ANN, BO.replace("ICU,1", "ICU,77"), CY), skip_bad_rows=True)
    assert found.counts == {"new": 1, "same": 0, "skipped": 2}
    assert rows_of(house, "3") == []


def test_a_list_of_bad_rows_alone_is_refused(take: Take) -> None:
    assert refused(take, listed(ANN.replace("active", "paused")), skip_bad_rows=True)


def test_a_left_out_row_protects_her_and_not_her_manager(house: TestHouse, take: Take) -> None:
    take(listed(ANN, BO, CY))
    take(listed(BO, CY.replace("active", "paused")), skip_bad_rows=True)
    assert [rows_of(house, id_)[-1][0] for id_ in "123"] == ["left", "placed", "placed"]


def test_a_bad_cell_in_any_column_leaves_the_whole_row_out(house: TestHouse, take: Take) -> None:
    take(listed(ANN, BO))
    take(listed(ANN, BO.replace("ICU", "I\x01CU")), skip_bad_rows=True)
    assert rows_of(house, "2")[-1][3] == "ICU"


def test_managers_faults_are_named_together_with_the_rows_own(take: Take) -> None:
    told = refused(take, listed(ANN, BO.replace("ICU,1", "ICU,77"), CY.replace("2026-05", "x")))
    assert [line.split(":")[0] for line in told] == ["3", "4"]


# --- what a list does not say ---------------------------------------------------------------


def test_a_column_that_is_missing_changes_nothing(house: TestHouse, take: Take) -> None:
    take(listed(ANN, BO.replace(",,active", ",2027-01-31,active")))
    before = facts_of(house)
    assert take(b"id,name\n1,Ann Ames\n2,Bo Bay\n").counts == {"same": 2}
    assert facts_of(house) == before
    take(b"id,name,dept\n1,Ann Ames,OR\n2,Bo Bay,OR\n")
    assert sign_ins(house)["2"] == "bo@x.example"
    assert manager_of(house, "2") is not None
    assert last_of(house, "2") == ("left", date(2027, 2, 1))


def test_an_empty_cell_says_that_there_is_none(house: TestHouse, take: Take) -> None:
    take(listed(ANN, BO))
    take(listed(ANN, BO.replace("bo@x.example,ICU,1", ",,")))
    assert (sign_ins(house)["2"], manager_of(house, "2")) == (None, None)
    assert rows_of(house, "2")[-1][3] == ""


def test_a_site_is_known_in_capitals_and_a_new_one_takes_the_practices_zone(
    house: TestHouse, take: Take
) -> None:
    found = take(listed(ANN.replace("Main Street", "MAIN STREET"),
                        BO.replace("Main Street", "Hilltop")))  # fmt: skip
    assert [w.what for w in found.warnings] == ["the site 'Hilltop' is new"]
    with house.database.read() as session:
        zones = {site.name: site.zone for site in session.scalars(select(Site))}
    assert zones.keys() == {"Main Street", "Harbor", "Hilltop"}
    assert zones["Hilltop"] == zones["Main Street"]


# --- roles ----------------------------------------------------------------------------------


def test_A07_a_list_of_any_source_grants_no_role(house: TestHouse, take: Take) -> None:
    grants = house.count("role_grant")
    row = "E-alice,Alice Adams,alice@clinic.example,Ward 3,,Main Street,,,active,admin"
    found = take(listed(row, head=f"{HEAD},role"), source="hr", full=False)
    assert "the role column is left out" in found.warnings[0].what
    assert house.count("role_grant") == grants


# --- many -------------------------------------------------------------------------------


def test_a_thousand_changes_are_a_handful_of_statements(house: TestHouse, take: Take) -> None:
    rows = [f"{n},Sam Ames,s{n}@x.example,ICU,,,,,active" for n in range(1_000)]
    take(listed(*rows))
    told: list[str] = []
    event.listen(house.database.writer, "before_cursor_execute", lambda *sent: told.append(sent[2]))
    take(listed(*(row.replace("ICU", "OR").replace("@x", "@y") for row in rows)), days=1)
    take(listed(*(row.replace("active", "LOA") for row in rows)), days=2)
    take(listed(*rows), days=3)
    take(listed(rows[0]), days=4, allow_ending=1_000)
    assert len(told) < 140
