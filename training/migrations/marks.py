"""Triggers that note, beside every fact, whose derived dates are to be made again.

They stand in the database so that no way of writing can forget them: `standing_dates` is
believed only of whoever is not named in `standing_stale`. `install_marks` may run again.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import Connection, text

OWN = "{new}.user_id"
BY_CYCLE = "(SELECT a.user_id FROM assignment a WHERE a.id = {new}.assignment_id)"
# table: whose row it is; None stands for everybody (a rule asks all of them)
WHOSE: dict[str, str | None] = {
    "absence": OWN,
    "assignment": OWN,
    "completion": OWN,
    "due_change": BY_CYCLE,
    "help_request": BY_CYCLE,
    "placement": OWN,
    "rule": None,
    "signature": OWN,
    "site": None,
    "void": "(SELECT c.user_id FROM completion c "
    "WHERE {new}.subject_kind = 'completion' AND c.id = {new}.subject_id UNION ALL "
    "SELECT s.user_id FROM signature s "
    "WHERE {new}.subject_kind = 'signature' AND s.id = {new}.subject_id)",
    "waiver": OWN,
}
EVENTS = ("INSERT", "UPDATE")


@dataclass(frozen=True, slots=True)
class Mark:
    """One trigger: after which statement on which table."""

    table: str
    event: str

    @property
    def name(self) -> str:
        """Return the trigger's name."""
        return f"mark_{self.table}_{self.event.lower()}"


NAME_MARK = Mark("user", "UPDATE")


def marks() -> Iterator[Mark]:
    """Return every trigger; a new site has nobody yet."""
    for table in WHOSE:
        for event in EVENTS:
            if (table, event) != ("site", "INSERT"):
                yield Mark(table, event)


def install_marks(connection: Connection) -> None:
    """Install every trigger, in place of an older one of its name."""
    for mark in marks():
        for statement in _statements(connection.dialect.name, mark):
            connection.execute(text(statement))


def install_name_mark(connection: Connection) -> None:
    """Install what counts the changes of names, numbers and addresses (`name_change`)."""
    for statement in _name_statements(connection.dialect.name):
        connection.execute(text(statement))


def missing_marks(connection: Connection) -> tuple[str, ...]:
    """Return the names of triggers that should be there and are not."""
    found = set(connection.execute(text(_FIND[connection.dialect.name])).scalars())
    return tuple(sorted({mark.name for mark in (*marks(), NAME_MARK)} - found))


def remove_marks(connection: Connection) -> None:
    """Take every trigger away."""
    for mark in (*marks(), NAME_MARK):
        on = f' ON "{mark.table}"' if connection.dialect.name == "postgresql" else ""
        connection.execute(text(f"DROP TRIGGER IF EXISTS {mark.name}{on}"))
        if on:
            connection.execute(text(f"DROP FUNCTION IF EXISTS {mark.name}()"))


_FIND = {
    "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger' "
    "AND name LIKE 'mark!_%' ESCAPE '!'",
    "postgresql": "SELECT tgname FROM pg_trigger WHERE tgname LIKE 'mark!_%' ESCAPE '!'",
}


_OF_NAMES = (
    f"CREATE TRIGGER {NAME_MARK.name} AFTER UPDATE OF source, external_id, legal_name, "
    'display_name, romanised_name, email, sign_in_address ON "user"'
)
_COUNT_IT = {
    "sqlite": "BEGIN INSERT INTO name_change (id) VALUES (NULL); END",
    "postgresql": "BEGIN INSERT INTO name_change DEFAULT VALUES; RETURN NULL; END",
}


def _name_statements(dialect: str) -> tuple[str, ...]:
    body, name = _COUNT_IT[dialect], NAME_MARK.name
    if dialect == "sqlite":
        return f"DROP TRIGGER IF EXISTS {name}", f"{_OF_NAMES} {body}"
    head = f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS"
    return (
        f"{head} $$ {body} $$",
        f'DROP TRIGGER IF EXISTS {name} ON "user"',
        f"{_OF_NAMES} FOR EACH STATEMENT EXECUTE FUNCTION {name}()",
    )


def _statements(dialect: str, mark: Mark) -> tuple[str, ...]:
    whose = WHOSE[mark.table]
    if dialect == "sqlite":
        named = f"SELECT {whose.format(new='NEW')} AS id" if whose else 'SELECT id FROM "user"'
        body = _noting(named)
        head = f'CREATE TRIGGER {mark.name} AFTER {mark.event} ON "{mark.table}"'
        return f"DROP TRIGGER IF EXISTS {mark.name}", f"{head} BEGIN {body}; END"
    if whose:
        named = f"SELECT DISTINCT {whose.format(new='n')} AS id FROM new_rows n"  # noqa: S608 - own words
    else:
        named = 'SELECT id FROM "user" WHERE EXISTS (SELECT 1 FROM new_rows)'
    function = (
        f"CREATE OR REPLACE FUNCTION {mark.name}() RETURNS trigger LANGUAGE plpgsql AS $$ "
        f"BEGIN {_noting(named)}; RETURN NULL; END $$"
    )
    trigger = (
        f'CREATE TRIGGER {mark.name} AFTER {mark.event} ON "{mark.table}" '
        f"REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION {mark.name}()"
    )
    return function, f'DROP TRIGGER IF EXISTS {mark.name} ON "{mark.table}"', trigger


def _noting(named: str) -> str:
    head = "INSERT INTO standing_stale (user_id) SELECT f.id FROM"
    return f"{head} ({named}) f WHERE f.id IS NOT NULL"
