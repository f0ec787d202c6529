"""Training on paper, for whoever can't or won't use a computer: the text that she would read on
the screen, a quiz of her own, the policy to sign, and the key on a sheet for the officer alone.

What is printed is kept by its digest, so that the key fits the sheets that were handed out.
"""

import json
import secrets
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from certificates import Asked, Block, Handout, Heading, Passage, Span
from quizzes import Item, ItemBank, ItemType, Paper, Question, angoff_cut, draw_paper
from training import audit
from training.accounts.days import todays
from training.accounts.models import User
from training.accounts.people import Place, place_of, placed
from training.accounts.reach import EVERYWHERE, Reach
from training.assignments import service as assignments
from training.assignments.service import Cycle
from training.audit.models import AuditEvent
from training.catalog import publishing
from training.catalog.facts import fill
from training.catalog.lessons import render_inline, render_text
from training.catalog.models import ContentVersion
from training.catalog.modules import Module
from training.learning import attempts, policies
from training.learning.material import Material, material_for, material_of
from training.program.acts import By
from training.program.handout_text import passages, plain, said, to_sign
from training.renewals.persons import people
from training.reports.words import in_words

MOST = 20  # people in one print
MOST_LISTED = 5
PRINTED, ANSWERED = "handout.printed", "handout.answers_printed"
LETTERS = "ABCDEFGHIJ"
HOW = {
    ItemType.SINGLE: "Tick one.",
    ItemType.MULTIPLE: "Tick every one that is right.",
    ItemType.ORDER: "Write a number in each box, 1 for what comes first.",
}


class NotPrinted(Exception):
    """It can't be printed; the text is for the officer."""


@dataclass(frozen=True, slots=True)
class Printed:
    """Sheets that were printed for somebody: whose answers can be printed too."""

    digest: str
    title: str
    at: datetime

    @property
    def number(self) -> str:
        """Return the number that stands at the foot of the sheets."""
        return number_of(self.digest)


@dataclass(frozen=True, slots=True)
class _Sheets:
    """What one person's sheets are made of."""

    user: User
    place: Place
    cycle: Cycle
    material: Material
    today: date

    @property
    def facts(self) -> Mapping[str, str]:
        """Return what is filled into the texts, as on her screen."""
        return {"practice": self.place.practice, **self.place.facts}


def number_of(digest: str) -> str:
    """Return what a handout is called by on paper."""
    return f"{digest[:4]}-{digest[4:8]}".upper()


def print_for(
    session: Session, ids: Sequence[int], *, by: By, reach: Reach = EVERYWHERE
) -> list[Handout]:
    """Return the sheets of these people's open trainings; each person's are on record.

    Whoever has nothing open, has left, is out of reach, or is the officer herself, has none.
    """
    today = todays(session, by.now)
    known = people(session, today, User.id.in_(ids), placed(today.sql()), *reach.sites())
    asked = {who.user_id for who in known} - {by.user_id}
    made = []
    for user_id in (id_ for id_ in dict.fromkeys(ids) if id_ in asked):
        place = place_of(session, user_id, by.now)
        day = place.today(by.now)
        for cycle in assignments.open_for(session, user_id, day):
            material = material_for(session, cycle, day)
            sheets = _Sheets(session.get_one(User, user_id), place, cycle, material, day)
            made.append(_printed(session, sheets, by))
    return made


def _printed(session: Session, sheets: _Sheets, by: By) -> Handout:
    papers = _drawn(session, sheets)
    body = json.dumps(
        {
            "assignment": sheets.cycle.id,
            "pinned": sheets.material.pinned(),
            "role": sheets.material.role,
            "papers": {slug: paper.to_json() for slug, paper in papers.items()},
            "user": sheets.user.id,
        },
        sort_keys=True,
        separators=(",", ":"),
    )
    digest = publishing.keep(session, "shown", "handout", body, by.now)
    _note(session, PRINTED, sheets, digest, by)
    return Handout(
        title=sheets.material.course.title,
        practice=sheets.place.practice,
        name=sheets.user.legal_name,
        told=_told(sheets),
        foot=f"{sheets.material.course.title}. {sheets.user.legal_name}. Sheet {number_of(digest)}",
        blocks=tuple(_blocks(session, sheets, papers)),
    )


