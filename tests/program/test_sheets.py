"""Signed sheets: only a fingerprint is kept, it is shown with the record, and it can be checked."""

import hashlib
import io
import json
from collections.abc import Iterable
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from werkzeug.test import TestResponse

from tests.house import TestHouse
from tests.program.test_acts import COURSE, act, day, id_in
from tests.program.test_entity_officer import harbor  # noqa: F401  # a fixture
from tests.terminal import byp
from training import incoming
from training.migrations import runner

SCAN = b"%PDF-1.7 a scan of a signed sheet" * 3_000
LARGE = SCAN * 20  # over what a form's file may have in memory
SHA256 = hashlib.sha256(SCAN).hexdigest()
SHOWN = f"sheet {SHA256[:4]} {SHA256[4:8]}…"
RECORD = {"course": COURSE, "completed_on": day(-10), "source": "paper"}


def file(data: bytes = SCAN, name: str = "scan.pdf") -> tuple[io.BytesIO, str]:
    return io.BytesIO(data), name


def record(house: TestHouse, name: str, /, sheet: Any, by: str = "olga") -> TestResponse:
    return act(house, name, "record", by=by, **RECORD, sheet=sheet)


def check(house: TestHouse, client: FlaskClient, data: bytes) -> str:
    reply = house.post(client, "/program/sheets", sheet=file(data))
    assert reply.status_code == 303
    page = client.get(reply.headers["Location"])
    assert page.status_code == 200
    return " ".join(page.get_data(as_text=True).split())


def send(house: TestHouse, client: FlaskClient, data: bytes, **more: str) -> TestResponse:
    """Send the form byte by byte: what a test client makes of a large one is a file on the disk."""
    body = b""
    for name, value in {**RECORD, **more, "csrf_token": house.csrf(client)}.items():
        body += f'--x\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
    body += b'--x\r\nContent-Disposition: form-data; name="sheet"; filename="s"\r\n\r\n' + data
    return client.post(
        f"/program/people/{house.id_of('alice')}/record",
        data=body + b"\r\n--x--\r\n",
        content_type="multipart/form-data; boundary=x",
    )


def error(reply: TestResponse, of: str = "record_completion") -> str:
    assert reply.status_code == 422
    told = reply.text.split(f'id="{of}-sheet-error">', 1)[1]
    return told.split("<", 1)[0]


def test_F30_only_the_fingerprint_of_the_signed_sheet_is_kept_and_shown(house: TestHouse) -> None:
    house.open_cycle("alice")
    assert record(house, "alice", file(name="../../Alice Adams.pdf")).status_code == 303
    (row,) = house.dump()["sheet"]
    assert {SHA256, len(SCAN), house.id_of("olga")} <= set(row)
    assert "Adams.pdf" not in json.dumps(
        house.dump(), default=str
    )  # what it was called is nobody's
    told = f"recorded by the officer from: a quiz or sheet on paper ({SHOWN})"
    person = f"/program/people/{house.id_of('alice')}"
    for reader in ("olga", "audrey"):
        assert told in house.signed_in(reader).get(person).text
    assert told in house.signed_in("alice").get("/certificates").text
    event = "body LIKE '%training.recorded%' AND body LIKE '%{}%'"
    assert house.count("audit_event", event.format(SHA256)) == 1
    seen_by_manager = house.signed_in("mona").get(f"/team/{house.id_of('alice')}").text
    assert SHA256[:4] not in seen_by_manager
    assert "recorded by" not in seen_by_manager


def test_F30_her_own_export_has_the_whole_fingerprint_and_the_source(house: TestHouse) -> None:
    for name in ("alice", "bob"):
        house.open_cycle(name)
        assert record(house, name, file()).status_code == 303
    told = json.loads(byp(house, "user", "export", "E-alice").stdout)
    assert [row["sha256"] for row in told["sheet"]] == [SHA256]  # hers, though Bob is on it too
    assert [row["source"] for row in told["paper_record"]] == ["paper"]


