"""The admin's page: who may do what, granted and taken away."""

from flask import flash, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from training.accounts.here import my_place
from training.accounts.reach import EVERYWHERE, entities
from training.program import rights as held
from training.program.rights import NotGranted
from training.program.views import bp
from training.rules.access import Action
from training.web import app, missing, requires, see, session, told

CHOOSES_ANEW = (
    "{name} signs in anew: the password was chosen after a sign-in slip was used, perhaps by "
    "whoever held it, so it ended. After signing in by a mailed link, {name} chooses another one."
)


@bp.get("/rights")
@requires(Action.ROLE_GRANT)
def rights() -> ResponseReturnValue:
    """Show who holds which role."""
    return _page({})


@bp.post("/rights")
@requires(Action.ROLE_GRANT)
def grant_right() -> ResponseReturnValue:
    """Grant a role to whoever is named by staff number or mail address."""
    whom, role = request.form.get("whom", ""), request.form.get("role", "")
    try:
        who, ended = held.grant(
            session(),
            whom[:254],
            role,
            request.form.get("entity", ""),
            by=current_user.user_id,
            now=app().clock.now(),
        )
    except NotGranted as fault:
        return _page({fault.field: str(fault)}), 422
    if ended:
        flash(CHOOSES_ANEW.format(name=who.name))
    return see("program.rights")


@bp.post("/rights/<int:right_id>/end")
@requires(Action.ROLE_GRANT)
def take_right(right_id: int) -> ResponseReturnValue:
    """Take one role away at once."""
    try:
        done = held.take_away(session(), right_id, by=current_user.user_id, now=app().clock.now())
    except NotGranted as fault:
        raise told(409, str(fault)) from None
    if not done:
        raise missing()
    return see("program.rights")


def _page(errors: dict[str, str]) -> str:
    several = entities(session(), EVERYWHERE)
    return render_template(
        "program/rights.html",
        rows=[
            {
                "name": right.name,
                "what": held.ROLES[right.role].partition(" (")[0],
                "entity": right.entity,
                "since": right.since,
                "works_here": right.works_here,
                "end_url": ""
                if right.user_id == current_user.user_id
                else url_for("program.take_right", right_id=right.id),
            }
            for right in held.rights(session(), my_place().today(app().clock.now()))
        ],
        roles=[(role.value, words) for role, words in held.ROLES.items()],
        entities=[(str(id_), name) for id_, name in several] if len(several) > 1 else [],
        errors=errors,
        values=request.form,
    )
