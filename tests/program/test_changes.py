"""Publishing: what a change means for who is trained, under way, or yet to come."""

import copy
import json
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from tests.cast import catalog as shipped
from tests.house import TestHouse
from training.assignments import service as assignments
from training.assignments.models import Assignment
from training.catalog import publishing
from training.catalog.catalog import Catalog
from training.learning.models import Attempt, CertificateRow, Completion
from training.program.changes import Released, put_in_force
from training.sample.learner import Learner

SHIPPED = shipped()
DAY = timedelta(days=1)


def changed(slug: str = "deleted", word: str = "Anew. ") -> Catalog:
    """Return the shipped content with the first screen of a module worded anew."""
    documents = copy.deepcopy({k: dict(v) for k, v in SHIPPED.module_documents.items()})
    documents[slug]["lesson"][0]["markdown"] = word + documents[slug]["lesson"][0]["markdown"]
    return replace(SHIPPED, module_documents=documents)


def put(house: TestHouse, catalog: Catalog, change: str) -> Released:
    house.clock.at += timedelta(minutes=1)
    with house.database.write() as session:
        return put_in_force(session, catalog, change=change, by=None, now=house.clock.now())


def cycles(house: TestHouse, name: str) -> dict[str, Assignment]:
    """Return somebody's open cycles by course, once the rules were looked at."""
    from training.accounts.days import todays
    from training.renewals.reconcile import reconcile_all

    now = house.clock.now()
    reconcile_all(house.database, lambda session: todays(session, now), now)
    with house.database.read() as session:
        rows = session.scalars(
            select(Assignment).where(
                Assignment.user_id == house.id_of(name), Assignment.closed_at.is_(None)
            )
        )
        return {row.course: row for row in rows}


def pinned(house: TestHouse, cycle: int) -> dict[str, str]:
    with house.database.read() as session:
        found = json.loads(session.get_one(Assignment, cycle).pinned or "{}")
        return dict(found["modules"])


def in_force(house: TestHouse, slug: str) -> str:
    with house.database.read() as session:
        return publishing.current(session, "module", slug, house.clock.now().date()) or ""


def test_a_material_change_opens_its_course_for_whoever_learned_the_old_version(
    house: TestHouse,
) -> None:
    house.train("alice")
    done = put(house, changed(), "material")
    assert done.versions == ("module deleted",)
    assert done.course is not None
    row = cycles(house, "alice")[done.course]
    assert (row.reason, row.path) == ("policy_change", done.course)
    assert row.due_on == house.clock.now().date() + 30 * DAY
    assert set(cycles(house, "bob")) == {"onboarding"}  # he has yet to learn it at all


def test_it_is_one_screen_and_five_questions_and_moves_no_yearly_day(house: TestHouse) -> None:
    house.train("alice")
    with house.database.read() as session:
        before = session.scalars(select(Completion)).one().expires_on
    done = put(house, changed(), "material")
    assert done.course is not None
    cycle, client = cycles(house, "alice")[done.course].id, house.signed_in("alice")
    house.begin(client, cycle)
    page = client.get(f"/training/{cycle}").text
    assert "What changed in your training" in page
    house.post(client, f"/training/{cycle}/deleted/where-it-goes", leave="1")
    house.submit(client, house.start_quiz(client, cycle, "deleted"))
    with house.database.read() as session:
        first, second = session.scalars(select(Completion).order_by(Completion.id))
        paper = session.scalars(select(Attempt).where(Attempt.assignment_id == cycle)).one()
        facts = session.scalars(
            select(CertificateRow.facts).where(CertificateRow.completion_id == second.id)
        ).one()
    assert (first.expires_on, second.expires_on) == (before, None)
    assert (second.course, paper.total) == (done.course, 5)
    assert json.loads(facts)["title"].endswith(": update completed")
    assert cycles(house, "alice") == {}


@pytest.mark.parametrize("change", ["cosmetic", "clarifying"])
def test_another_change_opens_nothing(house: TestHouse, change: str) -> None:
    house.train("alice")
    done = put(house, changed(), change)
    assert (done.versions, done.course) == (("module deleted",), None)
    assert cycles(house, "alice") == {}


def test_a_course_under_way_gets_the_new_version_of_what_is_not_begun(house: TestHouse) -> None:
    cycle, client = house.open_cycle("alice"), house.signed_in("alice")
    house.begin(client, cycle)
    house.post(client, f"/training/{cycle}/accounts/two-hats", leave="1")
    before = pinned(house, cycle)

    assert put(house, changed("accounts"), "clarifying").repinned == 0
    assert pinned(house, cycle) == before
    done = put(house, changed("deleted"), "material")

    assert done.repinned == 1
    assert pinned(house, cycle) == {**before, "deleted": in_force(house, "deleted")}
    assert "Anew." in client.get(f"/training/{cycle}/deleted/where-it-goes").text
    assert set(cycles(house, "alice")) == {"onboarding"}


def test_whoever_finishes_on_the_old_version_is_asked_then(house: TestHouse) -> None:
    cycle, client = house.open_cycle("alice"), house.signed_in("alice")
    house.begin(client, cycle)
    for slug in house.slugs(cycle):
        house.take_steps(client, cycle, slug)
    done = put(house, changed(), "material")
    assert set(cycles(house, "alice")) == {"onboarding"}
    for slug in house.slugs(cycle):
        house.submit(client, house.start_quiz(client, cycle, slug))
    assert set(cycles(house, "alice")) == {done.course}


def test_whoever_learned_the_new_version_meanwhile_is_asked_no_more(house: TestHouse) -> None:
    house.train("alice")
    done = put(house, changed(), "material")
    assert set(cycles(house, "alice")) == {done.course}
    house.clock.at += 330 * DAY
    refresher = cycles(house, "alice")["onboarding"]
    with house.database.write() as session:
        cycle = assignments.find_cycle_for(session, refresher.user_id, refresher.id)
        assert cycle is not None
        learner = Learner(session, cycle, house.app.extensions["issuer"], house.clock.now())
        assert learner.study(lambda _item: True)
    assert cycles(house, "alice") == {}


def test_a_change_of_a_summary_is_nothing_to_learn(house: TestHouse) -> None:
    house.train("alice")
    documents = copy.deepcopy({k: dict(v) for k, v in SHIPPED.module_documents.items()})
    documents["deleted"]["module"]["summary"] = "Another sentence."
    assert put(house, replace(SHIPPED, module_documents=documents), "material").course is None


def test_the_same_again_is_nothing(house: TestHouse) -> None:
    assert put(house, SHIPPED, "material") == Released((), 0, None)
