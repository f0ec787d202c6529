"""Exercises on their pages, by plain forms: nothing given away, nothing lost, all of it told."""

import re
from dataclasses import dataclass
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from quizzes import ItemType, Paper
from tests.catalog.kinds import IDS, TEXTS, publish_kinds
from tests.catalog.test_scenario import scenario_of
from tests.faults.test_input import NAUGHTY
from tests.house import TestHouse
from training.catalog import publishing
from training.catalog.exercises import Document, Meter, Order, Reply
from training.catalog.moves import Move
from training.catalog.part import Entry, Exercise
from training.catalog.scores import people_left
from training.learning.attempts import question_name
from training.learning.models import Attempt
from training.learning.shown.exercises import exercise
from training.sample.learner import _right_and_wrong

pytestmark = pytest.mark.either_database

SLUG = "hats"
ALL_OUT = {f"pick-{id_}": "out" for id_ in ("log", "hush", "tell", "hide", "learn")}
BEST: dict[str, dict[str, Any]] = {
    "reply": {"mark": ["rule", "call"]},
    "document": {"mark": ["until", "authority"]},
    "order": ALL_OUT | {"pick-hide": "1", "pick-tell": "2", "pick-log": "3", "pick-learn": "4"},
    "meter": {"mark": ["kind"]},
}


@dataclass
class Room:
    """Alice in a course of exercises, without scripts."""

    house: TestHouse
    client: FlaskClient
    cycle: int

    def url(self, kind: str) -> str:
        return f"/training/{self.cycle}/{SLUG}/{IDS[kind]}"

    def page(self, kind: str, query: str = "") -> str:
        return self.client.get(self.url(kind) + query).get_data(as_text=True)

    def send(self, kind: str, **fields: Any) -> Any:
        return self.house.post(
            self.client, self.url(kind), **{"choice": "done", "at": "0"} | fields
        )

    def after(self, kind: str, **fields: Any) -> str:
        assert self.send(kind, **fields).status_code == 303
        return self.page(kind)


@pytest.fixture
def room(house: TestHouse, tmp_path: Path) -> Room:
    publish_kinds(house, tmp_path / "content")
    client, cycle = house.signed_in("alice"), house.open_cycle("alice")
    house.begin(client, cycle)
    return Room(house, client, cycle)


def exercise_of(kind: str) -> Exercise:
    found = scenario_of(TEXTS[kind]).nodes[0].exercise
    assert found is not None
    return found


def words_of(page: str) -> str:
    """Return what a page says, without its marks."""
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", page)))


# --- before the move --------------------------------------------------------------------


@pytest.mark.parametrize("kind", IDS)
def test_no_page_before_the_move_says_what_an_entry_is(room: Room, kind: str) -> None:
    page = room.page(kind)
    for entry in exercise_of(kind).entries:
        assert entry.feedback not in page
        assert entry.id in page
    for word in ("confirms", "needed", "defect", "place", "feedback"):
        assert word not in re.sub(r"(data-|class=)\S*|replaceable", "", page).lower(), word


def turned(entry: Entry) -> Entry:
    """Return the same entry with every other answer, and other feedback."""
    other = {"needed": "confirms", "confirms": "fine", "fine": "needed"}
    other |= {"there": "defect", "defect": "there"}
    changes: dict[str, Any] = {"feedback": "Quite another why.", "label": "conduct", "fact": "C-1"}
    if hasattr(entry, "class_"):
        changes["class_"] = other[entry.class_]
    if hasattr(entry, "place"):
        changes["place"] = {1: 2, 2: 3, 3: "never", "never": 1}[entry.place]
    return entry.model_copy(update=changes)


@pytest.mark.parametrize("kind", IDS)
def test_what_is_shown_does_not_depend_on_the_answers(kind: str) -> None:
    """The same exercise with every answer turned round shows the same, whatever a page does."""
    one = exercise_of(kind)
    entries = tuple(turned(entry) for entry in one.entries)
    other = one.model_copy(update={one.KEY: entries})
    shown = [exercise(found, "0" * 64, {}, None, "seed")[kind] for found in (one, other)]
    for each in shown:  # the order of the steps is mixed until it is no right one
        each["rows"] = sorted(each.get("rows", []), key=lambda row: row["name"])
    assert shown[0] == shown[1]
    assert exercise(one, "0" * 64, {}, None, "seed")["photo"] is None


def test_steps_are_never_shown_in_a_right_order() -> None:
    order = exercise_of("order")
    assert isinstance(order, Order)
    places = {f"pick-{step.id}": step.place for step in order.steps}
    orders = set()
    for seed in range(200):
        rows = exercise(order, "", {}, None, str(seed))["order"]["rows"]
        found = [places[row["name"]] for row in rows if places[row["name"]] != "never"]
        assert found != sorted(found)
        orders.add(tuple(row["name"] for row in rows))
    assert len(orders) > 50


