"""When a manager may nudge, and when her weekly mail is due: plain dates, no clock."""

from datetime import date, datetime, time, timedelta

NUDGE = "nudge"  # the kind of a nudge in the reminder ledger
AGAIN_AFTER = timedelta(days=7)
MONDAY = 0
MORNING = time(7)
PAUSE = timedelta(days=14)


def week_of(day: date) -> date:
    """Return the Monday of a day's week: one mail a week has this day for its key."""
    return day - timedelta(days=day.weekday())


def digest_is_due(local_now: datetime, last_ran: datetime | None) -> bool:
    """Tell whether it is time for the weekly mail at a place with this clock.

    Time is the first run after seven on Monday morning, so that a house which stood still on
    Monday is told on the day it wakes; a house that never ran waits for its first Monday.
    """
    monday = datetime.combine(week_of(local_now.date()), MORNING, local_now.tzinfo)
    if local_now < monday:
        return False
    return last_ran < monday if last_ran else local_now.weekday() == MONDAY
