"""Roles given and ended by an admin in the browser: never to herself, never the last one."""

import re

import pytest
from flask.testing import FlaskClient
from sqlalchemy import text

from tests.house import TestHouse
from tests.moves import leave

pytestmark = pytest.mark.either_database


@pytest.fixture
def adam(house: TestHouse) -> FlaskClient:
    return house.signed_in("adam")


def page(client: FlaskClient) -> str:
    reply = client.get("/program/rights")
    assert reply.status_code == 200
    return " ".join(reply.get_data(as_text=True).split())


def end_of(client: FlaskClient, name: str, what: str) -> str:
    found = re.search(
        r'action="(/program/rights/\d+/end)">(?:(?!</form>).)*?: ' + f"{what}, {name}", page(client)
    )
    assert found, f"{name} holds no {what} that could be ended"
    return found[1]


@pytest.mark.parametrize("whom", ["E-alice", " alice@clinic.example "])
def test_a_role_is_given_by_staff_number_or_address_and_counts_at_once(
    house: TestHouse, adam: FlaskClient, whom: str
) -> None:
    alice = house.signed_in("alice")
    assert alice.get("/program").status_code == 403
    reply = house.post(adam, "/program/rights", whom=whom, role="auditor")
    assert reply.status_code == 303
    assert alice.get("/program").status_code == 200
    assert "Alice Adams" in page(adam)
    assert house.count("audit_event", "name = 'role.granted'") == 1

    assert house.post(adam, end_of(adam, "Alice Adams", "auditor")).status_code == 303
    assert alice.get("/program").status_code == 403
    assert house.count("audit_event", "name = 'role.taken_away'") == 1


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"whom": "E-nobody", "role": "auditor"}, "Nobody who works here has this staff number"),
        ({"whom": "", "role": "auditor"}, "Nobody who works here"),
        ({"whom": "E-dora", "role": "auditor"}, "Nobody who works here"),  # she has left
        ({"whom": "E-alice", "role": "manager"}, "Choose one of the roles"),
        ({"whom": "E-alice", "role": "privacy_officer", "entity": "99"}, "no such legal entity"),
        ({"whom": "E-adam", "role": "auditor"}, "Nobody can grant a role to themselves"),
    ],
)
def test_what_cannot_be_given_is_told_at_its_field_and_nothing_changes(
    house: TestHouse, adam: FlaskClient, fields: dict[str, str], told: str
) -> None:
    before = house.count("role_grant")
    reply = house.post(adam, "/program/rights", **fields)
    assert reply.status_code == 422
    assert told in reply.get_data(as_text=True)
    assert f'value="{fields["whom"]}"' in reply.get_data(as_text=True)
    assert house.count("role_grant") == before


def test_nobody_ends_her_own_and_the_last_admin_who_works_here_keeps_hers(
    house: TestHouse, adam: FlaskClient
) -> None:
    assert "yours: another admin can" in page(adam)
    house.post(adam, "/program/rights", whom="E-alice", role="admin")
    alice = house.signed_in("alice")
    leave(house, "alice")  # an admin who has left is no other admin
    house.post(adam, "/program/rights", whom="E-bob", role="admin")
    bob = house.signed_in("bob")
    assert house.post(bob, end_of(bob, "Adam Ash", "admin")).status_code == 303
    with house.database.read() as session:
        mine = session.execute(
            text("SELECT id FROM role_grant WHERE user_id = :u AND superseded_at IS NULL"),
            {"u": house.id_of("bob")},
        ).scalar_one()
    assert house.post(bob, f"/program/rights/{mine}/end").status_code == 409
    assert alice.get("/program/rights").status_code in {302, 401, 403}


def test_a_role_that_was_ended_meanwhile_is_not_there(house: TestHouse, adam: FlaskClient) -> None:
    house.post(adam, "/program/rights", whom="E-alice", role="auditor")
    url = end_of(adam, "Alice Adams", "auditor")
    assert house.post(adam, url).status_code == 303
    assert house.post(adam, url).status_code == 404


@pytest.mark.parametrize("name", ["olga", "audrey", "adam"])
def test_no_link_of_the_program_leads_to_a_refusal(house: TestHouse, name: str) -> None:
    browser = house.signed_in(name)
    home = browser.get("/").get_data(as_text=True)
    start = re.search(r'href="(/program[^"]*)"', home)
    assert start, "the program is one tap from home"
    first = browser.get(start[1])
    assert first.status_code == 200
    for url in re.findall(r'href="(/program[^"?#]*)"', first.get_data(as_text=True)):
        assert browser.get(url).status_code == 200, url
