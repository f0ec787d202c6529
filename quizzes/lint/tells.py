"""What a test-wise reader goes by: how strict, how vague, how like the stem an option sounds."""

from quizzes.lint.cues import ABSOLUTE, VAGUE
from quizzes.lint.words import stems


def absolutes(text: str) -> int:
    """Return how many absolute words stand in a text (always, never, only)."""
    return len(ABSOLUTE.findall(text))


def hedges(text: str) -> int:
    """Return how many hedging words stand in a text (usually, may, sometimes)."""
    return len(VAGUE.findall(text))


def echoes(text: str, stem: str) -> int:
    """Return how many content words a text shares with the stem."""
    return len(stems(text) & stems(stem))
