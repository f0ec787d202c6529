"""The practice's own policy text: shown as staff will read it, checked, adopted, and signed."""

import json
import re
from html import unescape
from io import BytesIO

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from tests.house import TestHouse
from training.audit.models import AuditEvent
from training.catalog.models import ContentVersion
from training.learning.models import PolicyAdoption, Signature

pytestmark = pytest.mark.either_database

PAGE = "/program/policy"
TEXT = (
    "## What stays private\n\nAsk {privacy_contact} first. Patients stay out of what you post. "
    + "We keep to this at work and at home, each day and each night, in words and in pictures. " * 3
)
GOOD = {"title": "Our own rules", "statement": "I have read it.", "body": TEXT}
GAG = TEXT + "\n\nDo not harm the reputation of the practice.\n"


@pytest.fixture
def olga(house: TestHouse) -> FlaskClient:
    return house.signed_in("olga")


def send(house: TestHouse, client: FlaskClient, **fields: object) -> TestResponse:
    return house.post(client, PAGE, **{**GOOD, "do": "look", **fields})


def digest_on(page: TestResponse) -> str:
    found = re.search(r'name="digest" value="([0-9a-f]{64})"', page.text)
    assert found, page.text
    return found[1]


def adopt(house: TestHouse, client: FlaskClient, **fields: object) -> TestResponse:
    digest = digest_on(send(house, client, **fields))
    return send(house, client, **{"do": "adopt", "digest": digest, "change": "material", **fields})


def test_it_is_shown_as_staff_will_read_it_and_nothing_is_adopted_yet(
    house: TestHouse, olga: FlaskClient
) -> None:
    before = house.count("policy_adoption")
    page = send(house, olga)
    assert page.status_code == 200
    assert "<h2>What stays private</h2>" in page.text
    assert "Ask Olga Ortiz first." in page.text
    assert house.count("policy_adoption") == before


def test_staff_sign_exactly_the_text_that_was_adopted(house: TestHouse, olga: FlaskClient) -> None:
    assert adopt(house, olga).status_code == 303
    cycle, alice = house.open_cycle("alice"), house.signed_in("alice")
    page = alice.get(f"/training/{cycle}/sign").text
    assert "Our own rules" in page
    assert "Ask Olga Ortiz first." in page
    house.post(alice, f"/training/{cycle}/sign", answer="sign", agree="1", typed_name="A. Adams")
    with house.database.read() as session:
        signature = session.scalars(select(Signature)).one()
        shown = session.get_one(ContentVersion, signature.shown_digest)
        adopted = session.scalars(select(PolicyAdoption).order_by(PolicyAdoption.id.desc())).first()
        text = session.get_one(ContentVersion, signature.policy_digest)
    assert adopted is not None
    assert adopted.digest == signature.policy_digest
    assert json.loads(text.body) == {**GOOD, "body": TEXT.rstrip() + "\n"}
    assert "Ask Olga Ortiz first." in shown.body


def test_whoever_signed_the_text_before_is_asked_again(house: TestHouse, olga: FlaskClient) -> None:
    cycle, alice = house.train("alice"), house.signed_in("alice")
    house.post(alice, f"/training/{cycle}/sign", answer="sign", agree="1", typed_name="A. Adams")
    assert "Our own rules" not in alice.get("/").text
    adopt(house, olga)
    assert "Our own rules" in alice.get("/").text


def test_a_text_that_changed_since_it_was_shown_is_shown_again(
    house: TestHouse, olga: FlaskClient
) -> None:
    digest = digest_on(send(house, olga))
    page = send(house, olga, do="adopt", digest=digest, body=TEXT + "\n\nOne more rule.\n")
    assert page.status_code == 422
    assert "The text changed since it was shown" in page.text
    assert "One more rule." in page.text
    assert house.count("policy_adoption") == 1


def test_line_ends_of_a_browser_make_no_other_text(house: TestHouse, olga: FlaskClient) -> None:
    digest = digest_on(send(house, olga))
    assert digest_on(send(house, olga, body=TEXT.replace("\n", "\r\n"))) == digest


@pytest.mark.parametrize(
    ("field", "value", "told"),
    [
        ("title", " ", "The title is missing."),
        ("title", "x" * 121, "The title is too long: at most 120 characters."),
        ("statement", "", "The sentence is missing."),
        ("body", "  \n ", "The text is missing."),
        ("body", "Be kind.", "the text has 2 words"),
        ("body", TEXT + " Call {the_boss}.", "{the_boss} is no word of yours"),
        ("body", TEXT + " All are HIPAA certified.", "“HIPAA certified” promises what nobody can"),
    ],
)
def test_what_could_not_be_signed_is_told_at_its_field_and_not_adopted(
    house: TestHouse, olga: FlaskClient, field: str, value: str, told: str
) -> None:
    page = send(house, olga, do="adopt", **{field: value})
    assert page.status_code == 422
    assert told in unescape(page.text)
    assert f'id="{field}-error"' in page.text
    assert 'name="digest"' not in page.text
    assert house.count("policy_adoption") == 1


def test_words_that_can_read_as_a_gag_need_counsel(house: TestHouse, olga: FlaskClient) -> None:
    page = send(house, olga, body=GAG)
    assert "Line 5: “reputation” can read as a gag" in unescape(page.text)
    refused = adopt(house, olga, body=GAG)
    assert refused.status_code == 422
    assert 'id="counsel-error"' in refused.text
    assert house.count("policy_adoption") == 1

    assert adopt(house, olga, body=GAG, counsel="1").status_code == 303
    with house.database.read() as session:
        event = session.scalars(
            select(AuditEvent)
            .where(AuditEvent.name == "policy.adopted")
            .order_by(AuditEvent.seq.desc())
        ).first()
    assert event is not None
    assert '"lines_for_counsel":[5]' in event.body


def test_her_own_number_and_style_are_hers(house: TestHouse, olga: FlaskClient) -> None:
    page = send(house, olga, body=TEXT + "\n\nCall (312) 867-5309.\n")
    assert page.status_code == 200
    assert "Look at these first" not in page.text


def test_a_text_that_still_says_it_is_a_sample_is_told_so(
    house: TestHouse, olga: FlaskClient
) -> None:
    page = send(house, olga, body="*This is a sample. Have counsel read it.*\n\n" + TEXT)
    assert "the text still says that it is a sample" in page.text
    assert "still says" not in send(house, olga).text


def test_markup_is_shown_as_text_and_runs_nothing(house: TestHouse, olga: FlaskClient) -> None:
    page = send(house, olga, body=TEXT + "\n\n<script>alert(1)</script>\n")
    assert "<script>alert" not in page.text
    assert "is HTML, and is shown as plain text" in unescape(page.text)


def test_a_file_takes_the_place_of_the_text_with_its_head(
    house: TestHouse, olga: FlaskClient
) -> None:
    raw = f"---\ntitle: From a file\nstatement: Read it.\n---\n{TEXT}".encode()
    page = send(house, olga, file=(BytesIO(raw), "policy.md"), do="adopt")
    assert page.status_code == 200
    assert "<strong>From a file</strong>" in page.text
    assert house.count("policy_adoption") == 1
    bad = send(house, olga, file=(BytesIO(b"\xff\xfe\x00P"), "policy.docx"))
    assert bad.status_code == 422
    assert 'id="file-error"' in bad.text


def test_the_form_begins_with_the_text_in_force(house: TestHouse, olga: FlaskClient) -> None:
    assert "This is a sample." in olga.get(PAGE).text
    adopt(house, olga)
    assert "Our own rules" in olga.get(PAGE).text
