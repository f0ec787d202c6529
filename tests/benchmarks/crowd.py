"""A large house, written by bulk inserts: people, places of work, cycles, completions.

Everybody has finished once but every fifth, who has an open cycle; one in a hundred is due for
the next. A manager has sixty reports; the size of the house is the one thing that differs.
"""

import json
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlalchemy import Table, delete, func, insert, select, text
from sqlalchemy.orm import Session

from training.accounts.models import Placement, Site, User
from training.assignments.models import Assignment, Rule
from training.db import Database
from training.learning.models import Completion
from training.renewals import dates, day_counts
from training.renewals.models import StandingDates, StandingStale

CHUNK = 5_000
TEAM = 60
DEPARTMENTS = 40
BLOCK = 61 * 200  # people whose dates are worked out; the others are these again, under other ids
COURSE = "onboarding"
DAY = timedelta(days=1)
Values = dict[str, Any]


def fill(database: Database, count: int, now: datetime) -> int:
    """Add so many people with their training and their dates; return the id before the first."""
    today = now.date()
    with database.read() as session:
        base = session.scalar(select(func.max(User.id))) or 0
        sites = list(session.scalars(select(Site.id).order_by(Site.id)))
        rule = session.scalars(select(Rule.id).order_by(Rule.id)).first() or 1
        cycles = session.scalar(select(func.max(Assignment.id))) or 0
    rows: list[tuple[Any, Callable[[int], Values]]] = [
        (User, lambda n: _user(base + n, now)),
        (Placement, lambda n: _placement(base, n, sites, today)),
        (Assignment, lambda n: _cycle(base, cycles, n, rule, today)),
        (Completion, lambda n: _completion(base, cycles, n, today)),
    ]
    first = min(BLOCK, count)
    for model, row in rows:
        for start in range(1, first + 1, CHUNK):
            made = [row(n) for n in range(start, min(start + CHUNK, first + 1))]
            with database.write() as session:
                _add(session, model, [values for values in made if values])
    dates.refresh_all(database)
    for shift in range(BLOCK, count, BLOCK):
        _copy_block(database, base, shift, min(BLOCK, count - shift))
    day_counts.keep(database, today)
    _settle(database)
    return base


def _copy_block(database: Database, base: int, shift: int, many: int) -> None:
    """Write the first people again under other ids, in the database."""
    whose = f"BETWEEN {base + 1} AND {base + many}"
    with database.write() as session:
        for table in (User, Placement, Assignment, Completion, StandingDates):
            key = "id" if table is User else "user_id"
            names = [c.name for c in table.__table__.columns if c.name not in OWN_IDS[table]]
            values = [_shifted(table, name, shift) for name in names]
            into = ", ".join(f'"{name}"' for name in names)
            session.execute(
                text(
                    f'INSERT INTO "{table.__tablename__}" ({into}) SELECT {", ".join(values)} '
                    f'FROM "{table.__tablename__}" WHERE {key} {whose}'
                )
            )
        session.execute(delete(StandingStale))


OWN_IDS: dict[Any, set[str]] = {
    User: set(),
    Placement: {"id"},
    Assignment: set(),
    Completion: {"id"},
    StandingDates: set(),
}


def _shifted(table: Any, name: str, shift: int) -> str:
    if name in {"user_id", "manager_id", "assignment_id"} or name == "id":
        return f"{name} + {shift}"
    if table is User and name == "external_id":
        return f"'B' || (id + {shift})"
    if table is User and name == "legal_name":
        return f"'Person ' || (id + {shift}) || ' Bench'"
    return f'"{name}"'


def _settle(database: Database) -> None:
    """Let the planner know the tables, and new rows get ids of their own."""
    with database.writer.begin() as connection:
        if not database.is_sqlite:
            for table in ("user", "assignment"):
                connection.exec_driver_sql(
                    f"SELECT setval(pg_get_serial_sequence('\"{table}\"', 'id'), "
                    f'(SELECT max(id) FROM "{table}"))'
                )
    free = database.writer.execution_options(isolation_level="AUTOCOMMIT")
    with free.connect() as connection:  # as autovacuum would have done by the next morning
        connection.exec_driver_sql("ANALYZE" if database.is_sqlite else "VACUUM ANALYZE")