def test_without_a_sheet_the_record_is_made_as_before_and_says_its_source(house: TestHouse) -> None:
    house.open_cycle("alice")
    assert record(house, "alice", (io.BytesIO(), "")).status_code == 303
    assert house.count("sheet") == 0
    hers = house.signed_in("alice").get("/certificates").text
    assert "recorded by the officer from: a quiz or sheet on paper." in hers


def test_the_file_is_read_as_it_comes_and_never_lies_on_the_disk(
    house: TestHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_args: object, **_more: object) -> None:
        raise AssertionError("a file was put on the disk")

    house.open_cycle("alice")
    monkeypatch.setattr("werkzeug.formparser.SpooledTemporaryFile", refuse)
    monkeypatch.setattr("werkzeug.formparser.TemporaryFile", refuse, raising=False)
    assert send(house, house.signed_in("olga"), LARGE).status_code == 303
    sha256 = hashlib.sha256(LARGE).hexdigest()
    assert house.count("sheet", f"sha256 = '{sha256}' AND size = {len(LARGE)}") == 1


@pytest.mark.parametrize(
    ("given", "told"),
    [
        (file(b""), "That file is empty"),
        ([file(), file()], "Choose one file"),
        ("scan.pdf", "That is no file"),
    ],
    ids=["empty", "two", "no file"],
)
def test_what_is_no_sheet_is_told_at_its_field(house: TestHouse, given: Any, told: str) -> None:
    house.open_cycle("alice")
    given = [file(), file()] if isinstance(given, list) else given
    given = file(b"") if isinstance(given, tuple) else given
    assert told in error(record(house, "alice", given))
    assert house.count("completion") == house.count("sheet") == 0


def test_a_file_that_is_too_large_is_told_at_its_field_and_a_huge_one_is_not_read(
    house: TestHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    house.open_cycle("alice")
    monkeypatch.setattr("training.program.sheet_views.DIGESTED_LIMIT", len(SCAN) - 1)
    assert "larger than 20 MB" in error(record(house, "alice", file()))
    monkeypatch.undo()
    client = house.signed_in("olga")
    reply = client.post(
        f"/program/people/{house.id_of('alice')}/record",
        data={"csrf_token": house.csrf(client), **RECORD},
        content_type="multipart/form-data",
        headers={"Content-Length": str(incoming.DIGESTED_BODY + 1)},
        environ_overrides={"CONTENT_LENGTH": str(incoming.DIGESTED_BODY + 1)},
    )
    assert reply.status_code == 413
    assert "at most 20 MB" in reply.text
    assert house.count("completion") == house.count("sheet") == 0


def test_only_the_file_may_be_large_and_nobodys_else(house: TestHouse) -> None:
    house.open_cycle("alice")
    olga, mona = house.signed_in("olga"), house.signed_in("mona")
    assert send(house, olga, SCAN, note="x" * 600_000).status_code == 413
    assert send(house, mona, b"x" * 2_000_000).status_code == 413
    assert house.count("completion") == 0


def test_with_another_fault_the_file_is_asked_for_again(house: TestHouse) -> None:
    house.open_cycle("alice")
    fields = RECORD | {"completed_on": day(1)}
    reply = act(house, "alice", "record", **fields, sheet=file())
    assert "Choose the file again" in error(reply)
    assert "still to come" in reply.text
    without = act(house, "alice", "record", **fields)
    assert "Choose the file again" not in without.text


# --- check a sheet ---------------------------------------------------------------------------


def test_F30_whoever_has_the_file_sees_whose_sheet_it_is_and_nothing_changes(
    house: TestHouse,
) -> None:
    for name in ("alice", "bob"):
        house.open_cycle(name)
    assert record(house, "alice", file()).status_code == 303
    clients = [house.signed_in(reader) for reader in ("olga", "audrey")]
    before = house.dump()
    for client in clients:
        told = check(house, client, SCAN)
        assert "This is the sheet that was recorded for" in told
        assert "Alice Adams</a> on 24 Nov 2026 by Olga" in told
        assert "completed on 14 Nov 2026" in told
        assert SHA256 in told
        assert "No record here has this sheet" in check(house, client, SCAN + b"\n")
    assert house.dump() == before
    assert record(house, "bob", file()).status_code == 303  # a team signs in on one sheet
    both = check(house, clients[0], SCAN)
    assert "the sheet of 2 records" in both
    assert "Alice Adams" in both
    assert "Bob" in both
    path = f"completions/{id_in(house, 'completion')}/withdraw"
    assert act(house, "bob", path, reason="not his name").status_code == 303
    assert "withdrawn since" in check(house, clients[0], SCAN)


@pytest.mark.either_database
@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({}, "Choose the scan or photo."),
        ({"sheet": file(b"", "")}, "Choose the scan or photo."),
        ({"sheet": file(b"")}, "That file is empty"),
        ({"sheet": "text"}, "That is no file"),
    ],
    ids=["nothing", "no file", "empty", "text"],
)
def test_a_check_without_a_file_is_told(house: TestHouse, given: dict[str, Any], told: str) -> None:
    fresh = {k: file(b"", v[1]) if isinstance(v, tuple) else v for k, v in given.items()}
    reply = house.post(house.signed_in("olga"), "/program/sheets", **fresh)
    assert reply.status_code == 422
    assert told in reply.text.split('id="sheet-error">', 1)[1]


