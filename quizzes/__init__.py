"""Items, papers and grading: pure, with no users and no database."""

from quizzes.grading import Answers, Grade, ItemOutcome, UnknownAnswer, grade, reached
from quizzes.items import Item, ItemBank, ItemType, Option, Photo, UnknownItem
from quizzes.papers import BankShortage, Paper, Question, draw_items, draw_paper

__all__ = [
    "Answers",
    "BankShortage",
    "Grade",
    "Item",
    "ItemBank",
    "ItemOutcome",
    "ItemType",
    "Option",
    "Paper",
    "Photo",
    "Question",
    "UnknownAnswer",
    "UnknownItem",
    "draw_items",
    "draw_paper",
    "grade",
    "reached",
]
