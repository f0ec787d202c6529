"""The jobs that somebody has beside her primary one: where, for whom, since when, and why."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby
from operator import attrgetter
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.orm import Session, aliased

from training.accounts.models import Placement, PlacementNote, Site, User
from training.accounts.people import is_second, shown_name

ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class SecondJob:
    """One such job; `last_day` where one is known, `because` what the officer gave as reason."""

    job: int
    site_id: int
    site: str
    department: str
    job_title: str
    worker_type: str
    manager: str
    manager_number: str
    from_on: date
    phi_access_on: date | None
    last_day: date | None
    because: str

    @property
    def unit(self) -> str:
        """Return where it is, in a few words."""
        return ", ".join(part for part in (self.department, self.site) if part)


def second_jobs(session: Session, user_id: int, day: date) -> list[SecondJob]:
    """Return somebody's jobs beside the primary one that go on, or are still to come."""
    boss = aliased(User)
    query = (
        select(
            Placement.job,
            Placement.kind,
            Placement.from_on,
            Placement.site_id,
            Site.name.label("site"),
            Placement.department,
            Placement.job_title,
            Placement.worker_type,
            Placement.phi_access_on,
            boss.external_id.label("manager_number"),
            shown_name(boss).label("manager"),
            PlacementNote.reason,
        )
        .join(Site, Site.id == Placement.site_id)
        .outerjoin(boss, boss.id == Placement.manager_id)
        .outerjoin(PlacementNote, PlacementNote.placement_id == Placement.id)
        .where(Placement.user_id == user_id, is_second())
        .order_by(Placement.job, Placement.from_on)
    )
    rows: Any = session.execute(query).all()
    found = [_job(list(hers)) for _job_number, hers in groupby(rows, key=attrgetter("job"))]
    return [job for job in found if job.last_day is None or job.last_day >= day]


def _job(rows: Sequence[Row[Any]]) -> SecondJob:
    """Fold the rows of one job, oldest first, into what it is now."""
    last, begun, ends = rows[0], None, None
    for row in rows:
        if row.kind == "left":
            ends = row
        else:
            begun = row if begun is None or ends is not None else begun
            ends, last = None, row
    reason = (ends.reason if ends else None) or last.reason
    return SecondJob(
        job=last.job,
        site_id=last.site_id,
        site=last.site,
        department=last.department,
        job_title=last.job_title,
        worker_type=last.worker_type,
        manager=last.manager or "",
        manager_number=last.manager_number or "",
        from_on=(begun or last).from_on,
        phi_access_on=last.phi_access_on,
        last_day=ends.from_on - ONE_DAY if ends else None,
        because=reason or "the staff list says so",
    )
