"""Whom a manager sees: everybody below her today, as part of the SQL."""

from datetime import date

from sqlalchemy import ColumnElement, Integer, and_, literal, select
from sqlalchemy.orm import aliased

from training.accounts.models import Placement
from training.accounts.people import placed

DEEPEST = 32  # a line of more managers than this is a loop in the data


def below(manager_id: int, day: date | ColumnElement[date]) -> ColumnElement[bool]:
    """Return the condition that a placement's person reports to this manager, at any depth.

    Read from the database on every request, so that a move counts at once. A loop in the
    data ends at `DEEPEST` and never shows the manager to herself.
    """
    here = aliased(Placement)
    line = (
        select(here.user_id.label("user_id"), literal(1, Integer).label("depth"))
        .where(here.manager_id == manager_id, placed(day, here))
        .cte("line", recursive=True)
    )
    next_ = aliased(Placement)
    line = line.union(
        select(next_.user_id, line.c.depth + 1)
        .join(line, next_.manager_id == line.c.user_id)
        .where(line.c.depth < DEEPEST, placed(day, next_))
    )
    return and_(Placement.user_id.in_(select(line.c.user_id)), Placement.user_id != manager_id)
