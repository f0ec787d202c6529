"""Apply a staff list: all or nothing, and the same list again changes nothing."""

import json
from datetime import datetime

from sqlalchemy.orm import Session

from training import audit
from training.accounts.models import RosterImport
from training.program.roster.plans import Plan, remember
from training.program.roster.writer import Writer
from training.renewals.soon import renew_soon


def apply(session: Session, plan: Plan, *, by: int | None, now: datetime) -> RosterImport | None:
    """Apply a plan in the caller's transaction; None where it changes nothing."""
    if not plan.changes:
        remember(session, plan)
        return None
    Writer(session, plan, now).write()
    remember(session, plan)
    renew_soon(session)
    row = RosterImport(
        source=plan.options.source,
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
        "roster.imported",
        at=now,
        actor_id=by,
        subject=f"roster_import:{row.id}",
        detail={"source": row.source, "digest": row.digest, "counts": plan.counts},
    )
    return row
