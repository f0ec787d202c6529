"""The rows of a file of assignments, each checked by itself; every fault is named at once."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from training.program.roster.faults import Refused, RowFault
from training.program.roster.records import Record
from training.program.roster.values import BadValue, clean, date_of

NAMES: Mapping[str, tuple[str, ...]] = {
    "employee_id": ("employee id", "staff number", "staff id", "worker id", "employee number",
                    "user id", "external id"),
    "course": ("course", "course code", "course id", "training"),
    "due_on": ("due on", "due date", "due", "deadline"),
    "source": ("source", "staff list"),
    "status": ("status", "assignment status"),
}  # fmt: skip
NEEDED = ("employee_id", "course", "due_on")
STATUSES = {
    "": True,
    "assigned": True,
    "enrolled": True,
    "open": True,
    "cancelled": False,
    "canceled": False,
    "withdrawn": False,
    "unassigned": False,
}
LONGEST = 120


@dataclass(frozen=True, slots=True)
class Wanted:
    """One row: who is to take what by when, or is no longer to (`assigned` False)."""

    line: int
    employee_id: str
    source: str
    course: str
    due_on: date | None
    assigned: bool


def _key(header: str) -> str:
    return re.sub(r"[\W_]+", "", header.casefold())


_BY_KEY = {_key(name): field for field, names in NAMES.items() for name in names}


def read(records: Sequence[Record]) -> tuple[list[Wanted], list[RowFault]]:
    """Return the rows that can be read, and the faults of the others.

    Raises Refused where the first line does not name the columns.
    """
    head, places = records[0], _places(records[0])
    rows, faults = [], []
    for record in records[1:]:
        try:
            rows.append(_row(record, places, len(head.cells)))
        except BadValue as fault:
            faults.append(RowFault(record.line, str(fault), fault.mend))
    return rows, faults


def _places(head: Record) -> dict[str, int]:
    found: dict[str, int] = {}
    for place, cell in enumerate(head.cells):
        field = _BY_KEY.get(_key(cell))
        if field:
            found.setdefault(field, place)
    missing = [name for name in NEEDED if name not in found]
    if missing:
        what = f"the first line does not name {', '.join(missing)}"
        raise Refused((RowFault(head.line, what, f"name the columns {', '.join(NEEDED)}"),))
    return found


def _row(record: Record, places: Mapping[str, int], width: int) -> Wanted:
    if len(record.cells) < width:
        raise BadValue(
            f"the row has {len(record.cells)} cells, and the first line {width}",
            "write every cell, empty ones too",
        )
    told = {field: clean(record.cells[place]) for field, place in places.items()}
    for field in ("employee_id", "course"):
        if not told[field] or len(told[field]) > LONGEST:
            raise BadValue(f"{field} is missing or too long", f"write {field}")
    word = told.get("status", "").casefold()
    if word not in STATUSES:
        raise BadValue(f"the status '{word[:40]}' is not known", "write assigned or cancelled")
    try:
        due_on = date_of(told["due_on"])
    except BadValue as fault:
        raise BadValue(f"due_on: {fault}", fault.mend) from None
    if due_on is None and STATUSES[word]:
        raise BadValue("due_on is missing", "write the last good day as 2026-11-24")
    return Wanted(
        line=record.line,
        employee_id=told["employee_id"],
        source=told.get("source", ""),
        course=told["course"],
        due_on=due_on,
        assigned=STATUSES[word],
    )
