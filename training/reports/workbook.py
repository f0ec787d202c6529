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
A_DAY = 13  # letters wide: narrower, and a day shows as ####
WIDTHS = {"name": 28, "employee_id": 14, "department": 20, "site": 22, "course": 16, "zone": 20}
WIDTHS |= {"job_title": 24, "worker_type": 16, "status": 14, "complete": 14, "lent_by": 24}
WIDTHS |= {"phi_access_on": 15, "recorded_at": 20, "completion_id": 14, "source": 20}


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
    lay_out(sheet, header)
    return sheet


def lay_out(sheet: Any, header: Sequence[str]) -> None:
    """Begin a sheet: columns as wide as what they hold, headings that stay and stand out."""
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Font
    from openpyxl.utils import get_column_letter

    sheet.freeze_panes = "A2"
    for place, name in enumerate(header, start=1):
        sheet.column_dimensions[get_column_letter(place)].width = WIDTHS.get(name, A_DAY)
    cells = [WriteOnlyCell(sheet, name) for name in header]
    for made in cells:
        made.font = Font(bold=True)
    sheet.append(cells)


def _value(value: object) -> object:
    if value is None or isinstance(value, int | date):
        return value
    text = "".join(c for c in str(value) if ord(c) >= 32)  # others are in no XML file
    return cell(text)[:LONGEST_CELL]
