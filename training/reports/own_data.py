"""Everything that is kept about one person, for herself (`byp user export`)."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, Table, or_, select
from sqlalchemy.orm import Session

from training.accounts.same_person import records_of
from training.db import Base

SECRET = {"password_hash", "token_hash", "claim", "reach"}  # reach: who else is in a file


def everything_about(session: Session, user_id: int) -> dict[str, list[dict[str, Any]]]:
    """Return every row about a person, by table; nothing that grants anything is in it.

    Of whoever has two records, with the one that went into hers.
    """
    tables, ids = Base.metadata.tables, records_of(session, user_id)

    def rows_of(name: str) -> Select[int]:
        return select(tables[name].c.id).where(tables[name].c.user_id.in_(ids))

    mine, tries, done = rows_of("assignment"), rows_of("attempt"), rows_of("completion")
    signed = rows_of("signature")
    there = tables["team_confirmation"].c
    together = select(there.team_session_id).where(there.user_id.in_(ids))
    through = {
        "assignment_id": mine,
        "attempt_id": tries,
        "completion_id": done,
        "signature_id": signed,
    }
    found = {}
    for name, table in tables.items():
        columns = table.c
        where: list[ColumnElement[bool]] = []
        if name == "user":
            where.append(columns.id.in_(ids))
        hers = {"user_id", "lender_id", "borrower_id", "was_id"} & set(columns.keys())
        where += [columns[whose].in_(ids) for whose in sorted(hers)]
        where += [columns[key].in_(rows) for key, rows in through.items() if key in columns]
        if name == "sheet":
            where.append(columns.team_session_id.in_(together))
        if name == "audit_event":
            subjects = [f"user:{id_}" for id_ in ids]
            where.append(or_(columns.actor_id.in_(ids), columns.subject.in_(subjects)))
        if where:
            found[name] = _rows(session, table, or_(*where))
    return {name: rows for name, rows in found.items() if rows}


def _rows(session: Session, table: Table, where: ColumnElement[bool]) -> list[dict[str, Any]]:
    return [
        {name: _plain(value) for name, value in row.items() if name not in SECRET}
        for row in session.execute(select(table).where(where)).mappings()
    ]


def _plain(value: object) -> object:
    return value.isoformat() if isinstance(value, date | datetime) else value
