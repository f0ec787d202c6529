"""She is on another staff list now: her record takes the list and the number there.

It goes on as it was: nobody is added, nobody ends, and no day moves. What she had before stays on
record, and finds her.
"""

from sqlalchemy import select
from sqlalchemy.orm import Session

from training.accounts.models import StaffNumber, User
from training.accounts.numbers import BY_HAND, list_words, whose_it_was
from training.db import take_turns
from training.program.acts import By, NotDone, note
from training.program.roster.sources import as_spelt_before
from training.program.roster.values import BadValue, clean, is_spoiled_number


class OnRecord(Exception):
    """Somebody has this number already: two records, and perhaps one person."""

    def __init__(self, user: User) -> None:
        super().__init__(f"user {user.id}")
        self.user = user


def place_on(session: Session, user_id: int, source: str, number: str, *, by: By) -> None:
    """Let a record be of another list from now on, under the number that it has there.

    Raises NotDone with what is wrong, and OnRecord where the number is somebody's already.
    """
    take_turns(session, "roster")  # a list that comes meanwhile would make her a second time
    user = session.get_one(User, user_id)
    source, number = _list(session, source), _number(number)
    if (user.source, user.external_id) == (source, number):
        raise NotDone("number", "That is the number on this list already.")
    other = session.scalar(select(User).where(User.source == source, User.external_id == number))
    if other is not None:
        raise OnRecord(other)
    _check_not_given_up(session, user, source, number)
    before = StaffNumber(
        user_id=user_id,
        source=user.source,
        external_id=user.external_id,
        recorded_by_id=by.user_id,
        until_at=by.now,
    )
    session.add(before)
    user.source, user.external_id = source, number
    note(session, by, "number.changed", user_id, source=source, before=before.source)


def _list(session: Session, given: str) -> str:
    source = as_spelt_before(session, given)
    if not source:
        raise NotDone("source", "Say which list it is, such as hr.")
    if source.casefold().replace(" ", "_") == BY_HAND:
        raise NotDone("source", "Whoever was added by hand is on no list: name the list.")
    return source


def _number(given: str) -> str:
    """Return a staff number as a list would give it."""
    try:
        number = clean(given)
    except BadValue as bad:
        raise NotDone("number", f"The staff number: {bad}; {bad.mend}.") from None
    if not number:
        raise NotDone("number", "Enter the staff number on that list.")
    if is_spoiled_number(number):
        what = "A spreadsheet has spoiled this number: enter it as the list has it."
        raise NotDone("number", what)
    return number


def _check_not_given_up(session: Session, user: User, source: str, number: str) -> None:
    """Refuse a number that another record had before: a list that still has it means that one."""
    had = whose_it_was(session, source, number)
    if had is not None and had.id != user.id:
        now = f"{list_words(had.source)} {had.external_id}"
        raise NotDone("number", f"{had.name} had this number and is {now} now: use that one.")
