"""Eight runners of reminders, each a process of its own that is killed for real and replaced.

    DATABASE_URL=... BYP_SMTP_URL=... python -m tests.renewals.runners

Reads one order a line (JSON: now, crew, seed, deaths) and answers each with one line when all
of its runners have come back or died. A runner that lives takes the next order too; one that
was killed is replaced by a fork of this process, where everything is imported already.
"""

import json
import os
import random
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from multiprocessing import get_context
from multiprocessing.connection import Connection, wait
from typing import Any

from sqlalchemy.orm import Session

from tests.renewals.contents import pieces_of
from training import audit, db, mail
from training.accounts.days import todays
from training.db import Database
from training.mail import Letter, SmtpMailer
from training.renewals.due import due_reminders
from training.renewals.reminders import send_reminders

Hand = tuple[str, str, list[tuple[int, str]]]  # message id, address, what the mail names
FORK = get_context("fork")
PATIENCE_S = 4.0  # with a mail server that hangs: far above what an answer takes, on any machine
BEFORE, AFTER, INSIDE = 0.03, 0.04, 0.005  # how often a runner dies at each of these places
WILD = 0.3  # in so many orders one is killed from outside, anywhere at all
BACK_S = 120
QUICK = 1_000  # mails a domain and turn: the pace has its own tests, and here it would be all


class Death:
    """Kills this process now and then: before the server, after its yes, inside a commit."""

    def __init__(self) -> None:
        self._chance: random.Random | None = None

    def may_come(self, seed: float | None) -> None:
        """Make it possible by this seed, or (None) impossible."""
        self._chance = None if seed is None else random.Random(seed)

    def knock(self, odds: float) -> None:
        if self._chance is not None and self._chance.random() < odds:
            os.kill(os.getpid(), signal.SIGKILL)

    def in_commit(self, _session: Session) -> None:
        self.knock(INSIDE)


@dataclass
class MortalMailer:
    """Speaks real SMTP, tells what it has in hand, and may die on either side of the answer."""

    inner: SmtpMailer
    death: Death
    tell: Callable[[Any], None]

    def send(self, letter: Letter, now: datetime) -> None:
        named = [(cycle, day.isoformat()) for cycle, day in pieces_of(letter.body)]
        self.tell((letter.message_id, letter.to_address, named))
        self.death.knock(BEFORE)
        self.inner.send(letter, now)
        self.death.knock(AFTER)

    def close(self) -> None:
        self.inner.close()


def live(orders: Connection, database: Database, death: Death) -> None:
    """Work off order after order until the end, or death."""
    mail.TIMEOUT_S = PATIENCE_S  # type: ignore[assignment]
    while True:
        order = orders.recv()
        now = datetime.fromisoformat(order["now"])
        inner = SmtpMailer(os.environ["BYP_SMTP_URL"], "training@clinic.example")
        death.may_come(order["seed"])
        with database.read() as session:
            today = todays(session, now)
        mailer = MortalMailer(inner, death, orders.send)
        done = send_reminders(
            database,
            mailer,
            now=now,
            today=today,
            base_url="http://byp.test",
            most_a_domain=QUICK,
        )
        death.may_come(None)
        mailer.close()
        orders.send({"left": done.tally.waiting + done.tally.deferred + done.tally.server_away})


@dataclass
class Runner:
    """One of the eight, as this process sees it."""

    process: Any
    line: Connection
    in_hand: Hand | None = None

    def hear(self) -> dict[str, int] | None:
        """Return what it said last, if it came back; raises EOFError once it is dead."""
        said = self.line.recv()
        if isinstance(said, tuple):
            self.in_hand = said
            return None
        self.in_hand = None
        return said  # type: ignore[no-any-return]


@dataclass
class Crew:
    """The runners that live, and what came of one order."""

    database: Database
    death: Death
    runners: list[Runner] = field(default_factory=list)
    idle: list[Runner] = field(default_factory=list)

    def obey(self, order: dict[str, Any]) -> dict[str, Any]:
        """Let so many runners run at once; return whose hands were full when they were killed."""
        chance = random.Random(order["seed"])
        busy = dict(self._sent_out(order, chance) for _ in range(order["crew"]))
        if order["deaths"] and order["crew"] > 1 and chance.random() < WILD:
            self._strike(busy, chance)
        killed, left = [], 0
        while busy:
            ready = wait(list(busy), BACK_S)
            if not ready:
                raise TimeoutError("a runner does not come back")
            for line in ready:
                runner = busy[line]  # type: ignore[index]
                try:
                    said = runner.hear()
                except (EOFError, ConnectionResetError):
                    killed.append(self._bury(runner))
                    del busy[runner.line]
                else:
                    if said is not None:
                        left += said["left"]
                        self.idle.append(runner)
                        del busy[runner.line]
        return {"killed": killed, "left": left}

    def _sent_out(self, order: dict[str, Any], chance: random.Random) -> tuple[Connection, Runner]:
        """Give the order to the next runner; one that was killed after its last answer is gone."""
        seed = chance.random() if order["deaths"] else None
        while True:
            runner = self.idle.pop() if self.idle else self._fork()
            try:
                runner.line.send({"now": order["now"], "seed": seed})
            except (BrokenPipeError, ConnectionResetError):
                self._bury(runner)
            else:
                return runner.line, runner

    def _strike(self, busy: dict[Connection, Runner], chance: random.Random) -> None:
        """Kill one of those that run, whatever it is doing by then."""
        time.sleep(chance.uniform(0.005, 0.15))
        chance.choice(list(busy.values())).process.kill()

    def _fork(self) -> Runner:
        ours, theirs = FORK.Pipe()
        process = FORK.Process(target=live, args=(theirs, self.database, self.death))
        process.start()
        theirs.close()  # or nobody would hear that it died
        self.runners.append(Runner(process, ours))
        return self.runners[-1]

    def _bury(self, runner: Runner) -> Hand | None:
        runner.process.join(BACK_S)
        if runner.process.exitcode != -signal.SIGKILL:
            raise RuntimeError("a runner broke by itself")
        self.runners.remove(runner)
        runner.line.close()
        return runner.in_hand

    def dismiss(self) -> None:
        """End whoever still lives: they wait for orders, or something broke."""
        for runner in self.runners:
            runner.process.kill()
            runner.process.join(BACK_S)


@contextmanager
def the_crew() -> Iterator[Crew]:
    """Read once what every runner reads, so that none begins by compiling it."""
    db.BUSY_TIMEOUT_MS = BACK_S * 1000  # eight at one file, perhaps on a machine that is busy
    death = Death()
    database = Database(
        os.environ["DATABASE_URL"], before_commit=(audit.append_pending, death.in_commit)
    )
    with database.read() as session:
        now = datetime.fromisoformat(os.environ["SEASON_BEGINS"])
        list(due_reminders(session, todays(session, now)))
    database.dispose()  # a connection is never shared with a fork
    crew = Crew(database, death)
    try:
        yield crew
    finally:
        crew.dismiss()


def main() -> None:
    with the_crew() as crew:
        for line in sys.stdin:
            sys.stdout.write(json.dumps(crew.obey(json.loads(line))) + "\n")
            sys.stdout.flush()


if __name__ == "__main__":
    main()
