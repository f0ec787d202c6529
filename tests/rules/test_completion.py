from dataclasses import replace

import pytest

from tests.rules.walker import Walker, course, module, wrong_at
from training.rules.completion import (
    course_passed,
    help_wanted,
    latest_papers,
    module_passed,
    next_step,
    open_must_pass,
    paper_passed,
    refusal,
)
from training.rules.course_way import (
    WALK_THROUGH,
    AttemptKind,
    PaperResult,
    Progress,
    Reread,
    Resume,
    TakeObjective,
    TakePaper,
    TakeParallel,
    TakePractice,
    TakeStep,
    WalkThrough,
    step_of,
)

TWO = course(module("a"), module("b"))
STEPS = ["s1", "scene", "s2", "s3"]


def test_whoever_answers_all_right_takes_each_step_and_each_paper_once() -> None:
    log = Walker(TWO).walk()
    assert log == [
        *(TakeStep("a", step) for step in STEPS),
        TakePaper("a"),
        *(TakeStep("b", step) for step in STEPS),
        TakePaper("b"),
    ]


@pytest.mark.parametrize(("correct", "passed"), [(3, False), (4, True), (6, True)])
def test_a_module_of_several_is_passed_at_four_of_six(correct: int, *, passed: bool) -> None:
    assert paper_passed(TWO, correct, 6) is passed


@pytest.mark.parametrize(
    ("cut", "correct", "passed"), [(80, 4, False), (80, 5, True), (50, 3, True)]
)
def test_a_course_of_one_module_is_passed_at_its_cut_score_alone(
    cut: int, correct: int, *, passed: bool
) -> None:
    assert paper_passed(course(module("a"), cut=cut), correct, 6) is passed


def test_what_was_missed_is_read_again_and_practised_before_a_fresh_paper() -> None:
    walker = Walker(TWO)
    walker.until(TakePaper)
    walker.go(wrong_at(0, 1, 3))  # o1 twice, o2 once
    log = [walker.go() for _ in range(6)]
    assert log == [
        Reread("a", "s1", 1),
        TakePractice("a", "o1"),
        Reread("a", "s2", 1),
        TakePractice("a", "o2"),
        TakePaper("a"),
        TakeStep("b", "s1"),
    ]


def test_a_wrong_practice_answer_holds_nobody_up() -> None:
    walker = Walker(TWO)
    walker.until(TakePaper)
    walker.go(wrong_at(0, 1, 3))
    walker.until(TakePaper, lambda _kind, items: [False] * len(items))
    assert walker.next == TakePaper("a")


def test_each_retry_reopens_what_the_new_paper_missed() -> None:
    walker = Walker(TWO)
    walker.until(TakePaper)
    walker.go(wrong_at(0, 1, 3))
    walker.until(TakePaper)
    walker.go(wrong_at(0, 2, 5))
    assert walker.next == Reread("a", "s1", 4)  # again, for it was missed again
    walker.go()
    assert walker.go() == TakePractice("a", "o1")
    assert walker.next == Reread("a", "s3", 4)


def test_two_objectives_of_one_screen_reopen_it_once() -> None:
    shared = replace(module("a"), screens={"o1": "s1", "o2": "s1", "o3": "s3"})
    walker = Walker(course(shared, module("b")))
    walker.until(TakePaper)
    walker.go(wrong_at(0, 1, 3))
    log = [walker.go() for _ in range(3)]
    assert log == [Reread("a", "s1", 1), TakePractice("a", "o1"), TakePractice("a", "o2")]


def test_an_objective_without_a_screen_of_its_own_is_practised_all_the_same() -> None:
    bare = replace(module("a"), screens={})
    walker = Walker(course(bare, module("b")))
    walker.until(TakePaper)
    walker.go(wrong_at(0, 1, 3))
    assert walker.next == TakePractice("a", "o1")
    walker.walk()


def test_a_passed_module_with_a_miss_sends_nobody_back() -> None:
    walker = Walker(TWO)
    walker.until(TakePaper)
    walker.go(wrong_at(0))
    assert walker.next == TakeStep("b", "s1")


MUST = course(module("a", "o1", "o2"), module("b"))


def missed_must_pass(*places: int) -> Walker:
    walker = Walker(MUST)
    walker.until(TakePaper)
    walker.go(wrong_at(*places))
    return walker


def test_a_wrong_must_pass_item_reopens_its_screen_and_asks_two_more() -> None:
    walker = missed_must_pass(0)
    assert not module_passed(MUST, walker.progress, "a")
    assert open_must_pass(MUST, walker.progress, "a") == ("o1",)
    log = [walker.go() for _ in range(3)]
    assert log == [Reread("a", "s1", 1), TakeParallel("a", ("o1",)), TakeStep("b", "s1")]
    assert module_passed(MUST, walker.progress, "a")


