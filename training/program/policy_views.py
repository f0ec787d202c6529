"""The practice's own policy text: paste or upload it, see it as staff will, adopt it."""

from collections.abc import Mapping

from flask import render_template, request
from flask.typing import ResponseReturnValue
from flask_login import current_user

from training.accounts.here import my_office, offices, see_office
from training.catalog import publishing
from training.catalog.facts import fill
from training.learning.policies import difference, policy_in_force
from training.program import own_policy, policy_change, practice
from training.program.own_policy import Looked
from training.program.views import bp
from training.rules.access import Action
from training.web import app, requires, session

FIELDS = ("title", "statement", "body")


def _begin_with() -> dict[str, str]:
    """Return the text to begin from: the one in force, else the sample."""
    place = my_office()
    today = place.today(app().clock.now())
    in_force = policy_in_force(session(), place, place.facts, today)
    if in_force is not None:
        return publishing.policy(session(), in_force.digest).model_dump()
    found = practice.published_policy(session(), today)
    return found[1].model_dump() if found else dict.fromkeys(FIELDS, "")


def _page(
    values: Mapping[str, str],
    looked: Looked | None = None,
    errors: Mapping[str, str] | None = None,
) -> ResponseReturnValue:
    place = my_office()
    errors = dict(errors or {}) | dict(looked.errors if looked else {})
    shown = looked is not None and not set(errors) & set(FIELDS)
    facts = {"practice": place.practice, **place.facts}
    in_force = policy_in_force(session(), place, facts, place.today(app().clock.now()))
    replaces = in_force is not None and looked is not None and in_force.digest != looked.digest
    page = render_template(
        "program/own_policy.html",
        offices=offices("program.own_policy_page"),
        values=values,
        errors=errors,
        looked=looked,
        digest=looked.digest if looked and shown else "",
        preview={
            "title": looked.policy.title,
            "html": fill(looked.policy.html, facts),
            "statement": looked.policy.statement,
        }
        if looked and shown
        else None,
        changes=policy_change.CHANGES if replaces else {},
        differences=difference(session(), in_force.digest, looked.policy, facts)
        if in_force and looked and replaces and shown
        else [],
    )
    return page, 422 if errors else 200


@bp.get("/policy")
@requires(Action.PRACTICE_WRITE)
def own_policy_page() -> ResponseReturnValue:
    return _page(_begin_with())


@bp.post("/policy")
@requires(Action.PRACTICE_WRITE)
def adopt_own_policy() -> ResponseReturnValue:
    values = {name: request.form.get(name, "") for name in FIELDS}
    upload = request.files.get("file")
    if upload and upload.filename:
        text = own_policy.text_of_file(upload.stream.read())
        if text is None:
            return _page(values, errors={"file": "This file is not UTF-8 text. Save it as .md."})
        values |= own_policy.split(text)
    looked = own_policy.look_over(values)
    wanted = request.form.get("do") == "adopt" and not (upload and upload.filename)
    if not wanted or looked.errors:
        return _page(values, looked)
    if request.form.get("digest") != looked.digest:
        told = "The text changed since it was shown: read it as it is now, then adopt it."
        return _page(values, looked, {"form": told})
    if looked.gags and "counsel" not in request.form:
        return _page(values, looked, {"counsel": "Tick that counsel has read the marked lines."})
    change, now = request.form.get("change", ""), app().clock.now()
    try:
        by = current_user.user_id
        own_policy.adopt(session(), my_office(), looked, change=change, by=by, now=now)
    except ValueError as fault:
        return _page(values, looked, {"change": str(fault)})
    return see_office("program.content", _anchor="policy")
