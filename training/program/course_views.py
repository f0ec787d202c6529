"""A whole course on one page, to be read by the officer and printed."""

from flask import render_template
from flask.typing import ResponseReturnValue

from training.accounts.here import my_office
from training.program.course_text import course_text
from training.program.views import bp
from training.rules.access import Action
from training.web import app, missing, requires, session


@bp.get("/courses/<code>")
@requires(Action.COURSE_READ)
def course_text_page(code: str) -> ResponseReturnValue:
    place, now = my_office(), app().clock.now()
    today = place.today(now)
    found = course_text(session(), code, {"practice": place.practice, **place.facts}, today)
    if found is None:
        raise missing()
    return render_template("program/course.html", course=found, as_of=today)
