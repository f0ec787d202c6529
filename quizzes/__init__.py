"""Items, papers and grading: pure, with no users and no database."""

from quizzes.grading import Answers, Grade, ItemOutcome, UnknownAnswer, grade, reached
from quizzes.items import Item, ItemBank, ItemType, Option, Photo, UnknownItem
from quizzes.lint import FactState, Finding, Severity, lint_bank
from quizzes.papers import BankShortage, Paper, Question, draw_items, draw_paper
from quizzes.parsing import Fault, parse_bank

__all__ = [
    "Answers",
    "BankShortage",
    "FactState",
    "Fault",
    "Finding",
    "Grade",
    "Item",
    "ItemBank",
    "ItemOutcome",
    "ItemType",
    "Option",
    "Paper",
    "Photo",
    "Question",
    "Severity",
    "UnknownAnswer",
    "UnknownItem",
    "draw_items",
    "draw_paper",
    "grade",
    "lint_bank",
    "parse_bank",
    "reached",
]
