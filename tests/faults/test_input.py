"""Whatever is sent: a clear page, never a 500, the same on both databases."""

import csv
import io
import json
import logging
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

from tests.effort import times
from tests.house import TestHouse
from tests.test_access import OF_ONE_LEARNER, TABLE, path_of
from training.reports.csv_rows import TRIGGERS, cell, csv_lines

pytestmark = pytest.mark.either_database

NAUGHTY = [
    "\x00",
    "a\x00b",
    "\u202egnp.exe",
    "𝔘𝔫𝔦𝔠𝔬𝔡𝔢",
    "-1",
    "9" * 20,
    str(2**63),
    "1e309",
    "[]",
    "{}",
    "null",
    "true",
    "' OR 1=1 --",
    "%_%",
    "../../etc/passwd",
    "..%2f..%2f",
    "<script>alert(1)</script>",
    "{{7*7}}",
    "${7*7}",
    "=cmd|' /C calc'!A0",
    "\r\nX-Evil: 1",
    "x" * 5_000,
    "",
    " ",
]
FIELDS = (
    "address",
    "password",
    "next",
    "answer",
    "typed_name",
    "agree",
    "choice",
    "at",
    "mark",
    "pick-account",
    "leave",
    "after",
    "question",
    "q1",
    "token",
    "confirm",
    "privacy_contact",
    "source",
    "text",
    "kept",
    "apply",
    "allow_ending",
    "user",
    "digest",
    "site",
    "day",
    "from_hour",
    "to_hour",
    "paid_note",
    "department",
    "wanted",
    "turn",
    "kind",
    "format",
    "q",
    "status",
    "course",
    "names",
    "entities",
    "seen",
    "whom",
    "role",
    "entity",
    "job_title",
    "worker_type",
    "manager",
    "sheet",
    "fingerprint",
    "signed_on",
)


@pytest.fixture
def rows(house: TestHouse):  # type: ignore[no-untyped-def]  # the fixture of test_access
    from tests.test_access import Rows

    cycle = house.train("alice")
    with house.database.read() as session:
        attempt = session.execute(text("SELECT min(id) FROM attempt")).scalar_one()
        serial = session.execute(text("SELECT serial FROM certificate")).scalar_one()
        digest = session.execute(text("SELECT digest FROM attempt LIMIT 1")).scalar_one()
    return Rows(cycle, attempt, serial, house.id_of("alice"), digest, "M1-101")


def test_I06_no_field_of_any_form_breaks_the_app(house: TestHouse, rows) -> None:  # type: ignore[no-untyped-def]
    """Every POST route takes every naughty value in every field; none answers 5xx."""
    who = {name: house.signed_in(name) for name in ("alice", "olga")}
    values = NAUGHTY if times(0, 1) else NAUGHTY[::2]
    for endpoint, (verb, allowed) in TABLE.items():
        if verb != "POST" or endpoint == "accounts.sign_out":
            continue
        name = "alice" if endpoint in OF_ONE_LEARNER or "olga" not in allowed else "olga"
        token = house.csrf(who[name])
        for value in values:
            data = {"csrf_token": token, **dict.fromkeys(FIELDS, value)}
            reply = who[name].post(path_of(endpoint, rows), data=data)
            told = f"{path_of(endpoint, rows)} {value[:20]!r}: {reply.status_code}"
            assert reply.status_code < 500, told
            assert "Traceback" not in reply.get_data(as_text=True), told


@pytest.mark.parametrize("raw", [b"address=%ED%A0%80", b"address=%FF%FE", b"%00=%00", b"a" * 900])
def test_I06_bytes_that_are_no_text_are_told(house: TestHouse, raw: bytes) -> None:
    client = house.client()
    token = house.csrf(client).encode()
    reply = client.post(
        "/sign-in/link",
        data=b"csrf_token=" + token + b"&" + raw,
        content_type="application/x-www-form-urlencoded",
    )
    assert reply.status_code in {200, 400, 422}


@pytest.mark.parametrize("number", ["99999999999999999999", "-1", "0", "1e9", "٣", str(2**63)])
def test_I07_a_number_that_is_none_of_ours_is_a_404(house: TestHouse, number: str) -> None:
    alice, mona, olga = (house.signed_in(name) for name in ("alice", "mona", "olga"))
    for client, path in (
        (alice, f"/training/{number}"),
        (alice, f"/attempts/{number}"),
        (alice, f"/training/{number}/accounts/two-hats"),
        (mona, f"/team/{number}"),
        (olga, f"/program/people/{number}"),
    ):
        assert client.get(path).status_code == 404, path


@pytest.mark.parametrize("query", ["after=x", "after=-1", "status=none", "after=" + "9" * 30])
def test_a_page_of_a_list_that_is_not_there_is_told(house: TestHouse, query: str) -> None:
    assert house.signed_in("olga").get(f"/program/people?{query}").status_code == 422


