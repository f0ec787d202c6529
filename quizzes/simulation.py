"""What the passing rule does to somebody who knows, and to somebody who only guesses cleverly.

The rule: of a module's paper a third may be wrong, or two of a short one; a course of several
modules is passed at its cut score over the latest papers together, a course of one module at its
cut score alone. A wrong must-pass objective is cleared by two parallel items that are both right;
else that objective is repeated with three items at the cut score. A test-out changes nothing of
it: what is missed is read and practised, and a practice asks for no right answer. One paper is
summed exactly, in fractions, and so is a bound for a course of several tries; what it does not
settle is played with a seed.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from fractions import Fraction
from math import comb, factorial
from random import Random

from quizzes.grading import reached
from quizzes.items import Item, ItemBank, ItemType, Option
from quizzes.lint import tells
from quizzes.papers import Blueprint, choose_items

TRIES = 3
PARALLEL_ITEMS = 2
REPEAT_ITEMS = 3
MOST_WRONG = 2  # of a short paper; the course's cut score looks at all papers together

Distribution = tuple[Fraction, ...]
"""The chance of each number of right items, from nought on."""


class GuessStrategy(StrEnum):
    """How somebody chooses who has not read the lessons."""

    RANDOM = "random"
    FIRST = "first"
    MIDDLE = "middle"
    LONGEST = "longest"
    SHORTEST = "shortest"
    STRICTEST = "strictest"
    VAGUEST = "vaguest"
    ECHO = "echo"


@dataclass(frozen=True, slots=True)
class ModuleQuiz:
    """A module as the simulation sees it: what may be drawn, and how a paper is made."""

    bank: ItemBank
    blueprint: Blueprint

    @property
    def total(self) -> int:
        """How many items a paper has."""
        return sum(self.blueprint.values())

    @property
    def drawable(self) -> bool:
        """Whether the bank has what a paper asks."""
        return all(len(self.bank.active_for(o)) >= n for o, n in self.blueprint.items())

    def must_pass(self, objective: str) -> bool:
        """Tell whether an objective is must-pass; its items inherited it."""
        return any(item.must_pass for item in self.bank.active_for(objective))


def module_passed(correct: int, total: int) -> bool:
    """Tell whether a paper passes its module: a third may be wrong, or two of a short one."""
    return total > 0 and total - correct <= max(MOST_WRONG, total // 3)


def course_passed(scores: Sequence[tuple[int, int]], cut_per_cent: int) -> bool:
    """Tell whether papers, as (correct, total), pass every module and the course."""
    correct, total = (sum(column) for column in zip(*scores, strict=True))
    alone = len(scores) == 1
    modules = alone or all(module_passed(*score) for score in scores)
    return modules and reached(correct, total, cut_per_cent)


def chance_without_repeat(
    modules: Sequence[ModuleQuiz], knowledge: Fraction, cut_per_cent: int
) -> Fraction:
    """Return how often somebody finishes with no second paper and no objective repeated.

    `knowledge` is her chance at any one item, 0 to 1. Exact. A missed must-pass objective counts as
    finished only if two parallel items are both right.
    """
    papers = [_cleared(module, knowledge) for module in modules]
    return _course(papers, [module.total for module in modules], cut_per_cent)


def guess_chance(item: Item, strategy: GuessStrategy) -> Fraction:
    """Return the chance that a guesser gets an item right who even knows how many keys it has.

    She takes the options that lie highest by her strategy; equals fall by chance. Options are
    shuffled when shown, so a habit of place is no better than chance. Steps to put in order fall
    by chance too, but for the order in which they are shown: she knows that it is never right.
    """
    if item.type is ItemType.ORDER:
        return Fraction(1, factorial(len(item.options)) - 1)
    wanted = len(item.key)
    signs = {option.id: _sign(item, option, strategy) for option in item.options}
    border = sorted(signs.values(), reverse=True)[wanted - 1]
    sure = {option_id for option_id, sign in signs.items() if sign > border}
    tied = {option_id for option_id, sign in signs.items() if sign == border}
    if not sure <= item.key <= sure | tied:
        return Fraction(0)
    return Fraction(1, comb(len(tied), wanted - len(sure)))


def chance_of_paper(module: ModuleQuiz, strategy: GuessStrategy) -> Fraction:
    """Return how often a guesser passes one fresh paper of a module by its rule. Exact."""
    return sum(
        (
            chance
            for correct, chance in enumerate(guessed_paper(module, strategy))
            if module_passed(correct, module.total)
        ),
        Fraction(0),
    )


def guessed_paper(module: ModuleQuiz, strategy: GuessStrategy) -> Distribution:
    """Return the chance of each number of right items on a guesser's fresh paper. Exact."""
    paper: Distribution = (Fraction(1),)
    for objective, wanted in module.blueprint.items():
        pool = [guess_chance(item, strategy) for item in module.bank.active_for(objective)]
        paper = _both(paper, _draw_of(pool, wanted))
    return paper


