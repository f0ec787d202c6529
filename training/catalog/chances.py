"""What the passing rule does with this content: to whoever knows, and to whoever guesses well.

A course that lets guessers through, or sends those who know round again, is a fault like any
other: its bars stand here. The bound of `chance_at_most` mostly settles it without any luck; only
a course that it does not clear is played, with a seed.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction

from quizzes import (
    GuessStrategy,
    ModuleQuiz,
    angoff_cut,
    chance_at_most,
    chance_of_course,
    chance_without_repeat,
    guessed_paper,
    reached,
)
from training.catalog.courses import Course
from training.catalog.modules import Module
from training.catalog.roles import ANY
from training.catalog.taking import SOME_MISSED, minutes_by_role, minutes_with_missed, taken

KNOWS = Fraction(9, 10)  # how often somebody who knows the matter gets one item right
FEWEST_WITHOUT_REPEAT = Fraction(8, 10)
LONG = 5  # modules from which on a course has to keep guessers out
MOST_BY_LUCK = Fraction(1, 1000)
MOST_BY_CUE = Fraction(1, 100)
MOST_ON_ONE_PAPER = Fraction(5, 100)
RUNS = 4000

Papers = Mapping[GuessStrategy, Sequence[tuple[Fraction, ...]]]


@dataclass(frozen=True, slots=True)
class Guesser:
    """How often a guesser gets through a course: at most so often, or as played."""

    strategy: GuessStrategy
    course: Fraction
    played: bool

    @property
    def in_words(self) -> str:
        """Return how often, and whether that is a bound."""
        return f"{'' if self.played else 'at most '}{float(self.course):.2%}"


@dataclass(frozen=True, slots=True)
class Chances:
    """What a course's passing rule makes of what some roles take of it, and their minutes."""

    course: Course
    minutes: Mapping[str, float]
    knows: Fraction
    one_paper: Fraction
    guessers: tuple[Guesser, ...]
    with_missed: Mapping[str, float] = field(default_factory=dict)
    """The minutes of whoever misses some objectives; empty where the quiz comes last."""

    @property
    def best(self) -> Guesser:
        """Return the guesser who gets furthest."""
        return max(self.guessers, key=lambda guesser: guesser.course)

    def faults(self) -> Iterator[tuple[str, str]]:
        """Yield each bar that the course misses, and the mend."""
        if self.course.kind == "onboarding" and self.knows < FEWEST_WITHOUT_REPEAT:
            what = f"whoever knows each question with {float(KNOWS)} needs no repeat only"
            mend = "ask fewer must-pass questions a paper, or lower the cut score"
            yield f"{self.name}: {what} {float(self.knows):.0%} of the time, below 80%", mend
        if self.one_paper >= MOST_ON_ONE_PAPER:
            what = f"somebody who answers at random passes one paper {float(self.one_paper):.1%}"
            mend = "ask more questions, or more with several right answers"
            yield f"{self.name}: {what} of the time, 5% or more", mend
        for guesser in self.guessers:
            most = most_for(guesser.strategy)
            if len(self.course.modules) >= LONG and guesser.course >= most:
                what = f"a guesser ({guesser.strategy}) gets through {float(guesser.course):.2%}"
                mend = "mend the questions whose key this gives away"
                yield f"{self.name}: {what} of the time, {float(most):.1%} or more", mend

    @property
    def name(self) -> str:
        """Return the course, with the roles where it tells them apart."""
        roles = ", ".join(self.minutes)
        return f"{self.course.code} ({roles})" if self.course.by_role else self.course.code

    def in_words(self) -> str:
        """Return the minutes, who needs no repeat and who gets through by guessing."""
        luck = [g for g in self.guessers if g.strategy is GuessStrategy.RANDOM]
        cue = max((g for g in self.guessers if g not in luck), key=lambda g: g.course)
        minutes = ", ".join(f"{found:.0f}" for found in self.minutes.values())
        longest = ", ".join(f"{found:.0f}" for found in self.with_missed.values())
        more = f" ({longest} with {SOME_MISSED} objectives missed)" if longest else ""
        return (
            f"{self.name}: {minutes} minutes{more}; "
            f"whoever knows each question with {float(KNOWS)} "
            f"needs no repeat {float(self.knows):.0%} of the time; in three tries a random guesser "
            f"gets through {luck[0].in_words} of the time, the best by a cue ({cue.strategy}) "
            f"{cue.in_words}; a random one passes one paper {float(self.one_paper):.1%} of the time"
        )


