"""The use cases of a quiz: start a try, save each answer when it is made, submit once."""

import hashlib
import hmac
import json
import secrets
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache

from sqlalchemy import Select, Update, bindparam, func, insert, select, update
from sqlalchemy.orm import Session

from quizzes import Grade, ItemBank, Paper, angoff_cut, draw_items, draw_paper, grade, numbered
from training import audit
from training.assignments import service as assignments
from training.assignments.models import Assignment
from training.assignments.service import Cycle
from training.catalog import publishing
from training.catalog.modules import Module
from training.db import changed, core
from training.learning.material import Material
from training.learning.models import Answer, Attempt
from training.learning.progress import progress_of
from training.rules.completion import next_step, refusal
from training.rules.course_way import (
    AttemptKind,
    TakeObjective,
    TakePaper,
    TakeParallel,
    TakePractice,
)

PARALLEL_ITEMS = 2
OBJECTIVE_ITEMS = 3


class Refused(Exception):
    """A quiz can't be started now; the text says why and what comes first."""


class Closed(Exception):
    """The try is final: an answer came after the submit."""


class UnknownAnswer(Exception):
    """The form names a question or an option that this paper does not have."""


class ForeignToken(Exception):
    """The form belongs to another try or another person."""


@dataclass(frozen=True, slots=True)
class Draft:
    """What a form says: for each question's name, the places of the options chosen.

    Where steps are put in order it is `place:number`, for each step that has a number.
    """

    answers: Mapping[str, tuple[str, ...]]


def question_name(number: int) -> str:
    """Return the name that a page gives the question of this place: never the item's id."""
    return f"q{number}"


def token_of(key: bytes, attempt: Attempt) -> str:
    """Return the one-time submit token: bound to the person, the try and its paper."""
    text = f"submit|{attempt.id}|{attempt.user_id}|{attempt.paper}"
    return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()[:40]


def find_for(
    session: Session, user_id: int, attempt_id: int, *, lock: bool = False
) -> Attempt | None:
    """Return this learner's own try; anybody else's looks like none."""
    return session.scalar(_own(lock), {"id": attempt_id, "user": user_id})


@cache
def _own(lock: bool) -> Select[Attempt]:  # noqa: FBT001 - its one argument, and a cache's key
    query = select(Attempt).where(
        Attempt.id == bindparam("id"), Attempt.user_id == bindparam("user")
    )
    return query.with_for_update() if lock else query


def start(session: Session, cycle: Cycle, material: Material, slug: str, now: datetime) -> Attempt:
    """Open a try, or return the one that is open: two tabs have one.

    What it asks follows from where she stands: a paper, parallel questions, one objective,
    or one for practice. Raises Refused with the reason while something else comes first.
    """
    module = material.module(slug)
    if module is None:
        raise Refused("There is no such part in your course.")
    assignments.lock(session, cycle.id)
    open_now = session.scalar(
        select(Attempt).where(
            Attempt.assignment_id == cycle.id,
            Attempt.module == slug,
            Attempt.submitted_at.is_(None),
        )
    )
    if open_now is not None:
        return open_now
    kind, paper = _drawn(session, cycle, material, module)
    return _opened(session, cycle, material, slug, kind, paper, now)


def _drawn(
    session: Session, cycle: Cycle, material: Material, module: Module
) -> tuple[AttemptKind, Paper]:
    progress = progress_of(session, cycle.id)
    step = next_step(material.plan, progress)
    seed, seen = secrets.randbits(63), drawn_before(session, cycle.user_id, module.slug)
    if isinstance(step, TakePaper) and step.module == module.slug:
        paper = draw_paper(module.bank, module.blueprint, seed=seed, seen=seen)
        return AttemptKind.PAPER, paper
    wanted = _wanted(step, module.slug)
    if wanted is None:
        why = refusal(material.plan, progress, module.slug)
        raise Refused(why or "Something else comes first.")
    kind, objectives, count = wanted
    return kind, draw_items(module.bank, objectives, count_each=count, seed=seed, seen=seen)


def _wanted(step: object, slug: str) -> tuple[AttemptKind, tuple[str, ...], int] | None:
    match step:
        case TakeParallel(module=module, objectives=objectives) if module == slug:
            return AttemptKind.PARALLEL, tuple(objectives), PARALLEL_ITEMS
        case TakeObjective(module=module, objective=objective) if module == slug:
            return AttemptKind.OBJECTIVE, (objective,), OBJECTIVE_ITEMS
        case TakePractice(module=module, objective=objective) if module == slug:
            return AttemptKind.PRACTICE, (objective,), 1
        case _:
            return None


def open_of(session: Session, user_id: int) -> Sequence[Attempt]:
    """Return what somebody began in a training that is open, and did not hand in yet."""
    query = (
        select(Attempt)
        .join(Assignment, Assignment.id == Attempt.assignment_id)
        .where(
            Attempt.user_id == user_id,
            Attempt.submitted_at.is_(None),
            Assignment.closed_at.is_(None),
        )
    )
    return session.scalars(query).all()


def drawn_before(session: Session, user_id: int, slug: str) -> dict[str, int]:
    """Return the items that somebody was asked in a part, each with when she last was."""
    papers = session.scalars(
        select(Attempt.paper)
        .where(Attempt.user_id == user_id, Attempt.module == slug)
        .order_by(Attempt.id)
    )
    return {
        question.item_id: ordinal
        for ordinal, text in enumerate(papers)
        for question in Paper.from_json(text).questions
    }


