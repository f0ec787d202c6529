"""The engine: pure, replayable, refusing what is not there, and always with a way on."""

from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.catalog.sample import SCENARIO
from tests.effort import times
from training.catalog.parts import Scenario, normal_scenario
from training.catalog.scenario import (
    IllegalMove,
    Move,
    State,
    advance,
    begin,
    moves_of,
    replay,
    scene,
)
from training.catalog.scores import Found


def scenario_of(text: str = SCENARIO) -> Scenario:
    raw: Any = yaml.safe_load(text)
    return Scenario.model_validate(normal_scenario(raw))


PLAY = scenario_of()


def legal_moves(data: st.DataObject, state: State) -> Move:
    """Draw any move that a page could send from here."""
    node = PLAY.node(state.node)
    assert node is not None
    controls = node.feed.compose.controls if node.feed and node.feed.compose else ()
    picks = {c.id: data.draw(st.sampled_from([o.id for o in c.options])) for c in controls}
    things = [thing.id for thing in node.photo.things] if node.photo else []
    marks = data.draw(st.sets(st.sampled_from(things))) if things else set()
    choice = data.draw(st.sampled_from([choice.id for choice in node.choices]))
    return Move(choice, picks, tuple(sorted(marks)))


@settings(max_examples=times(60, 2000), deadline=None)
@given(st.data())
def test_any_walk_goes_on_or_ends_and_its_replay_is_the_walk(data: st.DataObject) -> None:
    state, steps = begin(PLAY), []
    for _ in range(20):
        view = scene(PLAY, state)
        if view.kind == "ending":
            break
        assert view.choices
        steps.append(advance(PLAY, state, legal_moves(data, state)))
        state = steps[-1].state
    assert scene(PLAY, state).kind == "ending"
    assert replay(PLAY, state.trail) == steps


@settings(max_examples=times(40, 1000), deadline=None)
@given(st.data())
def test_advancing_changes_nothing_that_was_given(data: st.DataObject) -> None:
    state = begin(PLAY)
    move = legal_moves(data, state)
    before = (state.node, dict(state.vars), state.trail)
    assert advance(PLAY, state, move) == advance(PLAY, state, move)
    assert (state.node, dict(state.vars), state.trail) == before


def test_cases_are_tried_in_order_and_variables_move() -> None:
    step = advance(PLAY, begin(PLAY), Move("post", {"account": "business"}))
    assert (step.state.node, step.state.vars["reach"], step.feedback.verdict) == (
        "board",
        3,
        "right",
    )
    step = advance(PLAY, begin(PLAY), Move("ask", {"account": "own"}))
    assert step.state.vars["reach"] == 1


def test_only_events_whose_condition_holds_are_shown() -> None:
    start = begin(PLAY)
    quiet = scene(PLAY, start).feed
    loud = scene(PLAY, State("compose", {"reach": 2})).feed
    assert quiet is not None
    assert loud is not None
    assert (len(quiet.events), len(loud.events)) == (0, 1)
    assert scene(PLAY, start).choices[0].id == "post"


@pytest.mark.parametrize(
    ("marks", "found", "missed", "alarms", "verdict"),
    [
        (("t1", "t2"), 2, 0, 0, "right"),
        (("t1",), 1, 1, 0, "tempting"),
        (("t1", "t2", "t3"), 2, 0, 1, "tempting"),
        (("t1", "t2", "t5", "t6"), 2, 0, 0, "right"),
        ((), 0, 2, 0, "tempting"),
        (("t1", "t1", "t2"), 2, 0, 0, "right"),
    ],
)
def test_only_patient_and_fine_things_score(
    marks: tuple[str, ...], found: int, missed: int, alarms: int, verdict: str
) -> None:
    step = advance(PLAY, State("board", {}), Move("done", marks=marks))
    assert isinstance(step.score, Found)
    assert step.score.of == 2
    counts = (step.score.found, len(step.score.missed), len(step.score.false_alarms))
    assert counts == (found, missed, alarms)
    assert step.feedback.verdict == verdict
    assert (step.state.vars["missed"], step.state.vars["false_alarms"]) == (missed, alarms)


@pytest.mark.parametrize(
    ("state", "move", "says"),
    [
        (begin(PLAY), Move("dance"), "no such choice"),
        (begin(PLAY), Move(""), "no such choice"),
        (begin(PLAY), Move("post"), "set the switch"),
        (begin(PLAY), Move("post", {"account": "both"}), "no such switch"),
        (begin(PLAY), Move("post", {"account": "own", "reach": "9"}), "no such switch"),
        (begin(PLAY), Move("post", {"account": "own"}, ("t1",)), "nothing to mark"),
        (State("board", {}), Move("done", marks=("t99",)), "no such thing"),
        (State("tell", {}), Move("now", {"account": "own"}), "no such switch"),
        (State("good", {}), Move("now"), "is over"),
        (State("nowhere", {}), Move("now"), "is over"),
    ],
)
def test_an_illegal_move_says_what_about_it(state: State, move: Move, says: str) -> None:
    with pytest.raises(IllegalMove, match=says):
        advance(PLAY, state, move)


def test_no_learner_can_set_a_variable_by_a_switch_of_its_name() -> None:
    with pytest.raises(IllegalMove):
        advance(PLAY, State("board", {}), Move("done", {"missed": "0"}))


def test_each_written_path_ends_where_it_says() -> None:
    for playthrough in PLAY.playthroughs:
        steps = replay(PLAY, moves_of(PLAY, playthrough))
        assert steps[-1].state.node == playthrough.ending


def test_an_ending_shows_its_title_and_outcome() -> None:
    view = scene(PLAY, State("poor", {}))
    assert (view.kind, view.title, view.outcome, view.choices) == ("ending", "Out", "poor", ())
