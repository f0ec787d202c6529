"""The course of one's role: chosen by job title and team, and pinned when the course begins."""

import json
from datetime import timedelta

from flask.testing import FlaskClient
from sqlalchemy import select

from tests.house import CSRF, TestHouse
from tests.moves import _now_at, _place
from tests.reports.test_scope import finish
from training.accounts.models import JobRole, Placement
from training.assignments.models import Assignment
from training.catalog import publishing
from training.catalog.courses import Course
from training.catalog.digests import canonical
from training.catalog.models import ContentRelease
from training.catalog.place import content_dir
from training.catalog.reading import read_roles
from training.learning.roles import role_for

WORDS, _source = read_roles(content_dir())


def publish_by_role(house: TestHouse) -> None:
    """Put a course in force whose parts differ by role, from the shipped modules."""
    course = Course.model_validate(
        {
            "code": "onboarding",
            "title": "By role",
            "kind": "onboarding",
            "cut_per_cent": 80,
            "modules": [
                {
                    "slug": "accounts",
                    "steps": ["two-hats"],
                    "objectives": ["M2.1", "M2.2"],
                    "also": [{"roles": ["front-desk"], "objectives": ["M2.3"]}],
                },
                {"slug": "photos", "roles": ["clinical"], "steps": ["behind-the-cake"]},
                {"slug": "deleted", "roles": ["manager"], "steps": ["where-it-goes"]},
            ],
            "role_words": [row.model_dump() for row in WORDS],
        }
    )
    now = house.clock.now()
    with house.database.write() as session:
        digest = publishing.keep(session, "course", "onboarding", canonical(course.document()), now)
        session.add(
            ContentRelease(
                kind="course",
                slug="onboarding",
                digest=digest,
                in_force_from=now.date(),
                change="material",
                released_at=now,
            )
        )


def row_of(house: TestHouse, cycle: int) -> Assignment:
    with house.database.read() as session:
        return session.scalars(select(Assignment).where(Assignment.id == cycle)).one()


def test_each_takes_the_core_and_the_part_of_her_role(house: TestHouse) -> None:
    publish_by_role(house)
    _place(house, "alice", job_title="Registered nurse")
    _place(house, "bob", job_title="Receptionist")
    for name, titles, missing in (
        ("alice", ["Personal and business accounts", "Photos"], ["deleted"]),
        ("bob", ["When a patient finds you online"], ["Photos", "deleted"]),
        ("mona", ["deleted"], ["Photos", "When a patient finds you"]),
    ):
        page = house.signed_in(name).get(f"/training/{house.open_cycle(name)}").text
        for text in titles:
            assert text in page, (name, text)
        for text in missing:
            assert text not in page, (name, text)


def test_she_completes_the_part_of_her_role_and_it_is_on_record(house: TestHouse) -> None:
    publish_by_role(house)
    _place(house, "alice", job_title="Registered nurse")
    cycle, client = house.open_cycle("alice"), house.signed_in("alice")
    house.begin(client, cycle)
    assert (row_of(house, cycle).role, house.count("completion")) == ("clinical", 0)
    for slug, steps in (("accounts", ["two-hats"]), ("photos", ["behind-the-cake"])):
        for step in steps:
            house.post(client, f"/training/{cycle}/{slug}/{step}", leave="1")
        house.submit(client, house.start_quiz(client, cycle, slug))
    with house.database.read() as session:
        from training.learning.models import Attempt, Completion

        completion = session.scalars(select(Completion)).one()
        papers = session.scalars(select(Attempt).where(Attempt.module == "accounts")).one()
    assert set(json.loads(completion.digests)["modules"]) == {"accounts", "photos"}
    assert json.loads(papers.outcome or "")["asked"] == ["M2.1", "M2.2"]
    assert papers.total == 6


