"""What a manager does: nudge, lend the view, and answer the weekly mail by its links."""

from flask import flash, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from sqlalchemy.orm import Session

from training import audit
from training.accounts import links, loans
from training.accounts.days import todays
from training.accounts.here import my_place
from training.accounts.loans import NotLent
from training.accounts.people import place_of
from training.renewals import nudges
from training.reports import digests, scope, teams, words
from training.reports.forms import NO_DAY, LendForm
from training.reports.queries import Line
from training.reports.scope import View
from training.reports.views import as_query, asked_filters, bp, late_of, my_view
from training.rules.access import Action
from training.web import app, form_errors, missing, requires, see, session, told

NO_MAIL = "No mail is set up here, so nobody was nudged. Tell them yourself."


def _nudge(own: Session, view: View, lines: list[Line], *, by_link: bool) -> str:
    """Nudge all of these who are late, put that on record, and say what was done."""
    if not app().settings.smtp_url:
        return NO_MAIL
    late = late_of(lines)
    if not late:
        return "Nobody is late, so nobody was nudged."
    done = nudges.nudge(own, late, view.now)
    audit.record(
        own,
        "team.nudged",
        at=view.now,
        actor_id=view.viewer_id,
        detail={**done.counts, "by_link": by_link},
    )
    return f"{words.nudge_told(done, place_of(own, view.viewer_id, view.now).today(view.now))}."


@bp.post("/team/nudge")
@requires(Action.TEAM_NUDGE)
def nudge() -> ResponseReturnValue:
    view, filters = my_view(), asked_filters()
    flash(_nudge(session(), view, teams.team(session(), view, filters), by_link=False))
    return see("reports.team", **as_query(filters))


# --- lending the view ----------------------------------------------------------------------


def _own_reports(view: View) -> list[Line]:
    """Return the direct reports that are hers: what was lent to her can't be lent on."""
    found = {line.user_id: line for line in teams.team(session(), view) if not line.lent_by}
    return [line for line in found.values() if line.direct]


def _lend_page(form: LendForm | None = None, status: int = 200) -> ResponseReturnValue:
    view, place = my_view(), my_place()
    errors = form_errors(form) if form else {}
    for name in ("from_on", "to_on"):
        if form and name in errors and any(form[name].raw_data or ()) and not form[name].data:
            errors[name] = NO_DAY
    page = render_template(
        "reports/lend.html",
        errors=errors,
        given=request.form if form else {"from_on": place.today(view.now).isoformat()},
        mine=_own_reports(view),
        lent=loans.lent_by(session(), view.viewer_id, view.now),
        most_days=loans.LONGEST.days,
    )
    return page, status


@bp.get("/team/lend")
@requires(Action.TEAM_LEND)
def lend_page() -> ResponseReturnValue:
    return _lend_page()


@bp.post("/team/lend")
@requires(Action.TEAM_LEND)
def lend() -> ResponseReturnValue:
    view, form = my_view(), LendForm(request.form)
    if not any(mark.lender_id is None for mark in scope.marks(session(), view).values()):
        raise told(403, "This team was lent to you. It can't be lent on.")
    if not form.validate():
        return _lend_page(form, 422)
    from_on, to_on = form.from_on.data, form.to_on.data
    if from_on is None or to_on is None:  # pragma: no cover - the form has looked
        return _lend_page(form, 422)
    try:
        made = loans.lend(session(), my_place(), form.to.data or "", from_on, to_on, now=view.now)
    except NotLent as fault:
        form[fault.field].errors = [fault.why]
        return _lend_page(form, 422)
    flash(f"{made.name} sees your team until {words.in_words(made.to_on)}.")
    return see("reports.lend_page")


@bp.post("/team/lend/<int:loan_id>/end")
@requires(Action.TEAM_LEND)
def take_back(loan_id: int) -> ResponseReturnValue:
    now = app().clock.now()
    if not loans.take_back(session(), current_user.user_id, loan_id, my_place().today(now), now):
        raise missing()
    flash("It is yours alone again.")
    return see("reports.lend_page")


# --- the links of the weekly mail: each does one thing, and a GET does nothing ---------------


def _view_behind(token: str, purpose: str) -> View | None:
    now = app().clock.now()
    user = links.find_answer(session(), token, purpose, now)
    return View(user.id, todays(session(), now), now) if user else None


def _gone() -> ResponseReturnValue:
    return render_template("reports/digest_gone.html", team_url=url_for("reports.team")), 410


@bp.get("/team/nudge/<token>")
@requires(Action.DIGEST_ANSWER)
def nudge_link(token: str) -> ResponseReturnValue:
    view = _view_behind(token, "nudge")
    if view is None:
        return _gone()
    lines = teams.team(session(), view)
    late = late_of(lines)
    return render_template(
        "reports/digest_nudge.html",
        late=len(late),
        people=len({line.user_id for line in lines}),
        new=nudges.plan(session(), late, view.now).nudged,
        action=url_for("reports.nudge_by_link", token=token),
    )


@bp.post("/team/nudge/<token>")
@requires(Action.DIGEST_ANSWER)
def nudge_by_link(token: str) -> ResponseReturnValue:
    view = _view_behind(token, "nudge")
    if view is None:
        return _gone()
    flash(_nudge(session(), view, teams.team(session(), view), by_link=True))
    return see("reports.nudge_link", token=token)


@bp.get("/team/pause/<token>")
@requires(Action.DIGEST_ANSWER)
def pause_link(token: str) -> ResponseReturnValue:
    if _view_behind(token, "pause") is None:
        return _gone()
    action = url_for("reports.pause_by_link", token=token)
    return render_template("reports/digest_pause.html", action=action)


@bp.post("/team/pause/<token>")
@requires(Action.DIGEST_ANSWER)
def pause_by_link(token: str) -> ResponseReturnValue:
    view = _view_behind(token, "pause")
    if view is None:
        return _gone()
    until = digests.pause(session(), view.viewer_id, view.now)
    flash(f"No weekly mail until {words.in_words(until)}. Your team page stays as it is.")
    return see("reports.pause_link", token=token)
