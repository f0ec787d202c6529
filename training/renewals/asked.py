"""What the rules ask, of whom, and since when: every version that is believed, as plain values."""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from types import MappingProxyType
from typing import Any, Protocol, cast

from sqlalchemy import select
from sqlalchemy.orm import Session

from training.assignments.models import Rule
from training.db import core
from training.renewals.outside import is_outside, led_outside
from training.rules.renewal import FirstAnchor, RenewalPolicy

ONE_DAY = timedelta(days=1)
Audience = Mapping[str, Sequence[str]]
LEARNED_BEFORE = "learned_before"  # of an audience: whoever learned one of these versions
SIGNED_BEFORE = "signed_before"  # whoever signed or declined one of these policy texts last


class Placed(Protocol):
    """Where somebody works: what an audience is told by."""

    @property
    def worker_type(self) -> str: ...  # noqa: D102 - the fields of a placement
    @property
    def site(self) -> str: ...  # noqa: D102
    @property
    def department(self) -> str: ...  # noqa: D102
    @property
    def state(self) -> str: ...  # noqa: D102
    @property
    def phi_access_on(self) -> date | None: ...  # noqa: D102
    @property
    def entity_id(self) -> int: ...  # noqa: D102


def is_for(audience: Audience, person: Placed) -> bool:
    """Tell whether an audience takes somebody in: each list that is not empty names her."""
    return not any(
        names and key in _TOLD and _TOLD[key](person) not in names
        for key, names in audience.items()
    )


_TOLD: Mapping[str, Callable[[Placed], str]] = {
    "worker_types": lambda person: person.worker_type,
    "sites": lambda person: person.site,
    "departments": lambda person: person.department,
    "states": lambda person: person.state,
    "entities": lambda person: str(person.entity_id),
}


@dataclass(frozen=True, slots=True)
class Version:
    """One version of a rule, in force from a day to a day."""

    id: int
    code: str
    course: str
    days: int
    anchor: str
    audience: Audience
    renewal: RenewalPolicy
    from_on: date
    to_on: date | None
    rank: int = 0

    def covers(self, day: date) -> bool:
        """Tell whether this version is in force on a day."""
        return self.from_on <= day and (self.to_on is None or self.to_on >= day)

    def asked_since(self, person: Placed) -> date | None:
        """Return the day since which this version asks something of her; None: it does not.

        One that is counted from access asks nothing while access is unknown or still to come.
        """
        if not is_for(self.audience, person):
            return None
        if self.anchor == FirstAnchor.HIRE:
            return self.from_on
        since = person.phi_access_on and max(self.from_on, person.phi_access_on)
        return since if since and self.covers(since) else None


@dataclass(frozen=True, slots=True)
class Asked:
    """The version of a rule that is in force; `past`: every version of its course, newest first.

    `versions` are the same in the order in which their rules go first.
    """

    id: int
    code: str
    course: str
    days: int
    anchor: str
    audience: Audience
    renewal: RenewalPolicy
    from_on: date
    past: tuple[Version, ...] = ()
    versions: tuple[Version, ...] = ()

    @property
    def older(self) -> frozenset[str]:
        """Return the versions that a change's course is about; none: any other rule."""
        return frozenset(self.audience.get(LEARNED_BEFORE, ()))

    @property
    def texts(self) -> frozenset[str]:
        """Return the policy texts that a change took the place of; none: any other rule."""
        return frozenset(self.audience.get(SIGNED_BEFORE, ()))

    @property
    def of_a_change(self) -> bool:
        """Tell whether a change of what was learned or signed asks this."""
        return bool(self.older or self.texts)

    def asks(self, person: Placed) -> bool:
        """Tell whether the rule is for somebody in this place."""
        return is_for(self.audience, person)

    def first_asked_on(self, person: Placed) -> date:
        """Return the day since which this course is asked of somebody in this place.

        Versions and rules that follow one another without a gap count as one, so that a change
        of a rule that asked her before gives her no new day; one that takes her in does.
        """
        return self._back_from(self.from_on, person)

    def asked_until(self, person: Placed, day: date) -> date | None:
        """Return since when this course was asked of somebody up to a day; None: it was not."""
        start = self._back_from(day + ONE_DAY, person)
        return start if start <= day else None

    def ever_asks(self, person: Placed) -> bool:
        """Tell whether any version asks this course of somebody in this place."""
        return any(version.asked_since(person) is not None for version in self.past)

    def _back_from(self, start: date, person: Placed) -> date:
        for version in self.past:
            since = version.asked_since(person)
            follows = version.to_on is None or version.to_on >= start - ONE_DAY
            if since is not None and since < start and follows:
                start = since
        return start


