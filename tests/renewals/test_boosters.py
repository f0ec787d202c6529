"""Boosters by mail: off until an officer turns them on, each once, nobody who is away."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import pytest
from sqlalchemy import select, text, update

from tests.boosting import (
    WEEK,
    answer,
    body,
    complete,
    look,
    mails,
    newest,
    on_day,
    path_in,
    turn,
)
from tests.cast import TODAY
from tests.house import TestHouse
from tests.moves import leave
from tests.post_office import PostOffice
from training.accounts.models import User
from training.assignments.models import Absence, Rule, Waiver
from training.jobs import Works, run_due
from training.learning.booster_models import BoosterCount
from training.renewals.outside import rule_for

on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def works(works: Works, house: TestHouse) -> Works:
    """Alice completed today, and boosters are on."""
    complete(house, "alice")
    turn(house)
    return works


@on_sqlite
def test_off_until_the_officer_turns_them_on(
    house: TestHouse, works: Works, office: PostOffice
) -> None:
    turn(house, "off")
    for week in (1, 4, 12):
        assert look(house, works, office, TODAY + week * WEEK) == []
    assert house.count("booster") == house.count("notice", "kind LIKE 'booster%'") == 0
    turn(house, "on")
    assert len(look(house, works, office, TODAY + 12 * WEEK)) == 1


def test_at_1_4_and_12_weeks_one_mail_with_one_scene_each_another(
    house: TestHouse, works: Works, office: PostOffice
) -> None:
    weeks, scenes = [], []
    for day in range(100):
        if day % 7 in {0, 1} and look(house, works, office, TODAY + timedelta(days=day)):
            weeks.append(day // 7)
            row, _scenario = newest(house)
            assert row.week == day // 7
            scenes.append((row.module, row.scenario, row.objective))
    assert weeks == [1, 4, 12]
    assert len(set(scenes)) == 3
    assert scenes[0][2] == "M6.3"  # must-pass first
    assert house.count("notice", "kind LIKE 'booster%' AND state = 'sent'") == 3


@on_sqlite
def test_the_mail_has_one_link_names_no_score_and_asks_for_working_time(
    house: TestHouse, works: Works, office: PostOffice
) -> None:
    (letter,) = look(house, works, office, TODAY + WEEK)
    told = body(letter)
    assert told.count("http") == 1
    assert path_in(letter).startswith("/boosters/")
    assert "at work, or ask your manager to book the time" in told
    assert "never counted" in told
    assert not any(word in told.lower() for word in ("due", "score", "must", "home", "late"))
    assert all(len(line) <= 80 for line in told.splitlines())


@on_sqlite
def test_J01_ten_runs_send_one_and_a_look_at_the_ledger_says_so(
    house: TestHouse, works: Works, office: PostOffice
) -> None:
    on_day(house, TODAY + WEEK)
    told = [works.boost() for _ in range(10)]
    assert told == ["1 sent", *["0 sent"] * 9]
    assert len(mails(office)) == 1
    page = house.signed_in("olga").get("/program/reminders").text
    assert "one scene, a week after" in page


def test_J02_several_runners_never_send_two(
    house: TestHouse, works: Works, office: PostOffice
) -> None:
    on_day(house, TODAY + WEEK)
    with ThreadPoolExecutor(6) as pool:
        list(pool.map(lambda _n: works.boost(), range(6)))
    assert len(mails(office)) == 1
    assert house.count("booster") == house.count("notice", "kind = 'booster_1'") == 1


def _go_on_leave(house: TestHouse) -> None:
    with house.database.write() as session:
        session.add(
            Absence(user_id=house.id_of("alice"), from_on=TODAY, recorded_at=house.clock.now())
        )


def _waive(house: TestHouse) -> None:
    with house.database.write() as session:
        session.add(
            Waiver(
                user_id=house.id_of("alice"),
                course="onboarding",
                from_on=TODAY,
                to_on=date(2027, 12, 31),
                reason="a test",
                approved_by_id=house.id_of("olga"),
                recorded_at=house.clock.now(),
            )
        )


def _lose_the_mailbox(house: TestHouse) -> None:
    with house.database.write() as session:
        session.execute(update(User).where(User.id == house.id_of("alice")).values(email=None))


def _withdraw(house: TestHouse) -> None:
    from tests.evidence import void_completion

    with house.database.read() as session:
        cycle = session.execute(text("SELECT assignment_id FROM completion")).scalar_one()
    void_completion(house, cycle)


def _leave_the_house(house: TestHouse) -> None:
    leave(house, "alice")


def _end_the_rule(house: TestHouse) -> None:
    with house.database.write() as session:
        session.execute(text("UPDATE rule SET superseded_at = recorded_at"))


def _decline(house: TestHouse) -> None:
    from training.learning import boosters

    with house.database.write() as session:
        boosters.wish(session, house.id_of("alice"), house.clock.now(), wanted=False)


NOT_HERS = [
    _go_on_leave,
    _waive,
    _lose_the_mailbox,
    _withdraw,
    _leave_the_house,
    _end_the_rule,
    _decline,
]


@on_sqlite
@pytest.mark.parametrize("happens", NOT_HERS)
def test_J09_nobody_who_is_away_or_off_the_list_or_has_no_mailbox_gets_one(  # type: ignore[no-untyped-def]
    house: TestHouse, works: Works, office: PostOffice, happens
) -> None:
    happens(house)
    assert look(house, works, office, TODAY + WEEK) == []
    assert house.count("booster") == 0


@on_sqlite
@pytest.mark.parametrize("happens", [_go_on_leave, _leave_the_house, _decline, turn])
def test_J07_what_was_put_off_is_looked_at_again_before_it_goes(  # type: ignore[no-untyped-def]
    house: TestHouse, works: Works, office: PostOffice, happens
) -> None:
    office.answer = lambda _to, _n: "451 later"
    assert look(house, works, office, TODAY + WEEK) == []
    office.answer = lambda _to, _n: None
    if happens is turn:
        turn(house, "off")
    else:
        happens(house)
    house.clock.at += timedelta(hours=2)
    works.remind()
    assert mails(office) == []
    assert house.count("notice", "kind = 'booster_1' AND state = 'dropped'") == 1


@on_sqlite
def test_J07_what_was_put_off_goes_with_a_link_that_works(
    house: TestHouse, works: Works, office: PostOffice
) -> None:
    office.answer = lambda _to, _n: "451 later"
    look(house, works, office, TODAY + WEEK)
    office.answer = lambda _to, _n: None
    house.clock.at += timedelta(hours=2)
    works.remind()
    (letter,) = mails(office)
    assert house.client().get(path_in(letter)).status_code == 200
    assert house.count("booster") == 1


@on_sqlite
def test_three_unopened_in_a_row_stop_them_until_a_new_training(
    house: TestHouse, works: Works, office: PostOffice
) -> None:
    for week in (1, 4, 12):
        assert len(look(house, works, office, TODAY + week * WEEK)) == 1
    # a second training, completed before the third mail went out, brings none
    with house.database.write() as session:
        first = session.scalars(select(Rule)).one()
        session.add(
            Rule(
                code="again",
                course="long",
                days=30,
                renewal=first.renewal,
                from_on=first.from_on,
                recorded_at=first.recorded_at,
            )
        )
    day = TODAY + 12 * WEEK - timedelta(days=1)
    on_day(house, day)
    complete(house, "alice", day, course="long")
    assert look(house, works, office, day + WEEK + timedelta(days=1)) == []
    # she opens the last one after all: then they go on
    with house.database.write() as session:
        session.execute(
            text("UPDATE booster SET opened_at = :at WHERE week = 12"),
            {"at": house.clock.now().replace(tzinfo=None)},
        )
    assert len(look(house, works, office, day + 4 * WEEK)) == 1


@on_sqlite
def test_a_missed_booster_is_never_reminded_listed_or_counted(
    house: TestHouse, works: Works, office: PostOffice
) -> None:
    assert len(look(house, works, office, TODAY + WEEK)) == 1
    alice, mona, olga = (house.signed_in(name) for name in ("alice", "mona", "olga"))
    before = [mona.get("/team").text, olga.get("/program").text]
    office.letters.clear()
    for day in (8, 13, 27):
        on_day(house, TODAY + timedelta(days=day))
        run_due(works, force=True)
    assert not any("alice@" in str(m["To"]) for m in office.letters)
    on_day(house, TODAY + timedelta(days=7))
    alice, mona, olga = (house.signed_in(name) for name in ("alice", "mona", "olga"))
    home = alice.get("/").text.lower()
    assert "booster" not in home
    assert "one scene" not in home
    assert "Alice" in before[0]
    for page in (*before, mona.get("/team").text, mona.get("/team.csv").text):
        assert "booster" not in page.lower()


@on_sqlite
def test_an_outage_of_a_week_is_not_made_up_for(
    house: TestHouse, works: Works, office: PostOffice
) -> None:
    assert look(house, works, office, TODAY + 2 * WEEK) == []
    assert len(look(house, works, office, TODAY + 4 * WEEK + timedelta(days=6))) == 1
    assert newest(house)[0].week == 4


@on_sqlite
def test_F40_what_the_role_forgets_comes_first_and_her_own_choices_decide_nothing(
    house: TestHouse, works: Works, office: PostOffice
) -> None:
    look(house, works, office, TODAY + WEEK)
    first, _scenario = newest(house)
    with house.database.write() as session:
        for objective, module, best in (("M7.3", "reporting", 1), ("M2.2", "accounts", 5)):
            session.add(
                BoosterCount(
                    entity_id=1,
                    module=module,
                    objective=objective,
                    week=1,
                    role=first.role,
                    answered=6,
                    best=best,
                )
            )
    look(house, works, office, TODAY + 4 * WEEK)
    assert newest(house)[0].objective == "M6.3"  # the other must-pass situation
    (letter,) = look(house, works, office, TODAY + 12 * WEEK)
    assert newest(house)[0].objective == "M7.3"
    answer(house, house.client(), path_in(letter))


@on_sqlite
def test_groups_under_five_weigh_nothing(house: TestHouse, works: Works) -> None:
    from training.learning import boosters

    with house.database.write() as session:
        for answered, objective in ((4, "M7.3"), (5, "M2.2")):
            session.add(
                BoosterCount(
                    entity_id=1,
                    module="m",
                    objective=objective,
                    week=1,
                    role="any",
                    answered=answered,
                    best=0,
                )
            )
    with house.database.read() as session:
        assert boosters.kept_by(session, 1, "any") == {("m", "M2.2"): 0.0}


@on_sqlite
def test_nothing_goes_out_while_another_system_leads(
    house: TestHouse, works: Works, office: PostOffice
) -> None:
    with house.database.write() as session:  # it asks for the training by a rule of its own
        rule_for(session, "onboarding", from_on=TODAY, now=house.clock.now())
    on_day(house, TODAY + WEEK)
    house.database.led_by = "lms"
    try:
        assert works.boost() == "0 sent"
    finally:
        house.database.led_by = "byp"
    assert mails(office) == []
    assert works.boost() == "1 sent"
