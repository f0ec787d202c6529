"""Exercises: what a move makes of them, in whole numbers, and no move that breaks the engine."""

from fractions import Fraction
from itertools import permutations
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.catalog.kinds import TEXTS
from tests.catalog.test_scenario import scenario_of
from tests.effort import times
from training.catalog.exercises import Meter
from training.catalog.minutes import scenario_minutes
from training.catalog.scenario import (
    IllegalMove,
    Move,
    Step,
    advance,
    begin,
    moves_of,
    replay,
    scene,
)
from training.catalog.scores import Crowd, Found, Ordered, Sent, people_left

TRIES = settings(max_examples=times(100, 3000), deadline=None)
PLAYS = {kind: scenario_of(text) for kind, text in TEXTS.items()}
STEPS = ("log", "hush", "tell", "hide", "learn")


def move(kind: str, marks: tuple[str, ...] = (), **picks: str) -> Step:
    return advance(PLAYS[kind], begin(PLAYS[kind]), Move("done", picks, marks))


def ids_of(kind: str) -> list[str]:
    exercise = PLAYS[kind].nodes[0].exercise
    assert exercise is not None
    return [entry.id for entry in exercise.entries]


def drawn_move(data: st.DataObject, kind: str) -> Move:
    """Draw any legal move of the first scene."""
    if kind != "order":
        marks = data.draw(st.sets(st.sampled_from(ids_of(kind)), min_size=kind == "reply"))
        return Move("done", marks=tuple(sorted(marks)))
    numbers = data.draw(st.permutations(["1", "2", "3", "4", "5"]))
    out = data.draw(st.sets(st.sampled_from(STEPS)))
    picks = zip(STEPS, numbers, strict=True)
    return Move("done", {id_: "out" if id_ in out else n for id_, n in picks})


@pytest.mark.parametrize("kind", PLAYS)
@TRIES
@given(st.data())
def test_any_move_replays_to_itself_and_sets_the_variables_of_its_kind(
    kind: str, data: st.DataObject
) -> None:
    play = PLAYS[kind]
    made = drawn_move(data, kind)
    step = advance(play, begin(play), made)
    assert replay(play, [made]) == [step]
    exercise = play.nodes[0].exercise
    assert exercise is not None
    assert step.score is not None
    assert set(step.score.values) == exercise.NAMES
    assert step.score.values.items() <= step.state.vars.items()
    assert all(type(value) is int and value >= 0 for value in step.score.values.values())
    if kind != "meter":
        assert (step.feedback.verdict == "right") is step.score.all_right


@pytest.mark.parametrize("kind", PLAYS)
@TRIES
@given(st.data())
def test_no_scrap_of_a_move_is_ever_a_traceback(kind: str, data: st.DataObject) -> None:
    scraps = st.text(max_size=4) | st.sampled_from([*ids_of(kind), "1", "9", "out", "٣", "-1"])
    scrap = Move(
        data.draw(scraps | st.just("done")),
        data.draw(st.dictionaries(scraps, scraps, max_size=6)),
        tuple(data.draw(st.lists(scraps, max_size=6))),
    )
    try:
        step = advance(PLAYS[kind], begin(PLAYS[kind]), scrap)
    except IllegalMove:
        return
    assert step.score is not None


@pytest.mark.parametrize("kind", PLAYS)
def test_each_written_path_ends_where_it_says(kind: str) -> None:
    for playthrough in PLAYS[kind].playthroughs:
        steps = replay(PLAYS[kind], moves_of(PLAYS[kind], playthrough))
        assert steps[-1].state.node == playthrough.ending
    assert scenario_minutes(PLAYS[kind]) > 0.4


@pytest.mark.parametrize("kind", PLAYS)
def test_a_scene_shows_its_exercise(kind: str) -> None:
    view = scene(PLAYS[kind], begin(PLAYS[kind]))
    assert view.kind == kind
    assert view.exercise is PLAYS[kind].nodes[0].exercise


ALL_OUT = dict.fromkeys(STEPS, "out")


@pytest.mark.parametrize(
    ("kind", "marks", "picks", "says"),
    [
        ("reply", (), {}, "at least one phrase"),
        ("reply", ("insult",), {}, "no such phrase"),
        ("reply", ("rule",), {"rule": "1"}, "no such switch"),
        ("document", ("seal",), {}, "no such point"),
        ("meter", ("shoes",), {}, "no such detail"),
        ("order", ("tell",), ALL_OUT, "nothing to mark"),
        ("order", (), {}, "give “Write down who could see it” a number"),
        ("order", (), ALL_OUT | {"learn": ""}, "give “Tell the team what was learnt” a number"),
        ("order", (), ALL_OUT | {"tell": "1", "hide": "1"}, "two steps have the number 1"),
        ("order", (), ALL_OUT | {"tell": "6"}, "from 1 to 5"),
        ("order", (), ALL_OUT | {"tell": "0"}, "from 1 to 5"),
        ("order", (), ALL_OUT | {"tell": "never"}, "from 1 to 5"),
        ("order", (), ALL_OUT | {"shout": "1"}, "no such switch"),
    ],
)
def test_an_illegal_move_says_what_about_it(
    kind: str, marks: tuple[str, ...], picks: dict[str, str], says: str
) -> None:
    with pytest.raises(IllegalMove, match=says):
        move(kind, marks, **picks)


