"""Printed slips by unit: one a person, with what is due by when; a credential, so on record."""

import json
import re
from datetime import timedelta
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy import text

from tests.certificates.reading import codes_in, run, saved, squeezed
from tests.house import TestHouse
from training.accounts import service
from training.accounts.models import User
from training.program import slips
from training.rules.access import Role

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def without_mail(house: TestHouse) -> TestHouse:
    """Alice, Bob and Zoe have no mailbox and a training open; nor has Adam, who is the admin."""
    house.open_cycle("alice")
    with house.database.write() as session:
        session.execute(
            text(
                'UPDATE "user" SET email = NULL '
                "WHERE external_id IN ('E-alice', 'E-bob', 'E-zoe', 'E-adam', 'E-dora')"
            )
        )
    return house


def site_of(house: TestHouse, name: str) -> str:
    with house.database.read() as session:
        found = session.execute(text("SELECT id FROM site WHERE name = :n"), {"n": name})
        return str(found.scalar_one())


def print_unit(house: TestHouse, client: FlaskClient, site: str, department: str = "any") -> bytes:
    reply = house.post(client, "/program/slips/unit", site=site, department=department)
    assert reply.status_code == 200, reply.get_data(as_text=True)
    assert reply.mimetype == "application/pdf"
    return reply.data


def printed(pdf: bytes, folder: Path) -> str:
    return run("pdftotext", "-layout", saved(pdf, folder), "-")


def test_a_unit_gets_a_slip_a_person_with_what_is_due_by_when(
    without_mail: TestHouse, tmp_path: Path
) -> None:
    house, olga = without_mail, without_mail.signed_in("olga")
    page = olga.get("/program/slips").get_data(as_text=True)
    assert "Ward 3: 2" in page
    assert "All: 2 without a mailbox" in page
    pdf = print_unit(house, olga, site_of(house, "Main Street"), "in:Ward 3")
    told = printed(pdf, tmp_path)
    assert "Alice Adams" in told
    assert "Bob Brown" in told
    assert "Main Street Clinic, Ward 3" in told
    assert "due Wednesday, February 14" in told
    assert "Works until Monday, November 30, once." in told
    assert "Do it at work, or ask your manager to book the time." in told
    for other in ("Zoë", "Adam Ash", "Dora", "Mona"):
        assert other not in told
    assert len(set(codes_in(pdf, tmp_path))) == 2


def test_the_code_signs_in_one_person_once_and_can_be_typed_in_capitals(
    without_mail: TestHouse, tmp_path: Path
) -> None:
    house = without_mail
    pdf = print_unit(house, house.signed_in("olga"), site_of(house, "Harbor"))
    (url,) = codes_in(pdf, tmp_path)
    assert url in squeezed(printed(pdf, tmp_path))
    head, token = url.removeprefix("http://byp.test").rsplit("/", 1)
    phone, path = house.client(), f"{head}/{token.upper()}"
    assert "Zoë" in phone.get(path).get_data(as_text=True)
    house.clock.at += timedelta(days=6, hours=23)
    assert house.post(phone, path, answer="yes").status_code == 303
    assert phone.get("/").status_code == 200
    assert house.client().get(path).status_code == 410


def test_a_new_print_ends_the_older_one(without_mail: TestHouse, tmp_path: Path) -> None:
    house, olga = without_mail, without_mail.signed_in("olga")
    first, second = (print_unit(house, olga, site_of(house, "Harbor")) for _ in range(2))
    (old,), (new,) = codes_in(first, tmp_path), codes_in(second, tmp_path)
    stranger = house.client()
    assert stranger.get(old.removeprefix("http://byp.test")).status_code == 410
    assert stranger.get(new.removeprefix("http://byp.test")).status_code == 200


def test_each_print_is_one_event_without_names_or_tokens(without_mail: TestHouse) -> None:
    house = without_mail
    print_unit(house, house.signed_in("olga"), site_of(house, "Main Street"))
    with house.database.read() as session:
        (body,) = session.execute(
            text("SELECT body FROM audit_event WHERE name = 'slips.printed'")
        ).scalars()
    event = json.loads(body)
    assert event["detail"] == {"users": [house.id_of("alice"), house.id_of("bob")]}
    assert "Alice" not in body
    assert house.count("link_token", "purpose = 'slip'") == 2


def test_looking_at_the_page_makes_nothing(without_mail: TestHouse) -> None:
    olga = without_mail.signed_in("olga")
    before = without_mail.dump()
    assert olga.get("/program/slips").status_code == 200
    assert without_mail.dump() == before


def test_who_is_done_or_away_is_not_printed_and_an_empty_unit_is_said(
    without_mail: TestHouse,
) -> None:
    house = without_mail
    house.train("zoe")
    harbor = site_of(house, "Harbor")
    reply = house.post(house.signed_in("olga"), "/program/slips/unit", site=harbor)
    assert reply.status_code == 422
    assert "Nobody there has something due just now" in reply.get_data(as_text=True)
    assert house.count("link_token", "purpose = 'slip'") == 0


