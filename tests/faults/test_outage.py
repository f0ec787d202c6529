"""The database is away: one page that says so, as safe as any other, and then all is well again."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import NoReturn

import pytest
from sqlalchemy import event
from sqlalchemy.exc import DBAPIError, OperationalError

from tests.house import TestHouse
from training.web import CSP

pytestmark = pytest.mark.either_database


@contextmanager
def away(house: TestHouse) -> Iterator[None]:
    """Let every statement fail as it does when no server answers, or the disk is full."""

    def fail(*_statement: object) -> NoReturn:
        raise OperationalError("select", {}, Exception("the server closed the connection"))

    engines = (house.database.reader, house.database.writer)
    for engine in engines:
        event.listen(engine, "before_cursor_execute", fail)
    try:
        yield
    finally:
        for engine in engines:
            event.remove(engine, "before_cursor_execute", fail)


def test_D11_a_database_that_is_away_is_a_plain_503_on_every_page_and_then_over(
    house: TestHouse,
) -> None:
    alice, stranger = house.signed_in("alice"), house.client()
    token = house.csrf(alice)
    with away(house):
        replies = [
            alice.get("/"),
            alice.get("/certificates"),
            alice.post("/password", data={"csrf_token": token, "password": "a new sentence"}),
            stranger.get("/sign-in"),
            stranger.get("/verify/none"),
        ]
        assert house.client().get("/healthz").status_code == 200
    for reply in replies:
        assert reply.status_code == 503, reply.request.path
        assert reply.headers["Retry-After"] == "5"
        assert "Wait a few seconds, then try again" in reply.get_data(as_text=True)
    assert alice.get("/").status_code == 200


def test_S17_S18_the_page_of_an_outage_has_the_headers_of_every_other(house: TestHouse) -> None:
    alice = house.signed_in("alice")
    with away(house):
        headers = alice.get("/").headers
    assert headers["Content-Security-Policy"] == CSP
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Cache-Control"] == "no-store"
    assert headers["X-Request-ID"]


def test_D10_a_balancer_is_told_that_the_database_is_away(house: TestHouse) -> None:
    client = house.client()
    assert client.get("/readyz").status_code == 200
    with away(house):
        assert client.get("/readyz").status_code == 503
    assert client.get("/readyz").status_code == 200


class Deadlock(Exception):
    sqlstate = "40P01"


@pytest.mark.parametrize(("times", "status"), [(1, 303), (2, 303), (9, 503)])
def test_D09_what_another_transaction_spoiled_is_done_again_and_once(
    house: TestHouse, times: int, status: int
) -> None:
    """The server may end either of two that wait for each other; nobody has to press again."""
    client, left = house.signed_in("olga"), [times]
    token = house.csrf(client)

    def spoil(_c: object, _cursor: object, statement: str, *_rest: object) -> None:
        if statement.startswith("INSERT INTO entity_facts") and left[0]:
            left[0] -= 1
            raise DBAPIError(statement, {}, Deadlock("deadlock detected"))

    data = {"csrf_token": token, "privacy_contact": "Olga New", "privacy_phone": "555-0111"}
    event.listen(house.database.writer, "before_cursor_execute", spoil)
    reply = client.post("/program/content", data=data)
    event.remove(house.database.writer, "before_cursor_execute", spoil)

    assert reply.status_code == status
    assert house.count("entity_facts") == (2 if status == 303 else 1)
