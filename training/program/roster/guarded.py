"""Whoever may do more than the one who gives a list: the list does not say where her mail goes.

A sign-in link is mailed, so to change an address is to be able to sign in as its owner.
"""

from dataclasses import replace
from datetime import date

from sqlalchemy import Date, literal, select
from sqlalchemy.orm import Session

from training.accounts.models import User
from training.accounts.reach import Reach, reaches_further
from training.accounts.service import normal_address
from training.program.roster.faults import RowFault
from training.program.roster.known import Believed
from training.program.roster.rows import Parsed, RosterRow
from training.rules.access import Actor

WHAT = "this person may do more here than you, so the mail address stays as it is"
MEND = "whoever runs the app can change it with `byp roster import`"


def keep_addresses(
    session: Session, parsed: Parsed, known: Believed, *, by: Actor, reach: Reach, today: date
) -> bool:
    """Put the known address back where a row would change one that is not its giver's to change.

    Each is told as a warning. Returns whether there was any.
    """
    beyond = set(
        session.scalars(select(User.id).where(reaches_further(by, reach, literal(today, Date))))
    )
    changed = {row.line for row in parsed.rows if _moves(row, known, beyond)}
    parsed.warnings += [RowFault(line, WHAT, MEND) for line in sorted(changed)]
    parsed.rows = [
        replace(row, email=known.people[row.external_id].email) if row.line in changed else row
        for row in parsed.rows
    ]
    return bool(changed)


def _moves(row: RosterRow, known: Believed, beyond: set[int]) -> bool:
    person = known.people.get(row.external_id)
    if person is None or person.user_id not in beyond or row.email is None:
        return False
    return normal_address(row.email) != normal_address(person.email or "")
