"""Facts to look over: which stand on the list, how they leave it, and when they come back."""

from datetime import date, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from tests.house import TestHouse
from training.audit.models import AuditEvent
from training.catalog import publishing
from training.catalog.digests import canonical
from training.catalog.facts import Fact
from training.catalog.models import ContentRelease, ContentVersion, FactSignOff
from training.program import sign_offs

pytestmark = pytest.mark.either_database

TODAY = date(2026, 11, 24)


@pytest.fixture
def olga(house: TestHouse) -> FlaskClient:
    return house.signed_in("olga")


def due_ids(house: TestHouse, on: date = TODAY) -> dict[str, str]:
    with house.database.read() as session:
        return {one.fact.id: one.digest for one in sign_offs.due(session, 1, on)}


def fact(**told: object) -> Fact:
    return Fact.model_validate(
        {
            "id": "A-01", "statement": "It is so.", "citation": "c", "source": "s",
            "state": "verified", "jurisdiction": "federal", "review_by": "2027-11-24", **told,
        }
    )  # fmt: skip


@pytest.mark.parametrize(
    ("told", "due"),
    [
        ({}, False),
        ({"review_by": "2026-11-23"}, True),
        ({"review_by": "2026-11-24"}, True),
        ({"review_by": "2027-01-23"}, True),  # in sixty days
        ({"review_by": "2027-01-24"}, False),
        ({"state": "unverified"}, True),
        ({"state": "house"}, True),
        ({"state": "policy"}, False),
    ],
)
def test_what_is_past_review_near_it_or_from_knowledge_is_due(
    told: dict[str, object], due: bool
) -> None:
    assert bool(sign_offs.why_due(fact(**told), TODAY)) is due


def test_the_list_holds_what_is_taught_and_due_and_nothing_else(
    house: TestHouse, olga: FlaskClient
) -> None:
    with house.database.read() as session:
        taught = {one.fact.id: one.fact for one in sign_offs.taught(session, TODAY)}
    unread = {id_ for id_, one in taught.items() if one.state in {"unverified", "house"}}
    assert {taught[id_].state for id_ in unread} == {"unverified", "house"}
    assert set(due_ids(house)) == unread
    page = olga.get("/program/content").text
    for id_, one in taught.items():
        assert (f"I looked {id_} over" in page) is (id_ in unread), one


def test_a_fact_signed_off_leaves_the_list_until_its_day(
    house: TestHouse, olga: FlaskClient
) -> None:
    id_, digest = next(iter(due_ids(house).items()))
    reply = house.post(olga, "/program/facts", digest=digest, until="2026-12-31")
    assert reply.status_code == 303
    assert f"I looked {id_} over" not in olga.get("/program/content").text
    assert id_ not in due_ids(house, date(2026, 12, 31))
    assert id_ in due_ids(house, date(2027, 1, 1))
    with house.database.read() as session:
        row = session.scalars(select(FactSignOff)).one()
        event = session.scalars(
            select(AuditEvent).where(AuditEvent.name == "fact.signed_off")
        ).one()
    assert (row.fact, row.digest, row.until_on) == (id_, digest, date(2026, 12, 31))
    assert row.signed_by_id == house.id_of("olga")
    assert (event.subject, event.actor_id) == (f"fact:{id_}", house.id_of("olga"))


@pytest.mark.parametrize("until", ["", "soon", "2026-11-24", "2020-01-01", "2027-11-25"])
def test_a_day_that_is_no_day_past_or_over_a_year_ahead_is_told_at_its_field(
    house: TestHouse, olga: FlaskClient, until: str
) -> None:
    digest = next(iter(due_ids(house).values()))
    reply = house.post(olga, "/program/facts", digest=digest, until=until)
    assert reply.status_code == 422
    assert f'id="until-{digest[:12]}-error"' in reply.text
    assert house.count("fact_sign_off") == 0
    last = (TODAY + timedelta(days=365)).isoformat()
    assert house.post(olga, "/program/facts", digest=digest, until=last).status_code == 303


def test_what_is_not_on_the_list_is_not_signed_off(house: TestHouse, olga: FlaskClient) -> None:
    digest = next(iter(due_ids(house).values()))
    for _time in range(2):
        reply = house.post(olga, "/program/facts", digest=digest, until="2027-01-01")
    assert reply.status_code == 409
    assert (
        house.post(olga, "/program/facts", digest="0" * 64, until="2027-01-01").status_code == 409
    )
    assert house.count("fact_sign_off") == 1


def test_another_wording_comes_back_to_the_list(house: TestHouse, olga: FlaskClient) -> None:
    id_, digest = next(iter(due_ids(house).items()))
    house.post(olga, "/program/facts", digest=digest, until="2027-01-01")
    _reword(house, id_)
    assert due_ids(house)[id_] != digest


def _reword(house: TestHouse, id_: str) -> None:
    """Publish every part that rests on a fact with another wording of it."""
    import json

    now = house.clock.now()
    with house.database.write() as session:
        for digest in publishing.all_in_force(session, "module", TODAY):
            version = session.get_one(ContentVersion, digest)
            document = json.loads(version.body)
            for told in document["facts"]:
                if told["id"] == id_:
                    told["statement"] += " Or so they say."
            new = publishing.keep(session, "module", version.slug, canonical(document), now)
            session.add(
                ContentRelease(
                    kind="module",
                    slug=version.slug,
                    digest=new,
                    in_force_from=TODAY,
                    change="clarifying",
                    released_at=now,
                )
            )


def test_an_auditor_reads_the_list_and_signs_nothing(house: TestHouse) -> None:
    audrey = house.signed_in("audrey")
    page = audrey.get("/program/content").text
    assert "from knowledge" in page
    assert "/program/facts" not in page
