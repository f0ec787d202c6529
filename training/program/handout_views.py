"""Training on paper: the officer prints it for whom she ticks, and the answers for herself."""

from collections.abc import Sequence

from flask import Response, abort, request
from flask.typing import ResponseReturnValue
from flask_login import current_user

from certificates import Handout, render_handouts
from training.accounts.days import todays
from training.accounts.here import my_reach
from training.program import handouts
from training.program.acts import By
from training.program.handouts import NotPrinted
from training.program.slip_views import ticked
from training.program.views import bp
from training.reports import queries
from training.rules.access import Action
from training.web import app, missing, requires, session, told


@bp.post("/handouts")
@requires(Action.COMPLETION_RECORD)
def print_handouts() -> ResponseReturnValue:
    """Print the open trainings of those who were ticked; each print is on record."""
    ids = list(dict.fromkeys(ticked()))
    if not ids:
        raise told(422, "Tick at least one name, and print again.")
    if len(ids) > handouts.MOST:
        raise told(422, f"One print holds {handouts.MOST} people: tick fewer names.")
    made = handouts.print_for(session(), ids, by=_by(), reach=my_reach())
    if not made:
        raise told(422, "None of them has a training open now, so there is nothing to print.")
    return _pdf(made, "training-on-paper.pdf")


@bp.post("/people/<int:user_id>/answers")
@requires(Action.COMPLETION_RECORD)
def print_answers(user_id: int) -> ResponseReturnValue:
    """Print the answers to sheets that were printed for this person: for the officer alone."""
    if user_id == current_user.user_id:
        abort(403)  # nobody acts on her own record
    if queries.one(session(), todays(session(), app().clock.now()), user_id, my_reach()) is None:
        raise missing()
    try:
        found = handouts.answers(session(), user_id, request.form.get("digest", ""), by=_by())
    except NotPrinted as fault:
        raise told(409, str(fault)) from None
    if found is None:
        raise missing()
    return _pdf([found], "answers.pdf")


def _by() -> By:
    return By(current_user.user_id, app().clock.now())


def _pdf(made: Sequence[Handout], name: str) -> Response:
    return Response(
        render_handouts(made, font_dir=app().settings.font_dir),
        mimetype="application/pdf",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )
