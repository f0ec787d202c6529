"""The only place that reads the clock; everything else is told what time it is."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo


class Clock:
    """The machine's clock, possibly moved by a fixed offset (the demo's past, the tests)."""

    def __init__(self, offset: timedelta = timedelta()) -> None:
        self._offset = offset

    def now(self) -> datetime:
        """Return this instant, aware, in UTC."""
        return datetime.now(UTC) + self._offset


class FixedClock(Clock):
    """A clock that stands where it was set, for tests and for `--today`."""

    def __init__(self, at: datetime) -> None:
        super().__init__()
        self.at = at

    def now(self) -> datetime:
        """Return the instant that was set."""
        return self.at


def noon_of(day: date, zone: str) -> datetime:
    """Return noon of a local day in UTC: what `--today` means, in no zone's night."""
    return datetime(day.year, day.month, day.day, 12, tzinfo=ZoneInfo(zone)).astimezone(UTC)