def _note(session: Session, event: str, sheets: _Sheets, digest: str, by: By) -> None:
    audit.record(
        session,
        event,
        at=by.now,
        actor_id=by.user_id,
        subject=f"user:{sheets.user.id}",
        detail={"assignment": sheets.cycle.id, "course": sheets.cycle.path, "handout": digest},
    )


def _told(sheets: _Sheets) -> tuple[str, ...]:
    what = "Read the pages, answer the questions" if sheets.material.modules else "Read the pages"
    return (
        (
            f"Due {in_words(sheets.cycle.due_on)}. {what} and give these sheets back to whoever "
            "handed them to you. Ask if something is unclear."
        ),
        "This is one part of your privacy training: patient privacy and social media.",
    )


# --- what stands on the sheets -------------------------------------------------------------


def _blocks(session: Session, sheets: _Sheets, papers: Mapping[str, Paper]) -> Iterator[Block]:
    modules = sheets.material.modules
    for number, (slug, module) in enumerate(modules.items(), start=1):
        yield Heading(f"Part {number}: {module.title}", 1)
        yield from _lesson(module, sheets.facts)
        if slug in papers:
            yield Heading("Questions", 2)
            for n, question in enumerate(papers[slug].questions, start=1):
                yield _asked(n, question, module.bank.item(question.item_id), sheets.facts)
    policy = policies.policy_in_force(session, sheets.place, sheets.facts, sheets.today)
    if policy and policies.answer_to(session, sheets.user.id, policy) != "signed":
        yield Heading(policy.title, 1, new_page=bool(modules))
        since = f"In effect since {in_words(policy.effective_from)}."
        yield said(f"Adopted by {policy.adopted_by}. {since}", quiet=True)
        yield from passages(policy.html)
        yield from to_sign(policy.statement)


def _lesson(module: Module, facts: Mapping[str, str]) -> Iterator[Block]:
    """Yield the screens that she reads; in place of a situation the screen that teaches it."""
    names = dict.fromkeys(
        name
        for step in module.steps
        for name in ([step.name] if step.name in module.screens else _screens_of(module, step.name))
    )
    for name in names:
        screen = module.screens[name]
        yield Heading(plain(screen.title_html), 2)
        yield from passages(fill(screen.html, facts))


def _screens_of(module: Module, situation: str) -> list[str]:
    objective = module.scenarios[situation].objective
    return [s.id for s in module.screens.values() if objective in s.objectives][:1]


def _asked(number: int, asked: Question, item: Item, facts: Mapping[str, str]) -> Asked:
    """Return one question: its words and its options in the shuffled order, and nothing else."""
    options = {option.id: option for option in item.options}
    return Asked(
        number=number,
        stem=tuple(
            one for one in passages(fill(render_text(item.stem), facts)) if isinstance(one, Passage)
        ),
        how=HOW[item.type],
        to_number=item.type is ItemType.ORDER,
        options=tuple(
            plain(fill(render_inline(options[id_].text), facts)) for id_ in asked.option_ids
        ),
    )


def _drawn(session: Session, sheets: _Sheets) -> dict[str, Paper]:
    """Draw a quiz for each part: without pictures, what a quiz of hers asks just now the last."""
    open_now = _open_items(session, sheets.user.id)
    found = {}
    for slug, module in sheets.material.modules.items():
        bank = ItemBank(slug, tuple(i for i in module.bank.items if i.photo is None))
        blueprint = {
            objective: min(count, len(bank.active_for(objective)))
            for objective, count in module.blueprint.items()
        }
        seen = attempts.drawn_before(session, sheets.user.id, slug)
        seen |= dict.fromkeys(open_now.get(slug, ()), max(seen.values(), default=0) + 1)
        paper = draw_paper(bank, blueprint, seed=secrets.randbits(63), seen=seen)
        if paper.questions:
            found[slug] = paper
    return found


def _open_items(session: Session, user_id: int) -> dict[str, set[str]]:
    """Return what the quizzes ask that she has begun on the screen and not handed in, by part."""
    found: dict[str, set[str]] = {}
    for attempt in attempts.open_of(session, user_id):
        asked = (question.item_id for question in Paper.from_json(attempt.paper).questions)
        found.setdefault(attempt.module, set()).update(asked)
    return found


# --- the key -------------------------------------------------------------------------------


