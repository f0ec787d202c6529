"""Lists and staff numbers that people had before: found by them, shown, and never given up."""

from collections import defaultdict
from collections.abc import Callable, Collection, Sequence

from sqlalchemy import ColumnElement, select, union_all
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased

from training.accounts.models import SamePerson, StaffNumber, User

BY_HAND = "by_hand"
Like = Callable[[ColumnElement[str] | InstrumentedAttribute[str]], ColumnElement[bool]]


def list_words(source: str) -> str:
    """Return the name of a list as a page says it."""
    return "by hand" if source == BY_HAND else source


def numbers_before(session: Session, user_id: int) -> Sequence[StaffNumber]:
    """Return what somebody's lists and numbers were before, the oldest first."""
    query = select(StaffNumber).where(StaffNumber.user_id == user_id)
    return session.scalars(query.order_by(StaffNumber.id)).all()


def earlier_numbers(session: Session, numbers: Collection[str]) -> dict[int, set[str]]:
    """Return who had any of these numbers before, and which of them."""
    found = defaultdict[int, set[str]](set)
    query = select(StaffNumber.user_id, StaffNumber.external_id)
    for user_id, number in session.execute(query.where(StaffNumber.external_id.in_(numbers))):
        found[user_id].add(number)
    return found


def who_has_or_had(
    session: Session, numbers: Collection[str]
) -> dict[tuple[str, str], tuple[int, bool]]:
    """Return by list and number whose these numbers are, and that it is so now.

    Of a number that nobody on its list has now: who had it last.
    """
    had = select(StaffNumber.source, StaffNumber.external_id, StaffNumber.user_id)
    has = select(User.source, User.external_id, User.id)
    before = session.execute(
        had.where(StaffNumber.external_id.in_(numbers)).order_by(StaffNumber.id)
    )
    now = session.execute(has.where(User.external_id.in_(numbers)))
    found = {(source, number): (user_id, False) for source, number, user_id in before}
    return found | {(source, number): (user_id, True) for source, number, user_id in now}


def all_numbers_before(session: Session) -> dict[int, str]:
    """Return everybody's earlier numbers as one cell of a file: `hr 12; by hand X-1A2B3C`.

    Those of a record that went into hers are among them.
    """
    found = defaultdict[int, list[str]](list)
    rows = select(StaffNumber.user_id, StaffNumber.source, StaffNumber.external_id)
    for user_id, source, number in session.execute(rows.order_by(StaffNumber.id)):
        found[user_id].append(f"{list_words(source)} {number}")
    into = select(SamePerson.user_id, User.source, User.external_id)
    for user_id, source, number in session.execute(
        into.join(User, User.id == SamePerson.was_id).order_by(User.id)
    ):
        found[user_id].append(f"{list_words(source)} {number}")
    return {user_id: "; ".join(told) for user_id, told in found.items()}


def had_number(like: Like) -> ColumnElement[bool]:
    """Return the condition that somebody had such a number once; the few are read once.

    Or that a record which went into hers has it. The number of each such record is looked up by
    its id: joined with it, SQLite would look through the number of everybody first.
    """
    was = aliased(User)
    number = select(was.external_id).where(was.id == SamePerson.was_id).scalar_subquery()
    before = select(StaffNumber.user_id).where(like(StaffNumber.external_id))
    return User.id.in_(union_all(before, select(SamePerson.user_id).where(like(number))))


def whose_it_was(session: Session, source: str, number: str) -> User | None:
    """Return who had a number on a list last, and has another one since."""
    query = (
        select(User)
        .join(StaffNumber, StaffNumber.user_id == User.id)
        .where(StaffNumber.source == source, StaffNumber.external_id == number)
        .order_by(StaffNumber.id.desc())
        .limit(1)
    )
    return session.scalar(query)
