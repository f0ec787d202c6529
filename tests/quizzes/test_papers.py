"""Drawing is fresh first, shuffled, complete, and the same for the same seed."""

import json
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quizzes import BankShortage, DamagedPaper, Paper, Question, draw_items, draw_paper
from tests.effort import times
from tests.quizzes.samples import BLUEPRINT, bank, item

BANK = bank()
IDS = [one.id for one in BANK.items]
SEEDS = st.integers(0, 2**63)
SEEN = st.dictionaries(st.sampled_from(IDS), st.integers(1, 50))
BLUEPRINTS = st.fixed_dictionaries({"M1.1": st.integers(0, 9), "M1.2": st.integers(0, 8)})
TRIES = settings(max_examples=times(100, 2000), deadline=None)


@TRIES
@given(SEEDS, SEEN, BLUEPRINTS)
def test_a_paper_has_what_the_blueprint_asks_each_item_once(
    seed: int, seen: dict[str, int], blueprint: dict[str, int]
) -> None:
    paper = draw_paper(BANK, blueprint, seed=seed, seen=seen)
    drawn = [BANK.item(question.item_id) for question in paper.questions]
    wanted = {objective: count for objective, count in blueprint.items() if count}
    assert Counter(one.objective for one in drawn) == wanted
    assert len({one.id for one in drawn}) == len(drawn)


@TRIES
@given(SEEDS, SEEN, BLUEPRINTS)
def test_a_drawn_item_is_never_staler_than_one_left_out(
    seed: int, seen: dict[str, int], blueprint: dict[str, int]
) -> None:
    paper = draw_paper(BANK, blueprint, seed=seed, seen=seen)
    drawn = {question.item_id for question in paper.questions}
    for objective in blueprint:
        pool = {one.id for one in BANK.active_for(objective)}
        latest = max((seen.get(one, 0) for one in pool & drawn), default=0)
        earliest = min((seen.get(one, 0) for one in pool - drawn), default=99)
        assert latest <= earliest


@TRIES
@given(SEEDS, SEEN)
def test_a_repeated_item_is_said_to_be_repeated(seed: int, seen: dict[str, int]) -> None:
    paper = draw_paper(BANK, {"M1.1": 9, "M1.2": 8}, seed=seed, seen=seen)
    assert set(paper.repeated) == set(seen)
    order = [question.item_id for question in paper.questions]
    assert list(paper.repeated) == [one for one in order if one in seen]


@TRIES
@given(SEEDS, SEEN)
def test_the_same_arguments_give_the_same_paper(seed: int, seen: dict[str, int]) -> None:
    turned = dict(reversed(BLUEPRINT.items()))
    assert draw_paper(BANK, BLUEPRINT, seed=seed, seen=seen) == draw_paper(
        BANK, turned, seed=seed, seen=seen
    )


@TRIES
@given(SEEDS, SEEN)
def test_all_options_of_an_item_are_shown(seed: int, seen: dict[str, int]) -> None:
    for question in draw_paper(BANK, BLUEPRINT, seed=seed, seen=seen).questions:
        assert sorted(question.option_ids) == sorted(BANK.item(question.item_id).option_ids)


def test_the_seed_moves_items_questions_and_options() -> None:
    papers = [draw_paper(BANK, BLUEPRINT, seed=seed, seen={}) for seed in range(40)]
    assert len({question.item_id for paper in papers for question in paper.questions}) == 17
    assert len({paper.questions[0].item_id for paper in papers}) > 5
    orders = {q.option_ids for paper in papers for q in paper.questions if q.item_id == "M1-101"}
    assert len(orders) == 6


def test_a_paper_drawn_long_ago_is_drawn_the_same_today() -> None:
    """Stored seeds outlive versions: this text may never change."""
    assert draw_paper(BANK, {"M1.1": 2}, seed=7, seen={"M1-101": 1}).to_json() == (
        '{"questions":[["M1-102",["b","a","c"]],["M1-107",["b","a","c"]]],"repeated":[]}'
    )


def test_six_tries_of_an_objective_go_round_the_pool_before_one_comes_again() -> None:
    seen: dict[str, int] = {}
    for attempt in range(3):
        paper = draw_items(BANK, ["M1.1"], count_each=3, seed=attempt, seen=seen)
        assert paper.repeated == ()
        seen |= dict.fromkeys((q.item_id for q in paper.questions), attempt)
    first = {one for one, attempt in seen.items() if attempt == 0}
    again = draw_items(BANK, ["M1.1"], count_each=3, seed=9, seen=seen)
    assert set(again.repeated) == first


def test_parallel_items_are_drawn_for_each_objective_once() -> None:
    paper = draw_items(BANK, ["M1.2", "M1.1", "M1.2"], count_each=2, seed=1, seen={})
    objectives = Counter(BANK.item(q.item_id).objective for q in paper.questions)
    assert objectives == {"M1.1": 2, "M1.2": 2}


def test_too_small_a_pool_is_named_and_retired_items_do_not_count() -> None:
    with pytest.raises(BankShortage, match=r"M1\.1: 9 items wanted, 8 active") as caught:
        draw_paper(bank(item(0, active=False)), {"M1.1": 9}, seed=1, seen={})
    assert (caught.value.objective, caught.value.wanted, caught.value.has) == ("M1.1", 9, 8)


def test_an_objective_without_items_is_a_shortage() -> None:
    with pytest.raises(BankShortage):
        draw_paper(BANK, {"M7.1": 1}, seed=1, seen={})


def test_a_count_below_nought_is_refused() -> None:
    with pytest.raises(ValueError, match="-1 items"):
        draw_paper(BANK, {"M1.1": -1}, seed=1, seen={})


@TRIES
@given(SEEDS, SEEN)
def test_a_paper_comes_back_from_its_text(seed: int, seen: dict[str, int]) -> None:
    paper = draw_paper(BANK, BLUEPRINT, seed=seed, seen=seen)
    text = paper.to_json()
    assert Paper.from_json(text) == paper
    assert Paper.from_json(text).to_json() == text


def test_the_text_is_canonical() -> None:
    paper = Paper((Question("M1-101", ("b", "a")),), ("M1-101",))
    assert paper.to_json() == '{"questions":[["M1-101",["b","a"]]],"repeated":["M1-101"]}'


def test_a_paper_text_holds_no_key() -> None:
    text = draw_paper(BANK, BLUEPRINT, seed=3, seen={}).to_json()
    assert "correct" not in text
    assert set(json.loads(text)) == {"questions", "repeated"}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{}",
        '{"questions":[]}',
        '{"questions":[["M1-101"]],"repeated":[]}',
        '{"questions":["M1"],"repeated":[]}',
        '{"questions":[["M1-101","ab"]],"repeated":[]}',
        '{"questions":[[1,["a"]]],"repeated":[]}',
        '{"questions":[["M1-101",["a",1]]],"repeated":[]}',
        '{"questions":[],"repeated":"M1"}',
        '{"questions":[["M1-101",["a"]],["M1-101",["a"]]],"repeated":[]}',
    ],
)
def test_what_is_no_paper_is_refused(text: str) -> None:
    with pytest.raises(DamagedPaper, match="not a stored paper"):
        Paper.from_json(text)
