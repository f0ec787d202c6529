"""The hours of mail: never outside them, never later than the next opening, in every zone."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.effort import times
from training.rules.mail_hours import OFFICE, WEEKDAYS, MailHours, NoOpenHour

# Zones that change their clocks by an hour, by half of one, by two, at midnight, or never.
ZONES = (
    "America/New_York",
    "America/Chicago",
    "America/Havana",
    "America/Santiago",
    "Antarctica/Troll",
    "Asia/Beirut",
    "Asia/Kathmandu",
    "Australia/Lord_Howe",
    "Pacific/Honolulu",
    "Pacific/Kiritimati",
)
SPRING = datetime(2027, 3, 14, 6, 0, tzinfo=UTC)  # 01:00 in New York; 02:00 never comes
AUTUMN = datetime(2026, 11, 1, 4, 0, tzinfo=UTC)  # 00:00 in New York; 01:00 comes twice


def changes_of(zone: str) -> list[datetime]:
    """Return the instants of two years at which a zone's clocks change, found by looking."""
    found, at = [], datetime(2026, 1, 1, tzinfo=UTC)
    before = at.astimezone(ZoneInfo(zone)).utcoffset()
    while at.year < 2028:
        at += timedelta(minutes=30)
        now = at.astimezone(ZoneInfo(zone)).utcoffset()
        if now != before:
            found.append(at)
        before = now
    return found


CHANGES = {zone: changes_of(zone) or [SPRING] for zone in ZONES}

any_hours = st.builds(
    lambda days, begin, length: MailHours(frozenset(days), begin, (begin + length - 1) % 24 + 1),
    st.sets(st.integers(0, 6), min_size=1),
    st.integers(0, 23),
    st.integers(1, 23),
)


@st.composite
def near_a_change(draw: st.DrawFn) -> tuple[str, datetime]:
    """Return a zone and an instant that is mostly near a change of its clocks."""
    zone = draw(st.sampled_from(ZONES))
    middle = draw(st.sampled_from(CHANGES[zone]))
    minutes = draw(st.integers(-3 * 1440, 3 * 1440))
    return zone, middle + timedelta(minutes=minutes, seconds=draw(st.integers(0, 59)))


def on_the_wall(hours: MailHours, at: datetime, zone: str) -> bool:
    """Read the clock and the calendar on the wall, in other words than the rule does."""
    day, clock = at.astimezone(ZoneInfo(zone)).strftime("%A %H%M").split()
    begin, end = hours.from_hour * 100, hours.to_hour * 100
    days = {WEEKDAYS[n] for n in hours.weekdays}
    yesterday = WEEKDAYS[WEEKDAYS.index(day) - 1]
    if begin < end:
        return day in days and begin <= int(clock) < end
    return (day in days and int(clock) >= begin) or (yesterday in days and int(clock) < end)


@settings(max_examples=times(40, 1_000), deadline=None)
@given(any_hours, near_a_change())
@example(MailHours(frozenset({6}), 2, 3), ("America/New_York", SPRING))
@example(MailHours(frozenset(range(7)), 1, 2), ("Antarctica/Troll", CHANGES["Antarctica/Troll"][0]))
def test_F9_mail_waits_to_the_next_open_minute_and_not_one_longer(
    hours: MailHours, when: tuple[str, datetime]
) -> None:
    zone, at = when
    opening = hours.next_opening(at, zone)

    assert opening >= at
    assert on_the_wall(hours, opening, zone)
    assert hours.is_open(opening, zone)
    minute = at
    while minute < opening:
        assert not on_the_wall(hours, minute, zone), minute.astimezone(ZoneInfo(zone))
        minute += timedelta(minutes=5)
    if opening > at:
        assert not on_the_wall(hours, opening - timedelta(seconds=1), zone)


@given(any_hours, near_a_change())
def test_whether_it_is_open_is_what_the_clock_on_the_wall_says(
    hours: MailHours, when: tuple[str, datetime]
) -> None:
    zone, at = when
    assert hours.is_open(at, zone) is on_the_wall(hours, at, zone)


