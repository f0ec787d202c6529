"""A signature on paper that should not have been recorded is taken back: she is asked again."""

from datetime import datetime, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from tests.cast import TODAY
from tests.house import TestHouse
from tests.program.test_acts import act, day
from tests.program.test_paper_signatures import (
    ASKED,
    CHANGED,
    alice,
    open_a_change,
    sign,
    signatures,
    signed_cycle,
)
from tests.program.test_policy_change import answer, cycles
from tests.program.test_sheets import SCAN, check, file
from training.accounts.days import everywhere
from training.audit.models import AuditEvent
from training.learning.models import Completion, Void
from training.renewals import history
from training.renewals.history import Moment
from training.renewals.rule_book import RuleBook

REASON = "It was another Alice"


def withdraw(house: TestHouse, number: int, by: str = "olga", reason: str = REASON) -> TestResponse:
    return act(house, "alice", f"signatures/{number}/withdraw", by=by, reason=reason)


def test_what_was_recorded_by_mistake_stays_marked_and_she_is_asked_again(
    house: TestHouse, alice: FlaskClient
) -> None:
    sign(house, sheet=file())
    (row,) = signatures(house)
    assert withdraw(house, row.id).status_code == 303
    assert [one.id for one in signatures(house)] == [row.id]
    assert ASKED in alice.get("/").text.lower()
    person = f"/program/people/{house.id_of('alice')}"
    hers = " ".join(alice.get("/certificates").text.split())
    assert "<strong>withdrawn</strong>, so it counts no more." in hers
    assert REASON not in hers
    assert "withdrew a signature of the policy on paper" in hers
    for reader in ("olga", "audrey"):
        page = " ".join(house.signed_in(reader).get(person).text.split())
        assert f"<strong>withdrawn</strong>: {REASON}." in page
        assert f"/signatures/{row.id}/withdraw" not in page
    overview = "".join(house.signed_in("olga").get("/program").text.split())
    assert '<td>Signedthepolicy</td><tdclass="num">0</td>' in overview
    told = check(house, house.signed_in("audrey"), SCAN)
    assert "withdrawn since" in told
    with house.database.read() as session:
        event = session.scalars(
            select(AuditEvent).where(AuditEvent.name == "signature.withdrawn")
        ).one()
    assert event.actor_id == house.id_of("olga")
    assert REASON not in event.body


@pytest.mark.parametrize("again", ["on the screen", "on paper"])
def test_the_right_one_can_be_given_after_it(
    house: TestHouse, alice: FlaskClient, again: str
) -> None:
    sign(house)
    (row,) = signatures(house)
    withdraw(house, row.id)
    if again == "on paper":
        assert sign(house, signed_on=day(-5)).status_code == 303  # earlier than the wrong one
    else:
        answer(house, alice, signed_cycle(house).id)
    assert ASKED not in alice.get("/").text.lower()
    assert len(signatures(house)) == 2


def test_what_she_had_declined_before_counts_again(house: TestHouse, alice: FlaskClient) -> None:
    answer(house, alice, signed_cycle(house).id, "decline")
    sign(house, signed_on=day(0))
    declined, signed = signatures(house)
    withdraw(house, signed.id)
    overview = "".join(house.signed_in("olga").get("/program").text.split())
    assert '<td>Declinedtosign</td><tdclass="num">1</td>' in overview
    assert declined.answer == "declined"


def test_a_change_that_it_completed_is_open_again_and_the_past_keeps_its_answer(
    house: TestHouse, alice: FlaskClient
) -> None:
    code = open_a_change(house, alice)
    due_on = cycles(house, "alice")[code].due_on
    house.clock.at += timedelta(days=4)
    sign(house, signed_on=day(2))
    before, wrong = house.clock.now(), signatures(house)[-1]
    house.clock.at += timedelta(days=1)
    assert withdraw(house, wrong.id).status_code == 303
    assert cycles(house, "alice")[code].due_on == due_on
    assert CHANGED in house.signed_in("alice").get("/").text
    with house.database.read() as session:
        voids = {(row.subject_kind, row.subject_id) for row in session.scalars(select(Void))}
        done = session.scalars(select(Completion).where(Completion.course == code)).one()
        assert voids == {("signature", wrong.id), ("completion", done.id)}
        held = {
            at: held_on(session, house.id_of("alice"), code, at)
            for at in (before, house.clock.now())
        }
    assert held == {before: True, house.clock.now(): False}


def held_on(session: Session, user_id: int, course: str, known_at: datetime) -> bool:
    (one,) = history.lives(session, after=user_id - 1, most=1)
    duties = history.duties_at(
        one, RuleBook(session), Moment(everywhere(TODAY + timedelta(days=5)), known_at)
    )
    return any(duty.held is not None for duty in duties if duty.rule.course == course)


def test_what_she_answered_herself_nobody_takes_back(house: TestHouse, alice: FlaskClient) -> None:
    answer(house, alice, signed_cycle(house).id)
    (row,) = signatures(house)
    assert withdraw(house, row.id).status_code == 404
    page = house.signed_in("olga").get(f"/program/people/{house.id_of('alice')}").text
    assert f"/signatures/{row.id}/withdraw" not in page
    assert house.count("void") == 0


def test_it_is_hers_once_and_with_a_reason(house: TestHouse, alice: FlaskClient) -> None:
    sign(house)
    (row,) = signatures(house)
    assert act(house, "bob", f"signatures/{row.id}/withdraw", reason=REASON).status_code == 404
    bare = withdraw(house, row.id, reason=" ")
    assert bare.status_code == 422
    assert f'id="withdraw_signature-{row.id}-reason-error"' in bare.text
    assert withdraw(house, row.id).status_code == 303
    assert withdraw(house, row.id).status_code == 404
    assert house.count("void") == 1


__all__ = ["alice"]
