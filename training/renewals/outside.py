"""Duties that another system leads (`BYP_LED_BY=lms`): it assigns, it reminds, it renews.

Its assignments hang on rules of their own, one a course, which ask nobody of anything: only
what was assigned is asked. Our own rules rest meanwhile, and count again when it no longer leads.
"""

import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from training.assignments.models import Rule
from training.rules.renewal import RenewalPolicy

LMS = "lms"
MARK = "led_by"
AUDIENCE = json.dumps({MARK: [LMS]})


def led_outside(session: Session) -> bool:
    """Tell whether another system leads in this house."""
    return session.info.get(MARK) == LMS


def is_outside(audience: Mapping[str, Sequence[str]]) -> bool:
    """Tell whether a rule is one of the other system's."""
    return MARK in audience


def rule_for(session: Session, course: str, *, from_on: date, now: datetime) -> int:
    """Return the rule that the other system's assignments of a course hang on, made at need.

    Nothing of it runs out by itself: the other system assigns the next one.
    """
    code = f"outside-{course}"
    query = select(Rule.id).where(Rule.code == code, Rule.superseded_at.is_(None))
    found = session.scalar(query)
    if found is not None:
        return found
    rule = Rule(
        code=code,
        course=course,
        audience=AUDIENCE,
        days=1,
        renewal=json.dumps(RenewalPolicy(validity_months=None).to_dict()),
        from_on=from_on,
        recorded_at=now,
    )
    session.add(rule)
    session.flush()
    return rule.id
