"""What every template may use: dates in words, fixed addresses, the form token."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time
from functools import cache
from zoneinfo import ZoneInfo

from flask import Flask, g, request, url_for
from flask_wtf.csrf import generate_csrf
from markupsafe import Markup

from training.rules.days import short


def short_day(value: date) -> str:
    """Return "12 Dec 2025": for tables, always with its year."""
    return short(value.year, value.month, value.day)


def day(value: date, *, today: date) -> str:
    """Return "Friday 12 December 2025", without the year when it is this year's.

    An aware datetime is read in its own zone: whoever passes it has put it there.
    """
    words = f"{value:%A} {value.day} {value:%B}"
    return words if value.year == today.year else f"{words} {value.year}"


def clock(value: date | time) -> str:
    """Return "3:05 pm", in the zone that the value carries."""
    if not isinstance(value, datetime | time):
        raise TypeError("a day has no clock")
    hour = value.hour % 12 or 12
    return f"{hour}:{value.minute:02d} {'am' if value.hour < 12 else 'pm'}"


def zone_words(name: str) -> str:
    """Return "Chicago time" of "America/Chicago": a zone as people say it."""
    return f"{name.rpartition('/')[2].replace('_', ' ')} time"


def dated(value: date) -> str:
    """Return "Friday 12 December 2025": for what others read too, always with its year."""
    return f"{value:%A} {value.day} {value:%B} {value.year}"


def called(name: str) -> str:
    """Return what somebody is greeted by: the first of two words, otherwise the whole name.

    Which word of three is the given name differs by where somebody comes from; and no "Dr.".
    """
    words = name.split()
    return words[0] if len(words) == 2 and not words[0].endswith(".") else " ".join(words)


def url_of(endpoint: str) -> str:
    """Return the address of a page that takes no values: the same wherever it is linked from."""
    return _url_of(request.script_root, endpoint)


@cache
def _url_of(_mounted_at: str, endpoint: str) -> str:
    return url_for(endpoint)


def form_token() -> str:
    """Return this request's form token; it is made once, however many forms a page has."""
    return str(g.get("csrf_token") or generate_csrf())


def csrf() -> Markup:
    """Return the field that carries the form token; a global, so that no page loads a macro."""
    return _TOKEN_IN[0] + form_token() + _TOKEN_IN[1]  # a sum of markup escapes what it takes in


_TOKEN_IN = Markup('<input type="hidden" name="csrf_token" value="'), Markup('">')


def by_the_clock_of(value: date, zone: Callable[[], str]) -> date:
    """Return an instant as stored (UTC) by the clock of a zone; a day, or a clock's own, as it is.

    At ten in the evening in Chicago it is tomorrow in UTC.
    """
    if isinstance(value, datetime) and value.tzinfo is UTC:
        return value.astimezone(ZoneInfo(zone()))
    return value


def register(app: Flask, *, today: Callable[[], date], zone: Callable[[], str]) -> None:
    """Give the templates all of it; `today` is the viewer's day, `zone` that of her clock."""

    def here(value: date) -> date:
        return by_the_clock_of(value, zone)

    app.add_template_filter(lambda value: short_day(here(value)), "short_day")
    app.add_template_filter(lambda value: day(here(value), today=today()), "day")
    app.add_template_filter(lambda value: clock(here(value)), "clock")
    app.add_template_filter(zone_words)
    app.add_template_filter(dated)
    app.add_template_filter(called)
    app.add_template_global(url_of)
    app.add_template_global(form_token, "csrf_token")
    app.add_template_global(csrf)
