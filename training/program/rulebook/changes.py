"""A change of a rule as plain values, and the versions that are believed after it.

A version is never changed: from the day of a change on, another one of the same code holds,
and the days before keep theirs.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from training.renewals.asked import Audience, Version
from training.rules.renewal import FirstAnchor, RenewalPolicy

ONE_DAY = timedelta(days=1)
NEW = -1  # the id of a version that is not written yet


@dataclass(frozen=True, slots=True)
class Terms:
    """What a version of a rule says."""

    audience: Audience
    days: int
    anchor: FirstAnchor
    renewal: RenewalPolicy
    human_unlock: bool = False
    rank: int = 0  # of two rules that ask the same of somebody, the higher goes first


@dataclass(frozen=True, slots=True)
class Change:
    """From a day on a rule says something else; without terms it has ended.

    `code` is empty for a rule that is new. `apply_open`: open first trainings get their due day
    by the new version, though never sooner than its own days from the change.
    """

    code: str
    course: str
    from_on: date
    terms: Terms | None
    apply_open: bool = False

    def to_dict(self) -> dict[str, Any]:
        """Return plain values for a digest and for the log."""
        terms = self.terms
        return {
            "code": self.code,
            "course": self.course,
            "from_on": self.from_on.isoformat(),
            "apply_open": self.apply_open,
            "terms": terms
            and {
                "audience": {key: list(names) for key, names in terms.audience.items()},
                "days": terms.days,
                "anchor": terms.anchor.value,
                "renewal": terms.renewal.to_dict(),
                "human_unlock": terms.human_unlock,
                "rank": terms.rank,
            },
        }

    def touches(self, version: Version) -> bool:
        """Tell whether a version of this rule holds on the day of the change, or later."""
        lasts = version.to_on is None or version.to_on >= self.from_on
        return version.code == self.code and lasts


def after(versions: Sequence[Version], change: Change) -> tuple[Version, ...]:
    """Return the versions that are believed after a change, in their order."""
    found: list[Version] = []
    new, written = _version(change), False
    for version in versions:
        if change.touches(version) and new is not None and not written:
            found, written = [*found, new], True
        if not change.touches(version):
            found.append(version)
        elif version.from_on < change.from_on:
            found.append(replace(version, to_on=change.from_on - ONE_DAY))
    if new is not None and not written:
        found.append(new)
    return tuple(sorted(found, key=lambda version: -version.rank))  # alike: as they stood


def _version(change: Change) -> Version | None:
    terms = change.terms
    if terms is None:
        return None
    return Version(
        id=NEW,
        code=change.code,
        course=change.course,
        days=terms.days,
        anchor=terms.anchor.value,
        audience=terms.audience,
        renewal=terms.renewal,
        from_on=change.from_on,
        to_on=None,
        rank=terms.rank,
    )
