"""Minutes follow what is read and decided on the paths that the file plays."""

import pytest

from tests.catalog.test_scenario import scenario_of
from training.catalog.lint.grade import grade_of, syllables
from training.catalog.minutes import reading_minutes, scenario_minutes


def test_two_hundred_words_take_a_minute() -> None:
    assert reading_minutes("word " * 200) == 1.0


def test_longer_texts_and_longer_paths_take_longer() -> None:
    scenario = scenario_of()
    longer = scenario.nodes[0].model_copy(update={"text": "word " * 400})
    longer_one = scenario.model_copy(update={"nodes": (longer, *scenario.nodes[1:])})
    assert scenario_minutes(longer_one) > scenario_minutes(scenario) + 1.5
    short = scenario.model_copy(update={"playthroughs": scenario.playthroughs[1:2]})
    assert scenario_minutes(short) < scenario_minutes(scenario)


@pytest.mark.parametrize(
    ("word", "count"),
    [("cat", 1), ("made", 1), ("table", 2), ("posted", 2), ("looked", 1), ("patient", 2),
     ("authorization", 2), ("the", 1), ("privacy", 3)],
)  # fmt: skip
def test_syllables_are_near_enough(word: str, count: int) -> None:
    assert syllables(word) == count


def test_the_grade_grows_with_long_words_and_sentences() -> None:
    plain = "The cat sat on the mat. It was a good mat. The cat was glad."
    heavy = "Organisational accountability necessitates comprehensive documentation throughout."
    assert grade_of(plain) < 3 < 11 < grade_of(heavy)
    assert grade_of("") == 0.0
