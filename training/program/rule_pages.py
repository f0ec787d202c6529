"""What the pages of rules and campaigns share: who acts and when, and forms that come back."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from flask import request
from flask_login import current_user
from wtforms import DateField, Form

from training.accounts.days import Today, todays
from training.accounts.here import my_place, my_reach
from training.program import acts, forms
from training.program.acts import By
from training.program.rule_forms import AUDIENCE
from training.program.rulebook import shelf
from training.web import app, form_errors, session

USUAL_DAYS = timedelta(days=30)
STALE = "Something changed since that was shown. Nothing was saved: this is how it is now."


def here() -> date:
    """Return the day that it is for the officer."""
    return my_place().today(app().clock.now())


def world() -> Today:
    """Return the day that it is at each of the sites."""
    return todays(session(), app().clock.now())


def by() -> By:
    """Return who acts, and when."""
    return By(current_user.user_id, app().clock.now())


def errors_of(form: Form) -> dict[str, str]:
    """Return what is wrong by field; what is no day is told in our own words."""
    found = form_errors(form)
    for name in found:
        field = form[name]
        if isinstance(field, DateField) and field.data is None and any(field.raw_data or ()):
            found[name] = forms.NO_DAY
    return found


def posted(names: Sequence[str]) -> dict[str, Any]:
    """Return what a form came with: lists of the audience, and one text of each other field."""
    given: dict[str, Any] = {name: request.form.getlist(name) for name in AUDIENCE}
    return given | {name: request.form.get(name, "") for name in names}


def carried(given: dict[str, Any]) -> list[tuple[str, str]]:
    """Return the same as pairs, for the form that confirms what was shown."""
    pairs = [(name, given.get(name, [])) for name in given]
    return [
        (name, value)
        for name, values in pairs
        for value in (values if isinstance(values, list) else [values])
        if value
    ]


def blank_campaign() -> dict[str, Any]:
    """Return a campaign's empty form with what it can choose from."""
    values: dict[str, Any] = {name: [] for name in AUDIENCE}
    return campaign_form(values | {"due_on": (here() + USUAL_DAYS).isoformat(), "skip_days": "90"})


def campaign_form(values: dict[str, Any]) -> dict[str, Any]:
    """Return a campaign's form as it came, with what it can choose from."""
    return {
        "given": values,
        "options": shelf.audiences(session(), reach=my_reach()),
        "courses": [(course, course) for course in shelf.courses_asked(session())],
        "paths": acts.paths_for(session(), here()),
    }
