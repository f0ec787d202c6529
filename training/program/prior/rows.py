"""The rows of a file of earlier training, each checked by itself; every fault is named at once."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from training.program.roster.faults import Refused, RowFault
from training.program.roster.footers import is_footer
from training.program.roster.headers import DEEPEST_TITLE
from training.program.roster.records import Record
from training.program.roster.values import (
    BadValue,
    clean,
    date_of,
    email_of,
    is_nothing,
    is_spoiled_number,
    slash_order,
)

NAMES: Mapping[str, tuple[str, ...]] = {
    "employee_id": ("employee id", "staff number", "staff id", "worker id", "employee number",
                    "emp id", "person number", "associate id", "user id", "external id", "id"),
    "email": ("email", "e mail", "mail", "email address", "work email", "user email"),
    "course": ("course", "course name", "course title", "course code", "training",
               "training title", "learning item", "item title", "activity"),
    "completed_on": ("completed on", "completion date", "completed", "date completed",
                     "completed date", "date of completion", "finished on"),
    "source": ("source", "system", "completed at", "provider", "where"),
    "expires_on": ("expires on", "expiry", "expiry date", "expiration date", "expires",
                   "valid until"),
    "evidence": ("evidence", "evidence reference", "certificate number", "certificate",
                 "reference", "record id", "transcript id"),
}  # fmt: skip
NEEDED = ("course", "completed_on", "source")
DAYS = ("completed_on", "expires_on")
EARLIEST = date(1990, 1, 1)
LONGEST = 120


@dataclass(frozen=True, slots=True)
class Earlier:
    """One row: who completed what, when, and who says so."""

    line: int
    employee_id: str
    email: str | None
    course: str
    completed_on: date
    source: str
    expires_on: date | None
    evidence: str

    @property
    def who(self) -> str:
        """Return how the row names the person."""
        return self.employee_id or self.email or ""


def _key(header: str) -> str:
    return re.sub(r"[\W_]+", "", header.casefold())


_BY_KEY = {_key(name): field for field, names in NAMES.items() for name in names}


def read(records: Sequence[Record]) -> tuple[list[Earlier], list[RowFault]]:
    """Return the rows that can be read, and the faults of the others.

    Raises Refused where none of the first lines names the columns.
    """
    head, places = _header(records)
    below = [r for r in records if r.line > head.line]
    marks = {"employee_id": places.get("employee_id", places.get("email", 0))}
    body = [record for record in below if not is_footer(record, head, marks)]
    first = {field: _day_first(body, places[field]) for field in DAYS if field in places}
    rows, faults = [], []
    for record in body:
        try:
            rows.append(_row(record, places, len(head.cells), first))
        except BadValue as fault:
            faults.append(RowFault(record.line, str(fault), fault.mend))
    return rows, faults


def _header(records: Sequence[Record]) -> tuple[Record, dict[str, int]]:
    for record in records[:DEEPEST_TITLE]:
        places: dict[str, int] = {}
        for place, cell in enumerate(record.cells):
            field = _BY_KEY.get(_key(cell))
            if field:
                places.setdefault(field, place)
        if set(NEEDED) <= places.keys() and {"employee_id", "email"} & places.keys():
            return record, places
    what = "no line names the columns"
    mend = f"name employee_id or email, and {', '.join(NEEDED)}"
    raise Refused((RowFault(records[0].line, what, mend),))


def _day_first(body: Sequence[Record], place: int) -> bool:
    cells = (record.cells[place].strip() for record in body if place < len(record.cells))
    return slash_order(cells) == "day"


def _row(
    record: Record, places: Mapping[str, int], width: int, day_first: Mapping[str, bool]
) -> Earlier:
    if len(record.cells) < width:
        raise BadValue(
            f"the row has {len(record.cells)} cells, and the header {width}",
            "write every cell, empty ones too",
        )
    told = {field: clean(record.cells[place]) for field, place in places.items()}
    employee_id, email = told.get("employee_id", ""), told.get("email", "")
    _check(told)
    days = {field: _day(told, field, first=day_first[field]) for field in DAYS if field in told}
    completed_on, expires_on = days["completed_on"], days.get("expires_on")
    if completed_on is None:
        raise BadValue("completed_on is missing", "write the day as 2026-11-24")
    if completed_on < EARLIEST:
        raise BadValue("completed_on can't be right", "no record of training is as old as that")
    if expires_on and expires_on < completed_on:
        raise BadValue("it expires before it was completed", "correct one of the two days")
    return Earlier(
        line=record.line,
        employee_id="" if is_nothing(employee_id) else employee_id,
        email=email_of(email),
        course=told["course"],
        completed_on=completed_on,
        source=told["source"],
        expires_on=expires_on,
        evidence=told.get("evidence", ""),
    )


def _check(told: Mapping[str, str]) -> None:
    employee_id = told.get("employee_id", "")
    if is_spoiled_number(employee_id):
        raise BadValue(f"a spreadsheet has spoiled {employee_id}", "write the staff number as text")
    if is_nothing(employee_id) and is_nothing(told.get("email", "")):
        raise BadValue("it does not say who", "write the staff number or the mail address")
    for field in ("course", "source"):
        if is_nothing(told[field]):
            raise BadValue(f"{field} is missing", f"write the {field}")
    for field, text in told.items():
        if len(text) > LONGEST:
            raise BadValue(f"{field} is longer than {LONGEST} characters", "shorten it")


def _day(told: Mapping[str, str], field: str, *, first: bool) -> date | None:
    try:
        return date_of(told[field], day_first=first)
    except BadValue as fault:
        raise BadValue(f"{field}: {fault}", fault.mend) from None
