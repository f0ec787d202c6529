"""Staff lists as they really arrive: which bytes are a list, and what its rows then are."""

import io
import zipfile
from datetime import datetime

import pytest
from openpyxl import Workbook

from tests.cast import TODAY
from training.program.roster.faults import Refused
from training.program.roster.reading import read_records
from training.program.roster.rows import Parsed, parse_rows

LIST = 'employee_id,legal_name,department\n1,"Ångström, Zoë",Ward 3\n2,Bo Bay,Ward 4\n'
TWO = [("1", "Zoë Ångström", "Ward 3"), ("2", "Bo Bay", "Ward 4")]
NINE = datetime(2026, 1, 5, 9)  # noqa: DTZ001 - a workbook's times have no zone


def parsed(data: bytes, encoding: str | None = None) -> Parsed:
    return parse_rows(read_records(data, encoding), TODAY)


def people(data: bytes, encoding: str | None = None) -> list[tuple[str, str, str]]:
    found = parsed(data, encoding)
    assert [str(fault) for fault in found.faults] == []
    return [(row.external_id, row.legal_name, row.department) for row in found.rows]


def refusal(data: bytes, encoding: str | None = None) -> str:
    with pytest.raises(Refused) as refused:
        parsed(data, encoding)
    return str(refused.value.faults[0])


def book(*sheets: list[list[object]]) -> bytes:
    made, file = Workbook(), io.BytesIO()
    made.remove(made.active)
    for rows in sheets:
        sheet = made.create_sheet()
        for row in rows:
            sheet.append(row)
    made.save(file)
    return file.getvalue()


def rewritten(data: bytes, old: bytes, new: bytes) -> bytes:
    """Return a workbook whose sheet says something else than what its writer wrote."""
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(file, "w") as target:
        for name in source.namelist():
            text = source.read(name)
            if name.startswith("xl/worksheets/"):
                assert old in text
                text = text.replace(old, new)
            target.writestr(name, text)
    return file.getvalue()


SEMICOLONS = LIST.replace(",Ward", ";Ward").replace("1,", "1;").replace("2,", "2;")
SEMICOLONS = SEMICOLONS.replace("id,legal_name,d", "id;legal_name;d")
TABS = SEMICOLONS.replace(";", "\t").replace('"', "")
FILES = {
    "UTF-8": LIST.encode(),
    "UTF-8 with its mark": LIST.encode("utf-8-sig"),
    "a mark before a quoted header": b"\xef\xbb\xbf" + LIST.replace("employee_id", '"employee_id"')
    .encode(),
    "UTF-16 as Excel saves Unicode text": TABS.encode("utf-16"),
    "UTF-16 the other way round": b"\xfe\xff" + LIST.encode("utf-16-be"),
    "cp1252": LIST.encode("cp1252"),
    "semicolons": SEMICOLONS.encode(),
    "semicolons and unquoted commas": SEMICOLONS.replace('"', "").encode(),
    "tabs": TABS.encode(),
    "bars": TABS.replace("\t", "|").encode(),
    "Excel's separator line": b"sep=;\n" + SEMICOLONS.encode(),
    "Windows line ends": LIST.replace("\n", "\r\n").encode(),
    "lone carriage returns": LIST.replace("\n", "\r").encode(),
    "no line end at the end": LIST.rstrip().encode(),
    "blank lines and rows of empty cells": LIST.replace("\n", "\n\n,,\n").encode(),
    "title lines full of commas": b"Acme, Inc.\nAll staff, all sites\n" + SEMICOLONS.encode(),
    "a long title": b"\n".join([b"Report %d" % n for n in range(12)]) + b"\n" + LIST.encode(),
    "every cell quoted": b'"employee_id","legal_name","department"\n'
    + '"1","Ångström, Zoë","Ward 3"\n"2","Bo Bay","Ward 4"\n'.encode(),
    "a quoted line end": LIST.replace("Bo Bay", '"Bo\nBay"').encode(),
    "a workbook": book([["ID", "Name", "Dept"], [1, "Ångström, Zoë", "Ward 3"],
                        [2.0, "Bo Bay", "Ward 4"]]),
    "a workbook with a title and empty rows": book(
        [["All staff"], [], ["ID", "Name", "Dept"], [], [1, "Zoë Ångström", "Ward 3"],
         ["2", "Bo Bay", "Ward 4"]]),
    "a workbook with a cover sheet": book(
        [["Read me first"]], [["ID", "Name", "Dept"], [1, "Zoë Ångström", "Ward 3"],
                              [2, "Bo Bay", "Ward 4"]]),
}  # fmt: skip


