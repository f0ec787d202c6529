"""Back from leave: her due day is right on the first day back, whether or not a job ran."""

import re
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from tests.boosting import on_day
from tests.house import TestHouse
from training.accounts.days import todays
from training.accounts.people import place_of
from training.assignments.models import Assignment, DueChange
from training.assignments.service import find_cycle_for, open_for
from training.learning import calendars
from training.program import acts
from training.renewals import dates, history
from training.renewals.duties import Duty
from training.renewals.history import Moment
from training.renewals.reconcile import reconcile_all
from training.renewals.rule_book import RuleBook
from training.reports.queries import everyone

pytestmark = pytest.mark.either_database

GONE, LAST = date(2026, 12, 1), date(2027, 2, 28)
BACK, DUE = date(2027, 3, 1), date(2027, 3, 31)


@pytest.fixture
def cycle(house: TestHouse) -> int:
    """Alice is on leave over the due day of her open training, and back; no job has run since."""
    found = house.open_cycle("alice")
    with house.database.write() as session:
        by = acts.By(house.id_of("olga"), house.clock.now())
        acts.put_on_leave(session, house.id_of("alice"), GONE, LAST, by=by)
    dates.refresh_all(house.database)
    on_day(house, BACK)
    return found


def duty(house: TestHouse) -> Duty:
    with house.database.read() as session:
        found = list(everyone(session, todays(session, house.clock.now())))
    return next(one for one in found if one.person.user_id == house.id_of("alice"))


def run_job(house: TestHouse) -> int:
    now = house.clock.now()
    done = reconcile_all(house.database, lambda session: todays(session, now), now)
    return done.moved_after_leave


def test_every_page_has_her_new_day_before_the_job_runs(house: TestHouse, cycle: int) -> None:
    assert house.count("due_change") == 0
    found = duty(house)
    assert (found.facts.due_on, found.status.value) == (DUE, "due_soon")
    home = house.signed_in("alice").get("/").get_data(as_text=True)
    assert re.search(r"Due\s+in 30 days,.{0,20}31", home)
    assert "31 Mar" in house.signed_in("mona").get("/team").get_data(as_text=True)
    page = house.signed_in("olga").get(f"/program/people/{house.id_of('alice')}")
    assert re.search("moved: back on 2027-03-01", page.get_data(as_text=True))
    with house.database.read() as session:
        alice = house.id_of("alice")
        assert [one.due_on for one in open_for(session, alice, BACK)] == [DUE]
        mine = find_cycle_for(session, alice, cycle, BACK)
        assert mine is not None
        assert mine.due_on == DUE  # what her completion is counted from
        now = house.clock.now()
        owner = place_of(session, alice, now)
        (due,) = calendars.due_days(session, owner, now, "http://byp.test")
        assert due.day == DUE


def test_while_she_is_away_her_day_stands(house: TestHouse, cycle: int) -> None:
    on_day(house, LAST)
    with house.database.read() as session:
        first = session.get_one(Assignment, cycle).due_on
        assert [one.due_on for one in open_for(session, house.id_of("alice"), LAST)] == [first]
    assert duty(house).facts.due_on == first


def test_the_table_of_dates_knows_the_day_of_her_return_beforehand(
    house: TestHouse, cycle: int
) -> None:
    with house.database.read() as session:
        assert dates.astray(session, [house.id_of("alice")]) == []
        to_do = dates.to_settle(session, todays(session, house.clock.now()), after=0, most=9)
        (one,) = history.pages(session, history.User.id == house.id_of("alice"))
        moment = Moment(todays(session, house.clock.now()))
        (then,) = history.duties_at(one, RuleBook(session), moment)
    assert to_do == [house.id_of("alice")]
    assert then.facts == duty(house).facts


def test_the_job_notes_it_once_and_nothing_is_other_than_before(
    house: TestHouse, cycle: int
) -> None:
    before = duty(house).facts
    assert [run_job(house), run_job(house)] == [1, 0]
    with house.database.read() as session:
        (row,) = session.scalars(select(DueChange))
    assert (row.due_on, row.reason, row.changed_by_id) == (DUE, "back on 2027-03-01", None)
    assert duty(house).facts == before


def test_what_the_officer_says_afterwards_counts(house: TestHouse, cycle: int) -> None:
    sooner = BACK + timedelta(days=7)
    with house.database.write() as session:
        by = acts.By(house.id_of("olga"), house.clock.now())
        acts.move_due_day(
            session, house.id_of("alice"), "onboarding", sooner, "back on Monday", by=by
        )
    assert duty(house).facts.due_on == sooner
    with house.database.read() as session:
        found = open_for(session, house.id_of("alice"), BACK)
    assert [one.due_on for one in found] == [sooner]
    assert run_job(house) == 0


def test_whoever_is_led_by_another_system_keeps_its_day(house: TestHouse, cycle: int) -> None:
    house.database.led_by = "lms"
    try:
        with house.database.read() as session:
            first = session.get_one(Assignment, cycle).due_on
            found = open_for(session, house.id_of("alice"), BACK)
        assert [one.due_on for one in found] == [first]
    finally:
        house.database.led_by = "byp"
