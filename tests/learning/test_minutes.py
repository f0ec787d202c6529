"""The minutes that a course says: by its words, until twenty people have finished it here."""

import json
import re
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from tests.house import TestHouse
from training.assignments.models import Assignment, CourseMinutes, Rule
from training.catalog import publishing
from training.learning.minutes import ENOUGH, measure, spent
from training.learning.models import Completion, StepDone

START = datetime(2026, 10, 1, 9, 0, tzinfo=UTC)


def at(*minutes: float) -> list[datetime]:
    return [START + timedelta(minutes=m) for m in minutes]


@pytest.mark.parametrize(
    ("instants", "minutes"),
    [
        (at(0, 2, 5), 5),
        (at(5, 0, 2), 5),
        (at(0, 2, 200, 203), 5),  # she was with a patient
        (at(0, 10, 20), 20),
        (at(0, 10.1), 0),
        (at(0), 0),
        ([], 0),
    ],
)
def test_time_is_what_lies_between_acts_without_the_pauses(
    instants: list[datetime], minutes: float
) -> None:
    assert spent(instants) == timedelta(minutes=minutes)


def finished(house: TestHouse, people: int, minutes: float, *, course: str = "") -> None:
    """Let people have finished the onboarding course, each in so many minutes."""
    with house.database.write() as session:
        digest = course or publishing.current(
            session, "course", "onboarding", house.clock.now().date()
        )
        rule = session.scalars(select(Rule.id)).one()
        for _person in range(people):
            row = Assignment(
                user_id=house.id_of("dora"), course="onboarding", path="onboarding",
                rule_id=rule, reason="by_hand", assigned_on=START.date(),
                opens_on=START.date(), due_on=START.date(), pinned="{}", role="clinical",
                begun_at=START, closed_at=START, closed_reason="completed",
            )  # fmt: skip
            session.add(row)
            session.flush()
            session.add(
                StepDone(
                    assignment_id=row.id, module="accounts", step="x", digest="d",
                    done_at=START + timedelta(minutes=minutes / 2),
                )
            )  # fmt: skip
            session.add(
                Completion(
                    assignment_id=row.id, user_id=row.user_id, course="onboarding",
                    completed_on=START.date(), zone="UTC", grace_days=0, correct=6, total=6,
                    completed_at=START + timedelta(minutes=minutes),
                    digests=json.dumps({"course": digest, "modules": {}}, separators=(",", ":")),
                    method="password", shared_device=False, recorded_at=START,
                )
            )  # fmt: skip


def measured(house: TestHouse) -> list[tuple[str, int, int]]:
    """Measure; return each course once: all roles take the same of it, and are told the same."""
    with house.database.write() as session:
        measure(session, house.clock.now())
    with house.database.read() as session:
        rows = session.scalars(select(CourseMinutes))
        told = [(row.course, row.finished, row.seconds) for row in rows]
    return sorted(set(told))


def test_nineteen_are_not_enough_and_twenty_are(house: TestHouse) -> None:
    finished(house, ENOUGH - 1, 12)
    assert measured(house) == []
    finished(house, 1, 12)
    assert measured(house) == [("onboarding", ENOUGH, 720)]
    assert measured(house) == [("onboarding", ENOUGH, 720)]  # again is the same


def test_it_is_the_median_so_that_one_slow_day_changes_nothing(house: TestHouse) -> None:
    finished(house, 19, 12)
    finished(house, 2, 19)
    assert measured(house) == [("onboarding", 21, 720)]


def test_another_version_of_the_course_is_another_measure(house: TestHouse) -> None:
    finished(house, ENOUGH, 12, course="0" * 64)
    assert measured(house) == []


def test_pages_say_the_minutes_that_people_took_here(house: TestHouse) -> None:
    cycle, client = house.open_cycle("alice"), house.signed_in("alice")
    before = client.get(f"/training/{cycle}").text
    assert said(before) > 30
    finished(house, ENOUGH, 15)
    measured(house)
    assert said(client.get(f"/training/{cycle}").text) == 15
    house.begin(client, cycle)
    assert said(client.get(f"/training/{cycle}").text) == 15
    page = house.signed_in("olga").get("/program/courses/onboarding").text
    assert "(here 15)" in page


def said(page: str) -> int:
    found = re.search(r"About (\d+) minutes left", page)
    assert found, page
    return int(found[1])
