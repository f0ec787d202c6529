"""Pages of a manager: the team, one person, and the same as a file."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from training import audit
from training.accounts import loans
from training.accounts.days import todays
from training.accounts.here import my_place
from training.addresses import each_row, with_query
from training.renewals import nudges
from training.reports import team_files, teams, words, workbook
from training.reports.queries import Line
from training.reports.scope import View
from training.reports.team_files import About
from training.reports.teams import Filters
from training.reports.workbook import XLSX
from training.rules.access import Action
from training.web import app, missing, requires, see, session

bp = Blueprint("reports", __name__)

A_PAGE = 100


def my_view() -> View:
    now = app().clock.now()
    return View(current_user.user_id, todays(session(), now), now)


def asked_filters() -> Filters:
    """Read the filters that page, files and nudge have in common."""
    given = request.values
    status = given.get("status", "")
    return Filters(
        text=" ".join(given.get("q", "")[:100].split()),
        status=status if status in {s.value for s in teams.STATUSES} else "",
        department=given.get("department", "")[:200],
    )


def as_query(filters: Filters) -> dict[str, str]:
    named = (("q", filters.text), ("status", filters.status), ("department", filters.department))
    return {name: value for name, value in named if value}


def row(line: Line, url_of: Callable[[int], str]) -> dict[str, Any]:
    return {
        "user_id": line.user_id,
        "name": line.name,
        "department": line.department,
        "site": line.site,
        "also": line.also,
        "course": line.course,
        "sentence": words.sentence(line),
        "status": line.status.value,
        "due_on": line.due_on,
        "completed_on": line.completed_on,
        "expires_on": line.expires_on,
        "direct": line.direct,
        "lent_by": line.lent_by,
        "url": url_of(line.user_id),
    }


def late_of(lines: list[Line]) -> list[nudges.Late]:
    """Return who a nudge of these lines would reach, the longest late course of each."""
    return [
        nudges.Late(line.user_id, line.course, line.as_of) for line in teams.late(lines).values()
    ]


@bp.get("/team")
@requires(Action.TEAM_READ)
def team() -> ResponseReturnValue:
    view, filters, place = my_view(), asked_filters(), my_place()
    reached = teams.reach(session(), view)
    lines = teams.team(session(), view, filters, reached)
    needing = [line for line in lines if line.needs_nudge]
    others = [line for line in lines if not line.needs_nudge]
    first = max(0, request.args.get("from", 0, type=int))
    query, url_of = as_query(filters), each_row("reports.person", "user_id")
    return render_template(
        "reports/team.html",
        headline=words.team_headline(lines, filters),
        needing=[row(line, url_of) for line in needing[first : first + A_PAGE]],
        others=[row(line, url_of) for line in others[first : first + A_PAGE]],
        counts={"needing": len(needing), "others": len(others)},
        first=first,
        next_url=_next(query, first, max(len(needing), len(others))),
        nudge=_nudge_offer(lines),
        filters=filters,
        query=query,
        statuses=[(status.value, words.STATUS_WORDS[status]) for status in teams.STATUSES],
        departments=teams.departments(session(), view, reached),
        lent_to_me=list(loans.lent_to(session(), view.viewer_id, view.now).values()),
        as_of=place.today(view.now),
        zone=place.zone,
        files=_files(query),
        long=len(lines) > workbook.MOST_ROWS,
        definitions=words.DEFINITIONS,
    )


def _next(query: dict[str, str], first: int, most: int) -> str | None:
    after = first + A_PAGE
    there = with_query(url_for("reports.team"), **query, **{"from": str(after)})
    return there if after < most else None


def _files(query: dict[str, str]) -> list[tuple[str, str]]:
    named = (
        ("reports.team_csv", "CSV"),
        ("reports.team_xlsx", "Excel (XLSX)"),
        ("reports.team_pdf", "PDF"),
    )
    return [
        (with_query(url_for(endpoint), **query) if query else url_for(endpoint), label)
        for endpoint, label in named
    ]


def _nudge_offer(lines: list[Line]) -> dict[str, Any] | None:
    """Return what a tap would do now, for the page's one button; None where nobody is late."""
    late = late_of(lines)
    if not late:
        return None
    now = app().clock.now()
    planned = nudges.plan(session(), late, now)
    return {
        "late": len(late),
        "new": planned.nudged if app().settings.smtp_url else 0,
        "mail_works": bool(app().settings.smtp_url),
        "told": words.nudge_told(planned, my_place().today(now)),
    }


@bp.get("/team/<int:user_id>")
@requires(Action.TEAM_READ)
def person(user_id: int) -> ResponseReturnValue:
    lines = teams.member(session(), my_view(), user_id)
    if not lines:
        raise missing()
    url_of = each_row("reports.person", "user_id")
    return render_template(
        "reports/person.html",
        person={
            "name": lines[0].name,
            "department": lines[0].department,
            "site": lines[0].site,
            "also": lines[0].also,
            "lent_by": lines[0].lent_by,
        },
        rows=[row(line, url_of) for line in lines],
    )


def _export(
    kind: str, mimetype: str, make: Callable[[list[Line], About], bytes]
) -> ResponseReturnValue:
    """Send the page's own list as a file; each export is on record, without its search words."""
    view, filters, place = my_view(), asked_filters(), my_place()
    lines = teams.team(session(), view, filters)
    if kind != "csv" and len(lines) > workbook.MOST_ROWS:
        return see("files.offer", kind="team", format=kind, **as_query(filters))
    about = About(place.practice, view.now, place.zone, filters)
    audit.record(
        session(),
        "team.exported",
        at=view.now,
        actor_id=view.viewer_id,
        detail={
            "rows": len(lines),
            "format": kind,
            "status": filters.status,
            "department": filters.department,
            "searched": bool(filters.text),
        },
    )
    headers = {"Content-Disposition": f'attachment; filename="{about.file_name(kind)}"'}
    return Response(make(lines, about), mimetype=mimetype, headers=headers)


@bp.get("/team.csv")
@requires(Action.EXPORT_TEAM, writes=True)
def team_csv() -> ResponseReturnValue:
    return _export("csv", "text/csv", lambda lines, _about: team_files.as_csv(lines))


@bp.get("/team.xlsx")
@requires(Action.EXPORT_TEAM, writes=True)
def team_xlsx() -> ResponseReturnValue:
    return _export("xlsx", XLSX, team_files.as_xlsx)


@bp.get("/team.pdf")
@requires(Action.EXPORT_TEAM, writes=True)
def team_pdf() -> ResponseReturnValue:
    fonts = app().settings.font_dir
    return _export(
        "pdf", "application/pdf", lambda lines, about: team_files.as_pdf(lines, about, fonts)
    )
