"""Calendar days: month arithmetic, and which day it is where somebody works."""

import calendar
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

ONE_DAY = timedelta(days=1)
LAST_MOMENT = timedelta(microseconds=1)


class UnknownZone(ValueError):
    """The name is no IANA zone that this computer knows."""


def add_months(day: date, months: int) -> date:
    """Return the day so many months later (or earlier), clamped to the month's end.

    29 February and 12 months give 28 February: a deadline never slips into March.
    """
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def month_ends(day: date, months: int) -> list[date]:
    """Return the last days of so many months before a day, the oldest first."""
    found, first = [], day.replace(day=1)
    for _ in range(months):
        last = first - ONE_DAY
        found.append(last)
        first = last.replace(day=1)
    return found[::-1]


def day_of_year(year: int, month: int, day: int) -> date:
    """Return that day of the year; 29 February is 28 February where there is none."""
    return date(year, month, min(day, calendar.monthrange(year, month)[1]))


def local_day(now: datetime, zone: str) -> date:
    """Return the calendar day in an IANA zone at this instant.

    Raises ValueError for an instant without a zone, UnknownZone for a name that is none.
    """
    if now.tzinfo is None:
        raise ValueError("an instant needs its zone: pass an aware datetime")
    return now.astimezone(_zone(zone)).date()


def end_of_day(day: date, zone: str) -> datetime:
    """Return the last good instant of a local day, in UTC.

    It is the last microsecond at which the zone's clocks show that day or an earlier one, also
    where clocks jump over midnight, go back over it, or a zone leaves a whole day out.
    """
    place = _zone(zone)
    midnight = datetime.combine(day + ONE_DAY, time())
    first = midnight.replace(tzinfo=place, fold=0).astimezone(UTC)
    second = midnight.replace(tzinfo=place, fold=1).astimezone(UTC)
    if second < first:  # midnight is skipped: the jump lies between the two readings
        return _last_instant_of(day, place, second - LAST_MOMENT, first)
    if (second - LAST_MOMENT).astimezone(place).date() <= day:
        return second - LAST_MOMENT
    return first - LAST_MOMENT  # midnight comes twice, and the first ends the day


def start_of_day(day: date, zone: str) -> datetime:
    """Return the first instant after the local day before, in UTC."""
    return end_of_day(day - ONE_DAY, zone) + LAST_MOMENT


def _last_instant_of(day: date, place: ZoneInfo, good: datetime, late: datetime) -> datetime:
    while late - good > LAST_MOMENT:
        middle = good + (late - good) // 2
        if middle.astimezone(place).date() <= day:
            good = middle
        else:
            late = middle
    return good


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):  # unknown; not a name at all; a folder of zones
        raise UnknownZone(f"{name!r} is no time zone: write one such as America/Chicago") from None


@lru_cache(maxsize=4096)
def short(year: int, month: int, day: int) -> str:
    """Return "12 Dec 2025"; a list says the same few hundred days over and over."""
    return f"{day} {date(year, month, day):%b %Y}"