def test_two_missed_must_pass_objectives_are_asked_together() -> None:
    walker = missed_must_pass(0, 1)
    log = [walker.go() for _ in range(3)]
    assert log == [
        Reread("a", "s1", 1),
        Reread("a", "s2", 1),
        TakeParallel("a", ("o1", "o2")),
    ]


def one_wrong(_kind: AttemptKind, items: tuple[str, ...]) -> list[bool]:
    return [place > 0 for place in range(len(items))]


def test_one_of_two_parallel_items_wrong_repeats_that_objective_alone() -> None:
    walker = missed_must_pass(0, 1)
    walker.until(TakeParallel)
    walker.go(one_wrong)
    assert open_must_pass(MUST, walker.progress, "a") == ("o1",)
    log = [walker.go(one_wrong) for _ in range(4)]
    assert log == [
        Reread("a", "s1", 2),
        TakeObjective("a", "o1"),
        Reread("a", "s1", 3),
        TakeObjective("a", "o1"),
    ]
    walker.until(TakeObjective)
    walker.go()
    assert walker.next == TakeStep("b", "s1")


def test_two_objectives_missed_again_are_repeated_one_after_the_other() -> None:
    walker = missed_must_pass(0, 1)
    walker.until(TakeParallel)
    walker.go(lambda _kind, items: [False] * len(items))
    log = [walker.go() for _ in range(4)]
    assert log == [
        Reread("a", "s1", 2),
        Reread("a", "s2", 2),
        TakeObjective("a", "o1"),
        TakeObjective("a", "o2"),
    ]
    assert walker.next == TakeStep("b", "s1")


@pytest.mark.parametrize(("cut", "cleared"), [(80, False), (67, False), (66, True), (60, True)])
def test_a_repeated_objective_is_cleared_at_the_cut_score(cut: int, *, cleared: bool) -> None:
    plan = replace(MUST, cut_per_cent=cut)
    walker = missed_must_pass(0)
    walker.plan = plan
    walker.until(TakeParallel)
    walker.go(one_wrong)
    walker.until(TakeObjective)
    walker.go(one_wrong)
    assert (open_must_pass(plan, walker.progress, "a") == ()) is cleared


def test_a_paper_that_is_not_passed_is_taken_again_with_its_must_pass_objectives() -> None:
    walker = missed_must_pass(0, 1, 2)
    walker.until(TakePaper)
    assert TakeParallel("a", ("o1", "o2")) not in walker.log
    walker.go(wrong_at(2))
    assert open_must_pass(MUST, walker.progress, "a") == ()
    assert walker.next == TakeStep("b", "s1")


def test_must_pass_holds_also_for_a_module_whose_try_does_not_list_what_it_asked() -> None:
    result = PaperResult("a", 1, AttemptKind.PAPER, 5, 6, ("o1",), ("o1",))
    done = {"a": frozenset(STEPS)}
    assert next_step(MUST, Progress(done=done, results=(result,))) == Reread("a", "s1", 1)


BAD = wrong_at(0, 1, 3, 4)


def three_in_vain() -> Walker:
    walker = Walker(TWO)
    for _ in range(3):
        walker.until(TakePaper)
        walker.go(BAD)
    return walker


def test_after_three_papers_in_vain_a_walk_through_opens_and_she_may_go_on_at_once() -> None:
    walker = three_in_vain()
    number = walker.progress.results[-1].number
    assert help_wanted(TWO, walker.progress) == ("a",)
    assert [walker.go() for _ in range(2)] == [WalkThrough("a", number), TakePaper("a")]
    assert help_wanted(TWO, walker.progress) == ()


def test_the_walk_through_comes_once_and_then_all_is_as_before() -> None:
    walker = three_in_vain()
    for _ in range(4):
        walker.until(TakePaper)
        walker.go(BAD)
    assert sum(isinstance(step, WalkThrough) for step in walker.log) == 1
    assert isinstance(walker.next, Reread)
    assert help_wanted(TWO, walker.progress) == ("a",)


def test_two_papers_in_vain_ask_for_no_help_nor_do_three_with_a_passed_one_between() -> None:
    walker = Walker(TWO)
    for _ in range(2):
        walker.until(TakePaper)
        walker.go(BAD)
    assert help_wanted(TWO, walker.progress) == ()
    number = walker.progress.results[-1].number
    passed = replace(walker.progress.results[-1], number=number + 1, correct=6, wrong_objectives=())
    again = replace(walker.progress.results[-1], number=number + 2)
    results = (*walker.progress.results, passed, again)
    assert help_wanted(TWO, replace(walker.progress, results=results)) == ()


