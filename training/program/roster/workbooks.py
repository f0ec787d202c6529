"""The sheet of a workbook that holds the list, row by row, as text."""

import io
import zipfile
from collections.abc import Iterator
from datetime import date, datetime
from itertools import islice
from typing import Any

from training.program.roster.headers import DEEPEST_TITLE, is_header, places_of
from training.program.roster.records import Record

UNPACKED = 500_000_000
WIDEST = 200  # columns; a stray cell far to the right makes no row of 16,384


class TooLarge(Exception):
    """The workbook unpacks to more than it may."""


def sheet_records(data: bytes) -> list[Record]:
    """Return the rows of the first sheet with a header, or of the first sheet.

    A formula counts as what it last showed; one that was never computed is its own text.
    Raises TooLarge, or whatever a damaged workbook raises in its reader.
    """
    has_formulas = _look_inside(data)
    shown, written = _open(data, data_only=True), None
    name = _sheet_name(shown)
    if has_formulas:
        written = _open(data, data_only=False)[name]
    rows = list(_rows(shown[name], written))
    width = max((len(cells) for _line, cells in islice(rows, DEEPEST_TITLE)), default=0)
    return [Record(line, tuple((cells + [""] * width)[:width])) for line, cells in rows]


def _look_inside(data: bytes) -> bool:
    """Tell whether a sheet has formulas; refuse what unpacks to too much before it does."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        if sum(info.file_size for info in archive.infolist()) > UNPACKED:
            raise TooLarge
        sheets = [name for name in archive.namelist() if name.startswith("xl/worksheets/")]
        return any(b"<f>" in text or b"<f " in text for text in map(archive.read, sheets))


def _open(data: bytes, *, data_only: bool) -> Any:
    from openpyxl import load_workbook

    book = load_workbook(io.BytesIO(data), read_only=True, data_only=data_only)
    for sheet in book.worksheets:
        sheet.reset_dimensions()  # what a sheet says of its own size is often wrong
    return book


def _sheet_name(book: Any) -> str:
    for sheet in book.worksheets:
        for row in islice(sheet.iter_rows(values_only=True), DEEPEST_TITLE):
            if is_header(places_of([_text(value) for value in islice(row, WIDEST)])):
                return str(sheet.title)
    return str(book.worksheets[0].title)


def _rows(shown: Any, written: Any) -> Iterator[tuple[int, list[str]]]:
    formulas = written.iter_rows(values_only=True) if written is not None else None
    for line, row in enumerate(shown.iter_rows(values_only=True), start=1):
        values = list(islice(row, WIDEST))
        if formulas is not None:
            told = next(formulas, ())
            values = [
                old if value is None else value for value, old in zip(values, told, strict=False)
            ]
        cells = [_text(value) for value in values]
        while cells and not cells[-1].strip():
            cells.pop()
        if cells:
            yield line, cells


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)
