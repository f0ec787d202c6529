"""Who had completed what on a day: the same today, and never another answer for the past."""

import random
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event, func, select, text
from sqlalchemy.orm import Session

from tests.cast import NOW, TODAY
from tests.effort import times
from tests.house import TestHouse
from tests.moves import move
from tests.reports.chronicle import COURSE, DAY, Chronicle
from training.accounts.days import everywhere, todays
from training.assignments.models import Absence
from training.learning.models import Completion
from training.program.acts import By
from training.program.rulebook.changes import Change, Terms
from training.program.rulebook.preview import preview
from training.program.rulebook.service import save
from training.renewals import history, turns
from training.renewals.duties import Duty
from training.renewals.history import Moment, end_of
from training.renewals.rule_book import RuleBook
from training.reports import as_of, queries
from training.rules.renewal import FirstAnchor, RenewalPolicy
from training.rules.standing import Complete, Status

pytestmark = pytest.mark.either_database

YEARLY = RenewalPolicy(validity_months=12)


def told(duty: Duty) -> tuple[Any, ...]:
    line = as_of.line_of(duty)
    return (
        line.user_id, line.course, line.status, line.complete, line.due_on, line.completed_on,
        line.expires_on, line.away_until, line.site, line.department, duty.facts,
    )  # fmt: skip


def now_by_today(session: Session, day: date) -> list[tuple[Any, ...]]:
    """The same by what every page of today reads: another way to the same answer."""
    hidden = {Status.LEFT, Status.NOT_REQUIRED}
    found = queries.everyone(session, everywhere(day))
    return sorted((told(d) for d in found if d.status not in hidden), key=repr)


def answers(session: Session, day: date, known_at: datetime | None = None) -> list[tuple[Any, ...]]:
    return sorted((told(a.duty) for a in as_of.as_of(session, day, known_at)), key=repr)


# --- the two properties ----------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(times(3, 25)))
def test_today_is_the_same_by_the_record_and_by_the_pages(house: TestHouse, seed: int) -> None:
    most = 0
    with house.database.write() as session:
        told_ = Chronicle(session, seed)
        for _ in range(12):
            told_.go_on(10)
            found = answers(session, told_.today)
            assert found == now_by_today(session, told_.today)
            most = max(most, len(found))
    assert most > 8  # some of the random people besides the cast


@pytest.mark.parametrize("seed", range(times(3, 25)))
def test_what_is_recorded_later_never_changes_an_answer_of_the_past(
    house: TestHouse, seed: int
) -> None:
    """Backdated moves, leave, paper records, withdrawals and rules come; the answers stay."""
    asked: list[tuple[date, datetime, list[tuple[Any, ...]]]] = []
    changed = 0
    with house.database.write() as session:
        told_ = Chronicle(session, 1_000 + seed)
        chance = random.Random(seed)
        for _ in range(12):
            told_.go_on(10)
            for back in (0, -25, chance.randint(1, 40), chance.randint(40, 200)):
                day = told_.today - back * DAY
                asked.append((day, told_.at, answers(session, day, told_.at)))
        for day, known_at, found in asked:
            assert answers(session, day, known_at) == found, (day, known_at)
            changed += answers(session, day) != found
    assert changed > 5  # without `known_at` the corrections do count


@pytest.mark.parametrize("seed", range(times(2, 15)))
def test_between_the_days_on_which_an_answer_can_turn_it_never_does(
    house: TestHouse, seed: int
) -> None:
    """The trend asks nobody twice for nothing, and is what asking on every day would give."""
    with house.database.write() as session:
        told_ = Chronicle(session, 2_000 + seed)
        told_.go_on(120)
        days = [told_.today - n * DAY for n in range(450, -20, -1)]
        moments = [(day, Moment(everywhere(day))) for day in days]
        book, asked = RuleBook(session), 0
        for one_ in history.pages(session):
            before = None
            for (day, moment), found in zip(
                moments, turns.duties_over(one_, book, moments), strict=True
            ):
                asked, before = asked + (found is not before), found
                plain, quick = queries.Figures.empty(), queries.Figures.empty()
                for duty in history.duties_at(one_, book, moment):
                    plain.add(duty)
                for duty in found:
                    quick.add(duty)
                assert (quick.complete, quick.away) == (plain.complete, plain.away), day
    assert asked < len(days) * 16 / 4  # of sixteen people: three days in four are not asked


