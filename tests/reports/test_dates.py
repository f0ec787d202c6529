"""The dates that reports count are what the facts say: on every day, whoever wrote the facts."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from itertools import product
from typing import Any

import pytest
from sqlalchemy import delete, event, select, text, update
from sqlalchemy.orm import Session

from tests.cast import NOW, TODAY
from tests.effort import times
from tests.house import TestHouse
from tests.reports import answering
from tests.reports.chronicle import Chronicle
from tests.reports.test_plans import plan_of, reads_whole, statements_of
from training.accounts.days import Today, everywhere, todays
from training.accounts.models import Placement, Site, User
from training.assignments.models import Rule
from training.renewals import dates, day_counts, history
from training.renewals.history import Moment
from training.renewals.models import StandingDates
from training.renewals.reconcile import Reconciled, reconcile_all
from training.renewals.rule_book import RuleBook
from training.renewals.standing_sql import (
    COMPLETES,
    STATUSES,
    T,
    complete_place,
    on,
    status_place,
)
from training.reports import people_export, people_search, queries
from training.reports.overview import Programme, overview
from training.reports.queries import outcome
from training.rules.standing import Status, days_late

DAY = timedelta(days=1)
Told = tuple[Any, ...]


def told_by_dates(session: Session, day: date) -> set[Told]:
    """Return what the table says of a day, by the expressions that the overview counts with."""
    late = T.good_until
    query = select(
        T.user_id,
        T.course,
        status_place(day),
        complete_place(day),
        T.department,
        T.worker_type,
        late,
    ).where(on(day))
    return {
        (
            user,
            course,
            STATUSES[status],
            COMPLETES[complete],
            department,
            kind,
            (day - good).days if STATUSES[status].value == "overdue" else 0,
        )
        for user, course, status, complete, department, kind, good in session.execute(query)
    }


def told_by_facts(session: Session, days: list[date]) -> dict[date, set[Told]]:
    book = RuleBook(session)
    found: dict[date, set[Told]] = {day: set() for day in days}
    for one in history.pages(session):
        for day in days:
            for duty in history.duties_at(one, book, Moment(everywhere(day))):
                told = outcome(duty)
                if told is not None:
                    person = duty.person
                    found[day].add(
                        (
                            person.user_id,
                            duty.rule.course,
                            *told,
                            person.department,
                            person.worker_type,
                            days_late(duty.facts, day),
                        )
                    )
    return found


@pytest.mark.parametrize("seed", range(times(2, 30)))
def test_on_every_day_of_a_random_past_and_of_the_future_the_dates_say_what_the_facts_say(
    house: TestHouse, seed: int
) -> None:
    with house.database.write() as session:
        told = Chronicle(session, 4_000 + seed)
        told.go_on(90)
    dates.refresh_all(house.database)
    days = [told.today + n * DAY for n in range(-450, 500, times(7, 1))]
    with house.database.read() as session:
        for day, wanted in told_by_facts(session, days).items():
            assert told_by_dates(session, day) == wanted, day


@pytest.mark.parametrize("refreshed", ["before", "in the middle", "after"])
@pytest.mark.parametrize("kept", [False, True], ids=["by rows", "kept"])
@pytest.mark.parametrize("seed", range(times(1, 15)))
def test_the_overview_is_the_same_however_much_of_it_the_database_counts(
    house: TestHouse, seed: int, refreshed: str, monkeypatch: pytest.MonkeyPatch, *, kept: bool
) -> None:
    """What changed since the dates were made is asked of the facts, never left out."""
    with house.database.write() as session:
        told = Chronicle(session, 5_000 + seed)
        told.go_on(60)
    if refreshed == "in the middle":
        dates.refresh_all(house.database)
    if kept:
        day_counts.keep(house.database, told.today + 12 * DAY)
    with house.database.write() as session:
        told.session = session
        told.go_on(12)
    if refreshed == "after":
        dates.refresh_all(house.database)
    for day in (told.today, told.today + 200 * DAY, TODAY):
        with house.database.read() as session:
            assert not day_counts.astray(session)
            counted = overview(session, everywhere(day))
            with monkeypatch.context() as patch:
                patch.setattr(dates, "believable", lambda *_: False)
                asked = overview(session, everywhere(day))
        assert plain(counted) == plain(asked)


def plain(found: Programme) -> dict[str, Any]:
    """Return the figures that the page shows."""
    return {
        "whole": +found.whole.complete,
        "open": +found.whole.open,
        "away": found.whole.away,
        "by": {
            kind: {
                name: (+f.complete, +f.open, f.away) for name, f in groups.items() if f.open.total()
            }
            for kind, groups in found.by.items()
        },
        "late": +found.late,
        "access": found.access,
        "with_access": found.with_access,
        "trend": [(m.on, +m.figures.complete, m.figures.away) for m in found.trend],
    }


@pytest.mark.parametrize("kept", [False, True], ids=["by rows", "kept"])
def test_two_days_at_once_are_counted_each_at_its_sites(
    house: TestHouse, monkeypatch: pytest.MonkeyPatch, *, kept: bool
) -> None:
    with house.database.write() as session:
        session.execute(update(Site).where(Site.name == "Harbor").values(zone="Pacific/Kiritimati"))
        Chronicle(session, 7).go_on(80)
    if kept:
        day_counts.keep(house.database, NOW.date())
    dates.refresh_all(house.database)
    with house.database.read() as session:
        today = todays(session, NOW)
        assert len(set(today.by_zone.values())) == 2
        counted = overview(session, today)
        assert dates.believable(session, RuleBook(session), today)
        monkeypatch.setattr(dates, "believable", lambda *_: False)
        assert plain(counted) == plain(overview(session, today))


@pytest.mark.parametrize("turned", [False, True], ids=["ahead", "behind"])
def test_whoever_moves_between_two_days_is_counted_once_where_she_is(
    house: TestHouse, monkeypatch: pytest.MonkeyPatch, turned: bool
) -> None:
    """To a site that is a day ahead two of her rows would count for hours; to one behind, none."""
    ahead, behind = ("Main Street", "Harbor") if turned else ("Harbor", "Main Street")
    house.open_cycle("alice")
    with house.database.write() as session:
        zones = {ahead: "Pacific/Kiritimati", behind: "America/Chicago"}
        for site in session.scalars(select(Site)):
            site.zone = zones.get(site.name, "America/Chicago")
        was = session.scalars(
            select(Placement).where(Placement.user_id == house.id_of("alice"))
        ).one()
        there = session.scalars(select(Site).where(Site.name == "Harbor")).one()
        session.add(
            Placement(
                user_id=was.user_id,
                from_on=TODAY + DAY,
                site_id=there.id,
                department=was.department,
                hired_on=was.hired_on,
                recorded_at=NOW,
            )
        )
    dates.refresh_all(house.database)
    with house.database.read() as session:
        today = todays(session, NOW)
        assert len(set(today.by_zone.values())) == 2
        assert dates.believable(session, RuleBook(session), today)
        counted = overview(session, today)
        monkeypatch.setattr(dates, "believable", lambda *_: False)
        assert plain(counted) == plain(overview(session, today))


def test_while_a_rule_turns_between_two_sites_the_facts_are_asked(house: TestHouse) -> None:
    with house.database.write() as session:
        row = session.scalars(select(Rule)).first()
        assert row is not None
        values = {"course": "extra", "days": 5, "renewal": row.renewal, "recorded_at": NOW}
        session.add(Rule(code="new", from_on=TODAY + DAY, **values))
    with house.database.read() as session:
        book = RuleBook(session)
        turning = Today({"America/Chicago": TODAY, "Pacific/Kiritimati": TODAY + DAY}, TODAY)
        assert not dates.believable(session, book, turning)
        assert dates.believable(session, book, everywhere(TODAY + DAY))


# --- who is noted ----------------------------------------------------------------------------


def stale(house: TestHouse) -> set[int]:
    with house.database.read() as session:
        return set(session.scalars(dates.stale_ids()))


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE assignment SET begun_at = :at WHERE user_id = :alice",
        (
            "INSERT INTO due_change (assignment_id, due_on, reason, recorded_at) "
            "SELECT id, due_on, 'x', :at FROM assignment WHERE user_id = :alice"
        ),
        "INSERT INTO absence (user_id, from_on, recorded_at) VALUES (:alice, '2026-01-01', :at)",
        "UPDATE placement SET superseded_at = :at WHERE user_id = :alice",
        (
            "INSERT INTO help_request (assignment_id, module, blocks, asked_on, asked_at) "
            "SELECT id, 'm', :yes, '2026-01-01', :at FROM assignment WHERE user_id = :alice"
        ),
        (
            "INSERT INTO waiver (user_id, course, from_on, to_on, reason, recorded_at) "
            "VALUES (:alice, 'onboarding', '2026-01-01', '2026-02-01', 'x', :at)"
        ),
    ],
)
def test_whatever_writes_a_fact_notes_whose_dates_it_changes(
    house: TestHouse, statement: str
) -> None:
    """By the database itself: no way of writing can forget it, this bare statement neither."""
    house.open_cycle("alice")
    dates.refresh_all(house.database)
    assert stale(house) == set()
    alice = house.id_of("alice")
    with house.database.write() as session:
        values = {"alice": alice, "at": NOW.replace(tzinfo=None), "yes": True}
        session.execute(text(statement), values)
    assert stale(house) == {alice}
    assert dates.refresh_all(house.database) == 1
    assert stale(house) == set()


def test_a_completion_and_its_withdrawal_note_her(house: TestHouse) -> None:
    from tests.evidence import void_completion

    dates.refresh_all(house.database)
    cycle = house.train("alice")
    assert house.id_of("alice") in stale(house)
    dates.refresh_all(house.database)
    void_completion(house, cycle)
    assert stale(house) == {house.id_of("alice")}


@pytest.mark.parametrize("statement", ["UPDATE rule SET superseded_at = :at",
                                       "UPDATE site SET zone = 'America/New_York'"])  # fmt: skip
def test_a_rule_and_a_site_are_about_everybody(house: TestHouse, statement: str) -> None:
    dates.refresh_all(house.database)
    with house.database.write() as session:
        values = {"at": NOW.replace(tzinfo=None)} if ":at" in statement else {}
        session.execute(text(statement), values)
    assert len(stale(house)) == 9


def test_a_fact_that_is_written_while_dates_are_made_is_not_lost(
    house: TestHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The note comes after those that were read, so it stays."""
    house.open_cycle("alice")
    alice, made = house.id_of("alice"), dates._replace

    def meanwhile(session: Session, ids: list[int]) -> None:
        made(session, ids)
        session.execute(text(f"INSERT INTO standing_stale (user_id) VALUES ({alice})"))

    monkeypatch.setattr(dates, "_replace", meanwhile)
    dates.refresh_all(house.database)
    assert stale(house) == {alice}


