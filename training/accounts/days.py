"""What day it is at each site: one instant, many local days."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Date, String, bindparam, case, literal, select
from sqlalchemy.orm import Session

from training.accounts.models import Site
from training.db import core


@dataclass(frozen=True, slots=True)
class Today:
    """The local day of every zone at one instant; or one day everywhere (`--today`)."""

    by_zone: Mapping[str, date]
    elsewhere: date

    def at(self, zone: str) -> date:
        """Return the day that it is in this zone."""
        return self.by_zone.get(zone, self.elsewhere)

    @property
    def latest(self) -> date:
        """Return the latest day that it is anywhere."""
        return max((*self.by_zone.values(), self.elsewhere))

    @property
    def is_one_day(self) -> bool:
        """Tell whether it is the same day everywhere."""
        return len({*self.by_zone.values()} or {self.elsewhere}) == 1

    def later(self, days: int) -> "Today":
        """Return the days so many days from now."""
        span = timedelta(days=days)
        by_zone = {zone: day + span for zone, day in self.by_zone.items()}
        return Today(by_zone, self.elsewhere + span)

    @property
    def values(self) -> dict[str, object]:
        """Return the values of a statement that was built once with `DAY` or `day_at`."""
        others = sorted({*self.by_zone.values()} - {self.elsewhere})
        if len(others) > len(_OTHERS):
            raise ValueError("on earth it is never four days at once")
        found: dict[str, object] = {"day": next(iter(self.by_zone.values()), self.elsewhere)}
        found["elsewhere"] = self.elsewhere
        for n, _ in enumerate(_OTHERS):
            day = others[n] if n < len(others) else None
            found[f"day_{n}"] = day or self.elsewhere
            found[f"zones_{n}"] = [zone for zone, there in self.by_zone.items() if there == day]
        return found

    def sql(self, site: type[Site] = Site) -> ColumnElement[date]:
        """Return the day at a row's site, for a query that joins `site`."""
        if self.is_one_day:
            return literal(next(iter(self.by_zone.values()), self.elsewhere), Date)
        groups: dict[date, list[str]] = {}
        for zone, day in self.by_zone.items():
            groups.setdefault(day, []).append(zone)
        whens = [(site.zone.in_(zones), literal(day, Date)) for day, zones in groups.items()]
        return case(*whens, else_=literal(self.elsewhere, Date))


DAY = bindparam("day", type_=Date)  # of a moment at which it is the same day everywhere
_ELSEWHERE = bindparam("elsewhere", type_=Date)
_OTHERS = tuple(  # yesterday or tomorrow, somewhere
    (bindparam(f"zones_{n}", type_=String, expanding=True), bindparam(f"day_{n}", type_=Date))
    for n in range(2)
)


def day_at(site: type[Site]) -> ColumnElement[date]:
    """Return the day at a row's site; which it is, `Today.values` says."""
    return case(*((site.zone.in_(zones), day) for zones, day in _OTHERS), else_=_ELSEWHERE)


_ZONES = select(Site.zone).distinct()


def todays(session: Session, now: datetime) -> Today:
    """Return what day it is at each of the sites."""
    zones = [row[0] for row in core(session).execute(_ZONES)]
    return Today({zone: now.astimezone(ZoneInfo(zone)).date() for zone in zones}, now.date())


def everywhere(day: date) -> Today:
    """Return one day for all sites: what `--today` asks for."""
    return Today({}, day)
