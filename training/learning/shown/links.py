"""Where the next thing is, and what its button says."""

from dataclasses import dataclass

from flask import url_for

from training.rules.course_way import (
    WALK_THROUGH,
    Next,
    Reread,
    Resume,
    TakeObjective,
    TakePaper,
    TakeParallel,
    TakePractice,
    TakeStep,
    WalkThrough,
)

__all__ = ["WALK_THROUGH", "Link", "link_to"]


@dataclass(frozen=True, slots=True)
class Link:
    """A button: where it leads, what it says, and whether pressing it changes something."""

    url: str
    label: str
    method: str = "get"


def link_to(step: Next, assignment_id: int) -> Link:
    """Return the button that takes a learner to this step."""
    match step:
        case TakeStep(module=module, step=name):
            return Link(_step(assignment_id, module, name), "Continue")
        case Reread(module=module, step=name, after_number=after):
            return Link(_step(assignment_id, module, name, after), "Read this part again")
        case WalkThrough(module=module, after_number=after):
            return Link(_step(assignment_id, module, WALK_THROUGH, after), "See it worked through")
        case TakePaper(module=module):
            return Link(_quiz(assignment_id, module), "Start the quiz", "post")
        case TakeParallel(module=module):
            return Link(_quiz(assignment_id, module), "Two more questions", "post")
        case TakeObjective(module=module):
            return Link(_quiz(assignment_id, module), "Three questions on this", "post")
        case TakePractice(module=module):
            return Link(_quiz(assignment_id, module), "One question for practice", "post")
        case Resume(module=module):
            return Link(_quiz(assignment_id, module), "Go on with the quiz", "post")
    return Link(url_for("learning.done", assignment_id=assignment_id), "You are done")


def _step(assignment_id: int, module: str, step: str, after: int = 0) -> str:
    return url_for(
        "learning.step", assignment_id=assignment_id, module=module, step=step, after=after or None
    )


def _quiz(assignment_id: int, module: str) -> str:
    return url_for("learning.start_quiz", assignment_id=assignment_id, module=module)