def test_doctor_names_rows_that_are_not_what_the_facts_say_and_recount_mends_them(
    house: TestHouse,
) -> None:
    from training.checkup import findings
    from training.settings import Settings

    def look() -> str:
        told = findings(house.database, Settings(env="test"), NOW)
        return next(f.what for f in told if "dates that reports count" in f.what)

    dates.refresh_all(house.database)
    assert look() == "the dates that reports count hold, of 9 people"
    with house.database.write() as session:
        session.execute(
            update(StandingDates)
            .where(StandingDates.user_id == house.id_of("bob"))
            .values(good_until=TODAY)
        )
        session.execute(delete(StandingDates).where(StandingDates.user_id == house.id_of("alice")))
    assert look() == (
        "the dates that reports count are not what the facts say, of 2 people of 9: "
        "`byp db recount`"
    )
    with house.database.write() as session:
        dates.forget(session)
    assert dates.refresh_all(house.database) == 9
    assert look() == "the dates that reports count hold, of 9 people"


# --- cost ------------------------------------------------------------------------------------


@pytest.fixture
def counted(house: TestHouse) -> Iterator[Session]:
    """A house whose dates are made, with enough rows that an index is worth it."""
    with house.database.write() as session:
        Chronicle(session, 3).go_on(60)
    add_people(house, 400)
    with house.database.writer.begin() as connection:
        connection.execute(text("ANALYZE"))
    with house.database.read() as session:
        if not house.database.is_sqlite:
            session.execute(text("SET LOCAL enable_seqscan = off"))
        yield session


