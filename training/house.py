"""One installation as the command line and the jobs see it: settings, database, clock."""

from dataclasses import dataclass

from training import audit
from training.backups import copy_to
from training.clock import Clock
from training.db import Database
from training.jobs import Works, works_of
from training.migrations import runner
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
    database = Database(settings.url, before_commit=(audit.append_pending,), led_by=settings.led_by)
    return House(settings, database, Clock())


def bring_up(house: House) -> str:
    """Migrate to the newest tables, a copy of an older SQLite file made first."""
    before, newest = runner.current(house.database), runner.newest()
    if before == newest:
        return f"at {newest}"
    file = house.database.file
    if before and file is not None:
        copy = file.with_name(f"{file.stem}-before-{newest}.sqlite3")
        copy_to(house.database, copy)
    runner.upgrade(house.database)
    return f"{before or 'new'} -> {newest}"
