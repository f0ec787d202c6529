"""A new policy text: who is asked to read what changed and to answer anew, and who is not."""

import json
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from tests.house import TestHouse
from tests.program.test_changes import cycles
from tests.program.test_own_policy import GOOD, TEXT, adopt
from training.audit.models import AuditEvent
from training.learning.models import CertificateRow, Completion, PolicyAdoption, Signature

ONE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
DAY = timedelta(days=1)
NEWER = {"body": TEXT + "\n\nNo phones in the treatment rooms.\n"}
NEWEST = {"body": TEXT + "\n\nPhones stay in the locker.\n"}


@pytest.fixture
def olga(house: TestHouse) -> FlaskClient:
    adopt(house, client := house.signed_in("olga"))
    house.clock.at += timedelta(minutes=1)
    return client


@pytest.fixture
def alice(house: TestHouse, olga: FlaskClient) -> FlaskClient:
    """Trained, and signed the text of before."""
    cycle, client = house.train("alice"), house.signed_in("alice")
    assert answer(house, client, cycle).status_code == 303
    house.clock.at += timedelta(minutes=1)
    return client


def answer(house: TestHouse, client: FlaskClient, cycle: int, how: str = "sign") -> TestResponse:
    name = {"agree": "1", "typed_name": "A. Adams"} if how == "sign" else {}
    return house.post(client, f"/training/{cycle}/sign", answer=how, **name)


def changes(house: TestHouse) -> dict[str, Any]:
    found = cycles(house, "alice")
    return {code: row for code, row in found.items() if code.startswith("change-")}


def put(house: TestHouse, olga: FlaskClient, change: str, **fields: str) -> None:
    assert adopt(house, olga, change=change, **(fields or NEWER)).status_code == 303
    house.clock.at += timedelta(minutes=1)


def test_a_material_change_is_read_in_words_and_signed_anew(
    house: TestHouse, olga: FlaskClient, alice: FlaskClient
) -> None:
    put(house, olga, "material")
    (row,) = changes(house).values()
    assert (row.reason, row.due_on) == ("policy_change", house.clock.now().date() + 30 * DAY)
    assert "The policy changed: read it and answer" in alice.get("/").text
    page = alice.get(f"/training/{row.id}/sign").text
    assert "This policy changed since you last answered it" in page
    assert page.index("<ins><p>No phones in the treatment rooms.</p>") < page.index("Ask Olga")
    assert "Either answer, to sign or to decline, completes this." in " ".join(page.split())
    for path in ("", "/start"):
        send = house.post if path else lambda client, url: client.get(url)
        assert send(alice, f"/training/{row.id}{path}").location.endswith("/sign")

    answer(house, alice, row.id)
    assert changes(house) == {}
    signed = alice.get(f"/training/{row.id}/sign").text
    assert '<a class="btn btn-primary" href="/">Back to my training</a>' in signed
    assert "The policy changed" not in alice.get("/").text
    with house.database.read() as session:
        first, second = session.scalars(select(Signature).order_by(Signature.id))
        done = session.scalars(select(Completion).where(Completion.assignment_id == row.id)).one()
        papers = session.scalars(
            select(CertificateRow).where(CertificateRow.completion_id == done.id)
        ).all()
    assert first.policy_digest != second.policy_digest
    assert second.assignment_id == row.id
    assert (done.total, done.expires_on, list(papers)) == (0, None, [])


@ONE
def test_each_answer_says_which_text_it_was_to(
    house: TestHouse, olga: FlaskClient, alice: FlaskClient
) -> None:
    house.clock.at += 5 * DAY
    put(house, house.signed_in("olga"), "material", title="Our rules anew", **NEWER)
    (row,) = changes(house).values()
    alice = house.signed_in("alice")
    overview = "".join(house.signed_in("olga").get("/program").text.split())
    assert '<td>Signedanearliertextofit</td><tdclass="num">1</td>' in overview
    answer(house, alice, row.id)
    olga = house.signed_in("olga")
    for page in (
        alice.get("/certificates").text,
        olga.get(f"/program/people/{house.id_of('alice')}").text,
    ):
        newer, older = page.index("Our rules anew, the text in"), page.index("Our own rules, the")
        assert newer < older


@pytest.mark.parametrize("change", ["cosmetic", "clarifying"])
@ONE
def test_another_change_asks_nobody_and_the_signature_counts_on(
    house: TestHouse, olga: FlaskClient, alice: FlaskClient, change: str
) -> None:
    put(house, olga, change)
    assert changes(house) == {}
    assert "sign the policy" not in alice.get("/").text
    put(house, olga, "material", **NEWEST)
    assert len(changes(house)) == 1  # who signed the text before that is asked like any other