def test_the_sample_clinic_counts_the_same_either_way(tmp_path: Path) -> None:
    from training.house import open_house
    from training.reports.overview import overview
    from training.sample.clinic import demo_settings, make_clinic
    from training.settings import Settings

    house = open_house(demo_settings(Settings(data_dir=tmp_path)))
    make_clinic(house, fresh=True)
    with house.database.read() as session:
        today = todays(session, house.clock.now())
        programme = overview(session, today)
        counted = as_of.count(session, today).figures
        plain = queries.Figures.empty()
        for duty in queries.everyone(session, today):
            plain.add(duty)
    house.database.dispose()
    assert programme.whole == counted == plain
    assert counted.counted > 20


def test_the_sample_clinic_has_its_past_whoever_leads(tmp_path: Path) -> None:
    from training.house import open_house
    from training.sample.clinic import demo_settings, make_clinic
    from training.settings import Settings

    with pytest.MonkeyPatch.context() as environ:
        environ.setenv("BYP_LED_BY", "lms")
        house = open_house(demo_settings(Settings(data_dir=tmp_path)))
    make_clinic(house, fresh=True)
    with house.database.read() as session:
        assert session.scalar(select(func.count(Completion.id))) >= 20
        assert session.info["led_by"] == "lms"
    house.database.dispose()


def test_a_rule_that_an_officer_changed_leaves_the_answers_of_before(house: TestHouse) -> None:
    """Saved as the page of rules saves it: the short version of the past is a new row."""
    house.open_cycle("alice")
    terms = Terms(audience={"sites": ["Harbor"]}, days=5, anchor=FirstAnchor.HIRE, renewal=YEARLY)
    change = Change("everybody", COURSE, TODAY, terms)
    by = By(house.id_of("olga"), NOW + timedelta(minutes=5))
    with house.database.write() as session:
        days = [TODAY + n * DAY for n in (-400, -30, -1, 0, 1)]
        before = [answers(session, day, NOW) for day in days]
        shown = preview(session, change, TODAY, todays(session, by.now)).digest
        save(session, change, shown, TODAY, by=by)
        assert [answers(session, day, NOW) for day in days] == before
        changed = [answers(session, day) != was for day, was in zip(days, before, strict=True)]
        assert answers(session, TODAY) == now_by_today(session, TODAY)
    assert changed == [False, False, False, True, True]


# --- the day and its corrections -------------------------------------------------------------


def one(session: Session, house: TestHouse, day: date, **known: datetime) -> as_of.Answer | None:
    alice = house.id_of("alice")
    found = [a for a in as_of.as_of(session, day, **known) if a.line.user_id == alice]
    return found[0] if found else None


def test_she_had_completed_from_the_day_on_that_she_completed(house: TestHouse) -> None:
    house.train("alice")
    with house.database.read() as session:
        before, after = one(session, house, TODAY - DAY), one(session, house, TODAY)
    assert before is not None
    assert after is not None
    assert (before.line.complete, after.line.complete) == (Complete.NO, Complete.YES)
    assert (before.line.completed_on, after.line.completed_on) == (None, TODAY)
    assert before.later is after.later is None


def on_paper(house: TestHouse, days: int, recorded_days: int) -> None:
    cycle = house.open_cycle("alice")
    at = NOW - recorded_days * DAY
    with house.database.write() as session:
        session.execute(
            text(
                "UPDATE assignment SET closed_at = :at, closed_reason = 'completed' WHERE id = :id"
            ),
            {"at": at.replace(tzinfo=None) if house.database.is_sqlite else at, "id": cycle},
        )
        session.add(
            Completion(
                assignment_id=cycle,
                user_id=house.id_of("alice"),
                course=COURSE,
                completed_on=TODAY - days * DAY,
                completed_at=at,
                zone="America/Chicago",
                expires_on=None,
                correct=0,
                total=0,
                digests="{}",
                method="recorded",
                shared_device=False,
                recorded_at=at,
            )
        )


