"""A house that has outgrown its file moves into PostgreSQL: every row, and the audit chain."""

from contextlib import closing
from datetime import datetime
from itertools import zip_longest
from typing import Any

from sqlalchemy import (
    Column,
    Connection,
    Result,
    String,
    Table,
    delete,
    func,
    insert,
    inspect,
    select,
    text,
)
from sqlalchemy.orm import Session

from training import audit
from training.accounts.models import User
from training.backups import BackupRefused, refuse_in_use
from training.db import Base, Database, take_turns
from training.migrations import runner
from training.migrations.guards import install_guards, remove_guards

CHUNK = 2_000  # rows


class MoveRefused(Exception):
    """The house can't be moved, or did not arrive whole; the text says why and the mend."""


def move(source: Database, target: Database, now: datetime) -> dict[str, int]:
    """Copy every row of a SQLite house into an empty PostgreSQL; return how many by table.

    The file stays as it is. Each row is read back and compared, and the audit chain verified,
    before anything is kept. `target` numbers audit events as it commits. Raises MoveRefused; then
    nothing is there but empty tables.
    """
    _check(source, target)
    runner.upgrade(target)
    with source.read() as old, target.write() as new:
        take_turns(new, "move")
        there = new.connection()
        remove_guards(there)  # they refuse what is final, and each fact would be noted as new
        for table in reversed(Base.metadata.sorted_tables):
            there.execute(delete(table))
        found = {table.name: _copy(old, there, table) for table in Base.metadata.sorted_tables}
        _number_on(there)
        install_guards(there)
        _hold_against(old, new)
        detail = {"rows": sum(found.values())}
        audit.record(new, "database.moved", at=now, detail=detail)
    return found


def _check(source: Database, target: Database) -> None:
    if source.file is None or target.is_sqlite:
        raise MoveRefused("a house moves from a SQLite file to PostgreSQL: name postgresql://...")
    if runner.current(source) != runner.newest():
        raise MoveRefused("the file is of an older version: run `byp db upgrade` first")
    source.dispose()  # what this process holds open is nobody at work
    try:
        refuse_in_use(source.file)
    except BackupRefused:
        raise MoveRefused(
            f"{source.file} is in use: stop `byp serve` and its jobs first, or what people do "
            "meanwhile stays behind"
        ) from None
    with target.read() as session:
        known = inspect(session.connection())
        if known.has_table(User.__tablename__) and session.scalar(select(func.count(User.id))):
            raise MoveRefused("people are in that database already: name an empty one")


def _copy(old: Session, there: Connection, table: Table) -> int:
    """Copy a table's rows in the order in which they came to be: one may name an older one."""
    has_rowid = table.dialect_options["sqlite"]["with_rowid"]
    order = [text("rowid")] if has_rowid else [*table.primary_key]
    count = 0
    for rows in _rows(old, table, *order).mappings().partitions(CHUNK):
        there.execute(insert(table), [dict(row) for row in rows])
        count += len(rows)
    return count


def _rows(session: Session, table: Table, *order: Any) -> Result[Any]:
    query = select(table).order_by(*order).execution_options(yield_per=CHUNK)
    return session.connection().execute(query)


def _number_on(there: Connection) -> None:
    """Let new rows have the numbers after the last one."""
    for table in Base.metadata.sorted_tables:
        column = table.autoincrement_column
        if column is None:
            continue
        sequence = there.scalar(
            text("SELECT pg_get_serial_sequence(:table, :column)"),
            {"table": f'"{table.name}"', "column": column.name},
        )
        last = there.scalar(select(func.max(column)))
        if sequence and last:
            values = {"sequence": sequence, "last": last}
            there.execute(text("SELECT setval(:sequence, :last)"), values)


def _hold_against(old: Session, new: Session) -> None:
    """Raise MoveRefused unless every row arrived as it was, and the log holds."""
    for table in Base.metadata.sorted_tables:
        order = [*table.primary_key]
        with (
            closing(_rows(old, table, *order)) as mine,
            closing(_rows(new, table, *map(_by_its_bytes, order))) as theirs,
        ):
            arrived = all(was == is_now for was, is_now in zip_longest(mine, theirs))
        if not arrived:
            raise MoveRefused(f"a row of {table.name} did not arrive as it was: nothing is kept")
    _events, breaks = audit.verify_chain(new)
    if breaks:
        raise MoveRefused(f"the audit log does not hold at event {breaks[0].seq}: nothing is kept")


def _by_its_bytes(column: Column[Any]) -> Any:
    """Return a key as SQLite sorts it, whatever language the other database sorts by."""
    return column.collate("C") if isinstance(column.type, String) else column
