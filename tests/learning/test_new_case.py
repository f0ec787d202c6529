"""The year's new case: in the refresher of whoever begins in that year, and kept over New Year."""

import json
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from markupsafe import escape
from sqlalchemy import select

from tests.house import TestHouse
from training.assignments.models import Assignment

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
LAST_DAY = timedelta(days=37)  # from the cast's day to 31 December


@pytest.fixture
def refresher(house: TestHouse) -> int:
    """Alice's refresher, opened early, on the last day of 2026."""
    house.train("alice")
    house.clock.at += LAST_DAY
    with house.database.write() as session:
        alice_s = select(Assignment).where(Assignment.user_id == house.id_of("alice"))
        done = session.scalars(alice_s).one()
        today = house.clock.now().date()
        row = Assignment(
            user_id=done.user_id,
            course=done.course,
            path="refresher",
            rule_id=done.rule_id,
            reason="by_hand",
            assigned_on=today,
            opens_on=today,
            due_on=today + 60 * timedelta(days=1),
        )
        session.add(row)
        session.flush()
        return row.id


def alice(house: TestHouse) -> FlaskClient:
    return house.signed_in("alice")


def test_a_refresher_lists_what_nobody_is_spared_and_what_was_missed(
    house: TestHouse, refresher: int
) -> None:
    client = alice(house)
    house.begin(client, refresher)
    page = client.get(f"/training/{refresher}").text
    assert "Each part begins with its questions" in page
    module = house.module(refresher, "what-counts")
    spared = [step.title for step in module.steps if step.name != "orange-clogs"]
    assert len(spared) > 5
    assert [title for title in spared if escape(title) in page] == []
    quiz = house.start_quiz(client, refresher, "what-counts")
    said = client.get(f"/attempts/{quiz}").text
    assert "Show what you know first" in said
    assert "what you have just read" not in said
    house.submit(client, quiz, house.wrong_key_of(quiz))
    screen = house.post(client, f"/training/{refresher}/start").location
    assert "?after=1" in screen
    house.post(client, screen, leave="1")
    read = module.screens[screen.split("/")[-1].split("?")[0]].title
    assert str(escape(read)) in client.get(f"/training/{refresher}").text


def test_it_comes_after_the_quiz_of_its_part_and_the_next_part_waits_for_it(
    house: TestHouse, refresher: int
) -> None:
    client = alice(house)
    house.begin(client, refresher)
    page = client.get(f"/training/{refresher}").text
    assert page.index("Quiz: 3 questions") < page.index("New this year: Orange clogs")
    house.submit(client, house.start_quiz(client, refresher, "what-counts"))
    sent = house.post(client, f"/training/{refresher}/start")
    assert sent.location.endswith("/what-counts/orange-clogs")
    refused = house.post(client, f"/training/{refresher}/what-counts/orange-clogs", leave="1")
    assert refused.status_code == 409  # it is played, and not only left
    early = house.post(client, f"/training/{refresher}/accounts/quiz")
    assert early.status_code == 409
    scenario = house.module(refresher, "what-counts").scenarios["orange-clogs"]
    house.play(client, refresher, "what-counts", scenario)
    house.post(client, f"/training/{refresher}/what-counts/orange-clogs", leave="1")
    assert house.start_quiz(client, refresher, "accounts")


def test_whoever_begins_before_new_year_keeps_her_case(house: TestHouse, refresher: int) -> None:
    client = alice(house)
    house.begin(client, refresher)
    house.clock.at += timedelta(days=2)
    page = alice(house).get(f"/training/{refresher}").text
    assert "Orange clogs" in page
    assert "Crust issues" not in page
    with house.database.read() as session:
        assert json.loads(session.get_one(Assignment, refresher).pinned or "")["case"] == 2026


def test_whoever_begins_after_new_year_gets_the_next_one(house: TestHouse, refresher: int) -> None:
    house.clock.at += timedelta(days=2)
    page = alice(house).get(f"/training/{refresher}").text
    assert "Crust issues" in page
    assert "Orange clogs" not in page


def test_a_year_without_a_case_has_a_refresher_all_the_same(
    house: TestHouse, refresher: int
) -> None:
    house.clock.at += timedelta(days=3 * 365)
    page = alice(house).get(f"/training/{refresher}")
    assert page.status_code == 200
    assert "New this year" not in page.text


def test_no_other_course_has_it(house: TestHouse) -> None:
    cycle, client = house.open_cycle("alice"), alice(house)
    house.begin(client, cycle)
    assert "New this year" not in client.get(f"/training/{cycle}").text
