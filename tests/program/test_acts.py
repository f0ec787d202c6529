"""What the officer does to one person's record, through her page: rows are added, none changes."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.cast import TODAY
from tests.house import TestHouse
from training.program import acts
from training.renewals.duties import Duty
from training.rules.standing import Complete, Status

pytestmark = pytest.mark.either_database

YEAR = timedelta(days=365)
COURSE = "onboarding"


def act(house: TestHouse, name: str, path: str, /, by: str = "olga", **fields: Any) -> TestResponse:
    client: FlaskClient = house.signed_in(by)
    return house.post(client, f"/program/people/{house.id_of(name)}/{path}", **fields)


def duty(house: TestHouse, name: str, days: int = 0) -> Duty:
    with house.database.read() as session:
        now = house.clock.now() + timedelta(days=days)
        return next(
            d for d in acts.duties_for(session, house.id_of(name), now) if d.rule.course == COURSE
        )


def id_in(house: TestHouse, table: str) -> int:
    from sqlalchemy import text

    with house.database.read() as session:
        return int(session.execute(text(f'SELECT max(id) FROM "{table}"')).scalar_one())


def day(days: int) -> str:
    return (TODAY + timedelta(days=days)).isoformat()


# --- leave -----------------------------------------------------------------------------------


def test_leave_takes_her_out_and_her_due_day_waits_for_her(house: TestHouse) -> None:
    house.open_cycle("alice")
    due = duty(house, "alice").facts.due_on
    assert act(house, "alice", "leave", from_on=day(0), to_on=day(60)).status_code == 303
    assert duty(house, "alice").status is Status.AWAY
    assert duty(house, "alice", 60).status is Status.AWAY
    house.clock.at += timedelta(days=61)
    house.open_cycle("alice")
    back = duty(house, "alice")
    assert back.status is not Status.AWAY
    assert due is not None
    assert back.facts.due_on == max(due, TODAY + timedelta(days=61 + 30))


def test_a_leave_that_meets_another_is_refused_at_its_field(house: TestHouse) -> None:
    act(house, "alice", "leave", from_on=day(0), to_on=day(10))
    reply = act(house, "alice", "leave", from_on=day(10), to_on="")
    assert reply.status_code == 422
    assert 'id="put_on_leave-from_on-error"' in reply.text
    assert f'value="{day(10)}"' in reply.text
    assert house.count("absence") == 1


@pytest.mark.parametrize(
    ("field", "from_on", "to_on"),
    [
        ("from_on", "0026-11-24", ""),  # a year of two digits, as a browser fills it up
        ("from_on", "9999-12-31", ""),
        ("to_on", day(0), "9999-12-31"),
        ("to_on", day(3), day(2)),
    ],
)
def test_a_leave_of_no_possible_days_is_refused_at_its_field(
    house: TestHouse, field: str, from_on: str, to_on: str
) -> None:
    reply = act(house, "alice", "leave", from_on=from_on, to_on=to_on)
    assert reply.status_code == 422
    assert f'id="put_on_leave-{field}-error"' in reply.text
    assert house.count("absence") == 0


def test_a_last_day_of_leave_that_cannot_be_is_refused(house: TestHouse) -> None:
    act(house, "alice", "leave", from_on=day(-20), to_on="")
    number = id_in(house, "absence")
    reply = act(house, "alice", f"leave/{number}/end", last_day="9999-12-31")
    assert reply.status_code == 422
    assert f'id="end_leave-{number}-last_day-error"' in reply.text
    assert house.count("absence", "superseded_at IS NULL AND to_on IS NULL") == 1


def test_back_at_work_ends_the_leave_and_keeps_the_row(house: TestHouse) -> None:
    act(house, "alice", "leave", from_on=day(-20), to_on="")
    reply = act(house, "alice", f"leave/{id_in(house, 'absence')}/end", last_day=day(-1))
    assert reply.status_code == 303
    assert duty(house, "alice").status is not Status.AWAY
    assert house.count("absence") == 2
    assert house.count("absence", "superseded_at IS NULL") == 1


def test_an_absence_keeps_its_days_and_nothing_else(house: TestHouse) -> None:
    act(house, "alice", "leave", from_on=day(0), to_on=day(9), reason="gallstone", kind="medical")
    assert "gallstone" not in str(house.dump())


# --- waivers ---------------------------------------------------------------------------------


def test_a_waiver_makes_nobody_trained_and_the_manager_sees_no_reason(house: TestHouse) -> None:
    house.open_cycle("alice")
    fields = {"course": COURSE, "to_on": day(90), "reason": "writes her thesis"}
    assert act(house, "alice", "waivers", **fields).status_code == 303
    assert duty(house, "alice").status is Status.AWAY
    assert duty(house, "alice").complete is not Complete.YES
    for path in ("/team", "/team.csv", f"/team/{house.id_of('alice')}"):
        assert "thesis" not in house.signed_in("mona").get(path).text


def test_a_waiver_has_an_end_and_a_reason(house: TestHouse) -> None:
    for fields in (
        {"to_on": "", "reason": "x"},
        {"to_on": day(-1), "reason": "x"},
        {"to_on": day(4000), "reason": "x"},
        {"to_on": "soon", "reason": "x"},
        {"to_on": day(9), "reason": " "},
        {"to_on": day(9), "reason": "x" * 201},
    ):
        reply = act(house, "alice", "waivers", course=COURSE, **fields)
        assert reply.status_code == 422, fields
        assert 'class="field-error"' in reply.text
    assert house.count("waiver") == 0


def test_a_waiver_is_ended_once(house: TestHouse) -> None:
    act(house, "alice", "waivers", course=COURSE, to_on=day(9), reason="x")
    end = f"waivers/{id_in(house, 'waiver')}/end"
    assert act(house, "alice", end).status_code == 303
    assert duty(house, "alice").status is not Status.AWAY
    assert act(house, "alice", end).status_code == 404


# --- due day and cycles by hand --------------------------------------------------------------


def test_more_time_moves_the_due_day_and_says_why(house: TestHouse) -> None:
    house.open_cycle("alice")
    fields = {"course": COURSE, "due_on": day(45), "reason": "flood on the ward"}
    assert act(house, "alice", "due-day", **fields).status_code == 303
    assert duty(house, "alice").facts.due_on == TODAY + timedelta(days=45)
    page = house.signed_in("olga").get(f"/program/people/{house.id_of('alice')}").text
    assert "because the day was moved: flood on the ward" in page
    assert house.count("audit_event", "body LIKE '%due_day.moved%'") == 1


def test_there_is_no_due_day_to_move_where_nothing_is_open(house: TestHouse) -> None:
    house.train("alice")
    reply = act(house, "alice", "due-day", course=COURSE, due_on=day(9), reason="x")
    assert reply.status_code == 422
    assert "Nothing is open" in reply.text


def test_a_refresher_that_is_opened_early_costs_no_day(house: TestHouse) -> None:
    house.train("alice")
    expires = duty(house, "alice").facts.expires_on
    fields = {"course": COURSE, "path": "refresher", "kind": "by_hand", "due_on": ""}
    assert act(house, "alice", "training", **fields).status_code == 303
    assert duty(house, "alice").complete is Complete.YES
    assert act(house, "alice", "training", **fields).status_code == 422  # one is open already
    act(house, "alice", "record", course=COURSE, completed_on=day(0), source="paper")
    after = duty(house, "alice").facts.expires_on
    assert expires is not None
    assert after is not None
    assert after >= expires


def test_extra_training_is_due_on_its_day_and_looks_like_any_to_her_manager(
    house: TestHouse,
) -> None:
    house.train("alice")
    fields = {"course": COURSE, "path": "long", "kind": "extra", "due_on": day(7)}
    assert act(house, "alice", "training", **fields).status_code == 303
    found = duty(house, "alice")
    assert found.cycle is not None
    assert (found.cycle.reason, found.cycle.due_on) == ("extra", TODAY + timedelta(days=7))
    assert "extra" not in house.signed_in("mona").get("/team").text
    assert house.signed_in("alice").get(f"/training/{found.cycle.id}").status_code == 200


# --- on paper, and withdrawn -----------------------------------------------------------------


def test_what_she_completed_on_paper_counts_is_marked_and_has_no_certificate(
    house: TestHouse,
) -> None:
    house.open_cycle("alice")
    fields = {"course": COURSE, "completed_on": day(-10), "source": "session"}
    assert act(house, "alice", "record", **fields).status_code == 303
    found = duty(house, "alice")
    assert found.complete is Complete.YES
    assert found.facts.expires_on == TODAY - timedelta(days=10) + YEAR
    assert house.count("certificate") == 0
    page = house.signed_in("olga").get(f"/program/people/{house.id_of('alice')}").text
    assert "recorded by the officer from: a team session" in page
    assert house.signed_in("alice").get("/").status_code == 200
    hers = house.signed_in("alice").get("/certificates").text
    told = "14 Nov 2026, recorded by the officer from: a team session."
    assert f"Patient privacy and social media, {told}" in hers
    assert "recorded by the officer" not in house.signed_in("bob").get("/certificates").text
    path = f"completions/{id_in(house, 'completion')}/withdraw"
    assert act(house, "alice", path, reason="somebody else sat there").status_code == 303
    hers = house.signed_in("alice").get("/certificates").text
    assert "a team session; <strong>withdrawn</strong>, so it counts no more." in hers
    assert "somebody else sat there" not in hers  # why: for the officer alone


@pytest.mark.parametrize("completed", [day(1), "1901-01-01", "", "31.31.2026"])
def test_a_day_that_can_not_be_right_is_refused(house: TestHouse, completed: str) -> None:
    reply = act(house, "alice", "record", course=COURSE, completed_on=completed, source="paper")
    assert reply.status_code == 422
    assert 'id="record_completion-completed_on-error"' in reply.text
    assert house.count("completion") == 0


def test_a_withdrawn_completion_stays_and_no_longer_counts(house: TestHouse) -> None:
    house.train("alice")
    path = f"completions/{id_in(house, 'completion')}/withdraw"
    assert act(house, "alice", path, reason="somebody else sat there").status_code == 303
    assert duty(house, "alice").complete is not Complete.YES
    assert house.count("completion") == 1
    assert act(house, "alice", path, reason="again").status_code == 404
    assert duty(house, "alice").cycle is not None  # asked again at once


# --- who, and on whom ------------------------------------------------------------------------

EVERY_ACT = [
    ("leave", {"from_on": day(0), "to_on": ""}),
    ("waivers", {"course": COURSE, "to_on": day(9), "reason": "x"}),
    ("due-day", {"course": COURSE, "due_on": day(9), "reason": "x"}),
    ("training", {"course": COURSE, "path": "long", "kind": "extra", "due_on": ""}),
    ("record", {"course": COURSE, "completed_on": day(0), "source": "paper"}),
    ("signature", {"signed_on": day(0), "typed_name": "x"}),
]


@pytest.mark.parametrize(("path", "fields"), EVERY_ACT, ids=lambda value: str(value)[:12])
def test_nobody_acts_on_her_own_record(house: TestHouse, path: str, fields: dict[str, Any]) -> None:
    house.open_cycle("olga")
    before = house.dump()
    assert act(house, "olga", path, **fields).status_code == 403
    after = house.dump()
    before.pop("sign_in"), after.pop("sign_in")
    assert after == before


@pytest.mark.parametrize(("path", "fields"), EVERY_ACT, ids=lambda value: str(value)[:12])
def test_every_act_is_on_record_without_a_name(
    house: TestHouse, path: str, fields: dict[str, Any]
) -> None:
    house.open_cycle("alice")
    events = house.count("audit_event")
    if path == "training":
        act(house, "alice", "record", course=COURSE, completed_on=day(0), source="paper")
        events = house.count("audit_event")
    assert act(house, "alice", path, **fields).status_code == 303
    assert house.count("audit_event") > events
    assert house.count("audit_event", "body LIKE '%Alice%'") == 0


def test_a_person_who_is_not_there_is_a_404_for_every_act(house: TestHouse) -> None:
    client = house.signed_in("olga")
    for path, fields in EVERY_ACT:
        assert house.post(client, f"/program/people/999999/{path}", **fields).status_code == 404


def test_what_was_done_late_in_the_evening_is_told_on_that_day(house: TestHouse) -> None:
    house.clock.at = datetime(2026, 11, 25, 4, 47, tzinfo=UTC)  # still the 24th in Chicago
    act(house, "alice", "leave", from_on=day(0), to_on=day(9))
    page = house.signed_in("alice").get("/certificates").text
    assert "24 Nov 2026: Olga Ortiz noted your leave" in page
