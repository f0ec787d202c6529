"""The formulas, each with the paper that it comes from."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import atanh, sqrt, tanh
from statistics import fmean

FEWEST_TRIES = 30
"""First tries below which nothing is said of a question."""

SURE = 1.959964
"""The normal deviate of a two-sided 95 % interval."""


@dataclass(frozen=True, slots=True)
class Interval:
    """An estimate with its 95 % interval."""

    value: float
    low: float
    high: float


def wilson(right: int, tries: int) -> Interval:
    """Return a share with its Wilson score interval; raises ValueError for an impossible share.

    Wilson 1927, Probable inference, the law of succession, and statistical inference, JASA
    22:209-212: (p + z²/2n ± z √(p(1-p)/n + z²/4n²)) / (1 + z²/n). It holds near 0 and 1, where
    the textbook interval leaves the scale.
    """
    if not 0 <= right <= tries or tries == 0:
        raise ValueError(f"{right} of {tries} is no share")
    share, square = right / tries, SURE**2
    middle = (share + square / (2 * tries)) / (1 + square / tries)
    half = SURE * sqrt(share * (1 - share) / tries + square / (4 * tries**2))
    half /= 1 + square / tries
    return Interval(share, max(0.0, middle - half), min(1.0, middle + half))


def correlation(rights: Sequence[bool], rests: Sequence[float]) -> Interval | None:
    """Return how far a question goes with the rest of its paper; None where one of them is flat.

    The point-biserial correlation of the item with the score without it, so that the item is not
    correlated with itself: Henrysson 1963, Correction of item-total correlations in item
    analysis, Psychometrika 28:211-218. Its interval by z = artanh r, of standard error
    1/√(n-3): Fisher 1921, Metron 1:3-32.
    """
    count = len(rights)
    if count < 4 or len(set(rights)) == 1 or len(set(rests)) == 1:
        return None  # asked of the values: the mean of equal fractions is not always one of them
    mean_right, mean_rest = fmean(rights), fmean(rests)
    pairs = list(zip(rights, rests, strict=True))
    both = sum((right - mean_right) * (rest - mean_rest) for right, rest in pairs)
    of_right = sum((right - mean_right) ** 2 for right in rights)
    of_rest = sum((rest - mean_rest) ** 2 for rest in rests)
    value = max(-1.0, min(1.0, both / sqrt(of_right * of_rest)))
    if abs(value) > 1 - 1e-12:
        return Interval(value, value, value)
    middle, half = atanh(value), SURE / sqrt(count - 3)
    return Interval(value, tanh(middle - half), tanh(middle + half))
