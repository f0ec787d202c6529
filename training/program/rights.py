"""Who holds which role in the program, as an admin reads and changes it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from training.accounts.models import Entity, Placement, RoleGrant, User
from training.accounts.people import placed
from training.accounts.service import find_by_address, grant_role, take_role_away
from training.rules.access import Role

ROLES = {
    Role.PRIVACY_OFFICER: "privacy officer",
    Role.AUDITOR: "auditor (reads everything, changes nothing)",
    Role.ADMIN: "admin (roles and sign-in slips)",
}


class NotGranted(ValueError):
    """A role that can't be granted or taken away; the message says why and what to do."""

    def __init__(self, field: str, what: str) -> None:
        super().__init__(what)
        self.field = field


@dataclass(frozen=True, slots=True)
class Right:
    """One role that somebody holds: since when, and of which legal entity alone, if of one."""

    id: int
    user_id: int
    name: str
    role: Role
    entity: str
    since: date
    works_here: bool


def rights(session: Session, today: date) -> list[Right]:
    """Return every role that is held now, by role and name."""
    here = select(Placement.user_id).where(
        Placement.user_id == User.id, placed(today), Placement.is_primary
    )
    query = (
        select(RoleGrant, User, Entity.name, here.exists())
        .join(User, User.id == RoleGrant.user_id)
        .outerjoin(Entity, Entity.id == RoleGrant.entity_id)
        .where(RoleGrant.superseded_at.is_(None), RoleGrant.to_on.is_(None))
    )
    found = [
        Right(row.id, user.id, user.name, Role(row.role), entity or "", row.from_on, works)
        for row, user, entity, works in session.execute(query)
        if Role(row.role) in ROLES
    ]
    return sorted(found, key=lambda right: ([*ROLES].index(right.role), right.name, right.id))


def grant(
    session: Session, whom: str, role: str, entity: str, *, by: int, now: datetime
) -> tuple[User, bool]:
    """Grant a role from today on; `whom` is a staff number or a mail address.

    Returns who has it, and whether her password ended with it. Raises NotGranted.
    """
    if role not in {known.value for known in ROLES}:
        raise NotGranted("role", "Choose one of the roles.")
    user = _found(session, whom, now.date())
    try:
        ended = grant_role(
            session, user, Role(role), by=by, now=now, entity_id=_entity(session, entity)
        )
    except ValueError as fault:
        raise NotGranted("whom", _sentence(fault)) from None
    return user, ended


def take_away(session: Session, right_id: int, *, by: int, now: datetime) -> bool:
    """Take a role away at once; False if it is held no longer. Raises NotGranted."""
    row = session.get(RoleGrant, right_id)
    if row is None or row.superseded_at is not None or row.to_on is not None:
        return False
    user = session.get_one(User, row.user_id)
    try:
        return take_role_away(
            session, user, Role(row.role), by=by, now=now, entity_id=row.entity_id
        )
    except ValueError as fault:
        raise NotGranted("whom", _sentence(fault)) from None


def _found(session: Session, whom: str, today: date) -> User:
    query = select(User).where(User.external_id == whom.strip())
    found: Sequence[User] = session.scalars(query.limit(2)).all()
    if not found and (by_address := find_by_address(session, whom)) is not None:
        found = [by_address]
    if len(found) > 1:
        raise NotGranted("whom", "Two lists have this staff number: use the mail address.")
    works = found and session.scalar(
        select(Placement.id).where(Placement.user_id == found[0].id, placed(today)).limit(1)
    )
    if not works:
        raise NotGranted("whom", "Nobody who works here has this staff number or mail address.")
    return found[0]


def _entity(session: Session, entity: str) -> int | None:
    if not entity:
        return None
    ids = {str(id_): id_ for id_ in session.scalars(select(Entity.id))}
    if entity not in ids:
        raise NotGranted("entity", "There is no such legal entity: choose one of the list.")
    return ids[entity]


def _sentence(fault: ValueError) -> str:
    text = str(fault)
    return f"{text[0].upper()}{text[1:]}."
