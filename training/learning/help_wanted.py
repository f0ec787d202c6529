"""Calls for help: after three tries the officer is told; the due day may stand still."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from training import audit
from training.accounts.people import Place
from training.assignments import service as assignments
from training.assignments.models import HelpRequest, Rule
from training.assignments.service import Cycle
from training.rules.completion import help_wanted
from training.rules.course_way import CoursePlan, Progress


def note(
    session: Session,
    cycle: Cycle,
    plan: CoursePlan,
    progress: Progress,
    place: Place,
    now: datetime,
) -> None:
    """Tell the officer, once for each part, where three tries were not enough yet."""
    for module in help_wanted(plan, progress):
        asked = select(HelpRequest.id).where(
            HelpRequest.assignment_id == cycle.id, HelpRequest.module == module
        )
        if session.scalar(asked) is not None:
            continue
        blocks = session.get_one(Rule, cycle.rule_id).human_unlock
        session.add(
            HelpRequest(
                assignment_id=cycle.id,
                module=module,
                blocks=blocks,
                asked_on=place.today(now),
                asked_at=now,
            )
        )
        audit.record(
            session,
            "help.wanted",
            at=now,
            subject=f"assignment:{cycle.id}",
            detail={"module": module},
        )


def answer(
    session: Session, request: HelpRequest, cycle: Cycle, *, by: int, place: Place, now: datetime
) -> None:
    """Give the unlock: the due day moves by the days that she waited (DESIGN section 7)."""
    request.answered_at, request.answered_by_id = now, by
    waited = place.today(now) - request.asked_on
    if request.blocks and waited.days > 0:
        assignments.move_due_day(
            session, cycle.id, cycle.due_on + waited, reason="waited for help", by=by, now=now
        )
    audit.record(
        session,
        "help.given",
        at=now,
        actor_id=by,
        subject=f"assignment:{cycle.id}",
        detail={"module": request.module, "days": waited.days},
    )


def is_waiting(session: Session, assignment_id: int) -> bool:
    """Tell whether this cycle stands still until somebody helps."""
    query = select(HelpRequest.id).where(
        HelpRequest.assignment_id == assignment_id,
        HelpRequest.blocks,
        HelpRequest.answered_at.is_(None),
    )
    return session.scalar(query) is not None
