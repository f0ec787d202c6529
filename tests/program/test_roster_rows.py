"""The rows of a list: who is on it, and every fault with line, reason and mend, all at once."""

from datetime import date

import pytest

from tests.cast import TODAY
from training.program.roster.reading import read_records
from training.program.roster.rows import Parsed, RosterRow, parse_rows

HEAD = "employee_id,legal_name,email,hire_date,end_date,status"
ANN = "1,Ann Ames,ann@x.example,2026-01-05,,active"
BO = "2,Bo Bay,bo@x.example,2026-02-02,,active"


def parsed(*rows: str, head: str = HEAD) -> Parsed:
    data = "\n".join([head, *rows, ""]).encode()
    return parse_rows(read_records(data), TODAY)


def faults(*rows: str, head: str = HEAD) -> list[str]:
    return [str(fault) for fault in sorted(parsed(*rows, head=head).faults)]


def warnings(*rows: str, head: str = HEAD) -> list[str]:
    found = parsed(*rows, head=head)
    assert found.faults == []
    return [str(warning) for warning in sorted(found.warnings)]


def only(*rows: str, head: str = HEAD) -> RosterRow:
    found = parsed(*rows, head=head)
    assert found.faults == []
    assert len(found.rows) == 1
    return found.rows[0]


FOOTERS = (
    "Total,,,,,", "Total: 31,,,,,", "Total,31,,,,", "TOTALS:,31 people,,,,", "Grand total,2,,,,",
    "Count: 2,,,,,", "Record count,2,,,,", "Total employees: 1,234,,,,", "Page 3 of 12,,,,,",
    ",Total,2,,,", "End of report,,,,,", "End of file,2 people,,,,", "Report run by HR,,,,,",
    "Generated 11/24/2026 by Payday,,,,,", "2 employees,,,,,", "* active staff only,,,,,",
    "*** END ***,,,,,", "-----,,,,,", "Confidential,,,,,", HEAD,
)  # fmt: skip


@pytest.mark.parametrize("footer", FOOTERS)
def test_a_total_a_note_or_the_header_again_is_no_person(footer: str) -> None:
    found = parsed(ANN, footer, BO, footer)
    assert [row.external_id for row in found.rows] == ["1", "2"]
    assert found.faults == []


@pytest.mark.parametrize("number", ["COUNT7", "PAGE-7", "COUNTY12", "REPORT1", "TOTAL-CARE-3"])
def test_nobody_is_taken_for_a_total_because_of_her_number(number: str) -> None:
    assert only(f"{number},Ann Ames", head="id,name").external_id == number


def test_a_row_that_was_cut_off_at_the_end_of_the_file_is_a_fault() -> None:
    assert faults(ANN, "2") == ["3: 1 cells where the header has 6; fill in the row"]


ONE_FAULT = {
    "a short row": ("2,Bo Bay", "2 cells where the header has 6; fill in the row"),
    "an unquoted comma": (
        "2,Bay, Bo,bo@x.example,2026-02-02,,active",
        "7 cells where the header has 6; put quotation marks round a cell that holds the delimiter",
    ),
    "a whole row in quotes": (f'"{BO}"', "1 cells where the header has 6; fill in the row"),
    "no number": (",Bo Bay,,,,", "the staff number is missing; write employee_id"),
    "a spoiled number": ("1.2E+05,Bo,,,,", "'1.2E+05' is a spoiled staff number; export the"),
    "no name": ("2,,,,,", "the name is empty; write the legal name"),
    "a number for a name": ("2,22,,,,", "'22' is no name; write the legal name"),
    "a name without end": (f"2,{'B' * 121},,,,", "the name is longer than 120 characters"),
    "a bad address": ("2,Bo,bo at x,,,", "email: 'bo at x' is no mail address; mend it or"),
    "a hidden bell": ("2,B\x07o,,,,", "legal_name: there is a hidden control character; type"),
    "text turned round": ("2,B\u202eo,,,,", "legal_name: there is a hidden control character"),
    "no such day": ("2,Bo,,02/30/2026,,", "hire_date: there is no day 02/30/2026; write it as"),
    "no day at all": ("2,Bo,,soon,,", "hire_date: 'soon' is no date; write it as 2026-11-24"),
    "another age": ("2,Bo,,0206-01-05,,", "hire_date: the year of 0206-01-05 can't be right"),
    "an unknown status": ("2,Bo,,,,paused", "the status 'paused' is not known; write active,"),
    "active after her end": (
        "2,Bo,,2026-01-05,2026-11-23,active",
        "active, but the end date 2026-11-23 is past; mend the status or the end date",
    ),
    "on leave after her end": ("2,Bo,,,2026-11-23,LOA", "leave, but the end date 2026-11-23 is"),
    "her number twice": ("1,Ann Other,,,,", "1 stands here twice (first on line 2); delete one"),
}


