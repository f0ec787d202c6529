"""The sums agree with small cases done by hand, with each other, and with playing."""

from dataclasses import replace
from fractions import Fraction
from itertools import combinations
from math import comb

import pytest

from quizzes import (
    GuessStrategy,
    ItemBank,
    ModuleQuiz,
    chance_at_most,
    chance_of_course,
    chance_of_paper,
    chance_without_repeat,
    guess_chance,
    guessed_paper,
)
from quizzes.simulation import course_passed, module_passed
from tests.effort import times
from tests.quizzes.samples import BLUEPRINT, bank, hotspot, item, multiple, texts

MODULE = ModuleQuiz(bank(), BLUEPRINT)
EASY = ModuleQuiz(
    ItemBank("easy", tuple(replace(item(n), must_pass=False) for n in range(15))), BLUEPRINT
)
NINE_TENTHS = Fraction(9, 10)


def at_least(least: int, total: int, chance: Fraction) -> Fraction:
    return sum(
        (comb(total, n) * chance**n * (1 - chance) ** (total - n) for n in range(least, total + 1)),
        Fraction(0),
    )


@pytest.mark.parametrize(
    ("correct", "total", "passed"),
    [(4, 6, True), (3, 6, False), (0, 0, False), (7, 10, True), (6, 10, False)],
)
def test_a_module_is_passed_at_two_thirds(correct: int, total: int, passed: bool) -> None:
    assert module_passed(correct, total) is passed


@pytest.mark.parametrize(
    ("scores", "passed"),
    [
        ([(4, 6), (5, 6), (6, 6)], True),
        ([(4, 6), (4, 6), (6, 6)], False),
        ([(3, 6), (6, 6), (6, 6)], False),
        ([(4, 6)], False),
        ([(5, 6)], True),
    ],
)
def test_a_course_is_passed_over_all_papers_together(
    scores: list[tuple[int, int]], passed: bool
) -> None:
    assert course_passed(scores, 80) is passed


def test_who_knows_everything_never_repeats_and_who_knows_nothing_always_does() -> None:
    assert chance_without_repeat([MODULE] * 3, Fraction(1), 80) == 1
    assert chance_without_repeat([MODULE] * 3, Fraction(0), 80) == 0


def test_a_course_of_one_module_without_must_pass_is_its_cut_score_alone() -> None:
    assert chance_without_repeat([EASY], NINE_TENTHS, 80) == at_least(5, 6, NINE_TENTHS)
    assert chance_without_repeat([EASY], NINE_TENTHS, 50) == at_least(3, 6, NINE_TENTHS)


def test_a_course_of_several_modules_by_hand() -> None:
    p = NINE_TENTHS
    four, five, six = (comb(6, n) * p**n * (1 - p) ** (6 - n) for n in (4, 5, 6))
    # of 12, 80 % are 10: 4+6, 5+5, 5+6, 6+6
    expected = 2 * four * six + five * five + 2 * five * six + six * six
    assert chance_without_repeat([EASY, EASY], p, 80) == expected


def test_a_missed_must_pass_objective_costs_two_parallel_items() -> None:
    p = NINE_TENTHS
    # all right; or one of two wrong (5 of 6); must-pass (4 items) or not (2 items)
    expected = p**6 + 2 * p**5 * (1 - p) + 4 * p**5 * (1 - p) * p**2
    assert chance_without_repeat([MODULE], p, 80) == expected


def test_whoever_knows_each_item_with_nine_tenths_mostly_needs_no_repeat() -> None:
    assert 0.8 < chance_without_repeat([EASY] * 3, NINE_TENTHS, 80) < 0.95


def test_random_and_places_are_one_in_three_or_by_number_of_subsets() -> None:
    for strategy in (GuessStrategy.RANDOM, GuessStrategy.FIRST, GuessStrategy.MIDDLE):
        assert guess_chance(item(0), strategy) == Fraction(1, 3)
        assert guess_chance(multiple(), strategy) == Fraction(1, comb(4, 2))


def test_the_wording_of_things_in_a_picture_is_no_cue() -> None:
    for strategy in GuessStrategy:
        assert guess_chance(hotspot(), strategy) == Fraction(1, 3)


