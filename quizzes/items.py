"""Items and the bank that holds them: frozen values, without users or a database."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class ItemType(StrEnum):
    """How an item is answered."""

    SINGLE = "single"
    MULTIPLE = "multiple"
    HOTSPOT = "hotspot"


class UnknownItem(KeyError):
    """The bank has no item of this id."""


@dataclass(frozen=True, slots=True)
class Photo:
    """The drawing of a hotspot item; rectangles are in its own units."""

    file: str
    alt: str
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Option:
    """One option, with its own feedback; a distractor names its misconception."""

    id: str
    text: str
    correct: bool
    misconception: str | None
    feedback: str
    rect: tuple[int, int, int, int] | None = None


@dataclass(frozen=True, slots=True)
class Item:
    """One question: one point, all or nothing."""

    id: str
    type: ItemType
    objective: str
    bloom: str
    stem: str
    options: tuple[Option, ...]
    facts: tuple[str, ...]
    must_pass: bool
    active: bool = True
    photo: Photo | None = None
    select_all: bool = False
    lint_reasons: Mapping[str, str] = field(default_factory=dict)

    @property
    def key(self) -> frozenset[str]:
        """Return the ids of the right options."""
        return frozenset(option.id for option in self.options if option.correct)


@dataclass(frozen=True, slots=True)
class ItemBank:
    """Every item of one module."""

    module: str
    items: tuple[Item, ...]

    def item(self, item_id: str) -> Item:
        """Return the item of this id; raises UnknownItem."""
        for item in self.items:
            if item.id == item_id:
                return item
        raise UnknownItem(item_id)

    def active_for(self, objective: str) -> tuple[Item, ...]:
        """Return the active items of one objective, in the bank's order."""
        return tuple(i for i in self.items if i.active and i.objective == objective)
