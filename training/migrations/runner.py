"""Bring a database to the newest tables, or tell how far it is."""

from pathlib import Path

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from training.db import Base, Database
from training.migrations import tables
from training.migrations.guards import missing_guards
from training.migrations.marks import missing_marks

HERE = Path(__file__).parent


def _config(connection: Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(HERE))
    config.set_main_option("path_separator", "os")
    config.set_main_option("file_template", "%%(rev)s_%%(slug)s")
    config.attributes["connection"] = connection
    return config


def newest() -> str:
    """Return the newest revision's number."""
    head = ScriptDirectory.from_config(_config()).get_current_head()
    return head or ""


def current(database: Database) -> str:
    """Return the revision that the database is at; empty for a new one."""
    with database.reader.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision() or ""


def upgrade(database: Database, revision: str = "head") -> None:
    """Migrate up, all in one transaction."""
    with database.writer.begin() as connection:
        command.upgrade(_config(connection), revision)


def downgrade(database: Database, revision: str = "base") -> None:
    """Migrate down, all in one transaction."""
    with database.writer.begin() as connection:
        command.downgrade(_config(connection), revision)


def differences(database: Database) -> tuple[str, ...]:
    """Return where the tables differ from the models, and the guards that are missing."""
    with database.reader.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        found = [str(item) for item in compare_metadata(context, Base.metadata)]
        found += [f"guard {name} is missing" for name in missing_guards(connection)]
        found += [f"trigger {name} is missing" for name in missing_marks(connection)]
    return tuple(found)


__all__ = ["current", "differences", "downgrade", "newest", "tables", "upgrade"]
