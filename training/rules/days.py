"""Days: month arithmetic, and which day it is where."""

import calendar
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo


def add_months(day: date, months: int) -> date:
    """Return the day so many months later, clamped to the month's end (29 Feb + 12 = 28 Feb)."""
    place = day.year * 12 + day.month - 1 + months
    year, month = divmod(place, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return date(year, month + 1, min(day.day, last))


def local_day(now: datetime, zone: str) -> date:
    """Return the day that it is in an IANA zone at an aware instant."""
    return now.astimezone(ZoneInfo(zone)).date()


def end_of_day(day: date, zone: str) -> datetime:
    """Return the last good instant (a microsecond before the next day) in UTC."""
    midnight = datetime.combine(day + timedelta(days=1), time(), tzinfo=ZoneInfo(zone))
    return midnight.astimezone(UTC) - timedelta(microseconds=1)
