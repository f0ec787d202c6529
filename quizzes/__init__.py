"""Item banks, papers, grading, bank lint and simulated learners: pure, no web, no database.

Only the names below are promised; everything else may move.
"""

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
    GuesserReport,
    GuessStrategy,
    ModuleQuiz,
    chance_of_course,
    chance_of_paper,
    chance_without_repeat,
    guess_chance,
    simulate_guessers,
)

__all__ = [
    "Answers",
    "BankShortage",
    "Blueprint",
    "DamagedPaper",
    "FactState",
    "Fault",
    "Finding",
    "Grade",
    "GuessStrategy",
    "GuesserReport",
    "Item",
    "ItemBank",
    "ItemOutcome",
    "ItemType",
    "ModuleQuiz",
    "Option",
    "Paper",
    "Photo",
    "Question",
    "Severity",
    "UnknownAnswer",
    "UnknownItem",
    "chance_of_course",
    "chance_of_paper",
    "chance_without_repeat",
    "draw_items",
    "draw_paper",
    "grade",
    "guess_chance",
    "lint_bank",
    "numbered",
    "parse_bank",
    "reached",
    "simulate_guessers",
]