@pytest.mark.parametrize(
    ("strategy", "key", "wrong"),
    [
        (GuessStrategy.LONGEST, "Show it to everybody", ("Send it", "Keep it on")),
        (GuessStrategy.SHORTEST, "Show it", ("Send it on to her", "Keep it on here")),
        (GuessStrategy.STRICTEST, "Never show it", ("Send it on", "Keep it on")),
        (GuessStrategy.VAGUEST, "Show it as usually", ("Send it on", "Keep it on")),
        (GuessStrategy.ECHO, "Show it at the fair", ("Send it on", "Keep it on")),
    ],
)
def test_a_cue_is_followed_to_the_key_or_away_from_it(
    strategy: GuessStrategy, key: str, wrong: tuple[str, str]
) -> None:
    assert guess_chance(texts(4, key, *wrong), strategy) == 1
    assert guess_chance(texts(4, wrong[0], key, wrong[1]), strategy) == 0


def test_equals_fall_by_chance() -> None:
    tied = texts(4, "Never show it", "Never send it", "Keep it on")
    assert guess_chance(tied, GuessStrategy.STRICTEST) == Fraction(1, 2)
    assert guess_chance(texts(4, "a", "b", "c"), GuessStrategy.VAGUEST) == Fraction(1, 3)


def test_several_keys_may_be_partly_sure_and_partly_tied() -> None:
    one = multiple()
    sure, *tied = [option.id for option in one.keys] + [one.distractors[0].id]
    lengths = {sure: 9, **dict.fromkeys(tied, 5)}
    sized = replace(
        one, options=tuple(replace(o, text="x" * lengths.get(o.id, 1)) for o in one.options)
    )
    assert guess_chance(sized, GuessStrategy.LONGEST) == Fraction(1, 2)


def test_a_paper_of_equal_chances_is_a_binomial() -> None:
    assert chance_of_paper(EASY, GuessStrategy.RANDOM) == at_least(4, 6, Fraction(1, 3))


def test_a_paper_of_unequal_chances_is_the_mean_over_all_draws() -> None:
    items = tuple(
        replace(one, objective="M1.1", must_pass=False)
        for one in (
            texts(0, "Show it to everybody", "Send it", "Keep it"),
            texts(1, "Show it", "Send it on to everybody", "Keep it"),
            texts(2, "Show it", "Send it", "Keep it"),
            texts(3, "Show it today", "Send it here", "Keep"),
        )
    )
    module = ModuleQuiz(ItemBank("m", items), {"M1.1": 3})
    expected = Fraction(0)
    for drawn in combinations(items, 3):
        a, b, c = (guess_chance(one, GuessStrategy.LONGEST) for one in drawn)
        expected += 1 - (1 - a) * (1 - b) * (1 - c)  # two of a short paper may be wrong
    assert chance_of_paper(module, GuessStrategy.LONGEST) == expected / 4


def telling(strategy_key: str, *wrong: str) -> ModuleQuiz:
    items = tuple(
        replace(texts(n, strategy_key, *wrong), must_pass=item(n).must_pass) for n in range(15)
    )
    return ModuleQuiz(ItemBank("telling", items), BLUEPRINT)


def test_whoever_follows_a_perfect_cue_passes_and_whoever_is_misled_never_does() -> None:
    module = telling("Show it to everybody", "Send it", "Keep it")
    assert chance_of_course([module] * 2, GuessStrategy.LONGEST, 80, runs=20) == 1
    assert chance_of_course([module] * 2, GuessStrategy.SHORTEST, 80, runs=20) == 0


def test_one_try_of_a_course_of_one_module_is_the_exact_sum() -> None:
    module = replace(EASY, blueprint={"M1.1": 4, "M1.2": 2})
    runs = times(3000, 40_000)
    played = chance_of_course([module], GuessStrategy.RANDOM, 50, tries=1, runs=runs)
    # at a cut of 50 % alone: three of six
    assert float(played) == pytest.approx(float(at_least(3, 6, Fraction(1, 3))), abs=0.03)


