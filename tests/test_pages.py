"""Dates as pages say them, and what every template promises."""

import re
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from training import pages

ROOT = Path(__file__).resolve().parents[1] / "training"
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
SAFE = re.compile(r"([\w.]+)\|safe")
LARGEST_SCRIPT, JS_LIMIT = 4_500, 14_000


def test_the_year_is_left_out_when_it_is_this_years() -> None:
    today = date(2026, 11, 24)
    assert pages.day(date(2026, 12, 12), today=today) == "Saturday 12 December"
    assert pages.day(date(2025, 12, 12), today=today) == "Friday 12 December 2025"


@pytest.mark.parametrize(
    ("name", "greeted"),
    [
        ("Dana Whitfield", "Dana"),
        ("Nguyễn Thị Hương", "Nguyễn Thị Hương"),
        ("Prince", "Prince"),
        ("Dr. Okonkwo", "Dr. Okonkwo"),
        ("Mary  Ann  Li", "Mary Ann Li"),
        ("李小龍", "李小龍"),
    ],
)
def test_nobody_is_greeted_by_half_a_name(name: str, greeted: str) -> None:
    assert pages.called(name) == greeted


def test_a_table_always_says_the_year() -> None:
    assert pages.short_day(date(2026, 3, 1)) == "1 Mar 2026"


@pytest.mark.parametrize(
    ("at", "words"),
    [
        (time(0, 5), "12:05 am"),
        (time(11, 59), "11:59 am"),
        (time(12, 0), "12:00 pm"),
        (time(15, 5), "3:05 pm"),
        (datetime(2026, 11, 24, 23, 7, tzinfo=UTC), "11:07 pm"),
    ],
)
def test_the_clock_has_twelve_hours_and_says_which_half(at: time, words: str) -> None:
    assert pages.clock(at) == words


def test_what_others_read_too_always_says_the_year() -> None:
    assert pages.dated(date(2026, 12, 12)) == "Saturday 12 December 2026"


def test_a_zone_is_said_as_people_say_it() -> None:
    assert pages.zone_words("America/New_York") == "New York time"
    assert pages.zone_words("America/Indiana/Tell_City") == "Tell City time"


def test_an_instant_is_told_by_the_clock_of_who_reads_it() -> None:
    late = datetime(2026, 12, 1, 4, 47, tzinfo=UTC)
    here = pages.by_the_clock_of(late, lambda: "America/Chicago")
    assert isinstance(here, datetime)
    assert (pages.short_day(here), pages.clock(here)) == ("30 Nov 2026", "10:47 pm")
    assert pages.by_the_clock_of(here, lambda: "Asia/Tokyo") is here  # it is on a clock already
    assert pages.by_the_clock_of(late.date(), lambda: "America/Chicago") == late.date()


@given(st.dates(), st.integers(min_value=1, max_value=300))
def test_two_days_within_a_year_never_read_the_same(first: date, apart: int) -> None:
    if first > date.max - timedelta(days=apart):
        return
    second = first + timedelta(days=apart)
    assert pages.day(first, today=first) != pages.day(second, today=first)


def test_only_text_that_the_server_rendered_is_trusted() -> None:
    for path in TEMPLATES:
        for name in SAFE.findall(path.read_text(encoding="utf-8")):
            assert name.endswith((".html", "_html")), f"{path.name}: {name}|safe"


def test_every_button_says_what_it_does() -> None:
    for path in TEMPLATES:
        for tag in re.findall(r"<button[^>]*>", path.read_text(encoding="utf-8")):
            assert "type=" in tag, f"{path.name}: {tag}"


def test_every_form_that_changes_something_carries_its_token() -> None:
    for path in TEMPLATES:
        text = path.read_text(encoding="utf-8")
        forms = re.findall(r'<form\b[^>]*method="post".*?</form>', text, re.DOTALL)
        for form in forms:
            assert "csrf" in form, f"{path.name}: {form[:80]}"


def test_scripts_stay_small() -> None:
    sizes = [path.stat().st_size for path in (ROOT / "static" / "js").glob("*.js")]
    assert max(sizes) < LARGEST_SCRIPT  # a page loads two or three of them
    assert sum(sizes) < JS_LIMIT
