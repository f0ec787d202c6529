"""A course whose cut is set by ratings: each paper has the mean of its items. Invented data."""

import json

from sqlalchemy.orm import Session

from quizzes import Paper, angoff_cut
from tests.house import TestHouse
from training.catalog import publishing
from training.catalog.digests import canonical
from training.catalog.models import ContentRelease
from training.learning.models import Attempt


def release(house: TestHouse, session: Session, kind: str, slug: str, document: object) -> None:
    now = house.clock.now()
    digest = publishing.keep(session, kind, slug, canonical(document), now)
    session.add(
        ContentRelease(
            kind=kind,
            slug=slug,
            digest=digest,
            in_force_from=now.date(),
            change="material",
            released_at=now,
        )
    )


def rate(house: TestHouse) -> None:
    """Give each question an invented rating, and let them set the onboarding's cut."""
    today = house.clock.now().date()
    with house.database.write() as session:
        for slug, digest in publishing.in_force(session, "module", today).items():
            document = json.loads(publishing.body_of(session, digest))
            for place, item in enumerate(document["bank"]["items"]):
                item["angoff"] = 50 + place
            release(house, session, "module", slug, document)
        digest = publishing.in_force(session, "course", today)["onboarding"]
        document = json.loads(publishing.body_of(session, digest)) | {"cut": "angoff"}
        release(house, session, "course", "onboarding", document)


def test_a_paper_has_the_cut_of_what_was_drawn(house: TestHouse) -> None:
    rate(house)
    cycle, alice = house.open_cycle("alice"), house.signed_in("alice")
    house.begin(alice, cycle)
    slug = house.slugs(cycle)[0]
    house.take_steps(alice, cycle, slug)
    number = house.start_quiz(alice, cycle, slug)
    with house.database.read() as session:
        row = session.get_one(Attempt, number)
        bank = publishing.module(session, row.digest).bank
        drawn = [bank.item(q.item_id) for q in Paper.from_json(row.paper).questions]
        assert row.cut_per_cent == angoff_cut(drawn)
        assert row.cut_per_cent != 80
    assert house.submit(alice, number).status_code == 303
    page = alice.get(f"/training/{cycle}").get_data(as_text=True)
    assert "how hard the questions are" in page
    assert "The pass mark is 80" not in page


def test_without_ratings_the_cut_is_the_policy_and_says_so(house: TestHouse) -> None:
    cycle, alice = house.open_cycle("alice"), house.signed_in("alice")
    page = alice.get(f"/training/{cycle}").get_data(as_text=True)
    assert "The pass mark is 80" in page
    assert "are our policy; no law sets them" in page
