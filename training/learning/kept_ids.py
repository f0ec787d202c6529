"""Questions that somebody was asked keep their ids: they may be retired, and never go away.

Old tries are shown from their own version whatever happens; but a question that is gone can no
longer be told from a new one of its id, and its figures end without a word.
"""

from collections.abc import Mapping
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from training.catalog import publishing
from training.catalog.faults import Fault
from training.catalog.modules import Module
from training.learning.models import Answer, Attempt

MEND = "put it back with status: retired"


def lost_ids(session: Session, modules: Mapping[str, Module], on: date) -> tuple[Fault, ...]:
    """Return a fault for each question in force, asked already, that new modules do without."""
    faults = []
    for slug, digest in publishing.in_force(session, "module", on).items():
        new = modules.get(slug)
        kept = {item.id for item in new.bank.items} if new else set()
        gone = {item.id for item in publishing.module(session, digest).bank.items} - kept
        for item_id in sorted(_asked(session, slug, gone)):
            what = f"question {item_id} was answered by learners, and is gone"
            faults.append(Fault(f"modules/{slug}/bank.yaml", 1, what, MEND))
    return tuple(faults)


def _asked(session: Session, slug: str, item_ids: set[str]) -> set[str]:
    if not item_ids:
        return set()
    query = (
        select(Answer.item)
        .join(Attempt, Attempt.id == Answer.attempt_id)
        .where(Attempt.module == slug, Answer.item.in_(item_ids))
        .distinct()
    )
    return set(session.scalars(query))
