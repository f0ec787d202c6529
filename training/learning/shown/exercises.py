"""An exercise as it is shown before the move, and what the move made of it.

Before the move a page holds ids, words and, for the crowd, how many people a detail keeps;
class, place and feedback stay here.
"""

from collections.abc import Callable, Mapping
from hashlib import sha256
from typing import Any

from training.catalog.exercises import Document, Meter, Order, OrderStep, Photo, Reply
from training.catalog.facts import Fact, fill, fill_plain
from training.catalog.moves import Move
from training.catalog.part import Entry, Exercise
from training.catalog.parts import EXERCISES
from training.catalog.scores import (
    OUT,
    Crowd,
    Found,
    Ordered,
    Score,
    Sent,
    Told,
    ToldStep,
    people_left,
)
from training.learning.shown.media import picture_of

DOTS = 100
COLUMNS = 20
DOT_SPACE = 24
MOST_SHUFFLES = 50

Facts = Mapping[str, str]


def exercise(
    found: Exercise | None, digest: str, facts: Facts, draft: Move | None, seed: str
) -> dict[str, Any]:
    """Return what a page shows of an exercise, under the name of its kind; None under the others.

    `draft` is what stands on a form that was not taken yet: its marks and numbers are kept.
    """
    here: dict[str, Any] = dict.fromkeys(EXERCISES)
    match found:
        case Photo():
            here["photo"] = _photo(found, digest, draft)
        case Reply():
            here["reply"] = _reply(found, facts, draft)
        case Document():
            here["document"] = _document(found, facts, draft)
        case Order():
            here["order"] = _order(found, facts, draft, seed)
        case Meter():
            here["meter"] = _meter(found, facts, draft)
    return here


def _is_marked(entry: Entry, draft: Move | None) -> bool:
    return draft is not None and entry.id in draft.marks


def _photo(photo: Photo, digest: str, draft: Move | None) -> dict[str, Any]:
    things = [
        {"id": t.id, "name": t.name, "look": t.look, "rect": t.rect, "on": _is_marked(t, draft)}
        for t in photo.things
    ]
    found = picture_of(photo, digest) or {}
    return {**found, "width": photo.width, "height": photo.height, "things": things}


def _reply(reply: Reply, facts: Facts, draft: Move | None) -> dict[str, Any]:
    return {
        "by": reply.to.by,
        "where": reply.to.where,
        "text": fill_plain(reply.to.text, facts),
        "as": fill_plain(reply.as_, facts),
        "phrases": [
            {"id": p.id, "text": fill_plain(p.text, facts), "on": _is_marked(p, draft)}
            for p in reply.phrases
        ],
    }


def _document(document: Document, facts: Facts, draft: Move | None) -> dict[str, Any]:
    return {
        "title": fill_plain(document.title, facts),
        "from": fill_plain(document.from_, facts),
        "sections": [
            {
                "heading": fill_plain(section.heading, facts),
                "text": fill_plain(section.text, facts),
                "hand": section.hand,
            }
            for section in document.sections
        ],
        "checks": [
            {"id": c.id, "name": fill_plain(c.name, facts), "on": _is_marked(c, draft)}
            for c in document.checks
        ],
    }


def _order(order: Order, facts: Facts, draft: Move | None, seed: str) -> dict[str, Any]:
    numbers = [str(number) for number in range(1, len(order.steps) + 1)]
    return {
        "ask": fill_plain(order.ask, facts),
        "rows": [
            {
                "name": f"pick-{step.id}",
                "text": fill_plain(step.text, facts),
                "values": [*zip(numbers, numbers, strict=True), (OUT, "leave out")],
                "set": draft.picks.get(step.id, "") if draft else "",
            }
            for step in _mixed(order, seed)
        ],
    }


def _mixed(order: Order, seed: str) -> list[OrderStep]:
    """Return the steps in each learner's own order, and never in a right one."""
    mixed = list(order.steps)
    for turn in range(MOST_SHUFFLES):
        mixed.sort(key=lambda step: sha256(f"{seed}:{turn}:{step.id}".encode()).digest())
        places = [step.place for step in mixed if step.place != "never"]
        if places != sorted(places):
            break
    return mixed