def chance_at_most(
    papers: Sequence[Distribution], cut_per_cent: int, *, tries: int = TRIES
) -> Fraction:
    """Return a share that no guesser exceeds, given what she scores on a paper of each module.

    Exact, and above what `chance_of_course` plays: she is given the best of `tries` papers of
    every module, whether she may take them or not, and no must-pass objective holds her back. The
    best reaches a score at most as often as the sum of the chances that each does (Boole), so it
    does not matter that later papers have fresh items first.
    """
    bests = [_best_of(paper, tries) for paper in papers]
    return _course(bests, [len(paper) - 1 for paper in papers], cut_per_cent)


def chance_of_course(
    modules: Sequence[ModuleQuiz],
    strategy: GuessStrategy,
    cut_per_cent: int,
    *,
    tries: int = TRIES,
    runs: int = 400,
    seed: int = 1,
) -> Fraction:
    """Return the share of `runs` seeded guessers who pass a course in at most `tries` papers each.

    She retakes each module that is not passed, else the one whose latest paper lost the most, on
    fresh items first; then every missed must-pass objective has to be cleared, or repeated at most
    `tries` times. An estimate: its standard error is at most 0.5 / sqrt(runs).
    """
    luck = {
        item.id: float(guess_chance(item, strategy))
        for module in modules
        for item in module.bank.active
    }
    passes = 0
    for run in range(runs):
        dice = Random(f"{seed}/{strategy}/{run}")  # noqa: S311 - a simulation, no secret
        sitters = [_Sitter(module, luck, dice) for module in modules]
        passes += _sits(sitters, cut_per_cent, tries)
    return Fraction(passes, runs)


def _sign(item: Item, option: Option, strategy: GuessStrategy) -> int:
    # the names of things in a picture are labels: their length and wording are no cue
    if item.type is ItemType.HOTSPOT:
        return 0
    signs = {
        GuessStrategy.LONGEST: len(option.text),
        GuessStrategy.SHORTEST: -len(option.text),
        GuessStrategy.STRICTEST: tells.absolutes(option.text),
        GuessStrategy.VAGUEST: tells.hedges(option.text),
        GuessStrategy.ECHO: tells.echoes(option.text, item.stem),
    }
    return signs.get(strategy, 0)


def _best_of(paper: Distribution, tries: int) -> Distribution:
    reaches = [min(Fraction(1), tries * sum(paper[n:], Fraction(0))) for n in range(len(paper))]
    above = [*reaches[1:], Fraction(0)]
    return tuple(here - more for here, more in zip(reaches, above, strict=True))


