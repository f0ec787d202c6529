"""Which column is what: header names as HR systems really write them."""

import re
from collections.abc import Mapping, Sequence

from training.program.roster.faults import Refused, RowFault
from training.program.roster.reading import Record

NAMES: Mapping[str, tuple[str, ...]] = {
    "employee_id": ("employee id", "emp id", "id", "staff id", "staff number", "employee number",
                    "employee no", "emp no", "worker id", "person number", "personnel number",
                    "badge id", "associate id"),
    "legal_name": ("legal name", "name", "full name", "employee name", "worker name", "staff name",
                   "worker"),
    "first_name": ("first name", "given name", "forename", "legal first name"),
    "last_name": ("last name", "surname", "family name", "legal last name"),
    "romanised_name": ("romanised name", "romanized name", "name in latin letters"),
    "display_name": ("display name", "preferred name", "known as"),
    "email": ("email", "e mail", "mail", "work email", "email address", "primary work email"),
    "department": ("department", "dept", "unit", "cost center name", "department name"),
    "job_title": ("job title", "title", "position", "job", "business title", "role title"),
    "manager_id": ("manager id", "supervisor id", "reports to", "manager", "supervisor",
                   "manager employee id", "reports to id"),
    "site": ("site", "location", "facility", "work location", "office", "clinic"),
    "hire_date": ("hire date", "start date", "date of hire", "hired", "original hire date",
                  "date hired"),
    "rehire_date": ("rehire date", "rehired", "most recent hire date", "last hire date"),
    "end_date": ("end date", "termination date", "term date", "last day", "last day worked",
                 "separation date"),
    "status": ("status", "employment status", "worker status", "employee status"),
    "leave_date": ("leave date", "leave start", "leave start date", "loa start"),
    "worker_type": ("worker type", "employment type", "employee type", "type", "kind of work"),
    "phi_access_on": ("phi access on", "phi access date", "access date", "ehr access date"),
    "effective_date": ("effective date", "change date", "effective"),
    "primary": ("primary", "primary job", "is primary"),
    "role": ("role", "app role", "permission"),
}  # fmt: skip
MANAGER_BY_NAME = ("manager name", "supervisor name")
DEEPEST_TITLE = 15


def _plain(header: str) -> str:
    return re.sub(r"[^a-z0-9]+", " ", header.strip().strip("\ufeff").casefold()).strip()


_BY_NAME = {plain: field for field, names in NAMES.items() for plain in (_plain(field), *names)}
_BY_NAME |= dict.fromkeys(MANAGER_BY_NAME, "manager_id")


def find_header(records: Sequence[Record]) -> tuple[Record, dict[str, int]]:
    """Return the header's record and the place of each field; title lines above are skipped.

    Raises Refused where no line within the first fifteen names a staff number and a name.
    """
    for record in records[:DEEPEST_TITLE]:
        places = _places(record)
        if "employee_id" in places and ({"legal_name", "last_name"} & set(places)):
            return record, places
    if not records:
        raise Refused((RowFault(1, "the file is empty", "export the list again"),))
    first = records[0]
    seen = ", ".join(cell.strip() for cell in first.cells if cell.strip())[:120]
    what = f"no line names the columns (the first says: {seen})"
    mend = "name at least employee_id and legal_name, or first_name and last_name"
    raise Refused((RowFault(first.line, what, mend),))


def _places(record: Record) -> dict[str, int]:
    places: dict[str, int] = {}
    for place, cell in enumerate(record.cells):
        name = _BY_NAME.get(_plain(cell))
        if name and name not in places:
            places[name] = place
    return places