def most_for(strategy: GuessStrategy) -> Fraction:
    """Return the share of guessers that a course of five or more modules may let through."""
    return MOST_BY_LUCK if strategy is GuessStrategy.RANDOM else MOST_BY_CUE


def quizzes_of(course: Course, modules: Mapping[str, Module], role: str = ANY) -> list[ModuleQuiz]:
    """Return what a course asks somebody of this role, module by module."""
    parts = [taken(modules[part.slug], part, role) for part in course.modules]
    return [ModuleQuiz(module.bank, module.blueprint) for module in parts if module]


def chances_of(courses: Mapping[str, Course], modules: Mapping[str, Module]) -> list[Chances]:
    """Return the chances of every course, once for all roles that are asked the same."""
    papers = _Papers()
    return [
        _with_missed(_chances(course, asked, minutes, papers), modules)
        for _code, course in sorted(courses.items())
        for asked, minutes in _asked_of(course, modules)
        if asked and all(quiz.drawable for quiz in asked)
    ]


def _asked_of(
    course: Course, modules: Mapping[str, Module]
) -> list[tuple[list[ModuleQuiz], dict[str, float]]]:
    """Return each set of quizzes that is asked, with the minutes of the roles that it is for."""
    found: list[tuple[list[ModuleQuiz], dict[str, float]]] = []
    for role, parts in minutes_by_role(course, modules).items():
        asked = quizzes_of(course, modules, role)
        minutes = sum(parts.values())
        same = next((roles for quizzes, roles in found if quizzes == asked), None)
        if same is None:
            found.append((asked, {role: minutes}))
        else:
            same[role] = minutes
    return found


class _Papers:
    """What each guesser makes of each quiz, computed once."""

    def __init__(self) -> None:
        self._known: dict[tuple[object, ...], tuple[Fraction, ...]] = {}

    def of(self, quiz: ModuleQuiz, strategy: GuessStrategy) -> tuple[Fraction, ...]:
        key = (quiz.bank.module, *sorted(quiz.blueprint.items()), strategy)
        if key not in self._known:
            self._known[key] = guessed_paper(quiz, strategy)
        return self._known[key]


def _chances(
    course: Course, asked: Sequence[ModuleQuiz], minutes: Mapping[str, float], papers: _Papers
) -> Chances:
    cut = _cut(course, asked)
    drawn = {s: [papers.of(quiz, s) for quiz in asked] for s in GuessStrategy}
    return Chances(
        course,
        minutes,
        chance_without_repeat(asked, KNOWS, cut),
        max(_alone(paper, cut) for paper in drawn[GuessStrategy.RANDOM]),
        tuple(_guesser(asked, drawn, strategy, cut) for strategy in GuessStrategy),
    )


def _with_missed(chances: Chances, modules: Mapping[str, Module]) -> Chances:
    if not chances.course.test_out:
        return chances
    longest = minutes_with_missed(chances.course, modules)
    return replace(chances, with_missed={role: longest[role] for role in chances.minutes})


def _cut(course: Course, modules: Sequence[ModuleQuiz]) -> int:
    """Return the course's cut score; by ratings, that of all its questions together."""
    if course.cut == "policy":
        return course.cut_per_cent
    return angoff_cut(item for module in modules for item in module.bank.active)


def _alone(paper: Sequence[Fraction], cut_per_cent: int) -> Fraction:
    """Return how often a paper that stands alone is passed: at the cut score of its course."""
    passing = (p for n, p in enumerate(paper) if reached(n, len(paper) - 1, cut_per_cent))
    return sum(passing, Fraction(0))


def _guesser(
    modules: Sequence[ModuleQuiz], papers: Papers, strategy: GuessStrategy, cut: int
) -> Guesser:
    at_most = chance_at_most(papers[strategy], cut)
    if len(modules) < LONG or at_most < most_for(strategy):
        return Guesser(strategy, at_most, played=False)
    played = chance_of_course(modules, strategy, cut, runs=RUNS)
    return Guesser(strategy, played, played=True)