def _draw_of(pool: Sequence[Fraction], wanted: int) -> Distribution:
    """Return the distribution over all equally likely draws of `wanted` items from a pool."""
    ways = [[Fraction(0)] * (wanted + 1) for _ in range(wanted + 1)]
    ways[0][0] = Fraction(1)
    for chance in pool:
        for drawn in range(wanted, 0, -1):
            for right in range(drawn, -1, -1):
                hit = ways[drawn - 1][right - 1] * chance if right else Fraction(0)
                ways[drawn][right] += hit + ways[drawn - 1][right] * (1 - chance)
    return tuple(way / comb(len(pool), wanted) for way in ways[wanted])


def _cleared(module: ModuleQuiz, knowledge: Fraction) -> Distribution:
    paper: Distribution = (Fraction(1),)
    for objective, count in module.blueprint.items():
        part = _draw_of([knowledge] * count, count)
        if module.must_pass(objective):
            cleared = [chance * knowledge**PARALLEL_ITEMS for chance in part[:-1]]
            part = (*cleared, part[-1])
        paper = _both(paper, part)
    return paper


def _both(one: Distribution, other: Distribution) -> Distribution:
    sums = [Fraction(0)] * (len(one) + len(other) - 1)
    for left, chance in enumerate(one):
        for right, second in enumerate(other):
            sums[left + right] += chance * second
    return tuple(sums)


def _course(papers: Sequence[Distribution], totals: Sequence[int], cut_per_cent: int) -> Fraction:
    whole: Distribution = (Fraction(1),)
    for paper, total in zip(papers, totals, strict=True):
        enough = [len(papers) == 1 or module_passed(n, total) for n in range(len(paper))]
        whole = _both(whole, tuple(p * ok for p, ok in zip(paper, enough, strict=True)))
    passing = (p for n, p in enumerate(whole) if reached(n, sum(totals), cut_per_cent))
    return sum(passing, Fraction(0))


@dataclass(slots=True)
class _Sitter:
    """One guesser at one module: what she has seen, and her latest paper."""

    module: ModuleQuiz
    luck: Mapping[str, float]
    dice: Random
    seen: dict[str, int] = field(default_factory=dict)
    correct: int = 0
    missed: tuple[str, ...] = ()

    @property
    def score(self) -> tuple[int, int]:
        return self.correct, self.module.total

    def sit(self) -> None:
        missed = self._wrong(self.module.blueprint)
        self.correct = self.module.total - len(missed)
        self.missed = tuple(sorted({item.objective for item in missed if item.must_pass}))

    def clears(self, objective: str, cut_per_cent: int, tries: int) -> bool:
        if not self._wrong({objective: PARALLEL_ITEMS}):
            return True
        return any(
            reached(
                REPEAT_ITEMS - len(self._wrong({objective: REPEAT_ITEMS})),
                REPEAT_ITEMS,
                cut_per_cent,
            )
            for _ in range(tries)
        )

    def _wrong(self, blueprint: Blueprint) -> list[Item]:
        items = choose_items(self.module.bank, blueprint, dice=self.dice, seen=self.seen)
        ordinal = max(self.seen.values(), default=0) + 1
        self.seen.update((item.id, ordinal) for item in items)
        return [item for item in items if self.dice.random() >= self.luck[item.id]]


def _sits(sitters: Sequence[_Sitter], cut_per_cent: int, tries: int) -> bool:
    left = dict.fromkeys(range(len(sitters)), tries)
    due = list(left)
    while due:
        for place in due:
            if not left[place]:
                return False
            left[place] -= 1
            sitters[place].sit()
        due = _due(sitters, cut_per_cent)
    return all(
        sitter.clears(objective, cut_per_cent, tries)
        for sitter in sitters
        for objective in sitter.missed
    )


def _due(sitters: Sequence[_Sitter], cut_per_cent: int) -> list[int]:
    scores = [sitter.score for sitter in sitters]
    if course_passed(scores, cut_per_cent):
        return []
    short = [place for place, score in enumerate(scores) if not module_passed(*score)]
    lost = [total - correct for correct, total in scores]
    return short or [lost.index(max(lost))]
