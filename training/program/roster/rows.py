"""Records to people: every fault of every record at once."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from training.program.roster import values
from training.program.roster.faults import RowFault
from training.program.roster.footers import is_footer
from training.program.roster.headers import find_header, unknown_columns
from training.program.roster.records import Record
from training.program.roster.values import BadValue

DATES = ("hire_date", "rehire_date", "end_date", "leave_date", "phi_access_on", "effective_date")
PRIMARY = {
    "": None, "yes": True, "y": True, "1": True, "true": True, "x": True, "primary": True,
    "p": True, "main": True, "primary job": True,
    "no": False, "n": False, "0": False, "false": False, "secondary": False,
    "s": False, "additional": False, "concurrent": False, "secondary job": False,
}  # fmt: skip
ONE_YES = "mark exactly one with 'yes'"


@dataclass(frozen=True, slots=True)
class RosterRow:
    """One person as the list says her; `told` names the columns that the list has.

    `more` are the rows of her other jobs: where she works besides, and for whom.
    """

    line: int
    external_id: str
    legal_name: str
    turned: bool
    romanised_name: str | None
    display_name: str | None
    email: str | None
    department: str
    job_title: str
    manager: str
    site: str
    hired_on: date | None
    hired_again: bool
    ended_on: date | None
    leave_on: date | None
    phi_access_on: date | None
    effective_on: date | None
    status: str
    worker_type: str
    primary: bool | None
    told: frozenset[str]
    fte: float | None = None
    more: "tuple[RosterRow, ...]" = ()

    @property
    def jobs(self) -> "tuple[RosterRow, ...]":
        """Return the rows of all her jobs, the primary one first."""
        return (self, *self.more)


@dataclass
class Parsed:
    """What a list holds, and what is wrong with it.

    `bad` has the faulty rows' lines, each with its staff number where that can be trusted.
    """

    rows: list[RosterRow] = field(default_factory=list)
    faults: list[RowFault] = field(default_factory=list)
    warnings: list[RowFault] = field(default_factory=list)
    bad: dict[int, str | None] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Columns:
    """Where each field stands, how wide a row is, which dates are written day first."""

    places: dict[str, int]
    told: frozenset[str]
    width: int
    day_first: frozenset[str]


class _Row:
    """One record being read: its cells by field, its faults."""

    def __init__(self, record: Record, columns: _Columns, into: Parsed) -> None:
        self.record, self.columns, self.into = record, columns, into
        self.bad = False
        self.unread: set[str] = set()
        self.cells = {
            name: self._clean(name, record.cells[place])
            for name, place in columns.places.items()
            if place < len(record.cells)
        }

    def fault(self, what: str, mend: str) -> None:
        self.bad = True
        self.into.faults.append(RowFault(self.record.line, what, mend))

    def warn(self, what: str, mend: str) -> None:
        self.into.warnings.append(RowFault(self.record.line, what, mend))

    def _clean(self, name: str, cell: str) -> str:
        try:
            return values.clean(cell)
        except BadValue as bad:
            self.fault(f"{name}: {bad}", bad.mend)
            self.unread.add(name)
            return ""

    def text(self, name: str) -> str:
        return self.cells.get(name, "")

    def date(self, name: str) -> date | None:
        try:
            return values.date_of(self.text(name), day_first=name in self.columns.day_first)
        except BadValue as bad:
            self.fault(f"{name}: {bad}", bad.mend)
            return None


def parse_rows(records: Sequence[Record], today: date) -> Parsed:
    """Return the people of a list with every fault in it. Raises Refused without a header."""
    header, places = find_header(records)
    into = Parsed()
    under = [r for r in records if r.line > header.line and not is_footer(r, header, places)]
    if not under:
        into.faults.append(RowFault(header.line, "there is nobody below the header", "add rows"))
    columns = _columns(header, places, under, into)
    for record in under:
        _parse(record, columns, today, into)
    _repeated(into)
    return into


def _columns(header: Record, places: dict[str, int], under: list[Record], into: Parsed) -> _Columns:
    def warn(what: str, mend: str) -> None:
        into.warnings.append(RowFault(header.line, what, mend))

    if "role" in places:
        warn("the role column is left out", "roles are granted in the app")
    if unknown := unknown_columns(header.cells):
        warn(f"unknown columns are left out: {', '.join(unknown)[:200]}", "rename what is needed")
    day_first = _day_first(under, places)
    for name in sorted(day_first):
        warn(f"{name} is read day first: no other way fits the list", "write dates as 2026-11-24")
    width = max(place for place, cell in enumerate(header.cells, start=1) if cell.strip())
    return _Columns(places, frozenset(places), width, frozenset(day_first))


def _day_first(under: list[Record], places: dict[str, int]) -> set[str]:
    """Return the date columns that are day first; one that could be either goes with them."""
    orders = {
        name: values.slash_order(r.cells[place].strip() for r in under if place < len(r.cells))
        for name, place in places.items()
        if name in DATES
    }
    if "day" not in orders.values():
        return set()
    either = set() if "month" in orders.values() else {"either"}
    return {name for name, order in orders.items() if order in {"day"} | either}


def _parse(record: Record, columns: _Columns, today: date, into: Parsed) -> None:
    row = _Row(record, columns, into)
    if _has_other_width(row):
        into.bad[record.line] = None
        return
    external_id = _staff_number(row)
    found = _person(row, external_id, today)
    if row.bad:
        into.bad[record.line] = external_id or None
    else:
        into.rows.append(found)


def _has_other_width(row: _Row) -> bool:
    """Refuse a row whose cells may stand in the wrong columns."""
    cells, width = row.record.cells, row.columns.width
    filled = max((place for place, cell in enumerate(cells, start=1) if cell.strip()), default=0)
    if len(cells) < width:
        row.fault(f"{len(cells)} cells where the header has {width}", "fill in the row")
    elif filled > width:
        mend = "put quotation marks round a cell that holds the delimiter"
        row.fault(f"{filled} cells where the header has {width}", mend)
    else:
        return False
    return True


def _person(row: _Row, external_id: str, today: date) -> RosterRow:
    name, turned = _name(row)
    dates = {key: row.date(key) for key in DATES}
    status, ended_on = _ending(row, _status(row), dates, today)
    manager = row.text("manager_id")
    return RosterRow(
        line=row.record.line,
        external_id=external_id,
        legal_name=name,
        turned=turned,
        romanised_name=row.text("romanised_name") or None,
        display_name=row.text("display_name") or None,
        email=_email(row),
        department=row.text("department"),
        job_title=row.text("job_title"),
        manager="" if values.is_nothing(manager) else manager,
        site=row.text("site"),
        hired_on=dates["rehire_date"] or dates["hire_date"],
        hired_again=dates["rehire_date"] is not None,
        ended_on=ended_on,
        leave_on=dates["leave_date"],
        phi_access_on=dates["phi_access_on"],
        effective_on=dates["effective_date"],
        status=status,
        worker_type=values.worker_type_of(row.text("worker_type")),
        primary=_primary(row),
        told=row.columns.told,
        fte=_share(row.text("fte")),
    )


def _staff_number(row: _Row) -> str:
    text = row.text("employee_id")
    if "employee_id" in row.unread:
        return ""
    if not text:
        row.fault("the staff number is missing", "write employee_id")
    elif values.is_spoiled_number(text):
        row.fault(f"'{text}' is a spoiled staff number", "export the column as text")
        return ""
    return text


def _primary(row: _Row) -> bool | None:
    text = row.text("primary")
    if text.casefold() not in PRIMARY:
        row.fault(f"primary: '{text[:40]}' is neither yes nor no", "write yes or no")
    return PRIMARY.get(text.casefold())


def _share(text: str) -> float | None:
    """Return the share of full time that a job has, as it is written; None: not told."""
    try:
        return float(text.replace("%", "").strip())
    except ValueError:
        return None


def _name(row: _Row) -> tuple[str, bool]:
    if row.unread & {"legal_name", "first_name", "last_name"}:
        return "", False
    text = row.text("legal_name") or f"{row.text('first_name')} {row.text('last_name')}".strip()
    try:
        return values.name_of(text)
    except BadValue as bad:
        row.fault(str(bad), bad.mend)
        return "", False


def _status(row: _Row) -> str:
    try:
        return values.status_of(row.text("status"))
    except BadValue as bad:
        row.fault(str(bad), bad.mend)
        return "active"


def _email(row: _Row) -> str | None:
    try:
        return values.email_of(row.text("email"))
    except BadValue as bad:
        row.fault(f"email: {bad}", bad.mend)
        return None


def _ending(
    row: _Row, status: str, dates: dict[str, date | None], today: date
) -> tuple[str, date | None]:
    """Return status and last day: an end before the hire day is of an earlier spell.

    Where the list gives no status, an end that is past says that she has left.
    """
    ended, hired = dates["end_date"], dates["rehire_date"] or dates["hire_date"]
    if ended and hired and ended < hired:
        row.warn("the end date is before the hire date", "it is taken as an earlier spell's")
        return status, None
    if ended and ended < today and status != "left":
        if not row.text("status"):
            return "left", ended
        row.fault(f"{status}, but the end date {ended} is past", "mend the status or the end date")
    return status, ended


def _repeated(into: Parsed) -> None:
    """Make one row a person: her other jobs stand in it, and whoever is not told rightly is out."""
    by_id: dict[str, list[RosterRow]] = {}
    for row in into.rows:
        by_id.setdefault(row.external_id, []).append(row)
    for external_id in {id_ for id_ in into.bad.values() if id_} & by_id.keys():
        what = f"another row of {external_id} can't be read"
        _refuse(by_id.pop(external_id), what, "mend that one", into)
    into.rows = [row for rows in by_id.values() for row in _one_of(rows, into)]


def _one_of(rows: list[RosterRow], into: Parsed) -> list[RosterRow]:
    """Return the one row of those with the same id, with her other jobs in it; or none."""
    if len(rows) == 1:
        return rows
    first: dict[RosterRow, RosterRow] = {}
    for row in rows:
        first.setdefault(replace(row, line=0), row)
    jobs = list(first.values())
    external_id, lines = jobs[0].external_id, {row.line for row in jobs}
    for row in rows:
        if row.line not in lines:
            what = f"{external_id} again, word for word"
            into.warnings.append(RowFault(row.line, what, "it is taken once"))
    if len(jobs) == 1:
        return jobs
    primary = _primary_of(jobs, into)
    if primary is None:
        return []
    return [replace(primary, more=tuple(row for row in jobs if row is not primary))]


def _primary_of(jobs: list[RosterRow], into: Parsed) -> RosterRow | None:
    """Return the primary one of several jobs, by its mark or else by its share; or refuse them."""
    external_id = jobs[0].external_id
    going = [row for row in jobs if row.status != "left"] or jobs
    marked = [row for row in going if row.primary]
    found = marked[0] if len(marked) == 1 else None if marked else _largest(going)
    if found is None and len(going) == 1 and any(row.primary for row in jobs):
        found, what = going[0], f"the primary job of {external_id} has ended"
        into.warnings.append(RowFault(found.line, what, "this one is taken as primary"))
    if len(marked) > 1:
        lines = " and ".join(str(row.line) for row in marked)
        what, mend = f"{external_id} has {len(marked)} primary jobs (lines {lines})", ONE_YES
        _refuse(marked[1:], what, mend, into, jobs)
    elif found is None:
        what = f"{external_id} stands here twice (first on line {jobs[0].line})"
        mend = f"delete one, or {ONE_YES} in a column named primary"
        _refuse(jobs[1:], what, mend, into, jobs)
    elif len({row.legal_name.casefold() for row in jobs}) > 1:
        names = " and ".join(f"{row.legal_name} (line {row.line})" for row in jobs)
        what = f"{external_id} is the number of {names}"
        _refuse(jobs[1:], what, "give each person a staff number of their own", into, jobs)
        return None
    return found


def _largest(jobs: list[RosterRow]) -> RosterRow | None:
    """Return the one job with the largest share of full time, where all shares are told."""
    shares = [row.fte for row in jobs if row.fte is not None]
    largest = [row for row in jobs if shares and row.fte == max(shares)]
    return largest[0] if len(shares) == len(jobs) > 1 == len(largest) else None


def _refuse(
    rows: list[RosterRow], what: str, mend: str, into: Parsed, also: Sequence[RosterRow] = ()
) -> None:
    """Note a fault of the first of these rows, and leave out all that are concerned."""
    into.faults.append(RowFault(rows[0].line, what, mend))
    into.bad |= {row.line: row.external_id for row in (*rows, *also)}
