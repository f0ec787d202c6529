"""The cut score of a paper by Angoff ratings: how often the just acceptable learner is right.

Judges rate for each item, 0 to 100, how many of a hundred just acceptable learners get it right;
the cut of a paper is the mean over the items drawn (Angoff 1971, in Thorndike, Educational
Measurement, 2nd ed., 514-515). The number in the bank is the panel's mean after discussion. Without
a panel a course keeps a cut that is a policy choice and says so.
"""

from collections.abc import Iterable
from fractions import Fraction
from math import ceil

from quizzes.items import Item


class Unrated(ValueError):
    """Items that are to set a cut have no rating."""

    def __init__(self, item_ids: tuple[str, ...]) -> None:
        super().__init__(f"no Angoff rating: {', '.join(item_ids)}")
        self.item_ids = item_ids


def angoff_mean(items: Iterable[Item]) -> Fraction:
    """Return the mean rating of the items drawn, exactly; raises Unrated, ValueError for none."""
    drawn = tuple(items)
    unrated = tuple(item.id for item in drawn if item.angoff is None)
    if unrated:
        raise Unrated(unrated)
    if not drawn:
        raise ValueError("a paper without items has no cut score")
    return Fraction(sum(item.angoff or 0 for item in drawn), len(drawn))


def angoff_cut(items: Iterable[Item]) -> int:
    """Return the cut of a paper in whole per cent, 1 to 100: the mean rating, rounded up.

    Up, so that nobody passes with less than the panel asked.
    """
    return max(1, ceil(angoff_mean(items)))
