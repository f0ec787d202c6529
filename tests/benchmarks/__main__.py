"""`make bench`: our pages against B_n by turns in one run, on both databases.

Prints ratios, never seconds: 0.60 means that we serve 0.60 of what the bare app serves.
Nothing here fails a build; what misses its bar is marked.
"""

import argparse
import os
import secrets
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

from sqlalchemy import text

from tests import stores
from tests.benchmarks import reports
from tests.benchmarks.lines import ROUNDS, Counter, Line, loop, median_ratio, timed
from tests.benchmarks.servers import Browser, serving
from tests.cast import make_template
from tests.house import CSRF, TestHouse
from training.accounts import passwords
from training.accounts.models import User
from training.clock import Clock
from training.settings import Settings

PASSWORD = "four plain words do well"


@dataclass
class Bench:
    """One database with a learner in the middle of her course, and both servers on it."""

    house: TestHouse
    ours: int
    bare: int
    sizes: dict[str, int]
    counts: dict[str, int]
    cycle: int
    attempt: int
    serial: str
    cookies: dict[str, str]

    def page(self, name: str, path: str, bar: float) -> Line:
        n = self.counts[name]
        cookies = {} if path.startswith("/verify") else self.cookies  # a stranger checks
        mine = loop(Browser(self.ours, cookies), "GET", path)
        size = self.sizes[name]
        plain = loop(Browser(self.bare), "GET", f"/{n}/{size}")
        one = loop(Browser(self.bare), "GET", f"/1/{size}")
        return Line(name, n, median_ratio(mine, plain), median_ratio(mine, one), bar)

    def saving(self) -> Line:
        browser = Browser(self.ours, self.cookies)
        csrf = _csrf(browser)
        state = {"n": 0}

        def send(_n: int) -> None:
            state["n"] += 1
            place = str(state["n"] % 3)
            body = urlencode({"csrf_token": csrf, "question": "q1", "q1": place})
            status, _page = browser.send("POST", f"/attempts/{self.attempt}/answers", body)
            if status != 204:
                raise RuntimeError(f"saving an answer: {status}")

        n = self.counts["save an answer"]
        plain = loop(Browser(self.bare), "POST", f"/{n}/0")
        one = loop(Browser(self.bare), "POST", "/1/0")
        mine = lambda: timed(send)  # noqa: E731 - a pair with `plain`
        return Line("save an answer", n, median_ratio(mine, plain), median_ratio(mine, one), 0.6)

    def submitting(self) -> Line:
        """Submit fresh tries: each is cloned beforehand, so that only the submit is timed."""
        browser = Browser(self.ours, self.cookies)
        csrf, per_round = _csrf(browser), 12
        ready = iter(_clones(self.house, self.attempt, (ROUNDS + 1) * 2 * per_round + 10))

        def send(_n: int) -> None:
            attempt, token, answers = next(ready)
            fields = {"csrf_token": csrf, "token": token, "confirm": "1", **answers}
            body = urlencode(fields, doseq=True)
            status, _page = browser.send("POST", f"/attempts/{attempt}", body)
            if status != 303:
                raise RuntimeError(f"submit: {status}")

        n = self.counts["submit with grading"]
        bare = Browser(self.bare)
        plain = lambda: timed(lambda _n: _sent(bare, n), per_round)  # noqa: E731
        one = lambda: timed(lambda _n: _sent(bare, 1), per_round)  # noqa: E731
        mine = lambda: timed(send, per_round)  # noqa: E731
        return Line(
            "submit with grading", n, median_ratio(mine, plain), median_ratio(mine, one), 0.4
        )

    def signing_in(self) -> Line:
        browser = Browser(self.ours)
        csrf = _csrf(browser)
        body = urlencode(
            {"csrf_token": csrf, "address": "bob@clinic.example", "password": PASSWORD}
        )
        stored = passwords.hash_password(PASSWORD)

        def send(_n: int) -> None:
            browser.cookies.pop("sid", None)
            status, _page = browser.send("POST", "/sign-in", body)
            if status != 303:
                raise RuntimeError(f"sign-in: {status}")

        mine = lambda: timed(send, 12)  # noqa: E731 - a pair with the next line
        plain = lambda: timed(lambda _n: _verified(stored), 12)  # noqa: E731
        return Line("sign-in against argon2 alone", 0, median_ratio(mine, plain), None, 0.75)


def _sent(browser: Browser, n: int) -> None:
    browser.send("POST", f"/{n}/0")


def _verified(stored: str) -> None:
    if not passwords.matches(stored, PASSWORD):
        raise RuntimeError("argon2 says no")


def _csrf(browser: Browser) -> str:
    _status, page = browser.send("GET", "/verify")
    if b"csrf_token" not in page:
        _status, page = browser.send("GET", "/sign-in")
    found = CSRF.search(page.decode())
    if found is None:
        raise RuntimeError("no form token")
    return found.group(1)


def _clones(
    house: TestHouse, attempt: int, count: int
) -> Iterator[tuple[int, str, dict[str, list[str]]]]:
    """Yield tries that are open, one at a time made from the first one, for another cycle each."""
    from training.assignments.models import Assignment
    from training.learning.attempts import token_of
    from training.learning.models import Attempt

    made = []
    with house.database.write() as session:
        base = session.get_one(Attempt, attempt)
        cycle = session.get_one(Assignment, base.assignment_id)
        for _ in range(count):
            twin = Assignment(
                **{
                    c.name: getattr(cycle, c.name)
                    for c in Assignment.__table__.columns
                    if c.name not in {"id", "course"}
                },
                course=f"bench-{secrets.token_hex(6)}",
            )
            session.add(twin)
            session.flush()
            copy = Attempt(
                **{
                    c.name: getattr(base, c.name)
                    for c in Attempt.__table__.columns
                    if c.name not in {"id", "assignment_id"}
                },
                assignment_id=twin.id,
            )
            session.add(copy)
            session.flush()
            made.append((copy.id, token_of(house.app.config["SECRET_KEY"], copy)))
    key = house.key_of(attempt)
    for id_, token in made:
        yield id_, token, key


