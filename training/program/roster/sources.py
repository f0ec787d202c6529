"""Which lists there are: `hr`, `agency`, `school`. Each ends people of its own alone."""

from sqlalchemy import CTE, func, select, union
from sqlalchemy.orm import Session

from training.accounts.models import StaffNumber, User
from training.accounts.numbers import BY_HAND
from training.program.roster.faults import RowFault


def _of_people() -> CTE:
    """Return the lists of everybody by steps of the index, each to the next name.

    They are few, and to gather them from each person's row would read all rows.
    """
    least = select(func.min(User.source).label("source"))
    lists = least.cte("lists", recursive=True)
    after = least.where(User.source > lists.c.source).scalar_subquery()
    return lists.union_all(select(after).where(lists.c.source.is_not(None)))


_LISTS = _of_people()
_EVERY = union(select(_LISTS.c.source), select(StaffNumber.source)).subquery()
_SOURCE = _EVERY.c.source


def lists_so_far(session: Session) -> list[str]:
    """Return the names of the lists that anybody here came from."""
    query = select(_SOURCE).where(_SOURCE != BY_HAND).order_by(_SOURCE)
    return list(session.scalars(query))


def as_spelt_before(session: Session, given: str) -> str:
    """Return a list's name as it was given before: HR is hr, and ends nobody's work twice."""
    if session.scalar(select(User.id).where(User.source == given).limit(1)):
        return given
    query = select(_SOURCE).where(func.lower(_SOURCE) == given.lower()).order_by(_SOURCE)
    spelt = session.scalars(query).all()
    return given if given in spelt else next(iter(spelt), given)


def first_of_its_name(session: Session, source: str) -> list[RowFault]:
    """Return what to know about a list whose name is new while there are others."""
    others = lists_so_far(session)
    if not others or source in others:
        return []
    what = f"this is the first list from '{source}', so everybody in it is new"
    return [RowFault(0, what, f"lists so far came from: {', '.join(others)}")]
