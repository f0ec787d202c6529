"""Commands that read: reports, and the check of the audit log."""

import json
import sys
from collections.abc import Iterator
from datetime import datetime

import click

from training.accounts.days import everywhere, todays
from training.cli import DAY, Refusal, day_of, plain_errors
from training.house import open_house


@click.group()
def report() -> None:
    """Write reports as CSV or JSON."""


@report.command()
@click.option("--on", type=DAY, help="As of this day (YYYY-MM-DD); today if left out.")
@click.option("--format", "format_", type=click.Choice(["csv", "json"]), default="csv")
@plain_errors
def completion(on: datetime | None, format_: str) -> None:
    """Who has completed what is required of them: one row a person and course."""
    from training.reports.csv_rows import csv_lines
    from training.reports.queries import everyone, lines_of
    from training.reports.team_files import HEADER, csv_row

    house, day = open_house(), day_of(on)
    with house.database.read() as session:
        today = everywhere(day) if day else todays(session, house.clock.now())
        rows: Iterator[tuple[object, ...]] = (
            csv_row(line)
            for line in lines_of(everyone(session, today), viewer_id=None, for_manager=False)
        )
        if format_ == "csv":
            sys.stdout.writelines(csv_lines(HEADER, rows))
            return
        for row in rows:
            click.echo(json.dumps(dict(zip(HEADER, row, strict=True)), default=str))


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
