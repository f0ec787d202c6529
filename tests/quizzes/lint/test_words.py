import pytest

from quizzes.lint.words import likeness, question, reading_grade, stems, unquoted, words


def test_words_are_lower_case_with_straight_apostrophes() -> None:
    assert words("Don’t post **Ana's** 2 scans!") == ("don't", "post", "ana's", "2", "scans")


def test_stems_tell_posting_from_parking_and_not_from_posts() -> None:
    assert stems("posting") == stems("posted") == stems("posts") != stems("parking")
    assert stems("the of and") == frozenset()


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [("a b", "b a", 1.0), ("a b", "a c", 1 / 3), ("a", "b", 0.0), ("", "", 0.0), ("", "a", 0.0)],
)
def test_likeness_counts_shared_words(one: str, other: str, expected: float) -> None:
    assert likeness(one, other) == expected


def test_speech_is_taken_out() -> None:
    assert unquoted('She asks, "Is it back?" and “Why?” again.') == 'She asks, "" and "" again.'


@pytest.mark.parametrize(
    ("stem", "expected"),
    [
        ("Ana waits. What now? Choose two.", "What now?"),
        ('Ana asks, "Why not?" at noon. What now?', "What now?"),
        ("Ana waits. Name the step.", "Name the step."),
        ("", ""),
    ],
)
def test_the_question_is_the_sentence_that_asks(stem: str, expected: str) -> None:
    assert question(stem) == expected


def test_long_words_and_sentences_read_harder() -> None:
    easy = "The cat sat on the mat. It was fat."
    hard = "Administrative confidentiality obligations necessitate considerable deliberation."
    assert reading_grade(easy) < 2 < 15 < reading_grade(hard)
    assert reading_grade("...") == 0.0
