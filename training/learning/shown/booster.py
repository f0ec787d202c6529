"""A booster: one scene from a mail, and what its choice brought about."""

from collections.abc import Mapping
from typing import Any

from flask import url_for

from training.catalog import scenario as engine
from training.catalog.facts import fill, fill_plain
from training.learning.boosters import Opened
from training.learning.shown.scene import ending_of, feedback_of, scene_of


def booster(
    opened: Opened,
    token: str,
    facts: Mapping[str, str],
    *,
    step: engine.Step | None = None,
    draft: engine.Move | None = None,
    refused: str = "",
) -> dict[str, Any]:
    """Return the page of a booster: the scene, or with `step` what her choice brought about."""
    scenario, digest = opened.scenario, opened.booster.digest
    state = step.state if step else engine.begin(scenario)
    view = engine.scene(scenario, state)
    seed = f"booster:{opened.booster.id}:{scenario.start}"
    shown = None if step else scene_of(view, digest, facts, draft, seed=seed)
    if shown:
        _by_this_link(shown, token)
    return {
        "practice": opened.place.practice,
        "scenario": {
            "title": scenario.title,
            "setting": fill(scenario.setting, facts),
            "warning": None,
            "swap": None,
        },
        "scene": shown or {"kind": "told"},
        "refused": fill_plain(refused, facts),
        "feedback": feedback_of(opened.module, step, facts) if step else None,
        "ending": ending_of(view, facts) if step and view.kind == "ending" else None,
        "trail_length": 0,
        "week": opened.booster.week,
        "action": url_for("learning.play_booster", token=token),
        "wish_url": url_for("learning.wish_boosters", token=token),
    }


def _by_this_link(shown: dict[str, Any], token: str) -> None:
    """Let the drawings of this scene come by its link: others need a sign-in."""
    posts = shown["feed"]["posts"] if shown["feed"] else []
    for picture in (shown["picture"], *(post["picture"] for post in posts)):
        if picture:
            name = picture["src"].rpartition("/")[2]
            picture["src"] = url_for("learning.booster_drawing", token=token, name=name)
