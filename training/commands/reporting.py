"""Commands that read: reports, and the check of the audit log."""

import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import click

from training.accounts.days import everywhere, todays
from training.cli import DAY, Refusal, day_of, plain_errors
from training.house import open_house

MOMENT = click.DateTime(["%Y-%m-%d", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M:%S%z",
                         "%Y-%m-%dT%H:%M:%S.%f", "%Y-%m-%dT%H:%M:%S.%f%z"])  # fmt: skip


@click.group()
def report() -> None:
    """Write reports as CSV, JSON or XLSX."""


@report.command()
@click.option("--on", type=DAY, help="As of this day (YYYY-MM-DD); today if left out.")
@click.option(
    "--since",
    type=MOMENT,
    help="What was recorded after this moment instead (UTC unless it names a zone): one row a "
    "completion, and one for each that was withdrawn.",
)
@click.option("--format", "format_", type=click.Choice(["csv", "json", "xlsx"]), default="csv")
@click.option(
    "--output",
    type=click.Path(path_type=Path, dir_okay=False),
    help="The file to write; standard output if left out.",
)
@plain_errors
def completion(
    on: datetime | None, since: datetime | None, format_: str, output: Path | None
) -> None:
    """Who has completed what is required of them: one row a person and course.

    Columns never change but at the end. JSON is one object a line. CSV and JSON are written as
    they are read; a workbook has 20,000 rows at most.
    """
    from training.reports import feed

    if on and since:
        raise click.UsageError("--on and --since are two reports: ask for one of them")
    house, day = open_house(), day_of(on)
    now = house.clock.now()
    if day and day > (now + timedelta(days=1)).date():
        raise click.UsageError(f"--on {day}: that day is still to come")
    with house.database.read() as session:
        today = everywhere(day) if day else todays(session, now)
        rows = (
            feed.since(session, _utc(since), today)
            if since
            else feed.on_day(session, today, left=True)
        )
        if format_ == "xlsx":
            _write_workbook(rows, output, f"as of {day or now.date()}, since {since or '-'}")
            return
        lines = feed.as_csv(rows) if format_ == "csv" else feed.as_json(rows)
        if output is None:
            sys.stdout.writelines(lines)
            return
        with output.open("w", encoding="utf-8", newline="") as file:
            file.writelines(lines)


def _utc(moment: datetime) -> datetime:
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _write_workbook(rows: Iterator[tuple[object, ...]], output: Path | None, what: str) -> None:
    from training.reports import feed
    from training.reports.workbook import MOST_ROWS, About, TooManyRows, workbook

    try:
        body = workbook(feed.HEADER, rows, About("Training completed", what))
    except TooManyRows:
        raise Refusal(f"more than {MOST_ROWS:,} rows: take --format csv") from None
    if output is None:
        sys.stdout.buffer.write(body)
    else:
        output.write_bytes(body)


@click.group()
def audit() -> None:
    """Check the audit log."""


@audit.command()
@plain_errors
def verify() -> None:
    """Check every event against the one before it; print the last number and hash."""
    from sqlalchemy import select

    from training.audit import verify_chain
    from training.audit.models import AuditHead

    house = open_house()
    with house.database.read() as session:
        count, breaks = verify_chain(session)
        head = session.execute(select(AuditHead.seq, AuditHead.hash)).one()
    if breaks:
        raise Refusal("\n".join(f"event {fault.seq}: {fault.what}" for fault in breaks))
    click.echo(f"the audit log holds: {count} events, the last is {head.seq} {head.hash}")
