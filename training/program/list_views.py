"""She is on another staff list: noted at once, or two records beside each other first."""

from flask import flash, render_template, request
from flask.typing import ResponseReturnValue
from flask_login import current_user

from training.accounts.here import my_reach
from training.accounts.models import User
from training.program import forms, merging, other_list
from training.program.acts import By, NotDone
from training.program.forms import text
from training.program.person_views import done, page_of
from training.program.rule_pages import STALE
from training.program.views import bp
from training.rules.access import Action
from training.web import app, requires, see, session


@bp.post("/people/<int:user_id>/list")
@requires(Action.PEOPLE_WRITE)
def change_list(user_id: int) -> ResponseReturnValue:
    form = forms.ListForm(request.form)

    def act(by: By) -> None:
        other_list.place_on(session(), user_id, text(form.source), text(form.number), by=by)

    try:
        return done(user_id, form, act)
    except other_list.OnRecord as found:
        return _two_records(user_id, form, found.user)


def _two_records(user_id: int, form: forms.ListForm, other: User) -> ResponseReturnValue:
    """Show both; the digest of what was shown stands for what is confirmed."""
    by = By(current_user.user_id, app().clock.now())
    try:
        beside = merging.look(session(), user_id, other.id, by=by, reach=my_reach())
    except NotDone as fault:
        form.number.errors = [str(fault)]
        return page_of(user_id, form, 422)
    confirmed = text(form.same)
    if confirmed == beside.seen:
        merging.put_together(session(), beside, by=by)
        flash("The two records are one now.")
        return see("program.person", user_id=other.id)
    return render_template(
        "program/two_records.html",
        beside=beside,
        source=text(form.source),
        number=text(form.number),
        notice=STALE if confirmed else "",
    )
