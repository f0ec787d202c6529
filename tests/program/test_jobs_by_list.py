"""Second jobs in a staff list: begun, moved and ended as the list says, and the same list again."""

import random
from datetime import date, timedelta
from itertools import permutations
from typing import Any

import pytest
from sqlalchemy import select

from tests.cast import NOW, TODAY
from tests.effort import times
from tests.house import TestHouse
from tests.program.lists import Take, listed, refused
from training.accounts.days import everywhere, todays
from training.accounts.models import Placement, PlacementNote, User
from training.program.roster import Plan
from training.reports.scope import View
from training.reports.teams import team

pytestmark = pytest.mark.either_database

HEAD = "id,name,dept,title,manager id,site,hire date,primary,status,end date,effective date"
BO = "2,Bo Bay,ICU,,,Main Street,2026-01-05,,active,,"
CY = "3,Cy Cole,PACU,,,Main Street,2026-01-05,,active,,"
ICU = "1,Ann Ames,ICU,RN,2,Main Street,2026-03-02,yes,active,,"
PACU = "1,Ann Ames,PACU,RN,3,Main Street,2026-03-02,no,active,,"
HOME = "1,Ann Ames,Home,RN,3,Harbor,2026-03-02,no,active,,"
HIRED = date(2026, 3, 2)
DEE = "4,Dee Dunn,ICU,RN,2,Main Street,2026-03-02"
YESTERDAY, DAY = TODAY - timedelta(days=1), timedelta(days=1)


def lines(*rows: str) -> bytes:
    return listed(BO, CY, *rows, head=HEAD)


def jobs_of(house: TestHouse, number: str = "1") -> list[tuple[Any, ...]]:
    """Return what is believed of somebody's jobs: which, kind, from, department."""
    query = (
        select(Placement.job, Placement.kind, Placement.from_on, Placement.department)
        .join(User, User.id == Placement.user_id)
        .where(User.external_id == number, Placement.superseded_at.is_(None))
        .order_by(Placement.job, Placement.from_on)
    )
    with house.database.read() as session:
        return [tuple(row) for row in session.execute(query)]


def told(found: Plan) -> list[tuple[str, str]]:
    return [(c.kind, c.details) for c in found.changes if c.external_id == "1"]


FIRST = (1, "placed", HIRED, "ICU")


def test_a_new_person_with_two_rows_has_a_primary_job_and_another(
    house: TestHouse, take: Take
) -> None:
    found = take(lines(ICU, PACU))
    assert told(found)[1:] == [("job added", "second job: PACU, reports to 3, from 2026-03-02")]
    assert jobs_of(house) == [FIRST, (2, "placed", HIRED, "PACU")]


def test_the_order_of_the_rows_does_not_matter(house: TestHouse, take: Take) -> None:
    take(lines(ICU, PACU, HOME))
    before = jobs_of(house)
    for rows in permutations((ICU, PACU, HOME, BO, CY)):
        assert take(listed(*rows, head=HEAD), days=1).changes == []
    assert jobs_of(house) == before


def test_a_second_job_is_added_moved_and_ended_while_the_primary_one_stays(
    house: TestHouse, take: Take
) -> None:
    take(lines(ICU))
    found = take(lines(ICU, PACU))
    assert told(found) == [("job added", f"second job: PACU, reports to 3, from {TODAY}")]
    found = take(lines(ICU, PACU.replace("RN,3", "RN,2")), days=7)
    assert told(found) == [("job moved", "second job: PACU, reports to 2 (manager: 3 > 2)")]
    found = take(lines(ICU), days=14)
    last = TODAY + timedelta(days=13)
    assert told(found) == [
        ("job ended", f"second job: PACU, reports to 2; not in the list, last day {last}")
    ]
    assert jobs_of(house) == [
        FIRST,
        (2, "placed", TODAY, "PACU"),
        (2, "placed", TODAY + timedelta(days=7), "PACU"),
        (2, "left", TODAY + timedelta(days=14), "PACU"),
    ]


def test_a_job_in_another_unit_of_the_same_kind_is_a_move_and_keeps_its_number(
    house: TestHouse, take: Take
) -> None:
    take(lines(ICU, PACU))
    found = take(lines(ICU, PACU.replace("PACU", "OR")), days=1)
    assert told(found) == [("job moved", "second job: OR, reports to 3 (department: PACU > OR)")]
    assert jobs_of(house)[-1] == (2, "placed", TODAY + DAY, "OR")