def printed_for(session: Session, user_id: int) -> list[Printed]:
    """Return what was printed for somebody, the newest first."""
    query = (
        select(AuditEvent.at, AuditEvent.body)
        .where(AuditEvent.subject == f"user:{user_id}", AuditEvent.name == PRINTED)
        .order_by(AuditEvent.seq.desc())
        .limit(MOST_LISTED)
    )
    found = []
    for at, body in session.execute(query):
        detail = json.loads(body)["detail"]
        title = publishing.course_title(session, detail["course"], at.date())
        found.append(Printed(detail["handout"], title, at))
    return found


def answers(session: Session, user_id: int, digest: str, *, by: By) -> Handout | None:
    """Return the key of sheets that were printed for somebody, on record; None: there are none.

    Raises NotPrinted while a quiz on her screen asks one of the same questions.
    """
    kept = session.get(ContentVersion, digest)
    if kept is None or kept.slug != "handout":
        return None
    body = json.loads(kept.body)
    cycle = assignments.find_cycle_for(session, user_id, body["assignment"])
    if body["user"] != user_id or cycle is None:
        return None
    papers = {slug: Paper.from_json(text) for slug, text in body["papers"].items()}
    open_now = _open_items(session, user_id)
    for slug, paper in papers.items():
        if open_now.get(slug, set()) & {question.item_id for question in paper.questions}:
            raise NotPrinted(
                "A quiz that is begun on the screen asks some of the same questions. "
                "The answers can be printed once it is handed in."
            )
    place = place_of(session, user_id, by.now)
    material = material_of(session, body["pinned"], body["role"])
    user = session.get_one(User, user_id)
    sheets = _Sheets(user, place, cycle, material, place.today(by.now))
    _note(session, ANSWERED, sheets, digest, by)
    return Handout(
        title="Answer sheet",
        practice=place.practice,
        name=f"{user.legal_name}: sheet {number_of(digest)}",
        told=_told_to_officer(material, papers),
        foot=f"Answers to sheet {number_of(digest)}. For the privacy officer alone",
        blocks=tuple(_key(material, papers, sheets.facts)),
    )


def _told_to_officer(material: Material, papers: Mapping[str, Paper]) -> tuple[str, ...]:
    total = sum(len(paper.questions) for paper in papers.values())
    cut = _cut(material, papers)
    least = -(-total * cut // 100)
    return (
        (
            "For the privacy officer alone. Don’t hand it out, don’t leave it lying, and shred it "
            "when you are done: the same questions are asked on the screen."
        ),
        (
            f"Complete: {least} of {total} right ({cut} %, our policy). A "
            "question is right when exactly the boxes named here are ticked. Go through together "
            "what is not right, first of all what must be passed."
        ),
        (
            "Then record the day on the page of this person, under “Record what was completed "
            "elsewhere”, as “a quiz or sheet on paper”. No score is kept. Keep the signed page."
        ),
    )


def _cut(material: Material, papers: Mapping[str, Paper]) -> int:
    """Return the pass mark: the course's policy, or by the ratings of what is asked."""
    if material.course.cut == "policy":
        return material.course.cut_per_cent
    return angoff_cut(
        material.modules[slug].bank.item(question.item_id)
        for slug, paper in papers.items()
        for question in paper.questions
    )


def _key(
    material: Material, papers: Mapping[str, Paper], facts: Mapping[str, str]
) -> Iterator[Block]:
    for number, (slug, module) in enumerate(material.modules.items(), start=1):
        if slug not in papers:
            continue
        yield Heading(f"Part {number}: {module.title}", 2)
        for n, question in enumerate(papers[slug].questions, start=1):
            item = module.bank.item(question.item_id)
            yield Passage(tuple(_right(question, item, facts)), mark=f"{n}.")


def _right(asked: Question, item: Item, facts: Mapping[str, str]) -> Iterator[Span]:
    options = {option.id: option for option in item.options}
    if item.type is ItemType.ORDER:
        places = ", ".join(
            f"{letter} is {options[id_].place}"
            for letter, id_ in zip(LETTERS, asked.option_ids, strict=False)
        )
        yield Span(f"{places}.", bold=True)
    else:
        right = [
            (letter, options[id_])
            for letter, id_ in zip(LETTERS, asked.option_ids, strict=False)
            if options[id_].correct
        ]
        yield Span(", ".join(letter for letter, _option in right), bold=True)
        texts = "; ".join(plain(fill(render_inline(o.text), facts)) for _letter, o in right)
        yield Span(f" {texts}")
    if item.must_pass:
        yield Span(" Must be passed.", quiet=True)
