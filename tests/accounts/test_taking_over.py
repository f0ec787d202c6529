"""What an attacker may try with somebody's browser, slip or open page, and what comes of it."""

import re
from datetime import timedelta

import pytest
from flask.testing import FlaskClient

from tests.accounts.test_sign_in import PASSWORD, cookie, make_link, sign_in
from tests.house import TestHouse
from training.accounts import passwords, service
from training.accounts.models import User
from training.rules.access import Role

pytestmark = pytest.mark.either_database

OTHER = "an entirely other sentence"
ADDRESS = "alice@clinic.example"


@pytest.fixture(autouse=True)
def quick_hashes(monkeypatch: pytest.MonkeyPatch) -> None:
    fast = passwords.PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    monkeypatch.setattr(passwords, "_hasher", fast)


def by_slip(house: TestHouse, name: str) -> FlaskClient:
    """Return a browser that came in by a slip of hers, whoever holds it."""
    page = house.post(
        house.signed_in("olga"), "/program/people/links", user=[str(house.id_of(name))]
    )
    found = re.search(r"/sign-in/([\w-]+)", page.get_data(as_text=True))
    assert found
    browser = house.client()
    assert house.post(browser, f"/sign-in/{found[1]}").status_code == 303
    return browser


def choose(house: TestHouse, browser: FlaskClient, password: str, **fields: str) -> int:
    return house.post(browser, "/password", password=password, **fields).status_code


def give_role(house: TestHouse, role: Role = Role.ADMIN) -> bool:
    with house.database.write() as session:
        user = session.get_one(User, house.id_of("alice"))
        return service.grant_role(session, user, role, by=None, now=house.clock.now())


# --- a slip, and a role that is given later -------------------------------------------------


def test_a_password_that_a_slips_holder_chose_ends_as_a_role_is_given(house: TestHouse) -> None:
    assert choose(house, by_slip(house, "alice"), PASSWORD) == 200
    house.clock.at += timedelta(days=30)
    later = house.client()
    assert sign_in(house, later, ADDRESS, PASSWORD) == 303

    told = house.post(house.signed_in("adam"), "/program/rights", whom="E-alice", role="admin")

    assert told.status_code == 303
    assert later.get("/").status_code == 302
    assert sign_in(house, house.client(), ADDRESS, PASSWORD) == 422
    assert house.count("audit_event", "name = 'password.ended'") == 1
    mailed = house.client()
    assert house.post(mailed, f"/sign-in/{make_link(house, 'alice')}").status_code == 303
    assert mailed.get("/program/rights").status_code == 200


def test_the_admin_reads_that_a_password_ended(house: TestHouse) -> None:
    choose(house, by_slip(house, "alice"), PASSWORD)
    adam = house.signed_in("adam")
    house.post(adam, "/program/rights", whom="E-alice", role="auditor")
    assert "Alice Adams signs in anew" in adam.get("/program/rights").get_data(as_text=True)


def test_changing_it_from_a_session_of_its_own_launders_no_password(house: TestHouse) -> None:
    choose(house, by_slip(house, "alice"), PASSWORD)
    thief = house.client()
    sign_in(house, thief, ADDRESS, PASSWORD)
    assert choose(house, thief, OTHER) == 200

    assert give_role(house)

    assert thief.get("/program/rights").status_code == 302
    assert sign_in(house, house.client(), ADDRESS, OTHER) == 422


def test_a_password_that_is_older_than_any_slip_stays(house: TestHouse) -> None:
    browser = house.signed_in("alice")
    choose(house, browser, PASSWORD)
    house.clock.at += timedelta(minutes=1)
    by_slip(house, "alice")

    assert not give_role(house)

    assert browser.get("/program/rights").status_code == 200
    assert sign_in(house, house.client(), ADDRESS, PASSWORD) == 303
    assert house.count("audit_event", "name = 'password.ended'") == 0


# --- a browser that somebody was signed in on -----------------------------------------------


@pytest.mark.parametrize("how", ["link", "password"])
def test_S01_the_session_before_on_this_browser_is_dead_after_a_sign_in(
    house: TestHouse, how: str
) -> None:
    """On a shared workstation Bob signs in over Alice; her copied cookie is worth nothing."""
    choose(house, house.signed_in("bob"), PASSWORD)
    shared, copied = house.signed_in("alice"), house.client()
    copied.set_cookie("sid", cookie(shared) or "", domain="localhost")
    assert copied.get("/").status_code == 200

    if how == "link":
        house.post(shared, f"/sign-in/{make_link(house, 'bob')}", answer="yes")
    else:
        assert sign_in(house, shared, "bob@clinic.example", PASSWORD) == 303

    assert "Bob" in shared.get("/").get_data(as_text=True)
    assert copied.get("/").status_code == 302


