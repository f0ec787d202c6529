"""Items whose steps are put in order: read, drawn, graded all or nothing, and guessed at."""

from collections import Counter
from dataclasses import replace
from fractions import Fraction
from itertools import permutations
from math import factorial
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quizzes import (
    GuessStrategy,
    Item,
    ItemType,
    ModuleQuiz,
    Paper,
    Question,
    UnknownAnswer,
    chance_of_paper,
    draw_items,
    grade,
    guess_chance,
    numbered,
)
from tests.effort import times
from tests.quizzes.samples import bank, order
from tests.quizzes.test_banks import FEEDBACK, changed, read, single

ITEM = order()
BANK = bank(ITEM)
PAPER = Paper((Question(ITEM.id, ITEM.option_ids),))
TRIES = settings(max_examples=times(100, 2000), deadline=None)
ENTRIES = st.sampled_from(sorted(ITEM.answers))


def step(id_: str, place: Any) -> dict[str, Any]:
    return {"id": id_, "text": f"Do {id_}", "place": place, "feedback": FEEDBACK}


def raw(*steps: dict[str, Any]) -> dict[str, Any]:
    return single(type="order", options=[*steps] or [step("a", 2), step("b", 1), step("c", 3)])


def test_a_good_order_is_read_with_its_places() -> None:
    parsed, faults = read(raw())
    assert faults == ()
    assert parsed is not None
    (item,) = parsed.items
    assert item.type is ItemType.ORDER
    assert item.right_order == ("b", "a", "c")
    assert item.key == {"a:2", "b:1", "c:3"}
    assert not item.select_all


OPTIONS = ("items", 0, "options")
FAULTY: dict[str, tuple[Any, tuple[str | int, ...], str, str]] = {
    "two steps": (raw(step("a", 1), step("b", 2)), OPTIONS, "2 options", "3 to 5"),
    "six steps": (
        raw(*(step(id_, n) for n, id_ in enumerate("abcdef", start=1))),
        *(OPTIONS, "6 options", "3 to 5"),
    ),
    "no place": (changed(raw(), ("options", 0, "place"), ...), (*OPTIONS, 0), "no usable", "1, 2"),
    "a place in words": (
        *(raw(step("a", "first"), step("b", 2), step("c", 3)), (*OPTIONS, 0, "place")),
        *("no usable place", "1, 2"),
    ),
    "a place of yes": (
        *(raw(step("a", True), step("b", 2), step("c", 3)), (*OPTIONS, 0, "place")),
        *("no usable place", "1, 2"),
    ),
    "equal places": (
        *(raw(step("a", 1), step("b", 1), step("c", 2)), OPTIONS, "are 1, 1, 2", "its own"),
    ),
    "a gap": (raw(step("a", 1), step("b", 2), step("c", 4)), OPTIONS, "are 1, 2, 4", "gap"),
    "a key": (
        changed(raw(), ("options", 0, "correct"), True),
        *((*OPTIONS, 0, "correct"), "correct in an order", "place"),
    ),
    "a misconception": (
        changed(raw(), ("options", 0, "misconception"), "own-phone"),
        *((*OPTIONS, 0, "misconception"), "a correct option", "take one"),
    ),
    "a rect": (
        changed(raw(), ("options", 0, "rect"), [0, 0, 50, 50]),
        *((*OPTIONS, 0, "rect"), "rect in an order item", "hotspot"),
    ),
    "a place where there is no order": (
        changed(single(), ("options", 0, "place"), 1),
        *((*OPTIONS, 0, "place"), "no order", "take it out"),
    ),
}


@pytest.mark.parametrize("name", FAULTY)
def test_each_fault_is_named_at_its_place_with_its_mend(name: str) -> None:
    broken, path, what, mend = FAULTY[name]
    parsed, faults = read(broken)
    assert parsed is None
    (fault,) = faults
    assert fault.path == path
    assert what in fault.what
    assert mend in fault.mend


def in_order(ids: tuple[str, ...]) -> frozenset[str]:
    return frozenset(numbered(id_, number) for number, id_ in enumerate(ids, start=1))


def test_exactly_one_of_all_orders_is_right() -> None:
    right = [
        ids
        for ids in permutations(ITEM.option_ids)
        if grade(PAPER, BANK, {ITEM.id: in_order(ids)}, 80).correct
    ]
    assert right == [ITEM.right_order]
    assert right == [("b", "d", "a", "c")]


