"""Pages of the staff list: upload, see the difference, apply."""

import base64
from contextlib import closing
from typing import Any

from flask import flash, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from training.accounts.here import my_place, my_reach
from training.program.roster import Options, Plan, Refused, apply, plan
from training.program.views import bp
from training.rules.access import Action
from training.web import actor, app, requires, see, session, told

FILE_LIMIT = 50_000_000
KEPT_LIMIT = 2_000_000
MOST_SHOWN = 500
LONGEST_PASTED = 20_000


def _page(**values: Any) -> str:
    empty: dict[str, Any] = {
        "faults": [],
        "difference": None,
        "warnings": [],
        "source": "hr",
        "text": "",
        "token": "",
    }
    empty |= {"kept": "", "name": "", "allow_ending": None, "skip_bad_rows": False}
    return render_template(
        "program/roster.html",
        **(empty | values),
        action=url_for("program.upload_roster"),
        may_write=current_user.is_officer,
    )


@bp.get("/roster")
@requires(Action.PEOPLE_READ)
def roster() -> ResponseReturnValue:
    return _page()


def _options() -> Options:
    most = request.form.get("allow_ending", "")
    return Options(
        source=request.form.get("source", "hr").strip()[:40] or "hr",
        allow_ending=int(most) if most.isascii() and most.isdecimal() and len(most) < 7 else None,
        skip_bad_rows="skip_bad_rows" in request.form,
        encoding=None,
        today=my_place().today(app().clock.now()),
        reach=my_reach(),
        by=actor(),
    )


def uploaded() -> tuple[bytes, str]:
    """Return the file of a form, or the one that it kept, or what was pasted; and its name."""
    file = request.files.get("file")
    if file is not None and file.filename:
        with closing(file):  # a large one lies on the disk until then
            return file.read(), file.filename
    kept = request.form.get("kept", "")
    if kept:  # the file of the first step, so that the second needs no other upload
        try:
            return base64.b64decode(kept, validate=True), request.form.get("name", "")[:200]
        except ValueError:
            raise told(422, "The list got lost on the way: upload it again.") from None
    return request.form.get("text", "").encode(), "pasted.csv"


def pasted() -> str:
    """Return what was pasted, to be corrected in place; a large list is pasted again."""
    text = request.form.get("text", "")
    return text if len(text) <= LONGEST_PASTED else ""


@bp.post("/roster")
@requires(Action.ROSTER_WRITE, body_limit=FILE_LIMIT)
def upload_roster() -> ResponseReturnValue:
    """Show the difference first; the same file with its digest applies it."""
    data, name = uploaded()
    options = _options()
    try:
        found = plan(session(), data, name, options)
    except Refused as refused:
        faults = refused.faults[:MOST_SHOWN]
        return _page(faults=faults, source=options.source, text=pasted()), 422
    if request.form.get("apply") == found.digest:
        apply(session(), found, by=current_user.user_id, now=app().clock.now())
        flash(f"Done: {found.words() or 'nothing to do'}.")
        return see("program.people")
    return _page(
        difference=_difference(found),
        warnings=[*found.warnings, *found.skipped][:MOST_SHOWN],
        source=options.source,
        allow_ending=options.allow_ending,
        skip_bad_rows=options.skip_bad_rows,
        token=found.digest,
        kept=base64.b64encode(data).decode("ascii") if len(data) < KEPT_LIMIT else "",
        name=name,
    )


def _difference(found: Plan) -> dict[str, Any]:
    return {
        "counts": found.counts,
        "words": found.words(),
        "changes": [
            {"line": c.line, "kind": c.kind, "name": c.name, "details": c.details}
            for c in found.changes[:MOST_SHOWN]
        ],
        "more": max(0, len(found.changes) - MOST_SHOWN),
    }
