"""What a quiz is made of: items with their options, gathered in a bank."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property


class ItemType(StrEnum):
    """How an item is answered."""

    SINGLE = "single"
    MULTIPLE = "multiple"
    HOTSPOT = "hotspot"
    ORDER = "order"


def numbered(option_id: str, number: int) -> str:
    """Return what an answer says of one step of an order: the option at its number."""
    return f"{option_id}:{number}"


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
    """One answer that may be chosen; rect is x, y, width, height in viewBox units.

    In an item of type order it is one step: `place` is where it belongs, and each is correct.
    """

    id: str
    text: str
    correct: bool
    misconception: str | None
    feedback: str
    rect: tuple[int, int, int, int] | None = None
    place: int | None = None


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
    angoff: int | None = None

    @property
    def key(self) -> frozenset[str]:
        """What the right answer names: the correct options, or each step at its number."""
        if self.type is ItemType.ORDER:
            return frozenset(numbered(option.id, option.place or 0) for option in self.options)
        return frozenset(option.id for option in self.options if option.correct)

    @property
    def answers(self) -> frozenset[str]:
        """What an answer may name: options, or steps at any number."""
        if self.type is not ItemType.ORDER:
            return frozenset(self.option_ids)
        numbers = range(1, len(self.options) + 1)
        return frozenset(numbered(id_, number) for id_ in self.option_ids for number in numbers)

    @property
    def right_order(self) -> tuple[str, ...]:
        """The ids of the steps, first step first; of any other item, those of the file."""
        return tuple(o.id for o in sorted(self.options, key=lambda o: o.place or 0))

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


@dataclass(frozen=True)
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
        return self._drawable.get(objective, ())

    @cached_property
    def active(self) -> tuple[Item, ...]:
        """The items that may be drawn, in the order of the file."""
        return tuple(item for item in self.items if item.active)

    @cached_property
    def _drawable(self) -> Mapping[str, tuple[Item, ...]]:
        found: dict[str, tuple[Item, ...]] = {}
        for item in self.active:
            found[item.objective] = (*found.get(item.objective, ()), item)
        return found
