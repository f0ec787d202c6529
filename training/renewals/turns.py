"""On which days an answer can turn: between two of them nobody needs to be asked again.

A trend asks about many days of many people, and most of those days are like the one before.
"""

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

from training.renewals import history
from training.renewals.duties import Duty
from training.renewals.history import Lives, Moment
from training.renewals.rule_book import RuleBook
from training.rules.renewal import DAYS_BACK


def duties_over(
    one: Lives, book: RuleBook, moments: Iterable[tuple[date, Moment]]
) -> Iterator[list[Duty]]:
    """Yield one person's duties at each moment, the days in order and the same everywhere.

    Duties are those of an earlier day where "complete" and "away" can't have turned since.
    """
    turns = turning_days(one, book)
    place, duties = -1, list[Duty]()
    for day, moment in moments:
        now = bisect_right(turns, day.toordinal())
        if now != place:
            place, duties = now, history.duties_at(one, book, moment)
        yield duties


def turning_days(one: Lives, book: RuleBook) -> list[int]:
    """Return every day on which "complete" or "away" can turn: rather one too many.

    As ordinals, so that no day is past the calendar's end.
    """
    found: set[int] = set()
    due: set[int] = set()
    starts = {_day(row.from_on) for row in book.rows}
    for row in one.placements:
        recorded = _around(_day(row.recorded_at.date()))
        found |= {_day(row.from_on), _day(row.hired_on), *recorded}
        starts |= {_day(row.hired_on), _day(row.from_on), *recorded}
        if row.phi_access_on is not None:
            found.add(_day(row.phi_access_on))
            starts.add(_day(row.phi_access_on))
    _spans(found, (*one.absences, *one.waivers, *book.rows))
    for row in one.cycles:
        found |= {_day(row.assigned_on), _day(row.opens_on)}
        due.add(_day(row.due_on))
        if row.closed_at is not None:
            found |= _around(_day(row.closed_at.date()))
    for moves in one.moves.values():
        for row in moves:
            due.add(_day(row.due_on))
            found |= _around(_day(row.recorded_at.date()))
    for row in one.completions:
        found.add(_day(row.completed_on))
        if row.expires_on is not None:
            due.add(_day(row.expires_on))
    for row in one.signatures:
        found |= {_day(row.signed_on), *_around(_day(row.recorded_at.date()))}
    due |= {start + row.days for start in starts for row in book.rows}
    due |= {day + DAYS_BACK for day in _returns(one)}
    graces = {row.grace_days for row in one.completions} | book.graces
    found |= {day + grace + 1 for day in due for grace in graces}
    return sorted(found)


def _day(day: date) -> int:
    return day.toordinal()


def _returns(one: Lives) -> Iterator[int]:
    """Yield the days from which somebody who is back is given time."""
    yield from (_day(row.hired_on) for row in one.placements)
    for row in (*one.absences, *one.waivers):
        if row.to_on is not None:
            yield _day(row.to_on) + 1


def _around(day: int) -> set[int]:
    """Return the days that an instant of this day in UTC can have anywhere."""
    return {day - 1, day, day + 1}


def _spans(found: set[int], rows: Iterable[Any]) -> None:
    for row in rows:
        found.add(_day(row.from_on))
        if row.to_on is not None:
            found.add(_day(row.to_on) + 1)