@pytest.mark.either_database
@pytest.mark.parametrize("given", ["", "x", "0" * 63, "g" * 64, "٣" * 64, "0" * 65])
def test_what_is_no_fingerprint_is_told(house: TestHouse, given: str) -> None:
    asked = {"fingerprint": given}
    assert house.signed_in("olga").get("/program/sheets", query_string=asked).status_code == 422


@pytest.mark.usefixtures("harbor")
def test_an_officer_of_one_entity_finds_the_sheets_of_her_people_alone(house: TestHouse) -> None:
    for name in ("alice", "zoe"):
        house.open_cycle(name)
        assert record(house, name, file()).status_code == 303
    told = check(house, house.signed_in("max"), SCAN)
    assert "This is the sheet that was recorded for" in told
    assert f'/program/people/{house.id_of("zoe")}"' in told
    assert "Alice" not in told
    alone = SCAN + b"Alice alone"
    assert record(house, "alice", file(alone)).status_code == 303
    assert "No record here has this sheet" in check(house, house.signed_in("max"), alone)


# --- the rows --------------------------------------------------------------------------------

FAULTY = {
    "two subjects": ("1, 1, NULL", "'{}', 1"),
    "no subject": ("NULL, NULL, NULL", "'{}', 1"),
    "no fingerprint": ("1, NULL, NULL", "'abc', 1"),
    "an empty file": ("1, NULL, NULL", "'{}', 0"),
}


@pytest.mark.parametrize("rows", FAULTY.values(), ids=FAULTY)
def test_a_sheet_proves_one_fact_and_is_a_file(house: TestHouse, rows: Iterable[str]) -> None:
    cycle = house.train("alice")
    house.post(
        house.signed_in("alice"),
        f"/training/{cycle}/sign",
        answer="sign",
        agree="1",
        typed_name="Alice",
    )
    subject, kept = rows
    values = f"{subject}, {kept.format('0' * 64)}, {house.id_of('olga')}, '2026-11-24 12:00:00'"
    columns = "completion_id, signature_id, team_session_id, sha256, size, recorded_by_id"
    values = values.replace(
        "1, 1, NULL", f"{id_in(house, 'completion')}, {id_in(house, 'signature')}, NULL"
    )
    values = values.replace("1, NULL, NULL", f"{id_in(house, 'completion')}, NULL, NULL")
    statement = text(f"INSERT INTO sheet ({columns}, recorded_at) VALUES ({values})")
    with pytest.raises(DBAPIError, match="ck_sheet_"), house.database.write() as session:
        session.execute(statement)


