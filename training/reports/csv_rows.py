"""Rows as CSV: RFC 4180, and no cell that a spreadsheet would run as a formula."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

TRIGGERS = "=+-@\t\r\n\uff1d\uff0b\uff0d\uff20"
FIRST, MOST = 25, 1_000  # lines a piece: the first one soon, then more at once
# What no cell begins with in nearly every list: one search of the whole text is quick.
RARE = ("=", "@", "\t", "\u00a0", "\uff1d", "\uff0b", "\uff0d", "\uff20")
AT_FIRST = ('"-', '"+', '" ', "\"'")


def cell(value: object) -> str:
    """Return a cell's text; one that could begin a formula gets an apostrophe in front."""
    text = "" if value is None else str(value)
    bare = text.lstrip(" \u00a0\"'")
    return f"'{text}" if bare[:1] and bare[0] in TRIGGERS else text


def csv_lines(header: Sequence[str], rows: Iterable[Sequence[object]]) -> Iterator[str]:
    """Yield a CSV file in pieces of whole lines: the header, then the rows; all cells quoted."""
    yield _text([header])
    rows, many = iter(rows), FIRST
    while some := list(islice(rows, many)):
        yield _piece(some)
        many = min(2 * many, MOST)


def _piece(rows: Sequence[Sequence[object]]) -> str:
    text = _text(rows)
    if _is_plain(text, rows):
        return text
    return _text([[cell(value) for value in row] for row in rows])


def _text(rows: Iterable[Sequence[object]]) -> str:
    buffer = io.StringIO(newline="")
    csv.writer(buffer, quoting=csv.QUOTE_ALL, lineterminator="\r\n").writerows(rows)
    return buffer.getvalue()


def _is_plain(text: str, rows: Sequence[Sequence[object]]) -> bool:
    """Tell whether no cell of these lines can begin a formula: rather once too seldom.

    There are no more quotation marks and line ends than those around the cells, so what
    follows a mark begins a cell or ends one.
    """
    return (
        text.count('"') == 2 * sum(map(len, rows))
        and text.count("\r") == text.count("\n") == len(rows)
        and not any(mark in text for mark in RARE)
        and not any(mark in text for mark in AT_FIRST)
    )