def add_people(house: TestHouse, count: int) -> None:
    """Add people who were placed, and make everybody's dates."""
    answering.add_people(house, {"Ward 9": count})
    dates.refresh_all(house.database)


def test_the_overview_of_dates_is_as_many_statements_at_ten_people_as_at_a_hundred(
    house: TestHouse,
) -> None:
    dates.refresh_all(house.database)
    numbers = []
    for more in (1, 90):
        add_people(house, more)
        with house.database.read() as session:
            numbers.append(len(statements_of(session, lambda s=session: _look(s))))  # type: ignore[misc]
    assert numbers[0] == numbers[1] <= 16


def _look(session: Session) -> None:
    overview(session, everywhere(TODAY))


def test_B11_the_trend_and_the_longest_access_are_read_from_an_index(counted: Session) -> None:
    found = statements_of(counted, lambda: _look(counted))
    mine = [pair for pair in found if "standing_dates" in pair[0]]
    # today's groups, second jobs, five of the trend, and the longest with access
    assert len(mine) == 8
    today, second, *others = mine
    assert "ix_placement_second_job" in plan_of(counted, *second)
    for statement, values in others:
        plan = plan_of(counted, statement, values)
        assert "ix_standing_dates_" in plan, f"{statement}\n{plan}"
        assert reads_whole(counted, plan) == [], f"{statement}\n{plan}"
    assert "GROUP BY" in today[0]


