"""The database: engines, transactions, and the one place that commits.

Two engines share one file or server: the *writer* begins every transaction with a lock
(`BEGIN IMMEDIATE` on SQLite), so that a read is never upgraded into a write and refused;
the *reader* can't write at all. A request has one transaction and one commit.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Protocol, cast

from sqlalchemy import (
    Connection,
    CursorResult,
    DateTime,
    Dialect,
    Engine,
    Executable,
    MetaData,
    create_engine,
    event,
    make_url,
    text,
)
from sqlalchemy.exc import ArgumentError, DBAPIError, IntegrityError, OperationalError
from sqlalchemy.orm import DeclarativeBase, Session
from sqlalchemy.types import TypeDecorator
from typing_extensions import override

BUSY_TIMEOUT_MS = 5_000
IMPATIENT_MS = 100

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}

BeforeCommit = Callable[[Session], None]


class Base(DeclarativeBase):
    """Every table, with every constraint named."""

    metadata = MetaData(naming_convention=NAMING)


class UtcDateTime(TypeDecorator[datetime]):
    """An instant: aware and in UTC on the way in and on the way out, on both databases."""

    impl = DateTime(timezone=True)
    cache_ok = True

    @override
    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant needs its zone")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    @override
    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def normal_url(url: str) -> str:
    """Return the URL with the driver that is installed; `postgres://` means PostgreSQL too."""
    for prefix in ("postgres://", "postgresql://"):
        if url.startswith(prefix):
            return "postgresql+psycopg://" + url.removeprefix(prefix)
    return url


class Database:
    """The engines of one database, and the transactions on it.

    `before_commit` runs last thing inside each writing transaction: the audit log
    numbers and chains its queued events there. `led_by` names who assigns the training, for
    whatever reads duties from a session (its `info`).
    """

    def __init__(
        self, url: str, before_commit: tuple[BeforeCommit, ...] = (), *, led_by: str = ""
    ) -> None:
        self.led_by = led_by
        self.url = make_url(normal_url(url))
        kind = self.url.get_backend_name()
        if kind not in {"sqlite", "postgresql"}:
            raise ArgumentError(f"{kind} is neither sqlite nor postgresql")
        self.is_sqlite = kind == "sqlite"
        self.writer = self._engine(writes=True)
        self.reader = self._engine(writes=False)
        self._before_commit = before_commit

    @property
    def file(self) -> Path | None:
        """Return the file that SQLite keeps its data in."""
        return Path(self.url.database) if self.is_sqlite and self.url.database else None

    def _engine(self, *, writes: bool) -> Engine:
        if not self.is_sqlite:
            return _postgresql(self.url.render_as_string(hide_password=False), writes=writes)
        return _sqlite(self.url.render_as_string(hide_password=False), writes=writes)

    def open(self, *, writes: bool) -> Session:
        """Return a new session whose transaction begins at its first statement."""
        engine = self.writer if writes else self.reader
        return Session(engine, expire_on_commit=False, info={"led_by": self.led_by})

    def commit(self, session: Session) -> None:
        """Commit the session, its queued audit events numbered inside: the one commit site."""
        if session.get_bind() is self.writer:
            session.flush()
            for hook in self._before_commit:
                hook(session)
        session.commit()

    @contextmanager
    def write(self) -> Iterator[Session]:
        """Hold one writing transaction: committed at the end, rolled back on any error."""
        with self.open(writes=True) as session:
            yield session
            self.commit(session)

    def try_write(self, work: Callable[[Session], None]) -> bool:
        """Do a small write that may be left out: it waits a moment for the lock, not longer."""
        try:
            with self.open(writes=True) as session:
                if self.is_sqlite:
                    session.connection(execution_options={"impatient": True})
                else:
                    session.execute(text("SET LOCAL lock_timeout = '200ms'"))
                work(session)
                self.commit(session)
        except DBAPIError:
            return False
        return True

    @contextmanager
    def read(self) -> Iterator[Session]:
        """Hold one reading transaction, a snapshot that ends with the block."""
        with self.open(writes=False) as session:
            yield session

    def dispose(self) -> None:
        """Close every pooled connection (after a fork, at the end of a test)."""
        self.writer.dispose()
        self.reader.dispose()


class _SqliteConnection(Protocol):
    """What the DB-API connection of SQLite offers here."""

    isolation_level: str | None

    def execute(self, sql: str) -> Any: ...


def _sqlite(url: str, *, writes: bool) -> Engine:
    engine = create_engine(url, pool_size=8, max_overflow=24, pool_timeout=10)

    @event.listens_for(engine, "connect")
    def _pragmas(connection: _SqliteConnection, _record: object) -> None:
        connection.isolation_level = None
        connection.execute(f"PRAGMA busy_timeout={BUSY_TIMEOUT_MS}")
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")
        connection.execute("PRAGMA foreign_keys=ON")
        connection.execute("PRAGMA trusted_schema=OFF")
        if not writes:
            connection.execute("PRAGMA query_only=ON")
        found = {
            name: connection.execute(f"PRAGMA {name}").fetchone()[0]
            for name in ("journal_mode", "synchronous", "foreign_keys")
        }
        if found != {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}:
            raise RuntimeError(f"SQLite did not take its settings: {found}")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        impatient = connection.get_execution_options().get("impatient", False)
        wait = IMPATIENT_MS if impatient else BUSY_TIMEOUT_MS
        if writes:
            connection.exec_driver_sql(f"PRAGMA busy_timeout={wait}")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine


# A recursion's rows are guessed, and too many: where the server compiles what it thinks dear
# (`jit`), a page of ten people would wait for a compiler.
SERVER_OPTIONS = "-c statement_timeout=10000 -c jit=off"


def _postgresql(url: str, *, writes: bool) -> Engine:
    engine = create_engine(
        url,
        pool_size=8,
        max_overflow=24,
        pool_timeout=10,
        pool_pre_ping=True,
        connect_args={"connect_timeout": 3, "options": SERVER_OPTIONS},
    )
    if not writes:
        return engine.execution_options(postgresql_readonly=True, isolation_level="REPEATABLE READ")
    return engine


def take_turns(session: Session, work: str) -> None:
    """Do long work of one kind one at a time; a statement of it may take ten minutes.

    SQLite has one writer at a time anyway.
    """
    if is_postgresql(session):
        session.execute(text("SET LOCAL statement_timeout = '10min'"))
        session.execute(text("SELECT pg_advisory_xact_lock(hashtext(:work))"), {"work": work})


def is_postgresql(session: Session) -> bool:
    """Tell whether a statement may be PostgreSQL's own, such as a join that looks up each row."""
    return session.get_bind().dialect.name == "postgresql"


def core(session: Session) -> Connection:
    """Return the connection of this transaction, what was queued on the session flushed to it.

    For what is read or written at every request: its rows are plain tuples, at half the cost
    of the same statement through the session. A query of a whole model gives its columns.
    """
    session.flush()
    return session.connection()


def changed(session: Session, statement: Executable) -> int:
    """Execute an UPDATE or DELETE; return how many rows it met."""
    result = cast("CursorResult[Any]", session.execute(statement))
    return result.rowcount


_RETRYABLE = {"40001", "40P01"}  # PostgreSQL: serialization failure, deadlock


def is_race(error: BaseException) -> bool:
    """Tell whether the same work, done again, meets the other's finished row."""
    if isinstance(error, IntegrityError):
        return True
    return isinstance(error, DBAPIError) and getattr(error.orig, "sqlstate", "") in _RETRYABLE


def is_outage(error: BaseException) -> bool:
    """Tell whether the database was busy or away: a 503, never a 500."""
    return isinstance(error, OperationalError)
