"""Each kind of exercise by touch, by keyboard and without scripts, to the same score."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, expect

from tests.browser.learner import Learner
from tests.browser.test_journey import PHONE, WAYS, Way, answer_order, learner_at
from tests.catalog.kinds import IDS, publish_kinds
from tests.house import TestHouse

STEPS = {
    "log": "Write down who could see it",
    "hide": "Take it down",
    "tell": "Call Olga Ortiz",
    "learn": "Tell the team what was learnt",
}
SCORES = {
    "reply": "1 phrase confirms that somebody is a patient. Here it is, lit up: We are sorry that "
    "your visit ran late. (confirms a patient) We can't discuss anyone's care here. "
    "Still lacking: Please call Olga Ortiz.",
    "document": "You found 1 of 2. Missed: If another person signs: by what right "
    "Marked without need: A signature",
    "order": "2 pairs of steps stand the wrong way round. Your order: " + " ".join(STEPS.values()),
    "meter": "307 of 38,000 people in Alder County could be meant by what you kept. "
    "Each dot stands for about 4 people. The numbers are invented.",
}
MARKS = {
    "reply": ("phrase", [1, 2]),
    "document": ("check", [1, 2]),
    "meter": ("detail", [1, 2]),  # turns one off and one on
}


@pytest.fixture
def course(served: TestHouse, tmp_path: Path) -> str:
    """Alice's course of exercises, begun."""
    publish_kinds(served, tmp_path / "content")
    cycle = served.open_cycle("alice")
    served.begin(served.signed_in("alice"), cycle)
    return f"/training/{cycle}/hats"


def score_of(her: Learner) -> str:
    """Return what the page says of her move, in words."""
    return re.sub(r"\s+", " ", her.page.locator(".score").inner_text()).strip()


def tick(her: Learner, box: Locator) -> None:
    if her.by_key:
        her.act(box)
    else:
        her.page.locator(f'label[for="{box.get_attribute("id")}"]').click()


def row_of(her: Learner, text: str) -> Locator:
    return her.page.locator(".row-step", has_text=text)


def texts(her: Learner) -> list[str]:
    return [text.strip() for text in her.page.locator(".row-text").all_inner_texts()]


@pytest.mark.parametrize("kind", IDS)
@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.name)
def test_each_kind_is_played_to_the_same_score(
    chromium: Browser, served: TestHouse, course: str, way: Way, kind: str
) -> None:
    her = learner_at(chromium, served, way)
    her.open_link("alice", f"{course}/{IDS[kind]}")
    her.look_if(way)
    if kind == "order":
        her.put_in_order(her.page.locator(".ordering"), list(STEPS.values()))
    else:
        prefix, numbers = MARKS[kind]
        for number in numbers:
            tick(her, her.page.locator(f"#{prefix}-{number}"))
    her.act(her.page.locator("button.choice").first)
    expect(her.page.locator("#verdict")).to_contain_text("Not this time")
    assert score_of(her) == SCORES[kind]
    her.seen.clear()
    her.look_if(way)
    assert her.complaints == []
    assert served.count("choice") == 1


def test_the_answer_is_shown_as_it_is_put_together(
    chromium: Browser, served: TestHouse, course: str
) -> None:
    her = learner_at(chromium, served, WAYS[0])
    her.open_link("alice", f"{course}/{IDS['reply']}")
    preview = her.page.locator("[data-preview] [data-text]")
    expect(preview).to_have_text("Nothing is chosen yet.")
    for number in (2, 0):
        tick(her, her.page.locator(f"#phrase-{number}"))
    expect(preview).to_have_text("Thank you for writing. We can't discuss anyone's care here.")
    tick(her, her.page.locator("#phrase-0"))
    expect(preview).to_have_text("We can't discuss anyone's care here.")


