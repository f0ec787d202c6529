"""Pages of earlier training: give the file, read what would be recorded, record it."""

import base64
from collections.abc import Iterator
from typing import Any

from flask import flash, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from training.accounts.here import my_reach
from training.program.prior import Options, Plan, apply, plan
from training.program.roster import Refused
from training.program.roster_views import (
    FILE_LIMIT,
    KEPT_LIMIT,
    LONGEST_PASTED,
    MOST_SHOWN,
    came_too_late,
    pasted,
    seen_as,
    uploaded,
)
from training.program.rule_pages import STALE
from training.program.views import bp
from training.rules.access import Action
from training.web import app, requires, see, session

MOST_NAMES = 200


def _page(**values: Any) -> str:
    empty: dict[str, Any] = {
        "faults": [],
        "found": None,
        "kept": "",
        "name": "",
        "token": "",
        "notice": "",
        "text": "",
    }
    return render_template(
        "program/prior.html",
        **(empty | values),
        action=url_for("program.upload_prior"),
        names=request.form.get("names", "")[:LONGEST_PASTED],
        skip_bad_rows="skip_bad_rows" in request.form,
    )


@bp.get("/roster/prior")
@requires(Action.COMPLETION_RECORD)
def prior_training() -> ResponseReturnValue:
    return _page()


def _options() -> Options:
    pairs = (line.partition("=") for line in request.form.get("names", "").splitlines())
    names = {old.strip()[:120]: code.strip()[:120] for old, _is, code in pairs if code.strip()}
    return Options(
        now=app().clock.now(),
        by=current_user.user_id,
        names=dict(list(names.items())[:MOST_NAMES]),
        skip_bad_rows="skip_bad_rows" in request.form,
        reach=my_reach(),
    )


@bp.post("/roster/prior")
@requires(Action.COMPLETION_RECORD, body_limit=FILE_LIMIT)
def upload_prior() -> ResponseReturnValue:
    """Show what would be recorded first; the same file with its digest records it."""
    data, name = uploaded()
    try:
        found = plan(session(), data, _options())
    except Refused as refused:
        return _page(faults=refused.faults[:MOST_SHOWN], text=pasted()), 422
    token = seen_as(found.digest, _rows_of(found))
    if request.form.get("apply") == token:
        apply(session(), found)
        flash(f"Done: {found.words(done=True)}.")
        return see("program.people")
    return _page(
        found=_shown(found),
        token=token,
        notice=STALE if came_too_late() else "",
        kept=base64.b64encode(data).decode("ascii") if len(data) < KEPT_LIMIT else "",
        name=name,
    )


def _rows_of(found: Plan) -> Iterator[object]:
    return ((c.row.line, c.person.user_id, c.course, c.details) for c in found.changes)


def _shown(found: Plan) -> dict[str, Any]:
    return {
        "words": found.words(),
        "rows": [
            {"line": c.row.line, "name": c.person.name, "course": c.course, "details": c.details}
            for c in found.changes[:MOST_SHOWN]
        ],
        "more": max(0, len(found.changes) - MOST_SHOWN),
        "skipped": found.skipped[:MOST_SHOWN],
    }
