"""The officer's page of boosters: the switch, and what is left after 1, 4 and 12 weeks."""

from datetime import date
from typing import Any

from flask import render_template, request
from flask.typing import ResponseReturnValue
from flask_login import current_user

from training.accounts.here import my_office, office_url, offices, see_office
from training.catalog import publishing
from training.catalog.modules import Module
from training.catalog.roles import ROLE_WORDS
from training.learning import boosters as service
from training.program.views import bp
from training.reports import retained
from training.reports.retained import TOGETHER, Left, Share
from training.rules.access import Action
from training.rules.boosters import WEEKS
from training.web import app, requires, session, told

WEEK_WORDS = {1: "1 week", 4: "4 weeks", 12: "12 weeks"}
NOTHING = (
    "Nothing can be told yet: five people of a role must have played a scene on one objective."
)


@bp.get("/boosters")
@requires(Action.PROGRAM_READ)
def boosters() -> ResponseReturnValue:
    place, now = my_office(), app().clock.now()
    found = retained.left_of(retained.counts_of(session(), place.entity_id))
    return render_template(
        "program/boosters.html",
        offices=offices("program.boosters"),
        is_on=service.is_on(session(), place.entity_id),
        may_write=current_user.is_officer,
        mail_works=bool(app().settings.smtp_url),
        action=office_url("program.switch_boosters"),
        sentence=sentence(found),
        objectives=_shown(found, place.today(now)),
        weeks=[WEEK_WORDS[week] for week in WEEKS],
    )


@bp.post("/boosters")
@requires(Action.PRACTICE_WRITE)
def switch_boosters() -> ResponseReturnValue:
    asked = request.form.get("turn", "")
    if asked not in {"on", "off"}:
        raise told(422, "Say whether boosters are to be on or off.")
    service.switch(
        session(),
        my_office().entity_id,
        on=asked == "on",
        by=current_user.user_id,
        now=app().clock.now(),
    )
    return see_office("program.boosters")


def sentence(found: list[Left]) -> str:
    """Return the whole table in one sentence."""
    weeks = retained.by_week(found)
    if not weeks:
        return NOTHING
    told = [
        f"{best / people:.0%} after {WEEK_WORDS[week]}" for week, (best, people) in weeks.items()
    ]
    last = f" and {told.pop()}" if len(told) > 1 else ""
    return f"Below, the best choice was the first choice of {', '.join(told)}{last}."


def _shown(found: list[Left], today: date) -> list[dict[str, Any]]:
    digests = publishing.in_force(session(), "module", today)
    modules = {slug: publishing.module(session(), digest) for slug, digest in digests.items()}
    return [
        {
            "module": modules[left.module].title if left.module in modules else left.module,
            "text": _text(modules.get(left.module), left.objective),
            "rows": [
                {
                    "role": "All roles together" if role == TOGETHER else ROLE_WORDS[role],
                    "cells": [_cell(left.shares.get((role, week))) for week in WEEKS],
                }
                for role in left.groups
            ],
            "hidden": left.hidden,
        }
        for left in found
    ]


def _text(module: Module | None, objective: str) -> str:
    texts = {o.id: o.text for o in module.objectives} if module else {}
    return texts.get(objective, objective)


def _cell(share: Share | None) -> dict[str, Any] | None:
    if share is None:
        return None
    span = f"{share.low:.0%} to {share.high:.0%}" if share.is_number else ""
    return {"words": share.words, "span": span, "people": share.people}
