"""Item banks, papers, grading, item analysis, lint and simulated learners: no web, no database.

Only the names below are promised; everything else may move.
"""

from quizzes.analysis import (
    FEWEST_TRIES,
    Consistency,
    Flag,
    Interval,
    ItemFigures,
    ItemVersion,
    OptionFigures,
    Sitting,
    Spread,
    analyse,
    decision_consistency,
    fingerprint,
    flags_of,
    spread_of,
    wilson,
)
from quizzes.angoff import Unrated, angoff_cut, angoff_mean
from quizzes.banks import parse_bank
from quizzes.grading import Answers, Grade, ItemOutcome, UnknownAnswer, grade, reached
from quizzes.items import Item, ItemBank, ItemType, Option, Photo, UnknownItem, numbered
from quizzes.lint import FactState, Finding, Severity, lint_bank
from quizzes.papers import (
    BankShortage,
    Blueprint,
    DamagedPaper,
    Paper,
    Question,
    draw_items,
    draw_paper,
)
from quizzes.reading import Fault
from quizzes.simulation import (
    GuessStrategy,
    ModuleQuiz,
    chance_at_most,
    chance_of_course,
    chance_of_paper,
    chance_without_repeat,
    guess_chance,
    guessed_paper,
)

__all__ = [
    "FEWEST_TRIES",
    "Answers",
    "BankShortage",
    "Blueprint",
    "Consistency",
    "DamagedPaper",
    "FactState",
    "Fault",
    "Finding",
    "Flag",
    "Grade",
    "GuessStrategy",
    "Interval",
    "Item",
    "ItemBank",
    "ItemFigures",
    "ItemOutcome",
    "ItemType",
    "ItemVersion",
    "ModuleQuiz",
    "Option",
    "OptionFigures",
    "Paper",
    "Photo",
    "Question",
    "Severity",
    "Sitting",
    "Spread",
    "UnknownAnswer",
    "UnknownItem",
    "Unrated",
    "analyse",
    "angoff_cut",
    "angoff_mean",
    "chance_at_most",
    "chance_of_course",
    "chance_of_paper",
    "chance_without_repeat",
    "decision_consistency",
    "draw_items",
    "draw_paper",
    "fingerprint",
    "flags_of",
    "grade",
    "guess_chance",
    "guessed_paper",
    "lint_bank",
    "numbered",
    "parse_bank",
    "reached",
    "spread_of",
    "wilson",
]
