"""A manager's view, lent to one person for a span of days, and back by itself."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Date, Select, bindparam, exists, select
from sqlalchemy.orm import Session, aliased

from training import audit
from training.accounts.models import Placement, User, ViewLoan
from training.accounts.people import Place, find_by_reference, placed, shown_name
from training.db import UtcDateTime, core, take_turns

LONGEST = timedelta(days=180)
FURTHEST = timedelta(days=366)  # ahead of today
ONE_DAY = timedelta(days=1)


class NotLent(Exception):
    """The view can't be lent like this: which field, and why."""

    def __init__(self, field: str, why: str) -> None:
        super().__init__(why)
        self.field = field
        self.why = why


@dataclass(frozen=True, slots=True)
class Loan:
    """One loan as pages show it: the other person's name, and its days."""

    id: int
    name: str
    from_on: date
    to_on: date


def lent_now(
    now: datetime | ColumnElement[datetime], day: date | ColumnElement[date]
) -> ColumnElement[bool]:
    """Return the condition that a loan is in force: not taken back, and both work here."""
    lender, borrower = aliased(Placement), aliased(Placement)
    return (
        ViewLoan.superseded_at.is_(None)
        & (ViewLoan.begins_at <= now)
        & (ViewLoan.ends_at > now)
        & exists().where(lender.user_id == ViewLoan.lender_id, placed(day, lender))
        & exists().where(borrower.user_id == ViewLoan.borrower_id, placed(day, borrower))
    )


def lend(
    session: Session,
    lender: Place,
    reference: str,
    from_on: date,
    to_on: date,
    *,
    now: datetime,
) -> Loan:
    """Lend the view to whoever has this staff number or mail address. Raises NotLent.

    What is lent is what the lender sees as a manager herself: nothing that was lent to her.
    """
    take_turns(session, "view_loan")
    lender_id = lender.user_id or 0
    _check_days(lender.today(now), from_on, to_on)
    zone = ZoneInfo(lender.zone)
    begins_at = max(now, datetime.combine(from_on, time.min, zone))
    ends_at = datetime.combine(to_on + ONE_DAY, time.min, zone)
    _check_free(session, lender_id, begins_at, ends_at)
    borrower = _borrower(session, lender_id, reference, now)
    row = ViewLoan(
        lender_id=lender_id,
        borrower_id=borrower.id,
        from_on=from_on,
        to_on=to_on,
        begins_at=begins_at,
        ends_at=ends_at,
        recorded_at=now,
    )
    session.add(row)
    session.flush()
    audit.record(
        session,
        "view.lent",
        at=now,
        actor_id=lender_id,
        subject=f"user:{borrower.id}",
        detail={"from_on": from_on.isoformat(), "to_on": to_on.isoformat()},
    )
    return Loan(row.id, borrower.name, from_on, to_on)


def _check_days(today: date, from_on: date, to_on: date) -> None:
    if from_on < today:
        raise NotLent("from_on", "The first day can't be past.")
    if from_on > today + FURTHEST:
        raise NotLent("from_on", "Choose a first day within a year from today.")
    if to_on < from_on:
        raise NotLent("to_on", "The last day is before the first.")
    if to_on - from_on > LONGEST:
        raise NotLent("to_on", f"Lend it for {LONGEST.days} days at most; lend it again then.")


def _check_free(session: Session, lender_id: int, begins_at: datetime, ends_at: datetime) -> None:
    """Refuse a second borrower at any moment. The caller holds the turn."""
    meets = exists().where(
        ViewLoan.lender_id == lender_id,
        ViewLoan.superseded_at.is_(None),
        ViewLoan.begins_at < ends_at,
        ViewLoan.ends_at > begins_at,
    )
    if session.scalar(select(meets)):
        raise NotLent("from_on", "It is lent on some of these days already: take that back first.")


def _borrower(session: Session, lender_id: int, reference: str, now: datetime) -> User:
    found = find_by_reference(session, reference.strip())
    here = found is not None and session.scalar(
        select(exists().where(Placement.user_id == found.id, placed(now.date())))
    )
    if found is None or not here:
        raise NotLent("to", "Nobody who works here has this staff number or mail address.")
    if found.id == lender_id:
        raise NotLent("to", "That is you: name the person who steps in for you.")
    return found


def take_back(session: Session, lender_id: int, loan_id: int, today: date, now: datetime) -> bool:
    """End a loan at once; a later one never begins. False if there is none of hers."""
    row = session.get(ViewLoan, loan_id)
    if row is None or row.lender_id != lender_id or row.superseded_at is not None:
        return False
    row.superseded_at = now
    session.flush()
    if row.begins_at < now:
        session.add(
            ViewLoan(
                lender_id=lender_id,
                borrower_id=row.borrower_id,
                from_on=row.from_on,
                to_on=max(row.from_on, min(row.to_on, today)),
                begins_at=row.begins_at,
                ends_at=min(row.ends_at, now),
                recorded_at=now,
            )
        )
    audit.record(
        session, "view.taken_back", at=now, actor_id=lender_id, subject=f"user:{row.borrower_id}"
    )
    return True


def lent_by(session: Session, lender_id: int, now: datetime) -> list[Loan]:
    """Return what this manager has lent and is not over yet, the next to begin first."""
    query = (
        select(ViewLoan, User)
        .join(User, User.id == ViewLoan.borrower_id)
        .where(
            ViewLoan.lender_id == lender_id,
            ViewLoan.superseded_at.is_(None),
            ViewLoan.ends_at > now,
        )
        .order_by(ViewLoan.from_on, ViewLoan.id)
    )
    return [Loan(row.id, user.name, row.from_on, row.to_on) for row, user in session.execute(query)]


def lent_to(session: Session, borrower_id: int, now: datetime) -> dict[int, Loan]:
    """Return the views that somebody was lent and has now, by the lender's id."""
    values = {"borrower": borrower_id, "today": now.date(), "now": now}
    rows = core(session).execute(_lent_to_query(), values)
    return {lender_id: Loan(*loan) for lender_id, *loan in rows}


@cache
def _lent_to_query() -> Select[*tuple[Any, ...]]:
    today, now = bindparam("today", type_=Date), bindparam("now", type_=UtcDateTime)
    name = shown_name()
    return (
        select(ViewLoan.lender_id, ViewLoan.id, name, ViewLoan.from_on, ViewLoan.to_on)
        .join(User, User.id == ViewLoan.lender_id)
        .where(ViewLoan.borrower_id == bindparam("borrower"), lent_now(now, today))
        .order_by(ViewLoan.id)
    )
