"""The officer's list on the screen is the same by the dates and by the facts."""

from datetime import date, timedelta
from functools import partial
from itertools import product

import pytest
from sqlalchemy import update

from tests.cast import NOW
from tests.effort import times
from tests.house import TestHouse
from tests.reports.chronicle import Chronicle
from tests.reports.test_dates import add_people
from tests.reports.test_plans import statements_of
from training.accounts.days import Today, everywhere, todays
from training.accounts.models import Site, User
from training.renewals import dates
from training.reports import people_list, queries, standing_lines
from training.rules.standing import Status

DAY = timedelta(days=1)


def every_page(house: TestHouse, today: Today, text: str, status: str) -> list[object]:
    found, after, first = list[object](), 0, True
    with house.database.read() as session:
        while first or after:
            first = False
            page, after = people_list.search(session, today, text=text, status=status, after=after)
            found += [*page, after]
    return found


def assert_same(
    house: TestHouse, today: Today, monkeypatch: pytest.MonkeyPatch, text: str, status: str
) -> None:
    by_dates = every_page(house, today, text, status)
    with monkeypatch.context() as patch:
        patch.setattr(dates, "believable", lambda *_: False)
        assert by_dates == every_page(house, today, text, status), (text, status)


@pytest.mark.parametrize("seed", range(times(1, 15)))
def test_each_page_is_the_one_that_the_facts_make(
    house: TestHouse, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    with house.database.write() as session:
        told = Chronicle(session, 12_000 + seed)
        told.go_on(70)
    dates.refresh_all(house.database)
    with house.database.write() as session:
        told.session = session
        told.go_on(8)
    monkeypatch.setattr(queries, "PAGE", 7)
    monkeypatch.setattr(standing_lines, "SPAN", 5)
    for day, status in product((told.today, told.today + 60 * DAY), ("", *Status)):
        assert_same(house, everywhere(day), monkeypatch, "", str(status and Status(status).value))
    assert_same(house, everywhere(told.today), monkeypatch, "a", "")
    assert_same(house, everywhere(told.today), monkeypatch, "a e", "overdue")
    assert_same(house, everywhere(told.today), monkeypatch, "%", "")


@pytest.mark.either_database
def test_each_has_the_day_of_her_own_site(
    house: TestHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    with house.database.write() as session:
        session.execute(update(Site).where(Site.name == "Harbor").values(zone="Pacific/Kiritimati"))
        Chronicle(session, 7).go_on(80)
    dates.refresh_all(house.database)
    with house.database.read() as session:
        today = todays(session, NOW)
    assert not today.is_one_day
    for status in ("", "overdue", "current", "away", "not_required"):
        assert_same(house, today, monkeypatch, "", status)


@pytest.mark.either_database
def test_a_page_is_one_statement_however_many_it_shows(house: TestHouse) -> None:
    numbers = []
    for more in (1, 60):
        add_people(house, more)
        with house.database.read() as session:
            asked = {"text": "ward", "status": "", "after": 0}

            def look(session: object = session, asked: dict[str, object] = asked) -> None:
                people_list.search(session, everywhere(date(2026, 3, 2)), **asked)  # type: ignore[arg-type]

            numbers.append(len(statements_of(session, look)))
    assert numbers[0] == numbers[1] <= 5


@pytest.mark.either_database
def test_words_are_looked_for_in_no_more_of_a_large_house_than_fills_a_page(
    house: TestHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_people(house, 100)
    monkeypatch.setattr(standing_lines, "SPAN", 10)
    monkeypatch.setattr(queries, "PAGE", 5)
    today = everywhere(date(2026, 3, 2))
    asked = dict[str, int]()
    with house.database.read() as session:
        for words in ("ward", "nobody has this name"):
            ask = partial(people_list.search, session, today, text=words, status="", after=40)
            asked[words] = len(statements_of(session, ask))
    assert asked["nobody has this name"] == asked["ward"] + 2  # three spans, each wider


def test_a_name_is_found_by_its_latin_letters_too(house: TestHouse) -> None:
    with house.database.write() as session:
        session.execute(
            update(User)
            .where(User.external_id == "E-zoe")
            .values(legal_name="Жанна Соколова", romanised_name="Zhanna Sokolova")
        )
    page = house.signed_in("olga").get("/program/people?q=sokolova").text
    assert "Жанна Соколова" in page
