"""Who looked at one's own record: what is on the log stands on her page, and on nobody else's."""

from collections.abc import Sequence

import click.testing
import pytest
from sqlalchemy import text

from tests.house import TestHouse
from training.commands import people
from training.house import House
from training.learning.lookers import acts_on

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def told(house: TestHouse, name: str) -> list[str]:
    with house.database.read() as session:
        return [f"{act.who} {act.what}" for act in acts_on(session, house.id_of(name))]


def command(house: TestHouse, monkeypatch: pytest.MonkeyPatch, args: Sequence[str]) -> str:
    opened = House(house.settings, house.database, house.clock)
    monkeypatch.setattr(people, "open_house", lambda: opened)
    done = click.testing.CliRunner().invoke(people.user, list(args))
    assert done.exit_code == 0, done.output
    return done.output


def test_an_export_of_a_record_is_on_record_and_on_her_page(
    house: TestHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert told(house, "alice") == []
    assert "Alice Adams" in command(house, monkeypatch, ["export", "E-alice"])
    assert house.count("audit_event", "name = 'record.exported'") == 1
    assert told(house, "alice") == [
        "Somebody at the server’s command line read everything that is kept about you"
    ]
    assert told(house, "bob") == []
    page = house.signed_in("alice").get("/certificates").get_data(as_text=True)
    assert "24 Nov 2026: Somebody at the server’s command line read everything" in page


def test_an_export_that_can_t_go_on_record_prints_nothing(
    house: TestHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    with house.database.write() as session:
        session.execute(
            text(
                "CREATE TRIGGER no_more BEFORE INSERT ON audit_event "
                "BEGIN SELECT RAISE(ABORT, 'full'); END"
            )
        )
    opened = House(house.settings, house.database, house.clock)
    monkeypatch.setattr(people, "open_house", lambda: opened)
    done = click.testing.CliRunner().invoke(people.user, ["export", "E-alice"])
    assert done.exit_code != 0
    assert "Alice Adams" not in done.output


def test_a_link_that_signs_in_as_her_is_on_her_page(
    house: TestHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    command(house, monkeypatch, ["sign-in-link", "E-alice"])
    assert told(house, "alice") == [
        "Somebody at the server’s command line made a sign-in link for you"
    ]


def test_a_print_of_many_slips_is_one_event_and_stands_on_each_of_their_pages(
    house: TestHouse,
) -> None:
    ids = [str(house.id_of(name)) for name in ("alice", "bob")]
    house.post(house.signed_in("olga"), "/program/slips", user=ids)
    assert house.count("audit_event", "name = 'slips.printed'") == 1
    for name, acts in (("alice", 1), ("bob", 1), ("zoe", 0)):
        assert told(house, name) == ["Olga Ortiz printed a sign-in slip for you"] * acts


def test_her_own_slip_is_no_act_of_others(house: TestHouse) -> None:
    house.post(house.signed_in("olga"), "/program/slips", user=str(house.id_of("olga")))
    assert told(house, "olga") == []
