"""The formulas agree with published examples, with the standard library, and with chance."""

from math import sqrt
from random import Random
from statistics import correlation as pearson

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quizzes.analysis.figures import correlation, wilson
from tests.effort import times


@pytest.mark.parametrize(
    ("right", "tries", "low", "high"),
    [  # Newcombe 1998, Statistics in Medicine 17:857-872, table I, method 3
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_the_interval_is_the_published_one(right: int, tries: int, low: float, high: float) -> None:
    found = wilson(right, tries)
    assert found.value == right / tries
    assert (found.low, found.high) == pytest.approx((low, high), abs=5e-5)


@pytest.mark.parametrize(("right", "tries"), [(1, 0), (0, 0), (-1, 5), (6, 5)])
def test_an_impossible_share_is_refused(right: int, tries: int) -> None:
    with pytest.raises(ValueError, match="is no share"):
        wilson(right, tries)


@given(st.integers(1, 500).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_the_interval_holds_its_share_and_stays_on_the_scale(case: tuple[int, int]) -> None:
    found = wilson(*case)
    assert 0 <= found.low <= found.value + 1e-12
    assert found.value - 1e-12 <= found.high <= 1
    mirrored = wilson(case[1] - case[0], case[1])
    assert mirrored.low == pytest.approx(1 - found.high)


def test_nineteen_of_twenty_intervals_hold_the_truth() -> None:
    dice, runs = Random(4), times(1500, 20_000)
    held = 0
    for _ in range(runs):
        found = wilson(sum(dice.random() < 0.9 for _ in range(40)), 40)
        held += found.low <= 0.9 <= found.high
    assert 0.93 < held / runs < 0.975


@given(st.lists(st.tuples(st.booleans(), st.integers(0, 5)), min_size=4, max_size=60))
def test_the_correlation_is_pearsons(pairs: list[tuple[bool, int]]) -> None:
    rights, rests = [r for r, _ in pairs], [n / 5 for _, n in pairs]
    found = correlation(rights, rests)
    if len(set(rights)) == 1 or len(set(rests)) == 1:
        assert found is None
    else:
        assert found is not None
        assert found.value == pytest.approx(pearson([float(r) for r in rights], rests), abs=1e-9)
        assert -1 <= found.low <= found.value + 1e-9
        assert found.value - 1e-9 <= found.high <= 1


def test_three_people_say_nothing_of_a_correlation() -> None:
    assert correlation([True, False, True], [1.0, 0.0, 0.5]) is None


def test_the_correlation_of_two_kinds_of_people_is_what_theory_says() -> None:
    # half know 0.9 of it and half 0.5: cov = 0.04, var(item) = 0.7 x 0.3,
    # var(rest of five) = 0.04 + (0.09 + 0.25) / 2 / 5
    dice = Random(11)
    rights, rests = [], []
    for person in range(6000):
        share = (0.9, 0.5)[person % 2]
        rights.append(dice.random() < share)
        rests.append(sum(dice.random() < share for _ in range(5)) / 5)
    found = correlation(rights, rests)
    assert found is not None
    assert found.value == pytest.approx(0.04 / sqrt(0.21 * 0.074), abs=0.03)
    assert found.low < 0.04 / sqrt(0.21 * 0.074) < found.high
