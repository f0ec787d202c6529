"""Pages of the practice's own words: whom to call, what is allowed, the policy to sign."""

from datetime import date
from typing import Any

from flask import render_template, request
from flask.typing import ResponseReturnValue
from flask_login import current_user

from training.accounts.here import my_office, office_url, offices, see_office
from training.accounts.people import Place
from training.catalog import publishing
from training.catalog.facts import LOCAL_FACTS, fill
from training.learning.policies import difference, policy_in_force
from training.program import policy_change, practice, sign_offs
from training.program.views import bp
from training.rules.access import Action
from training.web import app, requires, session, told

LABELS = {
    "privacy_contact": "Who answers for privacy here (name)",
    "privacy_phone": "The number by day",
    "privacy_phone_night": "The number at night",
    "messaging_tool": "The approved messaging tool",
    "who_may_post": "Who may post for the practice",
    "where_the_form_is": "Where the permission form for patient stories is",
    "mistake_first_step": "First step after a mistaken post (hide it first, or call first)",
}


def _due(place: Place, today: date, wrong: tuple[str, str] | None) -> list[dict[str, Any]]:
    """Return the facts to look over; `wrong`: the digest of one and what its form got wrong."""
    return [
        {
            "id": one.fact.id,
            "digest": one.digest,
            "statement": one.fact.statement,
            "citation": one.fact.citation,
            "source": one.fact.source,
            "parts": one.parts,
            "why": sign_offs.why_due(one.fact, today),
            "review_by": one.fact.review_by,
            "error": wrong[1] if wrong and wrong[0] == one.digest else "",
        }
        for one in sign_offs.due(session(), place.entity_id, today)
    ]


def _courses(today: date) -> list[dict[str, str]]:
    digests = publishing.all_in_force(session(), "course", today)
    courses = [publishing.course(session(), digest) for digest in digests]
    return [
        {"title": c.title, "url": office_url("program.course_text_page", code=c.code)}
        for c in courses
        if not c.signs
    ]


def _page(
    errors: dict[str, str] | None = None,
    values: dict[str, str] | None = None,
    status: int = 200,
    wrong: tuple[str, str] | None = None,
) -> ResponseReturnValue:
    place, now = my_office(), app().clock.now()
    today = place.today(now)
    found = practice.published_policy(session(), today)
    facts = {"practice": place.practice, **place.facts}
    in_force = policy_in_force(session(), place, facts, today)
    page = render_template(
        "program/content.html",
        offices=offices("program.content"),
        fields=[
            {"name": name, "label": LABELS[name], "value": (values or facts).get(name, "")}
            for name in LOCAL_FACTS
        ],
        errors=errors or {},
        facts_action=office_url("program.write_facts"),
        in_force=in_force,
        changes=policy_change.CHANGES,
        differences=difference(session(), in_force.digest, found[0], facts)
        if in_force and found
        else [],
        sample={"digest": found[0], "title": found[1].title, "html": fill(found[1].html, facts)}
        if found
        else None,
        adopt_action=office_url("program.adopt_policy"),
        courses=_courses(today),
        due=_due(place, today, wrong),
        latest=today + sign_offs.AT_MOST,
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
        session(), my_office(), given, by=current_user.user_id, now=app().clock.now()
    )
    if faults:
        return _page(faults, given, 422)
    return see_office("program.content")


@bp.post("/content/adopt")
@requires(Action.PRACTICE_WRITE)
def adopt_policy() -> ResponseReturnValue:
    digest = request.form.get("digest", "")
    change = request.form.get("change", "")
    by, now = current_user.user_id, app().clock.now()
    try:
        done = practice.adopt(session(), my_office(), digest, change=change, by=by, now=now)
    except ValueError as fault:
        return _page({"change": str(fault)}, None, 422)
    if not done:
        raise told(409, "The text changed since this page was opened: read it again first.")
    return see_office("program.content")


@bp.post("/facts")
@requires(Action.PRACTICE_WRITE)
def sign_off_fact() -> ResponseReturnValue:
    digest = request.form.get("digest", "")
    try:
        wrong = sign_offs.sign_off(
            session(),
            my_office(),
            digest,
            request.form.get("until", ""),
            by=current_user.user_id,
            now=app().clock.now(),
        )
    except LookupError:
        raise told(409, "This fact changed, or was signed off: open the list again.") from None
    if wrong:
        return _page({f"until-{digest[:12]}": wrong}, None, 422, (digest, wrong))
    return see_office("program.content", _anchor="review")
