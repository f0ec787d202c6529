"""Triggers that keep facts as they were written, on both databases.

`install_guards` may run again and again; every migration ends with it, and `doctor` and a
test ask `missing_guards` afterwards.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import Connection, text

from training.migrations.marks import install_marks, install_name_mark, remove_marks

# Facts: never updated, never deleted.
FACTS = (
    "audit_event",
    "booster_wish",
    "carried_completion",
    "carried_signature",
    "certificate",
    "completion",
    "content_version",
    "due_change",
    "fact_sign_off",
    "paper_record",
    "placement_note",
    "policy_adoption",
    "prior_training",
    "public_key",
    "roster_import",
    "same_person",
    "sheet",
    "signature",
    "staff_number",
    "team_confirmation",
    "void",
)

# Rows that are believed until they are superseded: only that may be noted on them, once.
DATED = (
    "absence",
    "booster_switch",
    "entity_facts",
    "job_role",
    "placement",
    "role_grant",
    "rule",
    "site_mail",
    "view_loan",
    "waiver",
)

# Rows that become facts: no delete, and no change once the named condition holds.
CLOSING = {
    "assignment": "OLD.closed_at IS NOT NULL",
    "attempt": "OLD.submitted_at IS NOT NULL",
    "booster": "OLD.opened_at IS NOT NULL",
    "team_session": "OLD.ended_at IS NOT NULL",
}

# Rows that never go away, though they may change.
KEPT = (
    "user",
    "entity",
    "site",
    "audit_head",
    "booster_count",
    "content_release",
    "help_request",
)

FINAL_ANSWER = (
    "EXISTS (SELECT 1 FROM attempt WHERE attempt.id = {row}.attempt_id "
    "AND attempt.submitted_at IS NOT NULL)"
)


@dataclass(frozen=True, slots=True)
class Guard:
    """One trigger: on which table, before which statement, when, and what it says."""

    table: str
    event: str
    when: str
    says: str

    @property
    def name(self) -> str:
        """Return the trigger's name."""
        return f"guard_{self.table}_{self.event.lower()}"


def guards(columns: dict[str, tuple[str, ...]]) -> Iterator[Guard]:
    """Return every guard; `columns` names each dated table's columns."""
    for table in FACTS:
        yield Guard(table, "UPDATE", "1 = 1", f"{table} is append-only")
        yield Guard(table, "DELETE", "1 = 1", f"{table} is append-only")
    for table in DATED:
        yield Guard(table, "UPDATE", _changed(columns[table]), f"{table} may only be superseded")
        yield Guard(table, "DELETE", "1 = 1", f"{table} is kept")
    for table, when in CLOSING.items():
        yield Guard(table, "UPDATE", when, f"{table} is final")
        yield Guard(table, "DELETE", "1 = 1", f"{table} is kept")
    for table in KEPT:
        yield Guard(table, "DELETE", "1 = 1", f"{table} is kept")
    for event, row in (("INSERT", "NEW"), ("UPDATE", "NEW"), ("DELETE", "OLD")):
        yield Guard("answer", event, FINAL_ANSWER.format(row=row), "the try is final")


def _changed(columns: tuple[str, ...]) -> str:
    kept = (c for c in columns if c != "superseded_at")
    changes = " OR ".join(f'OLD."{c}" IS DISTINCT FROM NEW."{c}"' for c in kept)
    return f"OLD.superseded_at IS NOT NULL OR NEW.superseded_at IS NULL OR {changes}"


def install_guards(connection: Connection) -> None:
    """Install every guard whose table is there, in place of an older one of its name."""
    tables = _columns(connection)
    for guard in guards({t: tables.get(t, ()) for t in DATED}):
        if guard.table in tables:
            for statement in _statements(connection.dialect.name, guard):
                connection.execute(text(statement))
    if "standing_stale" in tables:
        install_marks(connection)
    if "name_change" in tables:
        install_name_mark(connection)


def missing_guards(connection: Connection) -> tuple[str, ...]:
    """Return the names of guards that should be there and are not."""
    tables = _columns(connection)
    wanted = {g.name for g in guards({t: tables.get(t, ()) for t in DATED}) if g.table in tables}
    found = set(connection.execute(text(_FIND[connection.dialect.name])).scalars())
    return tuple(sorted(wanted - found))


def remove_guards(connection: Connection) -> None:
    """Take every guard and mark away, for a migration that must change what they keep."""
    remove_marks(connection)
    found = connection.execute(text(_FIND[connection.dialect.name])).scalars().all()
    for name in found:
        table = name.removeprefix("guard_").rpartition("_")[0]
        on = f' ON "{table}"' if connection.dialect.name == "postgresql" else ""
        connection.execute(text(f"DROP TRIGGER IF EXISTS {name}{on}"))
        if on:
            connection.execute(text(f"DROP FUNCTION IF EXISTS {name}()"))


_FIND = {
    "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger' "
    "AND name LIKE 'guard!_%' ESCAPE '!'",
    "postgresql": "SELECT tgname FROM pg_trigger WHERE tgname LIKE 'guard!_%' ESCAPE '!'",
}


def _columns(connection: Connection) -> dict[str, tuple[str, ...]]:
    if connection.dialect.name == "sqlite":
        query = (
            "SELECT m.name, p.name FROM sqlite_master m JOIN pragma_table_info(m.name) p "
            "WHERE m.type = 'table'"
        )
    else:
        query = (
            "SELECT table_name, column_name FROM information_schema.columns "
            "WHERE table_schema = current_schema()"
        )
    found: dict[str, tuple[str, ...]] = {}
    for table, column in connection.execute(text(query)):
        found[table] = (*found.get(table, ()), column)
    return found


def _statements(dialect: str, guard: Guard) -> tuple[str, ...]:
    if dialect == "sqlite":
        when = guard.when.replace(" IS DISTINCT FROM ", " IS NOT ")
        head = f'CREATE TRIGGER {guard.name} BEFORE {guard.event} ON "{guard.table}"'
        body = f"WHEN {when} BEGIN SELECT RAISE(ABORT, '{guard.says}'); END"
        return f"DROP TRIGGER IF EXISTS {guard.name}", f"{head} {body}"
    result = "OLD" if guard.event == "DELETE" else "NEW"
    function = (
        f"CREATE OR REPLACE FUNCTION {guard.name}() RETURNS trigger LANGUAGE plpgsql AS $$ "
        f"BEGIN IF {guard.when} THEN RAISE EXCEPTION '{guard.says}' "
        f"USING ERRCODE = 'integrity_constraint_violation'; END IF; RETURN {result}; END $$"
    )
    trigger = (
        f'CREATE TRIGGER {guard.name} BEFORE {guard.event} ON "{guard.table}" '
        f"FOR EACH ROW EXECUTE FUNCTION {guard.name}()"
    )
    return function, f'DROP TRIGGER IF EXISTS {guard.name} ON "{guard.table}"', trigger
