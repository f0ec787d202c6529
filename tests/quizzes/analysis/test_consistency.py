"""How alike two papers decide: by theory where theory has a number, else by sense."""

from dataclasses import replace
from fractions import Fraction
from math import comb
from random import Random

import pytest

from quizzes import ItemBank, ModuleQuiz, Spread, decision_consistency, spread_of
from tests.effort import times
from tests.quizzes.samples import BLUEPRINT, item

MODULE = ModuleQuiz(
    ItemBank("even", tuple(replace(item(n), must_pass=False) for n in range(15))), BLUEPRINT
)
RUNS = times(4000, 40_000)


def passing(share: float) -> float:
    chance = Fraction(share).limit_denominator(1000)
    return float(sum(comb(6, n) * chance**n * (1 - chance) ** (6 - n) for n in range(4, 7)))


def scores(count: int, shares: list[float], seed: int = 5) -> list[tuple[int, int]]:
    dice = Random(seed)
    return [(sum(dice.random() < shares[n % len(shares)] for _ in range(6)), 6)
            for n in range(count)]  # fmt: skip


def test_equal_people_are_decided_alike_only_by_chance() -> None:
    found = decision_consistency(MODULE, Spread(0.7, 0.0), {}, runs=RUNS)
    p = passing(0.7)
    assert found.passing == pytest.approx(p, abs=0.02)
    assert found.agreement == pytest.approx(p * p + (1 - p) ** 2, abs=0.03)
    assert found.kappa == pytest.approx(0, abs=0.05)


def test_a_beta_law_of_known_shape_gives_the_number_of_huynh() -> None:
    # m = 0.6, r = 0.2: alpha = 2.4, beta = 1.6; the bivariate beta-binomial, summed by hand
    from math import gamma

    def beta(a: float, b: float) -> float:
        return gamma(a) * gamma(b) / gamma(a + b)

    def chance(x: int, y: int) -> float:
        return comb(6, x) * comb(6, y) * beta(2.4 + x + y, 1.6 + 12 - x - y) / beta(2.4, 1.6)

    alike = sum(chance(x, y) for x in range(7) for y in range(7) if (x >= 4) == (y >= 4))
    found = decision_consistency(MODULE, Spread(0.6, 0.2), {}, runs=RUNS)
    assert found.agreement == pytest.approx(alike, abs=0.03)
    assert found.kappa > 0.1


def test_who_differ_much_are_decided_alike_mostly() -> None:
    near, far = (
        decision_consistency(MODULE, Spread(0.65, own), {}, runs=RUNS) for own in (0.05, 0.8)
    )
    assert near.agreement < far.agreement
    assert far.kappa > 0.75


def test_hard_items_lower_the_share_that_passes() -> None:
    hard = {one.id: 0.3 for one in MODULE.bank.items}
    even = decision_consistency(MODULE, Spread(0.7, 0.1), {}, runs=600)
    assert decision_consistency(MODULE, Spread(0.7, 0.1), hard, runs=600).passing < even.passing


def test_everybody_right_is_perfectly_alike() -> None:
    found = decision_consistency(MODULE, Spread(1.0, 0.0), {}, runs=50)
    assert (found.agreement, found.passing) == (1, 1)


def test_a_cut_score_of_its_own_is_kept() -> None:
    loose, strict = (
        decision_consistency(MODULE, Spread(0.7, 0.1), {}, cut_per_cent=cut, runs=600).passing
        for cut in (50, 100)
    )
    assert strict < loose


def test_the_same_seed_gives_the_same_figures() -> None:
    one, other = (decision_consistency(MODULE, Spread(0.7, 0.1), {}, runs=60) for _ in range(2))
    assert one == other


def test_the_spread_of_people_is_found() -> None:
    found = spread_of(scores(6000, [0.9, 0.5]))
    assert found is not None
    assert found.mean == pytest.approx(0.7, abs=0.02)
    assert found.own == pytest.approx(0.04 / 0.21, abs=0.03)


def test_equal_people_have_no_spread() -> None:
    found = spread_of(scores(3000, [0.7]))
    assert found is not None
    assert found.own == pytest.approx(0, abs=0.02)
    assert spread_of([(6, 6)] * 30) == Spread(1.0, 0.0)


def test_thirty_papers_of_one_size_are_needed() -> None:
    assert spread_of(scores(29, [0.7])) is None
    assert spread_of([*scores(29, [0.7]), (2, 3)]) is None
    assert spread_of([]) is None
    assert spread_of(scores(30, [0.7])) is not None
