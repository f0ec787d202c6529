"""What people believe that is not so, department by department, and never about one person.

A wrong option stands for a misconception. Groups are hidden as `shown_groups` says; a share that
would tell of everybody in a group, or of nobody, is said in words that leave one person open.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from quizzes import FEWEST_TRIES, ItemVersion, fingerprint
from training.reports.first_tries import FirstTry
from training.rules.small_groups import shown_groups


@dataclass(frozen=True, slots=True)
class GroupShare:
    """How many of a group that is large enough to be shown, and the words for it."""

    name: str
    people: int
    words: str


@dataclass(frozen=True, slots=True)
class Belief:
    """One misconception, or one wrong option: everybody's share, and that of each group shown."""

    name: str
    people: int
    share: float
    groups: tuple[GroupShare, ...]
    others: int


@dataclass(slots=True)
class _Heap:
    met: dict[int, str] = field(default_factory=dict)
    held: set[int] = field(default_factory=set)


def share_in_words(some: int, of_all: int) -> str:
    """Return a share of a group; one person more or less at either end reads the same."""
    if some <= 1:
        return "next to nobody"
    if some >= of_all - 1:
        return "nearly everybody"
    return f"{some / of_all:.0%}"


def misconceptions(tries: Iterable[FirstTry]) -> list[Belief]:
    """Return each misconception that 30 people could have chosen, the most common first.

    A person holds it who chose an option of it at least once in the first tries that offered one.
    """
    heaps: dict[str, _Heap] = defaultdict(_Heap)
    for one in tries:
        for item in one.sitting.items:
            chosen = one.sitting.chosen.get(item.id, frozenset())
            for option in item.distractors:
                if option.misconception:
                    _add(heaps[option.misconception], one, held=option.id in chosen)
    found = [_belief(name, heap) for name, heap in heaps.items() if len(heap.met) >= FEWEST_TRIES]
    return sorted(found, key=lambda belief: (-belief.share, belief.name))


def of_options(tries: Iterable[FirstTry], version: ItemVersion) -> list[Belief]:
    """Return who chose each wrong option of one wording, in the order of the options.

    Empty under 30 first tries.
    """
    heaps: dict[str, _Heap] = {}
    for one in tries:
        for item in one.sitting.items:
            if ItemVersion(item.id, fingerprint(item), one.sitting.locale) != version:
                continue
            chosen = one.sitting.chosen.get(item.id, frozenset())
            for option in item.distractors:
                heap = heaps.setdefault(option.id, _Heap())
                if one.sitting.person not in heap.met:
                    _add(heap, one, held=option.id in chosen)
    return [_belief(name, heap) for name, heap in heaps.items() if len(heap.met) >= FEWEST_TRIES]


def _add(heap: _Heap, one: FirstTry, *, held: bool) -> None:
    heap.met[one.sitting.person] = one.department
    if held:
        heap.held.add(one.sitting.person)


def _belief(name: str, heap: _Heap) -> Belief:
    sizes, holders = Counter(heap.met.values()), Counter(heap.met[person] for person in heap.held)
    groups, others = _groups(sizes, holders)
    return Belief(name, len(heap.met), len(heap.held) / len(heap.met), groups, others)


def _groups(
    sizes: Mapping[str, int], holders: Mapping[str, int]
) -> tuple[tuple[GroupShare, ...], int]:
    shown = shown_groups(sizes)
    ordered = sorted(shown.names, key=lambda name: (-holders.get(name, 0) / sizes[name], name))
    found = tuple(
        GroupShare(name, sizes[name], share_in_words(holders.get(name, 0), sizes[name]))
        for name in ordered
    )
    return found, shown.others
