"""Rows as a workbook (XLSX): real dates, no cell that is run as a formula, up to a limit."""

import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import IO, Any

from training.reports.csv_rows import cell

MOST_ROWS = 20_000  # more are made by the jobs process (`exports`)
A_SHEET = 1_000_000  # rows; Excel opens 1,048,576
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
LONGEST_CELL = 32_767  # of the file format


class TooManyRows(Exception):
    """There are more rows than a workbook is made of while somebody waits for it."""


@dataclass(frozen=True, slots=True)
class About:
    """What stands in the file's own properties."""

    title: str
    described: str  # what was asked for, when, in which zone


def workbook(header: Sequence[str], rows: Iterable[Sequence[object]], about: About) -> bytes:
    """Return a workbook of one sheet, the header first. Raises TooManyRows."""
    file = io.BytesIO()
    write_workbook(file, header, _few(rows), about)
    return file.getvalue()


def _few(rows: Iterable[Sequence[object]]) -> Iterator[Sequence[object]]:
    for number, row in enumerate(rows, start=1):
        if number > MOST_ROWS:
            raise TooManyRows
        yield row


def write_workbook(
    file: IO[bytes], header: Sequence[str], rows: Iterable[Sequence[object]], about: About
) -> int:
    """Write a workbook of any length, as the rows come; return how many there were.

    A sheet ends where Excel's own limit is near; the next one begins with the header again.
    """
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    book.properties.title = about.title
    book.properties.description = about.described
    book.properties.creator = "Before You Post"
    sheet, number = _sheet(book, header), 0
    try:
        for number, row in enumerate(rows, start=1):
            if number > 1 and number % A_SHEET == 1:
                sheet = _sheet(book, header)
            sheet.append([_value(value) for value in row])
    except BaseException:  # whatever it was, an open sheet would complain when it is collected
        for each in book.worksheets:
            each.close()
        raise
    book.save(file)
    return number


def _sheet(book: Any, header: Sequence[str]) -> Any:
    number = len(book.worksheets) + 1
    sheet = book.create_sheet("report" if number == 1 else f"report {number}")
    sheet.freeze_panes = "A2"
    sheet.append(list(header))
    return sheet


def _value(value: object) -> object:
    if value is None or isinstance(value, int | date):
        return value
    text = "".join(c for c in str(value) if ord(c) >= 32)  # others are in no XML file
    return cell(text)[:LONGEST_CELL]
