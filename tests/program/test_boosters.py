"""The officer's page of boosters: off at first, the note on paid time, the shares by role."""

import pytest
from werkzeug.test import TestResponse

from tests.house import TestHouse
from training.learning.booster_models import BoosterCount

on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def page(house: TestHouse, name: str = "olga") -> str:
    return " ".join(house.signed_in(name).get("/program/boosters").text.split())


def turn(house: TestHouse, way: str = "on") -> TestResponse:
    return house.post(house.signed_in("olga"), "/program/boosters", turn=way)


def test_they_are_off_and_each_turn_is_one_event(house: TestHouse) -> None:
    assert "They are off" in page(house)
    for way, words in (("on", "They are on"), ("on", "They are on"), ("off", "They are off")):
        assert turn(house, way).status_code == 303
        assert words in page(house)
    assert turn(house, "off").status_code == 303
    assert house.count("audit_event", "name = 'boosters.turned_on'") == 1
    assert house.count("audit_event", "name = 'boosters.turned_off'") == 1
    assert house.count("booster_switch") == 2
    assert house.count("booster_switch", "superseded_at IS NULL") == 1


@on_sqlite
def test_F9_the_note_on_paid_time_stands_once_at_the_switch(house: TestHouse) -> None:
    assert page(house).count("29 CFR 785.27-28") == 1
    turn(house)
    assert "29 CFR" not in page(house)


@on_sqlite
def test_only_an_officer_turns_them_on_and_an_auditor_reads(house: TestHouse) -> None:
    assert "Turn boosters on" not in page(house, "audrey")
    for name in ("audrey", "mona", "alice", "adam"):
        reply = house.post(house.signed_in(name), "/program/boosters", turn="on")
        assert reply.status_code == 403
    assert house.post(house.signed_in("olga"), "/program/boosters", turn="x").status_code == 422
    assert house.count("booster_switch") == 0


@on_sqlite
def test_shares_by_objective_and_role_and_none_of_a_small_group(house: TestHouse) -> None:
    rows = [
        ("deleted", "M6.3", 1, "clinical", 10, 8),
        ("deleted", "M6.3", 12, "clinical", 8, 4),
        ("reporting", "M7.3", 1, "front-desk", 4, 2),
    ]
    with house.database.write() as session:
        for module, objective, week, role, answered, best in rows:
            session.add(
                BoosterCount(
                    entity_id=1,
                    module=module,
                    objective=objective,
                    week=week,
                    role=role,
                    answered=answered,
                    best=best,
                )
            )
    told = page(house)
    assert "80% after 1 week and 50% after 12 weeks." in told
    assert "<strong>80%</strong> of 10 <small>(49% to 94%)</small>" in told
    assert "<strong>50%</strong> of 8" in told
    assert "Front desk" not in told
    assert "Not shown: 4 choices" in told
