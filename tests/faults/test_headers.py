"""Every kind of answer says how it may be framed, run and kept: a page, a refusal, a file."""

import pytest

from tests.house import TestHouse
from training.web import CSP

pytestmark = pytest.mark.either_database

ANSWERS = {  # who asks, how, and what comes of it
    "page": ("olga", "GET", "/", 200),
    "way in": ("", "GET", "/", 302),
    "sent on": ("alice", "POST", "/calendar/stop", 303),
    "other form": ("alice", "POST", "/sign-out?no-token", 400),
    "refused": ("alice", "GET", "/program", 403),
    "nothing": ("olga", "GET", "/program/nothing", 404),
    "other verb": ("olga", "DELETE", "/program", 405),
    "too large": ("", "POST", "/sign-in?large", 413),
    "not taken": ("olga", "GET", "/program/people?after=x", 422),
    "broken": ("", "GET", "/verify/broken", 500),
    "list": ("olga", "GET", "/program/people.csv", 200),
    "workbook": ("olga", "GET", "/program/people.xlsx", 200),
    "print": ("mona", "GET", "/team.pdf", 200),
    "health": ("", "GET", "/healthz", 200),
    "like a file": ("alice", "GET", "/certificates/x.css", 404),
    "like a file too": ("alice", "GET", "/certificates;x.css", 404),
}


@pytest.mark.parametrize("kind", ANSWERS)
def test_S17_S18_I18_every_answer_is_framed_by_nobody_and_kept_by_nobody(
    house: TestHouse, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    name, verb, path, status = ANSWERS[kind]
    client = house.signed_in(name) if name else house.client()
    data = {"x": "x" * 1_100_000} if path.endswith("large") else {"csrf_token": house.csrf(client)}
    if path.endswith("no-token"):
        data = {}
    if status == 500:
        monkeypatch.setattr("training.learning.public.parse_serial", lambda _text: 1 / 0)
    reply = client.open(path, method=verb, data=data if verb == "POST" else None)
    assert reply.status_code == status
    assert reply.headers.getlist("Content-Security-Policy") == [CSP]
    assert "frame-ancestors 'none'" in CSP
    assert "unsafe" not in CSP
    assert reply.headers["X-Frame-Options"] == "DENY"
    assert reply.headers["X-Content-Type-Options"] == "nosniff"
    assert reply.headers.getlist("Cache-Control") == ["no-store"]