def test_two_jobs_that_change_places_are_moves(house: TestHouse, take: Take) -> None:
    take(lines(ICU, PACU))
    swapped = (ICU.replace("yes", "no"), PACU.replace("no", "yes", 1))
    found = take(lines(*swapped), days=1)
    assert [kind for kind, _details in told(found)] == ["moved", "job moved"]
    assert [row for row in jobs_of(house) if row[2] == TODAY + DAY] == [
        (1, "placed", TODAY + DAY, "PACU"),
        (2, "placed", TODAY + DAY, "ICU"),
    ]


def test_a_list_of_some_people_ends_no_job(house: TestHouse, take: Take) -> None:
    take(lines(ICU, PACU))
    assert take(listed(BO, CY, ICU, head=HEAD), full=False).changes == []


PLAIN = "id,name,dept,title,manager id,site,hire date"


def plain(*rows: str) -> bytes:
    """Return the same list from a system that has one row a person, and no column for more."""
    return listed(*(",".join(row.split(",")[:7]) for row in (BO, CY, *rows)), head=PLAIN)


def test_a_list_that_says_nothing_of_second_jobs_ends_none_and_says_so(
    house: TestHouse, take: Take
) -> None:
    take(lines(ICU, PACU))
    found = take(plain(ICU), days=1)
    assert found.changes == []
    assert [w.what for w in found.warnings] == [
        "this list says nothing of second jobs: the second job that is known goes on"
    ]
    shares = plain(ICU, DEE, DEE.replace("ICU", "OR")).decode().splitlines()
    told = zip(shares, ("FTE", "1", "1", "1", "0.6", "0.4"), strict=True)
    found = take("\n".join(f"{row},{share}" for row, share in told).encode(), days=2)
    assert found.counts == {"new": 1, "job added": 1, "job ended": 1, "same": 2}  # this one does


def test_second_jobs_that_end_are_counted_by_themselves(house: TestHouse, take: Take) -> None:
    """A list whose second rows were lost on the way ends no more than people would be ended."""
    pairs = [
        (f"F{n},Flo {n},ICU,RN,2,Main Street,2026-03-02,{mark},active,,").replace("ICU", unit)
        for n in range(20)
        for mark, unit in (("yes", "ICU"), ("no", "PACU"))
    ]
    take(lines(*pairs))
    lost = lines(*pairs[::2])
    (told,) = refused(take, lost)
    assert told.startswith("1: by this list 20 of 20 second jobs (100 %) would end")
    assert "--allow-ending 20" in told
    assert refused(take, lost, allow_ending=19)
    assert take(lines(*pairs[:30:2], *pairs[30:]), allow_ending=15).counts["job ended"] == 15
    assert take(lines(*pairs[::2]), days=1).counts["job ended"] == 5  # five are always free


def test_a_second_job_that_is_marked_as_left_ends_on_its_day(house: TestHouse, take: Take) -> None:
    take(lines(ICU, PACU))
    found = take(lines(ICU, PACU.replace("active,", "left,2026-11-20")))
    assert [kind for kind, _details in told(found)] == ["job ended"]
    assert jobs_of(house) == [
        FIRST,
        (2, "placed", HIRED, "PACU"),
        (2, "left", date(2026, 11, 21), "PACU"),
    ]


def test_an_announced_last_day_may_be_put_off(house: TestHouse, take: Take) -> None:
    take(lines(ICU, PACU.replace("active,", "active,2026-12-31")))
    assert jobs_of(house)[-1] == (2, "left", date(2027, 1, 1), "PACU")
    take(lines(ICU, PACU.replace("active,", "active,2027-01-31")))
    assert jobs_of(house)[-1] == (2, "left", date(2027, 2, 1), "PACU")
    take(lines(ICU, PACU), days=1)
    assert jobs_of(house)[-1] == (2, "placed", TODAY + DAY, "PACU")


def test_whoever_leaves_leaves_every_job(house: TestHouse, take: Take) -> None:
    take(lines(ICU, PACU))
    take(lines(), allow_ending=9)
    assert [row for row in jobs_of(house) if row[1] == "left"] == [
        (1, "left", TODAY, "ICU"),
        (2, "left", TODAY, "PACU"),
    ]
    take(lines(ICU.replace("2026-03-02", "2027-01-04")), days=50)
    assert [row for row in jobs_of(house) if row[2] > TODAY] == [
        (1, "placed", date(2027, 1, 4), "ICU")
    ]


