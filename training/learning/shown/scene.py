"""A situation: what was just decided, what follows, and what can be decided now."""

from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from flask import url_for
from werkzeug.datastructures import MultiDict

from training.catalog import scenario as engine
from training.catalog.facts import fill, fill_plain
from training.catalog.modules import Module
from training.catalog.parts import Choice
from training.catalog.taking import stand_ins
from training.learning.lessons import Play
from training.learning.shown.exercises import exercise, scored
from training.learning.shown.lessons import label_after
from training.learning.shown.media import picture_of

if TYPE_CHECKING:
    from training.learning.views import Desk

MOST_MARKS = 40
LONGEST_MARK = 60


def move_from(form: MultiDict[str, str]) -> engine.Move:
    """Return the move that a form says; the engine checks whether it is legal."""
    picks = {k.removeprefix("pick-"): v for k, v in form.items() if k.startswith("pick-")}
    marks = tuple(form.getlist("mark")[:MOST_MARKS])
    return engine.Move(choice=form.get("choice", ""), picks=picks, marks=marks)


def is_over(play: Play) -> bool:
    """Tell whether the situation has come to one of its endings."""
    return engine.scene(play.scenario, play.state).kind == "ending"


def draft_from(values: MultiDict[str, str]) -> engine.Move | None:
    """Return what a page was asked to show as marked and set; None if nothing was said."""
    draft = move_from(values)
    return draft if draft.marks or draft.picks or "count" in values else None


def counting(draft: engine.Move) -> dict[str, list[str] | str]:
    """Return what an address says of a count that was asked for: it changes nothing."""
    return {"count": "1", "mark": [mark[:LONGEST_MARK] for mark in draft.marks]}


def scene(
    at: "Desk",
    module: Module,
    play: Play,
    facts: Mapping[str, str],
    *,
    draft: engine.Move | None = None,
    refused: str = "",
) -> dict[str, Any]:
    """Return the page of a situation exactly where it stands.

    `draft` keeps what is on a form that was not taken; `refused` says why it was not.
    """
    digest = at.material.digests[module.slug]
    view = engine.scene(play.scenario, play.state)
    here: dict[str, Any] = {
        "assignment_id": at.cycle.id,
        "module": module.slug,
        "step": play.scenario.id,
    }
    last = play.steps[-1] if play.steps else None
    return {
        "part_title": module.title,
        "scenario": {
            "title": play.scenario.title,
            "setting": fill(play.scenario.setting, facts),
            "warning": play.scenario.warning,
            "swap": _swap(at, module, play.scenario.id) if play.scenario.warning else None,
        },
        "scene": scene_of(view, digest, facts, draft, seed=f"{at.cycle.id}:{play.state.node}"),
        "refused": fill_plain(refused, facts),
        "feedback": feedback_of(module, last, facts) if last else None,
        "ending": ending_of(view, facts) if view.kind == "ending" else None,
        "trail_length": play.moves,
        "action": url_for("learning.take_step", **here),
        "back_url": url_for("learning.course", assignment_id=at.cycle.id),
        "next_url": url_for("learning.take_step", leave=1, **here),
        "next_label": label_after(module, play.scenario.id),
        "next_method": "post",
        "again_url": url_for("learning.take_step", again=1, **here),
    }


def _swap(at: "Desk", module: Module, name: str) -> dict[str, str]:
    """Return what can be taken in place of a situation that carries a warning."""
    other = stand_ins(module, at.material.role).get(name)
    here: dict[str, Any] = {"assignment_id": at.cycle.id, "module": module.slug}
    if other:
        url = url_for("learning.step", step=other, **here)
        return {"url": url, "label": "Take another situation instead"}
    url = url_for("learning.step", step=name, instead=1, **here)
    return {"url": url, "label": "Read the same as plain text instead"}


def _in_her_order(choices: Sequence[Choice], seed: str) -> list[Choice]:
    """Return the choices in each learner's own order, so that no place is the right one."""
    return sorted(choices, key=lambda c: sha256(f"{seed}:{c.id}".encode()).digest())


def scene_of(
    view: engine.Scene,
    digest: str,
    facts: Mapping[str, str],
    draft: engine.Move | None,
    *,
    seed: str,
) -> dict[str, Any]:
    """Return what is on the page of a scene before a choice is taken."""
    choices = _in_her_order(view.choices, seed)
    return {
        "kind": view.kind,
        "html": fill(view.html, facts),
        "picture": picture_of(view.picture, digest),
        "feed": _feed(view.feed, digest, facts),
        **exercise(view.exercise, digest, facts, draft, seed),
        "choices": [{"id": c.id, "text": fill_plain(c.text, facts)} for c in choices],
    }


def _feed(feed: Any, digest: str, facts: Mapping[str, str]) -> dict[str, Any] | None:
    if feed is None:
        return None
    return {
        "accounts": feed.accounts,
        "posts": [
            {
                "by": post.by,
                "when": post.when,
                "text": fill_plain(post.text, facts),
                "comments": post.comments,
                "picture": picture_of(post.picture, digest),
                "gone": post.gone,
            }
            for post in feed.posts
        ],
        "compose": feed.compose,
        "events": [
            {"when": e.when, "what": e.what, "who": e.who, "text": fill_plain(e.text, facts)}
            for e in feed.events
        ],
    }


def feedback_of(module: Module, step: engine.Step, facts: Mapping[str, str]) -> dict[str, Any]:
    """Return what a choice brought about, told once it was taken."""
    told = step.feedback
    fact = module.facts.get(told.fact)
    return {
        "verdict": told.verdict,
        "why_html": fill(told.why_html, facts),
        "happens_html": fill(told.happens_html, facts),
        "rule_html": fill(told.rule_html, facts),
        "label": told.label,
        "citation": fact.citation if fact else "",
        "score": scored(step.score, facts, module.facts) if step.score else None,
    }


def ending_of(view: engine.Scene, facts: Mapping[str, str]) -> dict[str, Any]:
    """Return how a situation ends."""
    return {"outcome": view.outcome, "title": view.title, "html": fill(view.html, facts)}
