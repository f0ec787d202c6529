"""How much of what is known one list may end without being asked."""

from datetime import date

from training.program.roster.difference import ENDS, Change, Difference
from training.program.roster.faults import RowFault
from training.program.roster.known import Believed

FREE_ENDINGS = 5
SHARE = 10  # per cent of a source's people, or second jobs, that one list may end unasked


def too_many_endings(
    found: Difference, known: Believed, today: date, allowed: int | None
) -> RowFault | None:
    """Return the refusal of a list that would end too many, with the share named.

    Counted are people of this source who have not left yet, and second jobs of those who stay,
    each by itself; marked or missing, but for those whose last day was announced before.
    """
    here = {id_: person for id_, person in known.people.items() if person.is_here}
    jobs = {(id_, job.job): job for id_, who in here.items() for job in who.more}
    leaving = sum(
        change.kind in ENDS
        and change.external_id in here
        and _is_news(here[change.external_id].ends_on, change, today)
        for change in found.changes
    )
    over = sum(
        change.kind == "job ended"
        and (job := jobs.get((change.external_id, change.job))) is not None
        and _is_news(job.ends_on, change, today)
        for change in found.changes
    )
    told = [
        f"{ending} of {of} {what} ({ending * 100 // of} %) would {end}"
        for ending, of, what, end in (
            (leaving, len(here), "people", "leave"),
            (over, len(jobs), "second jobs", "end"),
        )
        if of and ending > _limit(of, allowed)
    ]
    if not told:
        return None
    most = max(leaving, over)
    mend = (
        f"if that is right, enter {most} as the most who may leave "
        f"(--allow-ending {most} at the command line)"
    )
    return RowFault(1, f"by this list {' and '.join(told)}", mend)


def _limit(of: int, allowed: int | None) -> int:
    return max(FREE_ENDINGS, of * SHARE // 100) if allowed is None else allowed


def _is_news(ends_on: date | None, change: Change, today: date) -> bool:
    return ends_on is None or (change.last_day or today) < today
