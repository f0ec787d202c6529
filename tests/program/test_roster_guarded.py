"""A list given in the browser never moves the mail of whoever may do more than its giver."""

import pytest
from sqlalchemy import select

from tests.cast import NOW, TODAY
from tests.house import TestHouse
from training.accounts import service
from training.accounts.models import User
from training.program.roster import Options, apply, plan
from training.rules.access import Role

HEADER = "employee_id,legal_name,email,department,job_title,site,hire_date,status"
HERS = "N1,Nora New,nora@agency.example,Ward 3,Nurse,Main Street,2026-11-02,active"
MOVED = "N1,Nora New,olga2@agency.example,Ward 3,Head nurse,Main Street,2026-11-02,active"


def the_command(house: TestHouse, row: str) -> None:
    options = Options(source="agency", today=TODAY)
    with house.database.write() as session:
        found = plan(session, f"{HEADER}\n{row}\n".encode(), "staff.csv", options)
        apply(session, found, by=None, now=NOW)


def the_page(house: TestHouse, row: str) -> str:
    olga, text = house.signed_in("olga"), f"{HEADER}\n{row}\n"
    shown = house.post(olga, "/program/roster", text=text, source="agency")
    assert shown.status_code == 200
    page = shown.get_data(as_text=True)
    token = page.split('name="apply" value="')[1].split('"')[0]
    house.post(olga, "/program/roster", text=text, source="agency", apply=token)
    return page


def nora(house: TestHouse) -> tuple[str | None, str | None]:
    with house.database.read() as session:
        query = select(User.email, User.sign_in_address).where(User.external_id == "N1")
        return tuple(session.execute(query).one())


@pytest.fixture
def with_nora(house: TestHouse) -> TestHouse:
    the_command(house, HERS)
    return house


def make_admin(house: TestHouse) -> None:
    with house.database.write() as session:
        user = session.scalars(select(User).where(User.external_id == "N1")).one()
        service.grant_role(session, user, Role.ADMIN, by=None, now=NOW)


def test_an_admins_address_stays_and_the_rest_of_her_row_is_taken(with_nora: TestHouse) -> None:
    make_admin(with_nora)
    page = the_page(with_nora, MOVED)
    assert "the mail address stays as it is" in page
    assert "Head nurse" in page
    assert nora(with_nora) == ("nora@agency.example", "nora@agency.example")
    # what the officer was told is not remembered for whoever may do it
    the_command(with_nora, MOVED)
    assert nora(with_nora) == ("olga2@agency.example", "olga2@agency.example")


def test_whoever_holds_no_more_gets_her_new_address(with_nora: TestHouse) -> None:
    page = the_page(with_nora, MOVED)
    assert "stays as it is" not in page
    assert nora(with_nora) == ("olga2@agency.example", "olga2@agency.example")
