"""Pages of the privacy officer: overview, people, one person, reminders."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue

from training.accounts.days import todays
from training.accounts.here import my_office, my_reach, office_url
from training.accounts.reach import entities
from training.addresses import each_row
from training.catalog.publishing import course_title
from training.program import ledger, running, shown
from training.program.first_steps import first_steps
from training.reports import overview as programme
from training.reports import people_list, words
from training.reports.people_list import Entry
from training.rules.access import Action, may
from training.rules.standing import Status
from training.web import actor, app, requires, session, told

bp = Blueprint("program", __name__, url_prefix="/program")
bp.app_template_global("office_url")(office_url)


@bp.get("")
@requires(Action.PROGRAM_READ)
def overview() -> ResponseReturnValue:
    now, place, reach = app().clock.now(), my_office(), my_reach()
    today = todays(session(), now)
    found = programme.overview(session(), today, reach)
    day = place.today(now)
    mail_works = bool(app().settings.smtp_url)
    acts = may(actor(), Action.ROSTER_WRITE)  # an auditor has no steps to take
    steps = first_steps(session(), place, mail_works=mail_works) if acts else []
    return render_template(
        "program/overview.html",
        **shown.overview(found, lambda code: course_title(session(), code, day)),
        definitions=words.DEFINITIONS + words.MORE_DEFINITIONS,
        as_of=day,
        only_of=[name for _id, name in entities(session(), reach)] if reach.is_limited else [],
        signatures=ledger.signatures(session(), day, today, reach),
        job=running.job(session(), now, reach),
        notes=ledger.notes(session(), place, first_steps=bool(steps)),
        first_steps=steps,
    )


def person_row(entry: Entry, url_of: Callable[[int], str]) -> dict[str, Any]:
    return {
        "user_id": entry.user_id,
        "external_id": entry.external_id,
        "name": entry.name,
        "where": ", ".join(filter(None, (entry.department, entry.site))),
        "also": entry.also,
        "told": entry.sentence or words.STATUS_WORDS[entry.status],
        "url": url_of(entry.user_id),
    }


@dataclass(frozen=True, slots=True)
class Filters:
    """What the list of people is narrowed to: on the screen and in its files alike."""

    text: str
    status: str

    def url(self, endpoint: str, **values: Any) -> str:
        """Return the address of a page or file that is narrowed likewise."""
        return url_for(endpoint, q=self.text, status=self.status, **values)


def filters() -> Filters:
    """Return the filters of this request; a status that there is not is told."""
    text, status = request.args.get("q", "")[:100], request.args.get("status", "")
    if status and status not in {s.value for s in Status}:
        raise told(422, "There is no such status to look for.")
    if "\x00" in text or any(0xD800 <= ord(c) <= 0xDFFF for c in text):
        raise told(422, "There is a character in the search that can't be looked for.")
    return Filters(text, status)


def after() -> int:
    """Return after whom this page of a list begins; what is no such place is told."""
    text = request.args.get("after", "0")
    if not (text.isascii() and text.isdecimal() and len(text) < 10):
        raise told(422, "That page of the list does not exist: start again from the top.")
    return int(text)


@bp.get("/people")
@requires(Action.PEOPLE_READ)
def people() -> ResponseReturnValue:
    asked = filters()
    today = todays(session(), app().clock.now())
    found, next_after = people_list.search(
        session(), today, text=asked.text, status=asked.status, after=after(), reach=my_reach()
    )
    url_of = each_row("program.person", "user_id")
    return render_template(
        "program/people.html",
        rows=[person_row(entry, url_of) for entry in found],
        filters={"q": asked.text, "status": asked.status},
        statuses=[(s.value, words.STATUS_WORDS[s]) for s in Status],
        next_url=asked.url("program.people", after=next_after) if next_after else None,
        files=[
            ("CSV", asked.url("program.people_csv")),
            ("Excel", asked.url("program.people_xlsx")),
        ]
        if may(actor(), Action.EXPORT_PEOPLE)
        else [],
    )


@bp.get("/reminders")
@requires(Action.REMINDERS_READ)
def reminders() -> ResponseReturnValue:
    now, reach = app().clock.now(), my_reach()
    return render_template(
        "program/reminders.html",
        sent=ledger.sent(session(), now, reach),
        tomorrow=ledger.tomorrow(session(), now, reach),
        waiting=ledger.waiting(session(), now, reach),
        hours=ledger.hours_words(session(), my_office().entity_id),
        job=running.job(session(), now, reach),
        last_sent=running.last_sent(session(), now, reach),
        mail_works=bool(app().settings.smtp_url),
    )