# --- who reads them besides the overview -----------------------------------------------------


def test_people_of_a_status_are_the_same_found_by_dates_or_by_facts(
    house: TestHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    with house.database.write() as session:
        told = Chronicle(session, 11)
        told.go_on(80)
    dates.refresh_all(house.database)
    with house.database.write() as session:
        told.session = session
        told.go_on(8)
    monkeypatch.setattr(queries, "CHUNK", 5)
    days = (told.today - 30 * DAY, told.today, told.today + 90 * DAY)
    for day, status in product(days, (s.value for s in Status)):
        with house.database.read() as session:
            by_dates = everybody_of(session, day, status)
            with monkeypatch.context() as patch:
                patch.setattr(people_search, "looks_for", lambda *_: False)
                assert by_dates == everybody_of(session, day, status)


def everybody_of(session: Session, day: date, status: str) -> list[int]:
    rows = people_export.rows(session, everywhere(day), text="", status=status)
    return [str(row[0]) for row in rows]  # type: ignore[misc]


def test_people_of_a_status_are_as_many_statements_at_ten_as_at_a_hundred(
    house: TestHouse,
) -> None:
    """The one who is looked for comes last; who comes before is not read in pages."""
    dates.refresh_all(house.database)
    numbers = []
    for more in (10, 140):
        add_people(house, more)
        with house.database.write() as session:
            last = session.scalars(select(User.id).order_by(User.id.desc()).limit(1)).one()
            session.execute(
                update(StandingDates).where(StandingDates.user_id == last).values(away_until=TODAY)
            )
        with house.database.read() as session:

            def look(session: Session = session) -> None:
                queries.search(session, everywhere(TODAY), text="", status="away", after=0)

            numbers.append(len(statements_of(session, look)))
    assert numbers[0] == numbers[1]


def test_B11_people_of_a_status_are_found_by_an_index(counted: Session) -> None:
    def look() -> None:
        queries.search(counted, everywhere(TODAY), text="", status="overdue", after=50)

    for statement, values in statements_of(counted, look):
        if "standing_dates" in statement:
            plan = plan_of(counted, statement, values)
            assert reads_whole(counted, plan) == [], f"{statement}\n{plan}"


@pytest.mark.parametrize("status", ["away", "waiting_for_help"])
def test_B11_a_status_that_few_have_is_found_by_its_own_index(
    counted: Session, status: str
) -> None:
    """However large the house: without it, everybody is looked at for a handful."""

    def look() -> None:
        queries.search(counted, everywhere(TODAY), text="", status=status, after=0)

    asked = [pair for pair in statements_of(counted, look) if "standing_dates" in pair[0]]
    assert asked
    if counted.get_bind().dialect.name == "postgresql":
        return  # whose planner may take another way to so few
    name = {"away": "away_until"}.get(status, "waiting_from")
    assert all(f"ix_standing_dates_{name}" in plan_of(counted, *pair) for pair in asked)


@pytest.mark.parametrize("seed", range(times(2, 20)))
def test_the_renewal_of_who_is_due_does_what_that_of_everybody_does(
    house: TestHouse, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    with house.database.write() as session:
        told = Chronicle(session, 6_000 + seed)
        told.go_on(70)
    dates.refresh_all(house.database)
    with house.database.write() as session:
        told.session = session
        told.go_on(5)
    changed = 0
    for later in (0, 1, 20, 60, 100, 300, 500):
        now = told.at + later * DAY
        for dry_run in (True, False):
            if not dry_run and later != 60:
                continue
            with monkeypatch.context() as patch:
                patch.setattr(dates, "believable", lambda *_: False)
                wanted = renewed(house, now, dry_run=True)
            assert renewed(house, now, dry_run=dry_run) == wanted, later
            changed += wanted.changed
    assert changed


def renewed(house: TestHouse, now: datetime, *, dry_run: bool) -> Reconciled:
    return reconcile_all(house.database, lambda session: todays(session, now), now, dry_run=dry_run)


def test_the_renewal_reads_nobody_who_has_nothing_due(house: TestHouse) -> None:
    add_people(house, 60)
    renewed(house, NOW, dry_run=False)
    dates.refresh_all(house.database)
    seen: list[str] = []

    def note(_c: object, _x: object, statement: str, *_rest: object) -> None:
        seen.append(statement)

    event.listen(house.database.writer, "before_cursor_execute", note)
    told = renewed(house, NOW, dry_run=False)
    event.remove(house.database.writer, "before_cursor_execute", note)
    assert not told.changed
    assert not any("FROM placement" in statement for statement in seen)
    assert any("standing_dates" in statement for statement in seen)
