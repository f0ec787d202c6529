"""Apply a file of assignments in the caller's transaction: all or nothing."""

from datetime import date, datetime

from sqlalchemy import insert
from sqlalchemy.orm import Session

from training import audit
from training.assignments import service as assignments
from training.assignments.models import Assignment
from training.program.assigned.plans import CANCEL, MOVE, OPEN, SAME, Change, Plan
from training.renewals.outside import rule_for

REASON = "set by the system that assigns"


def apply(session: Session, plan: Plan, now: datetime) -> None:
    """Open, move and cancel what the file asks for; a file that changes nothing leaves no trace."""
    rules = _rules(session, plan, now)
    changes = [change for change in plan.changes if change.kind != SAME]
    if not changes:
        return
    opened = [change for change in changes if change.kind == OPEN]
    if opened:
        rows = [_row(change, rules[change.row.course], now) for change in opened]
        session.execute(insert(Assignment), rows)
    for change in changes:
        _alter(session, change, now)
    audit.record(
        session,
        "assignments.imported",
        at=now,
        detail={"digest": plan.digest, "counts": plan.counts},
    )


def _rules(session: Session, plan: Plan, now: datetime) -> dict[str, int]:
    """Return the rule of each course that is assigned: also for what was open before."""
    first: dict[str, date] = {}
    for change in plan.changes:
        if change.row.assigned:
            first.setdefault(change.row.course, change.person.today)
    return {
        course: rule_for(session, course, from_on=day, now=now) for course, day in first.items()
    }


def _row(change: Change, rule_id: int, now: datetime) -> dict[str, object]:
    today: date = change.person.today
    return {
        "user_id": change.person.user_id,
        "course": change.row.course,
        "path": change.row.course,
        "rule_id": rule_id,
        "reason": "by_hand",
        "assigned_on": today,
        "opens_on": today,
        "due_on": change.row.due_on,
        "recorded_at": now,
    }


def _alter(session: Session, change: Change, now: datetime) -> None:
    if change.assignment_id is None:
        return
    if change.kind == CANCEL:
        assignments.close(session, change.assignment_id, "superseded", now)
    elif change.kind == MOVE and change.row.due_on is not None:
        assignments.move_due_day(
            session, change.assignment_id, change.row.due_on, reason=REASON, by=None, now=now
        )
