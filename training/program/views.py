"""Pages of the privacy officer: overview, people, one person, reminders."""

from typing import Any

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue

from training.accounts.days import todays
from training.accounts.here import my_place
from training.program import ledger
from training.renewals.duties import Duty
from training.renewals.known import Person
from training.reports import queries, words
from training.reports.queries import Figures
from training.rules.access import Action
from training.rules.standing import Complete, Status
from training.web import app, requires, session, told

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
