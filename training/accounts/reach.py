"""Whose people an officer reaches: the one place where her limit becomes part of the SQL.

A person belongs to the legal entity of the site of her primary placement in force, and whoever
left to that of her last one (DESIGN sections 4 and 8).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, and_, exists, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from training.accounts.days import Today
from training.accounts.models import Entity, Placement, RoleGrant, Site, User
from training.accounts.people import in_force_today
from training.rules.access import Action, Actor, Role, entities_reached

Where = tuple[ColumnElement[bool], ...]


@dataclass(frozen=True, slots=True)
class Reach:
    """The legal entities whose people somebody reaches; None: everybody's."""

    entity_ids: frozenset[int] | None = None

    @property
    def is_limited(self) -> bool:
        """Tell whether this is less than the whole house."""
        return self.entity_ids is not None

    def holds(self, entity_id: int) -> bool:
        """Tell whether an entity is within reach."""
        return self.entity_ids is None or entity_id in self.entity_ids

    def sites(self) -> Where:
        """Return the condition for a query that joins `Site`: of a place, or of who is placed."""
        if self.entity_ids is None:
            return ()
        return (Site.entity_id.in_(self.entity_ids),)

    def users(self, user_id: InstrumentedAttribute[int], today: Today) -> Where:
        """Return the condition for a query that has a person's id and not where she works."""
        if self.entity_ids is None:
            return ()
        here = (
            select(Placement.user_id)
            .join(Site, Site.id == Placement.site_id)
            .where(
                Placement.user_id == user_id,
                Placement.is_primary,
                in_force_today(today),
                *self.sites(),
            )
            .correlate(user_id.class_)
        )
        return (here.exists(),)

    def ever(self, user_id: InstrumentedAttribute[int]) -> Where:
        """Return the condition of who was ever placed within reach: for days that are past."""
        if self.entity_ids is None:
            return ()
        placed = select(Placement.user_id).join(Site, Site.id == Placement.site_id)
        once = placed.where(Placement.user_id == user_id, *self.sites())
        return (once.correlate(user_id.class_).exists(),)


EVERYWHERE = Reach()


def reach_of(actor: Actor, action: Action) -> Reach:
    """Return how far an action of this actor reaches."""
    return Reach(entities_reached(actor, action))


def acts_for_others(day: ColumnElement[date], *which: ColumnElement[bool]) -> ColumnElement[bool]:
    """Return the condition that somebody holds a role, or will."""
    return exists().where(
        RoleGrant.user_id == User.id,
        RoleGrant.superseded_at.is_(None),
        or_(RoleGrant.to_on.is_(None), RoleGrant.to_on >= day),
        *which,
    )


def reaches_further(by: Actor, reach: Reach, day: ColumnElement[date]) -> ColumnElement[bool]:
    """Return the condition that somebody may do what another may not.

    An officer whose reach is limited counts any role as more: it may reach further.
    """
    if reach.is_limited:
        return acts_for_others(day)
    more: ColumnElement[bool] = RoleGrant.role.not_in([role.value for role in by.roles])
    if by.entity_ids:
        wider = or_(RoleGrant.entity_id.is_(None), RoleGrant.entity_id.not_in(by.entity_ids))
        more = or_(more, and_(RoleGrant.role == Role.PRIVACY_OFFICER.value, wider))
    return acts_for_others(day, more)


def entities(session: Session, reach: Reach) -> list[tuple[int, str]]:
    """Return the legal entities within reach, id and name, by name."""
    query = select(Entity.id, Entity.name).order_by(Entity.name)
    return [(id_, name) for id_, name in session.execute(query) if reach.holds(id_)]


def all_within(session: Session, reach: Reach, user_ids: Iterable[int], today: Today) -> bool:
    """Tell whether each of these people is within reach today."""
    if not reach.is_limited:
        return True
    query = (
        select(Placement.user_id)
        .join(Site, Site.id == Placement.site_id)
        .where(Placement.is_primary, in_force_today(today), *reach.sites())
    )
    return set(user_ids) <= set(session.scalars(query))
