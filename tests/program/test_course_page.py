"""The whole course on one page: nothing of it is left out, and each claim has its citation."""

import re
from collections.abc import Iterator
from html import unescape

import pytest

from quizzes import ItemType
from tests.cast import FACTS, NOW
from tests.cast import catalog as shipped
from tests.house import TestHouse
from tests.learning.test_roles import publish_by_role
from training.catalog.facts import fill
from training.catalog.lessons import render_inline
from training.catalog.modules import Module

pytestmark = pytest.mark.either_database

PRACTICE = {"practice": "Main Street Clinic", **FACTS}
CATALOG = shipped()


def words(html: str) -> str:
    """Return a page's words as somebody reads them, blanks made one."""
    return " ".join(unescape(re.sub(r"<[^>]+>", "", html)).split())


@pytest.fixture
def page(house: TestHouse) -> str:
    return house.signed_in("olga").get("/program/courses/long").text


def texts_of(module: Module) -> Iterator[str]:
    """Yield the HTML of everything that is written in a module."""
    yield from (fill(screen.html, PRACTICE) for screen in module.screens.values())
    for scenario in module.scenarios.values():
        if scenario.id not in module.offered:  # the new case of a year: in the refresher alone
            continue
        yield from (ending.title for ending in scenario.endings)
        for node in scenario.nodes:
            yield from (line(e.feedback) for e in (node.exercise.entries if node.exercise else ()))
            for choice in node.choices:
                yield line(choice.text)
                yield from (line(f"{c.why} {c.happens} {c.rule}") for c in choice.cases)
    for item in module.bank.active:
        yield from (line(f"{option.text}") for option in item.options)
        yield from (line(f"{option.feedback}") for option in item.options)


def line(text: str) -> str:
    return fill(render_inline(text), PRACTICE)


def test_every_screen_situation_and_question_is_on_the_page(page: str) -> None:
    text = words(page)
    wanted = [words(html) for m in CATALOG.modules().values() for html in texts_of(m)]
    assert len(wanted) > 1000
    assert [missing for missing in wanted if missing not in text] == []


def test_the_refreshers_page_has_the_new_case_of_the_running_year_alone(house: TestHouse) -> None:
    text = words(house.signed_in("olga").get("/program/courses/refresher").text)
    cases = CATALOG.courses["refresher"].cases
    assert len(cases) > 1
    for case in cases:
        scenario = CATALOG.modules()[case.module].scenarios[case.scenario]
        assert (words(scenario.setting) in text) is (case.year == NOW.year)


def test_a_refreshers_page_says_both_ends_of_its_minutes(house: TestHouse) -> None:
    text = words(house.signed_in("olga").get("/program/courses/refresher").text)
    told = r"(\d+) minutes \((\d+) with 4 objectives missed and taught\), the same for everybody"
    ((least, most),) = re.findall(told, text)
    course = CATALOG.courses["refresher"]
    assert course.minutes[0] <= int(least) < int(most) <= course.minutes[1]
    assert "missed and taught" not in house.signed_in("olga").get("/program/courses/long").text


def test_the_key_is_marked_and_nothing_else_is(page: str) -> None:
    items = [i for m in CATALOG.modules().values() for i in m.bank.active]
    keys = sum(len(item.key) for item in items)
    assert page.count('class="is-key"') == keys
    chosen = sum(len(item.key) for item in items if item.type is not ItemType.ORDER)
    assert page.count('<span class="visually-hidden">right</span>') == chosen


def test_the_facts_of_each_question_stand_beside_it(page: str) -> None:
    for module in CATALOG.modules().values():
        for item in module.bank.active:
            told = page.split(f'id="question-{item.id}"')[1].split("</section>", maxsplit=1)[0]
            for fact in item.facts:
                assert f'href="#fact-{fact}"' in told
                assert CATALOG.facts[fact].citation in unescape(told)
                assert f'id="fact-{fact}"' in page


def test_a_course_by_role_says_what_is_for_whom(house: TestHouse) -> None:
    publish_by_role(house)
    page = house.signed_in("olga").get("/program/courses/onboarding").text
    text = words(page)
    assert "Photos, video and backgrounds Clinical" in text
    assert "When a patient finds you online Front desk and calls" in text
    assert "yours-to-say" not in page  # nobody takes it
    assert "M2.4," not in text
    assert re.search(r"Clinical: \d+ minutes; Front desk and calls: \d+ minutes", text)


def test_a_course_that_is_not_there_is_a_404(house: TestHouse) -> None:
    assert house.signed_in("olga").get("/program/courses/none").status_code == 404
