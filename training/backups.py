"""Copies of the SQLite file: made while it is in use, checked, and put back."""

import sqlite3
from contextlib import closing
from pathlib import Path

from training import audit
from training.db import Database


class BackupRefused(Exception):
    """The copy can't be made or can't be trusted; the text says why and the mend."""


def copy_to(database: Database, target: Path) -> None:
    """Write a consistent copy of the database, checked by SQLite and by the audit chain.

    Raises BackupRefused where the target exists, the database is PostgreSQL, or the copy
    does not hold.
    """
    if database.file is None:
        raise BackupRefused("this is PostgreSQL: use pg_dump, which does it better")
    if target.exists():
        raise BackupRefused(f"{target} exists already: name another file")
    target.parent.mkdir(parents=True, exist_ok=True)
    with closing(sqlite3.connect(database.file)) as source:
        source.execute("VACUUM INTO ?", (str(target),))
    target.chmod(0o600)
    check(target)


def check(file: Path) -> None:
    """Raise BackupRefused unless the file is a whole database whose audit chain holds."""
    try:
        with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as source:
            answer = source.execute("PRAGMA integrity_check").fetchone()[0]
    except sqlite3.DatabaseError:
        answer = "it is not a SQLite database"
    if answer != "ok":
        raise BackupRefused(f"{file}: {answer}")
    copy = Database(f"sqlite:///{file}")
    try:
        with copy.read() as session:
            _events, breaks = audit.verify_chain(session)
    finally:
        copy.dispose()
    if breaks:
        raise BackupRefused(f"{file}: the audit log does not hold at event {breaks[0].seq}")


def put_back(database: Database, file: Path) -> Path | None:
    """Put a checked backup in place; return where the file before it was kept.

    Nothing may be serving from the database meanwhile.
    """
    if database.file is None:
        raise BackupRefused("this is PostgreSQL: use pg_restore")
    check(file)
    target, kept = database.file, None
    database.dispose()
    if target.exists():
        kept = _free_name(target)
        copy_to(database, kept)
        database.dispose()
    for suffix in ("-wal", "-shm"):
        target.with_name(target.name + suffix).unlink(missing_ok=True)
    draft = target.with_name(f"{target.name}.new")
    draft.write_bytes(file.read_bytes())
    draft.chmod(0o600)
    draft.replace(target)
    return kept


def _free_name(target: Path) -> Path:
    number = 1
    while (path := target.with_name(f"{target.stem}-replaced-{number}.sqlite3")).exists():
        number += 1
    return path
