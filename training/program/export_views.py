"""The officer's files: what the list of people shows, as CSV of any size or as a workbook."""

from collections.abc import Iterator

from flask import Response
from flask.typing import ResponseReturnValue
from flask_login import current_user
from sqlalchemy.orm import Session

from training import audit
from training.accounts.days import todays
from training.accounts.here import my_place, my_reach
from training.program.views import bp, filters
from training.reports import people_export
from training.reports.csv_rows import csv_lines
from training.reports.workbook import XLSX, TooManyRows, workbook
from training.rules.access import Action
from training.web import app, requires, see, session


def on_record(own: Session, name: str, **detail: object) -> None:
    """Put an export on record before its first line leaves; what was searched for is no detail."""
    of = my_reach().entity_ids
    detail |= {} if of is None else {"entities": sorted(of)}
    audit.record(own, name, at=app().clock.now(), actor_id=current_user.user_id, detail=detail)


def csv_file(lines: Iterator[str], name: str) -> Response:
    """Return a file that is sent as it is read: the lines open and close a snapshot of their own.

    They run after this request's transaction is over, so a large file holds no lock.
    """
    return Response(
        lines,
        mimetype="text/csv",
        headers={"Content-Disposition": f'attachment; filename="{name}.csv"'},
    )


@bp.get("/people.csv")
@requires(Action.EXPORT_PEOPLE, writes=True)
def people_csv() -> ResponseReturnValue:
    asked, now, database, reach = filters(), app().clock.now(), app().database, my_reach()
    on_record(session(), "people.exported", status=asked.status, searched=bool(asked.text))

    def lines() -> Iterator[str]:
        with database.read() as own:
            today = todays(own, now)
            rows = people_export.rows(own, today, text=asked.text, status=asked.status, reach=reach)
            yield from csv_lines(people_export.HEADER, rows)

    return csv_file(lines(), f"people-{my_place().today(now).isoformat()}")


@bp.get("/people.xlsx")
@requires(Action.EXPORT_PEOPLE)
def people_xlsx() -> ResponseReturnValue:
    asked, now, place = filters(), app().clock.now(), my_place()
    today = place.today(now)
    about = people_export.about(place, now, text=asked.text, status=asked.status)
    rows = people_export.rows(
        session(),
        todays(session(), now),
        text=asked.text,
        status=asked.status,
        reach=my_reach(),
    )
    try:
        body = workbook(people_export.HEADER, rows, about)
    except TooManyRows:
        return see("files.offer", kind="people", format="xlsx", q=asked.text, status=asked.status)
    # Read above without a lock; the record is a transaction of its own, before the first byte.
    with app().database.write() as own:
        on_record(own, "people.exported", status=asked.status, searched=bool(asked.text))
    return Response(
        body,
        mimetype=XLSX,
        headers={"Content-Disposition": f'attachment; filename="people-{today}.xlsx"'},
    )
