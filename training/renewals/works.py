"""How the work that runs by itself is doing, read from the rows of its runs."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from training.renewals.models import JobRun

SILENT_AFTER = timedelta(hours=26)
FIRST = "renew"  # it runs wherever any of it does, so it stands for the whole
WORDS = {
    "renew": "opening and closing trainings",
    "remind": "reminders",
    "digest": "weekly mails to managers",
    "nudges": "nudges",
    "links": "sign-in links",
    "boost": "boosters",
    "dates": "the dates that reports count",
    "tidy": "tidying",
    "measure": "measuring the courses",
    "exports": "long files",
}
EVERY_HOUR = ("remind", "digest", "nudges", "links", "boost")


@dataclass(frozen=True, slots=True)
class Running:
    """When the hourly work last ran to its end, and what of it did not."""

    last_ran: datetime | None
    silent: bool
    failed: tuple[tuple[str, str], ...]
    overdue: tuple[tuple[str, datetime | None], ...]

    def words(self) -> list[str]:
        """Return what needs a look, each in a sentence; nothing where all of it runs."""
        told = [f"{WORDS.get(name, name)}: stopped with {failure}" for name, failure in self.failed]
        told += [f"{WORDS[name]}: not done {_since(at)}" for name, at in self.overdue]
        whole = [f"the hourly work has not run {_since(self.last_ran)}"] if self.silent else []
        return whole + told


def _since(at: datetime | None) -> str:
    return f"since {at:%Y-%m-%d %H:%M} UTC" if at else "yet"


def running(session: Session, now: datetime) -> Running:
    """Return how the hourly work is doing: each kind of it, not only that some of it ran."""
    rows = {row.name: row for row in session.scalars(select(JobRun).order_by(JobRun.name))}
    first = rows.get(FIRST)
    last_ran = first.succeeded_at if first else None
    silent = _is_old(last_ran, now)
    failed = [(name, row.failure) for name, row in rows.items() if row.failure]
    told = {name for name, _failure in failed}
    others = [(name, rows[name].succeeded_at) for name in EVERY_HOUR if name in rows]
    overdue = [] if silent else [(n, at) for n, at in others if n not in told and _is_old(at, now)]
    return Running(last_ran, silent, tuple(failed), tuple(overdue))


def _is_old(at: datetime | None, now: datetime) -> bool:
    return at is None or now - at > SILENT_AFTER
