"""One house under test: its app, its database, and what tests do to it in a word."""

import re
from itertools import permutations
from typing import Any

from flask.testing import FlaskClient
from jinja2 import BytecodeCache
from jinja2.bccache import Bucket
from sqlalchemy import Engine, select, text
from sqlalchemy.orm import Mapper
from sqlalchemy.util import LRUCache
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from quizzes import Item, ItemType, Paper, Question
from training.accounts import sessions
from training.accounts.models import User
from training.assignments.models import Assignment
from training.assignments.service import find_cycle_for
from training.catalog import publishing
from training.clock import FixedClock
from training.factory import create_app
from training.learning.material import material_for
from training.learning.models import Attempt
from training.settings import Settings

CSRF = re.compile(r'name="csrf_token" value="([^"]+)"')
TOKEN = re.compile(r'name="token" value="([^"]+)"')


class CompiledTemplates(BytecodeCache):
    """Templates compiled by one app of this process, for the next: every test has its own app."""

    def __init__(self) -> None:
        self.code: dict[tuple[str, str], Any] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        bucket.code = self.code.get((bucket.key, bucket.checksum))

    def dump_bytecode(self, bucket: Bucket) -> None:
        self.code[bucket.key, bucket.checksum] = bucket.code


COMPILED = CompiledTemplates()


def compile_addresses_once() -> None:
    """Let each address be compiled by one app of this process, for the next.

    That is most of what making an app costs: a hundred small functions, the same each time.
    """
    compiled: dict[tuple[str, bool], Any] = {}
    compile_builder = Rule._compile_builder

    def once(self: Rule, append_unknown: bool = True) -> Any:
        key = (f"{self.subdomain} {self.host} {self.rule} {self.defaults}", append_unknown)
        if key not in compiled:
            compiled[key] = compile_builder(self, append_unknown)
        return compiled[key]

    Rule._compile_builder = once  # type: ignore[method-assign]


compile_addresses_once()


class StatementsOfAll(LRUCache[Any, Any]):
    """Statements compiled for one engine of this process, for the next of the same kind.

    Every test has its own engines, and to compile what a page asks takes several times as long
    as to ask it. A statement is told from others by its engine's dialect first: here by its name.
    """

    def get(self, key: Any, default: Any = None) -> Any:
        return super().get((key[0].name, *key[1:]), default)

    def __setitem__(self, key: Any, compiled: Any) -> None:
        super().__setitem__((key[0].name, *key[1:]), compiled)


def compile_statements_once() -> None:
    """Let all engines, and what is flushed to them, share what was compiled."""
    of_all, made = StatementsOfAll(10_000), Engine.__init__

    def make(self: Engine, *args: Any, **named: Any) -> None:
        made(self, *args, **named)
        self._compiled_cache = of_all

    Engine.__init__ = make  # type: ignore[method-assign]
    Mapper._compiled_cache = of_all  # type: ignore[assignment]


compile_statements_once()


def right_places(item: Item, asked: Question) -> list[str]:
    """Return the right answer to one question as a form would send it."""
    if item.type is ItemType.ORDER:
        places = {option.id: option.place for option in item.options}
        return [f"{n}:{places[id_]}" for n, id_ in enumerate(asked.option_ids)]
    correct = {option.id: option.correct for option in item.options}
    return [str(n) for n, id_ in enumerate(asked.option_ids) if correct[id_]]


def wrong_places(right: list[str]) -> list[str]:
    """Return a wrong answer to the question with this right one."""
    if ":" not in right[0]:
        return ["0"] if right != ["0"] else ["1"]
    numbers = range(1, len(right) + 1)
    orders = ([f"{n}:{p}" for n, p in enumerate(order)] for order in permutations(numbers))
    shown = [f"{n}:{n + 1}" for n in range(len(right))]
    return next(order for order in orders if order not in (right, shown))


