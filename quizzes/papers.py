"""Papers: which items are asked, in which order, drawn by blueprint, seed and what was seen."""

import json
import random
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from quizzes.items import Item, ItemBank


class BankShortage(Exception):
    """The bank has too few active items for one objective."""

    def __init__(self, objective: str, wanted: int, has: int) -> None:
        super().__init__(f"{objective}: {wanted} items wanted, the bank has {has}")
        self.objective, self.wanted, self.has = objective, wanted, has


@dataclass(frozen=True, slots=True)
class Question:
    """One line of a paper: an item, and its options in the shuffled order."""

    item_id: str
    option_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Paper:
    """What is asked; `repeated` names the items that this person had seen before."""

    questions: tuple[Question, ...]
    repeated: tuple[str, ...] = ()

    def to_json(self) -> str:
        """Return the paper's canonical text."""
        document = {
            "questions": [[q.item_id, list(q.option_ids)] for q in self.questions],
            "repeated": list(self.repeated),
        }
        return json.dumps(document, sort_keys=True, separators=(",", ":"))

    @classmethod
    def from_json(cls, text: str) -> "Paper":
        """Return the paper that `to_json` told of."""
        document = json.loads(text)
        return cls(
            tuple(Question(item, tuple(options)) for item, options in document["questions"]),
            tuple(document["repeated"]),
        )


def draw_paper(
    bank: ItemBank, blueprint: Mapping[str, int], *, seed: int, seen: Mapping[str, int]
) -> Paper:
    """Draw a paper: of each objective so many items, never-seen ones first, then longest unseen.

    `seen` maps an item to the ordinal of the last time it was drawn. The same arguments give
    the same paper. Raises BankShortage.
    """
    chance = random.Random(seed)  # noqa: S311 - a shuffle to be repeated, not a secret
    items = [
        item
        for objective, count in sorted(blueprint.items())
        for item in _drawn(bank, objective, count, chance, seen)
    ]
    return _shuffled(items, chance, seen)


def draw_items(
    bank: ItemBank,
    objectives: Sequence[str],
    *,
    count_each: int,
    seed: int,
    seen: Mapping[str, int],
) -> Paper:
    """Draw so many items of each objective: parallel items, a retake of one, or practice."""
    blueprint = dict.fromkeys(objectives, count_each)
    return draw_paper(bank, blueprint, seed=seed, seen=seen)


def _drawn(
    bank: ItemBank, objective: str, count: int, chance: random.Random, seen: Mapping[str, int]
) -> list[Item]:
    pool = list(bank.active_for(objective))
    if len(pool) < count:
        raise BankShortage(objective, count, len(pool))
    chance.shuffle(pool)
    pool.sort(key=lambda item: seen.get(item.id, -1))  # stable: chance decides among equals
    return pool[:count]


def _shuffled(items: Iterable[Item], chance: random.Random, seen: Mapping[str, int]) -> Paper:
    order = list(items)
    chance.shuffle(order)
    questions = []
    for item in order:
        options = [option.id for option in item.options]
        chance.shuffle(options)
        questions.append(Question(item.id, tuple(options)))
    return Paper(tuple(questions), tuple(item.id for item in order if item.id in seen))
