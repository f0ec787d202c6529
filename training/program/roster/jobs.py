"""Which second job of a list is which that we know: pure, and whatever the order of the rows."""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import replace
from typing import Any

from training.program.roster.faults import RowFault
from training.program.roster.known import Believed, KnownJob
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


def tells_of_second_jobs(rows: Iterable[RosterRow]) -> bool:
    """Tell whether a list has second jobs in it: a column for them, or two rows of somebody.

    One that has neither says nothing of them, so what it does not name has not ended by it.
    """
    return any(row.more or "primary" in row.told for row in rows)


def left_alone(listed: Collection[str], known: Believed) -> list[RowFault]:
    """Return what to know of second jobs that a list says nothing of."""
    kept = sum(
        not job.by_hand
        for id_, person in known.people.items()
        if id_ in listed and person.is_here
        for job in person.more
    )
    if not kept:
        return []
    go_on = "the second job that is known goes on" if kept == 1 else f"{kept} second jobs go on"
    what = f"this list says nothing of second jobs: {go_on}"
    return [RowFault(1, what, "with a column 'primary', it ends those that it does not name")]