def test_modules_passed_are_no_course_passed_while_the_total_falls_short() -> None:
    assert chance_of_course([EASY, EASY], GuessStrategy.RANDOM, 100, tries=1, runs=1500) == 0


def test_more_tries_help_a_guesser() -> None:
    once, thrice = (
        chance_of_course([EASY, EASY], GuessStrategy.RANDOM, 60, tries=tries, runs=400)
        for tries in (1, 3)
    )
    assert once < thrice


def test_a_must_pass_objective_holds_a_guesser_back() -> None:
    # a cut of 1 % passes every paper: only the must-pass objective is left to clear
    strict = ModuleQuiz(
        ItemBank("m", tuple(replace(item(n), must_pass=True) for n in range(15))), {"M1.1": 6}
    )
    free = replace(
        strict, bank=ItemBank("m", tuple(replace(i, must_pass=False) for i in strict.bank.items))
    )
    held = chance_of_course([strict], GuessStrategy.RANDOM, 70, runs=800)
    assert held < chance_of_course([free], GuessStrategy.RANDOM, 70, runs=800)


def test_a_must_pass_objective_is_cleared_by_two_parallel_items_or_by_its_repeats() -> None:
    must = ModuleQuiz(
        ItemBank("m", tuple(replace(item(n), must_pass=True) for n in range(9))), {"M1.1": 2}
    )
    runs = times(4000, 40_000)
    played = chance_of_course([must], GuessStrategy.RANDOM, 1, tries=1, runs=runs)
    third = Fraction(1, 3)
    one_right, both = 2 * third * (1 - third), third**2
    repeat = 1 - (1 - third) ** 3  # at a cut of 1 % one of three is enough
    expected = both + one_right * (both + (1 - both) * repeat)
    assert float(played) == pytest.approx(float(expected), abs=0.03)


def test_the_same_seed_gives_the_same_figure() -> None:
    figures = {chance_of_course([EASY], GuessStrategy.ECHO, 50, runs=50, seed=3) for _ in range(3)}
    assert len(figures) == 1


def test_a_paper_of_each_score_is_the_paper_that_passes() -> None:
    for strategy in GuessStrategy:
        paper = guessed_paper(MODULE, strategy)
        assert sum(paper) == 1
        assert sum(paper[4:]) == chance_of_paper(MODULE, strategy)


def test_no_guesser_gets_further_than_the_bound() -> None:
    for strategy in (GuessStrategy.RANDOM, GuessStrategy.LONGEST, GuessStrategy.ECHO):
        for cut, tries in ((60, 1), (60, 3), (80, 3)):
            papers = [guessed_paper(EASY, strategy)] * 2
            played = chance_of_course([EASY] * 2, strategy, cut, tries=tries, runs=times(600, 6000))
            assert played <= chance_at_most(papers, cut, tries=tries) + Fraction(2, 100)


def test_the_bound_of_one_try_is_exact() -> None:
    paper = guessed_paper(EASY, GuessStrategy.RANDOM)
    assert chance_at_most([paper], 80, tries=1) == at_least(5, 6, Fraction(1, 3))


def test_the_bound_of_three_tries_by_hand() -> None:
    # three papers of one item each reach it at most three times as often, and never surely
    third, half = (Fraction(2, 3), Fraction(1, 3)), (Fraction(1, 2), Fraction(1, 2))
    assert chance_at_most([(Fraction(3, 4), Fraction(1, 4))], 80) == Fraction(3, 4)
    assert chance_at_most([third, half], 80) == 1


def test_a_perfect_cue_is_not_cleared_by_the_bound() -> None:
    paper = guessed_paper(
        telling("Show it to everybody", "Send it", "Keep it"), GuessStrategy.LONGEST
    )
    assert chance_at_most([paper] * 5, 80) == 1


def test_retired_items_are_neither_drawn_nor_counted() -> None:
    retired = replace(texts(0, "Show it to everybody", "x", "y"), id="M1-900", active=False)
    module = ModuleQuiz(ItemBank("m", (*EASY.bank.items, retired)), BLUEPRINT)
    assert chance_of_paper(module, GuessStrategy.LONGEST) == chance_of_paper(
        EASY, GuessStrategy.LONGEST
    )
