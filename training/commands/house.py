"""Commands for the database and the state of the house."""

import sys
from pathlib import Path

import click

from training.cli import Refusal, plain_errors
from training.house import bring_up, open_house


@click.group()
def db() -> None:
    """Upgrade or check the database."""


@db.command()
@plain_errors
def upgrade() -> None:
    """Bring the database to the newest tables."""
    from training.commands.first_steps import furnish

    house = open_house()
    click.echo(f"database {bring_up(house)}")
    told = furnish(house)
    if told:
        click.echo(told)


@db.command()
@plain_errors
def check() -> None:
    """Say where the tables or their guards differ from what they should be."""
    from training.migrations import runner

    house = open_house()
    found = runner.differences(house.database)
    if found:
        raise Refusal("\n".join(found))
    click.echo(f"database at {runner.current(house.database)}, tables and guards as they should be")


@db.command()
@plain_errors
def recount() -> None:
    """Make the dates that reports count anew, of everybody."""
    from training.renewals import dates, day_counts

    house = open_house()
    with house.database.write() as session:
        dates.forget(session)
        everybody = dates.waiting(session)
    with click.progressbar(length=everybody, label="Making dates", file=sys.stderr) as bar:
        count = dates.refresh_all(house.database, told=bar.update)
    day_counts.keep(house.database, house.clock.now().date())
    click.echo(f"{count} people's dates made anew")


@db.command()
@click.argument("url")
@plain_errors
def move(url: str) -> None:
    """Copy everything from the SQLite file into an empty PostgreSQL (postgresql://...)."""
    from training import audit
    from training.db import Database
    from training.moving import MoveRefused
    from training.moving import move as move_to

    house, target = open_house(), Database(url, before_commit=(audit.append_pending,))
    try:
        rows = move_to(house.database, target, house.clock.now())
    except MoveRefused as refused:
        raise Refusal(str(refused)) from None
    finally:
        target.dispose()
    click.echo(f"{sum(rows.values())} rows of {len(rows)} tables are there, each as it was")
    click.echo("start the app with DATABASE_URL set to it; the file stays as it is")


@click.command()
@plain_errors
def doctor() -> None:
    """Look the house over and say what is wrong, one line each."""
    from training.checkup import findings

    house = open_house()
    bad = False
    for finding in findings(house.database, house.settings, house.clock.now()):
        click.echo(f"{'ok  ' if finding.ok else 'LOOK'} {finding.what}")
        bad = bad or not finding.ok
    if bad:
        raise click.exceptions.Exit(1)


@click.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@plain_errors
def backup(file: Path) -> None:
    """Write a checked copy of the SQLite file."""
    from training.backups import BackupRefused, copy_to

    try:
        copy_to(open_house().database, file)
    except BackupRefused as refused:
        raise Refusal(str(refused)) from None
    click.echo(f"{file}: copied and checked")


@click.command()
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option(
    "--send-missed",
    is_flag=True,
    help="No mail went out since the copy was made: send what came due meanwhile.",
)
@plain_errors
def restore(file: Path, send_missed: bool) -> None:  # noqa: FBT001 - click hands it over
    """Put a backup in place of the SQLite file; the present one is kept beside it."""
    from training.backups import BackupRefused, put_back

    house = open_house()
    try:
        kept = put_back(house.database, file, house.clock.now(), send_missed=send_missed)
    except BackupRefused as refused:
        raise Refusal(str(refused)) from None
    click.echo(f"{file}: put in place" + (f"; the file before is {kept}" if kept else ""))
    click.echo("everybody signs in anew, and slips and links of before no longer work")
    if not send_missed:
        click.echo(
            "reminders that came due since the copy was made are left out, for they may have gone "
            "out; if none did, restore again with --send-missed"
        )
