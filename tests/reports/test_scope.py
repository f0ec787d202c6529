"""Whom a manager sees: the same people on every surface, and nobody else's anything."""

import csv
import io
import re
import time
from datetime import date, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import insert, select, text

from tests.cast import HIRED, LONG_AGO, NOW, TODAY
from tests.effort import times
from tests.house import TestHouse
from training.accounts.days import everywhere
from training.accounts.models import Placement, User
from training.reports import teams
from training.reports.overview import overview
from training.reports.scope import View
from training.rules.access import in_reporting_line

Tree = dict[int, int | None]


def seen_by(viewer_id: int) -> View:
    return View(viewer_id, everywhere(TODAY), NOW)


@pytest.fixture
def crowd(house: TestHouse) -> tuple[TestHouse, list[int]]:
    """Twelve more people, whose managers each example sets anew."""
    with house.database.write() as session:
        users = [
            {
                "source": "crowd",
                "external_id": f"C{n}",
                "legal_name": f"Person {n:02}",
                "locale": "en",
                "created_at": LONG_AGO,
            }
            for n in range(12)
        ]
        session.execute(insert(User), users)
        ids = list(session.scalars(select(User.id).where(User.source == "crowd")))
    return house, sorted(ids)


def place(house: TestHouse, ids: list[int], tree: Tree) -> None:
    # Guards refuse a change of a placement, so each example supersedes the one before it.
    now = house.clock.now()
    with house.database.write() as session:
        session.execute(
            text(
                "UPDATE placement SET superseded_at = :now WHERE superseded_at IS NULL "
                "AND user_id IN (SELECT id FROM \"user\" WHERE source = 'crowd')"
            ),
            {"now": now.replace(tzinfo=None) if house.database.is_sqlite else now},
        )
        session.execute(
            insert(Placement),
            [
                {
                    "user_id": user,
                    "job": 1,
                    "kind": "placed",
                    "from_on": HIRED,
                    "site_id": 1,
                    "hired_on": HIRED,
                    "is_primary": True,
                    "manager_id": tree[user],
                    "recorded_at": now,
                }
                for user in ids
            ],
        )


