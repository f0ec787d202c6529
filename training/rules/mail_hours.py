"""In which hours of the week mail to staff goes out, by the clock on a site's own wall."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
PAID_NOTE = "Do it at work, or ask your manager to book the time."
LONGEST_NOTE = 200
STEP = timedelta(minutes=15)  # every zone of today is whole quarters of an hour from UTC
FARTHEST = timedelta(days=15)  # an hour that the clocks skip one week is there the next


class NoOpenHour(ValueError):
    """With these hours no mail would ever go out; the message says what to do instead."""


@dataclass(frozen=True, slots=True)
class MailHours:
    """The hours of a site: from `from_hour` to `to_hour` on the weekdays, Monday being 0.

    Where `to_hour` is not later it is the next morning's, so that a night shift can have
    hours of its own. Raises NoOpenHour for hours in which nothing could go out.
    """

    weekdays: frozenset[int]
    from_hour: int
    to_hour: int

    def __post_init__(self) -> None:
        if not self.weekdays:
            raise NoOpenHour("Choose at least one day, or no reminder would ever go out.")
        if not self.weekdays <= set(range(7)):
            raise NoOpenHour("There is no such day of the week.")
        if not (0 <= self.from_hour <= 23 and 1 <= self.to_hour <= 24):
            raise NoOpenHour("The hours of a day are 0 to 24.")
        if self.from_hour == self.to_hour:
            raise NoOpenHour(
                "From and to are the same, so no reminder would ever go out. "
                "For the whole day choose 00:00 to 24:00."
            )

    def is_open(self, at: datetime, zone: str) -> bool:
        """Tell whether mail may go out at this instant, by the clock of this zone."""
        local = at.astimezone(ZoneInfo(zone))
        today, hour = local.weekday(), local.hour
        if self.from_hour < self.to_hour:
            return today in self.weekdays and self.from_hour <= hour < self.to_hour
        evening = today in self.weekdays and hour >= self.from_hour
        return evening or ((today - 1) % 7 in self.weekdays and hour < self.to_hour)

    def open_weekdays(self) -> frozenset[int]:
        """Return the weekdays that have an hour for mail; the morning after a night has some."""
        if self.from_hour < self.to_hour:
            return self.weekdays
        return self.weekdays | {(day + 1) % 7 for day in self.weekdays}

    def next_opening(self, at: datetime, zone: str) -> datetime:
        """Return the first instant from `at` on at which mail may go out: `at` itself if open.

        It walks along the real time line, so that a change of the clocks needs no rule.
        """
        if self.is_open(at, zone):
            return at
        start = at.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
        found = start + ((at - start) // STEP + 1) * STEP
        while not self.is_open(found, zone):
            found += STEP
            if found - at > FARTHEST:  # pragma: no cover - every week has its hours
                raise NoOpenHour("No hour is open within two weeks.")
        return found

    def words(self) -> str:
        """Return "Monday to Friday, 08:00 to 18:00"."""
        ends = " the next morning" if self.to_hour < self.from_hour else ""
        span = f"{clock(self.from_hour)} to {clock(self.to_hour)}{ends}"
        return f"{days_in_words(self.weekdays)}, {span}"


def days_in_words(weekdays: Iterable[int]) -> str:
    """Return "every day", "Monday to Friday", or the days one by one."""
    days = sorted(weekdays)
    if len(days) == 7:
        return "every day"
    if len(days) > 2 and days[-1] - days[0] == len(days) - 1:
        return f"{WEEKDAYS[days[0]]} to {WEEKDAYS[days[-1]]}"
    names = [WEEKDAYS[day] for day in days]
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def clock(hour: int) -> str:
    """Return an hour as a clock shows it: "08:00"."""
    return f"{hour:02}:00"


OFFICE = MailHours(frozenset(range(5)), 8, 18)  # what a new practice begins with
