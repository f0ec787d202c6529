"""What the passing rule does to a learner who knows, and to one who guesses: exact sums.

The rule (training.rules.completion): a module at 4 of 6, the course at its cut score over all
papers together, a wrong must-pass objective cleared by two parallel items that are both right.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from math import comb
from pathlib import Path

from quizzes import ItemType, reached
from training.catalog.catalog import load_catalog
from training.catalog.courses import Course
from training.catalog.modules import Module

KNOWS = 0.9  # how often somebody who knows the matter gets one item right
TRIES = 3
PARALLEL = 2
MODULE_SHARE = (2, 3)


@dataclass(frozen=True, slots=True)
class PaperShape:
    """A module's paper: how many items, how many of them of each must-pass objective."""

    total: int
    must_pass: tuple[int, ...]
    guess: float


def chances_in_words(root: Path) -> Iterator[str]:
    """Yield a sentence a course: who knows finishes without a repeat, who guesses gets through."""
    catalog = load_catalog(root)
    modules = catalog.modules()
    for code, course in sorted(catalog.courses.items()):
        shapes = _shapes(course, modules)
        knows = without_repeat(shapes, course.cut_per_cent, KNOWS)
        guesses = guesser_passes(shapes, course.cut_per_cent, tries=TRIES)
        yield (
            f"{code}: whoever knows each item with {KNOWS} finishes without a repeat "
            f"{knows:.0%} of the time; a guesser gets through in {TRIES} tries "
            f"at most {guesses:.4%} of the time"
        )


def _shapes(course: Course, modules: Mapping[str, Module]) -> list[PaperShape]:
    return [shape_of(modules[part.slug]) for part in course.modules]


def shape_of(module: Module) -> PaperShape:
    """Return the shape of a module's paper, and the chance to guess one of its items."""
    must = {objective.id for objective in module.objectives if objective.must_pass}
    odds = [
        1 / (2 ** len(item.options) - 1)
        if item.type is not ItemType.SINGLE and (item.type is ItemType.MULTIPLE or item.select_all)
        else 1 / len(item.options)
        for item in module.bank.items
        if item.active
    ]
    return PaperShape(
        total=sum(module.blueprint.values()),
        must_pass=tuple(count for id_, count in module.blueprint.items() if id_ in must),
        guess=sum(odds) / len(odds),
    )


def module_passed(correct: int, total: int) -> bool:
    """Tell whether a paper passes its module: two thirds, in integers."""
    return correct * MODULE_SHARE[1] >= MODULE_SHARE[0] * total


def without_repeat(shapes: Sequence[PaperShape], cut_per_cent: int, knows: float) -> float:
    """Return the chance of finishing with no paper and no objective repeated."""
    papers = [_cleared(shape, knows) for shape in shapes]
    return _course(papers, [shape.total for shape in shapes], cut_per_cent)


def _cleared(shape: PaperShape, knows: float) -> list[float]:
    """Return for each count of right items its chance, with every must-pass objective cleared."""
    plain = shape.total - sum(shape.must_pass)
    chances = _binomial(plain, knows)
    for items in shape.must_pass:
        one = _binomial(items, knows)
        cleared = [chance * knows**PARALLEL for chance in one[:-1]] + [one[-1]]
        chances = _sum_of(chances, cleared)
    return chances


def guesser_passes(shapes: Sequence[PaperShape], cut_per_cent: int, *, tries: int) -> float:
    """Return an upper bound: the best of so many papers in each module, must-pass forgiven."""
    papers = [_best_of(_binomial(shape.total, shape.guess), tries) for shape in shapes]
    return _course(papers, [shape.total for shape in shapes], cut_per_cent)


def _best_of(chances: Sequence[float], tries: int) -> list[float]:
    upto = [sum(chances[: count + 1]) ** tries for count in range(len(chances))]
    return [upto[0], *(upto[n] - upto[n - 1] for n in range(1, len(upto)))]


def _course(papers: Sequence[Sequence[float]], totals: Sequence[int], cut_per_cent: int) -> float:
    whole, chance = sum(totals), 0.0
    for counts in product(*(range(total + 1) for total in totals)):
        passed = all(module_passed(c, t) for c, t in zip(counts, totals, strict=True))
        if passed and reached(sum(counts), whole, cut_per_cent):
            part = 1.0
            for paper, count in zip(papers, counts, strict=True):
                part *= paper[count]
            chance += part
    return chance


def _binomial(items: int, knows: float) -> list[float]:
    return [
        comb(items, right) * knows**right * (1 - knows) ** (items - right)
        for right in range(items + 1)
    ]


def _sum_of(first: Sequence[float], second: Sequence[float]) -> list[float]:
    both = [0.0] * (len(first) + len(second) - 1)
    for one, left in enumerate(first):
        for other, right in enumerate(second):
            both[one + other] += left * right
    return both
