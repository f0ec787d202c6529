"""Which column is what: header names as HR systems really write them."""

import re
from collections.abc import Mapping, Sequence

from training.program.roster.faults import Refused, RowFault
from training.program.roster.records import Record

NAMES: Mapping[str, tuple[str, ...]] = {
    "employee_id": ("employee id", "emp id", "staff id", "staff number", "employee number",
                    "employee no", "emp no", "employee code", "ee code", "ee id", "worker id",
                    "person number", "personnel number", "associate id", "badge id",
                    "file number", "id"),
    "legal_name": ("legal name", "full name", "employee name", "worker name", "staff name",
                   "payroll name", "full legal name", "name", "worker", "employee"),
    "first_name": ("legal first name", "first name", "given name", "forename"),
    "last_name": ("legal last name", "last name", "surname", "family name"),
    "romanised_name": ("romanised name", "romanized name", "name in latin letters"),
    "display_name": ("display name", "preferred name", "known as"),
    "email": ("work email", "email", "e mail", "mail", "email address", "work email address",
              "primary work email", "work contact work email"),
    "department": ("department", "dept", "department name", "department description",
                   "home department", "home department description", "unit",
                   "cost center name"),
    "job_title": ("job title", "business title", "job title description", "position title",
                  "role title", "title", "position", "job"),
    "manager_id": ("manager id", "supervisor id", "manager employee id", "manager number",
                   "supervisor number", "reports to id", "reports to associate id", "reports to",
                   "reporting to", "manager", "supervisor", "manager name", "supervisor name",
                   "reports to name"),
    "site": ("site", "location", "work location", "location name", "location description",
             "facility", "office", "clinic"),
    "hire_date": ("hire date", "date of hire", "date hired", "hired", "start date",
                  "original hire date"),
    "rehire_date": ("rehire date", "rehired", "most recent hire date", "last hire date"),
    "end_date": ("end date", "termination date", "term date", "date of termination",
                 "separation date", "last day worked", "last day"),
    "status": ("status", "employment status", "worker status", "employee status",
               "position status", "active status"),
    "leave_date": ("leave date", "leave start date", "leave start", "loa start"),
    "worker_type": ("worker type", "employment type", "employee type", "worker category",
                    "worker category description", "kind of work", "type"),
    "phi_access_on": ("phi access on", "phi access date", "access date", "ehr access date"),
    "effective_date": ("effective date", "change date", "effective"),
    "primary": ("primary", "primary job", "is primary", "primary job flag", "primary flag",
                "is primary job", "primary position", "is primary position",
                "primary position flag", "primary assignment", "primary assignment flag",
                "job indicator", "main job", "primary or secondary"),
    "fte": ("fte", "position fte", "job fte", "full time equivalent", "fte percent"),
    "role": ("role", "app role", "permission"),
}  # fmt: skip
DEEPEST_TITLE = 15


def _key(header: str) -> str:
    """Return a header as it is compared: EmployeeID, employee_id and `Employee ID` are one."""
    bare = re.sub(r"\(.*?\)", "", header.replace("#", " no "))
    return re.sub(r"[\W_]+", "", bare.casefold())


# each name with its field and how surely it means that field: the lower, the surer
_BY_KEY = {
    _key(name): (field, rank) for field, names in NAMES.items() for rank, name in enumerate(names)
}


def find_header(records: Sequence[Record]) -> tuple[Record, dict[str, int]]:
    """Return the header's record and the place of each field; title lines above are skipped.

    Raises Refused where no line within the first fifteen names a staff number and a name.
    """
    for record in records[:DEEPEST_TITLE]:
        places = places_of(record.cells)
        if is_header(places):
            return record, places
    if not records:
        raise Refused((RowFault(1, "the file is empty", "export the list again"),))
    first = records[0]
    seen = ", ".join(cell.strip() for cell in first.cells if cell.strip())[:120]
    what = f"no line names the columns (the first says: {seen})"
    mend = "name at least employee_id and legal_name, or first_name and last_name"
    raise Refused((RowFault(first.line, what, mend),))


def is_header(places: Mapping[str, int]) -> bool:
    """Tell whether a line with these fields names the columns of a staff list."""
    named = "legal_name" in places or {"first_name", "last_name"} <= places.keys()
    return named and "employee_id" in places


def places_of(cells: Sequence[str]) -> dict[str, int]:
    """Return the place of each field; where two columns could be one field, the surer one."""
    found: dict[str, tuple[int, int]] = {}
    for place, cell in enumerate(cells):
        field, rank = _BY_KEY.get(_key(cell), ("", 0))
        if field and (field not in found or rank < found[field][0]):
            found[field] = (rank, place)
    return {field: place for field, (_rank, place) in found.items()}


def unknown_columns(cells: Sequence[str]) -> list[str]:
    """Return the headers that mean nothing to us."""
    return [cell.strip() for cell in cells if cell.strip() and _key(cell) not in _BY_KEY]