@pytest.mark.parametrize(
    ("marks", "confirming", "needed", "lacking"),
    [
        (("rule", "call"), 0, 2, 0),
        (("rule", "call", "thanks"), 0, 2, 0),
        (("thanks",), 0, 0, 2),
        (("visit", "records", "rule"), 2, 1, 1),
        (("call", "call"), 0, 1, 1),
    ],
)
def test_a_reply_counts_what_confirms_and_what_is_lacking(
    marks: tuple[str, ...], confirming: int, needed: int, lacking: int
) -> None:
    score = move("reply", marks).score
    assert isinstance(score, Sent)
    assert (score.confirming, score.needed, score.lacking) == (confirming, needed, lacking)
    assert {told.id for told in score.told if told.marked} == set(marks)


@pytest.mark.parametrize(
    ("marks", "found", "missed", "alarms"),
    [
        (("until", "authority"), 2, [], []),
        (("until",), 1, ["authority"], []),
        (("what", "until", "authority"), 2, [], ["what"]),
        ((), 0, ["until", "authority"], []),
    ],
)
def test_a_paper_counts_what_was_missed_and_what_was_fine(
    marks: tuple[str, ...], found: int, missed: list[str], alarms: list[str]
) -> None:
    score = move("document", marks).score
    assert isinstance(score, Found)
    assert (score.found, score.of) == (found, 2)
    assert [told.id for told in score.missed] == missed
    assert [told.id for told in score.false_alarms] == alarms


@pytest.mark.parametrize(
    ("picks", "slips", "wrong", "left_out"),
    [
        ({"tell": "1", "hide": "2", "log": "3", "learn": "4"}, 0, 0, 0),
        ({"hide": "1", "tell": "2", "log": "3", "learn": "4"}, 0, 0, 0),  # equal places
        ({"hide": "1", "tell": "3", "log": "4", "learn": "5"}, 0, 0, 0),  # a gap tells nothing
        ({"hide": "1", "log": "2", "tell": "3", "learn": "4"}, 1, 0, 0),
        ({"learn": "1", "log": "2", "tell": "3", "hide": "4"}, 5, 0, 0),
        ({"tell": "1", "hush": "2", "hide": "3", "log": "4", "learn": "5"}, 0, 1, 0),
        ({"hush": "1"}, 0, 1, 4),
        ({}, 0, 0, 4),
    ],
)
def test_an_order_counts_pairs_the_wrong_way_round_and_what_is_in_or_out(
    picks: dict[str, str], slips: int, wrong: int, left_out: int
) -> None:
    score = move("order", **ALL_OUT | picks).score
    assert isinstance(score, Ordered)
    assert (score.slips, score.wrong_steps, score.left_out) == (slips, wrong, left_out)
    amiss = {step.told.id for step in score.steps if step.amiss}
    assert (not amiss) is score.all_right


def test_the_right_order_is_told_with_hers_beside_it() -> None:
    score = move("order", hide="2", log="1", hush="5", tell="out", learn="4").score
    assert isinstance(score, Ordered)
    told = [(s.told.id, s.place, s.hers, s.amiss, s.either_way) for s in score.steps]
    assert told == [
        ("tell", 1, None, True, True),
        ("hide", 1, 2, True, True),
        ("log", 2, 1, True, False),
        ("learn", 3, 3, False, False),
        ("hush", None, 4, True, False),
    ]


def test_hide_first_against_report_first_is_never_scored() -> None:
    """Of all orders, those with both before the log and the lesson last are right."""
    right = set()
    for order in permutations(("tell", "hide", "log", "learn")):
        picks = {id_: str(n) for n, id_ in enumerate(order, start=1)}
        score = move("order", **picks, hush="out").score
        assert score is not None
        if score.all_right:
            right.add(order)
    assert right == {("tell", "hide", "log", "learn"), ("hide", "tell", "log", "learn")}


def test_the_crowd_is_counted_in_whole_numbers_and_never_below_one() -> None:
    counts = {
        (): 38000,
        ("kind",): 34200,
        ("age",): 342,
        ("age", "town"): 13,
        ("age", "town", "kind", "fox"): 1,
    }
    for marks, left in counts.items():
        score = move("meter", marks).score
        assert isinstance(score, Crowd)
        assert (score.left, score.values["details"]) == (left, len(marks))


@TRIES
@given(
    st.integers(2, 10**10),
    st.lists(st.integers(1, 1000), min_size=2, max_size=8),
    st.data(),
)
def test_one_more_detail_never_makes_the_crowd_larger(
    crowd: int, keeps: list[int], data: st.DataObject
) -> None:
    about = {"text": "So it is", "feedback": "Few are.", "label": "law", "fact": "A-03"}
    details: list[Any] = [{"id": f"d{n}", "keeps": k, **about} for n, k in enumerate(keeps)]
    meter = Meter(crowd=crowd, of="people", story="A story.", details=tuple(details))
    kept = data.draw(st.sets(st.sampled_from([detail["id"] for detail in details])))
    exact = Fraction(crowd)
    for detail in meter.details:
        exact *= Fraction(detail.keeps, 1000) if detail.id in kept else 1
    assert people_left(meter, kept) == max(1, int(exact))
    assert people_left(meter, kept | {"d0"}) <= people_left(meter, kept)


def test_a_number_of_a_step_is_no_variable() -> None:
    step = move("order", **ALL_OUT | {"tell": "1"})
    assert set(step.state.vars) == {"slips", "wrong_steps", "left_out"}
