"""The private calendar feed: days and nothing else, for whoever has the address, until it ends."""

import re
from datetime import date, timedelta

import pytest
from icalendar import Calendar
from werkzeug.test import TestResponse

from tests.house import TestHouse
from training.assignments.models import HelpRequest

pytestmark = pytest.mark.either_database

ADDRESS = re.compile(r'value="http[^"]*(/calendar/[^"]+\.ics)"')


def started(house: TestHouse, name: str) -> str:
    reply = house.post(house.signed_in(name), "/calendar")
    assert reply.status_code == 200
    found = ADDRESS.search(reply.text)
    assert found, "the page shows no address"
    return found.group(1)


def events(reply: TestResponse) -> list[tuple[date, str]]:
    assert reply.content_type == "text/calendar; charset=utf-8; method=PUBLISH"
    feed = Calendar.from_ical(reply.data)
    return [(e["DTSTART"].dt, str(e["SUMMARY"])) for e in feed.walk("VEVENT")]


def test_the_feed_has_the_due_day_and_then_the_next_refresher(house: TestHouse) -> None:
    cycle, address = house.open_cycle("alice"), started(house, "alice")
    reply = house.client().get(address)
    ((due, summary),) = events(reply)
    assert summary == "Training due"
    assert f"/training/{cycle}" in reply.text.replace("\r\n ", "")
    house.train("alice")
    ((next_due, summary),) = events(house.client().get(address))
    assert summary == "Next training refresher due"
    assert next_due > due


def test_a_day_that_moves_keeps_its_entry(house: TestHouse) -> None:
    house.open_cycle("alice")
    address = started(house, "alice")
    before = Calendar.from_ical(house.client().get(address).data).walk("VEVENT")[0]
    fields = {"course": "onboarding", "due_on": "2027-02-01", "reason": "flood"}
    path = f"/program/people/{house.id_of('alice')}/due-day"
    house.post(house.signed_in("olga"), path, **fields)
    after = Calendar.from_ical(house.client().get(address).data).walk("VEVENT")[0]
    assert after["UID"] == before["UID"]
    assert after["DTSTART"].dt == date(2027, 2, 1)
    assert "flood" not in house.client().get(address).text


def test_it_says_days_and_nothing_of_her(house: TestHouse) -> None:
    house.open_cycle("alice")
    told = house.client().get(started(house, "alice")).text
    for word in ("Alice", "Adams", "E-alice", "onboarding", "Ward"):
        assert word not in told


def test_the_same_days_are_the_same_bytes_and_a_304(house: TestHouse) -> None:
    house.open_cycle("alice")
    address = started(house, "alice")
    first = house.client().get(address)
    house.clock.at += timedelta(hours=5)
    again = house.client().get(address, headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")


def test_reading_it_changes_nothing_and_signs_nobody_in(house: TestHouse) -> None:
    address, before = started(house, "alice"), house.dump()
    client = house.client()
    client.get(address), client.head(address)
    assert house.dump() == before
    assert client.get("/certificates").status_code == 302


def test_a_new_address_ends_the_old_one_and_stop_ends_it(house: TestHouse) -> None:
    old = started(house, "alice")
    new = started(house, "alice")
    assert house.client().get(old).status_code == 404
    assert house.client().get(new).status_code == 200
    assert house.post(house.signed_in("alice"), "/calendar/stop").status_code == 303
    assert house.client().get(new).status_code == 404


def test_nobody_elses_stop_ends_it(house: TestHouse) -> None:
    address = started(house, "alice")
    house.post(house.signed_in("bob"), "/calendar/stop")
    assert house.client().get(address).status_code == 200


def test_whoever_left_has_no_feed(house: TestHouse) -> None:
    address = started(house, "alice")
    with house.database.write() as session:
        from sqlalchemy import update

        from training.accounts.models import Placement

        session.execute(
            update(Placement)
            .where(Placement.user_id == house.id_of("alice"))
            .values(superseded_at=house.clock.now())
        )
    assert house.client().get(address).status_code == 404


@pytest.mark.parametrize("token", ["none", "x" * 5000, "%00", "..%2f..", "é"])
def test_an_address_that_is_none_is_a_404(house: TestHouse, token: str) -> None:
    assert house.client().get(f"/calendar/{token}.ics").status_code == 404


def test_a_calendar_address_signs_nobody_in(house: TestHouse) -> None:
    token = started(house, "alice").removeprefix("/calendar/").removesuffix(".ics")
    assert "Yes, continue" not in house.client().get(f"/sign-in/{token}").text


def test_she_reads_what_others_did_with_her_record_and_no_reason(house: TestHouse) -> None:
    house.open_cycle("alice")
    fields = {"course": "onboarding", "due_on": "2027-02-01", "reason": "flood"}
    path = f"/program/people/{house.id_of('alice')}/due-day"
    house.post(house.signed_in("olga"), path, **fields)
    page = house.signed_in("alice").get("/certificates").text
    assert "Olga Ortiz moved your due day" in page
    assert "flood" not in page
    assert (
        "Olga"
        not in house.signed_in("bob")
        .get("/certificates")
        .text.partition("What others")[2]
        .partition("<footer")[0]
    )


def test_she_reads_who_helped_her_with_a_quiz(house: TestHouse) -> None:
    cycle = house.open_cycle("alice")
    with house.database.write() as session:
        session.add(
            HelpRequest(
                assignment_id=cycle,
                module="accounts",
                asked_on=house.clock.now().date(),
                asked_at=house.clock.now(),
            )
        )
    path = f"/program/people/{house.id_of('alice')}/unlock"
    assert house.post(house.signed_in("olga"), path).status_code == 303
    page = house.signed_in("alice").get("/certificates").text
    assert "Olga Ortiz went through a quiz with you" in page
