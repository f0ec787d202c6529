"""What the figures mean, in words for somebody who has never met the word facility."""

from dataclasses import dataclass
from enum import IntEnum

from quizzes.analysis.tries import ItemFigures
from quizzes.items import ItemType

TOO_HARD, TOO_EASY = 0.30, 0.95
LEAST_ITEM_REST = 0.15
MOST_LEFT_OPEN = 0.05
"""Bounds of fact E-32, our choice; a flag asks for a look, it decides nothing."""


class Weight(IntEnum):
    """How soon to look: what may be wrong for learners comes before what is only of little use."""

    LOOK_FIRST = 1
    LOOK = 2
    MINOR = 3


@dataclass(frozen=True, slots=True)
class Flag:
    """One thing to look at, with why."""

    weight: Weight
    text: str


def flags_of(figures: ItemFigures) -> tuple[Flag, ...]:
    """Return what to look at in this wording, the most pressing first; nothing under 30 tries."""
    if figures.facility is None:
        return ()
    found = [*_misleads(figures), *_difficulty(figures), *_rest(figures), *_idle(figures)]
    if figures.left_open > MOST_LEFT_OPEN:
        found.append(Flag(Weight.MINOR, f"{figures.left_open:.0%} leave it open."))
    return tuple(sorted(found, key=lambda flag: flag.weight))


def _misleads(figures: ItemFigures) -> list[Flag]:
    if figures.item.type is not ItemType.SINGLE:
        return []
    key = max((o.rate for o in figures.options if o.correct), default=0.0)
    wrong = max((o for o in figures.options if not o.correct), key=lambda o: o.rate, default=None)
    if wrong is None or wrong.rate <= key:
        return []
    text = (
        f"More people choose “{_text(figures, wrong.option_id)}” ({wrong.rate:.0%}) than the "
        f"right answer ({key:.0%}). Is the key right, and is the lesson clear?"
    )
    return [Flag(Weight.LOOK_FIRST, text)]


def _difficulty(figures: ItemFigures) -> list[Flag]:
    share = figures.facility.value if figures.facility else 0.0
    if share < TOO_HARD:
        text = f"Only {share:.0%} are right at the first try. Is it taught, and is it fair?"
        return [Flag(Weight.LOOK_FIRST, text)]
    if share > TOO_EASY:
        text = f"{share:.0%} are right at the first try. It tells you little about anybody."
        return [Flag(Weight.MINOR, text)]
    return []


def _rest(figures: ItemFigures) -> list[Flag]:
    # flagged only where chance does not explain it: the whole interval lies below the bound
    if figures.item_rest is None or figures.item_rest.high >= LEAST_ITEM_REST:
        return []
    if figures.item_rest.high < 0:
        text = "Whoever does well on the rest does worse here. Is the key right?"
        return [Flag(Weight.LOOK_FIRST, text)]
    text = "Whoever does well on the rest does no better here. Can it be read in two ways?"
    return [Flag(Weight.LOOK, text)]


def _idle(figures: ItemFigures) -> list[Flag]:
    named = [f"“{_text(figures, option.option_id)}”" for option in figures.idle]
    if not named:
        return []
    verb = "tempts" if len(named) == 1 else "tempt"
    text = f"{' and '.join(named)} {verb} next to nobody (under 5%). Write what colleagues do."
    return [Flag(Weight.LOOK, text)]


def _text(figures: ItemFigures, option_id: str) -> str:
    return next(o.text for o in figures.item.options if o.id == option_id)
