"""Rows as a workbook (XLSX): real dates, no cell that is run as a formula, up to a limit."""

import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from training.reports.csv_rows import cell

MOST_ROWS = 20_000
LONGEST_CELL = 32_767  # of the file format


class TooManyRows(Exception):
    """There are more rows than a workbook is made of at once; CSV has no limit."""


@dataclass(frozen=True, slots=True)
class About:
    """What stands in the file's own properties."""

    title: str
    described: str  # what was asked for, when, in which zone


def workbook(header: Sequence[str], rows: Iterable[Sequence[object]], about: About) -> bytes:
    """Return a workbook of one sheet, the header first. Raises TooManyRows."""
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    book.properties.title = about.title
    book.properties.description = about.described
    book.properties.creator = "Before You Post"
    sheet = book.create_sheet("report")
    sheet.freeze_panes = "A2"
    sheet.append(list(header))
    try:
        for number, row in enumerate(rows, start=1):
            if number > MOST_ROWS:
                raise TooManyRows
            sheet.append([_value(value) for value in row])
    except TooManyRows:
        sheet.close()
        raise
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def _value(value: object) -> object:
    if value is None or isinstance(value, int | date):
        return value
    text = "".join(c for c in str(value) if ord(c) >= 32)  # others are in no XML file
    return cell(text)[:LONGEST_CELL]
