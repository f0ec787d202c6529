"""One person's page of the officer: where she stands and why, and what can be done about it."""

from collections.abc import Callable
from typing import Any

from flask import abort, render_template, request
from flask.typing import ResponseReturnValue
from flask_login import current_user
from werkzeug.datastructures import MultiDict
from wtforms import DateField, Form

from training.accounts import same_person
from training.accounts.days import todays
from training.accounts.here import my_reach
from training.accounts.models import User
from training.accounts.numbers import list_words, numbers_before
from training.accounts.second_jobs import second_jobs
from training.incoming import DIGESTED_BODY
from training.learning import policies
from training.learning.past import SOURCES
from training.program import (
    acts,
    forms,
    handouts,
    ledger,
    officer,
    paper_signatures,
    record,
    sheet_views,
    slips,
    withdrawing,
)
from training.program import second_jobs as by_hand
from training.program.acts import By, NotDone
from training.program.forms import day, text
from training.program.roster.sources import lists_so_far
from training.program.views import bp
from training.renewals.persons import Person
from training.reports import people_list, queries, words
from training.reports.people_list import Entry
from training.rules.access import Action
from training.web import actor, app, form_errors, missing, requires, see, session, told

Act = Callable[..., bool | None]
View = Callable[..., ResponseReturnValue]


def _person(who: Person, entry: Entry, user: User) -> dict[str, Any]:
    return {
        "user_id": who.user_id,
        "external_id": who.external_id,
        "list": list_words(user.source),
        "name": who.name,
        "department": who.department,
        "site": who.site,
        "worker_type": who.worker_type,
        "job_title": who.job_title,
        "hired_on": who.hired_on,
        "told": entry.sentence or words.STATUS_WORDS[entry.status],
    }