def certificate_line() -> Line:
    from tests.benchmarks.drawing import bare_page, our_page

    mine = lambda: timed(lambda _n: our_page(), 20)  # noqa: E731 - a pair with the next line
    plain = lambda: timed(lambda _n: bare_page(), 20)  # noqa: E731
    return Line("certificate against a bare page", 0, median_ratio(mine, plain), None, 0.6)


def measure(kind: str, folder: Path) -> Iterator[Line]:
    with ExitStack() as stack:
        url = stack.enter_context(stores.copy_of(kind, "cast", make_template, folder))
        bench = _ready(url, folder, stack)
        cycle = f"/training/{bench.cycle}"
        yield bench.page("lesson page", f"{cycle}/accounts/two-hats", 0.6)
        yield bench.page("situation", f"{cycle}/accounts/chili-day", 0.6)
        yield bench.page("/verify/<serial>", f"/verify/{bench.serial}", 0.6)
        yield bench.saving()
        yield bench.submitting()
        yield bench.signing_in()


def _ready(url: str, folder: Path, stack: ExitStack) -> Bench:
    settings = Settings(env="test", data_dir=folder, database_url=url, base_url="http://byp.test")
    house = TestHouse(settings, Clock())  # type: ignore[arg-type]  # the real clock: servers have it
    stack.callback(house.close)
    house.train("bob")
    with house.database.write() as session:
        session.get_one(User, house.id_of("bob")).password_hash = passwords.hash_password(PASSWORD)
        session.execute(text("CREATE TABLE bench_row (id INTEGER PRIMARY KEY, n INTEGER)"))
        session.execute(text("INSERT INTO bench_row VALUES (1, 0)"))
    cycle, alice = house.open_cycle("alice"), house.signed_in("alice")
    house.begin(alice, cycle)
    slugs = house.slugs(cycle)
    for slug in slugs[: slugs.index("accounts")]:
        house.pass_module(alice, cycle, slug)
    house.take_steps(alice, cycle, "accounts")
    attempt = house.start_quiz(alice, cycle, "accounts")
    with house.database.read() as session:
        serial = session.execute(text("SELECT serial FROM certificate")).scalar_one()
    sizes, counts = _measured(house, cycle, attempt, serial)
    environ = {
        "DATABASE_URL": url,
        "BYP_DATA_DIR": str(folder),
        "BYP_BASE_URL": "http://byp.test",
        "BENCH_SIZES": ",".join({"0", *map(str, sizes.values())}),
    }
    ours = stack.enter_context(serving("training.factory:create_app()", environ))
    bare = stack.enter_context(serving("tests.benchmarks.bare:create_app()", environ))
    found = {name: alice.get_cookie(name) for name in ("sid", "form")}
    cookies = {name: c.value for name, c in found.items() if c}
    return Bench(house, ours, bare, sizes, counts, cycle, attempt, serial, cookies)


def _measured(
    house: TestHouse, cycle: int, attempt: int, serial: str
) -> tuple[dict[str, int], dict[str, int]]:
    counter = Counter(house)
    client = house.signed_in("alice")
    paths = {
        "lesson page": f"/training/{cycle}/accounts/two-hats",
        "situation": f"/training/{cycle}/accounts/chili-day",
        "/verify/<serial>": f"/verify/{serial}",
    }
    sizes = {name: len(client.get(path).data) for name, path in paths.items()}
    who = {name: house.client() if "verify" in name else client for name in paths}
    counts = {n: counter.of(lambda n=n, p=p: who[n].get(p)) for n, p in paths.items()}  # type: ignore[misc]
    csrf = house.csrf(client)
    state = {"n": 0}

    def save() -> None:
        state["n"] += 1
        data = {"csrf_token": csrf, "question": "q1", "q1": str(state["n"] % 3)}
        client.post(f"/attempts/{attempt}/answers", data=data)

    counts["save an answer"] = counter.of(save)
    clones = _clones(house, attempt, 2)

    def submit() -> None:
        id_, token, answers = next(clones)
        data = {"csrf_token": csrf, "token": token, "confirm": "1", **answers}
        client.post(f"/attempts/{id_}", data=data)

    counts["submit with grading"] = counter.of(submit)
    return sizes, counts


PAGES, BARE = "learner", "certificate"
PARTS = (PAGES, *reports.PARTS, BARE)
KINDS = ("sqlite", "postgresql")


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument("--database", choices=KINDS, action="append", help="these alone")
    parser.add_argument("--part", choices=PARTS, action="append", help="these alone")
    parser.add_argument(
        "--people",
        type=int,
        default=int(os.environ.get("BYP_BENCH_PEOPLE", "100000")),
        help="how many the reports are about",
    )
    return parser.parse_args()


def main() -> None:
    asked = _asked()
    parts = asked.part or PARTS
    print("what                               n      B_n    B_1   bar")
    for kind in asked.database or KINDS:
        if PAGES in parts:
            print(f"-- {kind}")
            with tempfile.TemporaryDirectory() as folder:
                for line in measure(kind, Path(folder)):
                    print(line, flush=True)
        if {*parts} & {*reports.PARTS}:
            print(f"-- {kind}, {asked.people:,} people")
            with tempfile.TemporaryDirectory() as folder:
                for line in reports.measure(kind, Path(folder), asked.people, parts):
                    print(line, flush=True)
    if BARE in parts:
        print("-- no database")
        print(certificate_line())


if __name__ == "__main__":
    main()
