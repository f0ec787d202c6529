"""Migrations: up, down and up again on both databases, the same tables, the guards on."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import event, inspect, text
from sqlalchemy.exc import DBAPIError

from tests import stores
from tests.evidence import make_every_fact
from training.db import Base, Database
from training.migrations import runner
from training.migrations.guards import DATED, FACTS, guards, install_guards, missing_guards


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


KEPT_FOR_GOOD = {  # by hand: whoever takes a table off the lists must take it off here too
    *("absence", "assignment", "attempt", "audit_event", "audit_head", "booster"),
    *("booster_count", "booster_switch", "booster_wish", "certificate", "completion"),
    *("carried_completion", "carried_signature", "same_person"),
    *("content_release", "content_version", "due_change", "entity", "entity_facts"),
    *("fact_sign_off", "help_request", "job_role", "paper_record"),
    *("placement", "placement_note"),
    *("policy_adoption", "prior_training", "public_key", "role_grant", "roster_import", "rule"),
    *("sheet", "signature", "site", "site_mail", "staff_number"),
    *("team_confirmation", "team_session", "user", "view_loan"),
    *("void", "waiver"),
}


def test_E09_no_row_of_evidence_can_be_deleted_and_none_goes_with_another(
    house_with_facts: Database,
) -> None:
    refused = set()
    for table in KEPT_FOR_GOOD:
        with house_with_facts.read() as session:
            if session.execute(text(f'SELECT count(*) FROM "{table}"')).scalar_one() == 0:
                continue
        with (
            pytest.raises(DBAPIError, match=r"append-only|is kept"),
            house_with_facts.writer.begin() as connection,
        ):
            connection.execute(text(f'DELETE FROM "{table}"'))
        refused.add(table)
    assert {"user", "placement", "assignment", "attempt", "role_grant", "rule"} <= refused
    assert {guard.table for guard in guards(no_columns()) if guard.event == "DELETE"} == (
        KEPT_FOR_GOOD | {"answer"}
    )
    keys = [key for table in Base.metadata.tables.values() for key in table.foreign_keys]
    assert [str(key.parent) for key in keys if key.ondelete] == []


def no_columns() -> dict[str, tuple[str, ...]]:
    return dict.fromkeys(DATED, ("id",))


def test_E01_a_row_that_was_believed_may_be_superseded_once_and_never_reworded(
    house_with_facts: Database,
) -> None:
    def change(what: str) -> None:
        with house_with_facts.writer.begin() as connection:
            first = "(SELECT min(id) FROM placement WHERE kind = 'placed')"
            connection.execute(text(f"UPDATE placement SET {what} WHERE id = {first}"))

    for reworded in ("department = 'Elsewhere'", "from_on = '2020-01-01'", "user_id = user_id"):
        with pytest.raises(DBAPIError, match="may only be superseded"):
            change(reworded)
    change("superseded_at = '2026-11-24 12:00:00'")
    for again in ("superseded_at = NULL", "superseded_at = '2026-11-25 12:00:00'"):
        with pytest.raises(DBAPIError, match="may only be superseded"):
            change(again)


def test_E10_a_person_is_a_name_a_number_and_a_work_address_and_nothing_more() -> None:
    """What HIPAA's own minimum asks of us too: a new column here wants a reason in this list."""
    columns = {column.name for column in Base.metadata.tables["user"].columns}
    assert columns == {
        *("id", "source", "external_id", "legal_name", "display_name", "romanised_name"),
        *("email", "sign_in_address", "locale", "password_hash", "created_at"),
    }


def test_Q14_no_certificate_without_a_completion_and_no_second_completion(
    house_with_facts: Database,
) -> None:
    for table, changes in (
        ("certificate", {"completion_id": "999999"}),
        ("completion", {}),
        ("completion", {"assignment_id": "999999"}),
    ):
        columns = [c.name for c in Base.metadata.tables[table].columns if c.name != "id"]
        values = ", ".join(changes.get(name, f'"{name}"') for name in columns)
        names = ", ".join(f'"{name}"' for name in columns)
        one = f'SELECT {values} FROM "{table}" LIMIT 1'
        if table == "certificate":
            one = one.replace('"serial"', "'00000-other'")
        with pytest.raises(DBAPIError), house_with_facts.writer.begin() as connection:
            connection.execute(text(f'INSERT INTO "{table}" ({names}) {one}'))


@pytest.mark.parametrize("at", [0, 120, 240])
def test_B06_a_migration_that_dies_at_any_statement_leaves_nothing_of_itself(
    tmp_path: Path, at: int
) -> None:
    new = Database(f"sqlite:///{tmp_path / 'new.sqlite3'}")
    seen = [0]

    def die(*_statement: object) -> None:
        seen[0] += 1
        if seen[0] == at + 20:
            raise RuntimeError("killed")

    event.listen(new.writer, "before_cursor_execute", die)
    with pytest.raises(RuntimeError, match="killed"):
        runner.upgrade(new)
    event.remove(new.writer, "before_cursor_execute", die)

    with new.reader.connect() as connection:
        assert inspect(connection).get_table_names() == []
    new.dispose()