# --- the move ---------------------------------------------------------------------------


@pytest.mark.parametrize("kind", IDS)
def test_all_right_is_told_with_every_entry_and_its_why(room: Room, kind: str) -> None:
    page = room.after(kind, **BEST[kind])
    assert "A good call" in page
    assert "What makes it hard" in page  # a right choice is not said to tempt
    assert "Why it tempts" not in page
    for entry in exercise_of(kind).entries:
        assert entry.feedback in words_of(page)


def test_phrases_that_confirm_light_up_and_what_is_lacking_is_named(room: Room) -> None:
    page = room.after("reply", mark=["visit", "thanks", "rule"])
    lit = re.findall(r'<mark class="lit">([^<]+)', page)
    assert lit == ["We are sorry that your visit ran late."]
    said = words_of(page)
    assert "1 phrase confirms" in said
    assert "Still lacking: Please call Olga Ortiz." in said
    # put together in the order of the file, whatever the order of the marks
    assert said.index("Thank you") < said.index("We are sorry") < said.index("We can't discuss")


def test_an_answer_that_confirms_nobody_lights_nothing(room: Room) -> None:
    page = room.after("reply", **BEST["reply"])
    assert "<mark" not in page
    assert "Nothing in it confirms" in page


def test_missed_defects_are_named(room: Room) -> None:
    said = words_of(room.after("document", mark=["until", "what"]))
    assert "You found 1 of 2 ." in said
    assert "Missed: If another person signs: by what right" in said
    assert "Marked without need: What will be used, said exactly" in said


def test_the_right_order_is_told_beside_hers(room: Room) -> None:
    picks = {"pick-log": "1", "pick-hide": "2", "pick-hush": "3", "pick-learn": "4"}
    page = room.after("order", **ALL_OUT | picks)
    said = words_of(page)
    assert "1 pair of steps stands the wrong way round." in said
    assert "1 step is in that belongs nowhere." in said
    assert "1 step was left out." in said
    rows = [words_of(row).strip() for row in re.findall(r'told-step">(.*?)</li>', page, re.DOTALL)]
    told = [re.split(r" (?:The clock|Fewer|It is|So that|Nobody)", row)[0] for row in rows]
    assert told == [
        "1 or 2 Call Olga Ortiz you left it out either way round",
        "1 or 2 Take it down too late either way round",
        "3 Write down who could see it too early",
        "4 Tell the team what was learnt in its place",
        "out Delete it and say nothing you put it in",
    ]
    hers = re.findall(r"<ol class=\"hers\">(.*?)</ol>", page, re.DOTALL)
    assert [words_of(item).strip() for item in re.findall(r"<li>(.*?)</li>", hers[0])] == [
        "Write down who could see it",
        "Take it down",
        "Delete it and say nothing",
        "Tell the team what was learnt",
    ]


def test_the_crowd_is_told_and_drawn(room: Room) -> None:
    page = room.after("meter", mark=["age", "town"])
    assert "13 of 38,000 people in Alder County could be meant" in words_of(page)
    drawn = page[page.index('class="crowd"') : page.index("</svg>", page.index('class="crowd"'))]
    assert (drawn.count("is-lit"), drawn.count("<circle")) == (13, 100)


@pytest.mark.parametrize("kind", IDS)
def test_a_move_is_kept_and_stands_on_every_device(room: Room, kind: str) -> None:
    room.send(kind, **BEST[kind])
    elsewhere = room.house.signed_in("alice").get(room.url(kind)).get_data(as_text=True)
    assert "A good call" in elsewhere
    assert room.house.count("choice") == 1
    room.send(kind, **BEST[kind])  # a double tap
    assert room.house.count("choice") == 1


# --- what can't be done -----------------------------------------------------------------

