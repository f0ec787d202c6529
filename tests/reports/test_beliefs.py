"""What a department believes is shown, and never what a colleague answered."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quizzes import ItemVersion, Sitting, fingerprint
from tests.quizzes.analysis.people import PAPER, sittings
from training.reports.beliefs import misconceptions, of_options, share_in_words
from training.reports.first_tries import FirstTry

FIRST = PAPER[0]
VERSION = ItemVersion(FIRST.id, fingerprint(FIRST), "en")


def tries(*groups: tuple[str, list[Sitting]]) -> list[FirstTry]:
    """Return first tries of several departments, each person another one."""
    made: list[FirstTry] = []
    for name, sat in groups:
        for one in sat:
            sitting = replace(one, person=len(made))
            made.append(FirstTry("m", name, (len(one.right), len(one.items)), sitting))
    return made


def choosing(count: int, option_id: str) -> list[Sitting]:
    """Return people who all choose one option of the first item."""
    chosen = {FIRST.id: frozenset({option_id})}
    return [Sitting(n, "en", (FIRST,), chosen, frozenset()) for n in range(count)]


WRONG, OTHER = (option.id for option in FIRST.distractors)
KEY = FIRST.keys[0].id


def test_each_department_has_its_share_and_the_small_ones_none() -> None:
    found = of_options(
        tries(
            ("Night shift", choosing(9, WRONG) + choosing(11, KEY)),
            ("Imaging", choosing(3, WRONG) + choosing(12, KEY)),
            ("Chapel", choosing(3, WRONG)),
            ("Attic", choosing(4, KEY)),
        ),
        VERSION,
    )
    by_option = {belief.name: belief for belief in found}
    assert set(by_option) == {WRONG, OTHER}
    belief = by_option[WRONG]
    assert (belief.people, belief.share) == (42, 15 / 42)
    assert [(g.name, g.people, g.words) for g in belief.groups] == [
        ("Night shift", 20, "45%"),
        ("Imaging", 15, "20%"),
    ]
    assert belief.others == 7


def test_one_small_department_takes_another_with_it() -> None:
    found = of_options(
        tries(
            ("Night shift", choosing(20, KEY)),
            ("Imaging", choosing(9, WRONG)),
            ("Chapel", choosing(3, WRONG)),
        ),
        VERSION,
    )
    assert [g.name for g in found[0].groups] == ["Night shift"]
    assert found[0].others == 12


def test_nothing_is_said_under_thirty_people() -> None:
    few = tries(("Night shift", choosing(29, WRONG)))
    assert of_options(few, VERSION) == []
    assert misconceptions(few) == []


def test_other_wordings_and_languages_are_left_out() -> None:
    spanish = [replace(s, locale="es") for s in choosing(40, WRONG)]
    assert of_options(tries(("Night shift", spanish)), VERSION) == []


def test_a_misconception_is_held_by_whoever_chose_it_once() -> None:
    # six items offer it; whoever knows 0.7 of each is free of it with 0.7 to the sixth
    (belief,) = misconceptions(tries(("Night shift", sittings(3000, [0.7]))))
    assert belief.name == "own-phone"
    assert belief.share == pytest.approx(1 - 0.7**6, abs=0.03)


@given(st.integers(2, 60).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_no_share_says_that_everybody_or_nobody_did(case: tuple[int, int]) -> None:
    some, of_all = case
    alike = [n for n in range(of_all + 1) if share_in_words(n, of_all) == share_in_words(*case)]
    if some in {0, 1}:
        assert alike[:2] == [0, 1]
    if some in {of_all - 1, of_all} and of_all > 3:
        assert {of_all - 1, of_all} <= set(alike)
