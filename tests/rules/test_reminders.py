from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from training.rules.reminders import NoticeKind, day_of, due_notice, next_notice

DUE = date(2026, 11, 24)
NONE: frozenset[NoticeKind] = frozenset()
SPANS = st.tuples(st.dates(date(2024, 1, 1), date(2032, 12, 31)), st.integers(-20, 400))


def later(days: int) -> date:
    return DUE + timedelta(days=days)


def mails(assigned_on: date, due_on: date, days: list[date]) -> list[tuple[date, NoticeKind]]:
    """Run the job on these days and return what was sent when."""
    sent: list[tuple[date, NoticeKind]] = []
    for day in days:
        told = frozenset(kind for _, kind in sent)
        kind = due_notice(assigned_on=assigned_on, due_on=due_on, today=day, sent=told)
        if kind is not None:
            sent.append((day, kind))
    return sent


def daily(first: date, last: date) -> list[date]:
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


def test_a_cycle_of_two_months_gets_every_reminder_on_its_day() -> None:
    sent = mails(later(-60), DUE, daily(later(-70), later(60)))
    assert sent == [
        (later(-60), NoticeKind.ASSIGNED),
        (later(-30), NoticeKind.DUE_30),
        (later(-7), NoticeKind.DUE_7),
        (later(-1), NoticeKind.DUE_1),
        (DUE, NoticeKind.DUE_TODAY),
        (later(1), NoticeKind.LATE_1),
        (later(7), NoticeKind.LATE_7),
        (later(14), NoticeKind.LATE_14),
    ]


@pytest.mark.parametrize(
    ("assigned", "kinds"),
    [
        (-30, ["assigned", "due_7", "due_1", "due_today"]),
        (-10, ["assigned", "due_7", "due_1", "due_today"]),
        (-1, ["assigned", "due_today"]),
        (0, ["assigned"]),
    ],
)
def test_on_its_own_day_an_assignment_says_all_and_older_kinds_never_come(
    assigned: int, kinds: list[str]
) -> None:
    sent = mails(later(assigned), DUE, daily(later(-40), DUE))
    assert [kind.value for _, kind in sent] == kinds


def test_after_nine_days_without_a_job_one_reminder_comes_and_not_five() -> None:
    sent = mails(later(-60), DUE, [*daily(later(-60), later(-8)), *daily(later(1), later(6))])
    assert sent[-2:] == [(later(-30), NoticeKind.DUE_30), (later(1), NoticeKind.LATE_1)]


def test_a_moved_due_day_gets_its_own_reminders_and_no_second_assignment() -> None:
    sent = frozenset({NoticeKind.ASSIGNED})  # told for the due day before; the rest was its own
    moved = later(30)
    kinds = [
        due_notice(assigned_on=later(-60), due_on=moved, today=day, sent=sent)
        for day in (later(-1), DUE, later(23))
    ]
    assert kinds == [None, NoticeKind.DUE_30, NoticeKind.DUE_7]


def test_before_the_assignment_nothing_is_due() -> None:
    assert due_notice(assigned_on=DUE, due_on=DUE, today=later(-1), sent=NONE) is None


def test_the_day_of_every_kind_is_told() -> None:
    days = [day_of(kind, assigned_on=later(-60), due_on=DUE) for kind in NoticeKind]
    assert days == sorted(days)


@given(SPANS, st.lists(st.integers(0, 500), unique=True))
def test_on_whatever_days_the_job_runs_each_kind_comes_once_and_in_order(
    span: tuple[date, int], runs: list[int]
) -> None:
    assigned_on, length = span
    due_on = assigned_on + timedelta(days=length)
    days = [assigned_on + timedelta(days=n) for n in sorted(runs)]
    sent = mails(assigned_on, due_on, days)
    kinds = [kind for _, kind in sent]
    assert len(set(kinds)) == len(kinds)
    due_days = [day_of(kind, assigned_on=assigned_on, due_on=due_on) for kind in kinds]
    assert due_days == sorted(set(due_days))
    assert all(assigned_on <= due <= day for due, (day, _) in zip(due_days, sent, strict=True))