def _add(session: Session, model: Any, rows: list[Values]) -> None:
    table = model.__table__
    assert isinstance(table, Table)
    if rows:
        session.connection().execute(insert(table), rows)


def manager_of(base: int, n: int) -> int | None:
    """Return who manages the nth: the first of each sixty-one, who has no manager of her own."""
    first = base + (n - 1) // (TEAM + 1) * (TEAM + 1) + 1
    return None if first == base + n else first


def hired_on(n: int, today: date) -> date:
    return today - (500 + n * 37 % 600) * DAY


def _user(id_: int, now: datetime) -> Values:
    return {
        "id": id_,
        "source": "bench",
        "external_id": f"B{id_}",
        "legal_name": f"Person {id_} Bench",
        "locale": "en",
        "created_at": now - 1200 * DAY,
    }


def _placement(base: int, n: int, sites: list[int], today: date) -> Values:
    day = hired_on(n, today)
    return {
        "user_id": base + n,
        "job": 1,
        "kind": "placed",
        "from_on": day,
        "site_id": sites[n % len(sites)],
        "department": f"Department {n % DEPARTMENTS}",
        "job_title": "",
        "worker_type": "employee",
        "manager_id": manager_of(base, n),
        "is_primary": True,
        "hired_on": day,
        "phi_access_on": day if n % 3 else None,
        "recorded_at": _at(day),
    }


def _cycle(base: int, cycles: int, n: int, rule: int, today: date) -> Values:
    done = completed_on(n, today)
    assigned = done - 10 * DAY if done else today - (n * 13 % 80) * DAY
    return {
        "id": cycles + n,
        "user_id": base + n,
        "course": COURSE,
        "path": COURSE,
        "rule_id": rule,
        "reason": "new_hire",
        "assigned_on": assigned,
        "opens_on": assigned,
        "due_on": assigned + 30 * DAY,
        "recorded_at": _at(assigned),
        "closed_at": _at(done) if done else None,
        "closed_reason": "completed" if done else None,
    }


def completed_on(n: int, today: date) -> date | None:
    """Return when the nth finished: one in a hundred 310 days ago, so that a refresher opens."""
    if n % 5 == 0:
        return None
    return today - (310 if n % 100 == 1 else n * 11 % 290) * DAY


def _completion(base: int, cycles: int, n: int, today: date) -> Values:
    done = completed_on(n, today)
    if done is None:
        return {}
    return {
        "assignment_id": cycles + n,
        "user_id": base + n,
        "course": COURSE,
        "completed_on": done,
        "completed_at": _at(done),
        "zone": "America/Chicago",
        "expires_on": done + 365 * DAY,
        "grace_days": 0,
        "correct": 6,
        "total": 6,
        "digests": json.dumps({"course": "d" * 64, "modules": {}}),
        "method": "password",
        "shared_device": False,
        "recorded_at": _at(done),
    }


def _at(day: date) -> datetime:
    return datetime.combine(day, time(12), UTC)


def roster(count: int, today: date) -> bytes:
    """Return a staff list of so many people, as an HR system exports it."""
    return "".join(_lines(count, today)).encode()


def _lines(count: int, today: date) -> Iterator[str]:
    yield "employee_id,legal_name,email,department,job_title,manager_id,site,hire_date\r\n"
    for n in range(1, count + 1):
        boss = manager_of(0, n)
        yield (
            f"R{n:08},Person {n} Roster,r{n}@clinic.example,Department {n % DEPARTMENTS},Nurse,"
            f"{f'R{boss:08}' if boss else ''},Main Street,{hired_on(n, today).isoformat()}\r\n"
        )
