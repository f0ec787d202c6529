"""Pages of the practice's own words: whom to call, what is allowed, the policy to sign."""

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from training.accounts.here import my_place
from training.catalog.facts import LOCAL_FACTS, fill
from training.learning.policies import policy_in_force
from training.program import practice
from training.program.views import bp
from training.rules.access import Action
from training.web import app, requires, see, session, told

LABELS = {
    "privacy_contact": "Who answers for privacy here (name)",
    "privacy_phone": "Her number by day",
    "privacy_phone_night": "The number at night",
    "messaging_tool": "The approved messaging tool",
    "who_may_post": "Who may post for the practice",
    "where_the_form_is": "Where the permission form for patient stories is",
    "mistake_first_step": "First step after a mistaken post (hide it first, or call first)",
}


def _page(
    errors: dict[str, str] | None = None, values: dict[str, str] | None = None, status: int = 200
) -> ResponseReturnValue:
    place, now = my_place(), app().clock.now()
    today = place.today(now)
    found = practice.published_policy(session(), today)
    facts = {"practice": place.practice, **place.facts}
    page = render_template(
        "program/content.html",
        fields=[
            {"name": name, "label": LABELS[name], "value": (values or facts).get(name, "")}
            for name in LOCAL_FACTS
        ],
        errors=errors or {},
        facts_action=url_for("program.write_facts"),
        in_force=policy_in_force(session(), place, facts, today),
        sample={"digest": found[0], "title": found[1].title, "html": fill(found[1].html, facts)}
        if found
        else None,
        adopt_action=url_for("program.adopt_policy"),
        may_write=current_user.is_officer,
    )
    return page, status


@bp.get("/content")
@requires(Action.PROGRAM_READ)
def content() -> ResponseReturnValue:
    return _page()


@bp.post("/content")
@requires(Action.PRACTICE_WRITE)
def write_facts() -> ResponseReturnValue:
    given = {name: request.form.get(name, "") for name in LOCAL_FACTS}
    faults = practice.write_facts(
        session(), my_place(), given, by=current_user.user_id, now=app().clock.now()
    )
    if faults:
        return _page(faults, given, 422)
    return see("program.content")


@bp.post("/content/adopt")
@requires(Action.PRACTICE_WRITE)
def adopt_policy() -> ResponseReturnValue:
    digest = request.form.get("digest", "")
    done = practice.adopt(
        session(), my_place(), digest, by=current_user.user_id, now=app().clock.now()
    )
    if not done:
        raise told(409, "The text changed since this page was opened: read it again first.")
    return see("program.content")