REFUSED: dict[str, tuple[str, dict[str, Any], str]] = {
    "an empty answer": ("reply", {}, "choose at least one phrase first"),
    "a phrase from elsewhere": ("reply", {"mark": ["insult"]}, "no such phrase"),
    "a number for a phrase": ("reply", {"mark": ["rule"], "pick-rule": "1"}, "no such switch"),
    "a point from elsewhere": ("document", {"mark": ["until", "seal"]}, "no such point"),
    "a detail from elsewhere": ("meter", {"mark": ["shoes"]}, "no such detail"),
    "no numbers": ("order", {}, "give “Write down who could see it” a number"),
    "a number lacking": ("order", ALL_OUT | {"pick-tell": ""}, "“Call Olga Ortiz” a number"),
    "two of a number": (
        "order",
        ALL_OUT | {"pick-tell": "2", "pick-hide": "2"},
        "two steps have the number 2",
    ),
    "a number too large": ("order", ALL_OUT | {"pick-tell": "6"}, "a number from 1 to 5"),
    "a step from elsewhere": ("order", ALL_OUT | {"pick-shout": "1"}, "no such switch"),
    "marks on steps": ("order", ALL_OUT | {"mark": ["tell"]}, "nothing to mark here"),
    "no choice": ("document", {"choice": ""}, "no such choice"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_done_is_said_and_nothing_is_kept(room: Room, name: str) -> None:
    kind, fields, says = REFUSED[name]
    reply = room.send(kind, **fields)
    assert reply.status_code == 422
    assert says in unescape(reply.get_data(as_text=True))
    assert room.house.count("choice") == 0


def test_a_refused_form_keeps_what_was_set(room: Room) -> None:
    picks = {"pick-tell": "2", "pick-hide": "2", "pick-log": "3"}
    page = room.send("order", **ALL_OUT | picks).get_data(as_text=True)
    chosen = dict(
        re.findall(r'name="(pick-\w+)"[^>]*>.*?value="(\w+)"\s+selected', page, re.DOTALL)
    )
    assert chosen == ALL_OUT | picks
    page = room.send("document", mark=["until", "seal"]).get_data(as_text=True)
    assert re.findall(r'value="(\w+)"\s+checked', page) == ["until"]


@pytest.mark.parametrize("kind", IDS)
def test_no_naughty_value_is_ever_a_500(room: Room, kind: str) -> None:
    names = ["mark", "count", "choice", "at", *BEST["order"]]
    for value in NAUGHTY:
        for fields in (dict.fromkeys(names, value), {"mark": [value] * 90, "count": "1"}):
            reply = room.send(kind, **{"at": "0", "choice": "done"} | fields)
            assert reply.status_code in {303, 422}, value
        query = {"mark": value, "count": value, "pick-tell": value}
        assert room.client.get(room.url(kind), query_string=query).status_code == 200
    assert room.house.count("choice") == 0


# --- counting without scripts -----------------------------------------------------------


def test_counting_again_changes_nothing_and_shows_the_count(room: Room) -> None:
    before = room.house.dump()
    reply = room.send("meter", choice="", count="1", mark=["kind", "fox"])
    assert reply.status_code == 303
    target = reply.headers["Location"]
    assert "csrf" not in target
    page = room.client.get(target).get_data(as_text=True)
    assert "34 of 38,000 people" in words_of(page)
    assert re.findall(r'value="(\w+)"[^>]*checked', page) == ["kind", "fox"]
    assert without_touch(room.house.dump()) == without_touch(before)


def without_touch(dump: dict[str, list[Any]]) -> dict[str, list[Any]]:
    return {name: rows for name, rows in dump.items() if name != "sign_in"}


def test_with_every_detail_off_the_whole_crowd_is_counted(room: Room) -> None:
    reply = room.send("meter", choice="", count="1")
    said = words_of(room.client.get(reply.headers["Location"]).get_data(as_text=True))
    assert "38,000 of 38,000 people" in said
    assert "Each dot stands for about 380 people" in said
    assert "13 of 38,000 people" in words_of(room.page("meter"))  # the details that are on first


def test_the_page_counts_as_the_engine_does() -> None:
    meter = exercise_of("meter")
    assert isinstance(meter, Meter)
    for marks in ((), ("age",), ("age", "fox"), ("kind", "town")):
        shown = exercise(meter, "", {}, Move("", marks=marks), "")["meter"]["crowd"]
        assert shown["left"] == people_left(meter, marks)
        assert sum(dot["lit"] for dot in shown["dots"]) == min(100, shown["left"])


def test_an_exercise_is_what_its_kind_says() -> None:
    kinds = {kind: type(exercise_of(kind)) for kind in IDS}
    assert kinds == {"reply": Reply, "document": Document, "order": Order, "meter": Meter}


# --- orders in a quiz -------------------------------------------------------------------


@dataclass
class Quiz:
    """A paper with three orders, and where they stand."""

    room: Room
    attempt: int
    orders: list[str]
    singles: list[str]

    def page(self) -> str:
        return self.room.client.get(f"/attempts/{self.attempt}").get_data(as_text=True)

    def save(self, **fields: Any) -> int:
        url = f"/attempts/{self.attempt}/answers"
        return self.room.house.post(self.room.client, url, **fields).status_code


@pytest.fixture
def quiz(room: Room) -> Quiz:
    house = room.house
    house.take_steps(room.client, room.cycle, SLUG)
    attempt = house.start_quiz(room.client, room.cycle, SLUG)
    with house.database.read() as session:
        row = session.get_one(Attempt, attempt)
        bank = publishing.module(session, row.digest).bank
        questions = Paper.from_json(row.paper).questions
    kinds = {question_name(n): bank.item(q.item_id).type for n, q in enumerate(questions, 1)}
    orders = [name for name, kind in kinds.items() if kind is ItemType.ORDER]
    return Quiz(room, attempt, orders, [name for name in kinds if name not in orders])


def numbers_offered(page: str, name: str) -> list[list[str]]:
    """Return the values that each select of a question offers."""
    selects = re.findall(rf'<select[^>]*name="{name}"[^>]*>(.*?)</select>', page, re.DOTALL)
    return [re.findall(r'value="([^"]*)"', select) for select in selects]


def test_an_order_in_a_quiz_is_a_number_for_each_step(quiz: Quiz) -> None:
    assert len(quiz.orders) == 3
    page = quiz.page()
    for name in quiz.orders:
        assert numbers_offered(page, name) == [
            ["", *(f"{place}:{number}" for number in (1, 2, 3))] for place in range(3)
        ]
    assert "The call comes first" not in page
    assert "place" not in page


def test_all_orders_right_are_all_right_and_shown_so(quiz: Quiz) -> None:
    house = quiz.room.house
    reply = house.submit(quiz.room.client, quiz.attempt)
    assert reply.status_code == 303
    assert house.count("attempt", "correct = 6") == 1
    said = words_of(quiz.page())
    assert said.count("right: 1 yours: 1") == 3
    assert "The call comes first" in said


def test_one_step_out_of_place_is_not_right(quiz: Quiz) -> None:
    house = quiz.room.house
    answers = house.key_of(quiz.attempt)
    first = quiz.orders[0]
    answers[first] = house.wrong_key_of(quiz.attempt)[first]
    house.submit(quiz.room.client, quiz.attempt, answers)
    assert house.count("attempt", "correct = 5") == 1
    assert "Question " + first[1:] + ": not right" in words_of(quiz.page())


def test_numbers_are_saved_as_they_are_set_and_come_back(quiz: Quiz) -> None:
    name = quiz.orders[0]
    assert quiz.save(question=name, **{name: ["1:3", ""]}) == 204
    assert re.findall(r'value="(\d:\d)"\s+selected', quiz.page()) == ["1:3"]
    assert quiz.save(question=name, **{name: ["0:1", "1:3", "2:2"]}) == 204
    assert re.findall(r'value="(\d:\d)"\s+selected', quiz.page()) == ["0:1", "1:3", "2:2"]


@pytest.mark.parametrize("given", [["0:1"], ["0:1", "1:1", "2:2"], ["0:1", "0:2", "0:3"]])
def test_half_an_order_is_said_to_be_no_answer_before_it_counts(
    quiz: Quiz, given: list[str]
) -> None:
    house = quiz.room.house
    answers = house.key_of(quiz.attempt) | {quiz.orders[0]: given}
    token = house.token_of(quiz.room.client, quiz.attempt)
    url = f"/attempts/{quiz.attempt}"
    reply = house.post(quiz.room.client, url, token=token, **answers)
    assert "1 question has no answer" in words_of(reply.get_data(as_text=True))
    assert house.count("attempt", "submitted_at IS NOT NULL") == 0
    house.submit(quiz.room.client, quiz.attempt, answers)
    assert house.count("attempt", "correct = 5") == 1


@pytest.mark.parametrize(
    "value", ["0", "0:0", "0:4", "3:1", "0:1:1", ":", "0:", ":1", "a:1", "0:٣", "0:-1", "0:99999"]
)
def test_no_foreign_number_is_kept(quiz: Quiz, value: str) -> None:
    name = quiz.orders[0]
    assert quiz.save(question=name, **{name: [value]}) == 422
    assert quiz.room.house.count("answer") == 0


def test_a_number_is_no_answer_to_another_question(quiz: Quiz) -> None:
    name = quiz.singles[0]
    assert quiz.save(question=name, **{name: ["0:1"]}) == 422
    assert quiz.room.house.count("answer") == 0


def test_the_sample_clinic_answers_orders_right_and_wrong_as_it_means_to(quiz: Quiz) -> None:
    house = quiz.room.house
    with house.database.read() as session:
        row = session.get_one(Attempt, quiz.attempt)
        bank = publishing.module(session, row.digest).bank
        questions = Paper.from_json(row.paper).questions
    key = house.key_of(quiz.attempt)
    for number, asked in enumerate(questions, start=1):
        right, wrong = _right_and_wrong(bank.item(asked.item_id), asked)
        assert sorted(right) == sorted(key[question_name(number)])
        assert sorted(wrong) != sorted(right)
        assert quiz.save(question=question_name(number), **{question_name(number): [*wrong]}) == 204
