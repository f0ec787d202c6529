"""Drawing a paper from a bank: fresh items first, everything shuffled by a stored seed."""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from random import Random

from quizzes.items import Item, ItemBank, ItemType

Blueprint = Mapping[str, int]


class BankShortage(ValueError):
    """An objective has fewer active items than a paper needs."""

    def __init__(self, objective: str, wanted: int, has: int) -> None:
        super().__init__(f"objective {objective}: {wanted} items wanted, {has} active in the bank")
        self.objective = objective
        self.wanted = wanted
        self.has = has


class DamagedPaper(ValueError):
    """The stored text is not a paper."""


@dataclass(frozen=True, slots=True)
class Question:
    """One item as it is shown: its options in their shuffled order."""

    item_id: str
    option_ids: tuple[str, ...]

    def answered_by(self, chosen: Collection[str]) -> bool:
        """Tell whether this is an answer: something is chosen, or every step has its own number."""
        steps, numbers = set[str](), set[str]()
        for entry in chosen:
            step, is_numbered, number = entry.partition(":")
            if not is_numbered:
                return True
            steps.add(step)
            numbers.add(number)
        return bool(chosen) and len(steps) == len(numbers) == len(self.option_ids)


@dataclass(frozen=True, slots=True)
class Paper:
    """What one person is asked in one try; `repeated` are items that she has seen before."""

    questions: tuple[Question, ...]
    repeated: tuple[str, ...] = ()

    def to_json(self) -> str:
        """Return the canonical text: sorted keys, no blanks, so equal papers have equal bytes."""
        document = {
            "questions": [
                [question.item_id, list(question.option_ids)] for question in self.questions
            ],
            "repeated": list(self.repeated),
        }
        return json.dumps(document, sort_keys=True, separators=(",", ":"))

    @classmethod
    def from_json(cls, text: str) -> "Paper":
        """Read what `to_json` wrote; raises DamagedPaper on anything else."""
        try:
            document = json.loads(text)
            questions = tuple(_question(entry) for entry in document["questions"])
            paper = cls(questions, _strings(document["repeated"]))
        except (ValueError, KeyError, TypeError) as error:
            raise DamagedPaper(f"not a stored paper: {error}") from error
        if len({question.item_id for question in questions}) != len(questions):
            raise DamagedPaper("not a stored paper: the same item stands in it twice")
        return paper


def draw_paper(
    bank: ItemBank, blueprint: Blueprint, *, seed: int, seen: Mapping[str, int]
) -> Paper:
    """Draw as many items per objective as the blueprint asks, in a shuffled order.

    `seen` maps an item id to the ordinal of the last time that this person drew it: never-seen
    items come first, then the longest unseen; ties fall by the seed. The same arguments give the
    same paper. Raises BankShortage, and ValueError for a count below nought.
    """
    dice = Random(seed)  # noqa: S311 - reproducible shuffling, no secret hangs on it
    items = choose_items(bank, blueprint, dice=dice, seen=seen)
    dice.shuffle(items)
    questions = tuple(Question(item.id, _shuffled(item, dice)) for item in items)
    return Paper(questions, tuple(item.id for item in items if item.id in seen))


def draw_items(
    bank: ItemBank,
    objectives: Sequence[str],
    *,
    count_each: int,
    seed: int,
    seen: Mapping[str, int],
) -> Paper:
    """Draw the same number of items for each objective named (naming it twice changes nothing).

    For the two parallel items after a wrong must-pass item, for the repeat of one objective (3)
    and for practice (1). Freshness, shuffling and errors are those of `draw_paper`.
    """
    return draw_paper(bank, dict.fromkeys(objectives, count_each), seed=seed, seen=seen)


def choose_items(
    bank: ItemBank, blueprint: Blueprint, *, dice: Random, seen: Mapping[str, int]
) -> list[Item]:
    """Choose the items of a paper, grouped by objective in sorted order; raises as `draw_paper`."""
    chosen: list[Item] = []
    for objective in sorted(blueprint):
        wanted = blueprint[objective]
        if wanted < 0:
            raise ValueError(f"objective {objective}: a paper cannot hold {wanted} items")
        pool = list(bank.active_for(objective))
        if len(pool) < wanted:
            raise BankShortage(objective, wanted, len(pool))
        dice.shuffle(pool)
        # the sort is stable, so the shuffle decides among items that were seen equally long ago
        pool.sort(key=lambda item: (item.id in seen, seen.get(item.id, 0)))
        chosen += pool[:wanted]
    return chosen


def _shuffled(item: Item, dice: Random) -> tuple[str, ...]:
    """Return the options in the order of the page: never an order's own right one."""
    order = list(item.option_ids)
    dice.shuffle(order)
    while item.type is ItemType.ORDER and tuple(order) == item.right_order:
        dice.shuffle(order)
    return tuple(order)


def _question(entry: object) -> Question:
    if not isinstance(entry, list) or len(entry) != 2:
        raise TypeError("an item and its options were expected")
    (item_id,) = _strings(entry[:1])
    return Question(item_id, _strings(entry[1]))


def _strings(values: object) -> tuple[str, ...]:
    if not isinstance(values, list) or not all(isinstance(value, str) for value in values):
        raise TypeError("a list of ids was expected")
    return tuple(values)
