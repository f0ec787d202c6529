"""Where a learner stands in one cycle, read from what she did."""

import json
from functools import cache

from sqlalchemy import Select, bindparam, select
from sqlalchemy.orm import Session

from training.db import core
from training.learning.models import Attempt, StepDone
from training.rules.course_way import AttemptKind, PaperResult, Progress


def progress_of(session: Session, assignment_id: int) -> Progress:
    """Return the steps done and the tries made in one cycle, in two statements."""
    done: dict[str, set[str]] = {}
    reread: set[tuple[str, int, str]] = set()
    for module, step, after in core(session).execute(_steps(), {"assignment": assignment_id}):
        if after:
            reread.add((module, after, step))
        else:
            done.setdefault(module, set()).add(step)
    return Progress(
        done={module: frozenset(names) for module, names in done.items()},
        reread=frozenset(reread),
        results=_results(session, assignment_id),
    )


def _results(session: Session, assignment_id: int) -> tuple[PaperResult, ...]:
    rows = core(session).execute(_tries(), {"assignment": assignment_id})
    return tuple(_result(*row) for row in rows)


@cache
def _steps() -> Select[str, str, int]:
    return select(StepDone.module, StepDone.step, StepDone.after).where(
        StepDone.assignment_id == bindparam("assignment")
    )


@cache
def _tries() -> Select[str, int, str, int | None, int, str | None, int]:
    return (
        select(
            Attempt.module,
            Attempt.number,
            Attempt.kind,
            Attempt.correct,
            Attempt.total,
            Attempt.outcome,
            Attempt.cut_per_cent,
        )
        .where(Attempt.assignment_id == bindparam("assignment"))
        .order_by(Attempt.id)
    )


def _result(
    module: str,
    number: int,
    kind: str,
    correct: int | None,
    total: int,
    outcome: str | None,
    cut_per_cent: int,
) -> PaperResult:
    told = json.loads(outcome) if outcome else {"wrong": [], "must_pass": [], "asked": []}
    return PaperResult(
        module=module,
        number=number,
        kind=AttemptKind(kind),
        correct=correct or 0,
        total=total,
        wrong_objectives=tuple(told["wrong"]),
        wrong_must_pass=tuple(told["must_pass"]),
        objectives=tuple(told["asked"]),
        submitted=outcome is not None,
        cut_per_cent=cut_per_cent,
    )
