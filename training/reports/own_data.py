"""Everything that is kept about one person, for herself (`byp user export`)."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Table, or_, select
from sqlalchemy.orm import Session

from training.db import Base

SECRET = {"password_hash", "token_hash", "claim", "reach"}  # reach: who else is in a file


def everything_about(session: Session, user_id: int) -> dict[str, list[dict[str, Any]]]:
    """Return every row about a person, by table; nothing that grants anything is in it."""
    tables = Base.metadata.tables
    mine = select(tables["assignment"].c.id).where(tables["assignment"].c.user_id == user_id)
    tries = select(tables["attempt"].c.id).where(tables["attempt"].c.user_id == user_id)
    done = select(tables["completion"].c.id).where(tables["completion"].c.user_id == user_id)
    signed = select(tables["signature"].c.id).where(tables["signature"].c.user_id == user_id)
    there = tables["team_confirmation"].c
    together = select(there.team_session_id).where(there.user_id == user_id)
    found = {}
    for name, table in tables.items():
        columns = table.c
        where: list[ColumnElement[bool]] = []
        if name == "user":
            where.append(columns.id == user_id)
        hers = {"user_id", "lender_id", "borrower_id"} & set(columns.keys())
        where += [columns[whose] == user_id for whose in sorted(hers)]
        if "assignment_id" in columns:
            where.append(columns.assignment_id.in_(mine))
        if "attempt_id" in columns:
            where.append(columns.attempt_id.in_(tries))
        if "completion_id" in columns:
            where.append(columns.completion_id.in_(done))
        if name == "sheet":
            where += [columns.signature_id.in_(signed), columns.team_session_id.in_(together)]
        if name == "audit_event":
            where.append(or_(columns.actor_id == user_id, columns.subject == f"user:{user_id}"))
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
