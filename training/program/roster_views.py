"""Pages of the staff list: upload, see the difference, apply."""

import base64
import hashlib
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import replace
from typing import Any

from flask import flash, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from training.accounts.days import todays
from training.accounts.here import my_place, my_reach
from training.accounts.reach import all_within
from training.program.roster import Options, Plan, Refused, RowFault, apply, plan
from training.program.roster.sources import first_of_its_name, lists_so_far
from training.program.rule_pages import STALE
from training.program.views import bp
from training.rules.access import Action
from training.web import actor, app, requires, see, session, told

FILE_LIMIT = 50_000_000
KEPT_LIMIT = 2_000_000
MOST_SHOWN = 500
NOTHING_GIVEN = {"text": "", "kept": "", "name": ""}
LONGEST_PASTED = 20_000


def _page(**values: Any) -> str:
    empty: dict[str, Any] = {
        "faults": (),
        "difference": None,
        "warnings": (),
        "skipped": (),
        "source": "hr",
        "token": "",
    }
    empty |= {
        "again": NOTHING_GIVEN,
        "kept": "",
        "name": "",
        "notice": "",
        "allow_ending": None,
        "skip_bad_rows": False,
    }
    return render_template(
        "program/roster.html",
        **(empty | values),
        lists=lists_so_far(session()),
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
    # the file of the first step, so that the second needs no other upload
    if kept and not request.form.get("text", "").strip():
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
    faults: tuple[RowFault, ...] = ()
    try:
        found = plan(session(), data, name, options)
    except Refused as refused:
        faults = refused.faults
        without = _without_these(data, name, options)
        if without is None:
            shown, again = _linked(faults[:MOST_SHOWN]), _again(data, name)
            return _page(faults=shown, again=again, **_asked(options)), 422
        found = without
    token = seen_as(found.digest, _difference_of(found))
    if request.form.get("apply") == token:
        apply(session(), found, by=current_user.user_id, now=app().clock.now())
        flash(f"The staff list is in: {found.words()}.")
        return see("program.people")
    page = _page(
        faults=_linked(faults[:MOST_SHOWN]),
        again=NOTHING_GIVEN | {"text": pasted() if faults else ""},
        difference=_difference(found),
        warnings=_worth_knowing(found),
        skipped=() if faults else found.skipped[:MOST_SHOWN],
        token=token,
        notice=STALE if came_too_late() else "",
        kept=_kept(data),
        name=name,
        **_asked(options),
    )
    return page, 422 if faults else 200


def seen_as(digest: str, rows: Iterable[object]) -> str:
    """Return what stands for a file and for what it would do: only what was shown is done."""
    told = hashlib.sha256(digest.encode())
    for row in rows:
        told.update(repr(row).encode("utf-8", "surrogatepass"))
    return told.hexdigest()


def came_too_late() -> bool:
    """Tell whether a file's second step came when it would no longer do what was shown."""
    return "apply" in request.form and "kept" in request.form


def _linked(faults: Iterable[RowFault]) -> list[RowFault]:
    """Return faults that lead to somebody's page only where her page is for this officer."""
    reach, today = my_reach(Action.PEOPLE_READ), todays(session(), app().clock.now())
    return [
        fault
        if fault.about is None or all_within(session(), reach, [fault.about], today)
        else replace(fault, about=None)
        for fault in faults
    ]


def _difference_of(found: Plan) -> Iterator[object]:
    return ((c.line, c.kind, c.external_id, c.details) for c in found.changes)


def _asked(options: Options) -> dict[str, Any]:
    return {
        "source": options.source,
        "allow_ending": options.allow_ending,
        "skip_bad_rows": options.skip_bad_rows,
    }


def _again(data: bytes, name: str) -> dict[str, str]:
    """Return what the form comes back with: what was pasted, to be corrected, or the file."""
    text = pasted()
    return {"text": text, "kept": "" if text else _kept(data), "name": name}


def _kept(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii") if len(data) < KEPT_LIMIT else ""


def _without_these(data: bytes, name: str, options: Options) -> Plan | None:
    """Return what a refused list would change without its faulty rows, where that can be done.

    Applied it is by a step of its own, which says that they are left out.
    """
    if options.skip_bad_rows or "apply" in request.form or not _kept(data):
        return None
    try:
        return plan(session(), data, name, replace(options, skip_bad_rows=True))
    except Refused:
        return None


def _worth_knowing(found: Plan) -> list[RowFault]:
    name_is_new = first_of_its_name(session(), found.options.source)
    return [*name_is_new, *found.warnings][:MOST_SHOWN]


def _difference(found: Plan) -> dict[str, Any]:
    return {
        "words": found.words(),
        "left_out": len({fault.line for fault in found.skipped}),
        "changes": [
            {"line": c.line, "kind": c.kind, "name": c.name, "details": c.details}
            for c in found.changes[:MOST_SHOWN]
        ],
        "more": max(0, len(found.changes) - MOST_SHOWN),
    }
