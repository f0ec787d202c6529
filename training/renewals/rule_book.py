"""Every version of every rule, believed or not, and which of them asked on a day."""

import json
from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from training.assignments.models import Rule
from training.renewals.known import Asked
from training.renewals.outside import is_outside, led_outside
from training.rules.renewal import RenewalPolicy


class RuleBook:
    """The versions of the rules, read once; each day and instant is answered once."""

    def __init__(self, session: Session) -> None:
        outside = led_outside(session)
        rows = session.scalars(select(Rule).order_by(Rule.id))
        self.rows = [row for row in rows if is_outside(json.loads(row.audience)) is outside]
        self.graces = {json.loads(row.renewal)["grace_days"] for row in self.rows}
        self._found: dict[tuple[date, datetime], Sequence[Asked]] = {}

    def in_force(self, day: date, known_at: datetime) -> Sequence[Asked]:
        """Return the rules that asked something on a day, as they were known at an instant."""
        key = (day, known_at)
        if key not in self._found:
            self._found[key] = [
                self._asked(row, known_at)
                for row in self.rows
                if row.recorded_at <= known_at
                and (row.superseded_at is None or row.superseded_at > known_at)
                and row.from_on <= day
                and (row.to_on is None or row.to_on >= day)
            ]
        return self._found[key]

    def _asked(self, row: Rule, known_at: datetime) -> Asked:
        """Return a version with the day on which its rule first asked, as far as was known."""
        begun = min(
            other.from_on
            for other in self.rows
            if other.code == row.code and other.recorded_at <= known_at
        )
        return Asked(
            id=row.id,
            code=row.code,
            course=row.course,
            days=row.days,
            anchor=row.anchor,
            audience=json.loads(row.audience),
            renewal=RenewalPolicy.from_dict(json.loads(row.renewal)),
            first_asked_on=begun,
        )

    def changes(self, day: date) -> Sequence[datetime]:
        """Return when anything that counts on a day was recorded or superseded."""
        mine = [row for row in self.rows if row.from_on <= day]
        ended = [row.superseded_at for row in mine if row.superseded_at is not None]
        return [*(row.recorded_at for row in mine), *ended]