@pytest.mark.parametrize("row", ONE_FAULT)
def test_a_faulty_row_is_named_with_its_line_the_reason_and_the_mend(row: str) -> None:
    text, told = ONE_FAULT[row]
    found = faults(ANN, text, "3,Cy Cole,,,,")
    assert len(found) == 1
    assert found[0].startswith(f"3: {told}")


def test_every_fault_of_every_row_is_named_at_once() -> None:
    told = faults(",22,nowhere,soon,later,paused", ANN, "4,Di,di,,,", ANN.replace("Ann", "Al"))
    assert [line.split(":")[0] for line in told] == ["2"] * 6 + ["4", "5"]


def test_a_fault_names_the_line_where_its_record_begins() -> None:
    told = faults('1,"Ann\n\nAmes",,,,', '2,"Bo\nBay",,soon,,', "3,Cy,,later,,")
    assert [line.split(":")[0] for line in told] == ["5", "7"]


def test_nobody_below_the_header_is_a_fault() -> None:
    assert faults() == ["1: there is nobody below the header; add rows"]
    assert faults("Total,0,,,,") == ["1: there is nobody below the header; add rows"]


def test_a_hidden_mark_in_any_column_is_a_fault() -> None:
    told = faults("1,Ann,War\x01d,9", head="id,name,department,manager")
    assert told[0].startswith("2: department: there is a hidden control character")


# --- the same number twice ------------------------------------------------------------------


def test_an_exact_double_is_taken_once_and_warned() -> None:
    assert warnings(ANN, BO, ANN) == ["4: 1 again, word for word; it is taken once"]
    assert len(parsed(ANN, BO, ANN).rows) == 2


JOBS = "id,name,department,primary"


@pytest.mark.parametrize("rows", [("1,Ann,ICU,", "1,Ann,OR,yes"), ("1,Ann,OR,YES", "1,Ann,ICU,no")])
def test_of_two_jobs_the_primary_one_is_hers_and_the_other_stands_beside_it(
    rows: tuple[str, str],
) -> None:
    found = only(*rows, head=JOBS)
    assert found.department == "OR"
    assert [job.department for job in found.more] == ["ICU"]
    assert warnings(*rows, head=JOBS) == []


@pytest.mark.parametrize("marks", [("no", "no"), ("", "")])
def test_two_jobs_need_exactly_one_primary(marks: tuple[str, str]) -> None:
    told = faults(f"1,Ann,ICU,{marks[0]}", f"1,Ann,OR,{marks[1]}", head=JOBS)
    assert "3: 1 stands here twice (first on line 2); delete one, or mark exactly one" in told[0]


def test_two_primary_jobs_are_refused_with_both_lines() -> None:
    told = faults("1,Ann,ICU,yes", "2,Bo,OR,", "1,Ann,OR,yes", head=JOBS)
    assert told == ["4: 1 has 2 primary jobs (lines 2 and 4); mark exactly one with 'yes'"]


def test_one_number_of_two_people_is_refused_whatever_is_marked() -> None:
    told = faults("1,Ann,ICU,yes", "1,Bo,OR,no", head=JOBS)
    mend = "give each person a staff number of their own"
    assert told == [f"3: 1 is the number of Ann (line 2) and Bo (line 3); {mend}"]


@pytest.mark.parametrize("shares", [("0.6", "0.4"), ("60 %", "40 %"), ("60", "40")])
@pytest.mark.parametrize("turned", [False, True])
def test_without_a_mark_the_larger_share_is_the_primary_job(
    shares: tuple[str, str], turned: bool
) -> None:
    rows = [f"1,Ann,ICU,{shares[0]}", f"1,Ann,PACU,{shares[1]}"]
    found = only(*(rows[::-1] if turned else rows), head="id,name,department,FTE")
    assert (found.department, found.more[0].department) == ("ICU", "PACU")


@pytest.mark.parametrize("shares", [("0.5", "0.5"), ("0.5", ""), ("most", "0.5")])
def test_shares_that_decide_nothing_are_not_guessed_at(shares: tuple[str, str]) -> None:
    rows = [f"1,Ann,ICU,{shares[0]}", f"1,Ann,PACU,{shares[1]}"]
    assert "stands here twice" in faults(*rows, head="id,name,department,FTE")[0]


@pytest.mark.parametrize(
    ("column", "first", "second"),
    [
        ("Job Indicator", "P", "S"),
        ("Primary Assignment Flag", "Y", "N"),
        ("Is Primary Position?", "Yes", "No"),
        ("primary_job", "1", "0"),
        ("Primary or Secondary", "Primary", "Secondary"),
    ],
)
def test_the_primary_job_is_marked_as_hr_systems_mark_it(
    column: str, first: str, second: str
) -> None:
    found = only(f"1,Ann,PACU,{second}", f"1,Ann,ICU,{first}", head=f"id,name,department,{column}")
    assert (found.department, [job.department for job in found.more]) == ("ICU", ["PACU"])


