"""What a finished quiz showed: every answer with its why, and what is taught again at once."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from quizzes import Grade, Item, ItemOutcome, ItemType, Option, Paper, Question, numbered
from training.catalog.facts import fill
from training.catalog.lessons import render_inline, render_text
from training.catalog.modules import Module
from training.learning.models import Attempt
from training.learning.shown.lessons import basis_of
from training.learning.shown.links import link_to
from training.rules.completion import (
    course_passed,
    latest_papers,
    module_passed,
    paper_passed,
)
from training.rules.course_way import Done, Next, WalkThrough

if TYPE_CHECKING:
    from training.learning.views import Desk


def result(
    at: "Desk",
    attempt: Attempt,
    module: Module,
    grade: Grade,
    step: Next,
    facts: Mapping[str, str],
) -> dict[str, Any]:
    """Return the result's page. On screen it is "not yet", never a failure."""
    passed = _passed(at, attempt, grade)
    link = link_to(step, at.cycle.id)
    closed = at.cycle.closed_reason is not None
    return {
        "part_title": module.title,
        "kind": attempt.kind,
        "correct": grade.correct,
        "total": grade.total,
        "passed": passed,
        "headline": _headline(attempt.kind, passed=passed, done=isinstance(step, Done)),
        "sentence": _sentence(at, attempt, grade, passed=passed),
        "total_short": _total_short(at),
        "answers": _answers(attempt, module, grade, facts),
        # A part that is not passed reopens its screens as next steps, so they are not here too.
        "teach": _teach(module, grade, facts) if passed else [],
        "next_url": link.url,
        "next_label": "See your certificate" if isinstance(step, Done) else link.label,
        "next_method": "get" if closed else link.method,
        "needs_help": isinstance(step, WalkThrough) and step.module == module.slug,
    }


def _passed(at: "Desk", attempt: Attempt, grade: Grade) -> bool:
    if attempt.kind == "paper":
        return paper_passed(at.material.plan, grade.correct, grade.total, attempt.cut_per_cent)
    if attempt.kind == "parallel":
        return grade.correct == grade.total
    return grade.passed


def _headline(kind: str, *, passed: bool, done: bool) -> str:
    if done:
        return "That was the last part"
    if kind == "practice":
        return "Good" if passed else "Now you know"
    return "This part is done" if passed else "Not yet"


def _sentence(at: "Desk", attempt: Attempt, grade: Grade, *, passed: bool) -> str:
    if attempt.kind == "practice":
        return "This one was for practice and is not counted."
    if not passed:
        return "Read again what you missed; then you get fresh questions, at once."
    if grade.missed_must_pass:
        return "One point matters most and was missed. Read it again; two more questions follow."
    cut = attempt.cut_per_cent or at.material.plan.cut_per_cent
    if attempt.kind == "paper" and grade.correct * 100 < cut * grade.total:
        return (
            f"Enough to go on. In the end all quizzes together need {cut}% right; what you "
            "missed is explained below."
        )
    if grade.missed_objectives:
        return "Passed. What you missed is explained below."
    return "Everything right."


def _total_short(at: "Desk") -> str | None:
    """Say why a part comes again though each is passed: all quizzes together fall short."""
    plan, progress = at.material.plan, at.progress
    settled = all(module_passed(plan, progress, module.slug) for module in plan.modules)
    if not settled or course_passed(plan, progress):
        return None
    papers = latest_papers(plan, progress.results)
    right, asked = sum(p.correct for p in papers), sum(p.total for p in papers)
    needed = -(-sum((p.cut_per_cent or plan.cut_per_cent) * p.total for p in papers) // 100)
    return (
        f"All quizzes together: {right} of {asked} right, and {needed} are needed. So the part "
        "that lost the most comes once more, with fresh questions."
    )


def _answers(
    attempt: Attempt, module: Module, grade: Grade, facts: Mapping[str, str]
) -> list[dict[str, Any]]:
    questions = Paper.from_json(attempt.paper).questions
    return [
        _answer(n, q, module.bank.item(q.item_id), outcome, facts)
        for n, (q, outcome) in enumerate(zip(questions, grade.outcomes, strict=True), start=1)
    ]


def _answer(
    number: int, asked: Question, item: Item, outcome: ItemOutcome, facts: Mapping[str, str]
) -> dict[str, Any]:
    options = {option.id: option for option in item.options}
    is_order = item.type is ItemType.ORDER
    return {
        "number": number,
        "stem_html": fill(render_text(item.stem), facts),
        "correct": outcome.correct,
        "is_order": is_order,
        "options": [
            {
                "text_html": fill(render_inline(options[id_].text), facts),
                "chosen": id_ in outcome.chosen,
                "right": _is_right(options[id_], outcome) if is_order else options[id_].correct,
                "place": options[id_].place,
                "hers": _hers(id_, outcome),
                "feedback_html": fill(render_text(options[id_].feedback), facts),
            }
            for id_ in (item.right_order if is_order else asked.option_ids)
        ],
    }


def _is_right(step: Option, outcome: ItemOutcome) -> bool:
    return numbered(step.id, step.place or 0) in outcome.chosen


def _hers(option_id: str, outcome: ItemOutcome) -> list[str]:
    """Return the numbers that she gave a step: one, if she gave it any."""
    named = (entry.partition(":") for entry in sorted(outcome.chosen))
    return [number for step, _colon, number in named if step == option_id and number]


def _teach(module: Module, grade: Grade, facts: Mapping[str, str]) -> list[dict[str, Any]]:
    wanted = [o for o in module.objectives if o.id in grade.missed_objectives]
    return [
        {
            "objective": objective.text,
            "title": module.screens[objective.screen].title,
            "html": fill(module.screens[objective.screen].html, facts),
            "basis": basis_of(module, module.screens[objective.screen]),
        }
        for objective in wanted
    ]
