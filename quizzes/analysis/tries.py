"""From papers as they were answered to figures, wording by wording and language by language."""

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from quizzes.analysis.figures import FEWEST_TRIES, Interval, correlation, wilson
from quizzes.items import Item, ItemType

FEWEST_PICKS = 0.05
"""The pick rate under which a distractor does no work (fact E-03: BMC Med Educ 2009, 9:40)."""


@dataclass(frozen=True, slots=True)
class Sitting:
    """One person's first try at a paper: the items as they were worded, and what she chose.

    `person` only tells people apart. Items that she left open are missing from `chosen`; `right`
    holds the ids of the items that were graded right.
    """

    person: int
    locale: str
    items: tuple[Item, ...]
    chosen: Mapping[str, frozenset[str]]
    right: frozenset[str]


@dataclass(frozen=True, slots=True)
class ItemVersion:
    """One wording of an item in one language."""

    item_id: str
    fingerprint: str
    locale: str


@dataclass(frozen=True, slots=True)
class OptionFigures:
    """How often an option was chosen, of all first tries; `idle`: a distractor under 5 %."""

    option_id: str
    correct: bool
    count: int
    rate: float
    idle: bool


@dataclass(frozen=True, slots=True)
class ItemFigures:
    """What first tries say of one wording; under 30 of them `facility` and the rest are empty."""

    version: ItemVersion
    item: Item
    tries: int
    facility: Interval | None = None
    item_rest: Interval | None = None
    left_open: float = 0.0
    options: tuple[OptionFigures, ...] = ()

    @property
    def idle(self) -> tuple[OptionFigures, ...]:
        """Return the distractors that next to nobody chooses."""
        return tuple(option for option in self.options if option.idle)


@dataclass(slots=True)
class _Heap:
    item: Item
    rights: list[bool] = field(default_factory=list)
    rests: list[float] = field(default_factory=list)
    picks: Counter[str] = field(default_factory=Counter)
    open: int = 0


def fingerprint(item: Item) -> str:
    """Return what tells one wording of an item from another: all that a learner sees, and the key.

    Feedback, facts and tags are left out: mending them changes no answer.
    """
    seen = [
        *(str(item.type), item.stem, item.photo.file if item.photo else ""),
        *([o.id, o.text, o.correct, o.place] for o in item.options),
    ]
    text = json.dumps(seen, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def analyse(sittings: Iterable[Sitting]) -> tuple[ItemFigures, ...]:
    """Return the figures of every wording that was asked, in the order of item, then language.

    Of each person only the first try at a wording counts, so `sittings` come oldest first.
    """
    heaps: dict[ItemVersion, _Heap] = {}
    met: set[tuple[int, ItemVersion]] = set()
    marks: dict[int, tuple[Item, str]] = {}  # the item too, so that its id stays its own
    for sitting in sittings:
        for item in sitting.items:
            if id(item) not in marks:
                marks[id(item)] = item, fingerprint(item)
            version = ItemVersion(item.id, marks[id(item)][1], sitting.locale)
            if (sitting.person, version) not in met:
                met.add((sitting.person, version))
                _add(heaps.setdefault(version, _Heap(item)), sitting, item)
    ordered = sorted(heaps, key=lambda v: (v.item_id, v.locale, v.fingerprint))
    return tuple(_figures(version, heaps[version]) for version in ordered)


def _add(heap: _Heap, sitting: Sitting, item: Item) -> None:
    right = item.id in sitting.right
    others = len(sitting.items) - 1
    heap.rights.append(right)
    heap.rests.append((len(sitting.right) - right) / others if others else 0.0)
    chosen = sitting.chosen.get(item.id, frozenset())
    heap.picks.update(chosen)
    heap.open += not chosen


def _figures(version: ItemVersion, heap: _Heap) -> ItemFigures:
    tries = len(heap.rights)
    if tries < FEWEST_TRIES:
        return ItemFigures(version, heap.item, tries)
    return ItemFigures(
        version,
        heap.item,
        tries,
        facility=wilson(sum(heap.rights), tries),
        item_rest=correlation(heap.rights, heap.rests),
        left_open=heap.open / tries,
        options=_options(heap.item, heap.picks, tries),
    )


def _options(item: Item, picks: Mapping[str, int], tries: int) -> tuple[OptionFigures, ...]:
    if item.type is ItemType.ORDER:
        return ()  # every answer uses every step: how often one was chosen says nothing
    return tuple(
        OptionFigures(
            option.id,
            option.correct,
            count := picks.get(option.id, 0),
            rate := count / tries,
            idle=not option.correct and rate < FEWEST_PICKS,
        )
        for option in item.options
    )
