"""Grading: integers only, all or nothing an item, unanswered is wrong."""

from collections.abc import Mapping
from dataclasses import dataclass

from quizzes.items import ItemBank
from quizzes.papers import Paper

Answers = Mapping[str, frozenset[str]]


class UnknownAnswer(ValueError):
    """An answer names an item or an option that the paper does not have."""


@dataclass(frozen=True, slots=True)
class ItemOutcome:
    """How one item of a paper came out."""

    item_id: str
    objective: str
    must_pass: bool
    answered: bool
    correct: bool
    chosen: frozenset[str]


@dataclass(frozen=True, slots=True)
class Grade:
    """How a whole paper came out."""

    outcomes: tuple[ItemOutcome, ...]
    correct: int
    total: int
    cut_per_cent: int

    @property
    def passed(self) -> bool:
        """Tell whether the cut score is reached."""
        return reached(self.correct, self.total, self.cut_per_cent)

    @property
    def missed_objectives(self) -> tuple[str, ...]:
        """Return the objectives with a wrong item, in the paper's order."""
        return tuple(dict.fromkeys(o.objective for o in self.outcomes if not o.correct))

    @property
    def missed_must_pass(self) -> tuple[str, ...]:
        """Return the must-pass objectives with a wrong item, in the paper's order."""
        missed = (o.objective for o in self.outcomes if o.must_pass and not o.correct)
        return tuple(dict.fromkeys(missed))


def reached(correct: int, total: int, cut_per_cent: int) -> bool:
    """Tell whether `correct` of `total` is at least so many per cent, without rounding."""
    return correct * 100 >= cut_per_cent * total


def grade(paper: Paper, bank: ItemBank, answers: Answers, cut_per_cent: int) -> Grade:
    """Grade a paper. Raises UnknownAnswer for what the paper does not have."""
    asked = {question.item_id for question in paper.questions}
    for item_id in answers:
        if item_id not in asked:
            raise UnknownAnswer(item_id)
    outcomes = tuple(_outcome(bank, q.item_id, answers) for q in paper.questions)
    correct = sum(outcome.correct for outcome in outcomes)
    return Grade(outcomes, correct, len(outcomes), cut_per_cent)


def _outcome(bank: ItemBank, item_id: str, answers: Answers) -> ItemOutcome:
    item = bank.item(item_id)
    chosen = frozenset(answers.get(item_id, ()))
    unknown = chosen - {option.id for option in item.options}
    if unknown:
        raise UnknownAnswer(f"{item_id}: {min(unknown)}")
    return ItemOutcome(
        item_id=item_id,
        objective=item.objective,
        must_pass=item.must_pass,
        answered=bool(chosen),
        correct=bool(chosen) and chosen == item.key,
        chosen=chosen,
    )
