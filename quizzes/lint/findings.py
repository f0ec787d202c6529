"""What a rule of the lint is given, and what it says."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cached_property

from quizzes.items import Item, ItemBank, ItemType
from quizzes.lint.words import rare_limit, stems
from quizzes.papers import Blueprint


class Severity(StrEnum):
    """How bad a finding is; a note is a warning that the author has excused with a reason."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class FactState:
    """What the lint needs to know of a fact: verified or not, whose rule it is, how fresh."""

    state: str
    jurisdiction: str
    review_by: date


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to mend, in one item or (item_id None) in the bank as a whole."""

    rule: str
    severity: Severity
    item_id: str | None
    what: str
    mend: str


@dataclass(frozen=True, slots=True)
class Remark:
    """What a rule says before it is known which rule it was."""

    severity: Severity
    what: str
    mend: str
    item_id: str | None = None


def error(what: str, mend: str, item_id: str | None = None) -> Remark:
    """Return a remark that keeps the bank from being published."""
    return Remark(Severity.ERROR, what, mend, item_id)


def warning(what: str, mend: str, item_id: str | None = None) -> Remark:
    """Return a remark that a human decides on."""
    return Remark(Severity.WARNING, what, mend, item_id)


@dataclass(frozen=True)
class Subject:
    """The bank under lint with all that the rules may look at; only active items are judged."""

    bank: ItemBank
    facts: Mapping[str, FactState]
    blueprint: Blueprint
    today: date

    @cached_property
    def items(self) -> tuple[Item, ...]:
        """The active items in the order of the file."""
        return tuple(item for item in self.bank.items if item.active)

    @cached_property
    def singles(self) -> tuple[Item, ...]:
        """The active items with one key among written options."""
        return tuple(item for item in self.items if item.type is ItemType.SINGLE)

    @cached_property
    def rare(self) -> frozenset[str]:
        """Word stems that few stems of this bank use, so that sharing one is a cue."""
        seen = Counter(word for item in self.items for word in stems(item.stem))
        limit = rare_limit(len(self.items))
        return frozenset(word for word, count in seen.items() if count <= limit)


ItemRule = Callable[[Item, Subject], Iterator[Remark]]
BankRule = Callable[[Subject], Iterator[Remark]]
