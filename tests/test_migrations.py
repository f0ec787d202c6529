"""Migrations: up, down and up again on both databases, the same tables, the guards on."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from tests import stores
from tests.evidence import make_every_fact
from training.db import Database
from training.migrations import runner
from training.migrations.guards import FACTS, install_guards, missing_guards


@pytest.fixture(params=["sqlite", "postgresql"])
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    if request.param == "sqlite":
        database = Database(f"sqlite:///{tmp_path / 'empty.sqlite3'}")
        yield database
        database.dispose()
        return
    with stores.new_postgres() as url:
        database = Database(url)
        yield database
        database.dispose()


def test_up_down_and_up_again_gives_the_models_tables_and_every_guard(empty: Database) -> None:
    runner.upgrade(empty)
    assert runner.current(empty) == runner.newest()
    assert runner.differences(empty) == ()

    runner.downgrade(empty)
    assert runner.current(empty) == ""

    runner.upgrade(empty)
    assert runner.differences(empty) == ()


def test_a_lost_guard_is_told_and_installing_again_mends_it(empty: Database) -> None:
    runner.upgrade(empty)
    on = "" if empty.is_sqlite else " ON completion"
    with empty.writer.begin() as connection:
        connection.execute(text(f"DROP TRIGGER guard_completion_update{on}"))

    assert runner.differences(empty) == ("guard guard_completion_update is missing",)

    with empty.writer.begin() as connection:
        install_guards(connection)
        install_guards(connection)
        assert missing_guards(connection) == ()


def test_migrations_are_numbered_and_have_one_head() -> None:
    folder = Path(runner.__file__).parent / "versions"
    numbers = sorted(path.name[:4] for path in folder.glob("0*.py"))

    assert numbers == [f"{n:04d}" for n in range(1, len(numbers) + 1)]
    assert runner.newest() == numbers[-1]


@pytest.mark.parametrize("table", FACTS)
def test_Q12_facts_can_be_neither_changed_nor_deleted(
    house_with_facts: Database, table: str
) -> None:
    with house_with_facts.read() as session:
        assert session.execute(text(f'SELECT count(*) FROM "{table}"')).scalar_one() > 0
        column = next(iter(session.execute(text(f'SELECT * FROM "{table}" LIMIT 1')).keys()))
    for statement in (
        f'UPDATE "{table}" SET "{column}" = "{column}"',
        f'DELETE FROM "{table}"',
    ):
        with (
            pytest.raises(DBAPIError, match="append-only"),
            house_with_facts.writer.begin() as connection,
        ):
            connection.execute(text(statement))


@pytest.fixture(params=["sqlite", "postgresql"])
def house_with_facts(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """A house where somebody completed and signed, so that every table of facts has a row."""
    with stores.copy_of(request.param, "every fact", make_every_fact, tmp_path) as url:
        database = Database(url)
        yield database
        database.dispose()
