"""A signature of the policy on paper: recorded by the officer, marked as such, asked no more."""

from datetime import date, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, text
from werkzeug.test import TestResponse

from tests.cast import TODAY
from tests.house import TestHouse
from tests.program.test_acts import act, day
from tests.program.test_entity_officer import harbor  # noqa: F401  # a fixture
from tests.program.test_policy_change import NEWER, NEWEST, answer, cycles, put
from tests.program.test_sheets import SCAN, SHA256, SHOWN, check, error, file
from training.assignments.models import Assignment
from training.audit.models import AuditEvent
from training.learning.models import Completion, PolicyAdoption, Signature

ON = {"signed_on": day(-3), "typed_name": "Alice M. Adams"}
ASKED = "sign the policy"
CHANGED = "The policy changed: read it and answer"


def sign(house: TestHouse, name: str = "alice", by: str = "olga", **fields: Any) -> TestResponse:
    return act(house, name, "signature", by=by, **{**ON, **fields})


def refused(reply: TestResponse, field: str = "signed_on") -> str:
    assert reply.status_code == 422
    return reply.text.split(f'id="record_signature-{field}-error">', 1)[1].split("<", 1)[0]


def signatures(house: TestHouse) -> list[Signature]:
    with house.database.read() as session:
        return list(session.scalars(select(Signature).order_by(Signature.id)))


@pytest.fixture
def alice(house: TestHouse) -> FlaskClient:
    """Trained, and asked for her signature."""
    house.train("alice")
    client = house.signed_in("alice")
    assert ASKED in client.get("/").text.lower()
    return client


def test_F12_what_she_signed_on_paper_is_recorded_marked_and_asked_no_more(
    house: TestHouse, alice: FlaskClient
) -> None:
    assert sign(house, sheet=file()).status_code == 303
    (row,) = signatures(house)
    assert (row.answer, row.method, row.typed_name) == ("signed", "recorded", "Alice M. Adams")
    assert (row.signed_on, row.recorded_at) == (TODAY - timedelta(days=3), house.clock.now())
    assert ASKED not in alice.get("/").text.lower()
    page = alice.get(f"/training/{row.assignment_id}/sign").text
    assert "You have signed this policy on paper." in page
    person = f"/program/people/{house.id_of('alice')}"
    for told in (
        alice.get("/certificates").text,
        house.signed_in("olga").get(person).text,
        house.signed_in("audrey").get(person).text,
    ):
        line = " ".join(told.split())
        assert "Signed on paper on 21 Nov 2026:" in line
        assert f"recorded by the officer ({SHOWN})." in line
    overview = "".join(house.signed_in("olga").get("/program").text.split())
    assert '<td>Signedthepolicy(1onpaper)</td><tdclass="num">1</td>' in overview
    assert "recorded that you signed the policy on paper" in alice.get("/certificates").text
    told = check(house, house.signed_in("audrey"), SCAN)
    assert "the policy, signed on 21 Nov 2026" in told
    assert "paper" not in house.signed_in("mona").get(f"/team/{house.id_of('alice')}").text
    with house.database.read() as session:
        event = session.scalars(
            select(AuditEvent).where(AuditEvent.name == "policy.signed_on_paper")
        ).one()
    assert event.actor_id == house.id_of("olga")
    assert SHA256 in event.body
    assert "Adams" not in event.body


def test_a_signature_on_the_screen_is_not_marked(house: TestHouse, alice: FlaskClient) -> None:
    answer(house, alice, signed_cycle(house).id)
    assert "on paper" not in signed_part(alice)
    assert "onpaper" not in "".join(house.signed_in("olga").get("/program").text.split())


def signed_part(client: FlaskClient) -> str:
    return client.get("/certificates").text.split('id="signed"', 1)[1].split("</ul>", 1)[0]


def signed_cycle(house: TestHouse) -> Any:
    with house.database.read() as session:
        return session.scalars(
            select(Assignment).where(Assignment.user_id == house.id_of("alice"))
        ).one()


def test_a_second_signature_of_one_text_is_refused(house: TestHouse, alice: FlaskClient) -> None:
    answer(house, alice, signed_cycle(house).id)
    assert "This text is signed already" in refused(sign(house))
    assert "This text is signed already" in refused(sign(house, signed_on=day(0)))
    assert len(signatures(house)) == 1


DAYS = {
    "to come": (day(1), "still to come"),
    "before her hire day": ("2024-01-14", "before the hire day"),
    "before the policy": ("2024-01-31", "No policy was adopted"),
    "no day": ("", "Enter the day on the sheet."),
}


@pytest.mark.parametrize(("on", "told"), DAYS.values(), ids=DAYS)
def test_a_day_on_which_she_can_not_have_signed_is_refused(
    house: TestHouse, on: str, told: str
) -> None:
    house.open_cycle("alice")
    assert told in refused(sign(house, signed_on=on, sheet=file()))
    assert house.count("signature") == house.count("sheet") == 0


