"""The short course of a material change: the screens that changed, and a few questions on them."""

from collections.abc import Iterable, Mapping
from typing import Any

from training.catalog.courses import Course, CoursePart
from training.catalog.roles import RoleWords

CHANGE_PREFIX = "change-"
ALONE, EACH = 5, 3  # questions of one changed module; of each where there are more
CUT_PER_CENT = 80


def change_course(
    code: str,
    title: str,
    changed: Iterable[tuple[Mapping[str, Any], Mapping[str, Any]]],
    role_words: tuple[RoleWords, ...] = (),
) -> Course | None:
    """Return the course of what changed between versions of modules; None: nothing to teach.

    A screen that changed or is new is read, and so is the screen of each objective whose
    situations or questions changed; the questions are on the objectives of these screens.
    """
    parts = [part for before, after in changed if (part := _part(before, after))]
    if not parts:
        return None
    size = ALONE if len(parts) == 1 else EACH
    return Course(
        code=code,
        title=title,
        kind="change",
        cut_per_cent=CUT_PER_CENT,
        role_words=role_words,
        modules=tuple(part.model_copy(update={"questions": size}) for part in parts),
    )


def _part(before: Mapping[str, Any], after: Mapping[str, Any]) -> CoursePart | None:
    objectives = after["module"]["objectives"]
    screens = _changed(before["lesson"], after["lesson"])
    touched = {told["objective"] for told in _of_objectives(before, after)}
    screens |= {o["screen"] for o in objectives if o["id"] in touched}
    asked = tuple(o["id"] for o in objectives if o["screen"] in screens)
    steps = (step.get("lesson") for step in after["module"]["steps"])
    read = tuple(name for name in steps if name in screens)
    if not asked or not read:
        return None
    return CoursePart(slug=after["module"]["slug"], steps=read, objectives=asked)


def _of_objectives(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Return the situations and questions of the new version that changed or are new."""
    items = _changed(before["bank"]["items"], after["bank"]["items"])
    scenes = _changed(before["scenarios"], after["scenarios"])
    return [
        *(item for item in after["bank"]["items"] if item["id"] in items),
        *(scene for scene in after["scenarios"] if scene["id"] in scenes),
    ]


def _changed(before: list[dict[str, Any]], after: list[dict[str, Any]]) -> set[str]:
    """Return the ids of what is new or another than it was."""
    known = {entry["id"]: entry for entry in before}
    return {entry["id"] for entry in after if known.get(entry["id"]) != entry}