def test_where_the_primary_job_has_ended_the_other_one_is_primary_and_told() -> None:
    rows = ("1,Ann,ICU,yes,left", "1,Ann,PACU,no,active")
    head = "id,name,department,primary,status"
    assert only(*rows, head=head).department == "PACU"
    assert warnings(*rows, head=head) == [
        "3: the primary job of 1 has ended; this one is taken as primary"
    ]


def test_a_job_beside_a_row_that_cannot_be_read_is_left_out_with_it() -> None:
    rows = ("1,Ann,ICU,maybe", "1,Ann,PACU,no")
    assert faults(*rows, head=JOBS)[-1] == ("3: another row of 1 can't be read; mend that one")
    assert parsed(*rows, head=JOBS).rows == []


def test_her_only_row_counts_even_where_it_says_that_it_is_not_primary() -> None:
    assert only("1,Ann,ICU,no", head=JOBS).department == "ICU"


def test_a_word_that_is_neither_yes_nor_no_is_a_fault() -> None:
    assert faults("1,Ann,ICU,maybe", head=JOBS) == [
        "2: primary: 'maybe' is neither yes nor no; write yes or no"
    ]


# --- spells of work -------------------------------------------------------------------------


def test_an_end_before_the_hire_date_is_an_earlier_spells_and_warned() -> None:
    row = "1,Ann,,2026-01-05,2024-06-30,active"
    assert only(row).ended_on is None
    assert "2: the end date is before the hire date" in warnings(row)[0]


def test_a_rehire_date_wins_over_the_first_hire_date() -> None:
    head = "id,name,hire date,rehire date,end date"
    row = only("1,Ann,2019-01-07,2026-01-05,2024-06-30", head=head)
    assert (row.hired_on, row.hired_again) == (date(2026, 1, 5), True)
    assert (row.status, row.ended_on) == ("active", None)


def test_an_end_that_is_past_says_so_itself_where_there_is_no_status() -> None:
    assert only("1,Ann,2026-08-31", head="id,name,end date").status == "left"
    assert only("1,Ann,,2026-01-05,2026-08-31,").status == "left"
    assert only("1,Ann,,2026-01-05,2026-11-24,").status == "active"


def test_a_last_day_to_come_is_no_fault() -> None:
    assert only("1,Ann,,,2026-11-24,active").ended_on == TODAY
    assert only("1,Ann,,,9999-12-31,active").ended_on is None


# --- days, names, roles ----------------------------------------------------------------------


def test_a_column_that_can_only_be_day_first_is_read_so_and_warned() -> None:
    rows = ("1,Ann,,05/01/2026,,", "2,Bo,,25/01/2026,,")
    assert [row.hired_on for row in parsed(*rows).rows] == [date(2026, 1, 5), date(2026, 1, 25)]
    assert warnings(*rows)[0].startswith("1: hire_date is read day first")


def test_a_column_that_could_be_either_goes_with_the_one_that_could_not() -> None:
    row = only("1,Ann,,25/01/2026,04/12/2026,active")
    assert row.ended_on == date(2026, 12, 4)
    assert len(warnings("1,Ann,,25/01/2026,04/12/2026,active")) == 2


def test_a_list_that_writes_both_orders_is_not_guessed_at() -> None:
    assert only("1,Ann,,01/25/2026,12/04/2026,active").ended_on == date(2026, 12, 4)
    assert "there is no day 25/01/2026" in faults("1,Ann,,25/01/2026,,", "2,Bo,,01/25/2026,,")[0]


def test_a_last_name_first_is_turned_round_and_told() -> None:
    row = only('1,"Ames, Ann",,,,')
    assert (row.legal_name, row.turned) == ("Ann Ames", True)


def test_a_number_that_excel_wrapped_is_itself() -> None:
    assert only('="00123",Ann,,,,').external_id == "00123"
    assert only('"=""00123""",Ann,,,,').external_id == "00123"


@pytest.mark.parametrize("nobody", ["", "-", "N/A", "none", "NULL"])
def test_a_manager_in_a_computers_word_for_nobody_is_nobody(nobody: str) -> None:
    assert only(f"1,Ann,{nobody}", head="id,name,manager").manager == ""


def test_A07_a_role_column_is_left_out_and_told() -> None:
    found = parsed("1,Ann,admin", head="id,name,role")
    assert found.faults == []
    assert "the role column is left out" in found.warnings[0].what
    assert "admin" not in repr(found.rows)
