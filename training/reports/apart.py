"""Whom the table of dates is not asked of: these are counted by their facts."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import Enum, auto
from typing import Any

from sqlalchemy import ColumnElement, Date, and_, bindparam, exists, literal, or_, select, union
from sqlalchemy.orm import Session, aliased

from training.accounts.days import Today
from training.accounts.models import Placement, User
from training.db import core
from training.renewals.models import StandingDates, StandingStale

EARLIEST = bindparam("earliest", type_=Date)
LATEST = bindparam("latest", type_=Date)


class Who(Enum):
    """Of whom the table would tell what is not so.

    `STALE`: facts of theirs changed since it was made. `MOVING`: these, and whoever moves within
    the days that it is just now at one site and not yet at another: two rows of hers would count,
    or none.
    """

    NOBODY = auto()
    STALE = auto()
    MOVING = auto()


@dataclass(frozen=True, slots=True)
class Apart:
    """Who is counted apart at a moment, with the values of its statements."""

    who: Who
    values: Mapping[str, date]

    @property
    def is_anybody(self) -> bool:
        """Tell whether there may be somebody."""
        return self.who is not Who.NOBODY

    def users(self) -> ColumnElement[bool]:
        """Return the condition of them in a query of `User`."""
        earliest, latest = (literal(self.values[name], Date) for name in ("earliest", "latest"))
        return User.id.in_(_ids(self.who, earliest, latest))


def apart(session: Session, today: Today) -> Apart:
    """Return who is counted apart at this moment."""
    days = {*today.by_zone.values()} or {today.elsewhere}
    values = {"earliest": min(days), "latest": max(days)}
    if len(days) > 1:
        return Apart(Who.MOVING, values)
    return Apart(Who.STALE if has_stale(session) else Who.NOBODY, values)


def has_stale(session: Session) -> bool:
    """Tell whether the facts of anybody changed since her dates were made."""
    return bool(list(core(session).execute(_ANY_STALE)))


_ANY_STALE = select(StandingStale.id).limit(1)


def rows_apart(who: Who) -> ColumnElement[bool]:
    """Return the condition of their rows in the table of dates; `Apart.values` are its values."""
    return StandingDates.user_id.in_(_ids(who, EARLIEST, LATEST))


def _ids(who: Who, earliest: Any, latest: Any) -> Any:
    stale = select(StandingStale.user_id)
    if who is not Who.MOVING:
        return stale
    row, move = aliased(StandingDates), aliased(Placement)
    begins = and_(row.from_on > earliest, row.from_on <= latest)
    ends = and_(row.to_on >= earliest, row.to_on < latest)
    moves = exists().where(
        move.user_id == row.user_id,
        move.superseded_at.is_(None),
        move.from_on > earliest,
        move.from_on <= latest,
    )
    return union(stale, select(row.user_id).where(or_(begins, ends), moves))
