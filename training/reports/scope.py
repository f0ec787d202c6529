"""Whom a manager sees: everybody below her today, as part of the SQL."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import CTE, ColumnElement, Integer, and_, case, exists, func, literal, select
from sqlalchemy.orm import Session, aliased

from training.accounts.days import Today
from training.accounts.loans import lent_now
from training.accounts.models import Placement, ViewLoan
from training.accounts.people import in_force, placed

DEEPEST = 32  # a line of more managers than this is a loop in the data


@dataclass(frozen=True, slots=True)
class View:
    """Who looks, on what days, at what moment: the moment decides what is lent to her."""

    viewer_id: int
    today: Today
    now: datetime


@dataclass(frozen=True, slots=True)
class Mark:
    """How somebody comes into a view: directly below, and by whose loan (None: her own)."""

    direct: bool
    lender_id: int | None


def in_view(view: View) -> ColumnElement[bool]:
    """Return the condition that a placement's person is in this view.

    Read from the database on every request, so that a move, a loan and its end count at
    once. Nobody is in a view of her own.
    """
    line = _line(view)
    return and_(
        Placement.user_id.in_(select(line.c.user_id).where(line.c.user_id != line.c.root_id)),
        Placement.user_id != view.viewer_id,
    )


def marks(session: Session, view: View) -> dict[int, Mark]:
    """Return how each person comes into this view; her own line wins over a loan."""
    line = _line(view)
    query = select(line.c.user_id, line.c.root_id, func.max(line.c.direct)).group_by(
        line.c.user_id, line.c.root_id
    )
    found: dict[int, Mark] = {}
    for user_id, root_id, direct in session.execute(query):
        mine = root_id == view.viewer_id
        before = found.get(user_id)
        if before is None or mine or (direct and before.lender_id is not None):
            found[user_id] = Mark(bool(direct), None if mine else root_id)
    return found


def _line(view: View) -> CTE:
    """Return everybody below the viewer and below each lender, with how she is reached.

    Whoever left is no longer anybody's report, but the line goes on through the empty post:
    those who stood below it report to the next manager up. A loop ends at `DEEPEST`.
    """
    day = view.today.latest
    lenders = select(ViewLoan.lender_id).where(
        ViewLoan.borrower_id == view.viewer_id, lent_now(view.now, view.now.date())
    )
    roots = (
        select(literal(view.viewer_id, Integer).label("root_id")).union_all(lenders).cte("roots")
    )
    here, next_ = aliased(Placement), aliased(Placement)
    line = (
        select(
            roots.c.root_id,
            here.user_id.label("user_id"),
            literal(1, Integer).label("depth"),
            literal(1, Integer).label("direct"),
            _is_empty(here, view).label("is_empty"),
        )
        .join(here, here.manager_id == roots.c.root_id)
        .where(in_force(day, here), _counts(here, view))
        .cte("line", recursive=True)
    )
    return line.union(
        select(
            line.c.root_id,
            next_.user_id,
            line.c.depth + 1,
            line.c.direct * line.c.is_empty,
            _is_empty(next_, view),
        )
        .join(line, next_.manager_id == line.c.user_id)
        .where(line.c.depth < DEEPEST, in_force(day, next_), _counts(next_, view))
    )


def _works_somewhere(placement: type[Placement], view: View) -> ColumnElement[bool]:
    other = aliased(Placement)
    return exists().where(other.user_id == placement.user_id, placed(view.today.latest, other))


def _counts(placement: type[Placement], view: View) -> ColumnElement[bool]:
    """Return whether a job leads on: one that was left does where its person left altogether."""
    return (placement.kind == "placed") | ~_works_somewhere(placement, view)


def _is_empty(placement: type[Placement], view: View) -> ColumnElement[int]:
    gone = (placement.kind == "left") & ~_works_somewhere(placement, view)
    return case((gone, 1), else_=0)
