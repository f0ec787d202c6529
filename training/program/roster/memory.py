"""The same list again, known at once: what the last one of a source came to is kept.

A plan follows from the file, what was asked, the day, the rules of reading, and what is
believed; nothing else. So where all five are as they were, and the answer was "no change", it is
so again. The file is known by its digest. The day counts only by the days that turn something:
a first or last day that is passed. What is believed stands in rows that are only ever added, or
superseded once, and never go; so as many of them as before are the same ones. Names change in
place, and a trigger counts that (`name_change`).
"""

import hashlib
import json
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import delete, func, insert, literal_column, select, table
from sqlalchemy.orm import Session

from training.accounts.models import (
    NameChange,
    Placement,
    RosterMemory,
    SamePerson,
    Site,
    StaffNumber,
    User,
)
from training.assignments.models import Absence
from training.program.roster.faults import RowFault
from training.program.roster.rows import RosterRow

ONE_DAY = timedelta(days=1)
MOST_WARNINGS = 2_000  # a list with more is read anew each time


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a list without a change comes to."""

    same: int
    warnings: tuple[RowFault, ...]


def asked_digest(*asked: object) -> str:
    """Return one digest of the file, what was asked of it, and the rules it is read by."""
    return hashlib.sha256(repr((*asked, _rules())).encode()).hexdigest()


@cache
def _rules() -> str:
    """Return the digest of the code that decides what a list means, so that no change is missed."""
    here = Path(__file__).parent
    files = [*sorted(here.glob("*.py")), here.parents[1] / "accounts" / "service.py"]
    code = b"\0".join(path.read_bytes() for path in files)
    return f"{hashlib.sha256(code).hexdigest()} {unicodedata.unidata_version}"


def _count(column: Any) -> Any:
    return select(func.count(column)).scalar_subquery()


_COUNTS = select(
    _count(User.id),
    _count(NameChange.id),
    _count(StaffNumber.id),
    _count(SamePerson.was_id),
    _count(Placement.id),
    _count(Placement.superseded_at),
    _count(Absence.id),
    _count(Absence.superseded_at),
    select(literal_column("version_num")).select_from(table("alembic_version")).scalar_subquery(),
)


def state_of(session: Session) -> str:
    """Return what tells apart any two states of what is believed of people."""
    counts = session.execute(_COUNTS).one()
    sites = session.execute(select(Site.id, Site.name).order_by(Site.id)).all()
    told = repr((tuple(counts), [tuple(row) for row in sites]))
    return hashlib.sha256(told.encode()).hexdigest()


_KEPT = (
    RosterMemory.asked,
    RosterMemory.state,
    RosterMemory.planned_on,
    RosterMemory.turns_on,
    RosterMemory.same,
    RosterMemory.warnings,
)


def recalled(session: Session, source: str, asked: str, state: str, today: date) -> Outcome | None:
    """Return what this very list came to, where nothing that it hangs on is another since."""
    kept = session.execute(select(*_KEPT).where(RosterMemory.source == source)).one_or_none()
    if kept is None or (kept.asked, kept.state) != (asked, state):
        return None
    if today < kept.planned_on or (kept.turns_on is not None and today >= kept.turns_on):
        return None
    warnings = (RowFault(line, what, mend) for line, what, mend in json.loads(kept.warnings))
    return Outcome(kept.same, tuple(warnings))


def remember(
    session: Session,
    source: str,
    asked: str,
    state: str,
    today: date,
    rows: Sequence[RosterRow],
    found: Outcome,
) -> None:
    """Keep that a list changed nothing; `state` was told before anything was read for it.

    Whoever changed something meanwhile makes it worthless, so then nothing is kept.
    """
    session.execute(delete(RosterMemory).where(RosterMemory.source == source))
    if len(found.warnings) > MOST_WARNINGS or state_of(session) != state:
        return
    session.execute(
        insert(RosterMemory).values(
            source=source,
            asked=asked,
            state=state,
            planned_on=today,
            turns_on=min(_turns(session, rows, today), default=None),
            same=found.same,
            warnings=json.dumps([(w.line, w.what, w.mend) for w in found.warnings]),
        )
    )


def _turns(session: Session, rows: Iterable[RosterRow], today: date) -> set[date]:
    """Return the days to come on which the same list may mean something else."""
    told = {
        day
        for row in rows
        for day in (row.hired_on, row.ended_on, row.leave_on, row.phi_access_on, row.effective_on)
        if day is not None and day >= today
    }
    believed = session.scalar(
        select(func.min(Placement.from_on)).where(
            Placement.superseded_at.is_(None), Placement.from_on > today
        )
    )
    days = told | {day + ONE_DAY for day in told if day < date.max}
    return {day for day in (*days, *((believed,) if believed else ())) if day > today}
