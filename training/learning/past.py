"""What somebody completed, with where each record comes from: she and the officer read the same."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from training.accounts.models import User
from training.learning import sheets
from training.learning.models import (
    CarriedCompletion,
    Completion,
    PaperRecord,
    PriorTraining,
    Sheet,
    Void,
)
from training.learning.withdrawn import void_of

ON_PAPER = "recorded"  # how she was signed in: not at all
SOURCES = {
    "paper": "a quiz or sheet on paper",
    "session": "a team session",
    "earlier": "the system that was used before",
    "elsewhere": "training at another practice",
}


@dataclass(frozen=True, slots=True)
class Past:
    """One training that was completed, here or elsewhere."""

    id: int
    course: str
    completed_on: date
    expires_on: date | None
    on_paper: bool
    withdrawn: str | None
    """Why it was withdrawn: for the officer alone."""
    source: str
    evidence: str
    recorded_from: str
    sheet: str
    """The first digits of the signed sheet's fingerprint, where there is one."""
    carried: str = ""
    """The staff number that she had as she completed it, where that is another record of hers."""

    @property
    def where_from(self) -> str:
        """Return where a record comes from that was not made at this program, or nothing."""
        if self.carried:
            return f"completed as {self.carried}"
        if self.source:
            told = f"completed elsewhere: {self.source}"
            return f"{told}, {self.evidence}" if self.evidence else told
        if not self.on_paper:
            return ""
        told = "recorded by the officer"
        if self.recorded_from:
            told += f" from: {self.recorded_from}"
        return f"{told} ({self.sheet})" if self.sheet else told


def past_of(session: Session, user_id: int) -> list[Past]:
    """Return all that somebody completed, the newest first, what was withdrawn among it."""
    original = aliased(Completion)
    query = (
        select(
            Completion,
            Void.reason,
            PriorTraining.source,
            PriorTraining.evidence,
            PaperRecord.source,
            Sheet.sha256,
            User.external_id,
        )
        .outerjoin(CarriedCompletion, CarriedCompletion.completion_id == Completion.id)
        .outerjoin(original, original.id == CarriedCompletion.original_id)
        .outerjoin(User, User.id == original.user_id)
        .outerjoin(PriorTraining, PriorTraining.completion_id == Completion.id)
        .outerjoin(PaperRecord, PaperRecord.completion_id == Completion.id)
        .outerjoin(Sheet, Sheet.completion_id == Completion.id)
        .outerjoin(Void, void_of(Completion))
        .where(Completion.user_id == user_id)
        .order_by(Completion.completed_on.desc(), Completion.id.desc())
    )
    return [
        Past(
            id=row.id,
            course=row.course,
            completed_on=row.completed_on,
            expires_on=row.expires_on,
            on_paper=row.method == ON_PAPER,
            withdrawn=reason,
            source=source or "",
            evidence=evidence or "",
            recorded_from=SOURCES.get(kind or "", ""),
            sheet=sheets.short(sha256),
            carried=number or "",
        )
        for row, reason, source, evidence, kind, sha256, number in session.execute(query)
    ]
