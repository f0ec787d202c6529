"""A whole course as one text to read and to print: every screen, situation and question of it,
with the key, and beside each the facts that it rests on. For the officer's eyes alone.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from flask import url_for
from sqlalchemy.orm import Session

from quizzes import Item, ItemType
from training.catalog import publishing
from training.catalog.courses import Course
from training.catalog.facts import Fact, fill, fill_plain
from training.catalog.lessons import render_inline, render_text
from training.catalog.modules import Module
from training.catalog.part import Exercise
from training.catalog.parts import Case, Choice, Feed, Node, Scenario
from training.catalog.roles import ROLE_WORDS
from training.catalog.taking import (
    SOME_MISSED,
    minutes_of,
    minutes_with_missed,
    taken,
    with_case,
)
from training.learning.minutes import measured_here

VERDICTS = {"right": "right", "tempting": "tempting", "wrong": "wrong"}
KINDS = {
    "decision": "decide",
    "feed": "act in a feed",
    "photo": "search a picture",
    "reply": "answer a review",
    "document": "check a form",
    "order": "put in order",
    "meter": "hide details",
}
TYPES = {
    ItemType.SINGLE: "one answer",
    ItemType.MULTIPLE: "all that apply",
    ItemType.HOTSPOT: "a place in a picture",
    ItemType.ORDER: "put in order",
}


@dataclass
class _Reader:
    """One module as the page needs it: its facts, its drawings, the practice's own words."""

    module: Module
    digest: str
    practice: Mapping[str, str]
    cited: dict[str, Fact] = field(default_factory=dict)

    def html(self, markdown: str) -> str:
        return fill(render_text(markdown), self.practice)

    def line(self, text: str) -> str:
        return fill(render_inline(text), self.practice)

    def plain(self, text: str) -> str:
        return fill_plain(text, self.practice)

    def picture(self, file: str, alt: str) -> dict[str, str]:
        name = file.removeprefix("media/")
        return {"src": url_for("learning.media", digest=self.digest, name=name), "alt": alt}

    def cites(self, ids: Iterable[str]) -> list[dict[str, Any]]:
        """Return the citations beside a text, and keep the facts for the list at the end."""
        found = []
        for id_ in dict.fromkeys(ids):
            fact = self.module.facts.get(id_)
            if fact is not None:
                self.cited[id_] = fact
                found.append(cite_of(fact))
        return found


def cite_of(fact: Fact) -> dict[str, Any]:
    """Return a fact as a note in the margin says it."""
    return {
        "id": fact.id,
        "tag": fact.tag,
        "citation": fact.citation,
        "unverified": fact.state == "unverified",
        "review_by": fact.review_by,
    }


def course_text(
    session: Session, code: str, practice: Mapping[str, str], today: date
) -> dict[str, Any] | None:
    """Return everything of a course as it is in force today; None: there is no such course."""
    course_digest = publishing.current(session, "course", code, today)
    if course_digest is None:
        return None
    course = publishing.course(session, course_digest)
    facts: dict[str, Fact] = {}
    case = course.case_of(today.year)
    here = measured_here(session, code, course_digest)
    modules, minutes = [], dict.fromkeys(course.roles, 0.0)
    in_force: dict[str, Module] = {}
    for part in course.modules:
        digest = publishing.current(session, "module", part.slug, today)
        if digest is None:
            continue
        whole = in_force[part.slug] = publishing.module(session, digest)
        mine = {role: taken(whole, part, role) for role in course.roles}
        if case and case.module == part.slug:
            whole = with_case(whole, case.scenario)
            mine = {r: m and with_case(m, case.scenario) for r, m in mine.items()}
        reader = _Reader(whole, digest, practice)
        for role, found in mine.items():
            minutes[role] += minutes_of(course, found) if found else 0
        modules.append(_module(reader, {r: m for r, m in mine.items() if m}, course))
        facts |= reader.cited
    missed = _with_missed(course, in_force)
    told = [
        {
            "role": ROLE_WORDS[role],
            "minutes": round(m),
            "with_missed": missed.get(role),
            "here": here.get(role),
        }
        for role, m in minutes.items()
    ]
    return {
        "title": course.title,
        "cut_per_cent": course.cut_per_cent,
        "test_out": course.test_out,
        "some_missed": SOME_MISSED,
        "by_role": course.by_role,
        "minutes": told,
        "same_minutes": all({**entry, "role": ""} == {**told[0], "role": ""} for entry in told),
        "modules": modules,
        "facts": [_fact(facts[id_]) for id_ in sorted(facts)],
    }


def _with_missed(course: Course, in_force: Mapping[str, Module]) -> dict[str, int]:
    """Return the minutes by role of whoever misses some, where the quiz comes first."""
    if not course.test_out or len(in_force) < len(course.modules):
        return {}
    return {role: round(m) for role, m in minutes_with_missed(course, in_force).items()}


def _fact(fact: Fact) -> dict[str, Any]:
    return {**cite_of(fact), "statement": fact.statement, "source": fact.source}


def _module(reader: _Reader, mine: Mapping[str, Module], course: Course) -> dict[str, Any]:
    module = reader.module
    steps = {step.name for found in mine.values() for step in found.steps}
    asked = {o.id for found in mine.values() for o in found.objectives}
    return {
        "slug": module.slug,
        "title": module.title,
        "summary": module.summary,
        "for_whom": _whom([role for role in mine if course.by_role], course),
        "minutes": sorted({round(minutes_of(course, found)) for found in mine.values()}),
        "objectives": [
            {
                "id": o.id,
                "text": o.text,
                "must_pass": o.must_pass,
                "for_whom": _whom([r for r, m in mine.items() if o in m.objectives], course),
            }
            for o in module.objectives
            if o.id in asked
        ],
        "steps": [
            {
                "name": step.name,
                "kind": step.kind,
                "title": step.title,
                "minutes": max(1, round(step.minutes)),
                "for_whom": _whom([r for r, m in mine.items() if step in m.steps], course),
                **_step(reader, step.name),
            }
            for step in module.steps
            if step.name in steps
        ],
        "questions": [
            _question(reader, item) for item in module.bank.active if item.objective in asked
        ],
        "paper": sum(module.blueprint.values()),
    }


