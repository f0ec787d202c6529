from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.effort import times
from training.rules.days import (
    UnknownZone,
    add_months,
    day_of_year,
    end_of_day,
    local_day,
    start_of_day,
)

FIRST, LAST = date(2024, 1, 1), date(2032, 12, 31)
DAYS = st.dates(FIRST, LAST)
FIXED_OFFSETS = [f"Etc/GMT{hours:+d}" for hours in range(-14, 13)]  # UTC+14 to UTC-12
CHANGING = [
    "America/New_York",
    "America/Havana",  # goes back from 01:00 to midnight
    "Asia/Beirut",  # has no midnight on the day of the change, and two 23:00 in autumn
    "Africa/Cairo",
    "Australia/Lord_Howe",  # moves by half an hour
    "Pacific/Chatham",
    "Europe/Berlin",
    "America/Nuuk",
]
ZONES = st.sampled_from(FIXED_OFFSETS + CHANGING)


@pytest.mark.parametrize(
    ("day", "months", "then"),
    [
        (date(2028, 2, 29), 12, date(2029, 2, 28)),
        (date(2028, 2, 29), 48, date(2032, 2, 29)),
        (date(2027, 2, 28), 12, date(2028, 2, 28)),
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2026, 8, 31), 6, date(2027, 2, 28)),
        (date(2026, 12, 31), 2, date(2027, 2, 28)),
        (date(2026, 3, 31), -1, date(2026, 2, 28)),
        (date(2026, 1, 15), -1, date(2025, 12, 15)),
        (date(2026, 11, 24), 0, date(2026, 11, 24)),
        (date(2094, 11, 24), 72, date(2100, 11, 24)),
    ],
)
def test_months_clamp_to_the_end_of_a_month(day: date, months: int, then: date) -> None:
    assert add_months(day, months) == then


def test_every_day_of_nine_years_comes_round_on_its_own_day_or_29_february_on_the_28th() -> None:
    day = FIRST
    while day <= LAST:
        for years in range(1, 7):
            then = add_months(day, 12 * years)
            assert then.year == day.year + years
            assert (then.month, then.day) in {(day.month, day.day), (2, 28)}
            assert (then.day == day.day) or (day.month, day.day) == (2, 29)
        day += timedelta(days=1)


@given(DAYS, st.integers(0, 72))
def test_a_later_day_never_comes_round_earlier(day: date, months: int) -> None:
    assert add_months(day, months) <= add_months(day + timedelta(days=1), months)


def test_T01_29_february_of_a_common_year_is_the_28th() -> None:
    assert day_of_year(2027, 2, 29) == date(2027, 2, 28)
    assert day_of_year(2028, 2, 29) == date(2028, 2, 29)


def test_the_day_is_the_zone_s_own() -> None:
    now = datetime(2026, 11, 24, 2, 30, tzinfo=UTC)
    assert local_day(now, "America/Los_Angeles") == date(2026, 11, 23)
    assert local_day(now, "UTC") == date(2026, 11, 24)
    assert local_day(now.replace(hour=10, minute=0), "Pacific/Kiritimati") == date(2026, 11, 25)


def test_an_instant_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="aware"):
        local_day(datetime(2026, 11, 24, 12), "UTC")  # noqa: DTZ001 - the fault under test


@pytest.mark.parametrize("name", ["", "Mars/Base", "../etc/passwd", "America", "a\0b"])
def test_a_name_that_is_no_zone_is_refused_in_words(name: str) -> None:
    with pytest.raises(UnknownZone, match="no time zone"):
        local_day(datetime(2026, 11, 24, 12, tzinfo=UTC), name)
    with pytest.raises(UnknownZone):
        end_of_day(date(2026, 11, 24), name)


@settings(max_examples=times(300, 5000))
@given(DAYS, ZONES)
def test_a_day_ends_at_its_last_good_instant(day: date, zone: str) -> None:
    end = end_of_day(day, zone)
    assert local_day(end, zone) == day
    assert local_day(end + timedelta(microseconds=1), zone) == day + timedelta(days=1)


@settings(max_examples=times(300, 5000))
@given(st.datetimes(datetime(2024, 1, 1), datetime(2032, 12, 30)), ZONES)  # noqa: DTZ001 - made aware below
def test_an_instant_lies_within_its_own_local_day(moment: datetime, zone: str) -> None:
    now = moment.replace(tzinfo=UTC)
    day = local_day(now, zone)
    assert start_of_day(day, zone) <= now <= end_of_day(day, zone)


@settings(max_examples=times(100, 2000))
@given(DAYS, ZONES)
def test_days_follow_each_other_without_gap_or_overlap(day: date, zone: str) -> None:
    after = day + timedelta(days=1)
    assert start_of_day(after, zone) == end_of_day(day, zone) + timedelta(microseconds=1)
    length = end_of_day(after, zone) - end_of_day(day, zone)
    assert timedelta(hours=23) <= length <= timedelta(hours=25)


@pytest.mark.parametrize(
    ("day", "zone", "hours"),
    [
        (date(2026, 3, 8), "America/New_York", 23),
        (date(2026, 11, 1), "America/New_York", 25),
        (date(2026, 3, 29), "Asia/Beirut", 23),  # begins at 01:00
        (date(2026, 10, 24), "Asia/Beirut", 25),  # 23:00 to 24:00 comes twice
        (date(2026, 11, 1), "America/Havana", 25),  # 00:00 to 01:00 comes twice
        (date(2026, 4, 5), "Australia/Lord_Howe", 24.5),
        (date(2011, 12, 30), "Pacific/Apia", 0),  # a day that Samoa left out
    ],
)
def test_T02_the_days_on_which_clocks_change_have_their_own_length(
    day: date, zone: str, hours: float
) -> None:
    before = end_of_day(day - timedelta(days=1), zone)
    assert end_of_day(day, zone) - before == timedelta(hours=hours)


def test_the_end_lies_before_a_jump_that_skips_midnight_from_half_past_eleven() -> None:
    # Toronto, 30 March 1919: at 23:30 the clocks went to 00:30 of the 31st
    end = end_of_day(date(1919, 3, 30), "America/Toronto")
    assert end == datetime(1919, 3, 31, 4, 29, 59, 999999, tzinfo=UTC)


def test_a_day_that_comes_back_after_midnight_ends_with_its_second_part() -> None:
    # St. John's, 7 November 2010: at 00:01 the clocks went back to 23:01 of the 6th
    end = end_of_day(date(2010, 11, 6), "America/St_Johns")
    assert end == datetime(2010, 11, 7, 3, 29, 59, 999999, tzinfo=UTC)
