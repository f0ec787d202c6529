"""Signed sheets: a form takes one for its fingerprint alone, and a page tells whose it is."""

from typing import Any, cast

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from training.accounts.days import todays
from training.accounts.here import my_reach
from training.catalog.publishing import course_title
from training.incoming import DIGESTED_BODY, DIGESTED_LIMIT, DigestedFile
from training.learning import sheets, together
from training.learning.models import Completion, Signature
from training.learning.sheets import Fingerprint, Proof, Within
from training.program.acts import NotDone
from training.program.together_views import found, session_page, sessions_within
from training.program.views import bp
from training.rules.access import Action
from training.web import app, requires, see, session

FIELD = "sheet"
TEAM_FIELD = "keep_sheet-sheet"  # by its id on the page of a session
EMPTY = "That file is empty: choose the scan or photo again."
TOO_LARGE = "That file is larger than 20 MB: scan the sheet smaller."
ONE_ALONE = "Choose one file: scan all pages of the sheet into one."
NO_FILE = "That is no file: choose the scan or photo."
CHOOSE = "Choose the scan or photo."
AGAIN = "Choose the file again: it was not kept."


def sheet_given() -> Fingerprint | None:
    """Return the fingerprint of the file that came with a form; None without one.

    The file's name and what is in it are never looked at. Raises NotDone.
    """
    if request.form.get(FIELD):
        raise NotDone(FIELD, NO_FILE)
    came = [file for file in request.files.getlist(FIELD) if file.filename or _stream(file).size]
    if not came:
        return None
    if len(came) > 1:
        raise NotDone(FIELD, ONE_ALONE)
    stream = _stream(came[0])
    if not stream.size:
        raise NotDone(FIELD, EMPTY)
    if stream.size > DIGESTED_LIMIT:
        raise NotDone(FIELD, TOO_LARGE)
    return Fingerprint(stream.sha256, stream.size)


def _stream(file: Any) -> DigestedFile:
    return cast("DigestedFile", file.stream)


def a_sheet_came() -> bool:
    """Tell whether a file came, so that a form with a fault must ask for it again."""
    return any(file.filename for file in request.files.getlist(FIELD))


@bp.get("/sheets")
@requires(Action.PROGRAM_READ)
def check_sheet() -> ResponseReturnValue:
    """Tell which records within reach have the sheet that the address names."""
    given = request.args.get("fingerprint")
    fingerprint = sheets.plain(given) if given is not None else None
    if given is not None and fingerprint is None:
        return _page({FIELD: "That is no fingerprint: choose the file itself."}, 422)
    return _page({}, fingerprint=fingerprint)


@bp.post("/sheets")
@requires(Action.PROGRAM_READ, writes=False, body_limit=DIGESTED_BODY, digests_files=True)
def take_sheet() -> ResponseReturnValue:
    """Take a file for its fingerprint; the page that it leads to answers. Nothing is kept."""
    try:
        sheet = sheet_given()
    except NotDone as fault:
        return _page({FIELD: str(fault)}, 422)
    if sheet is None:
        return _page({FIELD: CHOOSE}, 422)
    return see("program.check_sheet", fingerprint=sheet.sha256)


@bp.post("/together/<int:session_id>/sheet")
@requires(Action.TEAM_SESSION_LEAD, body_limit=DIGESTED_BODY, digests_files=True)
def keep_team_sheet(session_id: int) -> ResponseReturnValue:
    """Keep the fingerprint of a session's sign-in sheet; the same sheet twice is once."""
    row = found(session_id)
    try:
        sheet = sheet_given()
    except NotDone as fault:
        return session_page(row, {TEAM_FIELD: str(fault)}, 422)
    if sheet is None:
        return session_page(row, {TEAM_FIELD: CHOOSE}, 422)
    now = app().clock.now()
    together.add_sheet(session(), row, sheet, by=current_user.user_id, now=now)
    return see("program.together_session", session_id=row.id)


def _page(
    errors: dict[str, str], status: int = 200, *, fingerprint: str | None = None
) -> ResponseReturnValue:
    within = _within()
    proofs = sheets.proofs(session(), fingerprint, within) if fingerprint else []
    page = render_template(
        "program/sheets.html",
        errors=errors,
        fingerprint=fingerprint,
        found=[_shown(proof) for proof in proofs],
    )
    return page, status


def _within() -> Within:
    now, reach = app().clock.now(), my_reach()
    today = todays(session(), now)
    return Within(
        completions=reach.users(Completion.user_id, today),
        signatures=reach.users(Signature.user_id, today),
        team_sessions=sessions_within(now).sessions,
    )


def _shown(proof: Proof) -> dict[str, Any]:
    title = course_title(session(), proof.course, proof.on) if proof.course else ""
    return {
        "kind": proof.kind,
        "name": proof.name,
        "title": title,
        "on": proof.on,
        "recorded_at": proof.recorded_at,
        "recorded_by": proof.recorded_by,
        "withdrawn": proof.withdrawn,
        "url": ""
        if proof.kind == "team_session"
        else url_for("program.person", user_id=proof.user_id),
    }
