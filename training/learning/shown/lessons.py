"""A lesson's screen, and the worked walk-through of what was missed three times."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from flask import url_for

from training.catalog.facts import fill
from training.catalog.modules import Module, Screen
from training.learning.lessons import minutes_left
from training.learning.shown.links import WALK_THROUGH

if TYPE_CHECKING:
    from training.learning.views import Desk

MOST_TRIES = 10_000


def after_of(text: str | None) -> int:
    """Return the number of the try that reopened a step, or 0."""
    if text and text.isascii() and text.isdecimal() and len(text) <= 5:
        return min(int(text), MOST_TRIES)
    return 0


def lesson(
    at: "Desk", module: Module, name: str, after: int, facts: Mapping[str, str]
) -> dict[str, Any]:
    """Return one screen with its place among the module's steps."""
    screen = module.screens[name]
    names = [step.name for step in module.steps]
    return {
        "part_title": module.title,
        "screen": {"title": screen.title, "html": fill(screen.html, facts)},
        "position": {"n": names.index(name) + 1 if name in names else 1, "of": len(names)},
        "minutes_left": minutes_left(at.material, at.progress, at.cycle.measured_seconds),
        "reread": bool(after),
        "after": after,
        "instead": "",
        "basis": basis_of(module, screen),
        "back_url": url_for("learning.course", assignment_id=at.cycle.id),
        "action": url_for(
            "learning.take_step", assignment_id=at.cycle.id, module=module.slug, step=name
        ),
        "next_label": label_after(module, name, after),
    }


def in_place_of(at: "Desk", module: Module, name: str, facts: Mapping[str, str]) -> dict[str, Any]:
    """Return the screen that teaches what a situation does, to be read in its place."""
    scenario = module.scenarios[name]
    screens = [s.id for s in module.screens.values() if scenario.objective in s.objectives]
    page = lesson(at, module, screens[0], 0, facts)
    names = [step.name for step in module.steps]
    return page | {
        "instead": scenario.title,
        "position": page["position"] | {"n": names.index(name) + 1 if name in names else 1},
        "action": url_for(
            "learning.take_step", assignment_id=at.cycle.id, module=module.slug, step=name
        ),
        "next_label": label_after(module, name),
    }


def label_after(module: Module, name: str, after: int = 0) -> str:
    """Return what the button under a screen says: where this step leads."""
    if after:
        return "I have read it"
    if name == module.case:  # the quiz is behind her
        return "Continue"
    names = [step.name for step in module.steps]
    last = name in names and names.index(name) == len(names) - 1
    return "On to the quiz" if last else "Continue"


def basis_of(module: Module, screen: Screen) -> list[dict[str, str]]:
    """Return the facts behind a screen: law, policy or conduct, citation, statement."""
    return [
        {"tag": fact.tag, "citation": fact.citation, "statement": fact.statement}
        for fact in (module.facts[id_] for id_ in screen.facts if id_ in module.facts)
    ]


def walk_through(
    at: "Desk", module: Module, after: int, facts: Mapping[str, str]
) -> dict[str, Any]:
    """Return every screen of what was missed, one after the other, with the way through it."""
    missed = [r for r in at.progress.results if r.module == module.slug and r.number == after]
    wanted = missed[0].wrong_objectives if missed else ()
    screens = [module.screens[o.screen] for o in module.objectives if o.id in wanted]
    body = "".join(f"<h2>{s.title_html}</h2>{fill(s.html, facts)}" for s in screens)
    return {
        "part_title": module.title,
        "screen": {"title": "Worked through, step by step", "html": body},
        "position": {"n": 1, "of": 1},
        "minutes_left": minutes_left(at.material, at.progress, at.cycle.measured_seconds),
        "reread": True,
        "after": after,
        "instead": "",
        "basis": [line for screen in screens for line in basis_of(module, screen)],
        "back_url": url_for("learning.course", assignment_id=at.cycle.id),
        "action": url_for(
            "learning.take_step", assignment_id=at.cycle.id, module=module.slug, step=WALK_THROUGH
        ),
        "next_label": "Go on",
    }
