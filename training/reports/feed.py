"""What other systems read: who is complete on a day, and what was recorded since a moment.

Columns are stable: `/team.csv`'s first, in its order, and new ones only at the end.
"""

import heapq
import json
from collections.abc import Callable, Iterator
from datetime import date, datetime
from typing import Any, Protocol

from sqlalchemy import ColumnElement, Row, literal, select, tuple_
from sqlalchemy.orm import Session

from training.accounts.days import Today
from training.accounts.models import User
from training.accounts.reach import EVERYWHERE, Reach
from training.assignments.models import Assignment, DueChange
from training.db import UtcDateTime
from training.learning.models import Completion, Void
from training.learning.past import ON_PAPER
from training.renewals.persons import Person, people
from training.reports.as_of import Answer, as_of
from training.reports.columns import COLUMNS, Cells, cells_of
from training.reports.csv_rows import csv_lines
from training.rules.renewal import holds_on

CHUNK = 500
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
        .join(Completion, Completion.id == Void.subject_id)
        .join(User, User.id == Completion.user_id)
        .where(Void.subject_kind == "completion")
    )


def _cells(session: Session, chunk: list[Row[*tuple[Any, ...]]], today: Today) -> Iterator[Cells]:
    if not chunk:
        return
    ids = sorted({row.user_id for row in chunk})
    here = {person.user_id: person for person in people(session, today, User.id.in_(ids))}
    due = _due_days(session, sorted({row.assignment_id for row in chunk}))
    for row in chunk:
        yield _event_cells(row, here.get(row.user_id), due[row.assignment_id], today)


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
    row: Row[*tuple[Any, ...]], person: Person | None, due_on: date, today: Today
) -> Cells:
    day = today.at(row.zone)
    holds = row.event == "completed" and holds_on(day, row.expires_on, row.grace_days)
    return (
        row.external_id,
        row.display_name or row.legal_name,
        person.department if person else "",
        person.site if person else "",
        row.course,
        row.event,
        "yes" if holds else "no",
        due_on,
        row.completed_on,
        row.expires_on,
        day,
        row.zone,
        row.source,
        json.loads(row.digests).get("course", ""),
        _instant(row.at),
        row.event,
        row.id,
        "on_paper" if row.method == ON_PAPER else "here",
        "",
    )


# --- as text ---------------------------------------------------------------------------------


def as_csv(rows: Iterator[Cells]) -> Iterator[str]:
    """Yield the rows as CSV, the header first and at once."""
    return csv_lines(HEADER, rows)


def as_json(rows: Iterator[Cells]) -> Iterator[str]:
    """Yield the rows as JSON, one object a line, empty values as null."""
    for row in rows:
        values = {name: _plain(value) for name, value in zip(HEADER, row, strict=True)}
        yield json.dumps(values, ensure_ascii=False) + "\n"


def _plain(value: object) -> object:
    if value is None or value == "":
        return None
    return value if isinstance(value, int) else str(value)