def _meter(meter: Meter, facts: Facts, draft: Move | None) -> dict[str, Any]:
    on = {d.id for d in meter.details if (_is_marked(d, draft) if draft else d.start)}
    return {
        "of": fill_plain(meter.of, facts),
        "story": fill_plain(meter.story, facts),
        "crowd": _crowd(people_left(meter, on), meter.crowd),
        "details": [
            {"id": d.id, "text": fill_plain(d.text, facts), "keeps": d.keeps, "on": d.id in on}
            for d in meter.details
        ],
    }


def _crowd(left: int, whole: int) -> dict[str, Any]:
    """Return a crowd to be drawn: a dot a person up to a hundred, else a dot for so many."""
    lit = min(left, DOTS)
    spots = range(min(whole, DOTS))
    return {
        "left": left,
        "whole": whole,
        "each": -(-left // DOTS),
        "dots": [
            {
                "x": DOT_SPACE * (spot % COLUMNS) + DOT_SPACE // 2,
                "y": DOT_SPACE * (spot // COLUMNS) + DOT_SPACE // 2,
                "lit": spot < lit,
            }
            for spot in spots
        ],
        "width": DOT_SPACE * COLUMNS,
        "height": DOT_SPACE * (-(-len(spots) // COLUMNS)),
    }


def scored(score: Score, facts: Facts, cited: Mapping[str, Fact]) -> dict[str, Any]:
    """Return what a move made of an exercise: every entry, what it was and why."""

    def tell(told: Told) -> dict[str, Any]:
        fact = cited.get(told.fact)
        return {
            "name": fill_plain(told.name, facts),
            "class": told.class_,
            "on": told.marked,
            "html": fill(told.feedback_html, facts),
            "label": told.label,
            "citation": fact.citation if fact else "",
        }

    match score:
        case Found():
            return _scored_found(score, tell)
        case Sent():
            told = [tell(entry) for entry in score.told]
            lacking = [t["name"] for t in told if t["class"] == "needed" and not t["on"]]
            return {
                "kind": score.kind,
                "confirming": score.confirming,
                "lacking": lacking,
                "told": told,
            }
        case Ordered():
            return _scored_order(score, tell)
        case Crowd():
            crowd = _crowd(score.left, score.whole)
            told = [tell(entry) for entry in score.told]
            return {"kind": score.kind, "crowd": crowd, "of": score.of, "told": told}


Tell = Callable[[Told], dict[str, Any]]


def _scored_found(score: Found, tell: Tell) -> dict[str, Any]:
    return {
        "kind": score.kind,
        "found": score.found,
        "of": score.of,
        "missed": [tell(entry)["name"] for entry in score.missed],
        "false_alarms": [tell(entry)["name"] for entry in score.false_alarms],
        "told": [tell(entry) for entry in score.told],
    }


def _scored_order(score: Ordered, tell: Tell) -> dict[str, Any]:
    steps = [
        {
            **tell(step.told),
            "place": step.place,
            "spot": f"{step.first} or {step.last}" if step.either_way else str(step.first),
            "hers": step.hers,
            "amiss": step.amiss,
            "verdict": _verdict(step),
            "either_way": step.either_way,
        }
        for step in score.steps
    ]
    return {
        "kind": score.kind,
        "all_right": score.all_right,
        **score.values,
        "hers": [
            told["name"]
            for told in sorted(
                (step for step in steps if step["hers"]), key=lambda step: int(step["hers"])
            )
        ],
        "steps": [step for step in steps if step["place"] is not None],
        "never": [step for step in steps if step["place"] is None],
    }


def _verdict(step: ToldStep) -> str:
    if step.place is None:
        return "you left it out, rightly" if step.hers is None else "you put it in"
    if step.hers is None:
        return "you left it out"
    if step.early and step.late:
        return "out of its place"
    return "too early" if step.early else "too late" if step.late else "in its place"
