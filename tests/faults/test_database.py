"""What the database may do to us: locked, killed, two at once; nothing acknowledged is lost."""

import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager, suppress
from http.client import HTTPException
from itertools import count
from urllib.parse import urlencode

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from tests.benchmarks.servers import Browser, wait_for
from tests.effort import times
from tests.house import CSRF, TestHouse
from tests.post_office import free_port
from training import audit
from training.accounts.models import User
from training.clock import Clock
from training.db import Database


def test_D03_every_connection_is_durable(house: TestHouse) -> None:
    if not house.database.is_sqlite:
        with house.database.read() as session:
            assert session.execute(text("SHOW synchronous_commit")).scalar_one() == "on"
        return
    for engine in (house.database.reader, house.database.writer):
        with engine.connect() as connection:
            found = {
                name: connection.exec_driver_sql(f"PRAGMA {name}").scalar_one()
                for name in ("journal_mode", "synchronous", "foreign_keys", "trusted_schema")
            }
        assert found == {
            "journal_mode": "wal",
            "synchronous": 2,
            "foreign_keys": 1,
            "trusted_schema": 0,
        }


def test_a_reader_cannot_write(house: TestHouse) -> None:
    with pytest.raises(DBAPIError), house.database.read() as session:
        session.execute(text("UPDATE \"user\" SET legal_name = 'x'"))


@contextmanager
def locked(database: Database, seconds: float) -> Iterator[None]:
    """Hold the lock that writers need, from another connection."""
    held, done = threading.Event(), threading.Event()

    def hold() -> None:
        with database.open(writes=True) as session:
            session.execute(
                text(
                    "SELECT seq FROM audit_head WHERE id = 1 FOR UPDATE".replace(
                        " FOR UPDATE", "" if database.is_sqlite else " FOR UPDATE"
                    )
                )
            )
            held.set()
            done.wait(seconds)

    thread = threading.Thread(target=hold)
    thread.start()
    held.wait(10)
    try:
        yield
    finally:
        done.set()
        thread.join()


def test_D06_a_lock_of_two_seconds_is_waited_for(house: TestHouse) -> None:
    cycle, alice = house.open_cycle("alice"), house.signed_in("alice")
    csrf = house.csrf(alice)
    started = time.monotonic()
    with locked(house.database, 2):
        timer = threading.Timer(2, lambda: None)
        timer.start()
        with ThreadPoolExecutor(1) as pool:
            reply = pool.submit(alice.post, f"/training/{cycle}/start", data={"csrf_token": csrf})
            time.sleep(2)
    assert reply.result().status_code == 303
    assert time.monotonic() - started >= 2
    assert house.count("assignment", f"id = {cycle} AND begun_at IS NOT NULL") == 1


def test_D06_a_lock_that_does_not_end_is_a_503_with_the_form_intact(
    house: TestHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("training.db.BUSY_TIMEOUT_MS", 200)
    house.open_cycle("alice")
    olga = house.signed_in("olga")
    csrf = house.csrf(olga)
    if not house.database.is_sqlite:
        with house.database.writer.connect() as connection:
            connection.execute(
                text(
                    "ALTER DATABASE CURRENT SET lock_timeout = '200ms'".replace(
                        "DATABASE CURRENT", f"DATABASE {house.database.url.database}"
                    )
                )
            )
            connection.commit()
        house.database.dispose()
    with locked(house.database, 30):
        reply = olga.post(
            "/program/content",
            data={"csrf_token": csrf, "privacy_contact": "Olga New", "privacy_phone": "555-0111"},
        )
    page = reply.get_data(as_text=True)

    assert reply.status_code == 503
    assert reply.headers["Retry-After"] == "5"
    assert 'value="Olga New"' in page
    assert 'action="/program/content"' in page
    assert house.count("entity_facts") == 1


def test_eight_readers_while_every_touch_is_due_see_no_error(house: TestHouse) -> None:
    from datetime import timedelta

    browsers = [house.signed_in("alice") for _ in range(4)] + [
        house.signed_in("bob") for _ in range(4)
    ]
    house.clock.at += timedelta(minutes=10)
    with locked(house.database, 20), ThreadPoolExecutor(8) as pool:
        found = {
            reply.status_code
            for _ in range(3)
            for reply in pool.map(lambda browser: browser.get("/"), browsers)
        }
    assert found == {200}


def test_D07_two_who_save_at_once_both_count_and_the_last_is_believed(house: TestHouse) -> None:
    olga = [house.signed_in("olga") for _ in range(2)]
    forms = [
        {"csrf_token": house.csrf(b), "privacy_contact": f"Name {n}", "privacy_phone": "555-0100"}
        for n, b in enumerate(olga)
    ]
    with ThreadPoolExecutor(2) as pool:
        found = list(
            pool.map(lambda n: olga[n].post("/program/content", data=forms[n]).status_code, (0, 1))
        )
    assert set(found) <= {303, 503}
    assert house.count("entity_facts", "superseded_at IS NULL") == 1


def test_D08_what_must_be_unique_is_so_in_the_database(house: TestHouse) -> None:
    house.open_cycle("alice")
    columns = "user_id, course, path, rule_id, reason, assigned_on, opens_on, due_on"
    double = f"INSERT INTO assignment ({columns}) SELECT {columns} FROM assignment LIMIT 1"
    with pytest.raises(DBAPIError), house.database.write() as session:
        session.execute(text(double))


def test_the_chain_is_one_line_however_many_write_at_once(house: TestHouse) -> None:
    def write(n: int) -> None:
        for k in range(times(5, 50)):
            with house.database.write() as session:
                audit.record(
                    session, "test.happened", at=house.clock.now(), detail={"n": n, "k": k}
                )

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(write, range(8)))
    with house.database.read() as session:
        count, breaks = audit.verify_chain(session)
    assert breaks == ()
    assert count >= 8 * times(5, 50)


