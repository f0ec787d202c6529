"""The officer's pages of questions in a real browser: narrow and wide, light and dark."""

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.learner import Learner
from tests.house import TestHouse
from tests.reports.answering import SLUG, add_people, take_papers


@pytest.mark.parametrize(("width", "scheme"), [(320, "dark"), (1280, "light")])
def test_the_officer_goes_from_all_questions_to_one(
    chromium: Browser, served: TestHouse, width: int, scheme: str
) -> None:
    people = add_people(served, {"Night shift": 170, "Imaging": 90, "Chapel": 3})
    take_papers(served, people, right=0.25)
    context = chromium.new_context(
        viewport={"width": width, "height": 800},
        color_scheme="dark" if scheme == "dark" else "light",
        reduced_motion="reduce",
    )
    her = Learner.at(served, context)
    her.open_link("olga")
    her.page.goto(f"{served.address}/program/items")
    expect(her.page.locator("h1")).to_contain_text("to look at")
    her.look()
    her.page.get_by_role("link", name="Personal and business accounts").click()
    expect(her.page).to_have_url(f"{served.address}/program/items/{SLUG}")
    her.look()
    her.page.locator("table.listing th a").first.click()
    expect(her.page.locator("h1")).to_contain_text("Question M2-")
    her.look()
    assert her.complaints == []
