"""What stands on a day, told in SQL from one row of the table of dates.

Each expression here compares a day with the dates of one row, as `training.rules.standing`
does with the facts of one duty; a test holds one against the other.
"""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import ColumnElement, Date, and_, case, func, literal, or_, true
from sqlalchemy.orm import InstrumentedAttribute

from training.renewals.models import StandingDates
from training.rules.standing import Complete, Status

Where = ColumnElement[bool]
Day = date | ColumnElement[date]  # one for all rows, or each row's own
T = StandingDates
STATUSES = (
    Status.AWAY,
    Status.WAITING_FOR_HELP,
    Status.OVERDUE,
    Status.DUE_SOON,
    Status.CURRENT,
    Status.IN_PROGRESS,
    Status.ASSIGNED,
)
COMPLETES = (None, Complete.YES, Complete.NOT_YET_DUE, Complete.NO)
LATE_DAYS = (7, 30, 90)  # the most days late of each band but the last
PLACE = (T.site_id, T.department, T.worker_type, T.course)  # what duties are counted by


def _at(day: Day) -> ColumnElement[date]:
    return literal(day, Date) if isinstance(day, date) else day


def on(day: Day) -> Where:
    """Return the condition of a row that counts on a day."""
    at = _at(day)
    return and_(T.from_on <= at, T.to_on >= at, T.asked_from.is_not(None))


def in_passing(day: Day) -> Where:
    """Return the condition of `on` in a form that no index answers.

    Of everybody's rows most are wanted, and SQLite would look each up by an index of days.
    """
    at = _at(day)
    begun, ends = func.coalesce(T.from_on, T.to_on), func.coalesce(T.to_on, T.from_on)
    return and_(begun <= at, ends >= at, T.asked_from.is_not(None))


def status_is(status: Status, day: Day) -> Where:
    """Return the condition that what is open on a day is this: by columns, never by a case.

    How many rows a case lets through no planner can guess.
    """
    place, lines = STATUSES.index(status), _lines(day)
    not_before = (line.is_not(true()) for line in lines[:place])
    return and_(*not_before, *lines[place : place + 1])


def status_place(day: Day) -> ColumnElement[int]:
    """Return the place in `STATUSES` of what is open on a day: the first line that matches."""
    lines = _lines(day)
    return case(*((line, place) for place, line in enumerate(lines)), else_=len(lines))


def _lines(day: Day) -> tuple[Where, ...]:
    """Return the line of each of `STATUSES` but the last, which is what none of them matches."""
    at = _at(day)
    return (
        T.away_until.is_not(None),
        T.waiting_from.is_not(None),
        and_(T.soon_from <= at, T.good_until < at),
        T.soon_from <= at,
        T.yes_until >= at,
        T.begun_from.is_not(None),
    )


def answer_place(day: Day) -> ColumnElement[int]:
    """Return the place in `COMPLETES` of the first answer of a day, in the rate or beside it."""
    at = _at(day)
    return case((T.yes_until >= at, 1), (T.not_yet_until >= at, 2), else_=3)


def complete_place(day: Day) -> ColumnElement[int]:
    """Return the place in `COMPLETES` of the first answer of a day."""
    at = _at(day)
    return case((T.out_until >= at, 0), (T.yes_until >= at, 1), (T.not_yet_until >= at, 2), else_=3)


def waits_with_access(day: Day) -> Where:
    """Return the condition of somebody with access on a day who has not completed."""
    at = _at(day)
    return and_(T.access_on <= at, or_(T.yes_until.is_(None), T.yes_until < at))


def code_of(day: Day, late: Sequence[Day]) -> ColumnElement[int]:
    """Return in one number how a row stands on a day; `late`: the last due day of each band."""
    bands = ((T.good_until >= _at(last), n) for n, last in enumerate(late))
    band = case(*bands, else_=len(late))
    access = case((waits_with_access(day), 1), else_=0)
    return ((status_place(day) * 4 + complete_place(day)) * 8 + band) * 2 + access


def read_code(code: int) -> tuple[Status, Complete | None, int, bool]:
    """Return status, first answer, band of days late, and whether she waits with access."""
    return STATUSES[code // 64], COMPLETES[code // 16 % 4], code // 2 % 8, bool(code % 2)


def complete_in(code: ColumnElement[int] | InstrumentedAttribute[int]) -> ColumnElement[int]:
    """Return the place in `COMPLETES` of the first answer in a code."""
    return code // 16 % 4
