"""The simulated guesser and the rule of the app agree: who is played here walks the real rule."""

from dataclasses import replace
from random import Random

import pytest

from quizzes import GuessStrategy, ItemBank, ModuleQuiz, chance_of_course
from tests.effort import times
from tests.quizzes.samples import BLUEPRINT, OBJECTIVES, item
from training.rules.completion import next_step
from training.rules.course_way import (
    AttemptKind,
    CoursePlan,
    Done,
    ModulePlan,
    Next,
    PaperResult,
    Progress,
    Reread,
    TakeObjective,
    TakePaper,
    TakeParallel,
    TakePractice,
    TakeStep,
    WalkThrough,
)

LUCK = 0.6
TRIES = 3
RUNS = times(1500, 15_000)


def plan(cut: int, *, test_out: bool) -> CoursePlan:
    must_pass = frozenset(o for o, needed in OBJECTIVES.items() if needed)
    modules = tuple(
        ModulePlan(slug, ("read",), {o: f"screen-{o}" for o in OBJECTIVES}, must_pass)
        for slug in ("one", "two")
    )
    return CoursePlan(modules, cut, test_out)


class Guesser:
    """Somebody who is right by luck, in a course of the app."""

    def __init__(self, course: CoursePlan, dice: Random) -> None:
        self.course, self.dice = course, dice
        self.progress = Progress()
        self.taken: dict[tuple[str, str], int] = {}

    def gets_through(self) -> bool:
        while not isinstance(step := next_step(self.course, self.progress), Done):
            if isinstance(step, WalkThrough) or not self._goes_on(step):
                return False  # three tries were not enough
        return True

    def _goes_on(self, step: Next) -> bool:
        match step:
            case TakeStep(module=module, step=name):
                done = self.progress.done.get(module, frozenset()) | {name}
                self.progress = replace(
                    self.progress, done=dict(self.progress.done) | {module: done}
                )
            case Reread(module=module, step=name, after_number=after):
                reread = self.progress.reread | {(module, after, name)}
                self.progress = replace(self.progress, reread=reread)
            case _:
                return self._asked(step)
        return True

    def _asked(self, step: Next) -> bool:
        match step:
            case TakePractice(module=module, objective=objective):
                return self._sit(module, AttemptKind.PRACTICE, {objective: 1})
            case TakeParallel(module=module, objectives=objectives):
                return self._sit(module, AttemptKind.PARALLEL, dict.fromkeys(objectives, 2))
            case TakePaper(module=module):
                return self._left(module, "paper") and self._sit(
                    module, AttemptKind.PAPER, BLUEPRINT
                )
            case TakeObjective(module=module, objective=objective):
                return self._left(module, objective) and self._sit(
                    module, AttemptKind.OBJECTIVE, {objective: 3}
                )
        raise AssertionError(step)

    def _left(self, module: str, what: str) -> bool:
        self.taken[module, what] = self.taken.get((module, what), 0) + 1
        return self.taken[module, what] <= TRIES

    def _sit(self, module: str, kind: AttemptKind, asked: dict[str, int]) -> bool:
        missed = [o for o, n in asked.items() for _ in range(n) if self.dice.random() >= LUCK]
        wrong = tuple(o for o in asked if o in missed)
        number = 1 + sum(r.module == module for r in self.progress.results)
        total = sum(asked.values())
        result = PaperResult(
            module=module,
            number=number,
            kind=kind,
            correct=total - len(missed),
            total=total,
            wrong_objectives=wrong,
            wrong_must_pass=tuple(o for o in wrong if OBJECTIVES[o]),
            objectives=tuple(asked),
        )
        self.progress = replace(self.progress, results=(*self.progress.results, result))
        return True


@pytest.mark.parametrize("test_out", [False, True])
def test_the_rule_of_the_app_and_the_simulation_let_as_many_through(
    test_out: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    bank = ItemBank("m", tuple(item(number) for number in range(15)))
    monkeypatch.setattr("quizzes.simulation.guess_chance", lambda *_: LUCK)
    modules = [ModuleQuiz(bank, BLUEPRINT)] * 2
    played = chance_of_course(modules, GuessStrategy.RANDOM, 80, tries=TRIES, runs=RUNS)
    course = plan(80, test_out=test_out)
    walked = sum(Guesser(course, Random(f"w{n}")).gets_through() for n in range(RUNS)) / RUNS
    assert 0.05 < walked < 0.95
    assert float(played) == pytest.approx(walked, abs=0.05)
