"""The commands as somebody at a terminal gives them: run in this process, or as one of their own.

Starting Python and importing everything costs more than most commands do, so tests call `byp`.
`byp_process` is for what only a process of its own can show: a real terminal, a real start.
"""

import os
import subprocess
import sys
from contextlib import ExitStack, chdir
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest.mock import patch

from click.testing import CliRunner

from tests.house import TestHouse
from training import house as houses
from training.cli import byp as commands
from training.db import Database

ROOT = Path(__file__).resolve().parents[1]


@dataclass(frozen=True, slots=True)
class Said:
    """What a command printed, and how it ended."""

    returncode: int
    stdout: str
    stderr: str


def environment(house: TestHouse | None, extra: dict[str, str]) -> dict[str, str]:
    """Return the settings of this house, and none of whoever runs the tests."""
    environ = {key: value for key, value in os.environ.items() if not key.startswith("BYP_")}
    if house is not None:
        environ |= {
            "DATABASE_URL": house.database.url.render_as_string(hide_password=False),
            "BYP_DATA_DIR": str(house.settings.data_dir),
            "BYP_BASE_URL": "http://byp.test",
        }
    return environ | extra


def byp(house: TestHouse | None, *args: str, folder: Path | None = None, **extra: str) -> Said:
    """Give the command in this process; its databases are closed again, as by its end."""
    opened: list[Database] = []

    def opens(*given: Any, **named: Any) -> Database:
        opened.append(Database(*given, **named))
        return opened[-1]

    with ExitStack() as stack:
        stack.enter_context(patch.object(houses, "Database", opens))
        stack.enter_context(patch.dict(os.environ, environment(house, extra), clear=True))
        if folder is not None:
            stack.enter_context(chdir(folder))
        done = CliRunner().invoke(commands, args, prog_name="byp", catch_exceptions=False)
    for database in opened:
        database.dispose()
    return Said(done.exit_code, done.stdout, done.stderr)


def byp_process(
    house: TestHouse | None,
    *args: str,
    folder: Path | None = None,
    stdin: int = subprocess.DEVNULL,
    **extra: str,
) -> "subprocess.CompletedProcess[str]":
    """Give the command as a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "training.cli", *args],
        env={**environment(house, {}), "PYTHONPATH": str(ROOT), **extra},
        capture_output=True,
        text=True,
        cwd=folder,
        stdin=stdin,
    )
