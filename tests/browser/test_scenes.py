"""A picture, a feed and a plain decision by touch, by keyboard and without scripts: one score.

The four other kinds are in `test_exercises.py`.
"""

import re

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.learner import Learner
from tests.browser.test_exercises import tick
from tests.browser.test_journey import WAYS, Way, learner_at
from tests.house import TestHouse

PATIENTS = ("whiteboard", "monitor", "window", "band")
SCORES = {
    "photos/shift-change": "You found 4 of 6. Missed: bag on the pole in the hall; sheet of paper "
    "by the keyboard Marked without need: white box on the wall",
    "accounts/chili-day": "",
    "reporting/visits-that-never-were": "",
}
VERDICTS = {
    "photos/shift-change": "Tempting, and not quite",
    "accounts/chili-day": "A good call",
    "reporting/visits-that-never-were": "Not this time",
}
CHOICES = {
    "photos/shift-change": "done",
    "accounts/chili-day": "post",
    "reporting/visits-that-never-were": "town",
}


def mark(her: Learner, thing: str, *, by_touch: bool) -> None:
    """Mark a thing: by a tap on the picture, or in the list, which needs no script."""
    box = her.page.locator(f'input[name="mark"][value="{thing}"]')
    if not by_touch:
        tick(her, box)
        return
    spot = her.page.locator(f'rect[data-spot="{box.get_attribute("id")}"]').bounding_box()
    assert spot is not None
    her.page.mouse.click(spot["x"] + spot["width"] / 2, spot["y"] + spot["height"] / 2)
    her.page.locator("[data-mark]").click()


def set_up(her: Learner, scene: str, way: Way) -> None:
    """Do what this scene asks before its choice."""
    if scene == "photos/shift-change":
        if way.by_key:
            her.push(her.page.locator("summary", has_text="The same things as a list"))
        for thing in (*PATIENTS, "foam"):
            mark(her, thing, by_touch=way.touch)
    if scene == "accounts/chili-day":
        for value in ("business", "everyone", "kitchen"):
            her.act(her.page.locator(f'.compose input[value="{value}"]'))


@pytest.mark.parametrize("scene", SCORES)
@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.name)
def test_each_kind_is_played_to_the_same_score(
    chromium: Browser, served: TestHouse, way: Way, scene: str
) -> None:
    cycle = served.open_cycle("alice")
    served.begin(served.signed_in("alice"), cycle)
    her = learner_at(chromium, served, way)
    her.open_link("alice", f"/training/{cycle}/{scene}")
    set_up(her, scene, way)
    her.act(her.page.locator(f'button.choice[value="{CHOICES[scene]}"]'))
    expect(her.page.locator("#verdict")).to_contain_text(VERDICTS[scene])
    score = her.page.locator(".feedback .score")
    said = score.inner_text() if score.count() else ""
    assert re.sub(r"\s+", " ", said).strip() == SCORES[scene]
    assert her.complaints == []
    assert served.count("choice") == 1
