"""The new hire's whole way in a real browser: by touch on a phone, by keyboard, without scripts."""

import re
from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser, expect

from quizzes import Paper
from tests.browser.learner import Learner
from tests.house import TestHouse
from training.learning.models import Attempt

PHONE = {"width": 390, "height": 844}
# The first option of the first question that has any: steps that are put in order have none.
OPTION = 'main input[name^="q"]:is([type="radio"], [type="checkbox"])'


@dataclass(frozen=True)
class Way:
    """One way of using the app."""

    name: str
    scripts: bool
    touch: bool
    by_key: bool


WAYS = (
    Way("touch", scripts=True, touch=True, by_key=False),
    Way("keyboard", scripts=True, touch=False, by_key=True),
    Way("no scripts", scripts=False, touch=False, by_key=False),
)


def learner_at(browser: Browser, house: TestHouse, way: Way) -> Learner:
    context = browser.new_context(
        viewport=PHONE,
        has_touch=way.touch,
        is_mobile=way.touch,
        java_script_enabled=way.scripts,
        reduced_motion="reduce",
    )
    return Learner.at(house, context, by_key=way.by_key)


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.name)
def test_a_new_hire_is_trained_signs_and_gets_her_certificate(
    chromium: Browser, served: TestHouse, way: Way
) -> None:
    cycle = served.open_cycle("alice")
    her = learner_at(chromium, served, way)
    her.open_link("alice")
    expect(her.page.locator("h1")).to_have_text(re.compile("Hi Alice"))
    her.look_if(way)
    her.press("Begin")
    missed = False
    for _ in range(150):
        her.look_if(way)
        path = her.page.url.removeprefix(served.address)
        if path.endswith("/done"):
            break
        if "/attempts/" in path and her.page.locator("form.quiz").count():
            attempt = int(path.rsplit("/", 1)[1].split("#")[0])
            answer_quiz(her, attempt, all_right=missed or way.name != "touch")
            missed = True
        elif "/attempts/" in path:
            press_next(her)
        elif her.page.locator(".scene, .ending").count():
            play_on(her)
        else:
            press_next(her)
    assert her.page.url.endswith(f"/training/{cycle}/done")
    sign(her, way)
    assert served.count("certificate") == 1
    assert served.count("signature", "answer = 'signed'") == 1
    assert her.complaints == []
    if way.name == "touch":
        assert served.count("attempt", "kind = 'paper' AND correct < total") == 1


def press_next(her: Learner) -> None:
    """Press the page's one main button."""
    her.act(her.page.locator("main .next-step").locator("button, a").first)


def answer_quiz(her: Learner, attempt: int, *, all_right: bool) -> None:
    key = her.house.key_of(attempt) if all_right else her.house.wrong_key_of(attempt)
    for name, places in key.items():
        if ":" in places[0]:
            answer_order(her, name, places)
            continue
        for place in places:
            her.act(her.page.locator(f'input[name="{name}"][value="{place}"]'))
    her.act(her.page.get_by_role("button", name="Hand in", exact=True))


def answer_order(her: Learner, name: str, places: list[str]) -> None:
    """Put the steps of a question in order; `places` are "place:number", as a form says it."""
    question = her.page.locator(f"#{name}")
    wanted = [
        question.locator(f"#{name}-text-{value.split(':')[0]}").inner_text()
        for value in sorted(places, key=lambda value: value.split(":")[1])
    ]
    her.put_in_order(question, wanted)


def play_on(her: Learner) -> None:
    """Make one decision, or leave a situation that is over."""
    page = her.page
    if page.locator(".ending").count():
        press_next(her)
        return
    for group in page.locator("fieldset.switch").all():
        her.act(group.locator("input").first)
    if page.locator("[data-reply]").count():
        her.act(page.locator('[data-reply] input[name="mark"]').first)
    if page.locator(".ordering").count():
        her.put_in_order(page.locator(".ordering"), page.locator(".row-text").all_inner_texts())
    her.act(page.locator("button.choice").first)


