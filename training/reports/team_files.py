"""A manager's list as a file: CSV, XLSX and PDF of exactly what the page shows."""

import io
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import IO, Any
from zoneinfo import ZoneInfo

from certificates import Column, Table, render_table
from training.reports.columns import COLUMNS, Cell, Cells, cells_of
from training.reports.csv_rows import cell, csv_lines
from training.reports.queries import Line
from training.reports.teams import Filters
from training.reports.words import COMPLETE_WORDS, STATUS_WORDS, in_words
from training.reports.workbook import lay_out
from training.rules.standing import Status

TEAM_HEADER = (*COLUMNS, "lent_by", "second_jobs")
NOT_FOR_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
ON_PAPER = (
    Column("Name", 2.4),
    Column("Staff number", 1.2),
    Column("Department", 1.2),
    Column("Site", 1.7),
    Column("Training", 1.2),
    Column("Status", 1.2),
    Column("Complete", 1.2),
    Column("Due", 1.3),
    Column("Completed", 1.3),
    Column("Refresher due", 1.4),
)


@dataclass(frozen=True, slots=True)
class About:
    """Which list this is: whose practice, as of when, in which zone, narrowed to what."""

    practice: str
    now: datetime
    zone: str
    filters: Filters

    @property
    def local(self) -> datetime:
        """Return the moment in the viewer's zone."""
        return self.now.astimezone(ZoneInfo(self.zone))

    @property
    def told(self) -> str:
        """Return it in one line, for people."""
        at = self.local
        return (
            f"{filter_words(self.filters)}. As of {in_words(at.date())}, {at:%H:%M} ({self.zone})"
        )

    def file_name(self, ending: str) -> str:
        """Return a name that says day, time, zone and filter, in plain letters."""
        at = self.local
        narrowed = (
            self.filters.status,
            self.filters.department,
            "search" if self.filters.text else "",
        )
        parts = ("team", f"{at:%Y-%m-%d-%H%M}", self.zone, *narrowed)
        plain = (re.sub(r"[^A-Za-z0-9]+", "-", part).strip("-") for part in parts)
        return f"{'-'.join(part for part in plain if part)[:120]}.{ending}"


def filter_words(filters: Filters) -> str:
    """Return what a list is narrowed to, in words."""
    told = []
    if filters.status:
        told.append(f"status {STATUS_WORDS[Status(filters.status)]}")
    if filters.department:
        told.append(f"department {filters.department}")
    if filters.text:
        told.append(f'search "{filters.text}"')
    return f"Only {', '.join(told)}" if told else "The whole team"


def team_row(line: Line) -> Cells:
    """Return a line's values for a manager: of who is away she sees only that."""
    row = (*cells_of(line), line.lent_by, line.also)
    return (*row[:6], None, None, None, None, *row[10:]) if line.status is Status.AWAY else row


def as_csv(lines: Iterable[Line]) -> bytes:
    """Return the list as CSV, with its one header line."""
    return "".join(csv_lines(TEAM_HEADER, (team_row(line) for line in lines))).encode()


def as_xlsx(lines: Iterable[Line], about: About) -> bytes:
    """Return the list as a workbook of one sheet; every text is text, never a formula."""
    out = io.BytesIO()
    write_xlsx(out, lines, about)
    return out.getvalue()


def write_xlsx(out: IO[bytes], lines: Iterable[Line], about: About) -> None:
    """Write the same workbook into an open file."""
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    book.properties.title = f"Team, {about.practice}"
    book.properties.description = about.told
    book.properties.creator = "Before You Post"
    book.properties.created = about.now.replace(tzinfo=None)
    sheet = book.create_sheet("Team")
    lay_out(sheet, TEAM_HEADER)
    try:
        for line in lines:
            sheet.append([_cell(sheet, value) for value in team_row(line)])
    except BaseException:  # whatever it was, an open sheet would complain when it is collected
        sheet.close()
        raise
    book.save(out)


def _cell(sheet: Any, value: Cell) -> Any:
    from openpyxl.cell import WriteOnlyCell

    if value is None or value == "":
        return None
    if isinstance(value, date):
        made = WriteOnlyCell(sheet, value)
        made.number_format = "yyyy-mm-dd"
        return made
    text = NOT_FOR_XML.sub("", str(value))
    made = WriteOnlyCell(sheet, text)
    made.data_type = "s"  # else a text that begins with "=" would be stored as a formula
    if cell(text) != text:
        made.quotePrefix = True  # and stays a text when somebody edits the cell
    return made


def as_pdf(lines: Sequence[Line], about: About, font_dir: Path | None) -> bytes:
    """Return the list as a PDF, in the words of the page."""
    lent = any(line.lent_by for line in lines)
    columns = (*ON_PAPER, Column("Lent by", 1.3)) if lent else ON_PAPER
    rows = tuple(_pdf_row(line)[: len(columns)] for line in lines)
    table = Table("My team", about.practice, about.told, columns, rows)
    return render_table(table, font_dir=font_dir)


def _pdf_row(line: Line) -> tuple[str, ...]:
    hides = line.status is Status.AWAY
    status = STATUS_WORDS[line.status]
    if line.away_until:
        status = f"{status} until {in_words(line.away_until)}"
    days = (line.due_on, line.completed_on, line.expires_on)
    return (
        line.name,
        line.employee_id,
        f"{line.department} (also {line.also})".strip() if line.also else line.department,
        line.site,
        line.course,
        status,
        "" if hides else COMPLETE_WORDS[line.complete],
        *("" if hides else in_words(day) for day in days),
        line.lent_by,
    )