def page_of(user_id: int, form: Form | None = None, status: int = 200) -> ResponseReturnValue:
    now = app().clock.now()
    today = todays(session(), now)
    found = queries.one(session(), today, user_id, my_reach())
    if found is None:
        raise missing()
    who, duties = found
    may_act = my_reach(Action.PEOPLE_WRITE).holds(who.entity_id)
    prints = my_reach(Action.SLIP_PRINT)
    may_print = prints.holds(who.entity_id) and not slips.held_back(
        session(), [user_id], by=actor(), reach=prints, now=now
    )
    lines = list(queries.lines_of(duties))
    page = render_template(
        "program/person.html",
        person=_person(who, people_list.entry_of(who, duties), session().get_one(User, user_id)),
        before=[
            {"list": list_words(one.source), "number": one.external_id, "until": one.until_at}
            for one in numbers_before(session(), user_id)
        ],
        went_into=same_person.went_into(session(), user_id),
        joined=same_person.records_into(session(), user_id),
        lists=lists_so_far(session()),
        rows=[_row(line) for line in lines],
        notices=ledger.notices_of(session(), user_id),
        mail_words=ledger.mail_words(session(), duties, now),
        help_open=officer.help_open(session(), user_id),
        may_write=current_user.is_officer and may_act and user_id != current_user.user_id,
        may_print=(current_user.is_officer or current_user.is_admin) and may_print,
        on_paper={
            "open": any(duty.cycle for duty in duties),
            "printed": handouts.printed_for(session(), user_id),
            "policy": bool(policies.adopted_before(session(), who.entity_id)),
        },
        record=record.of(session(), user_id, who.entity_id, duties),
        courses=[(course, course) for course in sorted({d.rule.course for d in duties})],
        paths=acts.paths_for(session(), who.today),
        sources=SOURCES.items(),
        today=who.today,
        jobs=second_jobs(session(), user_id, who.today),
        works_here=who.kind == "placed",
        sites=by_hand.sites(session(), my_reach()),
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


WITHDRAWALS = {"program.withdraw", "program.withdraw_signature"}


def done(user_id: int, form: Form, act: Callable[[By], bool | None]) -> ResponseReturnValue:
    """Do what a form asks; with a fault the page comes back with the form as it was.

    Of a record that went into another one something can be withdrawn, and nothing else.
    """
    if user_id == current_user.user_id:
        abort(403)  # nobody acts on her own record
    if queries.one(session(), todays(session(), app().clock.now()), user_id, my_reach()) is None:
        raise missing()
    ended = same_person.went_into(session(), user_id) is not None
    if ended and request.endpoint not in WITHDRAWALS:
        raise told(422, "This record went into another one: act on that one.")
    if not form.validate():
        return _refused(user_id, form)
    try:
        if act(By(current_user.user_id, app().clock.now())) is False:
            raise missing()
    except NotDone as fault:
        form[fault.field].errors = [str(fault)]
        return _refused(user_id, form)
    return see("program.person", user_id=user_id)


def _refused(user_id: int, form: Form) -> ResponseReturnValue:
    """Show the form as it came; a browser can't be given back the file that it sent."""
    if sheet_views.FIELD in form and sheet_views.a_sheet_came():
        field = form[sheet_views.FIELD]
        field.errors = field.errors or [sheet_views.AGAIN]
    return page_of(user_id, form, 422)


@bp.get("/people/<int:user_id>")
@requires(Action.PEOPLE_READ)
def person(user_id: int) -> ResponseReturnValue:
    return page_of(user_id)


def act(
    path: str,
    action: Action,
    form_of: Callable[[MultiDict[str, str]], Form] = Form,
    *,
    takes_sheet: bool = False,
) -> Callable[[Act], View]:
    """Make what follows something that the officer does to one person's record.

    It takes the person, the form that was found valid, who acts, and the ids of the path; False:
    there is no such row of hers.
    """

    def declare(do: Act) -> View:
        @bp.post(f"/people/<int:user_id>/{path}", endpoint=do.__name__)
        @requires(
            action, body_limit=DIGESTED_BODY if takes_sheet else None, digests_files=takes_sheet
        )
        def view(user_id: int, **ids: int) -> ResponseReturnValue:
            form = form_of(request.form)
            return done(user_id, form, lambda by: do(user_id, form, by, **ids))

        return view

    return declare


@act("leave", Action.PEOPLE_WRITE, forms.LeaveForm)
def put_on_leave(user_id: int, form: forms.LeaveForm, by: By) -> None:
    acts.put_on_leave(session(), user_id, day(form.from_on), form.to_on.data, by=by)


@act("leave/<int:absence_id>/end", Action.PEOPLE_WRITE, forms.EndLeaveForm)
def end_leave(user_id: int, form: forms.EndLeaveForm, by: By, absence_id: int) -> bool:
    return acts.end_leave(session(), user_id, absence_id, day(form.last_day), by=by)


@act("waivers", Action.WAIVER_WRITE, forms.WaiverForm)
def waive(user_id: int, form: forms.WaiverForm, by: By) -> None:
    acts.waive(session(), user_id, text(form.course), day(form.to_on), text(form.reason), by=by)


@act("waivers/<int:waiver_id>/end", Action.WAIVER_WRITE)
def end_waiver(user_id: int, _form: Form, by: By, waiver_id: int) -> bool:
    return acts.end_waiver(session(), user_id, waiver_id, by=by)


@act("due-day", Action.DUE_DAY_MOVE, forms.DueDayForm)
def move_due_day(user_id: int, form: forms.DueDayForm, by: By) -> None:
    to, why = day(form.due_on), text(form.reason)
    acts.move_due_day(session(), user_id, text(form.course), to, why, by=by)


@act("training", Action.TRAINING_OPEN, forms.OpenForm)
def open_training(user_id: int, form: forms.OpenForm, by: By) -> None:
    acts.open_by_hand(
        session(),
        user_id,
        text(form.course),
        text(form.path),
        form.due_on.data,
        extra=form.kind.data == "extra",
        by=by,
    )


@act("record", Action.COMPLETION_RECORD, forms.RecordForm, takes_sheet=True)
def record_completion(user_id: int, form: forms.RecordForm, by: By) -> None:
    on, source, sheet = day(form.completed_on), text(form.source), sheet_views.sheet_given()
    acts.record_on_paper(session(), user_id, text(form.course), on, source, by=by, sheet=sheet)


@act("signature", Action.COMPLETION_RECORD, forms.SignatureForm, takes_sheet=True)
def record_signature(user_id: int, form: forms.SignatureForm, by: By) -> None:
    on, name, sheet = day(form.signed_on), text(form.typed_name), sheet_views.sheet_given()
    paper_signatures.record_signature(session(), user_id, on, name, by=by, sheet=sheet)


@act("completions/<int:completion_id>/withdraw", Action.COMPLETION_VOID, forms.WithdrawForm)
def withdraw(user_id: int, form: forms.WithdrawForm, by: By, completion_id: int) -> bool:
    return withdrawing.withdraw(session(), user_id, completion_id, text(form.reason), by=by)


@act("signatures/<int:signature_id>/withdraw", Action.COMPLETION_VOID, forms.WithdrawForm)
def withdraw_signature(user_id: int, form: forms.WithdrawForm, by: By, signature_id: int) -> bool:
    reason = text(form.reason)
    return withdrawing.withdraw_signature(session(), user_id, signature_id, reason, by=by)


@act("jobs", Action.PEOPLE_WRITE, forms.JobForm)
def begin_job(user_id: int, form: forms.JobForm, by: By) -> None:
    by_hand.begin(session(), user_id, _work(form), day(form.from_on), text(form.reason), by=by)


@act("jobs/<int:number>", Action.PEOPLE_WRITE, forms.JobForm)
def change_job(user_id: int, form: forms.JobForm, by: By, number: int) -> bool:
    from_on, reason = day(form.from_on), text(form.reason)
    return by_hand.change(session(), user_id, number, _work(form), from_on, reason, by=by)


@act("jobs/<int:number>/end", Action.PEOPLE_WRITE, forms.EndJobForm)
def end_job(user_id: int, form: forms.EndJobForm, by: By, number: int) -> bool:
    return by_hand.end(session(), user_id, number, day(form.last_day), text(form.reason), by=by)


def _work(form: forms.JobForm) -> by_hand.Work:
    within = {str(id_): id_ for id_, _name in by_hand.sites(session(), my_reach())}
    return by_hand.Work(
        site_id=within.get(text(form.site), 0),  # nought: no site, and that is told
        department=text(form.department),
        job_title=text(form.job_title),
        worker_type=text(form.worker_type),
        manager=text(form.manager),
        phi_access_on=form.phi_access_on.data,
    )


@act("unlock", Action.PEOPLE_WRITE)
def unlock(user_id: int, _form: Form, by: By) -> bool:
    return bool(officer.unlock(session(), user_id, by=by.user_id, now=by.now))