@ONE
def test_what_a_change_means_must_be_said(house: TestHouse, olga: FlaskClient) -> None:
    before = house.count("policy_adoption")
    refused = adopt(house, olga, change="", **NEWER)
    assert refused.status_code == 422
    assert 'id="change-error"' in refused.text
    assert "No phones in the treatment rooms." in refused.text
    sample = olga.get("/program/content").text
    digest = sample.split('name="digest" value="')[-1][:64]
    page = house.post(olga, "/program/content/adopt", digest=digest)
    assert page.status_code == 422
    assert "Say what the change means for staff" in page.text
    assert house.count("policy_adoption") == before
    assert (
        house.post(olga, "/program/content/adopt", digest=digest, change="cosmetic").status_code
        == 303
    )


@ONE
def test_the_same_text_again_asks_nobody(
    house: TestHouse, olga: FlaskClient, alice: FlaskClient
) -> None:
    put(house, olga, "material", **GOOD)
    assert changes(house) == {}
    assert "sign the policy" not in alice.get("/").text


@pytest.mark.parametrize(("how", "left"), [("decline", 0), ("question", 1)])
@ONE
def test_to_decline_is_an_answer_and_to_ask_is_not(
    house: TestHouse, olga: FlaskClient, alice: FlaskClient, how: str, left: int
) -> None:
    put(house, olga, "material")
    (row,) = changes(house).values()
    answer(house, alice, row.id, how)
    assert len(changes(house)) == left


@ONE
def test_whoever_answered_before_she_was_asked_is_not_asked(
    house: TestHouse, olga: FlaskClient, alice: FlaskClient
) -> None:
    put(house, olga, "material")
    with house.database.read() as session:
        cycle = session.scalars(select(Completion.assignment_id)).one()
    answer(house, alice, cycle)
    assert changes(house) == {}


@ONE
def test_whoever_never_answered_a_text_is_asked_with_her_course(
    house: TestHouse, olga: FlaskClient
) -> None:
    house.train("alice")
    put(house, olga, "material")
    assert changes(house) == {}
    assert "sign the policy" in house.signed_in("alice").get("/").text


@ONE
def test_two_changes_in_a_row_leave_the_newest_alone(
    house: TestHouse, olga: FlaskClient, alice: FlaskClient
) -> None:
    put(house, olga, "material")
    (first,) = changes(house)
    house.clock.at += DAY
    put(house, house.signed_in("olga"), "material", **NEWEST)
    (second,) = changes(house)
    assert second != first
    answer(house, alice := house.signed_in("alice"), changes(house)[second].id)
    assert "The policy changed" not in alice.get("/").text


@ONE
def test_going_back_to_an_older_text_asks_for_it_anew(
    house: TestHouse, olga: FlaskClient, alice: FlaskClient
) -> None:
    put(house, olga, "material")
    (row,) = changes(house).values()
    answer(house, alice, row.id)
    put(house, olga, "material", **GOOD)
    (row,) = changes(house).values()
    assert "You have signed this policy" not in alice.get(f"/training/{row.id}/sign").text
    answer(house, alice, row.id)
    assert changes(house) == {}


@ONE
def test_the_officers_act_is_on_record_without_a_name(
    house: TestHouse, olga: FlaskClient, alice: FlaskClient
) -> None:
    put(house, olga, "material")
    with house.database.read() as session:
        told = dict(
            session.execute(
                select(AuditEvent.name, AuditEvent.body).where(
                    AuditEvent.name.in_(("policy.adopted", "change.opened"))
                )
            ).all()
        )
    assert json.loads(told["policy.adopted"])["detail"]["change"] == "material"
    assert "Adams" not in unescape("".join(told.values()))
    assert '"days":30' in told["change.opened"]


@ONE
def test_a_text_is_adopted_on_the_day_that_it_is_here(
    house: TestHouse, olga: FlaskClient, alice: FlaskClient
) -> None:
    house.clock.at = house.clock.at.replace(hour=23, minute=30) + timedelta(hours=3)
    put(house, house.signed_in("olga"), "material")
    with house.database.read() as session:
        newest = session.scalars(select(PolicyAdoption).order_by(PolicyAdoption.id.desc())).first()
    assert newest is not None
    assert newest.recorded_at.date() == newest.effective_from + DAY  # midnight is past in UTC
    assert newest.adopted_on == newest.effective_from


@ONE
def test_the_words_that_changed_are_marked(
    house: TestHouse, olga: FlaskClient, alice: FlaskClient
) -> None:
    put(house, olga, "material", body=TEXT.replace("what you post", "what you write or post"))
    (row,) = changes(house).values()
    page = alice.get(f"/training/{row.id}/sign").text
    assert "<del><p>" in page
    assert "out of what you <mark>write or</mark> post." in page
