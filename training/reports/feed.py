"""What other systems read: who is complete on a day, and what was recorded since a moment.

Columns are stable: `/team.csv`'s first, in its order, and new ones only at the end.
"""

import heapq
import json
from collections.abc import Callable, Iterator
from datetime import date, datetime
from functools import lru_cache
from typing import Any, Protocol

from sqlalchemy import ColumnElement, Row, literal, select, tuple_
from sqlalchemy.orm import Session

from training.accounts.days import Today
from training.accounts.models import Placement, Site, User
from training.accounts.people import in_force_today
from training.accounts.reach import EVERYWHERE, Reach
from training.assignments.models import Assignment, DueChange
from training.db import UtcDateTime
from training.learning.carried import CARRIED
from training.learning.models import Completion, Void
from training.learning.past import ON_PAPER
from training.learning.withdrawn import void_of
from training.reports.as_of import Answer, as_of
from training.reports.columns import COLUMNS, Cells, cells_of
from training.reports.csv_rows import csv_lines
from training.rules.renewal import holds_on

CHUNK = 1_000
HEADER = (
    *COLUMNS,
    "source",
    "version",
    "recorded_at",
    "event",
    "completion_id",
    "method",
    "recorded_later",
)


def on_day(
    session: Session,
    on: date | Today,
    known_at: datetime | None = None,
    *,
    complete: str = "",
    left: bool = False,
    reach: Reach = EVERYWHERE,
) -> Iterator[Cells]:
    """Yield a row for each person and required course, as of a day; perhaps who left too."""
    for answer in as_of(session, on, known_at, left=left, reach=reach):
        if not complete or answer.line.complete.value == complete:
            yield answer_cells(answer)


def answer_cells(answer: Answer) -> Cells:
    """Return one answer as a row."""
    return (
        *cells_of(answer.line),
        answer.source,
        answer.version,
        _instant(answer.recorded_at),
        "",
        answer.completion_id,
        "",
        answer.later.words if answer.later else "",
    )


def _instant(at: datetime | None) -> str:
    return at.isoformat(timespec="microseconds") if at else ""


# --- since a moment --------------------------------------------------------------------------


class _Recorded(Protocol):
    """A table whose rows are put on record: read by (recorded_at, id)."""

    id: Any
    recorded_at: Any


def since(session: Session, moment: datetime, today: Today) -> Iterator[Cells]:
    """Yield what was recorded after a moment: each completion, and each one withdrawn.

    By when it was recorded, so that a reader goes on from the last row's `recorded_at`. A
    completion that was withdrawn later has two rows, in this order.
    """
    made = _pages(session, moment, _completed, Completion)
    taken_back = _pages(session, moment, _withdrawn, Void)
    both = heapq.merge(made, taken_back, key=lambda row: (row.at, row.event, row.event_id))
    chunk: list[Row[*tuple[Any, ...]]] = []
    for row in both:
        chunk.append(row)
        if len(chunk) == CHUNK:
            yield from _cells(session, chunk, today)
            chunk = []
    yield from _cells(session, chunk, today)


def _pages(
    session: Session, moment: datetime, query: Callable[[], Any], table: type[_Recorded]
) -> Iterator[Row[*tuple[Any, ...]]]:
    """Yield the rows after a moment, read by key: no page costs more than the one before."""
    key = tuple_(table.recorded_at, table.id)
    where: ColumnElement[bool] = table.recorded_at > moment
    while True:
        rows = session.execute(
            query().where(where).order_by(table.recorded_at, table.id).limit(CHUNK)
        ).all()
        yield from rows
        if len(rows) < CHUNK:
            return
        last = rows[-1]
        where = key > tuple_(literal(last.at, UtcDateTime), literal(last.event_id))


def _columns() -> tuple[Any, ...]:
    return (
        Completion.id,
        Completion.assignment_id,
        Completion.user_id,
        Completion.course,
        Completion.completed_on,
        Completion.expires_on,
        Completion.grace_days,
        Completion.zone,
        Completion.digests,
        Completion.method,
        User.external_id,
        User.source,
        User.legal_name,
        User.display_name,
    )


def _completed() -> Any:
    return select(
        *_columns(),
        Completion.recorded_at.label("at"),
        Completion.id.label("event_id"),
        literal("completed").label("event"),
    ).join(User, User.id == Completion.user_id)


def _withdrawn() -> Any:
    return (
        select(
            *_columns(),
            Void.recorded_at.label("at"),
            Void.id.label("event_id"),
            literal("withdrawn").label("event"),
        )
        .select_from(Void)
        .join(Completion, void_of(Completion))
        .join(User, User.id == Completion.user_id)
    )


def _cells(session: Session, chunk: list[Row[*tuple[Any, ...]]], today: Today) -> Iterator[Cells]:
    if not chunk:
        return
    here = _places(session, today, sorted({row.user_id for row in chunk}))
    due = _due_days(session, sorted({row.assignment_id for row in chunk}))
    days: dict[str, date] = {row.zone: today.at(row.zone) for row in chunk}
    for row in chunk:
        yield _event_cells(row, here, due, days)


def _places(session: Session, today: Today, ids: list[int]) -> dict[int, tuple[str, str]]:
    """Return where people work, or worked last: department and site."""
    query = (
        select(Placement.user_id, Placement.department, Site.name)
        .join(Site, Site.id == Placement.site_id)
        .where(in_force_today(today), Placement.is_primary, Placement.user_id.in_(ids))
    )
    return {user_id: (unit, site) for user_id, unit, site in session.execute(query)}


def _due_days(session: Session, ids: list[int]) -> dict[int, date]:
    due = dict(
        session.execute(
            select(Assignment.id, Assignment.due_on).where(Assignment.id.in_(ids))
        ).all()
    )
    moved = (
        select(DueChange.assignment_id, DueChange.due_on)
        .where(DueChange.assignment_id.in_(ids))
        .order_by(DueChange.id)
    )
    due.update(dict(session.execute(moved).all()))
    return due


def _event_cells(
    row: Row[*tuple[Any, ...]],
    here: dict[int, tuple[str, str]],
    due: dict[int, date],
    days: dict[str, date],
) -> Cells:
    # in the order of `_columns` and of the two queries
    (completion_id, assignment_id, user_id, course, completed_on, expires_on, grace_days, zone,
     digests, method, number, source, legal_name, display_name, at, _id, event) = row  # fmt: skip
    day = days[zone]
    holds = event == "completed" and holds_on(day, expires_on, grace_days)
    return (
        number,
        display_name or legal_name,
        *here.get(user_id, ("", "")),
        course,
        event,
        "yes" if holds else "no",
        due[assignment_id],
        completed_on,
        expires_on,
        day,
        zone,
        source,
        _course_digest(digests),
        _instant(at),
        event,
        completion_id,
        "on_paper" if method == ON_PAPER else method if method == CARRIED else "here",
        "",
    )


@lru_cache(256)  # as many as there were versions, and not as there are completions
def _course_digest(digests: str) -> str:
    return str(json.loads(digests).get("course", ""))


# --- as text ---------------------------------------------------------------------------------


def as_csv(rows: Iterator[Cells]) -> Iterator[str]:
    """Yield the rows as CSV, the header first and at once."""
    return csv_lines(HEADER, rows)


def as_json(rows: Iterator[Cells]) -> Iterator[str]:
    """Yield the rows as JSON, one object a line, empty values as null."""
    encode = json.JSONEncoder(ensure_ascii=False).encode
    for row in rows:
        values = [
            value if isinstance(value, int) else str(value) if value else None for value in row
        ]
        yield encode(dict(zip(HEADER, values, strict=True))) + "\n"
