"""Each paper of the courses that ship, drawn a thousand times: whole, and new three times over."""

from collections import Counter
from functools import cache

import pytest

from quizzes import ModuleQuiz, draw_paper
from tests.cast import catalog as shipped
from training.catalog.chances import quizzes_of

TIMES = 1000
TRIES = 3


@cache
def asked() -> dict[str, ModuleQuiz]:
    """Return each quiz that some role of some course is asked, once, by what it asks."""
    catalog = shipped()
    modules = catalog.modules()
    return {
        f"{course.code}: {', '.join(f'{name} x{n}' for name, n in quiz.blueprint.items())}": quiz
        for course in catalog.courses.values()
        for role in course.roles
        for quiz in quizzes_of(course, modules, role)
    }


def test_every_course_and_module_is_among_them() -> None:
    catalog = shipped()
    assert {name.split(":")[0] for name in asked()} == set(catalog.courses)
    objectives = {name for quiz in asked().values() for name in quiz.blueprint}
    assert {name.split(".")[0] for name in objectives} == {f"M{n}" for n in range(1, 9)}


@pytest.mark.parametrize("name", asked())
def test_it_can_be_drawn_a_thousand_times_without_a_shortage(name: str) -> None:
    quiz = asked()[name]
    objective_of = {item.id: item.objective for item in quiz.bank.active}
    for seed in range(0, TIMES, TRIES):
        seen: Counter[str] = Counter()
        for tries in range(TRIES):
            paper = draw_paper(quiz.bank, quiz.blueprint, seed=seed + tries, seen=seen)
            ids = [question.item_id for question in paper.questions]
            assert len(set(ids)) == len(ids)
            assert Counter(objective_of[id_] for id_ in ids) == Counter(quiz.blueprint)
            seen.update(ids)
            assert not paper.repeated, (tries, paper.repeated)
