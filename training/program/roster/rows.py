"""Records to people: every fault of every record at once."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from training.program.roster import values
from training.program.roster.faults import RowFault
from training.program.roster.headers import find_header
from training.program.roster.reading import Record, below
from training.program.roster.values import BadValue

DATES = ("hire_date", "rehire_date", "end_date", "leave_date", "phi_access_on", "effective_date")
FOOTER = ("total", "totals", "end of report", "report", "count", "grand total", "page")


@dataclass(frozen=True, slots=True)
class RosterRow:
    """One person as the list says her."""

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
    ended_on: date | None
    leave_on: date | None
    phi_access_on: date | None
    effective_on: date | None
    status: str
    worker_type: str
    primary: bool | None


@dataclass
class Parsed:
    """What a list holds, and what is wrong with it."""

    rows: list[RosterRow] = field(default_factory=list)
    faults: list[RowFault] = field(default_factory=list)
    warnings: list[RowFault] = field(default_factory=list)
    bad_lines: set[int] = field(default_factory=set)


class _Row:
    """One record being read: its cells by field, its faults."""

    def __init__(self, record: Record, places: dict[str, int], into: Parsed) -> None:
        self.record, self.places, self.into = record, places, into
        self.bad = False

    def fault(self, what: str, mend: str) -> None:
        self.bad = True
        self.into.faults.append(RowFault(self.record.line, what, mend))

    def warn(self, what: str, mend: str) -> None:
        self.into.warnings.append(RowFault(self.record.line, what, mend))

    def text(self, name: str) -> str:
        place = self.places.get(name)
        if place is None or place >= len(self.record.cells):
            return ""
        try:
            return values.clean(self.record.cells[place])
        except BadValue as bad:
            self.fault(f"{name}: {bad}", bad.mend)
            return ""

    def date(self, name: str, *, day_first: bool) -> date | None:
        try:
            return values.date_of(self.text(name), day_first=day_first)
        except BadValue as bad:
            self.fault(f"{name}: {bad}", bad.mend)
            return None


def parse_rows(records: Sequence[Record], today: date) -> Parsed:
    """Return the people of a list with every fault in it. Raises Refused without a header."""
    header, places = find_header(records)
    into = Parsed()
    under = [r for r in below(list(records), header) if not _is_footer(r, places)]
    if not under:
        into.faults.append(RowFault(header.line, "there is nobody below the header", "add rows"))
    if "role" in places:
        into.warnings.append(
            RowFault(header.line, "the role column is left out", "roles are granted in the app")
        )
    day_first = {
        name: values.only_day_first(_column(under, places[name]))
        for name in DATES
        if name in places
    }
    width = max(places.values()) + 1
    for record in under:
        _parse(record, places, width, day_first, today, into)
    _repeated(into)
    return into


def _column(records: Sequence[Record], place: int) -> list[str]:
    return [r.cells[place].strip() for r in records if place < len(r.cells)]


def _is_footer(record: Record, places: dict[str, int]) -> bool:
    """Tell whether a line is a total or a note: one or two cells, and a word that says so."""
    filled = [cell.strip() for cell in record.cells if cell.strip()]
    first = filled[0].casefold().rstrip(":. 0123456789")
    id_cell = (
        record.cells[places["employee_id"]] if places["employee_id"] < len(record.cells) else ""
    )
    no_person = not id_cell.strip() or id_cell.strip().casefold().startswith(FOOTER)
    return len(filled) <= 3 and no_person and first.startswith(FOOTER)


def _parse(
    record: Record,
    places: dict[str, int],
    width: int,
    day_first: dict[str, bool],
    today: date,
    into: Parsed,
) -> None:
    row = _Row(record, places, into)
    if len(record.cells) < width:
        row.fault(f"{len(record.cells)} cells where the header has {width}", "fill in the row")
    external_id = row.text("employee_id")
    if not external_id:
        row.fault("the staff number is missing", "write employee_id")
    name, turned = _name(row)
    dates = {key: row.date(key, day_first=day_first.get(key, False)) for key in DATES}
    status = _status(row)
    status, ended_on = _ending(row, status, dates, today)
    email = _email(row)
    primary = row.text("primary").casefold()
    if row.bad:
        into.bad_lines.add(record.line)
        return
    into.rows.append(
        RosterRow(
            line=record.line,
            external_id=external_id,
            legal_name=name,
            turned=turned,
            romanised_name=row.text("romanised_name") or None,
            display_name=row.text("display_name") or None,
            email=email,
            department=row.text("department"),
            job_title=row.text("job_title"),
            manager=row.text("manager_id"),
            site=row.text("site"),
            hired_on=dates["rehire_date"] or dates["hire_date"],
            ended_on=ended_on,
            leave_on=dates["leave_date"],
            phi_access_on=dates["phi_access_on"],
            effective_on=dates["effective_date"],
            status=status,
            worker_type=values.worker_type_of(row.text("worker_type")),
            primary={"yes": True, "y": True, "1": True, "true": True}.get(primary, False)
            if primary
            else None,
        )
    )


def _name(row: _Row) -> tuple[str, bool]:
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
    """Return status and last day: an end before the hire day is of an earlier spell."""
    ended, hired = dates["end_date"], dates["rehire_date"] or dates["hire_date"]
    if ended and hired and ended < hired:
        row.warn("the end date is before the hire date", "it is taken as an earlier spell's")
        ended = None
    if status == "left":
        return status, ended
    if ended and ended < today:
        row.fault(f"active, but the end date {ended} is past", "mend the status or the end date")
    return status, ended


def _repeated(into: Parsed) -> None:
    """Refuse an id that stands twice, but for exact doubles and for marked second jobs."""
    by_id: dict[str, list[RosterRow]] = {}
    for row in into.rows:
        by_id.setdefault(row.external_id, []).append(row)
    kept: list[RosterRow] = []
    for external_id, rows in by_id.items():
        first, *others = rows
        same = [r for r in others if _as_other(r) == _as_other(first)]
        for row in same:
            into.warnings.append(
                RowFault(row.line, f"{external_id} again, word for word", "it is taken once")
            )
        jobs = [first, *(r for r in others if r not in same)]
        if len(jobs) > 1 and sum(row.primary is True for row in jobs) != 1:
            into.faults.append(
                RowFault(
                    jobs[1].line,
                    f"{external_id} stands here twice (first on line {first.line})",
                    "delete one, or mark exactly one with 'yes' in a column named primary",
                )
            )
            into.bad_lines |= {row.line for row in jobs}
            continue
        kept += jobs
    into.rows = kept


def _as_other(row: RosterRow) -> tuple[object, ...]:
    return tuple(getattr(row, name) for name in RosterRow.__slots__ if name != "line")