def test_the_crowd_shrinks_as_details_go_on_and_counts_the_same_without_scripts(
    chromium: Browser, served: TestHouse, course: str
) -> None:
    counts = []
    for way in (WAYS[0], WAYS[2]):
        her = learner_at(chromium, served, way)
        her.open_link("alice", f"{course}/{IDS['meter']}")
        seen = []
        for number in (3, 1, 0, 2, 3):
            tick(her, her.page.locator(f"#detail-{number}"))
            if not way.scripts:
                her.press("Count again")
            said = her.page.locator("[data-count]").inner_text()
            lit = her.page.locator(".dot.is-lit").count()
            seen.append((said, lit, her.page.locator("[data-each]").inner_text()))
        counts.append(seen)
        assert her.page.get_by_role("button", name="Count again").is_visible() is not way.scripts
    assert counts[0] == counts[1]
    assert [lit for _, lit, _ in counts[0]] == [1, 1, 38, 34, 100]
    assert counts[0][-1][0].startswith("34,200 of 38,000 people in Alder County")
    assert served.count("choice") == 0


def test_a_step_that_moves_keeps_the_focus_and_is_said(
    chromium: Browser, served: TestHouse, course: str
) -> None:
    her = learner_at(chromium, served, WAYS[1])
    her.open_link("alice", f"{course}/{IDS['order']}")
    text = texts(her)[1]
    her.push(row_of(her, text).get_by_role("button", name="Move up"))
    said = her.page.locator("[data-order-said]")
    expect(said).to_have_text(f"{text}: is now number 1 of 5.")
    assert texts(her)[0] == text
    # at the top there is no way up: the focus stays at the same step, on the way down
    focused = her.page.evaluate("document.activeElement.getAttribute('aria-label')")
    assert focused == f"Move down: {text}"
    her.push(row_of(her, text).get_by_role("button", name="Leave out"))
    expect(said).to_have_text(f"{text}: is left out.")
    assert texts(her)[-1] == text
    her.push(row_of(her, text).get_by_role("button", name="Put it in"))
    expect(said).to_have_text(f"{text}: is now number 5 of 5.")


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.name)
def test_an_order_in_a_quiz_is_saved_as_it_is_moved_and_counts(
    chromium: Browser, served: TestHouse, course: str, way: Way
) -> None:
    alice = served.signed_in("alice")
    cycle = int(course.split("/")[2])
    served.take_steps(alice, cycle, "hats")
    attempt = served.start_quiz(alice, cycle, "hats")
    her = learner_at(chromium, served, way)
    her.open_link("alice", f"/attempts/{attempt}")
    her.look_if(way)
    key = served.key_of(attempt)
    orders = [name for name, places in key.items() if ":" in places[0]]
    assert len(orders) == 3
    for name in orders:
        answer_order(her, name, key[name])
        if way.scripts:
            expect(her.page.locator(f"#{name} [data-saved]")).to_have_text("Saved")
    if way.scripts:
        assert served.count("answer") == 3
    for name in key.keys() - set(orders):
        her.act(her.page.locator(f'input[name="{name}"][value="{key[name][0]}"]'))
    her.page.wait_for_load_state("networkidle")  # an answer that is still being saved
    her.act(her.page.get_by_role("button", name="Hand in", exact=True))
    expect(her.page.locator(".result-score")).to_contain_text("6 of 6 right")
    her.seen.clear()
    her.look_if(way)
    assert her.complaints == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_each_kind_is_clean_on_phone_and_desk(
    chromium: Browser, served: TestHouse, course: str, scheme: str
) -> None:
    for size in (PHONE, {"width": 320, "height": 700}, {"width": 1280, "height": 900}):
        context = chromium.new_context(viewport=size, color_scheme=scheme, reduced_motion="reduce")
        her = Learner.at(served, context)
        her.open_link("alice")
        for id_ in IDS.values():
            her.page.goto(f"{served.address}{course}/{id_}")
            her.look()
        assert her.complaints == []
        context.close()
