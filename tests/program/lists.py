"""Staff lists for tests, and what is believed after they were taken."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from sqlalchemy import select

from tests.house import TestHouse
from training.accounts.models import Placement, User
from training.assignments.models import Absence
from training.program.roster import Plan, Refused

HEAD = "id,name,email,dept,manager id,site,hire date,end date,status"
ANN = "1,Ann Ames,ann@x.example,ICU,,Main Street,2026-03-02,,active"
BO = "2,Bo Bay,bo@x.example,ICU,1,Main Street,2026-04-06,,active"
CY = "3,Cy Cole,cy@x.example,ICU,2,Main Street,2026-05-04,,active"
MARCH, APRIL = date(2026, 3, 2), date(2026, 4, 6)

Take = Callable[..., Plan]


def listed(*rows: str, head: str = HEAD) -> bytes:
    return "\n".join([head, *rows, ""]).encode()


def refused(take: Take, data: bytes, **asked: Any) -> list[str]:
    with pytest.raises(Refused) as found:
        take(data, **asked)
    return [str(fault) for fault in found.value.faults]


def facts_of(house: TestHouse) -> dict[str, Any]:
    """Return every row of every table, but for what is only remembered of the last list."""
    return {name: rows for name, rows in house.dump().items() if name != "roster_memory"}


def rows_of(house: TestHouse, external_id: str) -> list[tuple[Any, ...]]:
    """Return what is believed of somebody: kind, from, hired, department."""
    query = (
        select(Placement.kind, Placement.from_on, Placement.hired_on, Placement.department)
        .join(User, User.id == Placement.user_id)
        .where(User.external_id == external_id, Placement.superseded_at.is_(None))
        .order_by(Placement.from_on)
    )
    with house.database.read() as session:
        return [tuple(row) for row in session.execute(query)]


def last_of(house: TestHouse, external_id: str) -> tuple[Any, ...]:
    return tuple(rows_of(house, external_id)[-1][:2])


def manager_of(house: TestHouse, external_id: str) -> int | None:
    query = (
        select(Placement.manager_id)
        .join(User, User.id == Placement.user_id)
        .where(User.external_id == external_id, Placement.superseded_at.is_(None))
        .order_by(Placement.from_on.desc())
    )
    with house.database.read() as session:
        return session.scalars(query).first()


def sign_ins(house: TestHouse) -> dict[str, str | None]:
    query = select(User.external_id, User.sign_in_address).where(User.source == "school")
    with house.database.read() as session:
        return {row.external_id: row.sign_in_address for row in session.execute(query)}


def away(house: TestHouse) -> list[tuple[Any, ...]]:
    query = select(Absence.from_on, Absence.to_on).where(Absence.superseded_at.is_(None))
    with house.database.read() as session:
        return [tuple(row) for row in session.execute(query)]
