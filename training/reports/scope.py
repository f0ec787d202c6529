"""Whom a manager sees: everybody below her today, as part of the SQL."""

from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import (
    CTE,
    ColumnElement,
    Date,
    Integer,
    Select,
    bindparam,
    case,
    func,
    literal,
    select,
    true,
)
from sqlalchemy.orm import Session, aliased

from training.accounts.days import Today
from training.accounts.loans import lent_now
from training.accounts.models import Placement, ViewLoan
from training.accounts.people import in_force, placed
from training.db import UtcDateTime, core, is_postgresql

DEEPEST = 32  # a line of more managers than this is a loop in the data


# The statements are built once; who looks, and when, are their values on each request.
VIEWER = bindparam("viewer", type_=Integer)
DAY = bindparam("view_day", type_=Date)
TODAY = bindparam("view_today", type_=Date)
NOW = bindparam("view_now", type_=UtcDateTime)


@dataclass(frozen=True, slots=True)
class View:
    """Who looks, on what days, at what moment: the moment decides what is lent to her."""

    viewer_id: int
    today: Today
    now: datetime

    @property
    def values(self) -> dict[str, object]:
        """Return the values that the statement is executed with."""
        return {
            "viewer": self.viewer_id,
            "view_day": self.today.latest,
            "view_today": self.now.date(),
            "view_now": self.now,
        }


@dataclass(frozen=True, slots=True)
class Mark:
    """How somebody comes into a view: directly below, and by whose loan (None: her own)."""

    direct: bool
    lender_id: int | None


def marks(session: Session, view: View) -> dict[int, Mark]:
    """Return everybody in this view and how she comes into it; her own line wins over a loan.

    Read from the database on every request, so that a move, a loan and its end count at
    once; nobody is in a view of her own. It is a statement of its own because a planner that
    guesses how many people a recursion finds reads the whole organisation for a team of ten.
    """
    lateral = is_postgresql(session)
    found: dict[int, Mark] = {}
    for user_id, root_id, direct in core(session).execute(_marks_query(lateral), view.values):
        mine = root_id == view.viewer_id
        before = found.get(user_id)
        if before is None or mine or (direct and before.lender_id is not None):
            found[user_id] = Mark(bool(direct), None if mine else root_id)
    return found


@cache
def _marks_query(lateral: bool) -> Select[*tuple[Any, ...]]:  # noqa: FBT001 - its cache's key
    line = _line(lateral=lateral)
    return (
        select(line.c.user_id, line.c.root_id, func.max(line.c.direct))
        .where(line.c.user_id != line.c.root_id, line.c.user_id != VIEWER)
        .group_by(line.c.user_id, line.c.root_id)
    )


def _line(*, lateral: bool) -> CTE:
    """Return everybody below the viewer and below each lender, with how she is reached.

    Whoever left is no longer anybody's report, but the line goes on through the empty post:
    those who stood below it report to the next manager up. A loop ends at `DEEPEST`.
    `lateral`: look for the reports of one manager after the other, by their index. PostgreSQL
    guesses ten times as many as it has, and would rather read a house of some thousands whole.
    """
    lenders = select(ViewLoan.lender_id).where(ViewLoan.borrower_id == VIEWER, lent_now(NOW, TODAY))
    roots = select(VIEWER.label("root_id")).union_all(lenders).cte("roots")
    here, next_ = aliased(Placement), aliased(Placement)
    line = (
        select(
            roots.c.root_id,
            here.user_id.label("user_id"),
            literal(1, Integer).label("depth"),
            literal(1, Integer).label("direct"),
            _is_empty(here).label("is_empty"),
        )
        .join(here, here.manager_id == roots.c.root_id)
        .where(in_force(DAY, here), _counts(here))
        .cte("line", recursive=True)
    )
    reports = select(next_.user_id, _is_empty(next_).label("is_empty")).where(
        next_.manager_id == line.c.user_id, in_force(DAY, next_), _counts(next_)
    )
    # the offset keeps the planner from taking it apart
    found = reports.offset(0).lateral("found") if lateral else None
    if found is not None:
        below = select(*_of(line, found.c.user_id, found.c.is_empty)).join_from(line, found, true())
    else:
        below = reports.with_only_columns(*_of(line, next_.user_id, _is_empty(next_)))
    return line.union(below.where(line.c.depth < DEEPEST))


def _of(line: CTE, user_id: Any, is_empty: Any) -> tuple[ColumnElement[Any], ...]:
    """Return the columns of the line's next step."""
    return line.c.root_id, user_id, line.c.depth + 1, line.c.direct * line.c.is_empty, is_empty


def _works_somewhere(placement: type[Placement]) -> ColumnElement[bool]:
    """Return whether somebody has a job; asked of one at a time, as `exists` need not be."""
    other = aliased(Placement)
    job = select(other.id).where(other.user_id == placement.user_id, placed(DAY, other)).limit(1)
    return job.scalar_subquery().is_not(None)


def _counts(placement: type[Placement]) -> ColumnElement[bool]:
    """Return whether a job leads on: one that was left does where its person left altogether."""
    return (placement.kind == "placed") | ~_works_somewhere(placement)


def _is_empty(placement: type[Placement]) -> ColumnElement[int]:
    """Return 1 for a post that was left; `_counts` let no other kind of leaving in."""
    return case((placement.kind == "left", 1), else_=0)
