"""Pages of a quiz: start, answer, submit, and what it showed."""

from flask import render_template, request
from flask.typing import ResponseReturnValue
from flask_login import current_user

from quizzes import Grade
from training.accounts.here import my_place
from training.learning import attempts, help_wanted, shown
from training.learning.attempts import Draft
from training.learning.models import Attempt
from training.learning.progress import progress_of
from training.learning.views import Desk, bp, complete_if_done, desk, facts, see_next
from training.rules.access import Action
from training.rules.completion import next_step
from training.rules.course_way import AttemptKind
from training.web import app, missing, requires, see, session, told


def _attempt(attempt_id: int, *, lock: bool = False) -> Attempt:
    attempt = attempts.find_for(session(), current_user.user_id, attempt_id, lock=lock)
    if attempt is None:
        raise missing()
    return attempt


def _draft() -> Draft:
    names = [name for name in request.form if name[:1] == "q" and name[1:].isdecimal()]
    answers = {name: tuple(v for v in request.form.getlist(name) if v) for name in names}
    return Draft(answers)


@bp.post("/training/<int:assignment_id>/<module>/quiz")
@requires(Action.ATTEMPT_TAKE)
def start_quiz(assignment_id: int, module: str) -> ResponseReturnValue:
    at = desk(assignment_id)
    if at.cycle.closed_reason:
        return see("learning.course", assignment_id=assignment_id)
    if not at.cycle.begun:
        raise told(409, "Begin the training first: open it from your start page.")
    try:
        attempt = attempts.start(session(), at.cycle, at.material, module, app().clock.now())
    except attempts.Refused as refused:
        raise told(409, str(refused)) from None
    return see("learning.attempt", attempt_id=attempt.id)


@bp.get("/attempts/<int:attempt_id>")
@requires(Action.ATTEMPT_TAKE)
def attempt(attempt_id: int) -> ResponseReturnValue:
    found = _attempt(attempt_id)
    at = desk(found.assignment_id)
    if found.submitted_at is not None:
        return _result_page(at, found)
    return _quiz_page(at, found)


def _quiz_page(at: Desk, found: Attempt, unanswered: tuple[int, ...] = ()) -> ResponseReturnValue:
    module = shown.module_of(session(), found)
    page = shown.quiz(
        found,
        module,
        chosen=attempts.chosen(session(), found),
        token=attempts.token_of(app().config["SECRET_KEY"], found),
        unanswered=unanswered,
        facts=facts(),
        ahead=at.material.course.test_out and found.number == 1,
    )
    return render_template("learning/quiz.html", **page)


def _result_page(at: Desk, found: Attempt) -> ResponseReturnValue:
    module = shown.module_of(session(), found)
    grade = attempts.graded(session(), found, module)
    step = next_step(at.material.plan, at.progress)
    page = shown.result(at, found, module, grade, step, facts())
    return render_template("learning/result.html", **page)


@bp.post("/attempts/<int:attempt_id>/answers")
@requires(Action.ATTEMPT_TAKE)
def save_answer(attempt_id: int) -> ResponseReturnValue:
    found = _attempt(attempt_id, lock=True)
    only = request.form.get("question")
    draft = _draft()
    if only:
        draft = Draft({only: draft.answers.get(only, ())})
    try:
        attempts.save_answer(session(), found, draft, app().clock.now())
    except attempts.Closed:
        raise told(409, "This quiz is finished, so this answer came too late.") from None
    except attempts.UnknownAnswer:
        raise told(422, "This form does not belong to this quiz. Open it again.") from None
    if only:
        return "", 204
    return see("learning.course", assignment_id=found.assignment_id)


@bp.post("/attempts/<int:attempt_id>")
@requires(Action.ATTEMPT_TAKE)
def submit(attempt_id: int) -> ResponseReturnValue:
    found = _attempt(attempt_id, lock=True)
    if request.form.get("token") != attempts.token_of(app().config["SECRET_KEY"], found):
        raise told(404, "This form belongs to another quiz.")
    if found.submitted_at is not None:  # the same form again: the same page
        return see("learning.attempt", attempt_id=found.id)
    now = app().clock.now()
    try:
        answers = attempts.save_answer(session(), found, _draft(), now)
    except attempts.UnknownAnswer:
        raise told(422, "This form does not belong to this quiz. Open it again.") from None
    at = desk(found.assignment_id)
    missing_ones = attempts.unanswered(found, answers)
    if missing_ones and request.form.get("confirm") != "1":
        return _quiz_page(at, found, missing_ones)
    module = shown.module_of(session(), found)
    grade = attempts.make_final(session(), found, module, now, answers)
    if grade is not None:
        _settle(at, found, grade)
    return see("learning.attempt", attempt_id=found.id)


def _settle(at: Desk, found: Attempt, grade: Grade) -> None:
    """Do what a final try brings about: the completion, or a call for help."""
    if not complete_if_done(at) and found.kind == AttemptKind.PAPER.value and not grade.passed:
        progress = progress_of(session(), at.cycle.id)
        help_wanted.note(
            session(), at.cycle, at.material.plan, progress, my_place(), app().clock.now()
        )


@bp.get("/training/<int:assignment_id>/<module>/quiz")
@requires(Action.COURSE_TAKE)
def quiz_by_get(assignment_id: int, module: str) -> ResponseReturnValue:
    """A reloaded or typed quiz address leads to the course, where the quiz is started."""
    at = desk(assignment_id)
    if at.material.module(module) is None:
        raise missing()
    return see_next(at) if at.cycle.begun else see("learning.course", assignment_id=assignment_id)