def sign(her: Learner, way: Way) -> None:
    her.press("Read the policy")
    her.look_if(way)
    her.act(her.page.locator('input[name="agree"]'))
    name = her.page.locator('input[name="typed_name"]')
    if her.by_key:
        her.reach(name)
        her.page.keyboard.type("Alice Adams")
    else:
        name.fill("Alice Adams")
    her.act(her.page.locator('button[value="sign"]'))
    expect(her.page.locator("main")).to_contain_text(re.compile("signed", re.IGNORECASE))


def test_she_comes_back_on_another_device_exactly_there(
    chromium: Browser, served: TestHouse
) -> None:
    served.open_cycle("alice")
    phone = learner_at(chromium, served, WAYS[0])
    phone.open_link("alice")
    phone.press("Begin")
    press_next(phone)
    play_on(phone)
    stood = phone.page.locator("h1").inner_text(), phone.page.locator(".choice").all_inner_texts()

    desk = Learner.at(served, chromium.new_context(viewport={"width": 1280, "height": 900}))
    desk.open_link("alice")
    desk.press("Carry on")
    press_next(desk)

    there = desk.page.locator("h1").inner_text(), desk.page.locator(".choice").all_inner_texts()
    assert there == stood


def test_an_answer_is_saved_when_it_is_made(chromium: Browser, served: TestHouse) -> None:
    cycle, alice = served.open_cycle("alice"), served.signed_in("alice")
    served.begin(alice, cycle)
    slug = served.slugs(cycle)[0]
    served.take_steps(alice, cycle, slug)
    attempt = served.start_quiz(alice, cycle, slug)
    her = learner_at(chromium, served, WAYS[0])
    her.open_link("alice", f"/attempts/{attempt}")
    option = her.page.locator(OPTION).first
    name = option.get_attribute("name") or ""
    option.click()
    saved = her.page.locator(f"#{name} [data-saved]")
    expect(saved).to_contain_text(re.compile("saved", re.IGNORECASE))
    her.page.close()

    with served.database.read() as session:
        paper = Paper.from_json(session.get_one(Attempt, attempt).paper)
    item = paper.questions[int(name.removeprefix("q")) - 1].item_id
    assert served.count("answer", f"item = '{item}'") == 1


def test_without_a_connection_the_page_says_so_and_saves_later(
    chromium: Browser, served: TestHouse
) -> None:
    cycle, alice = served.open_cycle("alice"), served.signed_in("alice")
    served.begin(alice, cycle)
    slug = served.slugs(cycle)[0]
    served.take_steps(alice, cycle, slug)
    attempt = served.start_quiz(alice, cycle, slug)
    her = learner_at(chromium, served, WAYS[0])
    her.open_link("alice", f"/attempts/{attempt}")
    her.page.context.set_offline(True)
    her.page.locator(OPTION).first.click()
    expect(her.page.locator("[data-offline]")).to_be_visible()
    assert served.count("answer") == 0

    her.page.context.set_offline(False)
    expect(her.page.locator("[data-offline]")).to_be_hidden(timeout=20_000)
    assert served.count("answer") == 1


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_page_of_the_programme_is_clean_on_phone_and_desk(
    chromium: Browser, served: TestHouse, scheme: str
) -> None:
    served.train("alice")
    for size in (PHONE, {"width": 320, "height": 700}, {"width": 1280, "height": 900}):
        for name, paths in (
            (
                "olga",
                (
                    "/program",
                    "/program/people",
                    "/program/roster",
                    "/program/reminders",
                    "/program/content",
                ),
            ),
            ("mona", ("/team", f"/team/{served.id_of('alice')}", "/password", "/certificates")),
        ):
            context = chromium.new_context(viewport=size, color_scheme=scheme)
            her = Learner.at(served, context)
            her.open_link(name)
            for path in paths:
                her.page.goto(served.address + path)
                her.look()
            assert her.complaints == []
            context.close()
