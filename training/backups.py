"""Copies of the SQLite file: made while it is in use, checked, and put back."""

import sqlite3
from contextlib import closing
from datetime import datetime
from pathlib import Path

from sqlalchemy import update
from sqlalchemy.orm import Session

from training import audit
from training.accounts.session_models import LinkMail, LinkToken, SignIn
from training.db import Database
from training.renewals.put_back import LEFT_OUT, rest_mails


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
    draft = target.with_name(f".{target.name}.draft")  # no copy has its name before it is checked
    draft.unlink(missing_ok=True)
    try:
        draft.touch(0o600)  # nobody else reads it, at no moment
        with closing(sqlite3.connect(database.file)) as source:
            source.execute("VACUUM INTO ?", (str(draft),))
        check(draft)
        draft.replace(target)
    finally:
        for suffix in ("", "-wal", "-shm"):
            draft.with_name(draft.name + suffix).unlink(missing_ok=True)


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


def put_back(
    database: Database, file: Path, now: datetime, *, send_missed: bool = False
) -> Path | None:
    """Put a checked backup in place; return where the file before it was kept.

    Mails that came due since the copy was made are left out, unless `send_missed`: none went out.

    Raises BackupRefused while anything serves from the database: it would go on writing into
    the file that was taken away, and what it told people was saved would be nowhere.
    """
    if database.file is None:
        raise BackupRefused("this is PostgreSQL: use pg_restore")
    check(file)
    target, kept = database.file, None
    database.dispose()
    if target.exists():
        refuse_in_use(target)
        kept = _keep(database, target)
    for suffix in ("-wal", "-shm"):
        target.with_name(target.name + suffix).unlink(missing_ok=True)
    draft = target.with_name(f"{target.name}.new")
    draft.unlink(missing_ok=True)
    draft.touch(0o600)
    draft.write_bytes(file.read_bytes())
    draft.replace(target)
    with database.write() as session:
        _sign_everybody_out(session, now)
        if not send_missed:
            rest_mails(session, now)
        audit.record(session, "database.restored", at=now, detail={"send_missed": send_missed})
    return kept


def _sign_everybody_out(session: Session, now: datetime) -> None:
    """End the sessions and links of the copy: what was ended or used since would work again."""
    live = (LinkToken.used_at.is_(None), LinkToken.purpose.in_(("sign_in", "slip")))
    session.execute(update(SignIn).where(SignIn.ended_at.is_(None)).values(ended_at=now))
    session.execute(update(LinkToken).where(*live).values(used_at=now))
    waiting = update(LinkMail).where(LinkMail.state.in_(("due", "sending")))
    session.execute(waiting.values(**LEFT_OUT))


def refuse_in_use(file: Path) -> None:
    """Raise BackupRefused if another process has the file open.

    Leaving WAL needs the file for oneself alone, and whoever opens it next enters WAL again.
    """
    try:
        with closing(sqlite3.connect(file, timeout=1)) as alone:
            alone.execute("PRAGMA journal_mode=DELETE")
    except sqlite3.OperationalError:
        why = f"{file} is in use: stop `byp serve` and its jobs first, then restore"
        raise BackupRefused(why) from None
    except sqlite3.DatabaseError:
        return  # it is damaged, which is why a backup is put in its place


def _keep(database: Database, target: Path) -> Path:
    """Keep the file that is to be replaced; one that is damaged is kept byte by byte."""
    kept = _free_name(target)
    try:
        copy_to(database, kept)
    except (BackupRefused, sqlite3.DatabaseError):
        kept.touch(0o600)
        kept.write_bytes(target.read_bytes())
    database.dispose()
    return kept


def _free_name(target: Path) -> Path:
    number = 1
    while (path := target.with_name(f"{target.stem}-replaced-{number}.sqlite3")).exists():
        number += 1
    return path
