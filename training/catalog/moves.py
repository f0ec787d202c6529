"""A move: what the learner did in a scene, and the answer to one that can't be made."""

from collections.abc import Mapping
from dataclasses import dataclass, field


class IllegalMove(Exception):
    """A move that can't be made here; the text says what about it."""


@dataclass(frozen=True, slots=True)
class Move:
    """What the learner did: the choice, the switches and places that she set, what she marked."""

    choice: str
    picks: Mapping[str, str] = field(default_factory=dict)
    marks: tuple[str, ...] = ()
