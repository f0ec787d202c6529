"""The engine that plays a situation: pure, from a state and a move to the next state.

It reads no clock and no chance, so that a replay of the moves is the play itself.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from training.catalog.conditions import holds
from training.catalog.lessons import render_inline, render_text
from training.catalog.moves import IllegalMove, Move
from training.catalog.part import Exercise
from training.catalog.parts import Case, Choice, Feed, Node, Picture, Playthrough, Scenario
from training.catalog.scores import OUT, Score, score_of

__all__ = [
    "Feedback",
    "IllegalMove",
    "Move",
    "Scene",
    "State",
    "Step",
    "advance",
    "begin",
    "moves_of",
    "replay",
    "scene",
]


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
class Step:
    """What a move brought about."""

    state: State
    feedback: Feedback
    score: Score | None


@dataclass(frozen=True, slots=True)
class Scene:
    """What a page shows of a state: a scene to act in, or an ending."""

    kind: str
    html: str
    title: str = ""
    outcome: str = ""
    picture: Picture | None = None
    feed: Feed | None = None
    exercise: Exercise | None = None
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
        exercise=node.exercise,
        choices=node.choices,
    )


def _node(scenario: Scenario, state: State) -> Node:
    node = scenario.node(state.node)
    if node is None:
        raise IllegalMove("this situation is over")
    return node


def advance(scenario: Scenario, state: State, move: Move) -> Step:
    """Make a move. Raises IllegalMove for a choice, switch or mark that is not there."""
    if scenario.ending(state.node) is not None:
        raise IllegalMove("this situation is over")
    node = _node(scenario, state)
    choice = next((c for c in node.choices if c.id == move.choice), None)
    if choice is None:
        raise IllegalMove("there is no such choice here")
    values = {**state.vars, **_switches(node, move)}
    score = score_of(node.exercise, move)
    if score is not None:
        values |= score.values
    case = next((case for case in choice.cases if holds(case.if_, values)), choice.cases[-1])
    after = State(case.next, _after(values, case), (*state.trail, move))
    return Step(after, _feedback(case), score)


def _switches(node: Node, move: Move) -> dict[str, str]:
    """Return what the switches of the draft stand at; the numbers of steps are no switches."""
    known = {control.id: {o.id for o in control.options} for control in node.controls}
    numbered = _steps(node)
    for name, value in move.picks.items():
        if name not in numbered and value not in known.get(name, ()):
            raise IllegalMove("there is no such switch here")
    unset = [control.label for control in node.controls if control.id not in move.picks]
    if unset:
        raise IllegalMove(f"set the switch “{unset[0]}” first")
    return {name: value for name, value in move.picks.items() if name in known}


def _steps(node: Node) -> tuple[str, ...]:
    """Return the ids of the steps that are put in order here."""
    return tuple(step.id for step in node.order.steps) if node.order else ()


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


def replay(scenario: Scenario, moves: Iterable[Move]) -> list[Step]:
    """Play moves from the start; return every step."""
    steps: list[Step] = []
    state = begin(scenario)
    for move in moves:
        steps.append(advance(scenario, state, move))
        state = steps[-1].state
    return steps


def moves_of(scenario: Scenario, playthrough: Playthrough) -> list[Move]:
    """Return a playthrough as moves.

    Switches that it does not name stand at their first option, steps that it does not name are out.
    """
    moves, state = [], begin(scenario)
    for step in playthrough.path:
        node = _node(scenario, state)
        picks = {control.id: control.options[0].id for control in node.controls}
        picks |= dict.fromkeys(_steps(node), OUT)
        move = Move(step.choose, {**picks, **step.with_}, step.marks)
        moves.append(move)
        state = replace(advance(scenario, state, move).state)
    return moves
