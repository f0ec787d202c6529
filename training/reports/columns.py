"""The columns that every list of answers begins with; new ones are only ever added behind them."""

from datetime import date

from training.reports.queries import Line

COLUMNS = (
    "employee_id",
    "name",
    "department",
    "site",
    "course",
    "status",
    "complete",
    "due_on",
    "completed_on",
    "expires_on",
    "as_of",
    "zone",
)
Cell = str | int | date | None
Cells = tuple[Cell, ...]


def cells_of(line: Line) -> Cells:
    """Return a line's values, in the order that people's scripts know."""
    return (
        line.employee_id,
        line.name,
        line.department,
        line.site,
        line.course,
        line.status.value,
        line.complete.value,
        line.due_on,
        line.completed_on,
        line.expires_on,
        line.as_of,
        line.zone,
    )
