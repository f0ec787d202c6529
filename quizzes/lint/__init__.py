"""What an item writer would mend in a bank (rules L01 to L26, after Haladyna and others)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from quizzes.items import ItemBank


class Severity(StrEnum):
    """How bad a finding is; a note was excused with its reason."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class FactState:
    """What the lint needs to know of a fact."""

    state: str
    jurisdiction: str
    review_by: date


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to mend, in one item or in the whole bank."""

    rule: str
    severity: Severity
    item_id: str | None
    what: str
    mend: str


def lint_bank(
    bank: ItemBank,
    *,
    facts: Mapping[str, FactState],
    blueprint: Mapping[str, int],
    today: date,
) -> tuple[Finding, ...]:
    """Return every finding of every rule."""
    del bank, facts, blueprint, today
    return ()