def test_all_modules_passed_but_the_total_short_retakes_the_weakest() -> None:
    walker = Walker(TWO)
    walker.until(TakePaper)
    walker.go(wrong_at(0))
    walker.until(TakePaper)
    walker.go(wrong_at(0, 1))  # 5 + 4 of 12 is 75 per cent
    assert all(module_passed(TWO, walker.progress, slug) for slug in "ab")
    assert not course_passed(TWO, walker.progress)
    assert walker.next == Reread("b", "s1", 1)
    log = walker.walk()
    assert log[-1] == TakePaper("b")
    assert TakePaper("a") not in log
    assert course_passed(TWO, walker.progress)


def test_of_equally_weak_modules_the_first_is_retaken_and_only_as_many_as_needed() -> None:
    three = course(module("a"), module("b"), module("c"))
    walker = Walker(three)
    for _ in range(3):
        walker.until(TakePaper)
        walker.go(wrong_at(0, 1))  # 12 of 18; 15 are needed
    log = [step for step in walker.walk() if isinstance(step, TakePaper)]
    assert log == [TakePaper("a"), TakePaper("b")]


def test_a_retake_that_goes_worse_counts_and_is_taken_again() -> None:
    walker = Walker(TWO)
    for _ in range(2):
        walker.until(TakePaper)
        walker.go(wrong_at(0, 1))
    walker.until(TakePaper)
    walker.go(BAD)
    assert not module_passed(TWO, walker.progress, "a")
    walker.walk()
    assert [paper.correct for paper in latest_papers(TWO, walker.progress.results)] == [6, 4]


REFRESHER = course(module("a", "o2"), module("b"), test_out=True)


def test_in_a_refresher_the_paper_comes_first_and_the_must_pass_screen_for_everybody() -> None:
    assert Walker(REFRESHER).walk() == [TakePaper("a"), TakeStep("a", "s2"), TakePaper("b")]


def test_in_a_refresher_the_years_new_case_comes_after_the_quiz_for_everybody() -> None:
    first, second = REFRESHER.modules
    plan = replace(REFRESHER, modules=(replace(first, case="scene"), second))
    log = Walker(plan).walk()
    assert log == [TakePaper("a"), TakeStep("a", "s2"), TakeStep("a", "scene"), TakePaper("b")]


def test_in_a_refresher_each_missed_objective_is_taught_and_asked_once_though_passed() -> None:
    walker = Walker(REFRESHER)
    walker.go(wrong_at(0, 2))
    log = [walker.go() for _ in range(6)]
    assert log == [
        Reread("a", "s1", 1),
        TakePractice("a", "o1"),
        Reread("a", "s3", 1),
        TakePractice("a", "o3"),
        TakeStep("a", "s2"),
        TakePaper("b"),
    ]


def test_in_a_refresher_a_missed_must_pass_screen_is_not_read_twice() -> None:
    walker = Walker(REFRESHER)
    walker.go(wrong_at(1))
    log = [walker.go() for _ in range(3)]
    assert log == [Reread("a", "s2", 1), TakeParallel("a", ("o2",)), TakePaper("b")]


def test_an_open_try_comes_before_everything_else_of_its_module() -> None:
    open_try = PaperResult("a", 1, AttemptKind.PAPER, 0, 6, submitted=False)
    progress = Progress(results=(open_try,))
    assert next_step(TWO, progress) == Resume("a", 1)
    assert refusal(TWO, progress, "a") is None
    assert not module_passed(TWO, progress, "a")


def test_a_quiz_is_refused_with_the_reason_while_something_else_comes_first() -> None:
    walker = Walker(TWO)
    assert "steps of this part" in str(refusal(TWO, walker.progress, "a"))
    assert "Another part" in str(refusal(TWO, walker.progress, "b"))
    walker.until(TakePaper)
    assert refusal(TWO, walker.progress, "a") is None
    walker.go(BAD)
    assert "Read again" in str(refusal(TWO, walker.progress, "a"))
    walker.go()
    assert refusal(TWO, walker.progress, "a") is None  # the practice question
    walker.walk()
    assert "done" in str(refusal(TWO, walker.progress, "a"))


def test_where_help_waits_the_refusal_says_to_read() -> None:
    assert "Read again" in str(refusal(TWO, three_in_vain().progress, "a"))


def test_a_step_added_to_a_module_is_still_asked_after_its_paper() -> None:
    walker = Walker(TWO)
    walker.walk()
    longer = replace(module("a"), steps=(*STEPS, "s4"))
    assert next_step(course(longer, module("b")), walker.progress) == TakeStep("a", "s4")


def test_a_reading_step_tells_its_name_and_which_try_reopened_it() -> None:
    assert step_of(TakeStep("a", "s1")) == ("s1", 0)
    assert step_of(Reread("a", "s1", 3)) == ("s1", 3)
    assert step_of(WalkThrough("a", 3)) == (WALK_THROUGH, 3)