@TRIES
@given(st.frozensets(ENTRIES))
def test_an_order_is_all_or_nothing_whatever_the_form_says(chosen: frozenset[str]) -> None:
    (outcome,) = grade(PAPER, BANK, {ITEM.id: chosen}, 80).outcomes
    assert outcome.correct is (chosen == ITEM.key)
    numbers = [entry.partition(":")[2] for entry in chosen]
    steps = {entry.partition(":")[0] for entry in chosen}
    whole = len(steps) == len(set(numbers)) == 4
    assert outcome.answered is whole
    assert outcome.answered or not outcome.correct


@pytest.mark.parametrize("entry", ["a", "a:0", "a:5", "e:1", "a:1:1", ":", "a:٣", "1:a"])
def test_a_step_or_number_from_elsewhere_is_named(entry: str) -> None:
    with pytest.raises(UnknownAnswer):
        grade(PAPER, BANK, {ITEM.id: frozenset({entry})}, 80)


def test_a_number_is_no_answer_to_another_kind_of_item() -> None:
    paper = Paper((Question("M1-101", ("a", "b", "c")),))
    with pytest.raises(UnknownAnswer):
        grade(paper, BANK, {"M1-101": frozenset({"a:1"})}, 80)


@TRIES
@given(st.integers(0, 2**63), st.integers(3, 5))
def test_steps_are_never_shown_in_their_right_order(seed: int, count: int) -> None:
    steps = tuple(
        replace(ITEM.options[0], id=id_, place=count - n) for n, id_ in enumerate("abcde"[:count])
    )
    item = replace(ITEM, options=steps)
    paper = draw_items(only(item), ["M1.2"], count_each=1, seed=seed, seen={})
    (question,) = paper.questions
    assert sorted(question.option_ids) == sorted(item.option_ids)
    assert question.option_ids != item.right_order
    assert paper == draw_items(only(item), ["M1.2"], count_each=1, seed=seed, seen={})


def only(*items: Item) -> Any:
    return replace(BANK, items=items)


def test_every_other_order_is_shown_about_equally_often() -> None:
    runs = times(2000, 20_000)
    shown: Counter[tuple[str, ...]] = Counter()
    for seed in range(runs):
        paper = draw_items(only(ITEM), ["M1.2"], count_each=1, seed=seed, seen={})
        shown[paper.questions[0].option_ids] += 1
    assert len(shown) == factorial(4) - 1
    assert max(shown.values()) < 2 * min(shown.values()) + 40


def test_an_order_in_a_bank_moves_no_stored_paper_of_other_items() -> None:
    """Only the order's own shuffle is drawn again: a paper without one is as it always was."""
    for seed in range(50):
        with_order = draw_items(BANK, ["M1.1"], count_each=3, seed=seed, seen={})
        assert with_order == draw_items(bank(), ["M1.1"], count_each=3, seed=seed, seen={})


@pytest.mark.parametrize("strategy", GuessStrategy)
def test_a_guesser_gets_one_order_in_all_but_the_one_that_is_shown(
    strategy: GuessStrategy,
) -> None:
    assert guess_chance(ITEM, strategy) == Fraction(1, 23)
    three = replace(ITEM, options=ITEM.options[:3])
    assert guess_chance(three, strategy) == Fraction(1, 5)


def test_orders_count_in_a_simulated_paper() -> None:
    items = [replace(ITEM, id=f"M1-30{n}", objective="M1.1", must_pass=False) for n in range(6)]
    module = ModuleQuiz(only(*items), {"M1.1": 3})
    p = Fraction(1, 23)
    one_of_three = 1 - (1 - p) ** 3  # two of a short paper may be wrong
    assert chance_of_paper(module, GuessStrategy.RANDOM) == one_of_three


@pytest.mark.parametrize(
    ("chosen", "answered"),
    [
        ((), False),
        (("a:1",), False),
        (("a:1", "b:2"), False),
        (("a:1", "b:2", "c:2"), False),
        (("a:1", "a:2", "a:3"), False),
        (("a:1", "b:2", "c:3"), True),
        (("a",), True),
    ],
)
def test_an_order_is_answered_when_every_step_has_its_own_number(
    chosen: tuple[str, ...], answered: bool
) -> None:
    assert Question("x", ("a", "b", "c")).answered_by(chosen) is answered
