"""Every version of every rule, believed or not, and which of them asked on a day."""

from collections.abc import Sequence
from datetime import UTC, date, datetime

from sqlalchemy.orm import Session

from training.renewals.asked import Asked, Version, in_force, in_order, rule_rows, version_of
from training.renewals.outside import is_outside, led_outside

ALWAYS = datetime.max.replace(tzinfo=UTC)  # whatever is on record by now


class RuleBook:
    """The versions of the rules, read once; each day and instant is answered once.

    `versions` has all of them, by id: a cycle keeps the one that it opened with, whoever leads.
    """

    def __init__(self, session: Session) -> None:
        outside = led_outside(session)
        every = rule_rows(session)
        self.versions: dict[int, Version] = {row.id: version_of(row) for row in every}
        self.rows = [row for row in every if is_outside(self.versions[row.id].audience) is outside]
        self.graces = {version.renewal.grace_days for version in self.versions.values()}
        self.windows = {version.renewal.window_days for version in self.versions.values()}
        self._first: dict[str, int] = {}
        for row in every:
            self._first.setdefault(row.code, row.id)
        self._believed: dict[datetime, Sequence[Version]] = {}
        self._found: dict[tuple[date, datetime], Sequence[Asked]] = {}

    def in_force(self, day: date, known_at: datetime) -> Sequence[Asked]:
        """Return the rules that asked something on a day, as they were known at an instant."""
        key = (day, known_at)
        if key not in self._found:
            self._found[key] = in_force(self._known(known_at), day)
        return self._found[key]

    def _known(self, known_at: datetime) -> Sequence[Version]:
        """Return every version that was believed at an instant, as `asked.versions` does now."""
        if known_at not in self._believed:
            rows = [
                self.versions[row.id]
                for row in self.rows
                if row.recorded_at <= known_at
                and (row.superseded_at is None or row.superseded_at > known_at)
            ]
            self._believed[known_at] = in_order(rows, self._first)
        return self._believed[known_at]

    def turns_within(self, first: date, last: date) -> bool:
        """Tell whether other rules ask on the last of these days than on the first."""
        return self.in_force(first, ALWAYS) != self.in_force(last, ALWAYS)

    def changes(self, day: date) -> Sequence[datetime]:
        """Return when anything that counts on a day was recorded or superseded."""
        mine = [row for row in self.rows if row.from_on <= day]
        ended = [row.superseded_at for row in mine if row.superseded_at is not None]
        return [*(row.recorded_at for row in mine), *ended]