def _whom(roles: list[str], course: Course) -> str:
    """Return for whom something is, in words; nothing where it is for everybody."""
    if len(roles) == len(course.roles) or not course.by_role:
        return ""
    return ", ".join(ROLE_WORDS[role] for role in roles)


def _step(reader: _Reader, name: str) -> dict[str, Any]:
    screen = reader.module.screens.get(name)
    if screen is None:
        return _situation(reader, reader.module.scenarios[name])
    return {"html": fill(screen.html, reader.practice), "cites": reader.cites(screen.facts)}


def _situation(reader: _Reader, scenario: Scenario) -> dict[str, Any]:
    numbers = {node.id: f"scene {n}" for n, node in enumerate(scenario.nodes, start=1)}
    places = {**numbers, **{ending.id: f"“{ending.title}”" for ending in scenario.endings}}
    return {
        "objective": scenario.objective,
        "setting": reader.plain(scenario.setting),
        "warning": scenario.warning,
        "scenes": [_scene(reader, node, places) for node in scenario.nodes],
        "endings": [
            {"title": e.title, "outcome": e.outcome, "html": reader.html(e.text)}
            for e in scenario.endings
        ],
    }


def _scene(reader: _Reader, node: Node, places: Mapping[str, str]) -> dict[str, Any]:
    return {
        "name": places[node.id].capitalize(),
        "kind": KINDS.get(node.kind, node.kind),
        "fine": node.fine,
        "html": reader.html(node.text),
        "picture": reader.picture(node.picture.file, node.picture.alt) if node.picture else None,
        "feed": _feed(reader, node.feed) if node.feed else None,
        "exercise": _exercise(reader, node.exercise) if node.exercise else None,
        "choices": [_choice(reader, choice, places) for choice in node.choices],
    }


def _choice(reader: _Reader, choice: Choice, places: Mapping[str, str]) -> dict[str, Any]:
    return {
        "text": reader.plain(choice.text),
        "cases": [_case(reader, case, places) for case in choice.cases],
        "cites": reader.cites(case.fact for case in choice.cases),
    }


def _case(reader: _Reader, case: Case, places: Mapping[str, str]) -> dict[str, Any]:
    return {
        "if": case.if_,
        "verdict": VERDICTS[case.verdict],
        "why_html": reader.line(case.why),
        "happens_html": reader.line(case.happens),
        "rule_html": reader.line(case.rule),
        "label": case.label,
        "fact": case.fact,
        "next": places.get(case.next, case.next),
    }


def _feed(reader: _Reader, feed: Feed) -> dict[str, Any]:
    compose = feed.compose
    return {
        "posts": [
            {
                "head": " · ".join(filter(None, (post.by, post.when))),
                "text": reader.plain(post.text),
                "comments": [f"{c.by}: {reader.plain(c.text)}" for c in post.comments],
                "picture": reader.picture(post.picture.file, post.picture.alt)
                if post.picture
                else None,
            }
            for post in feed.posts
        ],
        "draft": reader.plain(compose.draft) if compose else "",
        "controls": [
            f"{control.label}: {' / '.join(option.text for option in control.options)}"
            for control in (compose.controls if compose else ())
        ],
        "events": [
            {
                "head": " · ".join(filter(None, (event.when, event.what, event.who))),
                "text": reader.plain(event.text),
                "if": event.if_,
            }
            for event in feed.events
        ],
    }


def _exercise(reader: _Reader, exercise: Exercise) -> dict[str, Any]:
    """Return what is worked on in a scene, with the key of each of its entries."""
    file, alt = getattr(exercise, "file", None), getattr(exercise, "alt", "")
    words = {getattr(e, "name", getattr(e, "text", "")) for e in exercise.entries}
    return {
        "picture": reader.picture(file, alt) if file else None,
        "words": [reader.plain(text) for text in exercise.words if text not in words],
        "entries": [
            {
                "text": reader.plain(getattr(e, "name", getattr(e, "text", e.id))),
                "look": reader.plain(getattr(e, "look", "")),
                "key": _key(e),
                "feedback_html": reader.line(e.feedback),
                "cites": reader.cites([e.fact]),
            }
            for e in exercise.entries
        ],
    }


def _key(entry: object) -> str:
    """Return what an entry is: its class, its place in the order, or the share that it keeps."""
    if (class_ := getattr(entry, "class_", None)) is not None:
        return str(class_)
    if (place := getattr(entry, "place", None)) is not None:
        return f"place {place}" if isinstance(place, int) else str(place)
    return f"keeps {getattr(entry, 'keeps', '?')} of 1,000"


def _question(reader: _Reader, item: Item) -> dict[str, Any]:
    return {
        "id": item.id,
        "objective": item.objective,
        "type": TYPES[item.type],
        "bloom": item.bloom,
        "must_pass": item.must_pass,
        "stem_html": reader.html(item.stem),
        "picture": reader.picture(item.photo.file, item.photo.alt) if item.photo else None,
        "cites": reader.cites(item.facts),
        "options": [
            {
                "text_html": reader.line(option.text),
                "right": option.correct,
                "place": getattr(option, "place", None),
                "misconception": reader.module.misconceptions.get(option.misconception or "", ""),
                "feedback_html": reader.line(option.feedback),
            }
            for option in item.options
        ],
    }