def test_a_manager_prints_none_for_her_people(without_mail: TestHouse) -> None:
    house = without_mail
    mona = house.signed_in("mona")
    for path, fields in (
        ("/program/slips/unit", {"site": site_of(house, "Main Street")}),
        ("/program/slips", {"user": str(house.id_of("alice"))}),
    ):
        assert house.post(mona, path, **fields).status_code == 403
    assert house.count("link_token", "purpose = 'slip'") == 0


def test_too_many_for_one_print_are_told_to_choose_a_department(
    without_mail: TestHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(slips, "MOST", 1)
    house = without_mail
    reply = house.post(
        house.signed_in("olga"), "/program/slips/unit", site=site_of(house, "Main Street")
    )
    assert reply.status_code == 422
    assert "2 people have something due there, and one print holds 1" in reply.get_data(
        as_text=True
    )


def test_whoever_left_gets_no_slip_also_when_ticked(without_mail: TestHouse) -> None:
    house, olga = without_mail, without_mail.signed_in("olga")
    gone = house.post(olga, "/program/slips", user=str(house.id_of("dora")))
    assert gone.status_code == 404
    assert house.count("link_token", "purpose = 'slip'") == 0


@pytest.mark.parametrize(
    ("who", "whose", "may"),
    [
        ("olga", "adam", False),  # an officer would grant roles as the admin
        ("adam", "olga", False),  # an admin would act on records as the officer
        ("olga", "audrey", False),
        ("olga", "mona", True),  # a manager sees less than an officer
        ("adam", "alice", True),
        ("adam", "adam", True),
    ],
)
def test_nobody_prints_a_way_in_to_more_than_she_may_do(
    house: TestHouse, who: str, whose: str, *, may: bool
) -> None:
    browser, id_ = house.signed_in(who), house.id_of(whose)
    for page in ("/program/slips", "/program/people/links"):
        reply = house.post(browser, page, user=[str(id_)])
        assert reply.status_code == (200 if may else 422), page
        assert may or "somebody who holds it too prints one" in reply.get_data(as_text=True)
    assert house.count("link_token", f"user_id = {id_} AND purpose = 'slip'") == 2 * may
    told = browser.get(f"/program/people/{id_}").get_data(as_text=True)
    assert ("Sign-in slip (PDF)" in told) is may


def test_who_holds_both_roles_prints_for_either(house: TestHouse) -> None:
    grant(house, "alice", Role.ADMIN)
    grant(house, "alice", Role.PRIVACY_OFFICER)
    for whose, status in (("adam", 200), ("olga", 200), ("audrey", 422)):
        ticked = [str(house.id_of(whose))]
        reply = house.post(house.signed_in("alice"), "/program/slips", user=ticked)
        assert reply.status_code == status, whose


def test_a_slip_and_the_session_that_it_opened_end_as_a_role_is_given(house: TestHouse) -> None:
    """Whoever printed, or found, the slip of somebody without a role has no way in to one."""
    olga, used, kept = house.signed_in("olga"), house.client(), house.client()
    pages = [
        house.post(olga, "/program/people/links", user=[str(house.id_of(name))])
        for name in ("alice", "bob")
    ]
    tokens = [re.search(r"/sign-in/([\w-]+)", page.get_data(as_text=True)) for page in pages]
    alice, bob = (token[1] for token in tokens if token)
    assert house.post(used, f"/sign-in/{alice}").status_code == 303
    assert used.get("/").status_code == 200
    by_password = house.signed_in("alice")
    grant(house, "alice", Role.ADMIN)
    grant(house, "bob", Role.AUDITOR)
    assert used.get("/program/rights").status_code != 200
    assert house.post(kept, f"/sign-in/{bob}").status_code == 410
    assert by_password.get("/program/rights").status_code == 200


def grant(house: TestHouse, name: str, role: Role) -> None:
    with house.database.write() as session:
        user = session.get_one(User, house.id_of(name))
        service.grant_role(session, user, role, by=None, now=house.clock.now())


def test_a_print_with_nobody_ticked_says_so_and_leads_back(without_mail: TestHouse) -> None:
    client = without_mail.signed_in("olga")
    fields = {"csrf_token": without_mail.csrf(client)}
    for behind, way_back in (("/program/people", True), ("/program/rules/preview", False)):
        headers = {"Referer": f"http://localhost{behind}"}
        reply = client.post("/program/slips", data=fields, headers=headers)
        page = reply.get_data(as_text=True)
        assert reply.status_code == 422
        assert "Tick at least one name" in page
        assert (f'href="{behind}">Back to the page before' in page) is way_back
