"""Rows as CSV: RFC 4180, and no cell that a spreadsheet would run as a formula."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

TRIGGERS = "=+-@\t\r\n\uff1d\uff0b\uff0d\uff20"


def cell(value: object) -> str:
    """Return a cell's text; one that could begin a formula gets an apostrophe in front."""
    text = "" if value is None else str(value)
    bare = text.lstrip(" \u00a0\"'")
    return f"'{text}" if bare[:1] and bare[0] in TRIGGERS else text


def csv_lines(header: Sequence[str], rows: Iterable[Sequence[object]]) -> Iterator[str]:
    """Yield the lines of a CSV file, all cells quoted, one header line first."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    yield _line(buffer, writer, header)
    for row in rows:
        yield _line(buffer, writer, [cell(value) for value in row])


def _line(buffer: io.StringIO, writer: Any, values: Sequence[str]) -> str:
    buffer.seek(0)
    buffer.truncate()
    writer.writerow(values)
    return buffer.getvalue()