# --- an open page ---------------------------------------------------------------------------


def test_an_open_page_changes_no_password_without_the_one_before(house: TestHouse) -> None:
    left_open = house.signed_in("alice")
    assert choose(house, left_open, PASSWORD) == 200
    house.clock.at += timedelta(minutes=16)

    assert 'name="current_password"' in left_open.get("/password").get_data(as_text=True)
    assert choose(house, left_open, OTHER) == 422
    assert choose(house, left_open, OTHER, current_password="wrong " * 4) == 422
    assert sign_in(house, house.client(), ADDRESS, PASSWORD) == 303

    assert choose(house, left_open, OTHER, current_password=PASSWORD) == 200
    assert sign_in(house, house.client(), ADDRESS, OTHER) == 303


def test_whoever_has_just_come_in_by_a_link_need_not_remember_it(house: TestHouse) -> None:
    choose(house, house.signed_in("alice"), PASSWORD)
    house.clock.at += timedelta(minutes=16)
    again = house.client()
    house.post(again, f"/sign-in/{make_link(house, 'alice')}", answer="yes")
    assert choose(house, again, OTHER) == 200


@pytest.mark.parametrize("door", ["password", "sign"])
def test_S04_no_page_that_asks_for_a_password_lets_it_be_guessed(
    house: TestHouse, door: str
) -> None:
    """The limiter is one: who sits at an open page guesses no faster than at the front door."""
    cycle = house.open_cycle("alice")
    choose(house, house.signed_in("alice"), PASSWORD)
    left_open = house.signed_in("alice", shared=True)
    house.begin(left_open, cycle)
    house.clock.at += timedelta(minutes=16)
    path, field = (
        ("/password", "current_password")
        if door == "password"
        else (f"/training/{cycle}/sign", "password")
    )
    rest = (
        {"password": OTHER}
        if door == "password"
        else {"answer": "sign", "agree": "1", "typed_name": "Alice"}
    )
    pages = [
        house.post(left_open, path, **rest, **{field: f"guess number {n} of many"})
        for n in range(7)
    ]
    assert {page.status_code for page in pages} == {422}
    right = house.post(left_open, path, **rest, **{field: PASSWORD})

    assert right.status_code == 422, "the right one was looked at in spite of the wait"
    assert "many wrong tries" in right.get_data(as_text=True)
    assert sign_in(house, house.client(), ADDRESS, PASSWORD) == 429
    house.clock.at += timedelta(minutes=1)
    assert house.post(left_open, path, **rest, **{field: PASSWORD}).status_code in {200, 303}


# --- another site's form --------------------------------------------------------------------


@pytest.mark.parametrize("origin", ["http://evil.example", "null", "http://["])
def test_S12_another_sites_form_is_not_offered_to_be_sent_again(
    house: TestHouse, origin: str
) -> None:
    """Over plain http a browser says the origin alone; a stale form would be one tap away."""
    adam = house.signed_in("adam")
    reply = adam.post(
        "/program/rights",
        data={"csrf_token": "stale", "whom": "E-bob", "role": "admin"},
        headers={"Origin": origin},
    )
    assert reply.status_code == 400
    assert "from another site" in reply.get_data(as_text=True)
    assert "E-bob" not in reply.get_data(as_text=True)


@pytest.mark.parametrize("origin", ["http://localhost", "http://byp.test"])
def test_S12_ones_own_form_is_taken_by_host_or_public_address(
    house: TestHouse, origin: str
) -> None:
    client = house.client()
    token = house.csrf(client)
    data = {"csrf_token": token, "address": ADDRESS}
    reply = client.post("/sign-in/link", data=data, headers={"Origin": origin})
    assert reply.status_code == 200


def test_S12_a_token_of_another_browser_is_none(house: TestHouse) -> None:
    attackers = house.csrf(house.client())
    adam = house.signed_in("adam")
    house.csrf(adam)
    data = {"csrf_token": attackers, "whom": "E-bob", "role": "admin"}
    assert adam.post("/program/rights", data=data).status_code == 400
    assert house.count("role_grant", "role = 'admin'") == 1


def test_a_form_that_is_offered_again_holds_no_password(house: TestHouse) -> None:
    reply = house.signed_in("alice").post(
        "/password",
        data={"csrf_token": "stale", "password": PASSWORD, "current_password": OTHER},
    )
    assert reply.status_code == 400
    assert PASSWORD not in reply.get_data(as_text=True)
    assert OTHER not in reply.get_data(as_text=True)
