"""The difference of two versions, in the words that an officer would use for it."""

import copy
import json
from typing import Any

import pytest

from tests.catalog.sample import write
from training.catalog.catalog import load_catalog
from training.catalog.change_course import change_course
from training.catalog.difference import MOST_LINES, excerpt, words_of


@pytest.fixture
def module(tmp_path: Any, no_item_rules: None) -> dict[str, Any]:
    catalog = load_catalog(write(tmp_path / "content"))
    found: dict[str, Any] = json.loads(json.dumps(catalog.module_documents["hats"]))
    return found


def told(before: dict[str, Any], change: Any) -> list[str]:
    after = copy.deepcopy(before)
    change(after)
    return list(words_of("module", before, after))


def test_the_same_is_no_difference(module: dict[str, Any]) -> None:
    assert told(module, lambda _m: None) == []


def test_a_screen_says_its_first_words_that_differ(module: dict[str, Any]) -> None:
    def change(m: dict[str, Any]) -> None:
        m["lesson"][0]["markdown"] = m["lesson"][0]["markdown"].replace("protected", "private")

    (line,) = told(module, change)
    assert line == (
        "screen two-hats, its text: “… patient is protected. [law: A-03] Look at the name …” is "
        "now “… patient is private. [law: A-03] Look at the name …”"
    )


def test_a_choice_is_named_with_its_situation_and_scene(module: dict[str, Any]) -> None:
    def change(m: dict[str, Any]) -> None:
        m["scenarios"][0]["nodes"][0]["choices"][1]["why"] = "It takes two."

    (line,) = told(module, change)
    assert line == (
        "situation wrong-hat, scene compose, choice ask, its why: "
        "“It takes a minute.” is now “It takes two.”"
    )


def test_questions_added_and_removed_are_named_with_a_few_words(module: dict[str, Any]) -> None:
    def change(m: dict[str, Any]) -> None:
        new = copy.deepcopy(m["bank"]["items"][0]) | {"id": "M9-900", "stem": "Who may post?"}
        m["bank"]["items"].append(new)
        del m["bank"]["items"][1]

    assert told(module, change) == [
        "question M9-102: removed: “Dana has a cake on her own desk and …”",
        "question M9-900: added: “Who may post?”",
    ]


def test_a_key_that_was_turned_is_said_so(module: dict[str, Any]) -> None:
    def change(m: dict[str, Any]) -> None:
        options = m["bank"]["items"][0]["options"]
        del options[0]["correct"]
        options[1]["correct"] = True

    assert told(module, change) == [
        "question M9-101, option a is not right any more",
        "question M9-101, option b is right now",
    ]


def test_a_drawing_an_order_and_a_fact_are_told(module: dict[str, Any]) -> None:
    def change(m: dict[str, Any]) -> None:
        m["media"]["media/desk.svg"] = "<svg/>"
        m["facts"][0]["citation"] = "another place"
        m["scenarios"][0]["endings"].reverse()

    assert told(module, change) == [
        "situation wrong-hat, the order of its endings changed",
        "drawing media/desk.svg: drawn anew",
        "fact A-03, its citation: “45 CFR 160.103” is now “another place”",
    ]


def test_many_differences_end_with_their_number(module: dict[str, Any]) -> None:
    def change(m: dict[str, Any]) -> None:
        m["module"]["misconceptions"] |= {f"m-{n}": "x" for n in range(MOST_LINES + 5)}

    lines = told(module, change)
    assert len(lines) == MOST_LINES + 1
    assert lines[-1] == "and 5 differences more"


def test_a_policy_is_compared_line_by_line() -> None:
    before = {"title": "P", "statement": "S", "body": "One.\n\nTwo.\n\nThree.\n"}
    after = {**before, "body": "One.\n\nTwo again.\n\nThree.\n\nFour.\n"}
    assert words_of("policy", before, after) == (
        "the text: “Two.” is now “Two again.”",
        "the text: added: “Four.”",
    )


@pytest.mark.parametrize(
    ("before", "after", "shown"),
    [
        ("a b c d", "a b x d", ("a b c d", "a b x d")),
        ("a b c d e", "a b c d x", ("… c d e", "… c d x")),
        ("a b c", "a b c d e", ("… b c", "… b c d e")),
        ("", "a", ("", "a")),
    ],
)
def test_an_excerpt_begins_just_before_what_differs(
    before: str, after: str, shown: tuple[str, str]
) -> None:
    assert excerpt(before, after) == shown


def test_the_course_of_a_change_reads_what_changed_and_asks_about_it(
    module: dict[str, Any],
) -> None:
    after = copy.deepcopy(module)
    after["lesson"][0]["markdown"] += " More."
    course = change_course("change-7", "What changed", [(module, after)])
    assert course is not None
    (part,) = course.modules
    assert (part.steps, part.objectives, part.questions) == (("two-hats",), ("M9.1",), 5)
    assert (course.kind, course.test_out) == ("change", False)


def test_a_question_that_changed_brings_the_screen_that_teaches_it(module: dict[str, Any]) -> None:
    after = copy.deepcopy(module)
    after["bank"]["items"][0]["stem"] += " Think."
    course = change_course("change-7", "What changed", [(module, after)])
    assert course is not None
    assert course.modules[0].steps == ("two-hats",)


def test_where_nothing_that_is_taught_changed_there_is_no_course(module: dict[str, Any]) -> None:
    after = copy.deepcopy(module)
    after["module"]["summary"] = "Another sentence."
    assert change_course("change-7", "What changed", [(module, after)]) is None
