"""Pages at the end: done, the policy, one's own certificates."""

from flask import Response, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from certificates import render_pdf
from training.accounts import same_person
from training.accounts.here import my_place
from training.accounts.second_jobs import second_jobs
from training.accounts.views import password_fault
from training.catalog.publishing import course_title
from training.learning import calendars, completions, lookers, past, policies, shown, together
from training.learning.completions import How, Record
from training.learning.views import bp, desk, facts
from training.pages import short_day
from training.rules.access import Action
from training.web import app, missing, requires, see, session, told


def _today_policy() -> policies.PolicyInForce | None:
    place = my_place()
    return policies.policy_in_force(session(), place, facts(), place.today(app().clock.now()))


def _record_of(assignment_id: int) -> Record:
    mine = completions.records_of(session(), current_user.user_id)
    found = next((r for r in mine if r.assignment_id == assignment_id), None)
    if found is None:
        raise missing()
    return found


@bp.get("/training/<int:assignment_id>/done")
@requires(Action.CERTIFICATE_READ)
def done(assignment_id: int) -> ResponseReturnValue:
    record = _record_of(assignment_id)
    policy = _today_policy()
    answer = policies.answer_to(session(), current_user.user_id, policy)
    return render_template(
        "learning/done.html",
        **shown.record(record),
        policy=shown.policy_state(policy, answer, assignment_id),
        local_only=record.certificate.local_only,
    )


@bp.get("/training/<int:assignment_id>/sign")
@requires(Action.POLICY_SIGN)
def policy(assignment_id: int) -> ResponseReturnValue:
    return _policy_page(assignment_id, {})


def _policy_page(
    assignment_id: int, errors: dict[str, str], status: int = 200
) -> ResponseReturnValue:
    at = desk(assignment_id)
    found = _today_policy()
    if found is None:
        raise told(404, "Your practice has not adopted a policy yet, so there is nothing to sign.")
    user_id = current_user.user_id
    answer = policies.answer_to(session(), user_id, found)
    changed = policies.changed_since(session(), user_id, found, facts()) if not answer else None
    signs = bool(at.material.course.signs)
    page = render_template(
        "learning/policy.html",
        policy={
            "title": found.title,
            "html": found.html,
            "adopted_by": found.adopted_by,
            "adopted_on": found.adopted_on,
            "effective_from": found.effective_from,
            "version_label": f"in effect since {short_day(found.effective_from)}",
        },
        statement=found.statement,
        changed=changed,
        signs=signs,
        state=answer or "open",
        on_paper=policies.is_signed_on_paper(session(), user_id, found),
        action=url_for("learning.sign", assignment_id=at.cycle.id),
        errors=errors,
        confirm_needed=_confirmation_needed(),
        typed_name=request.form.get("typed_name", "")[:120],
        back_url=url_for("learning.home")
        if signs
        else url_for("learning.course", assignment_id=at.cycle.id),
        back_label="My training" if signs else "All parts",
    )
    return page, status


def _confirmation_needed() -> bool:
    """On a shared workstation whoever signs proves once more who she is."""
    fresh = current_user.freshly_confirmed(app().clock.now())
    return bool(current_user.shared_device and not fresh)


@bp.post("/training/<int:assignment_id>/sign")
@requires(Action.POLICY_SIGN)
def sign(assignment_id: int) -> ResponseReturnValue:
    at = desk(assignment_id)
    found = _today_policy()
    answer = policies.ANSWERS.get(request.form.get("answer", ""))
    if found is None or answer is None:
        return _policy_page(assignment_id, {"answer": "Choose one of the three buttons."}, 422)
    errors = _signing_faults() if answer == "signed" else {}
    if errors:
        return _policy_page(assignment_id, errors, 422)
    policies.give_answer(
        session(),
        at.cycle,
        found,
        answer,
        typed_name=request.form.get("typed_name", "").strip()[:120],
        place=my_place(),
        how=How(current_user.method, current_user.shared_device),
        now=app().clock.now(),
    )
    if at.cycle.closed_reason == "completed":
        return see("learning.done", assignment_id=assignment_id)
    return see("learning.course", assignment_id=assignment_id)


def _signing_faults() -> dict[str, str]:
    faults = {}
    if "agree" not in request.form:
        faults["agree"] = "Tick the box if you agree, or use one of the other two buttons."
    if not request.form.get("typed_name", "").strip():
        faults["typed_name"] = "Type your name, in whatever spelling you use."
    if _confirmation_needed() and (fault := password_fault("password")):
        faults |= {"password": fault}
    return faults


@bp.get("/certificates")
@requires(Action.CERTIFICATE_READ)
def certificates() -> ResponseReturnValue:
    today = my_place().today(app().clock.now())
    records = [  # those of a record of hers that went into this one too
        record
        for id_ in same_person.records_of(session(), current_user.user_id)
        for record in completions.records_of(session(), id_)
    ]
    shown_ones = [shown.record(r) for r in records if not r.withdrawn]
    return render_template(
        "learning/certificates.html",
        records=shown_ones,
        has_feed=calendars.has_feed(session(), current_user.user_id, app().clock.now()),
        together=[
            {
                "title": course_title(session(), part.course, part.held_on),
                "held_on": part.held_on,
                "leader": part.leader,
            }
            for part in together.parts_of(session(), current_user.user_id)
        ],
        elsewhere=[
            {
                "title": course_title(session(), one.course, today),
                "on": one.completed_on,
                "where_from": one.where_from,
                "withdrawn": one.withdrawn is not None,
            }
            for one in past.past_of(session(), current_user.user_id)
            if one.where_from
        ],
        jobs=second_jobs(session(), current_user.user_id, my_place().today(app().clock.now())),
        acts=lookers.acts_on(session(), current_user.user_id),
        answers=policies.answers_of(session(), current_user.user_id, my_place().entity_id),
    )


@bp.get("/certificates/<serial>.pdf")
@requires(Action.CERTIFICATE_READ)
def certificate_pdf(serial: str) -> ResponseReturnValue:
    record = completions.find_record(session(), serial)
    hers = same_person.records_of(session(), current_user.user_id)
    if record is None or record.user_id not in hers or record.withdrawn:
        raise missing()
    body = render_pdf(record.certificate, font_dir=app().settings.font_dir)
    return Response(
        body,
        mimetype="application/pdf",
        headers={"Content-Disposition": f'attachment; filename="certificate-{serial[:11]}.pdf"'},
    )
