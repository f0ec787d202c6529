"""Pages of long exports: asking for one, watching it being made, taking it, one's own list."""

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, Response, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue

from training.accounts.here import my_place
from training.reports import exports, team_files, teams, words, workbook
from training.reports.exports import TooManyFiles, Wanted
from training.reports.models import Export
from training.reports.workbook import XLSX
from training.rules.access import Action, may
from training.rules.standing import Status
from training.web import actor, app, missing, requires, see, session, told

bp = Blueprint("files", __name__, url_prefix="/files")

FORMAT_WORDS = {"xlsx": "Excel", "pdf": "PDF"}
LIST_WORDS = {"people": "Staff and training", "team": "My team"}
MIMETYPES = {"xlsx": XLSX, "pdf": "application/pdf"}
SLOW_AFTER = timedelta(minutes=5)


def _wanted() -> Wanted:
    """Return what this request asks for; a list that is not hers to have is a missing page."""
    given = request.values
    kind, format_ = given.get("kind", ""), given.get("format", "")
    if not exports.may_have(session(), actor(), kind) or format_ not in exports.KINDS[kind][1]:
        raise missing()
    status, text = given.get("status", ""), " ".join(given.get("q", "")[:100].split())
    known = set(Status) if kind == "people" else set(teams.STATUSES)
    if status and status not in {each.value for each in known}:
        raise told(422, "There is no such status to look for.")
    if "\x00" in text or any(0xD800 <= ord(c) <= 0xDFFF for c in text):
        raise told(422, "There is a character in the search that can't be looked for.")
    department = given.get("department", "")[:200] if kind == "team" else ""
    return Wanted(kind, format_, text=text, status=status, department=department)


def _told(wanted: Wanted) -> str:
    """Return which list this is, in one line."""
    narrowed = []
    if wanted.status:
        narrowed.append(f"status {words.STATUS_WORDS[Status(wanted.status)]}")
    if wanted.department:
        narrowed.append(f"department {wanted.department}")
    if wanted.text:
        narrowed.append(f'search "{wanted.text}"')
    return f"only {', '.join(narrowed)}" if narrowed else "everybody on it"


def _shown(export: Export) -> dict[str, Any]:
    wanted, now = exports.wanted_by(export), app().clock.now()
    zone = ZoneInfo(my_place().zone)
    state = exports.state_of(export, now)

    def local(at: datetime | None) -> datetime | None:
        return at.astimezone(zone) if at else None

    return {
        "state": state,
        "title": LIST_WORDS[export.kind],
        "format": FORMAT_WORDS[export.format],
        "told": _told(wanted),
        "url": url_for("files.one", export_id=export.id),
        "download_url": url_for("files.download", export_id=export.id),
        "again_url": url_for("files.again", export_id=export.id),
        "per_cent": export.done * 100 // export.total if export.total else 0,
        "rows": export.rows,
        "asked_at": local(export.asked_at),
        "as_of_at": local(export.as_of_at),
        "expires_at": local(export.expires_at),
        "slow": state == "waiting" and now - export.asked_at > SLOW_AFTER,
    }


def _back() -> list[tuple[str, str]]:
    """Return the lists that files are asked from: those that she may open."""
    may_see = actor()
    back = []
    if may(may_see, Action.EXPORT_PEOPLE):
        back.append(("People", url_for("program.people")))
    if exports.may_have(session(), may_see, "team"):
        back.append(("My team", url_for("reports.team")))
    return back


def _mine(export_id: int) -> Export:
    export = exports.find_for(session(), actor(), export_id)
    if export is None:
        raise missing()
    return export


def _ask(wanted: Wanted) -> ResponseReturnValue:
    try:
        export_id = exports.ask(session(), actor(), wanted, app().clock.now())
    except TooManyFiles:
        most = exports.MOST_UNDER_WAY
        raise told(429, f"{most} files of yours are being made. Wait until one is ready.") from None
    return see("files.one", export_id=export_id)


@bp.get("")
@requires(Action.EXPORT_ASK)
def mine() -> ResponseReturnValue:
    rows = [_shown(export) for export in exports.mine(session(), actor())]
    return render_template("reports/files.html", rows=rows, back=_back(), hours=_hours())


def _hours() -> int:
    return int(exports.KEPT_FOR.total_seconds()) // 3600


@bp.get("/new")
@requires(Action.EXPORT_ASK)
def offer() -> ResponseReturnValue:
    wanted = _wanted()
    fields = {
        "kind": wanted.kind,
        "format": wanted.format,
        "q": wanted.text,
        "status": wanted.status,
        "department": wanted.department,
    }
    return render_template(
        "reports/file_offer.html",
        fields={name: value for name, value in fields.items() if value},
        title=LIST_WORDS[wanted.kind],
        format=FORMAT_WORDS[wanted.format],
        told=_told(wanted),
        most=workbook.MOST_ROWS,
        hours=_hours(),
        back=_back(),
    )


@bp.post("")
@requires(Action.EXPORT_ASK)
def ask() -> ResponseReturnValue:
    return _ask(_wanted())


@bp.get("/<int:export_id>")
@requires(Action.EXPORT_ASK)
def one(export_id: int) -> ResponseReturnValue:
    export = _mine(export_id)
    return render_template("reports/file.html", file=_shown(export), hours=_hours())


@bp.post("/<int:export_id>/again")
@requires(Action.EXPORT_ASK)
def again(export_id: int) -> ResponseReturnValue:
    return _ask(exports.wanted_by(_mine(export_id)))


@bp.get("/<int:export_id>/download")
@requires(Action.EXPORT_ASK, writes=True)
def download(export_id: int) -> ResponseReturnValue:
    export, now = _mine(export_id), app().clock.now()
    if exports.state_of(export, now) != "ready":
        return see("files.one", export_id=export_id)
    if not exports.still_reaches(session(), export, now):
        exports.withdraw(session(), export, now)
        return see("files.one", export_id=export_id)
    file = exports.file_of(app().settings.data_dir, export)
    try:
        body = file.open("rb")  # open before the record is written: a sweep can't take it now
    except FileNotFoundError:
        exports.withdraw(session(), export, now)
        return see("files.one", export_id=export_id)
    exports.downloaded(session(), export, now)
    reply: Response = send_file(
        body,
        mimetype=MIMETYPES[export.format],
        as_attachment=True,
        download_name=_name(export),
        conditional=False,
        etag=False,
    )
    reply.content_length = file.stat().st_size
    return reply


def _name(export: Export) -> str:
    """Return a name that says which list of when this is, as the file of the moment has it."""
    wanted, place = exports.wanted_by(export), my_place()
    at = export.as_of_at or export.asked_at
    if export.kind == "people":
        return f"people-{place.today(at).isoformat()}.{export.format}"
    asked = teams.Filters(wanted.text, wanted.status, wanted.department)
    return team_files.About(place.practice, at, place.zone, asked).file_name(export.format)