@given(SPANS, st.integers(0, 500))
def test_running_twice_on_one_day_sends_nothing_more(span: tuple[date, int], after: int) -> None:
    assigned_on, length = span
    day = assigned_on + timedelta(days=after)
    due_on = assigned_on + timedelta(days=length)
    assert len(mails(assigned_on, due_on, [day, day, day])) <= 1


SUNDAY = date(2026, 11, 29)
WEEKDAYS = frozenset(range(5))


def with_days(due_on: date, weekdays: frozenset[int], first: date, last: date) -> list[str]:
    """Run the job on each day with mail, and return what was sent on which weekday."""
    sent: list[tuple[date, NoticeKind]] = []
    for day in daily(first, last):
        kind = due_notice(
            assigned_on=due_on - timedelta(days=40),
            due_on=due_on,
            today=day,
            sent=frozenset(kind for _day, kind in sent),
            weekdays=weekdays,
        )
        if kind is not None and day.weekday() in weekdays:
            sent.append((day, kind))
    return [f"{day:%a} {kind.value}" for day, kind in sent if kind is not NoticeKind.ASSIGNED]


@pytest.mark.parametrize(
    ("due_on", "weekdays", "expected"),
    [
        (SUNDAY, WEEKDAYS, ["Fri due_1", "Mon late_1"]),
        (SUNDAY - timedelta(days=1), WEEKDAYS, ["Fri due_1", "Mon late_1"]),
        (SUNDAY + timedelta(days=1), WEEKDAYS, ["Fri due_1", "Mon due_today", "Tue late_1"]),
        (SUNDAY + timedelta(days=2), WEEKDAYS, ["Mon due_1", "Tue due_today", "Wed late_1"]),
        (SUNDAY, frozenset({1, 2, 3}), ["Thu due_1", "Tue late_1"]),
        (SUNDAY, frozenset(range(7)), ["Sat due_1", "Sun due_today", "Mon late_1"]),
    ],
)
def test_what_is_due_where_mail_rests_is_said_on_the_last_day_with_mail(
    due_on: date, weekdays: frozenset[int], expected: list[str]
) -> None:
    told = with_days(due_on, weekdays, due_on - timedelta(days=40), due_on + timedelta(days=3))
    assert [one for one in told if "due_7" not in one and "due_30" not in one] == expected


@given(SPANS, st.frozensets(st.integers(0, 6), min_size=1))
def test_by_its_day_somebody_was_told_whenever_there_was_mail_before_it(
    span: tuple[date, int], weekdays: frozenset[int]
) -> None:
    assigned_on, length = span
    due_on = assigned_on + timedelta(days=length)
    for kind in (NoticeKind.DUE_1, NoticeKind.DUE_TODAY):
        day = day_of(kind, assigned_on=assigned_on, due_on=due_on, weekdays=weekdays)
        assert due_on - timedelta(days=7) <= day <= due_on
        assert day.weekday() in weekdays


@given(st.integers(0, 60), st.integers(0, 90), st.sets(st.integers(0, 6), min_size=1))
def test_the_next_reminder_is_the_one_that_the_days_to_come_bring_first(
    given_days: int, after: int, weekdays: set[int]
) -> None:
    assigned, today = date(2026, 11, 2), date(2026, 11, 2) + timedelta(days=after)
    due = assigned + timedelta(days=given_days)

    def on(day: date) -> NoticeKind | None:
        return due_notice(
            assigned_on=assigned, due_on=due, today=day, sent=frozenset(), weekdays=weekdays
        )

    found = next_notice(assigned_on=assigned, due_on=due, today=today, weekdays=weekdays)
    ahead = (today + timedelta(days=n) for n in range(1, 200))
    assert found == next(((on(day), day) for day in ahead if on(day) != on(today)), None)
