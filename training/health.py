"""Two addresses for machines: is the process up, and can it do its work."""

from flask import Blueprint, Response
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import DBAPIError

from training.migrations import runner
from training.renewals.works import running
from training.rules.access import Action
from training.web import app, requires

bp = Blueprint("health", __name__)


@bp.get("/healthz")
@requires(Action.HEALTH_READ)
def healthz() -> ResponseReturnValue:
    """Say that the process answers, without asking the database."""
    return Response("ok\n", mimetype="text/plain")


@bp.get("/readyz")
@requires(Action.HEALTH_READ)
def readyz() -> ResponseReturnValue:
    """Say whether the database answers and has the newest tables, and how the hourly work is.

    Work that stands still makes no web server less ready: it is said, and the answer stays 200.
    """
    try:
        at = runner.current(app().database)
    except DBAPIError:
        return Response("the database does not answer\n", 503, mimetype="text/plain")
    if at != runner.newest():
        return Response("the tables are older than the app\n", 503, mimetype="text/plain")
    with app().database.read() as session:
        found = running(session, app().clock.now())
    well = f"the hourly work last ran {found.last_ran:%Y-%m-%d %H:%M} UTC" if found.last_ran else ""
    works = "; ".join(found.words()) or well
    return Response(f"ready\n{works}\n", mimetype="text/plain")
