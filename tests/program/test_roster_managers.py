"""Who reports to whom, and who signs in by which address, from one list to the next."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from threading import Event
from time import sleep

import pytest
from sqlalchemy import insert

from tests.cast import HIRED, LONG_AGO, NOW, TODAY
from tests.effort import times
from tests.house import TestHouse
from tests.program.lists import (
    ANN,
    BO,
    CY,
    HEAD,
    Take,
    listed,
    manager_of,
    refused,
    sign_ins,
)
from training.accounts.models import Placement
from training.program.roster import Options, apply, plan

CROWD = [f"9{n},Kim {'ABCDEFGH'[n]}ox,,ICU,,,2026-01-05,," for n in range(8)]


# --- managers -------------------------------------------------------------------------------


def test_a_manager_by_her_one_name_is_taken_and_warned(house: TestHouse, take: Take) -> None:
    found = take(listed(ANN, BO.replace("ICU,1", 'ICU,"Ames, Ann"')))
    assert found.warnings[0].what == "manager 'Ames, Ann' by name, taken as 1"
    take(listed(ANN, BO.replace("ICU,1", "ICU,Mona Marsh")))
    assert manager_of(house, "2") == house.id_of("mona")


def test_a_name_that_two_people_have_is_refused(take: Take) -> None:
    twin = ANN.replace("1,", "4,", 1).replace("ann@", "a@")
    told = refused(take, listed(ANN, twin, CY.replace("ICU,2", "ICU,Ann Ames")))
    assert told == ["4: 2 people are called 'Ann Ames'; write the manager's staff number"]


def test_a_manager_who_has_left_is_kept_and_warned(house: TestHouse, take: Take) -> None:
    take(listed(ANN, BO))
    gone = ANN.replace(",,active", ",2026-11-02,terminated")
    for rows, days in (((gone, BO), 0), ((BO,), 1), ((BO,), 2)):
        assert "manager 1 has left" in take(listed(*rows), days=days).warnings[0].what
    assert manager_of(house, "2") is not None


@pytest.mark.parametrize("herself", ["1", "Ann Ames"])
def test_her_own_manager_is_the_top(house: TestHouse, take: Take, herself: str) -> None:
    found = take(listed(ANN.replace("ICU,,", f"ICU,{herself},"), BO))
    assert any("is their own manager" in w.what for w in found.warnings)
    assert manager_of(house, "1") is None


def test_a_circle_of_managers_is_refused_and_named(take: Take) -> None:
    told = refused(take, listed(ANN.replace("ICU,,", "ICU,3,"), BO, CY))
    assert told == ["2: managers in a circle: 1 > 3 > 2 > 1; break it at the top"]


def test_a_circle_through_people_of_another_list_is_refused(take: Take) -> None:
    take(listed(ANN))
    take(listed("7,Di Dorn,,ICU,1,,,,active"), source="agency")
    told = refused(take, listed(ANN.replace("ICU,,", "ICU,7,")))
    assert told == ["2: managers in a circle: 1 > 7 > 1; break it at the top"]


def test_A05_two_lists_at_once_close_no_circle(house: TestHouse, take: Take) -> None:
    take(listed(ANN, BO.replace("ICU,1", "ICU,")))
    planned, told = Event(), list[str]()

    def first() -> None:
        with house.database.write() as session:
            found = plan(session, listed(ANN, BO), "a.csv", Options("school", TODAY))
            planned.set()
            sleep(0.5)
            apply(session, found, by=None, now=NOW)

    def second() -> None:
        planned.wait(10)
        told.extend(refused(take, listed(ANN.replace("ICU,,", "ICU,2,")), full=False))

    with ThreadPoolExecutor(2) as both:
        for work in [both.submit(first), both.submit(second)]:
            work.result()
    assert "2: managers in a circle: 1 > 2 > 1" in told[0]


def test_A05_a_circle_that_is_in_the_data_already_ends(house: TestHouse, take: Take) -> None:
    with house.database.write() as session:
        for name, boss in (("mona", "max"), ("max", "mona")):
            session.execute(
                insert(Placement).values(
                    user_id=house.id_of(name),
                    from_on=date(2024, 2, 1),
                    site_id=1,
                    manager_id=house.id_of(boss),
                    hired_on=HIRED,
                    recorded_at=LONG_AGO,
                )
            )
    found = take(listed(ANN.replace("ICU,,", "ICU,E-mona,"), BO))
    assert found.counts == {"new": 2, "same": 0}


def test_a_long_line_of_managers_is_no_circle_and_no_long_wait(take: Take) -> None:
    rows = [f"{n},Sam Ames,,ICU,{n + 1},,,,active" for n in range(times(2_000, 20_000))]
    take(listed(*rows, f"{len(rows)},Top Ames,,ICU,,,,,active"))


def test_who_ends_by_the_list_closes_no_circle(take: Take) -> None:
    take(listed(ANN, BO))
    take(listed(ANN.replace("ICU,,", "ICU,2,")))


# --- mail addresses -------------------------------------------------------------------------


@pytest.mark.parametrize("twin", ["ann@x.example", "ANN@X.Example", "\uff41nn@x.example"])
def test_a_known_address_under_a_new_number_is_refused(take: Take, twin: str) -> None:
    take(listed(ANN))
    told = refused(take, listed(BO.replace("bo@x.example", twin).replace("ICU,1", "ICU,")))
    what = "2: ann@x.example belongs to 1, under another staff number"
    mend = "keep the old number, or take the address out of this row"
    same = "or, if it is the same person, say on the page of 1 that this is the number"
    assert told == [f"{what}; {mend}; {same}"]


def test_an_address_of_another_list_is_refused_too(take: Take) -> None:
    told = refused(take, listed(ANN.replace("ann@x.example", "alice@clinic.example")))
    assert told[0].startswith("2: alice@clinic.example belongs to E-alice")


def test_nobody_signs_in_by_a_shared_mailbox_until_it_is_one_persons_again(
    house: TestHouse, take: Take
) -> None:
    take(listed(ANN))
    found = take(listed(ANN, BO.replace("bo@", "Ann@")))
    assert [w.what for w in found.warnings] == ["ann@x.example is a shared mailbox"] * 2
    assert sign_ins(house) == {"1": None, "2": None}
    take(listed(ANN, BO))
    assert sign_ins(house) == {"1": "ann@x.example", "2": "bo@x.example"}


def test_a_second_job_does_not_make_her_own_address_a_shared_one(
    house: TestHouse, take: Take
) -> None:
    head = f"{HEAD},primary"
    take(listed(f"{ANN.replace('ICU', 'OR')},no", f"{ANN},yes", head=head))
    assert sign_ins(house) == {"1": "ann@x.example"}


def test_two_who_swap_their_addresses_both_sign_in(house: TestHouse, take: Take) -> None:
    take(listed(ANN, BO))
    take(listed(ANN.replace("ann@", "bo@"), BO.replace("bo@", "ann@")))
    assert sign_ins(house) == {"1": "bo@x.example", "2": "ann@x.example"}


def test_who_is_new_may_have_an_address_that_is_given_up(house: TestHouse, take: Take) -> None:
    take(listed(ANN))
    take(listed(ANN.replace("ann@", "ames@"), BO.replace("bo@", "ann@")))
    assert sign_ins(house) == {"1": "ames@x.example", "2": "ann@x.example"}


def test_who_gets_an_address_that_was_given_up_signs_in_by_it(house: TestHouse, take: Take) -> None:
    take(listed(ANN, BO))
    take(listed(ANN.replace("ann@", "bo@"), BO.replace("bo@x.example", "")))
    assert sign_ins(house) == {"1": "bo@x.example", "2": None}
