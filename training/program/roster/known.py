"""What the house believes of the people of one source, read at once."""

from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from training.accounts.models import Placement, Site, User
from training.accounts.people import in_force
from training.accounts.service import normal_address
from training.assignments.models import Absence


@dataclass(frozen=True, slots=True)
class KnownPerson:
    """One person and her present placement."""

    user_id: int
    external_id: str
    source: str
    legal_name: str
    display_name: str | None
    romanised_name: str | None
    email: str | None
    kind: str
    from_on: date
    hired_on: date
    site: str
    department: str
    job_title: str
    worker_type: str
    manager_id: int | None
    phi_access_on: date | None
    away: bool
    ends_on: date | None


@dataclass(frozen=True, slots=True)
class Believed:
    """Everybody whom a list may speak of, by id, by name and by mail address."""

    people: dict[str, KnownPerson]
    ids: dict[str, int]
    names: dict[str, list[int]]
    addresses: dict[str, int]
    managers: dict[int, int | None]
    sites: dict[str, int]


def believed(session: Session, source: str, today: date) -> Believed:
    """Read what is believed today; people of other sources count as managers only."""
    away = set(
        session.scalars(
            select(Absence.user_id).where(Absence.superseded_at.is_(None), Absence.to_on.is_(None))
        )
    )
    rows = session.execute(
        select(User, Placement, Site.name)
        .select_from(User)
        .outerjoin(
            Placement,
            (Placement.user_id == User.id) & in_force(date.max) & Placement.is_primary,
        )
        .outerjoin(Site, Site.id == Placement.site_id)
    ).all()
    people: dict[str, KnownPerson] = {}
    ids: dict[str, int] = {}
    names: dict[str, list[int]] = {}
    addresses: dict[str, int] = {}
    managers: dict[int, int | None] = {}
    for user, placement, site in rows:
        names.setdefault(user.legal_name.casefold(), []).append(user.id)
        if user.email:
            addresses[normal_address(user.email)] = user.id
        if placement is not None:
            managers[user.id] = placement.manager_id
        if user.source != source:
            ids.setdefault(user.external_id, user.id)
            continue
        ids[user.external_id] = user.id
        if placement is not None:
            people[user.external_id] = _known(user, placement, site, today, user.id in away)
    sites = {name: id_ for name, id_ in session.execute(select(Site.name, Site.id))}  # noqa: C416 - a Result has keys of its own
    return Believed(people, ids, names, addresses, managers, sites)


def _known(
    user: User,
    placement: Placement,
    site: str,
    today: date,
    away: bool,  # noqa: FBT001 - a fact
) -> KnownPerson:
    leaving = placement.kind == "left" and placement.from_on > today
    return KnownPerson(
        user_id=user.id,
        external_id=user.external_id,
        source=user.source,
        legal_name=user.legal_name,
        display_name=user.display_name,
        romanised_name=user.romanised_name,
        email=user.email,
        kind="placed" if leaving else placement.kind,
        from_on=placement.from_on,
        hired_on=placement.hired_on,
        site=site,
        department=placement.department,
        job_title=placement.job_title,
        worker_type=placement.worker_type,
        manager_id=placement.manager_id,
        phi_access_on=placement.phi_access_on,
        away=away,
        ends_on=placement.from_on - timedelta(days=1) if leaving else None,
    )
