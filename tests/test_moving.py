"""B08: a house that has outgrown its SQLite file moves to PostgreSQL, whole or not at all."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Table

from tests import stores
from tests.house import TestHouse
from tests.reports.chronicle import Chronicle
from tests.terminal import byp
from training import audit, moving
from training.db import Database
from training.migrations import runner
from training.moving import MoveRefused, move

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def target() -> Iterator[Database]:
    """An empty PostgreSQL database."""
    with stores.new_postgres() as url:
        database = Database(url, before_commit=(audit.append_pending,))
        yield database
        database.dispose()


@pytest.fixture
def lived_in(house: TestHouse) -> TestHouse:
    """A house with every kind of row that people leave behind."""
    house.train("alice")
    alice = house.signed_in("alice")
    cycle = house.open_cycle("bob")
    bob = house.signed_in("bob")
    house.begin(bob, cycle)
    house.take_steps(bob, cycle, house.slugs(cycle)[0])
    house.start_quiz(bob, cycle, house.slugs(cycle)[0])
    alice.get("/certificates")
    with house.database.write() as session:
        Chronicle(session, 11).go_on(60)
    return house


def there(lived_in: TestHouse, target: Database) -> TestHouse:
    """Return the house as it is after the move."""
    url = target.url.render_as_string(hide_password=False)
    settings = lived_in.settings.model_copy(update={"database_url": url})
    return TestHouse(settings, lived_in.clock)


def test_B08_every_row_arrives_as_it_was_and_the_log_goes_on(
    lived_in: TestHouse, target: Database
) -> None:
    before = lived_in.dump()
    counts = move(lived_in.database, target, lived_in.clock.now())
    assert lived_in.dump() == before  # the file stays as it is
    assert {name for name, count in counts.items() if count} >= {
        "answer", "assignment", "attempt", "audit_event", "certificate", "completion", "placement",
        "site", "user",
    }  # fmt: skip
    assert runner.differences(target) == ()
    moved = there(lived_in, target)
    after = moved.dump()
    for table in before.keys() - {"audit_event", "audit_head"}:
        assert sorted(map(repr, after[table])) == sorted(map(repr, before[table])), table
    assert len(after["audit_event"]) == len(before["audit_event"]) + 1
    with target.read() as session:
        events, breaks = audit.verify_chain(session)
    assert (events, breaks) == (len(after["audit_event"]), ())
    moved.close()


def test_B08_people_go_on_there(lived_in: TestHouse, target: Database) -> None:
    move(lived_in.database, target, lived_in.clock.now())
    moved = there(lived_in, target)
    moved.train("max")
    assert moved.count("certificate") == 2
    moved.close()


def test_B08_what_does_not_arrive_whole_is_not_kept(
    lived_in: TestHouse, target: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy = moving._copy

    def forgetful(old: object, connection: object, table: Table) -> int:
        count = copy(old, connection, table)  # type: ignore[arg-type]
        if table.name == "completion":
            connection.exec_driver_sql(  # type: ignore[attr-defined]
                "UPDATE completion SET zone = 'UTC' WHERE id = (SELECT max(id) FROM completion)"
            )
        return count

    monkeypatch.setattr(moving, "_copy", forgetful)
    with pytest.raises(MoveRefused, match="a row of completion did not arrive"):
        move(lived_in.database, target, lived_in.clock.now())
    assert runner.differences(target) == ()
    monkeypatch.undo()
    move(lived_in.database, target, lived_in.clock.now())  # once more, into what it left


def test_a_database_with_people_in_it_is_refused(lived_in: TestHouse, target: Database) -> None:
    move(lived_in.database, target, lived_in.clock.now())
    with pytest.raises(MoveRefused, match="people are in that database already"):
        move(lived_in.database, target, lived_in.clock.now())


def test_a_house_moves_to_postgresql_alone(house: TestHouse, tmp_path: Path) -> None:
    told = byp(house, "db", "move", f"sqlite:///{tmp_path / 'other.sqlite3'}")
    assert told.returncode == 1
    assert "from a SQLite file to PostgreSQL" in told.stderr


def test_while_the_app_runs_nothing_moves(house: TestHouse, target: Database) -> None:
    from tests.test_backups import served

    assert house.database.file
    house.database.dispose()
    with served(house.database.file), pytest.raises(MoveRefused, match="is in use: stop"):
        move(house.database, target, house.clock.now())


def test_the_command_says_what_it_moved_and_what_to_do(house: TestHouse, target: Database) -> None:
    house.database.dispose()
    url = target.url.render_as_string(hide_password=False)
    told = byp(house, "db", "move", url)
    assert told.returncode == 0, told.stderr
    assert "each as it was" in told.stdout
    assert "DATABASE_URL" in told.stdout


@pytest.mark.parametrize("url", ["nonsense", "mysql://user:secret@host/name"])
def test_what_is_no_address_of_a_database_is_told_without_its_password(
    house: TestHouse, url: str
) -> None:
    told = byp(house, "db", "move", url)
    assert told.returncode == 1
    assert "that is no address of a database" in told.stderr
    assert "secret" not in told.stderr
