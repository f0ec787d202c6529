"""Write what the officer was shown: a new version of a rule, the older one superseded."""

import json
import re
from datetime import date, datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from training import audit
from training.accounts.days import Today, todays
from training.accounts.reach import EVERYWHERE, Reach
from training.assignments import service as assignments
from training.assignments.models import Rule
from training.db import take_turns
from training.program.acts import By
from training.program.rulebook.changes import ONE_DAY, Change
from training.program.rulebook.preview import Preview, affected, moved_words, preview
from training.renewals.reconcile import reconcile
from training.renewals.soon import renew_soon

AT_ONCE = 5_000  # people who are brought up to date in the same transaction; else the job does


class WorldChanged(Exception):
    """What was shown is no longer what would happen; `found` is what would happen now."""

    def __init__(self, found: Preview) -> None:
        super().__init__("the world changed since this was shown")
        self.found = found


def save(
    session: Session,
    change: Change,
    shown: str,
    here: date,
    *,
    by: By,
    reach: Reach = EVERYWHERE,
) -> str:
    """Do what the preview of this digest showed; return the rule's code.

    Cycles that are open by their dates are opened under the rules as they were, first.
    Raises WorldChanged where the preview would now be another one.
    """
    take_turns(session, "rules")
    today = todays(session, by.now)
    found = preview(session, change, here, today, reach)
    if found.digest != shown:
        raise WorldChanged(found)
    _bring_up_to_date(session, today, by.now)
    moved = _move_due_days(session, change, here, today, by) if change.apply_open else 0
    code = change.code or _next_code(session, change.course)
    kept = _supersede(session, change, by)
    if change.terms is not None:
        session.add(_row(change, code, kept, by))
    session.flush()
    audit.record(
        session,
        "rule.ended" if change.terms is None else "rule.changed" if change.code else "rule.made",
        at=by.now,
        actor_id=by.user_id,
        subject=f"rule:{code}",
        detail=change.to_dict()
        | {"code": code, "changed": found.changed_count, "moved": moved, "shown": shown},
    )
    renew_soon(session)
    if found.changed_count <= AT_ONCE:
        _bring_up_to_date(session, today, by.now)
    return code


def _bring_up_to_date(session: Session, today: Today, now: datetime) -> None:
    after = 0
    while True:
        _done, after = reconcile(session, today, now, after=after)
        if after == 0:
            return


def _move_due_days(session: Session, change: Change, here: date, today: Today, by: By) -> int:
    moved = 0
    for row in affected(session, change, here, today):
        cycle = row.becomes.cycle if row.moves and row.becomes else None
        if cycle is not None:
            reason = moved_words(change)
            assignments.move_due_day(
                session, cycle.id, cycle.due_on, reason=reason, by=by.user_id, now=by.now
            )
            moved += 1
    return moved


def _next_code(session: Session, course: str) -> str:
    """Return a code that no rule had: the course and a counter."""
    named = re.compile(rf"{re.escape(course)}-(\d+)")
    taken = [named.fullmatch(code) for code in session.scalars(select(Rule.code).distinct())]
    return f"{course}-{max((int(found[1]) for found in taken if found), default=0) + 1}"


def _supersede(session: Session, change: Change, by: By) -> Rule | None:
    """Supersede what holds on the day of the change or later; the days before are kept.

    Returns a version of the rule as it was, for what a change does not ask about.
    """
    rows = session.scalars(
        select(Rule)
        .where(
            Rule.code == change.code,
            Rule.superseded_at.is_(None),
            or_(Rule.to_on.is_(None), Rule.to_on >= change.from_on),
        )
        .order_by(Rule.from_on)
    ).all()
    for row in rows:
        row.superseded_at = by.now
        if row.from_on < change.from_on:
            copied = {c.name: getattr(row, c.name) for c in Rule.__table__.columns}
            copied |= {"id": None, "to_on": change.from_on - ONE_DAY, "superseded_at": None}
            session.add(Rule(**copied | {"recorded_by_id": by.user_id, "recorded_at": by.now}))
    return rows[-1] if rows else None


def _row(change: Change, code: str, kept: Rule | None, by: By) -> Rule:
    terms = change.terms
    if terms is None:
        raise ValueError("a rule that ends has no new version")
    audience = {key: list(names) for key, names in terms.audience.items() if names}
    return Rule(
        code=code,
        entity_id=kept.entity_id if kept else None,
        course=change.course,
        audience=json.dumps(audience, sort_keys=True, ensure_ascii=False),
        days=terms.days,
        anchor=terms.anchor.value,
        renewal=json.dumps(terms.renewal.to_dict(), sort_keys=True),
        human_unlock=terms.human_unlock,
        rank=terms.rank,
        from_on=change.from_on,
        to_on=None,
        recorded_by_id=by.user_id,
        recorded_at=by.now,
    )