def test_an_upgrade_takes_the_sources_of_earlier_records_from_the_log(house: TestHouse) -> None:
    for name, source in (("alice", "session"), ("bob", "elsewhere")):
        house.open_cycle(name)
        act(house, name, "record", **RECORD | {"source": source})
    before = house.dump()["paper_record"]
    assert len(before) == 2
    runner.downgrade(house.database, "0014")
    runner.upgrade(house.database)
    assert house.dump()["paper_record"] == before


# --- a team session's sheet ------------------------------------------------------------------


def started(house: TestHouse, by: str = "olga") -> str:
    client = house.signed_in(by)
    reply = house.post(client, "/program/together", course=COURSE)
    return str(reply.headers["Location"])


def sign_in_sheet(house: TestHouse, url: str, by: str = "olga", **fields: Any) -> TestResponse:
    return house.post(house.signed_in(by), f"{url}/sheet", **fields)


@pytest.mark.parametrize("over", [False, True])
def test_F30_a_team_session_keeps_its_sign_in_sheet_and_those_on_it_have_the_same(
    house: TestHouse, over: bool
) -> None:
    url = started(house)
    olga = house.signed_in("olga")
    if over:
        house.post(olga, f"{url}/end")
    for _twice in range(2):
        assert sign_in_sheet(house, url, sheet=file()).status_code == 303
    assert house.count("sheet") == 1
    assert house.count("audit_event", "body LIKE '%team_session.sheet_recorded%'") == 1
    assert sign_in_sheet(house, url, sheet=file(b"the next page")).status_code == 303
    page = olga.get(url).text
    assert f"{SHOWN.capitalize()} recorded on 24 Nov 2026 by Olga Ortiz" in page
    assert house.count("sheet") == 2
    assert house.count("completion") == house.count("step_done") == 0  # it counts nothing alone
    told = check(house, house.signed_in("audrey"), SCAN)
    assert "recorded for the team session of 24 Nov 2026" in told
    house.open_cycle("alice")
    assert record(house, "alice", file()).status_code == 303
    both = check(house, olga, SCAN)
    assert "the sheet of 2 records" in both
    assert "Alice Adams" in both
    assert "team session" in both


def test_her_export_has_the_sheets_of_sessions_that_she_confirmed(house: TestHouse) -> None:
    from tests.learning.test_together import confirm, start

    house.open_cycle("alice")
    url, code = start(house)
    confirm(house, "alice", code)
    assert sign_in_sheet(house, url, sheet=file()).status_code == 303
    assert sign_in_sheet(house, started(house), sheet=file(b"another")).status_code == 303
    told = json.loads(byp(house, "user", "export", "E-alice").stdout)
    assert [row["sha256"] for row in told["sheet"]] == [SHA256]


@pytest.mark.either_database
@pytest.mark.parametrize(
    ("given", "told"),
    [(None, "Choose the scan or photo."), (b"", "That file is empty")],
    ids=["nothing", "empty"],
)
def test_a_session_without_a_sheet_is_told(
    house: TestHouse, given: bytes | None, told: str
) -> None:
    fields = {} if given is None else {"sheet": file(given)}
    assert told in error(sign_in_sheet(house, started(house), **fields), "keep_sheet")
    assert house.count("sheet") == 0


@pytest.mark.usefixtures("harbor")
def test_a_sheet_of_another_practices_session_is_neither_added_nor_found(house: TestHouse) -> None:
    url = started(house)
    assert sign_in_sheet(house, url, sheet=file()).status_code == 303
    assert sign_in_sheet(house, url, by="max", sheet=file(b"his")).status_code == 404
    assert house.count("sheet") == 1
    assert "No record here has this sheet" in check(house, house.signed_in("max"), SCAN)
