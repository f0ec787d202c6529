"""Which of two rules goes first where both ask the same training of somebody."""

from collections.abc import Iterable
from dataclasses import replace
from enum import StrEnum

from sqlalchemy.orm import Session

from training.program.rulebook.changes import Change
from training.renewals.asked import Version, versions


class Goes(StrEnum):
    """Where an officer puts a rule among the others of its training."""

    BY_ITSELF = ""
    FIRST = "first"
    LAST = "last"


def placed(session: Session, change: Change, goes: Goes, stands: int | None) -> Change:
    """Return a change whose rule goes where it was put; `stands`: its rank, None for a new one.

    By itself a rule stays where it stands. A new one for some people only goes before those for
    more, or it would never count; a new one for everybody goes behind them.
    """
    if change.terms is None:
        return change
    if goes is Goes.BY_ITSELF and stands is None:
        goes = Goes.FIRST if change.terms.audience else Goes.LAST
    ranks = [other.rank for other in _others(versions(session), change)]
    rank = _rank(goes, stands or 0, ranks)
    return replace(change, terms=replace(change.terms, rank=rank))


def _others(believed: Iterable[Version], change: Change) -> list[Version]:
    return [
        version
        for version in believed
        if version.course == change.course
        and version.code != change.code
        and (version.to_on is None or version.to_on >= change.from_on)
    ]


def _rank(goes: Goes, stands: int, others: list[int]) -> int:
    """Return the nearest rank to where a rule stands that is before or behind all others."""
    if goes is Goes.FIRST and others:
        return max(stands, max(others) + 1)
    if goes is Goes.LAST and others:
        return min(stands, min(others) - 1)
    return stands
