from dataclasses import replace

import pytest

from tests.rules.walker import course, module
from training.rules.completion import (
    course_passed,
    latest_papers,
    next_step,
    open_must_pass,
    paper_passed,
)
from training.rules.course_way import (
    AttemptKind,
    CoursePlan,
    PaperResult,
    Progress,
    Reread,
    TakePaper,
    TakePractice,
)

TWO = course(module("a"), module("b"))
MUST = course(module("a", "o1", "o2"), module("b"))
STEPS = ["s1", "scene", "s2", "s3"]
READ = {slug: frozenset(STEPS) for slug in "ab"}


def tried(
    slug: str,
    number: int,
    kind: AttemptKind = AttemptKind.PAPER,
    *wrong: str,
    correct: int = 5,
    submitted: bool = True,
) -> PaperResult:
    asked = ("o1", "o2", "o3") if kind is AttemptKind.PAPER else ("o1",)
    total = {AttemptKind.PAPER: 6, AttemptKind.OBJECTIVE: 3}.get(kind, 1)
    right = min(correct, total)
    return PaperResult(slug, number, kind, right, total, wrong, wrong, asked, submitted)


MISSED = tried("a", 1, AttemptKind.PAPER, "o1")


@pytest.mark.parametrize(
    "other",
    [
        tried("b", 1),  # the other module asks an objective of the same name
        tried("a", 2, submitted=False),
        tried("a", 2, AttemptKind.PRACTICE),
    ],
)
def test_only_a_final_try_of_the_module_itself_clears_a_must_pass_objective(
    other: PaperResult,
) -> None:
    progress = Progress(done=READ, results=(MISSED, other))
    assert open_must_pass(MUST, progress, "a") == ("o1",)
    assert open_must_pass(MUST, progress, "b") == ()


def test_a_wrong_practice_answer_opens_no_must_pass_objective() -> None:
    practice = tried("a", 2, AttemptKind.PRACTICE, "o1", correct=0)
    assert open_must_pass(MUST, Progress(results=(tried("a", 1), practice)), "a") == ()


@pytest.mark.parametrize(
    "other",
    [
        tried("b", 1),
        tried("b", 2, AttemptKind.PAPER, "o1", correct=2),
        tried("a", 2, AttemptKind.PRACTICE),
    ],
)
def test_the_screen_reopens_after_the_try_of_the_module_that_missed_it(other: PaperResult) -> None:
    progress = Progress(done=READ, results=(MISSED, other))
    assert next_step(MUST, progress) == Reread("a", "s1", 1)


@pytest.mark.parametrize("kind", [AttemptKind.PARALLEL, AttemptKind.OBJECTIVE])
def test_three_right_of_three_clear_an_objective_even_where_the_cut_score_is_all(
    kind: AttemptKind,
) -> None:
    plan = replace(MUST, cut_per_cent=100)
    results = (MISSED, tried("a", 2, kind, correct=3))
    assert open_must_pass(plan, Progress(results=results), "a") == ()


def test_a_repeat_at_exactly_the_cut_score_clears_an_objective() -> None:
    at_cut = replace(tried("a", 2, AttemptKind.OBJECTIVE, "o1"), correct=4, total=5)
    assert open_must_pass(MUST, Progress(results=(MISSED, at_cut)), "a") == ()
    below = replace(at_cut, correct=79, total=100)
    assert open_must_pass(MUST, Progress(results=(MISSED, below)), "a") == ("o1",)


FAILED = replace(tried("a", 1, AttemptKind.PAPER, "o1", correct=3), wrong_must_pass=())
REREAD = frozenset({("a", 1, "s1")})


@pytest.mark.parametrize(
    ("after", "practised"),
    [
        (tried("a", 2, AttemptKind.PRACTICE), True),
        (tried("a", 2, AttemptKind.PRACTICE, "o1", correct=0), True),
        (tried("b", 2, AttemptKind.PRACTICE), False),
        (tried("a", 2, AttemptKind.PARALLEL), False),
        (replace(tried("a", 2, AttemptKind.PRACTICE), objectives=("o2",)), False),
    ],
)
def test_practice_counts_in_its_module_for_its_objective(
    after: PaperResult, *, practised: bool
) -> None:
    progress = Progress(done=READ, reread=REREAD, results=(FAILED, after))
    then = TakePaper("a") if practised else TakePractice("a", "o1")
    assert next_step(TWO, progress) == then


def test_practice_before_the_paper_does_not_stand_for_practice_after_it() -> None:
    earlier = tried("a", 1, AttemptKind.PRACTICE)
    progress = Progress(
        done=READ,
        reread=frozenset({("a", 2, "s1")}),
        results=(earlier, replace(FAILED, number=2)),
    )
    assert next_step(TWO, progress) == TakePractice("a", "o1")


def test_an_open_try_of_another_module_is_left_alone() -> None:
    progress = Progress(done=READ, results=(tried("b", 1, submitted=False),))
    assert next_step(TWO, progress) == TakePaper("a")


def test_an_open_paper_is_no_result() -> None:
    results = (tried("a", 1), tried("b", 1), replace(tried("b", 2, submitted=False), correct=0))
    assert latest_papers(TWO, results) == results[:2]


def test_the_total_counts_only_when_every_module_has_its_paper() -> None:
    assert not course_passed(TWO, Progress(results=(tried("a", 1, correct=6),)))


@pytest.mark.parametrize(("correct", "passed"), [(799, False), (800, True)])
def test_the_course_is_passed_at_exactly_its_cut_score(correct: int, *, passed: bool) -> None:
    papers = tuple(
        replace(tried(slug, 1), correct=of, total=500)
        for slug, of in (("a", 400), ("b", correct - 400))
    )
    assert course_passed(TWO, Progress(results=papers)) is passed
    alone = course(module("a"))
    assert paper_passed(alone, correct, 1000) is passed


def test_unless_a_course_says_so_nobody_is_tested_out() -> None:
    assert not CoursePlan(modules=(), cut_per_cent=80).test_out