def test_a_text_that_was_in_effect_before_it_was_adopted_binds_from_its_adoption(
    house: TestHouse,
) -> None:
    house.open_cycle("alice")
    with house.database.write() as session:
        first = session.scalars(select(PolicyAdoption)).one()
        session.add(
            PolicyAdoption(
                entity_id=1,
                digest=first.digest,
                adopted_on=TODAY,
                effective_from=date(2026, 11, 1),
                recorded_at=house.clock.now(),
            )
        )
    assert "No policy was adopted and in effect yet" in refused(sign(house))


@pytest.mark.parametrize("name", ["", "   ", "x" * 121])
def test_the_name_on_the_sheet_is_asked_for(house: TestHouse, name: str) -> None:
    house.open_cycle("alice")
    assert refused(sign(house, typed_name=name), "typed_name")
    assert house.count("signature") == 0


def test_what_is_no_sheet_is_told_and_nothing_is_signed(house: TestHouse) -> None:
    house.open_cycle("alice")
    assert "That file is empty" in error(sign(house, sheet=file(b"")), "record_signature")
    assert house.count("signature") == 0


def test_who_was_never_asked_for_training_signs_nothing(house: TestHouse) -> None:
    with house.database.write() as session:
        session.execute(text("UPDATE rule SET superseded_at = recorded_at"))
    assert "No training was ever asked" in refused(sign(house, "bob"))


def test_nobody_but_her_officer_records_a_signature(
    house: TestHouse,
    harbor: int,  # noqa: F811
) -> None:
    house.open_cycle("alice")
    for by in ("alice", "mona", "audrey", "adam"):
        assert sign(house, by=by).status_code == 403
    assert sign(house, "olga").status_code == 403  # her own
    assert sign(house, by="max").status_code == 404  # officer of another practice
    assert house.count("signature") == 0


# --- which text, and what it answers ---------------------------------------------------------


def test_the_day_says_which_text_and_an_older_one_answers_nothing(house: TestHouse) -> None:
    house.train("alice")
    house.clock.at += timedelta(days=1)
    put(house, house.signed_in("olga"), "material", **NEWER)
    assert sign(house).status_code == 303
    with house.database.read() as session:
        older, newer = session.scalars(
            select(PolicyAdoption.digest).order_by(PolicyAdoption.id)
        ).all()
    assert [row.policy_digest for row in signatures(house)] == [older]
    assert CHANGED in house.signed_in("alice").get("/").text
    assert sign(house, signed_on=day(1)).status_code == 303
    assert [row.policy_digest for row in signatures(house)] == [older, newer]
    assert CHANGED not in house.signed_in("alice").get("/").text
    assert "This text is signed already" in refused(sign(house, signed_on=day(0)))


def open_a_change(house: TestHouse, alice: FlaskClient) -> str:
    """Let the policy that she signed change a day later; return the code of what it asks."""
    answer(house, alice, signed_cycle(house).id)
    house.clock.at += timedelta(days=1)
    put(house, house.signed_in("olga"), "material", **NEWER)
    (code,) = (code for code in cycles(house, "alice") if code.startswith("change-"))
    return code


def test_a_change_that_she_signed_on_paper_is_complete_on_that_day_and_by_the_officer(
    house: TestHouse, alice: FlaskClient
) -> None:
    code = open_a_change(house, alice)
    house.clock.at += timedelta(days=4)
    assert sign(house, signed_on=day(2)).status_code == 303
    assert code not in cycles(house, "alice")
    with house.database.read() as session:
        done = session.scalars(select(Completion).where(Completion.course == code)).one()
        event = session.scalars(
            select(AuditEvent).where(AuditEvent.subject == f"completion:{done.id}")
        ).one()
    assert (done.method, done.completed_on) == ("recorded", TODAY + timedelta(days=2))
    assert event.actor_id == house.id_of("olga")
    assert CHANGED not in house.signed_in("alice").get("/").text


def test_what_she_answered_later_stands(house: TestHouse, alice: FlaskClient) -> None:
    answer(house, alice, signed_cycle(house).id, "decline")
    assert "a later answer to the policy" in refused(sign(house))
    assert sign(house, signed_on=day(0)).status_code == 303  # she thought again, on paper
    assert [row.answer for row in signatures(house)] == ["declined", "signed"]


def test_a_signature_of_a_text_that_came_back_is_asked_for_anew(house: TestHouse) -> None:
    """The first text again, after another one: what was signed before counts for its own time."""
    house.train("alice")
    first = adopted(house)
    house.clock.at += timedelta(days=1)
    put(house, house.signed_in("olga"), "material", **NEWEST)
    house.clock.at += timedelta(days=1)
    again = {"digest": first, "change": "material"}
    olga = house.signed_in("olga")
    assert house.post(olga, "/program/content/adopt", **again).status_code == 303
    house.clock.at += timedelta(minutes=1)
    assert sign(house).status_code == 303
    assert signatures(house)[0].policy_digest == first
    assert ASKED in house.signed_in("alice").get("/").text.lower()


def adopted(house: TestHouse) -> str:
    with house.database.read() as session:
        return session.scalars(select(PolicyAdoption.digest)).one()


def test_declining_is_hers_alone(house: TestHouse) -> None:
    house.open_cycle("alice")
    assert sign(house, answer="decline").status_code == 303
    assert [row.answer for row in signatures(house)] == ["signed"]
