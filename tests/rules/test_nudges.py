"""When the weekly mail is due: one look a week, on Monday morning or as soon as the house wakes."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.effort import times
from training.rules.nudges import MONDAY, digest_is_due, week_of

CHICAGO = ZoneInfo("America/Chicago")
MONDAY_7 = datetime(2026, 11, 23, 7, 0, tzinfo=CHICAGO)


@pytest.mark.parametrize(
    ("now", "last_ran", "due"),
    [
        (MONDAY_7 - timedelta(minutes=1), MONDAY_7 - timedelta(hours=1), False),
        (MONDAY_7, MONDAY_7 - timedelta(hours=1), True),
        (MONDAY_7 + timedelta(hours=1), MONDAY_7, False),
        (MONDAY_7 + timedelta(days=2), MONDAY_7 + timedelta(days=1), False),
        (MONDAY_7 + timedelta(days=2), MONDAY_7 - timedelta(days=1), True),
        (MONDAY_7, None, True),
        (MONDAY_7 + timedelta(days=1), None, False),
        (MONDAY_7 - timedelta(days=1), MONDAY_7 - timedelta(days=6), False),
    ],
)
def test_the_weekly_mail_is_due_once_a_week(
    now: datetime, last_ran: datetime | None, due: bool
) -> None:
    assert digest_is_due(now, last_ran) is due


@settings(deadline=None, max_examples=times(20, 200))
@given(
    st.integers(0, 24 * 60),
    st.integers(0, 23),
    st.sampled_from(["America/Chicago", "Asia/Kolkata", "Pacific/Auckland", "UTC"]),
)
def test_an_hourly_run_looks_once_in_each_week(start: int, minutes: int, zone: str) -> None:
    """Over eight weeks with the clock changes in them, whatever hour the runs start at."""
    at = datetime(2026, 9, 21, tzinfo=ZoneInfo("UTC")) + timedelta(hours=start, minutes=minutes)
    last = at - timedelta(hours=1)
    looked: list[date] = []
    for _ in range(24 * 56):
        local = at.astimezone(ZoneInfo(zone))
        if digest_is_due(local, last):
            looked.append(local.date())
        last, at = at, at + timedelta(hours=1)
    assert all(day.weekday() == MONDAY for day in looked)
    assert len(set(looked)) == len(looked)
    assert 7 <= len(looked) <= 9
    assert [week_of(day) for day in looked] == looked
