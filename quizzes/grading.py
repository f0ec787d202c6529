"""Grading a paper: every item one point, all or nothing, in whole numbers only."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from quizzes.items import Item, ItemBank
from quizzes.papers import Paper, Question

Answers = Mapping[str, frozenset[str]]


class UnknownAnswer(ValueError):
    """An answer names an item that was not asked, or an option that the item does not have."""

    def __init__(self, item_id: str, option_id: str | None = None) -> None:
        what = "was not asked" if option_id is None else f"has no option {option_id!r}"
        super().__init__(f"item {item_id!r} {what}")
        self.item_id = item_id
        self.option_id = option_id


@dataclass(frozen=True, slots=True)
class ItemOutcome:
    """How one item of a paper was answered."""

    item_id: str
    objective: str
    must_pass: bool
    answered: bool
    correct: bool
    chosen: frozenset[str]


@dataclass(frozen=True, slots=True)
class Grade:
    """The result of one paper; `cut_per_cent` is the pass mark it was measured against."""

    outcomes: tuple[ItemOutcome, ...]
    correct: int
    total: int
    cut_per_cent: int

    @property
    def passed(self) -> bool:
        """Whether the pass mark is reached; a wrong must-pass item never fails a paper."""
        return reached(self.correct, self.total, self.cut_per_cent)

    @property
    def missed_objectives(self) -> tuple[str, ...]:
        """Objectives with at least one wrong item, in the order of the paper."""
        return _unique(outcome.objective for outcome in self.outcomes if not outcome.correct)

    @property
    def missed_must_pass(self) -> tuple[str, ...]:
        """Objectives with at least one wrong must-pass item, in the order of the paper."""
        return _unique(
            outcome.objective
            for outcome in self.outcomes
            if outcome.must_pass and not outcome.correct
        )


def reached(correct: int, total: int, cut_per_cent: int) -> bool:
    """Tell whether `correct` of `total` is at least `cut_per_cent` per cent, without rounding.

    Nothing asked is nothing passed. Raises ValueError when the numbers cannot be a result: correct
    outside 0..total, or a cut outside 1..100.
    """
    if not 0 <= correct <= total:
        raise ValueError(f"{correct} of {total} is no result")
    if not 1 <= cut_per_cent <= 100:
        raise ValueError(f"a pass mark lies between 1 and 100 per cent, not at {cut_per_cent}")
    return total > 0 and correct * 100 >= cut_per_cent * total


def grade(paper: Paper, bank: ItemBank, answers: Answers, cut_per_cent: int) -> Grade:
    """Grade the answers: an item counts only if exactly its key was chosen; unanswered is wrong.

    For an order the key is every step at its number. Raises UnknownAnswer for an item not on the
    paper or an option not in the item, UnknownItem if
    the paper was drawn from another bank, ValueError for a cut outside 1..100.
    """
    asked = {question.item_id for question in paper.questions}
    for item_id in answers:
        if item_id not in asked:
            raise UnknownAnswer(item_id)
    outcomes = tuple(_outcome(question, bank, answers) for question in paper.questions)
    correct = sum(outcome.correct for outcome in outcomes)
    reached(correct, len(outcomes), cut_per_cent)  # refuses an impossible pass mark now, not later
    return Grade(outcomes, correct, len(outcomes), cut_per_cent)


def _outcome(question: Question, bank: ItemBank, answers: Answers) -> ItemOutcome:
    item = bank.item(question.item_id)
    chosen = _chosen(item, answers)
    return ItemOutcome(
        item_id=item.id,
        objective=item.objective,
        must_pass=item.must_pass,
        answered=question.answered_by(chosen),
        correct=bool(chosen) and chosen == item.key,
        chosen=chosen,
    )


def _chosen(item: Item, answers: Answers) -> frozenset[str]:
    chosen = frozenset(answers.get(item.id, frozenset()))
    for option_id in sorted(chosen):
        if option_id not in item.answers:
            raise UnknownAnswer(item.id, option_id)
    return chosen


def _unique(objectives: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(objectives))
