"""Which reminder is due on a day: at most one, the latest; an outage sends one, not five."""

from collections.abc import Collection
from datetime import date, timedelta
from enum import StrEnum

EVERY_DAY = frozenset(range(7))
ONE_DAY = timedelta(days=1)


class NoticeKind(StrEnum):
    """The reminders of one cycle, in the order of time."""

    ASSIGNED = "assigned"
    DUE_30 = "due_30"
    DUE_7 = "due_7"
    DUE_1 = "due_1"
    DUE_TODAY = "due_today"
    LATE_1 = "late_1"
    LATE_7 = "late_7"
    LATE_14 = "late_14"


_DAYS_FROM_DUE = {
    NoticeKind.DUE_30: -30,
    NoticeKind.DUE_7: -7,
    NoticeKind.DUE_1: -1,
    NoticeKind.DUE_TODAY: 0,
    NoticeKind.LATE_1: 1,
    NoticeKind.LATE_7: 7,
    NoticeKind.LATE_14: 14,
}


_BY_THE_DAY = {NoticeKind.DUE_1, NoticeKind.DUE_TODAY}  # of no use once the day is over


def day_of(
    kind: NoticeKind, *, assigned_on: date, due_on: date, weekdays: Collection[int] = EVERY_DAY
) -> date:
    """Return the day on which a reminder of this kind is due.

    `weekdays`: those on which mail goes out at all. The last two before the due day come on the
    last of these in time: for a training that is due on a Sunday, on Friday.
    """
    if kind is NoticeKind.ASSIGNED:
        return assigned_on
    day = due_on + timedelta(days=_DAYS_FROM_DUE[kind])
    while kind in _BY_THE_DAY and weekdays and day.weekday() not in weekdays:
        day -= ONE_DAY
    return day


def next_notice(
    *, assigned_on: date, due_on: date, today: date, weekdays: Collection[int] = EVERY_DAY
) -> tuple[NoticeKind, date] | None:
    """Return the reminder that comes after today if nothing changes, and its day; or None."""
    days = (
        (day_of(kind, assigned_on=assigned_on, due_on=due_on, weekdays=weekdays), kind)
        for kind in NoticeKind
    )
    coming = [
        (day, kind)
        for day, kind in days
        if day > today and (kind is NoticeKind.ASSIGNED or day > assigned_on)
    ]
    if not coming:
        return None
    day, kind = min(coming, key=lambda pair: pair[0])
    return kind, day


def due_notice(
    *,
    assigned_on: date,
    due_on: date,
    today: date,
    sent: frozenset[NoticeKind],
    weekdays: Collection[int] = EVERY_DAY,
) -> NoticeKind | None:
    """Return the reminder that is due today, or None.

    It is the latest whose day has come; when it, or a later one, was sent already for this due
    day, nothing is due, so that the days after an outage bring one mail and never five. Kinds
    whose day was before the assignment are left out, and on its own day it says all itself.
    `sent` holds ASSIGNED once it was sent for any due day: a moved day assigns nothing anew.
    """
    days = {
        kind: day_of(kind, assigned_on=assigned_on, due_on=due_on, weekdays=weekdays)
        for kind in NoticeKind
    }
    come = [
        kind
        for kind, day in days.items()
        if day <= today and (kind is NoticeKind.ASSIGNED or day > assigned_on)
    ]
    if not come:
        return None
    latest = max(come, key=days.__getitem__)
    last_said = max((days[kind] for kind in sent), default=date.min)
    return None if last_said >= days[latest] else latest
