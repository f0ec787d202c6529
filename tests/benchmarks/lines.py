"""One measured thing, by turns with the barest way of doing the same."""

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import event

from tests.benchmarks.servers import Browser
from tests.house import TestHouse

ROUNDS, PER_ROUND = 9, 60


@dataclass(frozen=True)
class Line:
    """One measured thing."""

    name: str
    statements: int
    ratio: float
    to_b1: float | None
    bar: float

    def __str__(self) -> str:
        told = "" if self.ratio >= self.bar else "   <- below its bar"
        b1 = f"{self.to_b1:5.2f}" if self.to_b1 is not None else "    -"
        return f"{self.name:34} n={self.statements:<3} {self.ratio:5.2f}  {b1}  >= {self.bar}{told}"


class Counter:
    """Counts the statements that a request runs."""

    def __init__(self, house: TestHouse) -> None:
        self.n = 0
        for engine in (house.database.reader, house.database.writer):
            event.listen(engine, "before_cursor_execute", self._count)

    def _count(self, _c: object, _cursor: object, statement: str, *_rest: object) -> None:
        if not statement.startswith(("BEGIN", "PRAGMA", "SET ")):
            self.n += 1

    def of(self, call: Callable[[], object]) -> int:
        call()
        before = self.n
        call()
        return self.n - before


def median_ratio(ours: Callable[[], float], bare: Callable[[], float]) -> float:
    """Return the median over rounds of (time of the bare one) / (time of ours), by turns."""
    ours(), bare()
    ratios = []
    for _ in range(ROUNDS):
        a, b = ours(), bare()
        ratios.append(b / a)
    return statistics.median(ratios)


def timed(send: Callable[[int], None], count: int = PER_ROUND) -> float:
    before = time.perf_counter()
    for n in range(count):
        send(n)
    return time.perf_counter() - before


def loop(
    browser: Browser, verb: str, path: str, body: str = "", ok: int = 200, count: int = PER_ROUND
) -> Callable[[], float]:
    def send(_n: int) -> None:
        status, _page = browser.send(verb, path, body)
        if status != ok:
            raise RuntimeError(f"{verb} {path}: {status}")

    return lambda: timed(send, count)