@pytest.mark.parametrize("file", FILES)
def test_a_list_is_read_whatever_wrote_it(file: str) -> None:
    assert people(FILES[file]) == TWO


def test_an_encoding_that_is_named_is_taken() -> None:
    data = "id,name\n1,Жанна Соколова\n".encode("koi8-r")
    assert people(data, "koi8-r") == [("1", "Жанна Соколова", "")]


HEADERS = (
    "Employee ID,Full Name,Dept",
    "EmployeeID,LegalName,Department",
    "employeeId,legalName,department",
    "EMPLOYEE_ID,LEGAL_NAME,DEPARTMENT",
    "Employee #,Employee Name,Department Name",
    "Emp. No.,Name,Unit",
    "Worker ID,Worker,Cost Center Name",
    "Associate ID,Payroll Name,Home Department Description",
    " employee id* ,Name (Last First),Department (Home)",
)


@pytest.mark.parametrize("header", HEADERS)
def test_the_columns_are_known_by_the_names_that_HR_systems_give_them(header: str) -> None:
    assert people(f"{header}\n1,Ann Ames,ICU\n".encode()) == [("1", "Ann Ames", "ICU")]


def test_the_surer_of_two_columns_counts_wherever_it_stands() -> None:
    head = "ID,Manager,Manager ID,Employee ID,First Name,Last Name,Title,Job Title"
    row = parsed(f"{head}\n77,Bo Bay,9,1,Ann,Ames,Ms,Nurse\n".encode()).rows[0]
    found = (row.external_id, row.manager, row.legal_name, row.job_title)
    assert found == ("1", "9", "Ann Ames", "Nurse")


def test_a_column_that_means_nothing_to_us_is_named() -> None:
    told = [str(w) for w in parsed(b"id,name,Termintion Date,Shoe size\n1,Ann,,38\n").warnings]
    assert told == [
        "1: unknown columns are left out: Termintion Date, Shoe size; rename what is needed"
    ]


NO_LISTS = {
    "nothing": (b"", "1: the file is empty"),
    "blanks": (b" \r\n\t\n", "1: the file is empty"),
    "a mark alone": (b"\xef\xbb\xbf", "1: the file is empty"),
    "empty cells": (b",,,\n,,,\n", "1: the file is empty"),
    "an empty workbook": (book([]), "1: the file is empty"),
    "a PDF by another name": (b"%PDF-1.7\n...", "1: this is a PDF; save the list as CSV"),
    "an old workbook": (b"\xd0\xcf\x11\xe0\xa1\xb1", "1: this is an old Excel workbook"),
    "a picture": (b"\x89PNG\r\n", "1: this is a picture"),
    "HTML called .xls": (b"\n  <HTML><table><tr>", "1: this is a web page"),
    "HTML with a mark": (b"\xef\xbb\xbf<table><tr><td>id", "1: this is a web page"),
    "HTML in UTF-16": ("<html><table>".encode("utf-16"), "1: this is a web page"),
    "a style sheet first": (b"<style>td {}</style><table>", "1: this is a web page"),
    "XML": (b"<?xml version='1.0'?><Workbook>", "1: this is a web page"),
    "half a workbook": (book([["id", "name"], ["1", "Ann"]])[:900], "1: this workbook can't"),
    "UTF-16 without its mark": (LIST.encode("utf-16-le"), "1: the file's encoding can't be told"),
    "half of a UTF-16 letter": (LIST.encode("utf-16") + b"x", "1: the file is not utf-16"),
    "bytes of no encoding": (b"id,name\n1,\x81\x8d\n", "1: the file's encoding can't be told"),
    "no header": (b"1,Ann\n2,Bo\n", "1: no line names the columns (the first says: 1, Ann)"),
    "no staff number": (b"name,email\nAnn,\n", "1: no line names the columns"),
    "a first name alone": (b"id,first name\n1,Ann\n", "1: no line names the columns"),
    "a last name alone": (b"id,last name\n1,Ames\n", "1: no line names the columns"),
    "a quotation never closed": (b'id,name\n1,Ann\n2,"Bo\n3,Cy\n', "3: a quotation mark is never"),
    "one closed by the next": (b'id,name\n1,"Ann\n2,"Bo"\n', "2: a quotation mark is never"),
    "text behind a quotation": (b'id,name\n1,"Ann" Ames\n', "2: a quotation mark is never"),
    "one cell as long as a book": (b'id,name\n1,"' + b"x" * 140_000, "2: a quotation mark is"),
}


