"""`byp content check` says of each course what the passing rule makes of it."""

import re
from fractions import Fraction
from pathlib import Path

import pytest

from quizzes import ModuleQuiz, chance_without_repeat
from tests.catalog.sample import write
from training.catalog.catalog import load_catalog
from training.catalog.chances import chances_in_words, quizzes_of


@pytest.fixture
def root(tmp_path: Path, no_item_rules: None) -> Path:
    return write(tmp_path / "content")


def test_a_course_asks_the_papers_of_its_modules(root: Path) -> None:
    catalog = load_catalog(root)
    modules = catalog.modules()
    asked = quizzes_of(catalog.courses["onboarding"], modules)
    assert asked == [ModuleQuiz(modules["hats"].bank, {"M9.1": 6})]
    by_hand = Fraction(9, 10) ** 6 + 6 * Fraction(9, 10) ** 5 * Fraction(1, 10)
    assert chance_without_repeat(asked, Fraction(9, 10), 80) == by_hand


def test_both_chances_are_said_of_each_course(root: Path) -> None:
    said = list(chances_in_words(root))
    assert [line.split(":")[0] for line in said] == ["onboarding"]
    assert re.search(r"no repeat 89% of the time; the best guesser \(\w+\) gets", said[0])
