"""Which second job of a list is which that we know: pure, and whatever the order of the rows."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from training.program.roster.known import KnownJob
from training.program.roster.rows import RosterRow

Told = RosterRow | KnownJob
Pairs = list[tuple[RosterRow, KnownJob]]

# what two must have in common to be one job: the surest first
_KEYS: tuple[Callable[[Told], tuple[str, ...] | None], ...] = (
    lambda job: (job.site, job.department, job.job_title, job.worker_type),
    lambda job: (job.site, job.department, job.job_title),
    lambda job: (job.site, job.department),
    lambda job: (job.department,) if job.department else None,
    lambda job: (job.site, job.job_title) if job.job_title else None,
)


def matched(
    listed: Sequence[RosterRow], known: Sequence[KnownJob]
) -> tuple[Pairs, list[RosterRow], list[KnownJob]]:
    """Return which are one job, which of the list are new, and which the list does not name."""
    new = sorted(listed, key=_in_order)
    gone = sorted(known, key=lambda job: (_words(job), job.job))
    pairs: Pairs = []
    for key in _KEYS:
        for row in list(new):
            told = key(row)
            one = next((job for job in gone if told is not None and key(job) == told), None)
            if one is not None:
                pairs.append((row, one))
                new.remove(row)
                gone.remove(one)
    return pairs, new, gone


def _words(job: Told) -> tuple[str, ...]:
    return (job.site, job.department, job.job_title, job.worker_type)


def _in_order(row: RosterRow) -> tuple[Any, ...]:
    return (_words(row), row.manager, str(row.phi_access_on), row.line)


def filled(job: RosterRow, primary: RosterRow, sites: dict[str, str]) -> RosterRow:
    """Return a second job; what its list has no column for is as in the primary one."""
    kept: dict[str, Any] = {
        name: getattr(primary, name)
        for name in ("department", "job_title", "worker_type")
        if name not in job.told
    }
    site = sites.setdefault(job.site.casefold(), job.site) if job.site else primary.site
    return replace(job, site=site, **kept)