def _opened(
    session: Session,
    cycle: Cycle,
    material: Material,
    slug: str,
    kind: AttemptKind,
    paper: Paper,
    now: datetime,
) -> Attempt:
    last = select(func.max(Attempt.number)).where(
        Attempt.assignment_id == cycle.id, Attempt.module == slug
    )
    attempt = Attempt(
        assignment_id=cycle.id,
        user_id=cycle.user_id,
        module=slug,
        number=(session.scalar(last) or 0) + 1,
        kind=kind.value,
        digest=material.digests[slug],
        paper=paper.to_json(),
        cut_per_cent=_cut(material, slug, paper),
        total=len(paper.questions),
        started_at=now,
    )
    session.add(attempt)
    session.flush()
    audit.record(
        session,
        "attempt.started",
        at=now,
        actor_id=cycle.user_id,
        subject=f"attempt:{attempt.id}",
        detail={"assignment": cycle.id, "module": slug, "digest": attempt.digest},
    )
    return attempt


def _cut(material: Material, slug: str, paper: Paper) -> int:
    """Return the cut score of a paper: the course's policy, or by the ratings of what was drawn."""
    if material.course.cut == "policy":
        return material.course.cut_per_cent
    bank = material.modules[slug].bank
    return angoff_cut(bank.item(question.item_id) for question in paper.questions)


@cache
def _answers() -> Select[str, str]:
    return select(Answer.item, Answer.options).where(Answer.attempt_id == bindparam("attempt"))


def chosen(session: Session, attempt: Attempt) -> dict[str, frozenset[str]]:
    """Return the answers saved so far, option ids by item id."""
    rows = core(session).execute(_answers(), {"attempt": attempt.id})
    return {item: frozenset(json.loads(options)) for item, options in rows}


def save_answer(
    session: Session, attempt: Attempt, draft: Draft, now: datetime
) -> dict[str, frozenset[str]]:
    """Save the answers of a form, each as often as it is changed, until the submit.

    Returns every answer of the try as it now stands. Raises Closed after the submit,
    UnknownAnswer for a question or option that the paper does not have; then nothing is
    saved. The try must have been read with its lock.
    """
    if attempt.submitted_at is not None:
        raise Closed
    bank = publishing.module(session, attempt.digest).bank
    given = _read(Paper.from_json(attempt.paper), bank, draft)
    before = chosen(session, attempt)
    new = {item: options for item, options in given.items() if item not in before}
    if new:
        core(session).execute(
            insert(Answer),
            [
                {"attempt_id": attempt.id, "item": item, "options": _kept(options), "saved_at": now}
                for item, options in new.items()
            ],
        )
    for item, options in given.items():
        if item in before and before[item] != options:
            values = {"attempt": attempt.id, "of": item, "new": _kept(options), "now": now}
            core(session).execute(_change(), values)
    return before | given


@cache
def _change() -> Update:
    return (
        update(Answer)
        .where(Answer.attempt_id == bindparam("attempt"), Answer.item == bindparam("of"))
        .values(options=bindparam("new"), saved_at=bindparam("now"))
    )


def _kept(options: frozenset[str]) -> str:
    return json.dumps(sorted(options))


def _read(paper: Paper, bank: ItemBank, draft: Draft) -> dict[str, frozenset[str]]:
    places = {question_name(n): q for n, q in enumerate(paper.questions, start=1)}
    found = {}
    for name, values in draft.answers.items():
        question = places.get(name)
        if question is None:
            raise UnknownAnswer(name)
        given = frozenset(_option(question.option_ids, value) for value in values)
        if not given <= bank.item(question.item_id).answers:
            raise UnknownAnswer(name)
        found[question.item_id] = given
    return found


def _option(option_ids: tuple[str, ...], value: str) -> str:
    """Return the option at a place, or at a place with its number."""
    place, is_numbered, number = value.partition(":")
    option = option_ids[_whole(place, len(option_ids))]
    return numbered(option, _whole(number, len(option_ids) + 1)) if is_numbered else option


def _whole(text: str, below: int) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) <= 2 and int(text) < below):
        raise UnknownAnswer(text[:20])
    return int(text)


def unanswered(attempt: Attempt, answers: Mapping[str, Collection[str]]) -> tuple[int, ...]:
    """Return the numbers of the questions with no whole answer; they count as not right."""
    questions = Paper.from_json(attempt.paper).questions
    return tuple(
        n for n, q in enumerate(questions, 1) if not q.answered_by(answers.get(q.item_id, ()))
    )


def graded(
    session: Session,
    attempt: Attempt,
    module: Module,
    answers: Mapping[str, frozenset[str]] | None = None,
) -> Grade:
    """Grade what is stored (`answers`, where it was just read), by the version that it names."""
    paper = Paper.from_json(attempt.paper)
    given = chosen(session, attempt) if answers is None else answers
    return grade(paper, module.bank, given, attempt.cut_per_cent)


def make_final(
    session: Session,
    attempt: Attempt,
    module: Module,
    now: datetime,
    answers: Mapping[str, frozenset[str]] | None = None,
) -> Grade | None:
    """Grade and close the try; None if another request was first. Never graded twice."""
    result = graded(session, attempt, module, answers)
    asked = sorted({outcome.objective for outcome in result.outcomes})
    told = {
        "asked": asked,
        "wrong": list(result.missed_objectives),
        "must_pass": list(result.missed_must_pass),
    }
    first = (
        update(Attempt)
        .where(Attempt.id == attempt.id, Attempt.submitted_at.is_(None))
        .values(submitted_at=now, correct=result.correct, outcome=json.dumps(told))
        .execution_options(synchronize_session="fetch")
    )
    if changed(session, first) != 1:
        return None
    audit.record(
        session,
        "attempt.submitted",
        at=now,
        actor_id=attempt.user_id,
        subject=f"attempt:{attempt.id}",
        detail={"assignment": attempt.assignment_id, "module": attempt.module},
    )
    return result
