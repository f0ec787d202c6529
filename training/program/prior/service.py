"""Take earlier training over in the caller's transaction: all or nothing."""

import json
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

from sqlalchemy.orm import Session

from training import audit
from training.accounts.days import todays
from training.accounts.models import RosterImport
from training.assignments import service as assignments
from training.learning.models import Completion, PriorTraining
from training.program import acts
from training.program.acts import By
from training.program.prior.plans import CHUNK, Change, Plan
from training.renewals.duties import Duty, duties_of
from training.renewals.known import rules_in_force
from training.renewals.soon import renew_soon

SOURCE = "prior training"  # of the row that says what was left out


def apply(session: Session, plan: Plan) -> RosterImport | None:
    """Record what a plan adds; None where it adds nothing."""
    if not plan.changes:
        return None
    now, by = plan.options.now, plan.options.by
    for turn in _turns(plan.changes):
        for start in range(0, len(turn), CHUNK):
            _record(session, turn[start : start + CHUNK], plan)
    renew_soon(session)
    row = RosterImport(
        source=SOURCE,
        digest=plan.digest,
        counts=json.dumps(plan.counts, sort_keys=True),
        skipped=json.dumps([str(fault) for fault in plan.skipped]),
        imported_by_id=by,
        imported_at=now,
    )
    session.add(row)
    session.flush()
    audit.record(
        session,
        "prior_training.imported",
        at=now,
        actor_id=by,
        subject=f"roster_import:{row.id}",
        detail={"digest": plan.digest, "counts": plan.counts},
    )
    return row


def _turns(changes: Sequence[Change]) -> list[list[Change]]:
    """Return the rows so that each person's records of a course come oldest first, one a turn."""
    mine: dict[tuple[int, str], list[Change]] = defaultdict(list)
    for change in sorted(changes, key=lambda c: c.row.completed_on):
        mine[change.person.user_id, change.course].append(change)
    most = max(map(len, mine.values()))
    return [[rows[n] for rows in mine.values() if len(rows) > n] for n in range(most)]


def _record(session: Session, changes: Sequence[Change], plan: Plan) -> None:
    now = plan.options.now
    rules = rules_in_force(session, todays(session, now).latest)
    persons = {change.person.user_id: change.person for change in changes}
    found = duties_of(session, list(persons.values()), rules)
    duties = {(duty.person.user_id, duty.rule.course): duty for duty in found}
    made = []
    for change in changes:
        duty = duties[change.person.user_id, change.course]
        made.append((change, _completion(session, change, duty, By(plan.options.by or 0, now))))
    session.flush()
    session.add_all(
        PriorTraining(
            completion_id=completion.id,
            source=change.row.source,
            evidence=change.row.evidence,
            stated_expiry=change.row.expires_on,
            recorded_at=now,
        )
        for change, completion in made
    )
    session.flush()


def _completion(session: Session, change: Change, duty: Duty, by: By) -> Completion:
    """Record one completion; it closes what is open only where it still holds today."""
    row = change.row
    alone = replace(duty, cycle=None)
    completion = acts.on_paper(alone, 0, row.completed_on, by)
    if duty.cycle and _closes(duty, completion, row.expires_on):
        completion = acts.on_paper(duty, duty.cycle.id, row.completed_on, by)
        assignments.close(session, duty.cycle.id, "completed", by.now)
    else:
        completion.assignment_id = acts.paper_cycle(session, alone, row.completed_on, by)
    if row.expires_on and completion.expires_on:  # the old system may have promised less, not more
        completion.expires_on = min(completion.expires_on, row.expires_on)
    session.add(completion)
    return completion


def _closes(duty: Duty, completion: Completion, stated: date | None) -> bool:
    cycle, expires = duty.cycle, completion.expires_on
    if cycle is None or (duty.held and completion.completed_on <= duty.held.completed_on):
        return False
    if completion.completed_on < cycle.assigned_on and cycle.reason not in {"new_hire", "renewal"}:
        return False  # extra training is not done by what was completed before it
    if expires is None:
        return True
    ends = min(expires, stated or expires)
    return ends + timedelta(days=completion.grace_days) >= duty.person.today
