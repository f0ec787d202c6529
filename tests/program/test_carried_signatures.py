"""Which signature counts where two records became one: as if all had been given to one record."""

from datetime import datetime, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from tests.cast import LONG_AGO, NOW
from tests.house import TestHouse
from tests.program.lists import Take, listed
from tests.program.test_acts import act
from tests.program.test_own_policy import TEXT, adopt
from tests.program.test_two_records import HR_ROW, join
from training.accounts.days import todays
from training.accounts.people import place_of
from training.assignments.models import Assignment
from training.learning import policies
from training.learning.models import PolicyAdoption, Signature, Void
from training.renewals.reconcile import reconcile_all

MINUTE = timedelta(minutes=1)


@pytest.fixture
def new(house: TestHouse, take: Take) -> int:
    """Return Alice's record by the list that came later; both have something open."""
    take(listed(HR_ROW), source="people", full=False)
    house.open_cycle("alice"), house.open_cycle("new")
    return house.id_of("new")


@pytest.fixture
def olga(house: TestHouse) -> FlaskClient:
    return house.signed_in("olga")


def texts(house: TestHouse) -> list[str]:
    """Return the texts that were adopted, in order."""
    with house.database.read() as session:
        return list(session.scalars(select(PolicyAdoption.digest).order_by(PolicyAdoption.id)))


def sign(house: TestHouse, name: str, text: str, at: datetime, answer: str = "signed") -> None:
    with house.database.write() as session:
        user_id = house.id_of(name)
        cycle = session.scalars(select(Assignment.id).where(Assignment.user_id == user_id)).first()
        assert cycle
        session.add(
            Signature(
                user_id=user_id,
                assignment_id=cycle,
                policy_digest=text,
                shown_digest="0" * 64,
                statement="I have read it.",
                answer=answer,
                typed_name="A. Adams" if answer == "signed" else None,
                method="password",
                shared_device=False,
                signed_on=at.date(),
                zone="America/Chicago",
                recorded_at=at,
            )
        )


def on_paper(house: TestHouse, name: str) -> int:
    """Record that she signed on a sheet; return the signature."""
    today = house.clock.now().date().isoformat()
    reply = act(house, name, "signature", signed_on=today, typed_name="A. Adams")
    assert reply.status_code == 303
    with house.database.read() as session:
        return session.scalars(select(Signature.id).order_by(Signature.id.desc())).first() or 0


def answer_of(house: TestHouse, name: str) -> str | None:
    now = house.clock.now()
    with house.database.read() as session:
        user_id = house.id_of(name)
        place = place_of(session, user_id, now)
        policy = policies.policy_in_force(session, place, place.facts, place.today(now))
        return policies.answer_to(session, user_id, policy)


def test_a_signature_counts_for_the_record_that_goes_on(house: TestHouse, new: int) -> None:
    sign(house, "alice", texts(house)[-1], NOW - MINUTE)
    assert answer_of(house, "new") is None
    join(house)
    assert answer_of(house, "new") == "signed"


@pytest.mark.parametrize(("hers", "kept"), [(2, 1), (1, 2)])
def test_the_later_of_two_answers_stands(house: TestHouse, new: int, hers: int, kept: int) -> None:
    (text,) = texts(house)
    sign(house, "alice", text, NOW - 9 * MINUTE + hers * MINUTE, "signed")
    sign(house, "new", text, NOW - 9 * MINUTE + kept * MINUTE, "declined")
    join(house)
    assert answer_of(house, "new") == ("signed" if hers > kept else "declined")


def test_a_question_does_not_take_a_signature_back(house: TestHouse, new: int) -> None:
    (text,) = texts(house)
    sign(house, "alice", text, NOW - 9 * MINUTE)
    sign(house, "new", text, NOW - MINUTE, "question")
    join(house)
    assert answer_of(house, "new") == "signed"


def test_a_signature_of_before_a_text_was_adopted_anew_does_not_count(
    house: TestHouse, new: int, olga: FlaskClient
) -> None:
    (first,) = texts(house)
    sign(house, "alice", first, LONG_AGO + MINUTE)
    adopt(house, olga)
    house.clock.at += MINUTE
    with house.database.write() as session:
        now, today = house.clock.now(), house.clock.now().date()
        days = {"adopted_on": today, "effective_from": today}
        policies.adopt(session, 1, first, by=None, now=now, change="material", **days)
    join(house)
    assert answer_of(house, "new") is None


def test_what_a_changed_policy_opened_is_closed_by_it(
    house: TestHouse, new: int, olga: FlaskClient
) -> None:
    adopt(house, olga)
    sign(house, "new", texts(house)[-1], NOW)
    house.clock.at += MINUTE
    adopt(house, olga, change="material", body=TEXT + "\n\nNo phones in the treatment rooms.\n")
    changes = f"user_id = {new} AND course LIKE 'change-%'"
    now = house.clock.now()
    reconcile_all(house.database, lambda session: todays(session, now), now)
    assert house.count("assignment", f"{changes} AND closed_at IS NULL") == 1
    house.clock.at += MINUTE
    sign(house, "alice", texts(house)[-1], house.clock.now())
    join(house)
    assert house.count("assignment", f"{changes} AND closed_at IS NULL") == 0
    assert house.count("completion", f"{changes} AND method = 'carried'") == 1


def test_a_signature_on_paper_is_withdrawn_with_what_it_was_carried_to(
    house: TestHouse, new: int
) -> None:
    on_paper(house, "alice")
    join(house)
    assert answer_of(house, "new") == "signed"
    with house.database.read() as session:
        hers, carried = session.scalars(select(Signature).order_by(Signature.id)).all()
    assert act(house, "new", f"signatures/{carried.id}/withdraw", reason="x").status_code == 404
    assert act(house, "alice", f"signatures/{hers.id}/withdraw", reason="x").status_code == 303
    assert answer_of(house, "new") is answer_of(house, "alice") is None
    with house.database.read() as session:
        voids = session.execute(select(Void.subject_kind, Void.subject_id)).all()
    assert [tuple(row) for row in voids] == [("signature", hers.id), ("signature", carried.id)]


def test_a_signature_that_was_withdrawn_before_is_not_carried(house: TestHouse, new: int) -> None:
    wrong = on_paper(house, "alice")
    act(house, "alice", f"signatures/{wrong}/withdraw", reason="x")
    join(house)
    assert answer_of(house, "new") is None
    assert house.count("signature") == 1
