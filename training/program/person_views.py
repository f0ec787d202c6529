"""One person's page of the officer: where she stands and why, and what can be done about it."""

from collections.abc import Callable
from typing import Any

from flask import abort, render_template, request
from flask.typing import ResponseReturnValue
from flask_login import current_user
from wtforms import DateField, Form

from training.accounts.days import todays
from training.accounts.second_jobs import second_jobs
from training.program import acts, forms, ledger, officer, record
from training.program import second_jobs as by_hand
from training.program.acts import By, NotDone
from training.program.forms import day, text
from training.program.views import bp, person_row
from training.reports import queries, words
from training.rules.access import Action
from training.web import app, form_errors, missing, requires, see, session


def _page(user_id: int, form: Form | None = None, status: int = 200) -> ResponseReturnValue:
    now = app().clock.now()
    today = todays(session(), now)
    found = queries.one(session(), today, user_id)
    if found is None:
        raise missing()
    who, duties = found
    lines = list(queries.lines_of(duties, viewer_id=None, for_manager=False))
    page = render_template(
        "program/person.html",
        person=person_row(who, duties) | {"job_title": who.job_title, "hired_on": who.hired_on},
        rows=[_row(line) for line in lines],
        notices=ledger.notices_of(session(), user_id),
        mail_words=ledger.mail_words(session(), duties, now),
        help_open=officer.help_open(session(), user_id),
        may_write=current_user.is_officer and user_id != current_user.user_id,
        may_print=current_user.is_officer or current_user.is_admin,
        record=record.of(session(), user_id, who.entity_id, duties),
        courses=[(course, course) for course in sorted({d.rule.course for d in duties})],
        paths=acts.paths_for(session(), who.today),
        sources=acts.SOURCES.items(),
        today=who.today,
        jobs=second_jobs(session(), user_id, who.today),
        works_here=who.kind == "placed",
        sites=by_hand.sites(session()),
        kinds_of_work=[(kind, kind) for kind in by_hand.kinds(session())],
        came=_came(form),
    )
    return page, status


def _row(line: queries.Line) -> dict[str, Any]:
    return {
        "course": line.course,
        "sentence": words.sentence(line),
        "status": line.status.value,
        "due_on": line.due_on,
        "completed_on": line.completed_on,
        "expires_on": line.expires_on,
    }


def _came(form: Form | None) -> dict[str, Any]:
    """Return what a form came with and what is wrong with it, by the ids of its fields."""
    if form is None:
        return {"act": "", "errors": {}, "given": {}}
    args = dict(request.view_args or {})
    args.pop("user_id", None)
    act = "-".join([(request.endpoint or "").removeprefix("program."), *map(str, args.values())])
    return {
        "act": act,
        "errors": {f"{act}-{name}": text for name, text in _errors(form).items()},
        "given": {f"{act}-{name}": value for name, value in request.form.items()},
    }


def _errors(form: Form) -> dict[str, str]:
    """Return what is wrong by field; what is no day is told in our own words."""
    found = form_errors(form)
    for name in found:
        field = form[name]
        if isinstance(field, DateField) and field.data is None and any(field.raw_data or ()):
            found[name] = forms.NO_DAY
    return found


def _done(user_id: int, form: Form, act: Callable[[By], bool | None]) -> ResponseReturnValue:
    """Do what a form asks; with a fault the page comes back with the form as it was."""
    if user_id == current_user.user_id:
        abort(403)  # nobody acts on her own record
    if queries.one(session(), todays(session(), app().clock.now()), user_id) is None:
        raise missing()
    if not form.validate():
        return _page(user_id, form, 422)
    try:
        if act(By(current_user.user_id, app().clock.now())) is False:
            raise missing()
    except NotDone as fault:
        form[fault.field].errors = [str(fault)]
        return _page(user_id, form, 422)
    return see("program.person", user_id=user_id)


@bp.get("/people/<int:user_id>")
@requires(Action.PEOPLE_READ)
def person(user_id: int) -> ResponseReturnValue:
    return _page(user_id)


@bp.post("/people/<int:user_id>/leave")
@requires(Action.PEOPLE_WRITE)
def put_on_leave(user_id: int) -> ResponseReturnValue:
    form = forms.LeaveForm(request.form)
    return _done(
        user_id,
        form,
        lambda by: acts.put_on_leave(session(), user_id, day(form.from_on), form.to_on.data, by=by),
    )


