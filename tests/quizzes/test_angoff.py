"""The cut of a paper by Angoff ratings. All ratings here are invented: no panel ever met."""

from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quizzes import Item, Unrated, angoff_cut, angoff_mean, reached
from tests.quizzes.samples import item

INVENTED = (90, 85, 70, 95, 60, 80)


def rated(*ratings: int | None) -> list[Item]:
    return [item(number, angoff=rating) for number, rating in enumerate(ratings)]


def test_the_cut_is_the_mean_of_the_items_drawn() -> None:
    assert angoff_mean(rated(*INVENTED)) == 80
    assert angoff_cut(rated(*INVENTED)) == 80
    assert angoff_cut(rated(*INVENTED[:3])) == 82  # 81.67, rounded up


def test_another_draw_has_another_cut() -> None:
    easy, hard = rated(95, 90, 92), rated(60, 55, 62)
    assert (angoff_cut(easy), angoff_cut(hard)) == (93, 59)


def test_a_cut_is_never_nothing() -> None:
    assert angoff_cut(rated(0, 0)) == 1
    assert angoff_cut(rated(100)) == 100


def test_items_without_a_rating_are_named() -> None:
    with pytest.raises(Unrated) as refused:
        angoff_cut(rated(80, None, 70, None))
    assert refused.value.item_ids == (item(1).id, item(3).id)


def test_nothing_drawn_has_no_cut() -> None:
    with pytest.raises(ValueError, match="without items"):
        angoff_cut([])


@given(st.lists(st.integers(0, 100), min_size=1, max_size=14), st.integers(0, 14))
def test_whoever_passes_has_at_least_what_the_panel_asked(ratings: list[int], right: int) -> None:
    items = rated(*ratings)
    correct = min(right, len(items))
    if reached(correct, len(items), angoff_cut(items)):
        assert Fraction(correct * 100) >= sum(ratings)


def test_a_rating_changes_no_wording() -> None:
    from quizzes import fingerprint

    assert fingerprint(replace(item(0), angoff=70)) == fingerprint(item(0))
