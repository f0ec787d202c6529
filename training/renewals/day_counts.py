"""How many stand alike on a day, kept beside the table of dates for the days that pages ask.

Derived from `standing_dates` and from nothing else: made whole for a new day, and moved on with
every row that is made again, in the same transaction. A test and `doctor` hold it against the
rows. A page that finds a day not kept counts the rows.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from datetime import date, timedelta
from functools import cache
from typing import Any, cast

from sqlalchemy import (
    Date,
    Select,
    Table,
    and_,
    bindparam,
    delete,
    func,
    insert,
    literal,
    select,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from training.db import Database, core, take_turns
from training.renewals.models import StandingCount, StandingCountDay
from training.renewals.outside import led_outside
from training.renewals.persons import IDS
from training.renewals.standing_sql import LATE_DAYS, PLACE, T, code_of, in_passing, on
from training.rules.days import ONE_DAY, month_ends

MONTHS = 24  # whose ends a trend shows
TURN = "standing dates"  # whoever writes them, or these, has it
A_TIME = 500  # rows of an insert
TRIES = 3
C, D = StandingCount, StandingCountDay
NAMES = ("day", "site_id", "department", "worker_type", "course", "code")
Query = Select[*tuple[Any, ...]]
Changes = Counter[tuple[Any, ...]]


def days_wanted(utc: date) -> list[date]:
    """Return the days that pages may ask for on a day of UTC, and tomorrow."""
    here = [utc + n * ONE_DAY for n in range(-1, 3)]  # no clock on earth is further than a day
    return sorted({*here, *(end for day in here for end in month_ends(day, MONTHS))})


def keep(database: Database, utc: date) -> int:
    """Keep the counts of the days that pages may ask for; return how many days were counted."""
    wanted = days_wanted(utc)
    with database.write() as session:
        if led_outside(session):
            return 0
        take_turns(session, TURN)
        there = dict(session.execute(select(D.day, D.made)).all())
        _let_go(session, there.keys() - {*wanted})
        session.execute(delete(C).where(C.count == 0))
        for day in wanted:
            if day not in there:
                session.add(D(day=day, made=False, moved=0, **_late(day)))
    return sum(_make(database, day) for day in wanted if not there.get(day))


def _make(database: Database, day: date) -> bool:
    """Count everybody on a day; False where rows changed meanwhile, and the next run counts.

    It takes its time, and SQLite has one writer: the counting is done in a reading transaction,
    and what it found is written if no row was made again since.
    """
    for _ in range(TRIES):
        with database.read() as session:
            take_turns(session, TURN)
            at = session.scalar(select(D.moved).where(D.day == day))
            found = list(session.execute(counted(day, [*_late(day).values()])).mappings())
        with database.write() as session:
            take_turns(session, TURN)
            if at is None or at != session.scalar(select(D.moved).where(D.day == day)):
                continue
            session.execute(delete(C).where(C.day == day))
            for start in range(0, len(found), A_TIME):
                some = [dict(row) for row in found[start : start + A_TIME]]
                session.connection().execute(insert(C), some)
            session.execute(update(D).where(D.day == day).values(made=True))
            return True
    return False


def _late(day: date) -> dict[str, date]:
    """Return the last due day of each band of days late."""
    return {f"late_{n}": day - timedelta(days=most) for n, most in enumerate(LATE_DAYS)}


def let_go(session: Session) -> None:
    """Keep no day any more, until the jobs count again."""
    session.execute(delete(C))
    session.execute(delete(D))


def _let_go(session: Session, days: Collection[date]) -> None:
    if days:
        session.execute(delete(C).where(C.day.in_(days)))
        session.execute(delete(D).where(D.day.in_(days)))


def counted(day: date, late: Sequence[date]) -> Query:
    """Return the query of how many stand alike on a day, by the rows of the table of dates."""
    code = code_of(day, late).label("code")
    keys = (*PLACE, code)
    query = select(literal(day, Date).label("day"), *keys, func.count().label("count"))
    return query.where(in_passing(day)).group_by(*keys)


def rows_of(session: Session, ids: Sequence[int]) -> Changes:
    """Return how these people's rows count on every day that is kept."""
    return Counter(
        {tuple(row[:-1]): row[-1] for row in core(session).execute(_of_query(), {"ids": ids})}
    )


@cache
def _of_query() -> Query:
    late = [getattr(D, f"late_{n}") for n, _most in enumerate(LATE_DAYS)]
    day: Any = D.day
    keys = (D.day, *PLACE, code_of(day, late).label("code"))
    return (
        select(*keys, func.count())
        .join(D, on(day))
        .where(T.user_id.in_(IDS), D.made)
        .group_by(*keys)
    )


def move(session: Session, before: Changes, after: Changes) -> None:
    """Let the counts follow rows that were made again."""
    after.subtract(before)
    changes = [{**dict(zip(NAMES, key, strict=True)), "count": n} for key, n in after.items() if n]
    dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    insert_into = dialect.insert(cast("Table", C.__table__))
    added = C.count + insert_into.excluded["count"]
    statement = insert_into.on_conflict_do_update(index_elements=NAMES, set_={"count": added})
    for start in range(0, len(changes), A_TIME):
        session.connection().execute(statement, changes[start : start + A_TIME])
    session.execute(update(D).values(moved=D.moved + 1))


def kept(session: Session, days: Iterable[date]) -> bool:
    """Tell whether the counts of all of these days are kept."""
    wanted = {*days}
    found = core(session).execute(_KEPT, {"days": sorted(wanted)})
    return wanted == {row[0] for row in found}


_KEPT = select(D.day).where(D.made, D.day.in_(bindparam("days", type_=Date, expanding=True)))


def astray(session: Session, most: int | None = None) -> list[date]:
    """Return the days, of so many of the newest, whose counts are not what the rows say."""
    found = []
    for row in session.scalars(select(D).where(D.made).order_by(D.day.desc()).limit(most)).all():
        made = {tuple(one) for one in session.execute(counted(row.day, [*_late(row.day).values()]))}
        there = select(*(getattr(C, name) for name in NAMES), C.count)
        is_there = and_(C.day == row.day, C.count != 0)
        if made != {tuple(one) for one in session.execute(there.where(is_there))}:
            found.append(row.day)
    return found
