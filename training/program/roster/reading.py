"""Bytes to records with their lines: encodings, delimiters, workbooks, and what is no list."""

import csv
import io
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass

from training.program.roster.faults import Refused, RowFault

LARGEST = 50_000_000
DELIMITERS = (",", ";", "\t", "|")
DISGUISED = {
    b"%PDF": "this is a PDF",
    b"\xd0\xcf\x11\xe0": "this is an old Excel workbook (.xls)",
    b"\x89PNG": "this is a picture",
}


@dataclass(frozen=True, slots=True)
class Record:
    """One row of a list: the line where it begins, and its cells as text."""

    line: int
    cells: tuple[str, ...]


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
    head = data[:2000].lstrip(b"\xef\xbb\xbf \r\n\t").lower()
    if head.startswith((b"<html", b"<!doctype", b"<table", b"<?xml")):
        raise _refuse("this is a web page, not a list", "save the list as CSV or XLSX")
    return _from_text(_decoded(data, encoding))


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
    if text.count('"') % 2:
        line = text[: text.rindex('"')].count("\n") + 1
        raise _refuse("a quotation mark is never closed", "close or delete it", line)
    reader = csv.reader(io.StringIO(text), delimiter=_delimiter(text))
    records, line = [], 1
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                records.append(Record(line, tuple(cells)))
            line = reader.line_num + 1
    except csv.Error as error:
        raise _refuse(f"the row can't be read ({error})", "mend this row", line) from None
    return records


def _delimiter(text: str) -> str:
    """Return the delimiter that splits most of the first lines into the most equal columns."""
    lines = [line for line in text.split("\n")[:40] if line.strip()] or [""]
    counts = {mark: [line.count(mark) for line in lines] for mark in DELIMITERS}
    return max(DELIMITERS, key=lambda mark: (sum(n > 0 for n in counts[mark]), max(counts[mark])))


def _from_workbook(data: bytes) -> list[Record]:
    from openpyxl import load_workbook

    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            size = sum(info.file_size for info in archive.infolist())
        if size > 10 * LARGEST:
            raise _refuse("the workbook unpacks to more than 500 MB", "save it as CSV")
        book = load_workbook(io.BytesIO(data), read_only=True, data_only=True)
        rows = list(book.worksheets[0].iter_rows(values_only=True))
    except Refused:
        raise
    except Exception:  # noqa: BLE001 - whatever a damaged workbook raises, it is told in words
        raise _refuse("this workbook can't be read", "save it as CSV or XLSX") from None
    return [
        Record(line, tuple(_cell_text(value) for value in row))
        for line, row in enumerate(rows, start=1)
        if any(value is not None and str(value).strip() for value in row)
    ]


def _cell_text(value: object) -> str:
    if value is None:
        return ""
    if hasattr(value, "date"):
        return str(value.date().isoformat())
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def below(records: list[Record], header: Record) -> Iterator[Record]:
    """Yield the records under the header."""
    return (record for record in records if record.line > header.line)