def test_a_job_that_begins_later_and_ends_before_that_never_was(
    house: TestHouse, take: Take
) -> None:
    take(lines(ICU, f"{PACU}2026-12-14"))
    assert jobs_of(house)[-1] == (2, "placed", date(2026, 12, 14), "PACU")
    take(lines(ICU))
    assert jobs_of(house) == [FIRST]


def test_an_unknown_manager_of_a_second_job_is_refused_by_its_line(
    house: TestHouse, take: Take
) -> None:
    bad = PACU.replace("RN,3", "RN,77")
    assert refused(take, lines(ICU, bad))[0].startswith("5: there is no manager '77'")
    take(lines(ICU, PACU))
    assert take(lines(ICU, bad), skip_bad_rows=True).changes == []  # she stays as she is


def test_across_a_second_job_two_may_lead_each_other(house: TestHouse, take: Take) -> None:
    bo = BO.replace("ICU,,,", "ICU,,1,")
    take(listed(bo, CY, ICU.replace("RN,2", "RN,"), PACU.replace("RN,3", "RN,2"), head=HEAD))
    assert jobs_of(house)[1] == (2, "placed", HIRED, "PACU")


def test_a_job_that_was_noted_by_hand_is_not_ended_by_a_list(house: TestHouse, take: Take) -> None:
    take(lines(ICU, PACU))
    with house.database.write() as session:
        query = select(Placement).where(Placement.job == 2)
        row = session.scalars(query).one()
        session.add(
            PlacementNote(
                placement_id=row.id,
                user_id=row.user_id,
                reason="the float pool",
                noted_by_id=house.id_of("olga"),
                noted_at=NOW,
            )
        )
    assert take(lines(ICU), days=1).changes == []
    assert take(lines(ICU, PACU), days=1).changes == []


def test_both_managers_see_her_and_each_only_her_own(house: TestHouse, take: Take) -> None:
    dee = "4,Dee Dunn,ICU,RN,2,Main Street,2026-03-02,yes,active,,"
    take(lines(ICU, PACU, dee))
    seen = {}
    with house.database.read() as session:
        ids = dict(session.execute(select(User.external_id, User.id)).all())
        for boss in ("2", "3"):
            view = View(ids[boss], todays(session, NOW), NOW)
            seen[boss] = [(line.employee_id, line.direct) for line in team(session, view)]
    assert seen == {"2": [("1", True), ("4", True)], "3": [("1", True)]}
    take(lines(ICU, dee), days=1)
    with house.database.read() as session:
        view = View(ids["3"], everywhere(TODAY + DAY), NOW + DAY)
        assert team(session, view) == []


def below(bosses: dict[int, list[int]], boss: int) -> set[int]:
    """Return by plain loops who reports to somebody, directly or not, in any job; never herself."""
    found: set[int] = set()
    grown = True
    while grown:
        grown = False
        for who, hers in bosses.items():
            if who not in found and any(one == boss or one in found for one in hers):
                found.add(who)
                grown = True
    return found - {boss}


@pytest.mark.parametrize("seed", range(times(1, 20)))
def test_random_lists_with_second_jobs_show_each_manager_whom_the_loops_find(
    house: TestHouse, take: Take, seed: int
) -> None:
    """Primary jobs are a tree; second ones lead anywhere, also back up."""
    chance, known = random.Random(seed), dict[int, list[int]]()
    for days in range(3):
        count = chance.randint(12, 20)
        bosses = {n: [chance.randrange(n)] if n else [] for n in range(count)}
        for n in chance.sample(range(count), count // 2):
            bosses[n].append(chance.choice([m for m in range(count) if m != n]))
        rows = [
            f"P{n},Person {n},{'Ward' if not job else 'Pool'},{f'P{boss}' if boss >= 0 else ''},"
            f"{'no' if job else 'yes'}"
            for n, hers in bosses.items()
            for job, boss in enumerate(hers if n else [-1, *hers])
        ]
        chance.shuffle(rows)
        take(listed(*rows, head="id,name,dept,manager id,primary"), days=days, allow_ending=99)
        known = bosses
    now = NOW + 2 * DAY
    with house.database.read() as session:
        ids = dict(session.execute(select(User.external_id, User.id)).all())
        numbers = {user_id: number for number, user_id in ids.items()}
        for boss in known:
            view = View(ids[f"P{boss}"], todays(session, now), now)
            seen = {numbers[line.user_id] for line in team(session, view)}
            assert seen == {f"P{n}" for n in below(known, boss)}, boss
