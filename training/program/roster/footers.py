"""Lines of a report that are no people: totals, notes, and headers printed again."""

import re
from collections.abc import Mapping

from training.program.roster.records import Record

# a word that begins a line of totals; a staff number such as COUNT7 or PAGE-7 is none
TOTAL = re.compile(
    r"((grand |sub ?)?totals?|(row|record|employee|head)? ?counts?|page|end of \w+)"
    r"( (people|persons|staff|employees|records|rows))?\b[ :=.]*[\d ,./of]*",
    re.IGNORECASE,
)
NOTE = re.compile(
    r"(report |generated|printed|exported|run (on|date|by)|confidential|as of|source:|[*=-]{2,}|\* "
    r"|\d+ (people|persons|rows|records|employees|workers|staff)\b)",
    re.IGNORECASE,
)
MOST_CELLS = 3


def is_footer(record: Record, header: Record, places: Mapping[str, int]) -> bool:
    """Tell whether a line under the header is a total, a note or the header once more.

    A note stands alone in its line, so that a person's cells are never taken for one.
    """
    cells = [cell.strip() for cell in record.cells]
    filled = [cell for cell in cells if cell]
    if len(filled) == 1:
        return bool(NOTE.match(filled[0]) or TOTAL.fullmatch(filled[0]))
    if len(filled) <= MOST_CELLS and TOTAL.fullmatch(filled[0]):
        return cells.index(filled[0]) == places["employee_id"] or not _number(cells, places)
    return filled == [cell.strip() for cell in header.cells if cell.strip()]


def _number(cells: list[str], places: Mapping[str, int]) -> str:
    place = places["employee_id"]
    return cells[place] if place < len(cells) else ""