@pytest.mark.parametrize("word", ["%", "_", "' OR ''='", "\\", "zzz"])
def test_I02_a_search_finds_what_is_written_and_nothing_else(house: TestHouse, word: str) -> None:
    page = house.signed_in("olga").get("/program/people", query_string={"q": word})
    assert page.status_code == 200
    assert b"Alice Adams" not in page.data


XSS = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "'-alert(1)-'",
    "<svg/onload=alert(1)>",
    "{{constructor.constructor('alert(1)')()}}",
    "</title><script>alert(1)</script>",
    "javascript:alert(1)",
]


@pytest.mark.parametrize("payload", XSS)
def test_I01_a_name_is_text_on_every_page(house: TestHouse, payload: str) -> None:
    with house.database.write() as session:
        session.execute(
            text("UPDATE \"user\" SET display_name = :p WHERE external_id = 'E-alice'"),
            {"p": payload},
        )
    who = {name: house.signed_in(name) for name in ("alice", "mona", "olga")}
    alice = house.id_of("alice")
    for name, path in (
        ("alice", "/"),
        ("mona", "/team"),
        ("mona", f"/team/{alice}"),
        ("olga", "/program/people"),
        ("olga", f"/program/people/{alice}"),
    ):
        page = who[name].get(path).get_data(as_text=True)
        assert (
            payload not in page.replace("javascript:alert(1)", "", 0) or payload[0] not in '<"'
        ), path
        assert "<script>alert" not in page
        assert not re.search(r"<(img|svg)[^>]+on(error|load)", page)


def test_I09_what_looks_like_a_template_stays_text(house: TestHouse) -> None:
    with house.database.write() as session:
        session.execute(
            text("UPDATE \"user\" SET display_name = '{{7*7}}' WHERE external_id = 'E-alice'")
        )
    page = house.signed_in("mona").get("/team").get_data(as_text=True)
    assert "{{7*7}}" in page
    assert ">49<" not in page


@given(st.text(max_size=40))
def test_I03_no_cell_begins_a_formula_and_the_text_comes_back(value: str) -> None:
    line = next(iter(list(csv_lines(["h"], [[value]]))[1:]))
    read = next(csv.reader(io.StringIO(line)))[0] if line.strip() else ""
    bare = read.lstrip(' \u00a0"')
    assert not bare or bare[0] not in TRIGGERS
    assert cell(value) in {value, f"'{value}"}


@pytest.mark.parametrize(
    "value", ["=1+1", "+1", "-1", "@x", "\tx", "\rx", ' "=1', "'=1", "＝1", "\u00a0=1"]
)
def test_I03_each_way_to_begin_a_formula_is_disarmed(value: str) -> None:
    assert cell(value) == f"'{value}"


def test_I05_nothing_secret_and_no_name_is_ever_logged(
    house: TestHouse, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    from training.logs import JsonLines

    lines: list[str] = []
    handler = logging.Handler()
    handler.emit = lambda record: lines.append(JsonLines().format(record))  # type: ignore[method-assign]
    for name in ("training", "byp"):
        logging.getLogger(name).addHandler(handler)

    def broken(*_args: object, **_kw: object) -> None:
        raise RuntimeError("CANARY-in-an-error")

    monkeypatch.setattr("training.accounts.views.links.request_link", broken)
    client = house.client()
    reply = house.post(client, "/sign-in/link", address="alice@clinic.example")
    house.post(client, "/sign-in", address="CANARY@x.example", password="CANARY-password-123")
    for name in ("training", "byp"):
        logging.getLogger(name).removeHandler(handler)

    assert reply.status_code == 500
    page = reply.get_data(as_text=True)
    assert "CANARY" not in page
    assert "/training/" not in page
    told = [json.loads(line) for line in lines]
    assert any(line.get("error") == "RuntimeError" for line in told)
    assert "CANARY" not in json.dumps(told)
    assert "alice" not in json.dumps(told).lower()


@pytest.mark.parametrize("build", ["words", "email"])
def test_I08_no_pattern_hangs_on_a_long_text(build: str) -> None:
    import time

    from training.catalog.lint.words import strings_in
    from training.program.roster.values import BadValue, date_of, email_of

    long = "a" * 50_000 + "!"
    before = time.perf_counter()
    list(strings_in({"text": long}))
    for check in (email_of, date_of):
        try:
            check(long if build == "words" else "a@" * 20_000)
        except BadValue:
            continue
    assert time.perf_counter() - before < 1


@pytest.mark.parametrize("given", ["../../etc/passwd", "%2e%2e%2fapp.py", "theme.css/../../app.py"])
def test_no_path_leads_out_of_the_static_folder(house: TestHouse, given: str) -> None:
    assert house.client().get(f"/static/{given}").status_code == 404
