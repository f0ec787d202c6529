"""A paper may have a cut score of its own; what a course asks is then the sum of its papers'."""

from dataclasses import replace

import pytest

from training.rules.completion import course_passed, open_must_pass, paper_passed
from training.rules.course_way import AttemptKind, CoursePlan, ModulePlan, PaperResult, Progress


def course(*slugs: str) -> CoursePlan:
    return CoursePlan(tuple(ModulePlan(slug, (), {}) for slug in slugs), 80)


def paper(module: str, correct: int, cut: int | None) -> PaperResult:
    return PaperResult(module, 1, AttemptKind.PAPER, correct, 6, cut_per_cent=cut)


@pytest.mark.parametrize(
    ("cuts", "correct", "passed"),
    [
        ((None, None), (5, 5), True),  # 10 of 12 at 80
        ((None, None), (5, 4), False),
        ((80, 80), (5, 4), False),
        ((75, 75), (5, 4), True),  # 9 of 12 is 75
        ((60, 90), (4, 5), True),  # 3.6 and 5.4
        ((60, 91), (4, 5), False),
        ((60, None), (4, 5), True),  # 3.6 and 4.8
    ],
)
def test_a_course_asks_the_sum_of_its_papers_cuts(
    cuts: tuple[int | None, int | None], correct: tuple[int, int], passed: bool
) -> None:
    results = tuple(paper(slug, n, cut) for slug, n, cut in zip("ab", correct, cuts, strict=True))
    assert course_passed(course("a", "b"), Progress(results=results)) is passed


def test_alone_in_its_course_a_paper_is_passed_at_its_own_cut() -> None:
    alone = course("a")
    assert not paper_passed(alone, 4, 6)
    assert paper_passed(alone, 4, 6, 66)
    assert not paper_passed(alone, 5, 6, 84)


def test_in_a_course_of_several_it_is_two_thirds_whatever_the_cut() -> None:
    assert paper_passed(course("a", "b"), 4, 6, 100)


def test_a_repeated_objective_is_cleared_at_the_cut_of_its_own_questions() -> None:
    repeat = PaperResult(
        *("a", 2, AttemptKind.OBJECTIVE, 2, 3),
        wrong_objectives=("o",),
        wrong_must_pass=("o",),
        objectives=("o",),
    )
    plan = course("a", "b")
    for cut, still_open in ((None, ("o",)), (66, ()), (67, ("o",))):
        results = (replace(repeat, cut_per_cent=cut),)
        assert open_must_pass(plan, Progress(results=results), "a") == still_open
