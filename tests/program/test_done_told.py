"""After each act on many the page says how many it touched: never "done" where nothing was."""

import html
import re

import pytest
from flask.testing import FlaskClient

from tests.boosting import complete
from tests.cast import TODAY
from tests.house import TestHouse

pytestmark = pytest.mark.either_database

CAMPAIGN = {"course": "onboarding", "path": "refresher", "due_on": "2026-12-15", "skip_days": "30"}
ROSTER = "id,name,department,hire date\nN1,Nora New,ICU,2026-11-20\nN2,Ned New,ICU,2026-11-20\n"
PRIOR = f"employee_id,course,completed_on,source\nE-bob,onboarding,{TODAY},Old\n"


def sent(house: TestHouse, client: FlaskClient, path: str, name: str, **fields: str) -> str:
    """Look, then do what was shown; return what the next page says was done."""
    shown = house.post(client, path, **fields).text
    digest = re.search(rf'name="{name}" value="([^"]*)"', shown)
    assert digest, "there is nothing to do"
    return done(house, client, path, **fields | {name: html.unescape(digest[1])})


def done(house: TestHouse, client: FlaskClient, where: str, /, **fields: str) -> str:
    reply = house.post(client, where, **fields)
    assert reply.status_code == 303, reply.text
    page = client.get(reply.location).text
    found = re.search(r'class="notice[^"]*"[^>]*>(.*?)</', page, re.DOTALL)
    assert found, "the page says nothing of what was done"
    return " ".join(found[1].split())


def test_P03_a_staff_list_says_what_it_changed(house: TestHouse) -> None:
    olga, path = house.signed_in("olga"), "/program/roster"
    fields = {"text": ROSTER, "source": "agency"}
    assert sent(house, olga, path, "apply", **fields) == "The staff list is in: 2 new, 0 same."
    assert "Nothing would change" in house.post(olga, path, **fields).text


def test_P03_training_from_an_older_system_says_what_it_recorded(house: TestHouse) -> None:
    olga, path = house.signed_in("olga"), "/program/roster/prior"
    assert sent(house, olga, path, "apply", text=PRIOR) == "Done: 1 recorded."
    assert house.count("completion") == 1


def test_P03_names_that_are_added_are_counted(house: TestHouse) -> None:
    olga, names = house.signed_in("olga"), "Nora New\nNed New\nAlice Adams"
    before = house.count("user")
    told = sent(house, olga, "/program/people/add", "seen", names=names)
    assert told == "Added 2 people."
    assert house.count("user") == before + 2


def test_P03_a_campaign_says_for_how_many_it_opened_and_when_for_nobody(house: TestHouse) -> None:
    house.open_cycle("mona")  # everybody's first training
    for name in ("alice", "bob"):
        complete(house, name)
    olga, path = house.signed_in("olga"), "/program/rules/campaign"
    fields = CAMPAIGN | {"skip_days": "0"}
    shown = house.post(olga, f"{path}/preview", **fields).text
    digest = re.search(r'name="shown" value="([^"]*)"', shown)
    assert digest
    fields["shown"] = digest[1]
    opened = house.count("assignment", "closed_at IS NULL")
    assert done(house, olga, path, **fields) == "Opened for 2 people."
    assert house.count("assignment", "closed_at IS NULL") == opened + 2
    assert done(house, olga, path, **fields).startswith("Nothing was opened")
    assert house.count("assignment", "closed_at IS NULL") == opened + 2
