"""Bytes to records with their lines: encodings, delimiters, workbooks, and what is no list."""

import csv
import io

from training.program.roster.faults import Refused, RowFault
from training.program.roster.headers import DEEPEST_TITLE, is_header, places_of
from training.program.roster.records import Record
from training.program.roster.workbooks import TooLarge, sheet_records

LARGEST = 50_000_000
DELIMITERS = (",", ";", "\t", "|")
DISGUISED = {
    b"%PDF": "this is a PDF",
    b"\xd0\xcf\x11\xe0": "this is an old Excel workbook (.xls), or one with a password",
    b"\x89PNG": "this is a picture",
}


def _refuse(what: str, mend: str, line: int = 1) -> Refused:
    return Refused((RowFault(line, what, mend),))


def read_records(data: bytes, encoding: str | None = None) -> list[Record]:
    """Return the records of a staff list, empty ones left out. Raises Refused."""
    if len(data) > LARGEST:
        raise _refuse("the file is larger than 50 MB", "split it by site")
    if not data.strip():
        raise _refuse("the file is empty", "export the list again")
    for start, what in DISGUISED.items():
        if data.startswith(start):
            raise _refuse(what, "save the list as CSV or XLSX")
    if data.startswith(b"PK"):
        return _from_workbook(data)
    text = _decoded(data, encoding).removeprefix("\ufeff")
    if text.lstrip().startswith("<"):
        raise _refuse("this is a web page, not a list", "save the list as CSV or XLSX")
    return _from_text(text)


def _decoded(data: bytes, encoding: str | None) -> str:
    if encoding:
        try:
            return data.decode(encoding)
        except (LookupError, UnicodeDecodeError):
            raise _refuse(f"the file is not {encoding}", "name its true encoding") from None
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return _decoded(data, "utf-16")
    for name in ("utf-8-sig", "cp1252"):
        try:
            text = data.decode(name)
        except UnicodeDecodeError:
            continue
        if "\x00" in text:
            break
        return text
    raise _refuse(
        "the file's encoding can't be told",
        "save it as UTF-8 (or name its --encoding at the command line)",
    )


def _from_text(text: str) -> list[Record]:
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    reader = csv.reader(io.StringIO(text), delimiter=_delimiter(text), strict=True)
    records, line = [], 1
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                records.append(Record(line, tuple(cells)))
            line = reader.line_num + 1
    except csv.Error as error:
        raise _unreadable(str(error), line) from None
    return _some(records)


def _unreadable(error: str, line: int) -> Refused:
    if "unexpected end" in error or "field limit" in error:
        return _refuse("a quotation mark is never closed", "close or delete it", line)
    what = "a quotation mark is never closed, or text follows a closing one in the same cell"
    return _refuse(what, "write a quotation mark inside a cell twice", line)


def _some(records: list[Record]) -> list[Record]:
    if not records:
        raise _refuse("the file is empty", "export the list again")
    return records


def _delimiter(text: str) -> str:
    """Return the delimiter that makes a header of a line, or else the one that splits most."""
    lines = [line for line in text[:100_000].split("\n") if line.strip()][:DEEPEST_TITLE]

    def fit(mark: str) -> tuple[int, int]:
        rows = [next(csv.reader([line], delimiter=mark), []) for line in lines]
        known = [len(places) for places in map(places_of, rows) if is_header(places)]
        return max(known, default=0), sum(line.count(mark) for line in lines)

    return max(DELIMITERS, key=fit)


def _from_workbook(data: bytes) -> list[Record]:
    try:
        records = sheet_records(data)
    except TooLarge:
        raise _refuse("the workbook unpacks to more than 500 MB", "save it as CSV") from None
    except Exception:  # noqa: BLE001 - whatever a damaged workbook raises, it is told in words
        raise _refuse("this workbook can't be read", "save it as CSV or XLSX") from None
    return _some(records)
