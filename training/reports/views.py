"""Pages of a manager: the team, one person, and the same as CSV."""

from typing import Any

from flask import Blueprint, Response, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from training import audit
from training.accounts.days import todays
from training.accounts.here import my_place
from training.reports import queries, words
from training.reports.csv_rows import csv_lines
from training.reports.queries import Line
from training.rules.access import Action
from training.web import app, missing, requires, session

bp = Blueprint("reports", __name__)

HEADER = (
    "employee_id",
    "name",
    "department",
    "site",
    "course",
    "status",
    "complete",
    "due_on",
    "completed_on",
    "expires_on",
    "as_of",
    "zone",
)


def _lines() -> list[Line]:
    today = todays(session(), app().clock.now())
    return queries.team(session(), current_user.user_id, today)


def row(line: Line) -> dict[str, Any]:
    return {
        "user_id": line.user_id,
        "name": line.name,
        "department": line.department,
        "site": line.site,
        "course": line.course,
        "sentence": words.sentence(line),
        "status": line.status.value,
        "due_on": line.due_on,
        "completed_on": line.completed_on,
        "expires_on": line.expires_on,
        "direct": line.direct,
        "url": url_for("reports.person", user_id=line.user_id),
    }


@bp.get("/team")
@requires(Action.TEAM_READ)
def team() -> ResponseReturnValue:
    lines, place = _lines(), my_place()
    return render_template(
        "reports/team.html",
        headline=words.team_headline(lines),
        needing=[row(line) for line in lines if line.needs_nudge],
        others=[row(line) for line in lines if not line.needs_nudge],
        as_of=place.today(app().clock.now()),
        zone=place.zone,
        csv_url=url_for("reports.team_csv"),
        definitions=words.DEFINITIONS,
    )


@bp.get("/team/<int:user_id>")
@requires(Action.TEAM_READ)
def person(user_id: int) -> ResponseReturnValue:
    today = todays(session(), app().clock.now())
    lines = queries.member(session(), current_user.user_id, user_id, today)
    if not lines:
        raise missing()
    return render_template(
        "reports/person.html",
        person={
            "name": lines[0].name,
            "department": lines[0].department,
            "site": lines[0].site,
        },
        rows=[row(line) for line in lines],
    )


def csv_row(line: Line) -> tuple[object, ...]:
    return (
        line.employee_id,
        line.name,
        line.department,
        line.site,
        line.course,
        line.status.value,
        line.complete.value,
        line.due_on,
        line.completed_on,
        line.expires_on,
        line.as_of,
        line.zone,
    )


def _csv_row_for_manager(line: Line) -> tuple[object, ...]:
    values = csv_row(line)
    if line.status.value != "away":
        return values
    return (*values[:6], "", "", "", "", *values[10:])


@bp.get("/team.csv")
@requires(Action.EXPORT_TEAM, writes=True)
def team_csv() -> ResponseReturnValue:
    lines = _lines()
    today = my_place().today(app().clock.now())
    audit.record(
        session(),
        "team.exported",
        at=app().clock.now(),
        actor_id=current_user.user_id,
        detail={"rows": len(lines)},
    )
    body = "".join(csv_lines(HEADER, (_csv_row_for_manager(line) for line in lines)))
    return Response(
        body,
        mimetype="text/csv",
        headers={"Content-Disposition": f'attachment; filename="team-{today.isoformat()}.csv"'},
    )
