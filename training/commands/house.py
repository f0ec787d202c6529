"""Commands for the database and the state of the house."""

from dataclasses import dataclass
from pathlib import Path

import click

from training import audit
from training.cli import Refusal, plain_errors
from training.clock import Clock
from training.db import Database
from training.jobs import Works, works_of
from training.settings import Settings, load_settings


@dataclass(frozen=True, slots=True)
class House:
    """Settings, database and clock of one installation, for the commands."""

    settings: Settings
    database: Database
    clock: Clock

    @property
    def works(self) -> Works:
        """Return the jobs of this house."""
        return works_of(self.settings, self.database, self.clock)


def open_house(settings: Settings | None = None) -> House:
    """Return the house as the settings describe it; its data folder is made if need be."""
    settings = settings or load_settings()
    settings.data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    database = Database(settings.url, before_commit=(audit.append_pending,))
    return House(settings, database, Clock())


def bring_up(house: House) -> str:
    """Migrate to the newest tables, a copy of an older SQLite file made first."""
    from training.backups import copy_to
    from training.migrations import runner

    before, newest = runner.current(house.database), runner.newest()
    if before == newest:
        return f"at {newest}"
    file = house.database.file
    if before and file is not None:
        copy = file.with_name(f"{file.stem}-before-{newest}.sqlite3")
        copy_to(house.database, copy)
    runner.upgrade(house.database)
    return f"{before or 'new'} -> {newest}"


@click.group()
def db() -> None:
    """Upgrade or check the database."""


@db.command()
@plain_errors
def upgrade() -> None:
    """Bring the database to the newest tables."""
    click.echo(f"database {bring_up(open_house())}")


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
@plain_errors
def restore(file: Path) -> None:
    """Put a backup in place of the SQLite file; the present one is kept beside it."""
    from training.backups import BackupRefused, put_back

    try:
        kept = put_back(open_house().database, file)
    except BackupRefused as refused:
        raise Refusal(str(refused)) from None
    click.echo(f"{file}: put in place" + (f"; the file before is {kept}" if kept else ""))
