"""Every situation that ships, walked every way: each way ends, and no turn of it is never taken.

A walk knows nothing of the paths that a file plays. Of an exercise it tries every count of marks
of each class, and of steps in order the right way and each slip from it.
"""

from collections.abc import Iterator
from functools import cache
from itertools import chain, combinations, product

import pytest

from tests.cast import catalog as shipped
from training.catalog.exercises import Meter
from training.catalog.lessons import render_inline
from training.catalog.moves import IllegalMove, Move
from training.catalog.part import Entry, Exercise
from training.catalog.parts import Choice, Node, Scenario
from training.catalog.scenario import State, Step, advance, begin
from training.catalog.scores import OUT

LONGEST = 12  # moves from the start to an ending


@cache
def situations() -> dict[str, Scenario]:
    modules = shipped().modules().values()
    return {id_: scenario for module in modules for id_, scenario in module.scenarios.items()}


def ways_to_mark(exercise: Exercise) -> Iterator[tuple[str, ...]]:
    """Yield marks: every set of a story's details, of all else every count of each class."""
    entries = exercise.entries
    if isinstance(exercise, Meter):
        sets = (combinations(entries, n) for n in range(len(entries) + 1))
        yield from (tuple(entry.id for entry in kept) for kept in chain.from_iterable(sets))
        return
    classes: dict[str, list[Entry]] = {}
    for entry in entries:
        classes.setdefault(getattr(entry, "class_", ""), []).append(entry)
    for counts in product(*(range(len(group) + 1) for group in classes.values())):
        groups = zip(classes.values(), counts, strict=True)
        yield tuple(entry.id for group, count in groups for entry in group[:count])


def ways_to_order(node: Node) -> Iterator[dict[str, str]]:
    """Yield numbers of steps: the right way, reversed, one left out, one put in that is none."""
    assert node.order is not None
    right = [
        s.id for s in sorted(node.order.steps, key=lambda s: str(s.place)) if s.place != "never"
    ]
    never = [step.id for step in node.order.steps if step.place == "never"]
    rows = [right, right[::-1], right[1:] + right[:1]]
    rows += [[id_ for id_ in right if id_ != out] for out in right]
    rows += [[*right, step] for step in never]
    everything = [step.id for step in node.order.steps]
    for row in rows:
        numbers = {id_: str(place) for place, id_ in enumerate(row, start=1)}
        yield {id_: numbers.get(id_, OUT) for id_ in everything}


def moves_from(node: Node) -> Iterator[Move]:
    switches = product(*([(c.id, o.id) for o in c.options] for c in node.controls))
    picks = [dict(row) for row in switches]
    if node.order:
        picks = [{**row, **numbers} for row in picks for numbers in ways_to_order(node)]
    marks = [()] if node.order or not node.exercise else [*ways_to_mark(node.exercise)]
    for choice, pick, mark in product(node.choices, picks, marks):
        yield Move(choice.id, pick, mark)


def key_of(state: State) -> tuple[object, ...]:
    return (state.node, *sorted(state.vars.items()))


def fired(choice: Choice, step: Step) -> set[tuple[str, int]]:
    """Return which cases of a choice this may have been: those that say the very same."""
    told = (step.feedback.verdict, step.feedback.happens_html, step.state.node)
    return {
        (choice.id, n)
        for n, case in enumerate(choice.cases)
        if (case.verdict, render_inline(case.happens), case.next) == told
    }


@pytest.mark.parametrize("id_", situations())
def test_each_way_ends_and_no_scene_choice_or_outcome_is_left_over(id_: str) -> None:
    scenario = situations()[id_]
    open_states, known, taken, ends = [begin(scenario)], set(), set(), set()
    for _ in range(LONGEST):
        following: dict[tuple[object, ...], State] = {}
        for state in open_states:
            node = scenario.node(state.node)
            assert node is not None
            for move in moves_from(node):
                try:
                    step = advance(scenario, state, move)
                except IllegalMove:  # an answer without a phrase
                    continue
                choice = next(c for c in node.choices if c.id == move.choice)
                taken |= {(node.id, *case) for case in fired(choice, step)}
                if scenario.ending(step.state.node):
                    ends.add(step.state.node)
                elif key_of(step.state) not in known:
                    following[key_of(step.state)] = step.state
        known |= following.keys()
        open_states = [*following.values()]
    assert open_states == [], "a way that does not end"
    assert ends == {ending.id for ending in scenario.endings}
    every = {
        (node.id, choice.id, n)
        for node in scenario.nodes
        for choice in node.choices
        for n in range(len(choice.cases))
    }
    assert every - taken == set()
