"""Pages of a team session on each person's own phone: the code, and "I took part"."""

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from training.accounts.here import my_place
from training.catalog.publishing import course_title
from training.learning import together
from training.learning.completions import How
from training.learning.models import TeamSession
from training.learning.together import NotConfirmed
from training.learning.views import bp, complete_if_done, desk
from training.rules.access import Action
from training.web import app, requires, see, session, told

NO_SUCH_CODE = "No team session has this code. Look at the screen once more, or ask who leads."


@bp.get("/together")
@requires(Action.COURSE_TAKE)
def team_code() -> ResponseReturnValue:
    asked = together.plain_code(request.args.get("code", "")[:64])
    if asked:
        return see("learning.team_session", code=asked)
    return render_template("learning/team_code.html")


def _found(code: str) -> TeamSession:
    row = together.find_by_code(session(), code)
    if row is None:
        raise told(404, NO_SUCH_CODE)
    return row


@bp.get("/together/<code>")
@requires(Action.COURSE_TAKE)
def team_session(code: str) -> ResponseReturnValue:
    return _page(_found(code), code)


@bp.post("/together/<code>")
@requires(Action.COURSE_TAKE)
def confirm_team_session(code: str) -> ResponseReturnValue:
    """Count the session for whoever is signed in here, and for nobody else."""
    row = _found(code)
    how = How(current_user.method, current_user.shared_device)
    now, user_id = app().clock.now(), current_user.user_id
    try:
        cycle = together.confirm(session(), row, user_id, place=my_place(), how=how, now=now)
    except NotConfirmed as refused:
        return _page(row, code, str(refused), 409)
    if cycle is not None:
        complete_if_done(desk(cycle.id))
    return see("learning.team_session", code=together.plain_code(code))


def _page(row: TeamSession, code: str, refused: str = "", status: int = 200) -> ResponseReturnValue:
    now, place, user_id = app().clock.now(), my_place(), current_user.user_id
    confirmed = together.has_confirmed(session(), row, user_id)
    url = ""
    try:
        cycle = together.cycle_for(session(), row, user_id, place.today(now))
        url = url_for("learning.course", assignment_id=cycle.id)
    except NotConfirmed as fault:
        refused = refused or ("" if confirmed else str(fault))
    if not confirmed and not together.is_open(row, now):
        refused = "This team session is over, so it can't be confirmed any more."
    page = render_template(
        "learning/team_session.html",
        title=course_title(session(), row.course, row.held_on),
        held_on=row.held_on,
        leader=together.leader_of(session(), row),
        confirmed=confirmed,
        refused=refused,
        course_url=url,
        action=url_for("learning.confirm_team_session", code=together.plain_code(code)),
    )
    return page, status
