"""The passing rule, summed exactly: fair to whoever knows, closed to whoever guesses."""

import random
from pathlib import Path

import pytest

from tests.catalog.sample import write
from tests.effort import times
from training.catalog.catalog import load_catalog
from training.catalog.chances import (
    PaperShape,
    chances_in_words,
    guesser_passes,
    module_passed,
    shape_of,
    without_repeat,
)

COURSE = [PaperShape(6, (), 1 / 3), PaperShape(6, (2,), 1 / 3), PaperShape(6, (2,), 1 / 3)]


def test_a_module_is_passed_at_four_of_six() -> None:
    assert [module_passed(correct, 6) for correct in range(7)] == [False] * 4 + [True] * 3


def test_whoever_knows_everything_needs_no_repeat_and_who_knows_nothing_does() -> None:
    assert without_repeat(COURSE, 80, 1.0) == pytest.approx(1.0)
    assert without_repeat(COURSE, 80, 0.0) == 0.0


def test_a_good_learner_finishes_mostly_without_a_repeat_and_a_guesser_does_not() -> None:
    assert without_repeat(COURSE, 80, 0.9) >= 0.8
    assert guesser_passes(COURSE, 80, tries=3) < 0.01


def test_one_module_alone_is_a_binomial() -> None:
    alone = [PaperShape(6, (), 1 / 3)]
    assert without_repeat(alone, 80, 0.9) == pytest.approx(0.9**6 + 6 * 0.9**5 * 0.1)
    assert guesser_passes(alone, 80, tries=1) == pytest.approx((1 + 12) / 3**6)


def test_the_sum_is_what_playing_it_gives() -> None:
    chance, plays = random.Random(7), times(20_000, 400_000)
    done = sum(plays_through(chance, 0.85) for _ in range(plays)) / plays
    assert done == pytest.approx(without_repeat(COURSE, 80, 0.85), abs=0.015)


def plays_through(chance: random.Random, knows: float) -> bool:
    """Play the course once by the rule as it is told."""
    whole = 0
    for shape in COURSE:
        right = [chance.random() < knows for _ in range(shape.total)]
        place = 0
        for items in shape.must_pass:
            missed = not all(right[place : place + items])
            if missed and not (chance.random() < knows and chance.random() < knows):
                return False
            place += items
        if sum(right) < 4:
            return False
        whole += sum(right)
    return whole * 100 >= 80 * 18


def test_a_sentence_is_said_of_each_course(tmp_path: Path) -> None:
    root = write(tmp_path)
    assert [line.split(":")[0] for line in chances_in_words(root)] == ["onboarding"]
    assert shape_of(load_catalog(root).modules()["hats"]) == PaperShape(6, (), 1 / 3)
