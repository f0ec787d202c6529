from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from training.rules.renewal import (
    FirstAnchor,
    due_after_help,
    due_after_return,
    first_due_on,
)

DAYS = st.dates(date(2024, 1, 1), date(2032, 12, 31))
JAN, FEB, MAR, APR = (date(2026, month, 10) for month in (1, 2, 3, 4))


def due(
    *,
    anchor: FirstAnchor = FirstAnchor.HIRE,
    hired: date = JAN,
    access: date | None = None,
    asked: date = JAN,
    recorded: date = JAN,
    on: date | None = None,
) -> date | None:
    return first_due_on(
        days=30,
        anchor=anchor,
        hired_on=hired,
        access_on=access,
        asked_on=asked,
        placed_recorded_on=recorded,
        on=on,
    )


@pytest.mark.parametrize(
    ("dates", "counted_from"),
    [
        ({"hired": FEB}, FEB),
        ({"asked": MAR}, MAR),  # a new rule makes nobody overdue
        ({"recorded": APR}, APR),  # nor does a first import
        ({"hired": FEB, "asked": MAR, "recorded": APR}, APR),
        ({"access": MAR}, JAN),  # the rule anchors on hire
    ],
)
def test_a_first_duty_counts_from_the_latest_of_its_days(
    dates: dict[str, date], counted_from: date
) -> None:
    assert due(anchor=FirstAnchor.HIRE, **dates) == counted_from + timedelta(days=30)


@pytest.mark.parametrize(
    ("dates", "counted_from"),
    [
        ({"access": MAR}, MAR),
        ({"access": JAN, "hired": FEB}, FEB),
        ({"access": FEB, "asked": MAR}, MAR),
    ],
)
def test_where_a_rule_anchors_on_access_it_counts_from_access(
    dates: dict[str, date], counted_from: date
) -> None:
    assert due(anchor=FirstAnchor.ACCESS, **dates) == counted_from + timedelta(days=30)


def test_access_unknown_or_still_to_come_asks_nothing() -> None:
    assert due(anchor=FirstAnchor.ACCESS) is None
    assert due(anchor=FirstAnchor.ACCESS, access=MAR, on=MAR - timedelta(days=1)) is None
    assert due(anchor=FirstAnchor.ACCESS, access=MAR, on=MAR) == MAR + timedelta(days=30)


def test_before_the_hire_day_nothing_is_asked() -> None:
    assert due(hired=MAR, on=FEB) is None
    assert due(hired=MAR, on=MAR) == MAR + timedelta(days=30)


def test_a_rule_recorded_after_the_day_in_question_still_counts_from_itself() -> None:
    assert due(asked=APR, on=FEB) == APR + timedelta(days=30)


@given(DAYS, DAYS, DAYS, st.none() | DAYS, st.sampled_from(FirstAnchor))
def test_nobody_is_due_sooner_than_the_days_after_anything_began(
    hired: date, asked: date, recorded: date, access: date | None, anchor: FirstAnchor
) -> None:
    found = due(anchor=anchor, hired=hired, access=access, asked=asked, recorded=recorded)
    if found is not None:
        assert found - timedelta(days=30) >= max(hired, asked, recorded)


@pytest.mark.parametrize(
    ("due_on", "returned_on", "then"),
    [
        (MAR, FEB, date(2026, 3, 12)),
        (APR, FEB, APR),
        (JAN, APR, date(2026, 5, 10)),
    ],
)
def test_back_from_leave_nobody_has_less_than_thirty_days(
    due_on: date, returned_on: date, then: date
) -> None:
    assert due_after_return(due_on, returned_on) == then


def test_a_rule_change_never_sets_a_due_day_before_its_own_days() -> None:
    assert due_after_return(FEB, MAR, days=14) == date(2026, 3, 24)


def test_while_she_waits_for_help_the_due_day_stands_still() -> None:
    assert due_after_help(MAR, FEB, FEB + timedelta(days=5)) == MAR + timedelta(days=5)
    assert due_after_help(MAR, FEB, FEB) == MAR
    assert due_after_help(MAR, FEB, JAN) == MAR  # a clock that went back takes nothing away
