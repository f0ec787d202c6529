"""Pages of the privacy officer: overview, people, one person, reminders."""

from typing import Any

from flask import Blueprint, abort, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from training.accounts.days import todays
from training.accounts.here import my_place
from training.program import ledger, officer
from training.renewals.duties import Duty
from training.renewals.known import Person
from training.reports import queries, words
from training.reports.queries import Figures
from training.rules.access import Action
from training.rules.standing import Complete, Status
from training.web import app, missing, requires, see, session, told

bp = Blueprint("program", __name__, url_prefix="/program")


def group_rows(groups: dict[str, Figures]) -> list[dict[str, Any]]:
    return [
        {
            "name": name,
            "yes": figures.complete[Complete.YES],
            "no": figures.complete[Complete.NO],
            "not_yet_due": figures.complete[Complete.NOT_YET_DUE],
            "away": figures.away,
            "rate_text": _rate(figures),
        }
        for name, figures in sorted(groups.items())
    ]


def _rate(figures: Figures) -> str:
    return words.rate(figures.complete[Complete.YES], figures.complete[Complete.NO], figures.away)


@bp.get("")
@requires(Action.PROGRAM_READ)
def overview() -> ResponseReturnValue:
    now = app().clock.now()
    found = queries.overview(session(), todays(session(), now))
    whole = found.whole
    yes, no = whole.complete[Complete.YES], whole.complete[Complete.NO]
    return render_template(
        "program/overview.html",
        headline=f"{yes} of {yes + no} have completed what is required of them",
        figures={
            "complete_yes": yes,
            "complete_no": no,
            "not_yet_due": whole.complete[Complete.NOT_YET_DUE],
            "away": whole.away,
            "rate_text": _rate(whole),
        },
        open=[
            {
                "status": s.value,
                "word": words.STATUS_WORDS[s],
                "count": whole.open[s],
            }
            for s in Status
            if s not in {Status.LEFT, Status.NOT_REQUIRED}
        ],
        by_site=group_rows(found.by_site),
        by_department=group_rows(found.by_department),
        definitions=words.DEFINITIONS,
        as_of=my_place().today(now),
        signatures=ledger.signatures(session()),
        job=ledger.job(session(), now),
        notes=ledger.notes(session(), my_place()),
    )


def person_row(person: Person, duties: list[Duty]) -> dict[str, Any]:
    lines = list(queries.lines_of(duties, viewer_id=None, for_manager=False))
    worst = min(lines, key=lambda line: queries.URGENCY_OF[line.status], default=None)
    status = Status.LEFT if person.kind == "left" else worst.status if worst else None
    return {
        "user_id": person.user_id,
        "external_id": person.external_id,
        "name": person.name,
        "department": person.department,
        "site": person.site,
        "worker_type": person.worker_type,
        "status": (status or Status.NOT_REQUIRED).value,
        "word": words.STATUS_WORDS[status or Status.NOT_REQUIRED],
        "sentence": words.sentence(worst) if worst and status is not Status.LEFT else "",
        "url": url_for("program.person", user_id=person.user_id),
    }


@bp.get("/people")
@requires(Action.PEOPLE_READ)
def people() -> ResponseReturnValue:
    text, status = request.args.get("q", "")[:100], request.args.get("status", "")
    if status and status not in {s.value for s in Status}:
        raise told(422, "There is no such status to look for.")
    after = request.args.get("after", "0")
    if not (after.isascii() and after.isdecimal() and len(after) < 10):
        raise told(422, "That page of the list does not exist: start again from the top.")
    today = todays(session(), app().clock.now())
    found, next_after = queries.search(session(), today, text=text, status=status, after=int(after))
    return render_template(
        "program/people.html",
        rows=[person_row(person, duties) for person, duties in found],
        filters={"q": text, "status": status},
        statuses=[(s.value, words.STATUS_WORDS[s]) for s in Status],
        next_url=url_for("program.people", q=text, status=status, after=next_after)
        if next_after
        else None,
    )


@bp.get("/people/<int:user_id>")
@requires(Action.PEOPLE_READ)
def person(user_id: int) -> ResponseReturnValue:
    today = todays(session(), app().clock.now())
    found = queries.one(session(), today, user_id)
    if found is None:
        raise missing()
    who, duties = found
    lines = list(queries.lines_of(duties, viewer_id=None, for_manager=False))
    return render_template(
        "program/person.html",
        person=person_row(who, duties) | {"job_title": who.job_title, "hired_on": who.hired_on},
        rows=[
            {
                "course": line.course,
                "sentence": words.sentence(line),
                "status": line.status.value,
                "word": words.STATUS_WORDS[line.status],
                "complete_word": words.COMPLETE_WORDS[line.complete],
                "due_on": line.due_on,
                "completed_on": line.completed_on,
                "expires_on": line.expires_on,
            }
            for line in lines
        ],
        notices=ledger.notices_of(session(), user_id),
        help_open=officer.help_open(session(), user_id),
        unlock_url=url_for("program.unlock", user_id=user_id),
        slip_url=url_for("program.slips"),
        may_write=current_user.is_officer,
    )


@bp.post("/people/<int:user_id>/unlock")
@requires(Action.PEOPLE_WRITE)
def unlock(user_id: int) -> ResponseReturnValue:
    if user_id == current_user.user_id:
        abort(403)
    if not officer.unlock(session(), user_id, by=current_user.user_id, now=app().clock.now()):
        raise missing()
    return see("program.person", user_id=user_id)


@bp.get("/reminders")
@requires(Action.REMINDERS_READ)
def reminders() -> ResponseReturnValue:
    now = app().clock.now()
    return render_template(
        "program/reminders.html",
        sent=ledger.sent(session()),
        tomorrow=ledger.tomorrow(session(), now),
        job=ledger.job(session(), now),
        mail_works=bool(app().settings.smtp_url),
    )
