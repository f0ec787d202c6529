"""Simulated people whose parameters are known, at papers of the sample bank."""

from collections.abc import Callable, Sequence
from random import Random

from quizzes import Item, Sitting
from tests.quizzes.samples import item

PAPER = tuple(item(number) for number in range(6))
Answer = Callable[[Random, float], bool]


def knows(dice: Random, share: float) -> bool:
    """Answer right as often as she knows things."""
    return dice.random() < share


def coin(dice: Random, _share: float) -> bool:
    """Answer right half of the time, whatever she knows."""
    return dice.random() < 0.5


def against(dice: Random, share: float) -> bool:
    """Answer right as often as she does not know things: a wrong key."""
    return dice.random() >= share


def sittings(
    count: int,
    shares: Sequence[float],
    *,
    odd: Answer = knows,
    paper: tuple[Item, ...] = PAPER,
    lean: float = 0.5,
    locale: str = "en",
    seed: int = 7,
) -> list[Sitting]:
    """Return `count` first tries; everybody knows one of `shares`; `odd` answers the first item.

    Whoever is wrong chooses the first distractor with the chance `lean`, else the second.
    """
    dice = Random(seed)
    made = []
    for person in range(count):
        share = shares[person % len(shares)]
        right = {
            one.id for place, one in enumerate(paper) if (knows if place else odd)(dice, share)
        }
        chosen = {}
        for one in paper:
            wrong = one.distractors[dice.random() >= lean].id
            chosen[one.id] = one.key if one.id in right else frozenset({wrong})
        made.append(Sitting(person, locale, paper, chosen, frozenset(right)))
    return made
