"""A situation that carries a warning can be swapped: it counts the same, and nobody asks why."""

import re

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from tests.house import TestHouse
from training.assignments.models import Assignment
from training.catalog.taking import stand_ins
from training.learning.models import Choice, StepDone

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
SLUG = "patients-post"


def opened(house: TestHouse, path: str) -> int:
    """Open a course for alice in place of her onboarding."""
    cycle = house.open_cycle("alice")
    with house.database.write() as session:
        session.get_one(Assignment, cycle).path = path
    return cycle


@pytest.fixture
def cycle(house: TestHouse) -> int:
    return opened(house, "long")


@pytest.fixture
def alice(house: TestHouse, cycle: int) -> FlaskClient:
    client = house.signed_in("alice")
    house.begin(client, cycle)
    return client


def done(house: TestHouse) -> set[str]:
    with house.database.read() as session:
        return set(session.scalars(select(StepDone.step)))


def swap_of(page: str) -> tuple[str, str]:
    found = re.search(r'<a class="btn btn-outline" href="([^"]+)">([^<]+)</a>', page)
    assert found, page
    return found[1].replace("&amp;", "&"), found[2]


def test_where_no_other_is_left_the_screen_stands_in_and_counts(
    house: TestHouse, cycle: int, alice: FlaskClient
) -> None:
    url = f"/training/{cycle}/{SLUG}/no-need-to-answer"
    swap, label = swap_of(alice.get(url).text)
    assert label == "Read the same as plain text instead"
    page = alice.get(swap).text
    module = house.module(cycle, SLUG)
    screen = next(o.screen for o in module.objectives if o.id == "M4.4")
    assert f"<h1>{module.screens[screen].title}</h1>" in page
    assert "textarea" not in page
    assert 'type="text"' not in page  # nothing to say why
    assert 'name="instead" value="1"' in page
    assert "no-need-to-answer" not in done(house)
    assert house.post(alice, url, leave="1", instead="1").status_code == 303
    assert "no-need-to-answer" in done(house)
    assert house.count(Choice.__tablename__) == 0


def test_a_situation_without_a_warning_is_played(
    house: TestHouse, cycle: int, alice: FlaskClient
) -> None:
    url = f"/training/{cycle}/{SLUG}/one-star-lizard"
    assert "counts the same" not in alice.get(url).text
    assert alice.get(f"{url}?instead=1").text.count('name="choice"') > 1
    assert house.post(alice, url, leave="1", instead="1").status_code == 409
    assert done(house) == set()


def test_another_on_the_same_objective_is_played_and_counts_for_it(house: TestHouse) -> None:
    cycle, client = opened(house, "onboarding"), house.signed_in("alice")
    with house.database.write() as session:  # as whoever works with patients takes it
        session.get_one(Assignment, cycle).role = "clinical"
    house.begin(client, cycle)
    with house.database.write() as session:
        session.get_one(Assignment, cycle).role = "clinical"
    module = house.module(cycle, SLUG)
    assert stand_ins(module, "clinical") == {"wet-bed": "one-star-lizard"}
    swap, label = swap_of(client.get(f"/training/{cycle}/{SLUG}/wet-bed").text)
    assert label == "Take another situation instead"
    assert swap.endswith("/one-star-lizard")
    assert house.post(client, swap, leave="1").status_code == 409
    assert "wet-bed" not in done(house)
    house.play(client, cycle, SLUG, module.scenarios["one-star-lizard"])
    house.post(client, swap, leave="1")
    assert {"wet-bed", "one-star-lizard"} <= done(house)


def test_each_stands_in_for_one_and_is_nothing_that_she_takes_anyway(
    house: TestHouse, cycle: int
) -> None:
    for module in house.material(cycle).modules.values():
        names = {step.name for step in module.steps}
        found = stand_ins(module, "clinical")
        assert not names & set(found.values())
        assert len(set(found.values())) == len(found)
