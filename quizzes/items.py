"""What a quiz is made of: items with their options, gathered in a bank."""

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

    def __init__(self, item_id: str) -> None:
        super().__init__(item_id)
        self.item_id = item_id

    def __str__(self) -> str:
        return f"no item {self.item_id!r} in this bank"


@dataclass(frozen=True, slots=True)
class Photo:
    """The picture of a hotspot item; width and height are viewBox units."""

    file: str
    alt: str
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Option:
    """One answer that may be chosen; rect is x, y, width, height in viewBox units."""

    id: str
    text: str
    correct: bool
    misconception: str | None
    feedback: str
    rect: tuple[int, int, int, int] | None = None


@dataclass(frozen=True, slots=True)
class Item:
    """One question with its options, its key and where it comes from."""

    id: str
    type: ItemType
    objective: str
    bloom: str
    stem: str
    options: tuple[Option, ...]
    facts: tuple[str, ...]
    must_pass: bool = False
    active: bool = True
    photo: Photo | None = None
    select_all: bool = False
    lint_reasons: Mapping[str, str] = field(default_factory=dict, hash=False)

    @property
    def key(self) -> frozenset[str]:
        """The ids of the correct options."""
        return frozenset(option.id for option in self.options if option.correct)

    @property
    def keys(self) -> tuple[Option, ...]:
        """The correct options, in the order of the file."""
        return tuple(option for option in self.options if option.correct)

    @property
    def distractors(self) -> tuple[Option, ...]:
        """The wrong options, in the order of the file."""
        return tuple(option for option in self.options if not option.correct)

    @property
    def option_ids(self) -> tuple[str, ...]:
        """The ids of all options, in the order of the file."""
        return tuple(option.id for option in self.options)


@dataclass(frozen=True, slots=True)
class ItemBank:
    """All items of one module, in the order of the file."""

    module: str
    items: tuple[Item, ...]

    def item(self, item_id: str) -> Item:
        """Return the item of this id, retired ones too; raises UnknownItem."""
        for item in self.items:
            if item.id == item_id:
                return item
        raise UnknownItem(item_id)

    def active_for(self, objective: str) -> tuple[Item, ...]:
        """Return the items of an objective that may be drawn, in the order of the file."""
        return tuple(item for item in self.active if item.objective == objective)

    @property
    def active(self) -> tuple[Item, ...]:
        """The items that may be drawn, in the order of the file."""
        return tuple(item for item in self.items if item.active)
