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

    Time is Monday from seven in the morning; later in the week only where no run has looked
    since then, so that a house that stood still on Monday is told on the day it wakes.
    """
    monday = datetime.combine(week_of(local_now.date()), MORNING, local_now.tzinfo)
    if local_now < monday:
        return False
    is_monday = local_now.weekday() == MONDAY
    return is_monday or (last_ran is not None and last_ran < monday)