@pytest.mark.parametrize("file", NO_LISTS)
def test_what_is_no_list_is_refused_with_line_reason_and_mend(file: str) -> None:
    data, told = NO_LISTS[file]
    found = refusal(data)
    assert found.startswith(told)
    assert "; " in found


@pytest.mark.parametrize("encoding", ["ascii", "klingon"])
def test_an_encoding_that_does_not_fit_is_refused(encoding: str) -> None:
    assert refusal(LIST.encode(), encoding).startswith(f"1: the file is not {encoding}")


def test_a_file_over_fifty_megabytes_is_not_read() -> None:
    assert refusal(b"x" * 50_000_001).startswith("1: the file is larger than 50 MB")


def test_a_workbook_that_unpacks_to_too_much_is_not_unpacked() -> None:
    file = io.BytesIO()
    with (
        zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive,
        archive.open("xl/worksheets/sheet1.xml", "w") as sheet,
    ):
        for _n in range(501):
            sheet.write(b" " * 1_000_000)
    assert refusal(file.getvalue()).startswith("1: the workbook unpacks to more than 500 MB")


@pytest.mark.parametrize("size", [b'ref="A1"', b'ref="A1:XFD1048576"'])
def test_a_workbook_that_is_wrong_about_its_own_size_is_read_as_it_is(size: bytes) -> None:
    data = book([["id", "name", "dept"], ["1", "Ann Ames", "ICU"], ["2", "Bo Bay"]])
    told = rewritten(data, b'ref="A1:C3"', size)
    assert people(told) == [("1", "Ann Ames", "ICU"), ("2", "Bo Bay", "")]


def test_a_workbooks_day_is_the_day_that_was_written() -> None:
    row = parsed(book([["id", "name", "hire date"], ["1", "Ann", NINE]])).rows[0]
    assert row.hired_on == NINE.date()


def test_a_formula_counts_as_what_it_showed() -> None:
    data = book([["id", "name"], ["=1+1", "Ann"]])
    assert people(rewritten(data, b"<v />", b"<v>2</v>"))[0][0] == "2"


def test_a_formula_that_was_never_computed_is_text_and_never_an_empty_cell() -> None:
    data = book([["id", "name", "end date"], ["1", "Ann", "=TODAY()-400"]])
    assert [str(fault) for fault in parsed(data).faults] == [
        "2: end_date: '=TODAY()-400' is no date; write it as 2026-11-24"
    ]


def test_a_stray_cell_far_to_the_right_does_no_harm() -> None:
    data = book([["id", "name"], *[[n, "Ann"] for n in range(20)], [99, "Bo", *[None] * 300, "x"]])
    assert len(people(data)) == 21


def test_a_workbooks_fault_names_its_row() -> None:
    data = book([["Title"], [], ["id", "name"], ["1", "Ann"], [], ["", "Bo"]])
    assert str(parsed(data).faults[0]).startswith("6: the staff number is missing")
