"""What the learner's pages show, as plain values for their templates."""

from training.learning.shown.booster import booster
from training.learning.shown.course import course, duty, policy_state, record
from training.learning.shown.lessons import after_of, in_place_of, lesson, walk_through
from training.learning.shown.links import WALK_THROUGH, Link, link_to
from training.learning.shown.quiz import module_of, quiz
from training.learning.shown.result import result
from training.learning.shown.scene import counting, draft_from, is_over, move_from, scene

__all__ = [
    "WALK_THROUGH",
    "Link",
    "after_of",
    "booster",
    "counting",
    "course",
    "draft_from",
    "duty",
    "in_place_of",
    "is_over",
    "lesson",
    "link_to",
    "module_of",
    "move_from",
    "policy_state",
    "quiz",
    "record",
    "result",
    "scene",
    "walk_through",
]
