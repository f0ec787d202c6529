"""What a request says beside its own fields changes nothing."""

from sqlalchemy import text

from tests.house import TestHouse
from training.accounts.models import RoleGrant, User
from training.accounts.session_models import SignIn
from training.learning.models import Attempt, Completion

FORGED = {
    column.name: "1"
    for model in (User, RoleGrant, SignIn, Attempt, Completion)
    for column in model.__table__.columns
} | {"role": "admin", "score": "100", "passed": "1"}


def test_C01_nothing_on_a_certificate_comes_from_the_request(house: TestHouse) -> None:
    house.train("alice")
    alice = house.signed_in("alice")
    with house.database.read() as session:
        serial = session.execute(text("SELECT serial FROM certificate")).scalar_one()
    address = f"/certificates/{serial}.pdf"
    true = alice.get(address)
    forged = alice.get(address, query_string=FORGED | {"legal_name": "Eve Evil", "serial": "1"})
    assert true.status_code == forged.status_code == 200
    assert true.data == forged.data


def test_A06_no_form_takes_a_column_that_is_not_its_own(house: TestHouse) -> None:
    cycle = house.open_cycle("alice")
    alice = house.signed_in("alice")
    house.begin(alice, cycle)
    watched = ("user", "role_grant", "placement", "completion", "certificate", "attempt")
    before = {table: house.dump()[table] for table in watched}
    posts = [rule.rule for rule in house.app.url_map.iter_rules() if "POST" in rule.methods]
    tried = 0
    for rule in posts:
        if "<" not in rule and "sign-out" not in rule:
            reply = house.post(alice, rule, **FORGED)
            assert reply.status_code < 500, rule
            tried += 1
    assert tried >= 7
    assert {table: house.dump()[table] for table in watched} == before