def test_a_new_job_title_does_not_change_a_course_that_she_has_begun(house: TestHouse) -> None:
    publish_by_role(house)
    _place(house, "alice", job_title="Registered nurse")
    cycle, client = house.open_cycle("alice"), house.signed_in("alice")
    house.begin(client, cycle)
    before = _page(client, cycle)

    _place(house, "alice", job_title="Receptionist")

    assert _page(client, cycle) == before
    assert client.get(f"/training/{cycle}/photos/behind-the-cake").status_code == 200
    assert row_of(house, cycle).role == "clinical"


def test_until_she_begins_the_course_follows_her_title(house: TestHouse) -> None:
    publish_by_role(house)
    _place(house, "alice", job_title="Registered nurse")
    cycle, client = house.open_cycle("alice"), house.signed_in("alice")
    assert "Photos" in client.get(f"/training/{cycle}").text
    _place(house, "alice", job_title="Receptionist")
    assert "Photos" not in client.get(f"/training/{cycle}").text


def test_what_the_officer_said_of_a_title_decides(house: TestHouse) -> None:
    publish_by_role(house)
    _place(house, "alice", job_title="Registered Nurse")
    with house.database.write() as session:
        session.add(
            JobRole(
                entity_id=1,
                title="registered nurse",
                role="front-desk",
                recorded_at=house.clock.now(),
            )
        )
    house.begin(client := house.signed_in("alice"), cycle := house.open_cycle("alice"))
    assert client.get(f"/training/{cycle}").status_code == 200
    assert row_of(house, cycle).role == "front-desk"


def _page(client: FlaskClient, cycle: int) -> str:
    """Return the course's page without its form token, which tells the second it was made in."""
    return CSRF.sub("", client.get(f"/training/{cycle}").text)


def second_job(house: TestHouse, name: str, **what: object) -> None:
    """Give somebody a second job from today on."""
    fields = {"job": 2, "is_primary": False, "from_on": house.clock.now().date()}
    with house.database.write() as session:
        session.add(Placement(**(_now_at(house, name) | fields | what)))


def test_with_two_jobs_she_takes_the_parts_of_both(house: TestHouse) -> None:
    publish_by_role(house)
    _place(house, "alice", job_title="Receptionist")
    second_job(house, "alice", job_title="Registered nurse")
    cycle, client = house.open_cycle("alice"), house.signed_in("alice")
    page = client.get(f"/training/{cycle}").text
    assert "Photos" in page
    assert "deleted" not in page
    house.begin(client, cycle)
    assert row_of(house, cycle).role == "clinical+front-desk"
    assert "When a patient finds you online" in client.get(f"/training/{cycle}").text
    finish(house, "alice", cycle)
    assert house.count("completion", f"user_id = {house.id_of('alice')}") == 1


def test_a_second_job_adds_its_part_while_it_lasts(house: TestHouse) -> None:
    publish_by_role(house)
    _place(house, "alice", job_title="Receptionist")
    second_job(house, "alice", job_title="Gardener", department="Grounds")
    assert role_today(house, "alice") == "front-desk+any"
    second_job(house, "alice", job=3, job_title="Registered nurse")
    assert role_today(house, "alice") == "clinical+front-desk+any"
    tomorrow = house.clock.now().date() + timedelta(days=1)
    second_job(house, "alice", job=3, kind="left", from_on=tomorrow)
    house.clock.at += timedelta(days=1)
    assert role_today(house, "alice") == "front-desk+any"


def test_a_manager_with_a_second_job_takes_the_part_of_that_job_too(house: TestHouse) -> None:
    publish_by_role(house)
    second_job(house, "mona", job_title="Registered nurse", manager_id=None)
    assert role_today(house, "mona") == "clinical+manager"


def role_today(house: TestHouse, name: str) -> str:
    with house.database.read() as session:
        digest = publishing.current(session, "course", "onboarding", house.clock.now().date())
        assert digest
        course = publishing.course(session, digest)
        return role_for(session, house.id_of(name), course, house.clock.now().date())