def test_a_completion_that_was_recorded_late_counts_and_says_so(house: TestHouse) -> None:
    on_paper(house, days=60, recorded_days=3)
    day = TODAY - 30 * DAY
    with house.database.read() as session:
        now = one(session, house, day)
        then = one(session, house, day, known_at=end_of(day, "America/Chicago"))
        since = one(session, house, TODAY - 2 * DAY)
    assert now is not None
    assert then is not None
    assert since is not None
    assert (now.line.complete, then.line.complete) == (Complete.YES, Complete.NO)
    assert now.later is not None
    assert now.later.words == "recorded later, on 21 Nov 2026"
    assert then.later is since.later is None


def test_a_completion_that_was_withdrawn_later_is_gone_and_says_so(house: TestHouse) -> None:
    from tests.evidence import void_completion

    cycle = house.train("alice")
    house.clock.at += timedelta(days=9)
    void_completion(house, cycle)
    with house.database.read() as session:
        now = one(session, house, TODAY)
        then = one(session, house, TODAY, known_at=NOW + DAY)
    assert now is not None
    assert then is not None
    assert (now.line.complete, then.line.complete) == (Complete.NO, Complete.YES)
    assert now.later is not None
    assert now.later.words == "withdrawn later, on 3 Dec 2026"


def test_leave_that_was_told_late_takes_her_out_and_says_so(house: TestHouse) -> None:
    with house.database.write() as session:
        session.add(
            Absence(
                user_id=house.id_of("alice"),
                from_on=TODAY - 20 * DAY,
                to_on=TODAY,
                recorded_at=NOW,
            )
        )
        found = one(session, house, TODAY - 5 * DAY)
    assert found is not None
    assert found.line.status is Status.AWAY
    assert found.later is not None


def test_a_move_that_changes_no_answer_of_that_day_marks_nothing(house: TestHouse) -> None:
    move(house, "alice", manager="max")  # from today on
    with house.database.read() as session:
        found = one(session, house, TODAY - 30 * DAY)
    assert found is not None
    assert found.later is None


def test_who_was_not_here_yet_or_has_left_is_not_in_the_answer(house: TestHouse) -> None:
    dora = house.id_of("dora")
    with house.database.read() as session:
        days = {
            day: dora in {a.line.user_id for a in as_of.as_of(session, day)}
            for day in (date(2024, 1, 14), date(2024, 3, 1), date(2026, 3, 31), date(2026, 4, 1))
        }
    assert list(days.values()) == [False, True, True, False]


def test_a_moved_due_day_counts_from_the_day_that_it_was_moved(house: TestHouse) -> None:
    from training.assignments.service import move_due_day

    cycle = house.open_cycle("alice")
    with house.database.write() as session:
        move_due_day(session, cycle, TODAY + 50 * DAY, reason="x", by=None, now=NOW + 3 * DAY)
    with house.database.read() as session:
        before, after = (one(session, house, TODAY + n * DAY) for n in (2, 3))
    assert before is not None
    assert after is not None
    assert before.line.due_on != TODAY + 50 * DAY
    assert after.line.due_on == TODAY + 50 * DAY


# --- cost ------------------------------------------------------------------------------------


@pytest.fixture
def statements(house: TestHouse) -> Iterator[list[str]]:
    seen: list[str] = []

    def note(_c: object, _x: object, statement: str, *_rest: object) -> None:
        if statement.startswith("SELECT"):
            seen.append(statement)

    event.listen(house.database.reader, "before_cursor_execute", note)
    yield seen
    event.remove(house.database.reader, "before_cursor_execute", note)


def test_a_page_of_people_is_nine_statements_however_many_days_are_asked(
    house: TestHouse, statements: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from training.reports.overview import overview

    with house.database.read() as session:
        overview(session, everywhere(TODAY))
    assert sum(s.count("standing") == 0 for s in statements) == 3 + 8  # and a page of people
    once = len(statements)
    statements.clear()
    monkeypatch.setattr(history, "CHUNK", 4)
    with house.database.read() as session:
        overview(session, everywhere(TODAY))
    assert len(statements) == once + 2 * 9  # nine people, four a page
