"""The private calendar feed: its address is made, shown once, and ended here."""

import hashlib
from urllib.parse import urlsplit

from flask import Response, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from training.learning import calendars
from training.learning.views import bp
from training.rules.access import Action
from training.web import app, missing, requires, see, session


@bp.post("/calendar")
@requires(Action.CALENDAR_WRITE)
def start_calendar() -> ResponseReturnValue:
    """Show the new address: it is stored hashed, so this is the one time."""
    token = calendars.start(session(), current_user.user_id, app().clock.now())
    address = app().settings.public_url + url_for("learning.calendar", token=token)
    return render_template(
        "learning/calendar.html",
        address=address,
        subscribe=f"webcal://{address.partition('://')[2]}",
        local_only=not app().settings.base_url,
    )


@bp.post("/calendar/stop")
@requires(Action.CALENDAR_WRITE)
def stop_calendar() -> ResponseReturnValue:
    calendars.stop(session(), current_user.user_id, app().clock.now())
    return see("learning.certificates")


@bp.get("/calendar/<token>.ics")
@requires(Action.CALENDAR_READ)
def calendar(token: str) -> ResponseReturnValue:
    """Answer a calendar program: days and nothing else, the same bytes until a day changes."""
    now, base_url = app().clock.now(), app().settings.public_url
    owner = calendars.find_owner(session(), token[:100], now)
    if owner is None:
        raise missing()
    days = calendars.due_days(session(), owner, now, base_url)
    body = calendars.render(days, owner.practice, urlsplit(base_url).hostname or "localhost")
    reply = Response(body, content_type="text/calendar; charset=utf-8; method=PUBLISH")
    reply.headers["Cache-Control"] = "private, max-age=3600"
    reply.set_etag(hashlib.sha256(body).hexdigest()[:32])
    return reply.make_conditional(request)
