"""The tests' side of the runners: starts their process, sends them out, hears what came of it."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from tests.house import TestHouse


@dataclass(frozen=True, slots=True)
class Came:
    """What came of one order: who was killed with which letter in hand, and what is left."""

    killed: list[tuple[str, str, list[tuple[int, str]]] | None] = field(default_factory=list)
    left: int = 0


@dataclass(frozen=True, slots=True)
class Crew:
    """Runners that wait for orders."""

    process: "subprocess.Popen[str]"

    def send_out(
        self, count: int, now: datetime, *, seed: float = 0.0, deaths: bool = False
    ) -> Came:
        """Let so many run at once, as if at this instant, until all came back or died."""
        order = {"now": now.isoformat(), "crew": count, "seed": seed, "deaths": deaths}
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.write(json.dumps(order) + "\n")
        self.process.stdin.flush()
        told = self.process.stdout.readline()
        assert told, "the runners broke: see what their process wrote"
        return Came(**json.loads(told))


@contextmanager
def open_crew(house: TestHouse, url: str) -> Iterator[Crew]:
    """Start the process that runs the runners, and replaces whoever was killed."""
    environ = os.environ | {
        "DATABASE_URL": house.database.url.render_as_string(hide_password=False),
        "BYP_SMTP_URL": url,
        "SEASON_BEGINS": house.clock.now().isoformat(),
    }
    with subprocess.Popen(
        [sys.executable, "-m", "tests.renewals.runners"],
        env=environ,
        cwd=Path(__file__).resolve().parents[2],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            yield Crew(process)
        except BaseException:
            process.kill()
            raise
        assert process.stdin
        process.stdin.close()
        assert process.wait(60) == 0
