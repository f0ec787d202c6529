"""People added by name, for a practice that has no list of its own: one a line."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from training.accounts.days import Today
from training.accounts.hiring import add_by_hand
from training.accounts.models import Placement, Site, User
from training.accounts.people import placed
from training.accounts.service import normal_address
from training.program.roster import values
from training.program.roster.faults import RowFault
from training.program.roster.values import BadValue
from training.renewals.soon import renew_soon

MOST = 200  # people at a time: whoever has more has a list of them somewhere
_PARTS = re.compile(r"[,;\t]")
_IN_ANGLES = re.compile(r"<\s*([^<>]+?)\s*>")


@dataclass(frozen=True, slots=True)
class Named:
    """One person as her line says: a name, and perhaps a mail address and a job title."""

    line: int
    name: str
    email: str | None
    job_title: str


@dataclass(frozen=True, slots=True)
class Names:
    """Who would be added, who is here already, and what is wrong with which line."""

    new: tuple[Named, ...]
    here: tuple[Named, ...]
    faults: tuple[RowFault, ...]


def read_names(text: str) -> tuple[list[Named], list[RowFault]]:
    """Return the people of a text, one a line, with every fault in it.

    A line is a name, then a mail address and a job title where there are any, in either order,
    with commas, semicolons or tabs between; `Name <mail>` will do. Empty lines are passed over.
    """
    found, faults = list[Named](), list[RowFault]()
    lines = [(n, line) for n, line in enumerate(text.splitlines(), start=1) if line.strip()]
    if len(lines) > MOST:
        mend = f"add {MOST} at a time, or bring in a staff list"
        return [], [RowFault(lines[MOST][0], f"these are {len(lines)} people", mend)]
    for number, line in lines:
        try:
            found.append(_named(number, line))
        except BadValue as bad:
            faults.append(RowFault(number, str(bad), bad.mend))
    return found, faults + _twice(found)


def _named(number: int, line: str) -> Named:
    cells = [values.clean(cell) for cell in _PARTS.split(_IN_ANGLES.sub(r",\1", line))]
    mails = [cell for cell in cells if "@" in cell]
    others = [cell for cell in cells if cell and "@" not in cell]
    if len(mails) > 1:
        raise BadValue("there are two mail addresses", "write one person a line")
    if not others:
        raise BadValue("the name is missing", "write the name first")
    if len(others) > 2:
        raise BadValue(
            f"what '{others[2][:40]}' is can't be told", "write a name, a mail and a job title"
        )
    name, _turned = values.name_of(others[0])
    email = values.email_of(mails[0]) if mails else None
    return Named(number, name, email, others[1] if len(others) == 2 else "")


def _twice(found: Sequence[Named]) -> list[RowFault]:
    """Return a fault for each line with the name or the address of a line above."""
    first: dict[str, int] = {}
    faults = []
    for who in found:
        for key, mend in (
            (who.name, "delete it, or add an initial for a second person"),
            (who.email or "", "give each their own mail address, or none"),
        ):
            above = first.setdefault(normal_address(key), who.line) if key else who.line
            if above != who.line:
                faults.append(RowFault(who.line, f"{key} stands on line {above} too", mend))
    return faults


def compare(session: Session, text: str, entity_id: int, today: Today) -> Names:
    """Return what adding these would do; nothing changes.

    Who signs in by the address, or works for this entity under the name, is here already.
    """
    found, faults = read_names(text)
    addresses = [normal_address(who.email) for who in found if who.email]
    known = set(
        session.scalars(select(User.sign_in_address).where(User.sign_in_address.in_(addresses)))
    )
    names = {name.casefold() for name in _names_here(session, found, entity_id, today)}
    here, new = list[Named](), list[Named]()
    for who in found:
        by_mail = who.email is not None and normal_address(who.email) in known
        (here if by_mail or who.name.casefold() in names else new).append(who)
    return Names(tuple(new), tuple(here), tuple(faults))


def _names_here(
    session: Session, found: Sequence[Named], entity_id: int, today: Today
) -> list[str]:
    asked = {spelling for who in found for spelling in (who.name, who.name.casefold())}
    query = (
        select(User.legal_name)
        .join(Placement, Placement.user_id == User.id)
        .join(Site, Site.id == Placement.site_id)
        .where(
            placed(today.sql()),
            Site.entity_id == entity_id,
            User.legal_name.in_(asked) | func.lower(User.legal_name).in_(asked),
        )
    )
    return list(session.scalars(query))


def sites_of(session: Session, entity_id: int) -> list[Site]:
    """Return the sites that people can be added to."""
    return list(session.scalars(select(Site).where(Site.entity_id == entity_id).order_by(Site.id)))


def add(
    session: Session, names: Names, site_id: int | None, *, by: int, now: datetime
) -> list[int]:
    """Add the new ones, each with one event, and let the trainings open at the jobs' next look.

    Raises ValueError with the mend where an address was taken meanwhile.
    """
    added = [
        add_by_hand(
            session, who.name, who.email, site_id=site_id, job_title=who.job_title, now=now, by=by
        )
        for who in names.new
    ]
    renew_soon(session)
    return [user.id for user in added]