@bp.post("/people/<int:user_id>/leave/<int:absence_id>/end")
@requires(Action.PEOPLE_WRITE)
def end_leave(user_id: int, absence_id: int) -> ResponseReturnValue:
    form = forms.EndLeaveForm(request.form)
    return _done(
        user_id,
        form,
        lambda by: acts.end_leave(session(), user_id, absence_id, day(form.last_day), by=by),
    )


@bp.post("/people/<int:user_id>/waivers")
@requires(Action.WAIVER_WRITE)
def waive(user_id: int) -> ResponseReturnValue:
    form = forms.WaiverForm(request.form)
    return _done(
        user_id,
        form,
        lambda by: acts.waive(
            session(), user_id, text(form.course), day(form.to_on), text(form.reason), by=by
        ),
    )


@bp.post("/people/<int:user_id>/waivers/<int:waiver_id>/end")
@requires(Action.WAIVER_WRITE)
def end_waiver(user_id: int, waiver_id: int) -> ResponseReturnValue:
    return _done(
        user_id,
        Form(request.form),
        lambda by: acts.end_waiver(session(), user_id, waiver_id, by=by),
    )


@bp.post("/people/<int:user_id>/due-day")
@requires(Action.DUE_DAY_MOVE)
def move_due_day(user_id: int) -> ResponseReturnValue:
    form = forms.DueDayForm(request.form)
    return _done(
        user_id,
        form,
        lambda by: acts.move_due_day(
            session(), user_id, text(form.course), day(form.due_on), text(form.reason), by=by
        ),
    )


@bp.post("/people/<int:user_id>/training")
@requires(Action.TRAINING_OPEN)
def open_training(user_id: int) -> ResponseReturnValue:
    form = forms.OpenForm(request.form)
    return _done(
        user_id,
        form,
        lambda by: acts.open_by_hand(
            session(),
            user_id,
            text(form.course),
            text(form.path),
            form.due_on.data,
            extra=form.kind.data == "extra",
            by=by,
        ),
    )


@bp.post("/people/<int:user_id>/record")
@requires(Action.COMPLETION_RECORD)
def record_completion(user_id: int) -> ResponseReturnValue:
    form = forms.RecordForm(request.form)
    return _done(
        user_id,
        form,
        lambda by: acts.record_on_paper(
            session(), user_id, text(form.course), day(form.completed_on), text(form.source), by=by
        ),
    )


@bp.post("/people/<int:user_id>/completions/<int:completion_id>/withdraw")
@requires(Action.COMPLETION_VOID)
def withdraw(user_id: int, completion_id: int) -> ResponseReturnValue:
    form = forms.WithdrawForm(request.form)
    return _done(
        user_id,
        form,
        lambda by: acts.withdraw(session(), user_id, completion_id, text(form.reason), by=by),
    )


@bp.post("/people/<int:user_id>/jobs")
@requires(Action.PEOPLE_WRITE)
def begin_job(user_id: int) -> ResponseReturnValue:
    form = forms.JobForm(request.form)
    return _done(
        user_id,
        form,
        lambda by: by_hand.begin(
            session(), user_id, _work(form), day(form.from_on), text(form.reason), by=by
        ),
    )


@bp.post("/people/<int:user_id>/jobs/<int:number>")
@requires(Action.PEOPLE_WRITE)
def change_job(user_id: int, number: int) -> ResponseReturnValue:
    form = forms.JobForm(request.form)
    return _done(
        user_id,
        form,
        lambda by: by_hand.change(
            session(), user_id, number, _work(form), day(form.from_on), text(form.reason), by=by
        ),
    )


@bp.post("/people/<int:user_id>/jobs/<int:number>/end")
@requires(Action.PEOPLE_WRITE)
def end_job(user_id: int, number: int) -> ResponseReturnValue:
    form = forms.EndJobForm(request.form)
    return _done(
        user_id,
        form,
        lambda by: by_hand.end(
            session(), user_id, number, day(form.last_day), text(form.reason), by=by
        ),
    )


def _work(form: forms.JobForm) -> by_hand.Work:
    site = text(form.site)
    return by_hand.Work(
        site_id=int(site) if site.isdecimal() and len(site) < 10 else 0,
        department=text(form.department),
        job_title=text(form.job_title),
        worker_type=text(form.worker_type),
        manager=text(form.manager),
        phi_access_on=form.phi_access_on.data,
    )


@bp.post("/people/<int:user_id>/unlock")
@requires(Action.PEOPLE_WRITE)
def unlock(user_id: int) -> ResponseReturnValue:
    return _done(
        user_id,
        Form(request.form),
        lambda by: bool(officer.unlock(session(), user_id, by=by.user_id, now=by.now)),
    )
