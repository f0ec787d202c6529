"""The program on another day: who had completed what, and what was put on record since."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice
from typing import Any

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from training.accounts.days import Today, todays
from training.accounts.here import my_place, my_reach
from training.accounts.models import User
from training.program import shown
from training.program.export_views import csv_file, on_record
from training.program.views import after, bp
from training.renewals.history import end_of
from training.renewals.persons import Job, Person, people
from training.reports import as_of, feed, words
from training.rules.access import Action
from training.rules.standing import Complete
from training.web import app, requires, session, told

EARLIEST = date(2000, 1, 1)
THEN = "then"
ANSWERS = (Complete.YES, Complete.NO, Complete.NOT_YET_DUE)


@dataclass(frozen=True, slots=True)
class Asked:
    """The day asked about, and whether later corrections count."""

    on: date
    known: str
    complete: str
    zone: str
    today: Today

    @property
    def day(self) -> date | Today:
        """Return the day; today is each site's own."""
        return self.today if self.on == self.today.latest else self.on

    @property
    def known_at(self) -> datetime | None:
        """Return the instant whose knowledge counts; None: all that is on record by now."""
        return end_of(self.on, self.zone) if self.known == THEN else None

    def url(self, endpoint: str, **values: Any) -> str:
        """Return the address of a page or file about the same."""
        return url_for(
            endpoint, on=self.on.isoformat(), known=self.known, complete=self.complete, **values
        )


def asked() -> Asked:
    """Return what this request asks about; a day that can't be meant is told."""
    now, place = app().clock.now(), my_place()
    today = todays(session(), now)
    text = request.args.get("on", "") or today.latest.isoformat()
    known, complete = request.args.get("known", ""), request.args.get("complete", "")
    try:
        on = date.fromisoformat(text)
    except ValueError:
        raise told(422, "That is no day: write it as 2026-11-24.") from None
    if not EARLIEST <= on <= today.latest:
        raise told(422, "Choose a day between 2000 and today: the record can't tell of others.")
    if known not in {"", THEN} or complete not in {"", *(answer.value for answer in ANSWERS)}:
        raise told(422, "There is no such choice on this page.")
    return Asked(on, known, complete, place.zone, today)


@bp.get("/as-of")
@requires(Action.PROGRAM_READ)
def as_of_day() -> ResponseReturnValue:
    want, start, reach = asked(), after(), my_reach()
    # the figures stand on the first page: the further ones cost what they show
    counted = None if start else as_of.count(session(), want.day, want.known_at, reach=reach)
    pages = as_of.page_of(
        session(), want.day, want.known_at, after=start, complete=want.complete, reach=reach
    )
    found = list(islice(pages, as_of.PAGE))
    hers = _within([id_ for id_, _answers in found], want.today)
    return render_template(
        "program/as_of.html",
        on=want.on,
        known=want.known,
        complete=want.complete,
        answers=[(answer.value, words.COMPLETE_WORDS[answer]) for answer in ANSWERS],
        figures=shown.figures(counted.figures) if counted else None,
        later=counted.later if counted else 0,
        rows=[_row(answer, id_ in hers) for id_, answers in found for answer in answers],
        next_url=want.url("program.as_of_day", after=found[-1][0])
        if len(found) == as_of.PAGE
        else None,
        csv_url=want.url("program.as_of_csv"),
        latest=want.today.latest,
        definitions=words.DEFINITIONS + words.MORE_DEFINITIONS,
    )


def _within(ids: list[int], today: Today) -> set[int]:
    """Return whose page may be opened today: who moved on since has none for her."""
    reach = my_reach(Action.PEOPLE_READ)
    if not reach.is_limited:
        return set(ids)
    found = people(session(), today, User.id.in_(ids), *reach.sites())
    return {person.user_id for person in found}


def _row(
    answer: as_of.Answer,
    hers: bool,  # noqa: FBT001 - a fact
) -> dict[str, Any]:
    line = answer.line
    return {
        "url": url_for("program.person", user_id=line.user_id) if hers else "",
        "name": line.name,
        "where": "; also ".join(map(_unit, answer.duty.person.jobs)),
        "course": line.course,
        "complete": words.COMPLETE_WORDS[line.complete],
        "status": line.status.value,
        "completed_on": line.completed_on,
        "expires_on": line.expires_on,
        "later": answer.later.words if answer.later else "",
    }


def _unit(job: Person | Job) -> str:
    return ", ".join(part for part in (job.department, job.site) if part)


@bp.get("/as-of.csv")
@requires(Action.EXPORT_PEOPLE, writes=True)
def as_of_csv() -> ResponseReturnValue:
    want, reach = asked(), my_reach()
    on_record(session(), "program.exported", on=want.on.isoformat(), known=want.known or "now")
    database = app().database

    def lines() -> Iterator[str]:
        with database.read() as own:
            rows = feed.on_day(own, want.day, want.known_at, complete=want.complete, reach=reach)
            yield from feed.as_csv(rows)

    return csv_file(lines(), f"program-{want.on.isoformat()}{'-as-known' * bool(want.known)}")
