"""What first tries tell of the questions: which work, which mislead, and how sure a pass is.

Only first tries count: whoever comes back was taught in between. Nothing is said under
`FEWEST_TRIES`, and everything is said of one wording in one language, never of two mixed.
"""

from quizzes.analysis.consistency import Consistency, Spread, decision_consistency, spread_of
from quizzes.analysis.figures import FEWEST_TRIES, Interval, correlation, wilson
from quizzes.analysis.flags import Flag, flags_of
from quizzes.analysis.tries import (
    ItemFigures,
    ItemVersion,
    OptionFigures,
    Sitting,
    analyse,
    fingerprint,
)

__all__ = [
    "FEWEST_TRIES",
    "Consistency",
    "Flag",
    "Interval",
    "ItemFigures",
    "ItemVersion",
    "OptionFigures",
    "Sitting",
    "Spread",
    "analyse",
    "correlation",
    "decision_consistency",
    "fingerprint",
    "flags_of",
    "spread_of",
    "wilson",
]