@pytest.mark.parametrize("zone", ZONES)
def test_every_wait_ends_within_the_fortnight_also_for_one_hour_a_week(zone: str) -> None:
    for weekday in range(7):
        hours = MailHours(frozenset({weekday}), 2, 3)
        for change in CHANGES[zone]:
            wait = hours.next_opening(change - timedelta(days=3), zone) - change
            assert wait <= timedelta(days=12)


@pytest.mark.parametrize(
    ("asked", "opens"),
    [
        ("2026-11-27T18:00", "2026-11-30T08:00"),  # Friday evening: Monday morning
        ("2026-11-27T17:59", "2026-11-27T17:59"),
        ("2026-11-30T07:59", "2026-11-30T08:00"),
        ("2026-11-29T23:30", "2026-11-30T08:00"),
    ],
)
def test_office_hours_end_on_the_hour_and_skip_the_weekend(asked: str, opens: str) -> None:
    chicago = ZoneInfo("America/Chicago")
    at = datetime.fromisoformat(asked).replace(tzinfo=chicago)
    found = OFFICE.next_opening(at, "America/Chicago")
    assert found.astimezone(chicago).isoformat(timespec="minutes")[:16] == opens


def test_an_hour_that_the_clocks_skip_waits_for_the_next_week() -> None:
    hours = MailHours(frozenset({6}), 2, 3)
    found = hours.next_opening(SPRING, "America/New_York")
    assert found.astimezone(ZoneInfo("America/New_York")).date() == date(2027, 3, 21)


def test_an_hour_that_comes_twice_is_open_both_times() -> None:
    hours = MailHours(frozenset({6}), 1, 2)
    opened = [
        minutes
        for minutes in range(0, 300, 15)
        if hours.is_open(AUTUMN + timedelta(minutes=minutes), "America/New_York")
    ]
    assert opened == list(range(60, 180, 15))


def test_a_night_shift_has_hours_over_midnight_that_belong_to_the_evening() -> None:
    hours = MailHours(frozenset({4}), 20, 4)
    friday = datetime.combine(date(2026, 11, 27), time(0), ZoneInfo("America/Chicago"))
    opened = [h for h in range(72) if hours.is_open(friday + timedelta(hours=h), "America/Chicago")]
    assert opened == list(range(20, 28))
    assert hours.words() == "Friday, 20:00 to 04:00 the next morning"


@pytest.mark.parametrize(
    ("days", "begin", "end", "told"),
    [
        (set(), 8, 18, "at least one day"),
        ({0}, 9, 9, "00:00 to 24:00"),
        ({7}, 8, 18, "no such day"),
        ({0}, 24, 8, "0 to 24"),
        ({0}, 8, 0, "0 to 24"),
    ],
)
def test_hours_in_which_nothing_could_go_out_are_refused_with_the_mend(
    days: set[int], begin: int, end: int, told: str
) -> None:
    with pytest.raises(NoOpenHour, match=told):
        MailHours(frozenset(days), begin, end)


@pytest.mark.parametrize(
    ("days", "words"),
    [
        (range(7), "every day"),
        (range(5), "Monday to Friday"),
        ((0, 2, 5), "Monday, Wednesday and Saturday"),
        ((5, 6), "Saturday and Sunday"),
        ((3,), "Thursday"),
    ],
)
def test_days_are_said_as_people_say_them(days: tuple[int, ...], words: str) -> None:
    assert MailHours(frozenset(days), 0, 24).words() == f"{words}, 00:00 to 24:00"


def test_the_weekdays_with_an_hour_for_mail_take_in_the_morning_after_a_night() -> None:
    assert MailHours(frozenset({0, 4}), 8, 18).open_weekdays() == {0, 4}
    assert MailHours(frozenset({0, 6}), 20, 4).open_weekdays() == {0, 1, 6}
