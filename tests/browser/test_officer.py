"""The officer at her content: the whole course, her own policy, facts, and who takes which part."""

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.learner import Learner
from tests.house import TestHouse
from tests.moves import _place

LOOKS = {
    "phone, dark": {"viewport": {"width": 320, "height": 700}, "color_scheme": "dark"},
    "desktop, light": {"viewport": {"width": 1280, "height": 900}, "color_scheme": "light"},
}
TEXT = "## What stays private\n\n" + "Patients stay out of what you post, at work and at home. " * 6


@pytest.fixture(params=LOOKS)
def olga(request: pytest.FixtureRequest, chromium: Browser, served: TestHouse) -> Learner:
    _place(served, "alice", job_title="Registered nurse")
    her = Learner.at(served, chromium.new_context(**LOOKS[request.param], reduced_motion="reduce"))
    her.open_link("olga", "/program/content")
    return her


def fill(page: Page, label: str, value: str) -> None:
    page.get_by_label(label, exact=True).fill(value)


def test_she_reads_signs_off_adopts_and_says_who_takes_what(olga: Learner) -> None:
    page = olga.page
    olga.look()
    fact = page.get_by_role("button", name="Sign C-25 off")
    fact.click()
    page.wait_for_load_state()
    expect(fact).to_have_count(0)

    olga.press("Who takes which part")
    olga.look()
    page.get_by_label("What a Registered nurse takes").select_option("manager")
    olga.press("Save")
    expect(page.get_by_label("What a Registered nurse takes")).to_have_value("manager")

    page.goto(f"{olga.house.address}/program/content")
    olga.press("Adopt your own text")
    olga.look()
    fill(page, "Its text, in Markdown", "Be kind.")
    olga.press("Show it and check it")
    expect(page.locator("#errors")).to_be_focused()
    expect(page.get_by_label("Its text, in Markdown")).to_have_attribute("aria-invalid", "true")
    fill(page, "Its title", "Our own rules")
    fill(page, "Its text, in Markdown", TEXT)
    olga.press("Show it and check it")
    expect(page.locator("article h2")).to_have_text("What stays private")
    olga.seen.clear()
    olga.look()
    page.get_by_label("Only its looks").check()
    olga.press("Adopt this text from today on")
    expect(page.locator("main")).to_contain_text("Our own rules, adopted by Olga Ortiz")
    assert [told for told in olga.complaints if "status of 422" not in told] == []


@pytest.mark.parametrize("olga", ["phone, dark"], indirect=True)
def test_the_whole_course_fits_the_screen_and_prints_with_its_citations(olga: Learner) -> None:
    page = olga.page
    page.get_by_role("link", name="Patient privacy and social media", exact=True).click()
    page.wait_for_load_state()
    olga.look()
    page.emulate_media(media="print")
    expect(page.locator(".subnav")).to_be_hidden()
    expect(page.locator(".top")).to_be_hidden()
    first = page.locator(".beside:has(.margin)").first
    expect(first.locator(".margin cite").first).to_be_visible()
    assert page.pdf()[:5] == b"%PDF-"
    assert olga.complaints == []


def test_at_twice_the_size_nothing_scrolls_sideways(chromium: Browser, served: TestHouse) -> None:
    served.open_cycle("alice")
    half = {"width": 640, "height": 450}  # what is left of 1280 by 900 at 200 %
    her = Learner.at(served, chromium.new_context(viewport=half, device_scale_factor=2))
    her.open_link("olga", "/program/as-of")
    for path in ("as-of", "people", f"people/{served.id_of('alice')}"):
        her.page.goto(f"{served.address}/program/{path}")
        her.look()
