"""The parts of a situation, as its file says them; frozen, and strict about every key."""

from typing import Any, Literal

from pydantic import Field

from training.catalog.exercises import Document, Meter, Order, Photo, Reply
from training.catalog.part import Exercise, Label, Part, Slug

Verdict = Literal["right", "tempting", "wrong"]
Kind = Literal["decision", "feed", "photo", "reply", "document", "order", "meter"]
EXERCISES: dict[str, type[Exercise]] = {
    "photo": Photo,
    "reply": Reply,
    "document": Document,
    "order": Order,
    "meter": Meter,
}


class Picture(Part):
    """A drawing with its alternative text."""

    file: str
    alt: str = Field(min_length=3)


class Account(Part):
    """An account that the learner may post as."""

    id: Slug
    name: str
    handle: str = ""
    note: str = ""


class Comment(Part):
    """A comment under a post."""

    by: str
    text: str


class Post(Part):
    """A post that stands in the pretend feed."""

    id: Slug
    by: str
    when: str
    text: str
    comments: tuple[Comment, ...] = ()
    picture: Picture | None = None
    gone: bool = False


class Option(Part):
    """One position of a switch."""

    id: Slug
    text: str


class Control(Part):
    """A switch of the draft: account, audience, picture, tags."""

    id: Slug
    label: str
    options: tuple[Option, ...] = Field(min_length=2)


class Compose(Part):
    """The draft that the learner is about to post, and its switches."""

    draft: str
    controls: tuple[Control, ...] = Field(min_length=1)


class Event(Part):
    """Something that plays out: a screenshot, a reshare, a cousin."""

    when: str
    what: Literal["screenshot", "reshare", "comment", "message", "cache", "search", "call", "view"]
    who: str
    text: str = ""
    if_: str | None = Field(None, alias="if")


class Feed(Part):
    """The pretend feed of a node."""

    accounts: tuple[Account, ...] = ()
    posts: tuple[Post, ...] = ()
    compose: Compose | None = None
    events: tuple[Event, ...] = ()


class Case(Part):
    """What a choice leads to, perhaps only if a condition holds."""

    if_: str | None = Field(None, alias="if")
    verdict: Verdict
    why: str = Field(min_length=1)
    happens: str = Field(min_length=1)
    rule: str = Field(min_length=1)
    label: Label
    fact: str
    set: dict[str, int | str] = Field({})
    next: Slug


class Choice(Part):
    """One thing that the learner can do, with its feedback or its cases."""

    id: Slug
    text: str = Field(min_length=1)
    cases: tuple[Case, ...] = Field(min_length=1)

    @classmethod
    def normal(cls, raw: Any) -> Any:
        """Return a choice written with its feedback directly as one with a single case."""
        if not isinstance(raw, dict) or "cases" in raw:
            return raw
        outer = {key: raw[key] for key in ("id", "text") if key in raw}
        return {**outer, "cases": [{k: v for k, v in raw.items() if k not in {"id", "text"}}]}


class Node(Part):
    """One scene, and what can be done in it."""

    id: Slug
    kind: Kind
    fine: bool = False
    text: str = Field(min_length=1)
    picture: Picture | None = None
    feed: Feed | None = None
    photo: Photo | None = None
    reply: Reply | None = None
    document: Document | None = None
    order: Order | None = None
    meter: Meter | None = None
    choices: tuple[Choice, ...] = Field(min_length=1, max_length=5)

    @property
    def exercises(self) -> dict[str, Exercise]:
        """Return what stands here to be worked on, by its key; good content has one at most."""
        found = {key: getattr(self, key) for key in EXERCISES}
        return {key: exercise for key, exercise in found.items() if exercise is not None}

    @property
    def exercise(self) -> Exercise | None:
        """Return what the learner works on before she takes a choice."""
        return next(iter(self.exercises.values()), None)

    @property
    def controls(self) -> tuple[Control, ...]:
        """Return the switches of the draft."""
        return self.feed.compose.controls if self.feed and self.feed.compose else ()


class Ending(Part):
    """How a situation ends."""

    id: Slug
    outcome: Literal["good", "mixed", "poor"]
    title: str
    text: str


class PathStep(Part):
    """One move of a playthrough."""

    choose: Slug
    with_: dict[str, str] = Field({}, alias="with")
    marks: tuple[Slug, ...] = ()


class Playthrough(Part):
    """A path that somebody may take, and where it must end."""

    path: tuple[PathStep, ...]
    ending: Slug


class Scenario(Part):
    """A situation: a small state machine of scenes, choices and endings."""

    id: Slug
    kind: Kind
    title: str
    objective: str
    roles: tuple[Literal["any", "clinical", "front-desk", "marketing", "manager"], ...]
    warning: str | None = None
    setting: str
    start: Slug
    vars: dict[str, int] = Field({})
    nodes: tuple[Node, ...] = Field(min_length=1)
    endings: tuple[Ending, ...] = Field(min_length=1)
    playthroughs: tuple[Playthrough, ...] = Field(min_length=1)

    def node(self, node_id: str) -> Node | None:
        """Return the node of this id."""
        return next((node for node in self.nodes if node.id == node_id), None)

    def ending(self, ending_id: str) -> Ending | None:
        """Return the ending of this id."""
        return next((ending for ending in self.endings if ending.id == ending_id), None)


def normal_scenario(raw: Any) -> Any:
    """Return a scenario's raw mapping with the short ways of writing spelt out."""
    if not isinstance(raw, dict):
        return raw
    found = dict(raw)
    if isinstance(raw.get("nodes"), list):
        found["nodes"] = [_normal_node(node) for node in raw["nodes"]]
    if isinstance(raw.get("playthroughs"), list):
        found["playthroughs"] = [_normal_path(entry) for entry in raw["playthroughs"]]
    return found


def _normal_node(raw: Any) -> Any:
    if not isinstance(raw, dict) or not isinstance(raw.get("choices"), list):
        return raw
    return {**raw, "choices": [Choice.normal(choice) for choice in raw["choices"]]}


def _normal_path(raw: Any) -> Any:
    if not isinstance(raw, dict) or not isinstance(raw.get("path"), list):
        return raw
    steps = [{"choose": s} if isinstance(s, str) else s for s in raw["path"]]
    return {**raw, "path": steps}