@given(data=st.data())
@settings(
    max_examples=times(15, 150),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_A03_A14_every_surface_shows_exactly_who_reports_to_her(
    crowd: tuple[TestHouse, list[int]], data: st.DataObject
) -> None:
    """Random organisations, loops among them, against a brute-force oracle."""
    house, ids = crowd
    tree: Tree = {
        user: data.draw(st.sampled_from([None, *(other for other in ids if other != user)]))
        for user in ids
    }
    place(house, ids, tree)
    manager = data.draw(st.sampled_from(ids))
    expected = {user for user in ids if user != manager and in_reporting_line(tree, manager, user)}
    with house.database.read() as session:
        lines = teams.team(session, seen_by(manager))
        alone = {user for user in ids if teams.member(session, seen_by(manager), user)}
    assert {line.user_id for line in lines} == expected == alone
    assert len(lines) == len(expected)


def test_A05_a_loop_in_the_data_ends_at_once(crowd: tuple[TestHouse, list[int]]) -> None:
    house, ids = crowd
    tree: Tree = {user: ids[(n + 1) % len(ids)] for n, user in enumerate(ids)}
    place(house, ids, tree)
    before = time.monotonic()
    with house.database.read() as session:
        found = teams.team(session, seen_by(ids[0]))
    assert {line.user_id for line in found} == set(ids[1:])
    assert time.monotonic() - before < 5


def team_csv(house: TestHouse, name: str) -> list[dict[str, str]]:
    reply = house.signed_in(name).get("/team.csv")
    assert reply.status_code == 200
    return list(csv.DictReader(io.StringIO(reply.get_data(as_text=True))))


def test_the_file_says_what_the_screen_says(house: TestHouse) -> None:
    house.train("alice")
    house.open_cycle("bob")
    page = house.signed_in("mona").get("/team").get_data(as_text=True)
    rows = team_csv(house, "mona")

    assert [row["employee_id"] for row in rows] == ["E-bob", "E-alice"]
    assert all(row["name"] in page for row in rows)
    assert "1 of your 2 needs a nudge" in page
    assert list(rows[0]) == [
        "employee_id",
        "name",
        "department",
        "site",
        "course",
        "status",
        "complete",
        "due_on",
        "completed_on",
        "expires_on",
        "as_of",
        "zone",
        "lent_by",
        "second_jobs",
    ]
    alice = rows[1]
    assert (alice["status"], alice["complete"]) == ("current", "yes")
    assert alice["completed_on"] == "2026-11-24"
    assert house.count("audit_event", "name = 'team.exported'") == 1


def surfaces(house: TestHouse, who: str) -> list[str]:
    mona = house.signed_in("mona")
    pages = [mona.get("/team"), mona.get(f"/team/{house.id_of(who)}"), mona.get("/team.csv")]
    told = [page.get_data(as_text=True) for page in pages]
    legal = {"alice": "Alice Adams", "bob": "Bob Brown"}[who]
    other = {"alice": "Bob Brown", "bob": "Alice Adams"}[who]
    return [
        re.sub(r'csrf_token" value="[^"]*"', "", page)
        .replace(legal, "THIS")
        .replace(other, "OTHER")
        .replace(f"E-{who}", "E-THIS")
        .replace("E-alice", "E-OTHER")
        .replace("E-bob", "E-OTHER")
        .replace(f"/team/{house.id_of(who)}", "/team/THIS")
        for page in told
    ]


def test_F26_two_people_who_differ_only_in_scores_and_tries_look_the_same(
    house: TestHouse,
) -> None:
    """Alice passes at once; Bob needs a second paper. Their manager can't tell."""
    cycle, bob = house.open_cycle("bob"), house.signed_in("bob")
    house.begin(bob, cycle)
    slug = house.slugs(cycle)[0]
    house.take_steps(bob, cycle, slug)
    attempt = house.start_quiz(bob, cycle, slug)
    house.submit(bob, attempt, house.wrong_key_of(attempt))
    finish(house, "bob", cycle)
    house.train("alice")
    assert house.count("attempt", f"user_id = {house.id_of('bob')}") > house.count(
        "attempt", f"user_id = {house.id_of('alice')}"
    )

    assert [sorted(page.split("\n")) for page in surfaces(house, "alice")[1:2]] == [
        sorted(page.split("\n")) for page in surfaces(house, "bob")[1:2]
    ]
    rows = {row["employee_id"]: row for row in team_csv(house, "mona")}
    for name in ("employee_id", "name"):
        for row in rows.values():
            row.pop(name)
    assert rows["E-alice"] == rows["E-bob"]


def finish(house: TestHouse, name: str, cycle: int) -> None:
    """Do whatever comes next until the course is complete."""
    from training.assignments.service import find_cycle_for
    from training.learning.material import material_for
    from training.learning.progress import progress_of
    from training.rules.completion import next_step
    from training.rules.course_way import Done, Reread, TakeStep, WalkThrough, step_of

    client = house.signed_in(name)
    for _ in range(120):
        with house.database.read() as session:
            found = find_cycle_for(session, house.id_of(name), cycle)
            assert found
            material = material_for(session, found, NOW.date())
            step = next_step(material.plan, progress_of(session, cycle))
        if isinstance(step, Done):
            return
        if isinstance(step, TakeStep):
            module = house.module(cycle, step.module)
            if step.step in module.scenarios:
                house.play(client, cycle, step.module, module.scenarios[step.step])
        if isinstance(step, TakeStep | Reread | WalkThrough):
            page, after = step_of(step)
            url = f"/training/{cycle}/{step.module}/{page}"
            house.post(client, url, leave="1", after=str(after))
        else:
            house.submit(client, house.start_quiz(client, cycle, step.module))
    raise AssertionError("the course never ends")


def test_F13_a_manager_sees_away_until_and_nothing_else(house: TestHouse) -> None:
    from training.assignments.models import Absence

    house.train("alice")
    with house.database.write() as session:
        session.add(
            Absence(
                user_id=house.id_of("alice"),
                from_on=date(2026, 11, 1),
                to_on=date(2027, 1, 31),
                recorded_at=house.clock.now(),
            )
        )
    alice = next(row for row in team_csv(house, "mona") if row["employee_id"] == "E-alice")
    assert alice["status"] == "away"
    assert alice["due_on"] == alice["completed_on"] == alice["expires_on"] == ""
    page = house.signed_in("mona").get(f"/team/{house.id_of('alice')}").get_data(as_text=True)
    assert "Away" in page
    assert "2026" not in page.replace("31 Jan 2027", "").split("<main", 1)[1].split("</main", 1)[0]


def test_the_officer_counts_everybody_once_and_away_beside_the_rate(house: TestHouse) -> None:
    house.train("alice")
    page = house.signed_in("olga").get("/program").get_data(as_text=True)
    assert "1 of 8 have completed what is required of them" in page
    with house.database.read() as session:
        found = overview(session, everywhere(date(2026, 11, 24)))
    by_site = {name: sum(f.open.values()) for name, f in found.by["site"].items()}
    assert by_site == {"Main Street": 6, "Harbor": 2}
    assert sum(f.complete.total() for f in found.by["department"].values()) == 8


def test_the_cost_of_a_team_does_not_grow_with_its_people(
    crowd: tuple[TestHouse, list[int]],
) -> None:
    from sqlalchemy import event

    house, ids = crowd
    counts = []
    for size in (2, 11):
        tree: Tree = {user: ids[0] if 0 < n <= size else None for n, user in enumerate(ids)}
        place(house, ids, tree)
        seen: list[str] = []

        def note(
            _c: object, _x: object, statement: str, *_r: object, seen: list[str] = seen
        ) -> None:
            seen.append(statement)

        event.listen(house.database.reader, "before_cursor_execute", note)
        with house.database.read() as session:
            assert len(teams.team(session, seen_by(ids[0]))) == size
        event.remove(house.database.reader, "before_cursor_execute", note)
        counts.append(len(seen))
    assert counts[0] == counts[1]


def test_T03_the_day_ends_at_midnight_of_her_own_site(house: TestHouse) -> None:
    """23:59 in Chicago is still the due day there, and the next one in New York."""
    cycle = house.open_cycle("alice")
    with house.database.write() as session:
        from training.assignments.service import move_due_day

        move_due_day(
            session, cycle, date(2026, 11, 24), reason="a test", by=None, now=house.clock.now()
        )
    from training.accounts.days import todays
    from training.rules.standing import Status

    for at, expected in (
        (datetime(2026, 11, 25, 5, 59, tzinfo=NOW.tzinfo), Status.DUE_SOON),
        (datetime(2026, 11, 25, 6, 0, tzinfo=NOW.tzinfo), Status.OVERDUE),
    ):
        with house.database.read() as session:
            line = next(
                found
                for found in teams.team(session, View(house.id_of("mona"), todays(session, at), at))
                if found.employee_id == "E-alice"
            )
        assert line.status is expected
