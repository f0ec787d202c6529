"""The counts that are kept for a day are those of the rows, whoever made these again."""

from datetime import date, timedelta

import pytest
from sqlalchemy import delete, func, select, update

from tests.cast import NOW, TODAY
from tests.effort import times
from tests.house import TestHouse
from tests.reports.chronicle import Chronicle
from tests.reports.test_plans import statements_of
from training.accounts.days import everywhere
from training.checkup import findings
from training.jobs import Works
from training.renewals import dates, day_counts
from training.renewals.models import StandingCount, StandingCountDay, StandingDates
from training.reports.overview import overview
from training.settings import Settings

DAY = timedelta(days=1)


def days_kept(house: TestHouse) -> list[date]:
    with house.database.read() as session:
        return list(session.scalars(select(StandingCountDay.day).order_by(StandingCountDay.day)))


@pytest.mark.parametrize("seed", range(times(2, 30)))
def test_counts_follow_every_row_that_is_made_again(house: TestHouse, seed: int) -> None:
    with house.database.write() as session:
        told = Chronicle(session, 6_000 + seed)
        told.go_on(40)
    day_counts.keep(house.database, told.today)
    for _ in range(3):
        with house.database.write() as session:
            told.session = session
            told.go_on(12)
        dates.refresh_all(house.database)
        with house.database.read() as session:
            assert session.scalar(select(func.sum(StandingCount.count)))
            assert day_counts.astray(session) == []


def test_the_days_that_are_kept_go_on_with_the_calendar(house: TestHouse) -> None:
    dates.refresh_all(house.database)
    first = day_counts.keep(house.database, TODAY)
    wanted = day_counts.days_wanted(TODAY)
    assert days_kept(house) == wanted
    assert first == len(wanted) >= day_counts.MONTHS + 4
    assert {TODAY - DAY, TODAY, TODAY + DAY, TODAY + 2 * DAY} <= {*wanted}
    assert day_counts.keep(house.database, TODAY) == 0
    assert day_counts.keep(house.database, TODAY + DAY) >= 1
    assert days_kept(house) == day_counts.days_wanted(TODAY + DAY)
    with house.database.read() as session:
        assert day_counts.astray(session) == []


def test_the_hourly_work_counts_new_days_and_says_so(house: TestHouse) -> None:
    works = Works(house.database, house.settings, house.clock)
    assert works.dates().endswith(" days counted")
    assert works.dates() == "0 people's dates made anew"
    assert days_kept(house) == day_counts.days_wanted(NOW.date())


def test_a_row_that_is_made_again_while_a_day_is_counted_is_not_lost(
    house: TestHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first count is of rows that are no longer there when it is to be written."""
    dates.refresh_all(house.database)
    counted, meanwhile = day_counts.counted, iter([True])

    def late_count(day: date, late: list[date]) -> day_counts.Query:
        if next(meanwhile, False):
            with house.database.write() as session:
                before = day_counts.rows_of(session, [house.id_of("bob")])
                session.execute(
                    delete(StandingDates).where(StandingDates.user_id == house.id_of("bob"))
                )
                day_counts.move(session, before, day_counts.rows_of(session, []))
        return counted(day, late)

    monkeypatch.setattr(day_counts, "counted", late_count)
    assert day_counts.keep(house.database, TODAY) == len(day_counts.days_wanted(TODAY))
    with house.database.read() as session:
        assert day_counts.astray(session) == []


def test_while_another_system_leads_no_day_is_kept(house: TestHouse) -> None:
    house.database.led_by = "lms"
    assert day_counts.keep(house.database, TODAY) == 0
    assert days_kept(house) == []


def test_the_overview_reads_what_is_kept_and_no_row_for_it(house: TestHouse) -> None:
    dates.refresh_all(house.database)
    day_counts.keep(house.database, TODAY)
    with house.database.read() as session:
        found = statements_of(session, lambda: overview(session, everywhere(TODAY)))
    from_rows = [told for told, _values in found if "FROM standing_dates" in told]
    assert [told for told in from_rows if "GROUP BY" in told] == []
    assert len([told for told, _values in found if "FROM standing_count " in told]) == 2


def test_doctor_names_counts_that_are_not_those_of_the_dates_and_recount_mends_them(
    house: TestHouse,
) -> None:
    def look() -> str:
        told = findings(house.database, Settings(env="test"), NOW)
        return next(f.what for f in told if "the dates" in f.what)

    dates.refresh_all(house.database)
    day_counts.keep(house.database, TODAY)
    assert look() == "the dates that reports count hold, of 9 people"
    with house.database.write() as session:
        session.execute(
            update(StandingCount)
            .where(StandingCount.day == TODAY)
            .values(count=StandingCount.count + 1)
        )
    assert look() == "the counts of 1 days are not those of the dates: `byp db recount`"
    with house.database.write() as session:
        dates.forget(session)
    dates.refresh_all(house.database)
    assert days_kept(house) == []
    day_counts.keep(house.database, TODAY)
    assert look() == "the dates that reports count hold, of 9 people"


def test_a_row_that_changes_behind_the_counts_would_be_found(house: TestHouse) -> None:
    dates.refresh_all(house.database)
    day_counts.keep(house.database, TODAY)
    with house.database.write() as session:
        session.execute(update(StandingDates).values(away_until=TODAY))
        assert TODAY in day_counts.astray(session)
