"""Dates as pages say them."""

from collections.abc import Callable
from datetime import date, datetime, time

from flask import Flask


def short_day(value: date) -> str:
    """Return "12 Dec 2025": for tables, always with its year."""
    return f"{value.day} {value:%b %Y}"


def day(value: date, *, today: date) -> str:
    """Return "Friday 12 December 2025", without the year when it is this year's.

    An aware datetime is read in its own zone: whoever passes it has put it there.
    """
    words = f"{value:%A} {value.day} {value:%B}"
    return words if value.year == today.year else f"{words} {value.year}"


def clock(value: datetime | time) -> str:
    """Return "3:05 pm", in the zone that the value carries."""
    hour = value.hour % 12 or 12
    return f"{hour}:{value.minute:02d} {'am' if value.hour < 12 else 'pm'}"


def register(app: Flask, *, today: Callable[[], date]) -> None:
    """Give the templates `day`, `short_day` and `clock`; `today` is the viewer's day."""
    app.add_template_filter(short_day)
    app.add_template_filter(lambda value: day(value, today=today()), "day")
    app.add_template_filter(clock)
