"""The engine that plays a situation: pure, from a state and a move to the next state.

It reads no clock and no chance, so that a replay of the moves is the play itself.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from training.catalog.conditions import holds
from training.catalog.lessons import render_inline, render_text
from training.catalog.parts import (
    Case,
    Choice,
    Feed,
    Node,
    Photo,
    Picture,
    Playthrough,
    Scenario,
    Thing,
)


class IllegalMove(Exception):
    """A move that can't be made here; the text says what about it."""


@dataclass(frozen=True, slots=True)
class Move:
    """What the learner did: the choice, the switches that she set, the things that she marked."""

    choice: str
    picks: Mapping[str, str] = field(default_factory=dict)
    marks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class State:
    """Where a situation stands."""

    node: str
    vars: Mapping[str, int | str]
    trail: tuple[Move, ...] = ()


@dataclass(frozen=True, slots=True)
class Feedback:
    """Why a choice tempts, what happens, and the rule."""

    verdict: str
    why_html: str
    happens_html: str
    rule_html: str
    label: str
    fact: str


@dataclass(frozen=True, slots=True)
class ToldThing:
    """A thing of a picture with its feedback."""

    id: str
    name: str
    class_: str
    feedback_html: str


@dataclass(frozen=True, slots=True)
class PhotoScore:
    """What was found, missed and marked without need; only patient and fine things score."""

    found: int
    of: int
    missed: tuple[ToldThing, ...]
    false_alarms: tuple[ToldThing, ...]
    things: tuple[ToldThing, ...]


@dataclass(frozen=True, slots=True)
class Step:
    """What a move brought about."""

    state: State
    feedback: Feedback
    photo: PhotoScore | None


@dataclass(frozen=True, slots=True)
class Scene:
    """What a page shows of a state: a scene to act in, or an ending."""

    kind: str
    html: str
    title: str = ""
    outcome: str = ""
    picture: Picture | None = None
    feed: Feed | None = None
    photo: Photo | None = None
    choices: tuple[Choice, ...] = ()


def begin(scenario: Scenario) -> State:
    """Return the state that a situation starts in."""
    return State(scenario.start, dict(scenario.vars))


def scene(scenario: Scenario, state: State) -> Scene:
    """Return what is shown: events whose condition does not hold are left out."""
    ending = scenario.ending(state.node)
    if ending is not None:
        return Scene("ending", render_text(ending.text), ending.title, ending.outcome)
    node = _node(scenario, state)
    feed = node.feed
    if feed is not None:
        events = tuple(event for event in feed.events if holds(event.if_, state.vars))
        feed = feed.model_copy(update={"events": events})
    return Scene(
        kind=node.kind,
        html=render_text(node.text),
        picture=node.picture,
        feed=feed,
        photo=node.photo,
        choices=node.choices,
    )


def _node(scenario: Scenario, state: State) -> Node:
    node = scenario.node(state.node)
    if node is None:
        raise IllegalMove("this situation is over")
    return node


def advance(scenario: Scenario, state: State, move: Move) -> Step:
    """Make a move. Raises IllegalMove for a choice, switch or thing that is not there."""
    if scenario.ending(state.node) is not None:
        raise IllegalMove("this situation is over")
    node = _node(scenario, state)
    choice = next((c for c in node.choices if c.id == move.choice), None)
    if choice is None:
        raise IllegalMove("there is no such choice here")
    values = {**state.vars, **_picks(node, move)}
    score = _score(node.photo, move) if node.photo else None
    if move.marks and score is None:
        raise IllegalMove("there is nothing to mark here")
    if score is not None:
        values |= {
            "found": score.found,
            "missed": len(score.missed),
            "false_alarms": len(score.false_alarms),
        }
    case = next((case for case in choice.cases if holds(case.if_, values)), choice.cases[-1])
    after = State(case.next, _after(values, case), (*state.trail, move))
    return Step(after, _feedback(case), score)


def _picks(node: Node, move: Move) -> dict[str, str]:
    controls = node.feed.compose.controls if node.feed and node.feed.compose else ()
    known = {control.id: {o.id for o in control.options} for control in controls}
    for name, value in move.picks.items():
        if value not in known.get(name, ()):
            raise IllegalMove("there is no such switch here")
    unset = [control.label for control in controls if control.id not in move.picks]
    if unset:
        raise IllegalMove(f"set the switch “{unset[0]}” first")
    return dict(move.picks)


def _after(values: Mapping[str, int | str], case: Case) -> dict[str, int | str]:
    after = dict(values)
    for name, change in case.set.items():
        if isinstance(change, str):  # "+3" or "-1"
            before = after.get(name, 0)
            after[name] = (before if isinstance(before, int) else 0) + int(change)
        else:
            after[name] = change
    return after


def _feedback(case: Case) -> Feedback:
    return Feedback(
        verdict=case.verdict,
        why_html=render_inline(case.why),
        happens_html=render_inline(case.happens),
        rule_html=render_inline(case.rule),
        label=case.label,
        fact=case.fact,
    )


def _score(photo: Photo, move: Move) -> PhotoScore:
    marked = set(move.marks)
    if marked - {thing.id for thing in photo.things}:
        raise IllegalMove("there is no such thing in the picture")
    patient = [thing for thing in photo.things if thing.class_ == "patient"]
    return PhotoScore(
        found=sum(thing.id in marked for thing in patient),
        of=len(patient),
        missed=tuple(_told(t) for t in patient if t.id not in marked),
        false_alarms=tuple(_told(t) for t in photo.things if t.class_ == "fine" and t.id in marked),
        things=tuple(_told(thing) for thing in photo.things),
    )


def _told(thing: Thing) -> ToldThing:
    return ToldThing(thing.id, thing.name, thing.class_, render_inline(thing.feedback))


def replay(scenario: Scenario, moves: Iterable[Move]) -> list[Step]:
    """Play moves from the start; return every step."""
    steps: list[Step] = []
    state = begin(scenario)
    for move in moves:
        steps.append(advance(scenario, state, move))
        state = steps[-1].state
    return steps


def moves_of(scenario: Scenario, playthrough: Playthrough) -> list[Move]:
    """Return a playthrough as moves; switches that it does not name stand at their first option."""
    moves, state = [], begin(scenario)
    for step in playthrough.path:
        node = _node(scenario, state)
        controls = node.feed.compose.controls if node.feed and node.feed.compose else ()
        picks = {control.id: control.options[0].id for control in controls}
        move = Move(step.choose, {**picks, **step.with_}, step.marks)
        moves.append(move)
        state = replace(advance(scenario, state, move).state)
    return moves