class TestHouse:
    """The app on a database of its own, with a clock that the test sets."""

    __test__ = False
    address = ""

    def __init__(self, settings: Settings, clock: FixedClock) -> None:
        self.clock = clock
        self.form_tokens: dict[str, str] = {}
        self.app = create_app(settings, clock)
        self.app.testing = False
        self.app.jinja_env.bytecode_cache = COMPILED
        self.database = self.app.database
        self.settings = settings

    def close(self) -> None:
        self.database.dispose()

    def client(self) -> FlaskClient:
        return self.app.test_client()

    def id_of(self, name: str) -> int:
        with self.database.read() as session:
            return session.scalars(select(User.id).where(User.external_id == f"E-{name}")).one()

    def signed_in(
        self, name: str, *, method: str = "password", shared: bool = False
    ) -> FlaskClient:
        client = self.client()
        with self.database.write() as session:
            token = sessions.start_session(
                session,
                self.id_of(name),
                method=method,
                shared_device=shared,
                now=self.clock.now(),
            )
        client.set_cookie("sid", token, domain="localhost")
        return client

    def post(self, client: FlaskClient, url: str, /, **fields: Any) -> TestResponse:
        """Post a form as a browser would, with the token of the browser's own page."""
        return client.post(url, data={"csrf_token": self.csrf(client), **fields})

    def csrf(self, client: FlaskClient) -> str:
        """Return a form token of this browser: that of the page before, while its cookie holds."""
        cookie = client.get_cookie(self.app.config["SESSION_COOKIE_NAME"])
        if cookie is None or cookie.value not in self.form_tokens:
            found = CSRF.search(client.get("/sign-in").get_data(as_text=True))
            assert found, "the sign-in page has no form token"
            cookie = client.get_cookie(self.app.config["SESSION_COOKIE_NAME"])
            assert cookie, "the sign-in page sets no cookie"
            self.form_tokens[cookie.value] = found.group(1)
        return self.form_tokens[cookie.value]

    def count(self, table: str, where: str = "1 = 1") -> int:
        with self.database.read() as session:
            return session.execute(
                text(f'SELECT count(*) FROM "{table}" WHERE {where}')
            ).scalar_one()

    def dump(self) -> dict[str, list[tuple[Any, ...]]]:
        """Return every row of every table, to prove that nothing changed."""
        from training.db import Base

        with self.database.read() as session:
            return {
                table.name: sorted(map(tuple, session.execute(select(table))), key=repr)
                for table in Base.metadata.sorted_tables
            }

    def open_cycle(self, name: str) -> int:
        """Open the cycles that the rules ask for; return this person's."""
        from training.accounts.days import todays
        from training.renewals.reconcile import reconcile_all

        now = self.clock.now()
        reconcile_all(self.database, lambda session: todays(session, now), now)
        with self.database.read() as session:
            return session.scalars(
                select(Assignment.id).where(
                    Assignment.user_id == self.id_of(name), Assignment.closed_at.is_(None)
                )
            ).one()

    # --- a learner at work, through the pages -------------------------------------------

    def begin(self, client: FlaskClient, cycle: int) -> TestResponse:
        return self.post(client, f"/training/{cycle}/start")

    def key_of(self, attempt_id: int) -> dict[str, list[str]]:
        """Return the right answers as a form would send them: place by place."""
        with self.database.read() as session:
            attempt = session.get_one(Attempt, attempt_id)
            bank = publishing.module(session, attempt.digest).bank
            paper = Paper.from_json(attempt.paper)
            return {
                f"q{n}": right_places(bank.item(q.item_id), q)
                for n, q in enumerate(paper.questions, start=1)
            }

    def wrong_key_of(self, attempt_id: int) -> dict[str, list[str]]:
        """Return answers that are all wrong: the first place that is not the key alone.

        Steps to be put in order get an order that is neither right nor the one shown.
        """
        right = self.key_of(attempt_id)
        return {name: wrong_places(places) for name, places in right.items()}

    def token_of(self, client: FlaskClient, attempt_id: int) -> str:
        page = client.get(f"/attempts/{attempt_id}").get_data(as_text=True)
        found = TOKEN.search(page)
        assert found, "the quiz has no submit token"
        return found.group(1)

    def take_steps(self, client: FlaskClient, cycle: int, slug: str) -> None:
        """Read and play a module's steps, by the first path of each situation."""
        module = self.module(cycle, slug)
        for step in module.steps:
            if step.kind == "situation":
                self.play(client, cycle, slug, module.scenarios[step.name])
            self.post(client, f"/training/{cycle}/{slug}/{step.name}", leave="1")

    def play(self, client: FlaskClient, cycle: int, slug: str, scenario: Any) -> None:
        from training.catalog import scenario as engine

        url = f"/training/{cycle}/{slug}/{scenario.id}"
        for number, move in enumerate(engine.moves_of(scenario, scenario.playthroughs[0])):
            fields = {f"pick-{name}": value for name, value in move.picks.items()}
            self.post(
                client, url, choice=move.choice, at=str(number), mark=list(move.marks), **fields
            )

    def module(self, cycle: int, slug: str) -> Any:
        """Return a module as this person takes it."""
        return self.material(cycle).modules[slug]

    def material(self, cycle: int) -> Any:
        with self.database.read() as session:
            user_id = session.get_one(Assignment, cycle).user_id
            mine = find_cycle_for(session, user_id, cycle)
            assert mine is not None
            return material_for(session, mine, self.clock.now().date())

    def start_quiz(self, client: FlaskClient, cycle: int, slug: str) -> int:
        reply = self.post(client, f"/training/{cycle}/{slug}/quiz")
        assert reply.status_code == 303, reply.get_data(as_text=True)
        return int(reply.headers["Location"].rsplit("/", 1)[1])

    def submit(
        self, client: FlaskClient, attempt_id: int, answers: dict[str, list[str]] | None = None
    ) -> TestResponse:
        given = self.key_of(attempt_id) if answers is None else answers
        token = self.token_of(client, attempt_id)
        return self.post(client, f"/attempts/{attempt_id}", token=token, confirm="1", **given)

    def pass_module(self, client: FlaskClient, cycle: int, slug: str) -> TestResponse:
        self.take_steps(client, cycle, slug)
        return self.submit(client, self.start_quiz(client, cycle, slug))

    def slugs(self, cycle: int) -> list[str]:
        return list(self.material(cycle).modules)

    def train(self, name: str) -> int:
        """Take somebody through her whole course, all right; return the cycle."""
        cycle, client = self.open_cycle(name), self.signed_in(name)
        self.begin(client, cycle)
        for slug in self.slugs(cycle):
            self.pass_module(client, cycle, slug)
        return cycle