def versions(session: Session) -> tuple[Version, ...]:
    """Return every version that is believed; rules in the order in which they go first.

    Of whoever leads: our own rules, or those of the system that assigns instead.
    """
    every, first = rule_rows(session), dict[str, int]()
    for row in every:
        first.setdefault(row.code, row.id)
    outside = led_outside(session)
    believed = (version_of(row) for row in every if row.superseded_at is None)
    return in_order((v for v in believed if is_outside(v.audience) is outside), first)


class RuleRow(Protocol):
    """A stored version: the columns of `rule` that say what it asks."""

    id: int
    code: str
    course: str
    days: int
    anchor: str
    audience: str
    renewal: str
    from_on: date
    to_on: date | None
    recorded_at: datetime
    superseded_at: datetime | None
    rank: int


def rule_rows(session: Session) -> Sequence[RuleRow]:
    """Return every version, believed or not, by id: as rows, not as objects."""
    rows: Any = list(core(session).execute(_RULES))
    return cast("Sequence[RuleRow]", rows)


_RULES = select(
    Rule.id,
    Rule.code,
    Rule.course,
    Rule.days,
    Rule.anchor,
    Rule.audience,
    Rule.renewal,
    Rule.from_on,
    Rule.to_on,
    Rule.recorded_at,
    Rule.superseded_at,
    Rule.rank,
).order_by(Rule.id)


def in_order(found: Iterable[Version], first: Mapping[str, int]) -> tuple[Version, ...]:
    """Return versions in the order in which their rules go first: by rank, then by first row."""
    return tuple(sorted(found, key=lambda v: (-v.rank, first[v.code], v.from_on, v.id)))


def version_of(row: RuleRow) -> Version:
    """Return a stored version as plain values."""
    return Version(
        id=row.id,
        code=row.code,
        course=row.course,
        days=row.days,
        anchor=row.anchor,
        audience=audience_of(row.audience),
        renewal=policy_of(row.renewal),
        from_on=row.from_on,
        to_on=row.to_on,
        rank=row.rank,
    )


@lru_cache(maxsize=256)
def audience_of(stored: str) -> Audience:
    """Return the audience of a rule's column."""
    return MappingProxyType(json.loads(stored))


@lru_cache(maxsize=256)
def policy_of(stored: str) -> RenewalPolicy:
    """Return the renewal policy of a rule's column."""
    return RenewalPolicy.from_dict(json.loads(stored))


def in_force(found: Sequence[Version], day: date) -> tuple[Asked, ...]:
    """Return the rules that ask something on a day, each with the past of its course."""
    newest_first = sorted(found, key=lambda v: (v.from_on, v.id), reverse=True)
    return tuple(
        Asked(
            id=version.id,
            code=version.code,
            course=version.course,
            days=version.days,
            anchor=version.anchor,
            audience=version.audience,
            renewal=version.renewal,
            from_on=version.from_on,
            past=tuple(v for v in newest_first if v.course == version.course),
            versions=tuple(v for v in found if v.course == version.course),
        )
        for version in found
        if version.covers(day)
    )


def rules_in_force(session: Session, day: date) -> tuple[Asked, ...]:
    """Return the rules that ask something on a day."""
    return in_force(versions(session), day)