# --- kill -9 ----------------------------------------------------------------------------


@contextmanager
def server(house: TestHouse, port: int) -> Iterator["subprocess.Popen[bytes]"]:
    process = subprocess.Popen(
        [
            sys.executable,
            "-m",
            "gunicorn",
            "--workers=1",
            "--threads=4",
            "--worker-class=gthread",
            "--log-level=critical",
            f"--bind=127.0.0.1:{port}",
            "training.factory:create_app()",
        ],
        env={
            **os.environ,
            "DATABASE_URL": house.database.url.render_as_string(hide_password=False),
            "BYP_DATA_DIR": str(house.settings.data_dir),
            "BYP_BASE_URL": "http://byp.test",
        },
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        wait_for(port)
        yield process
    finally:
        kill_all(process)


def kill_all(process: "subprocess.Popen[bytes]") -> None:
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        return
    process.wait()


@pytest.mark.slow
def test_D01_killed_at_any_moment_no_acknowledged_answer_is_lost(house: TestHouse) -> None:
    """Clients save and submit while the server is killed: what was acknowledged is there."""
    kills = times(10, 60)
    house.app.clock = house.clock = Clock()  # the server's own, whatever year it shows
    cycle = house.open_cycle("alice")
    alice = house.signed_in("alice")
    house.begin(alice, cycle)
    slug = house.slugs(cycle)[0]
    house.take_steps(alice, cycle, slug)
    attempt = house.start_quiz(alice, cycle, slug)
    cookies = {n: c.value for n in ("sid", "form") if (c := alice.get_cookie(n))}
    names = [n for n, right in house.key_of(attempt).items() if ":" not in right[0]]
    acknowledged: list[tuple[str, str]] = []
    sent: dict[str, set[str]] = {}  # the last acknowledged, and what was cut after it
    chance, port = random.Random(4711), free_port()
    for _ in range(kills):
        with server(house, port) as process:
            stop = time.monotonic() + chance.uniform(0.05, 0.5)
            timer = threading.Timer(max(0, stop - time.monotonic()), kill_all, [process])
            timer.start()
            acknowledged += save_until_cut(port, cookies, attempt, names, sent)
            timer.join()
    print(f"\n{kills} kills, {len(acknowledged)} answers acknowledged, seed 4711")

    assert len(acknowledged) > kills
    answered = {name: sent[name] for name, _place in acknowledged}
    with house.database.read() as session:
        rows = session.execute(
            text("SELECT item, options FROM answer WHERE attempt_id = :a"), {"a": attempt}
        ).all()
        _count, breaks = audit.verify_chain(session)
    stored = {row.item: row.options for row in rows}
    for item, options in shown_answers(house, attempt, answered).items():
        assert stored[item] in options
    assert breaks == ()
    assert house.count("attempt") == 1


def save_until_cut(
    port: int, cookies: dict[str, str], attempt: int, names: list[str], sent: dict[str, set[str]]
) -> list[tuple[str, str]]:
    """Save answers one after the other until the server is gone; return the acknowledged ones."""
    acknowledged: list[tuple[str, str]] = []
    with closing(Browser(port, cookies)) as browser, suppress(OSError, HTTPException):
        _status, page = browser.send("GET", "/sign-in")
        found = CSRF.search(page.decode())
        for n in count(1):
            if found is None:
                break
            name, place = names[n % len(names)], str(n % 3)
            body = urlencode({"csrf_token": found.group(1), "question": name, name: place})
            sent.setdefault(name, set()).add(place)  # cut before its answer, it may be kept or not
            status, _reply = browser.send("POST", f"/attempts/{attempt}/answers", body)
            if status != 204:
                break
            acknowledged.append((name, place))
            sent[name] = {place}
    return acknowledged


def shown_answers(house: TestHouse, attempt: int, sent: dict[str, set[str]]) -> dict[str, set[str]]:
    """Translate what the client sent (q3 -> place 1) into what the table may say."""
    import json

    from quizzes import Paper
    from training.learning.models import Attempt

    with house.database.read() as session:
        paper = Paper.from_json(session.get_one(Attempt, attempt).paper)
    return {
        question.item_id: {json.dumps([question.option_ids[int(p)]]) for p in sent[f"q{n}"]}
        for n, question in enumerate(paper.questions, start=1)
        if f"q{n}" in sent
    }


def test_twin_addresses_are_refused_on_both_databases(house: TestHouse) -> None:
    from training.accounts.service import normal_address

    twins = [
        User(
            source="x",
            external_id=address,
            legal_name="Twin",
            sign_in_address=normal_address(address),
            created_at=house.clock.now(),
        )
        for address in ("Twin@X.example", "ｔwin@x.example")
    ]
    with house.database.open(writes=True) as session:
        session.add_all(twins)
        with pytest.raises(DBAPIError):
            session.flush()
