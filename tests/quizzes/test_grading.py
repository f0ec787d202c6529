"""Grading: whole numbers, all or nothing, no answer from elsewhere."""

from fractions import Fraction
from math import ceil

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quizzes import (
    Grade,
    ItemOutcome,
    Paper,
    Question,
    UnknownAnswer,
    UnknownItem,
    draw_paper,
    grade,
    reached,
)
from tests.effort import times
from tests.quizzes.samples import bank, hotspot, multiple

BANK = bank()
PAPER = draw_paper(BANK, {"M1.1": 4, "M1.2": 8}, seed=5, seen={})
TRIES = settings(max_examples=times(100, 2000), deadline=None)


def right(paper: Paper) -> dict[str, frozenset[str]]:
    return {q.item_id: BANK.item(q.item_id).key for q in paper.questions}


def test_Q17_the_pass_mark_is_reached_exactly_as_in_fractions() -> None:
    for total in range(1, 201):
        for cut in range(1, 101):
            least = ceil(Fraction(cut, 100) * total)
            assert reached(least, total, cut)
            assert not reached(least - 1, total, cut)


@TRIES
@given(st.integers(1, 200), st.integers(1, 100), st.data())
def test_Q17_any_score_is_judged_as_in_fractions(total: int, cut: int, data: st.DataObject) -> None:
    correct = data.draw(st.integers(0, total))
    assert reached(correct, total, cut) is (Fraction(correct, total) >= Fraction(cut, 100))


@pytest.mark.parametrize(("correct", "passed"), [(14, False), (15, True)])
def test_seventy_nine_and_a_half_is_not_eighty(correct: int, passed: bool) -> None:
    assert reached(correct, 18, 80) is passed
    assert not reached(159, 200, 80)


def test_nothing_asked_is_nothing_passed() -> None:
    assert not reached(0, 0, 80)
    assert not grade(Paper(()), BANK, {}, 80).passed


@pytest.mark.parametrize(
    "numbers", [(-1, 6, 80), (7, 6, 80), (0, -1, 80), (3, 6, 0), (3, 6, 101), (3, 6, -5)]
)
def test_numbers_that_are_no_result_are_refused(numbers: tuple[int, int, int]) -> None:
    with pytest.raises(ValueError, match=r"no result|pass mark"):
        reached(*numbers)


def test_an_impossible_pass_mark_is_refused_when_grading() -> None:
    with pytest.raises(ValueError, match="pass mark"):
        grade(PAPER, BANK, {}, 800)


def test_every_key_chosen_is_every_point() -> None:
    result = grade(PAPER, BANK, right(PAPER), 100)
    assert (result.correct, result.total, result.passed) == (12, 12, True)
    assert result.missed_objectives == ()
    assert result.missed_must_pass == ()


def test_no_answer_is_a_wrong_answer() -> None:
    result = grade(PAPER, BANK, {}, 80)
    assert result.correct == 0
    assert not any(outcome.answered for outcome in result.outcomes)


@pytest.mark.parametrize(
    ("chosen", "correct"),
    [
        (set(), False),
        ({"a"}, False),
        ({"a", "b"}, True),
        ({"a", "b", "c"}, False),
        ({"a", "c"}, False),
        ({"c", "d"}, False),
        ({"a", "b", "c", "d"}, False),
    ],
)
def test_a_multiple_item_is_all_or_nothing(chosen: set[str], correct: bool) -> None:
    item = multiple()
    paper = Paper((Question(item.id, item.option_ids),))
    result = grade(paper, BANK, {item.id: frozenset(chosen)}, 80)
    assert result.outcomes == (
        ItemOutcome(item.id, "M1.2", False, bool(chosen), correct, frozenset(chosen)),
    )


def test_marking_everything_in_a_picture_is_wrong() -> None:
    item = hotspot()
    paper = Paper((Question(item.id, item.option_ids),))
    assert grade(paper, BANK, {item.id: frozenset("abc")}, 80).correct == 0
    assert grade(paper, BANK, {item.id: frozenset("a")}, 80).correct == 1


def test_two_options_of_a_single_item_are_wrong_even_with_the_key_among_them() -> None:
    paper = Paper((Question("M1-101", ("a", "b", "c")),))
    assert grade(paper, BANK, {"M1-101": frozenset("ab")}, 80).correct == 0


def test_an_item_that_was_not_asked_is_refused_though_the_bank_has_it() -> None:
    paper = Paper((Question("M1-101", ("a", "b", "c")),))
    with pytest.raises(UnknownAnswer, match="was not asked") as caught:
        grade(paper, BANK, {"M1-102": frozenset("a")}, 80)
    assert (caught.value.item_id, caught.value.option_id) == ("M1-102", None)


def test_an_option_of_another_item_is_refused() -> None:
    paper = Paper((Question("M1-101", ("a", "b", "c")),))
    with pytest.raises(UnknownAnswer, match="has no option 'd'") as caught:
        grade(paper, BANK, {"M1-101": frozenset("ad")}, 80)
    assert (caught.value.item_id, caught.value.option_id) == ("M1-101", "d")


def test_a_paper_of_another_bank_is_refused() -> None:
    with pytest.raises(UnknownItem):
        grade(Paper((Question("M9-1", ("a",)),)), BANK, {}, 80)


def test_missed_objectives_come_in_the_order_of_the_paper_once_each() -> None:
    paper = Paper(tuple(Question(i, ("a", "b", "c")) for i in ("M1-111", "M1-101", "M1-112")))
    result = grade(paper, BANK, {}, 80)
    assert result.missed_objectives == ("M1.2", "M1.1")
    assert result.missed_must_pass == ("M1.1",)


def test_a_wrong_must_pass_item_fails_no_paper() -> None:
    outcomes = tuple(
        ItemOutcome(str(n), "M1.1", True, True, n > 0, frozenset("a")) for n in range(6)
    )
    result = Grade(outcomes, 5, 6, 80)
    assert result.passed
    assert result.missed_must_pass == ("M1.1",)


@TRIES
@given(st.data())
def test_the_score_is_the_number_of_items_whose_key_was_chosen(data: st.DataObject) -> None:
    answers = {
        q.item_id: frozenset(data.draw(st.sets(st.sampled_from(q.option_ids))))
        for q in PAPER.questions
        if data.draw(st.booleans())
    }
    result = grade(PAPER, BANK, answers, 80)
    matching = [i for i, chosen in answers.items() if chosen == BANK.item(i).key]
    assert result.correct == len(matching)
    assert result.total == len(PAPER.questions)
    assert [outcome.item_id for outcome in result.outcomes if outcome.correct] == [
        q.item_id for q in PAPER.questions if q.item_id in matching
    ]
    assert result.passed is reached(result.correct, result.total, 80)


@TRIES
@given(st.permutations(PAPER.questions))
def test_the_order_of_questions_changes_no_score(questions: list[Question]) -> None:
    answers = dict(list(right(PAPER).items())[:7])
    assert grade(Paper(tuple(questions)), BANK, answers, 80).correct == 7
