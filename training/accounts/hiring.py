"""People added by hand, and the first practice that they work in."""

import secrets
from datetime import datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sqlalchemy import select
from sqlalchemy.orm import Session

from training import audit
from training.accounts.models import Entity, Placement, Site, User
from training.accounts.service import find_by_address, normal_address


def set_up_practice(session: Session, name: str, zone: str) -> Site:
    """Return the practice's first site, made with its entity if there is none.

    Raises ValueError for a zone that the IANA list does not have.
    """
    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError):
        raise ValueError(f"{zone}: no such time zone; write one such as America/Chicago") from None
    site = session.scalar(select(Site).order_by(Site.id).limit(1))
    if site is None:
        entity = Entity(name=name, signatory="")
        session.add(entity)
        session.flush()
        site = Site(entity_id=entity.id, name=name, zone=zone, state="")
        session.add(site)
        session.flush()
    return site


def add_by_hand(
    session: Session,
    legal_name: str,
    email: str | None,
    *,
    site_id: int | None = None,
    job_title: str = "",
    now: datetime,
    by: int | None = None,
) -> User:
    """Add somebody who is on no list, at the first site if none is named; her id begins with X-.

    Raises ValueError with the mend where there is no practice yet or the address is taken.
    """
    at = () if site_id is None else (Site.id == site_id,)
    site = session.scalar(select(Site).where(*at).order_by(Site.id).limit(1))
    if site is None:
        raise ValueError("there is no practice yet: add --practice 'Its name' for the first person")
    if email and find_by_address(session, email) is not None:
        raise ValueError(f"{email}: somebody signs in by this address already")
    user = User(
        source="by_hand",
        external_id=f"X-{secrets.token_hex(3).upper()}",
        legal_name=" ".join(legal_name.split()),
        email=email,
        sign_in_address=normal_address(email) if email else None,
        created_at=now,
    )
    session.add(user)
    session.flush()
    today = now.astimezone(ZoneInfo(site.zone)).date()
    session.add(
        Placement(
            user_id=user.id,
            from_on=today,
            site_id=site.id,
            job_title=job_title,
            hired_on=today,
            recorded_at=now,
        )
    )
    audit.record(
        session,
        "person.added",
        at=now,
        actor_id=by,
        subject=f"user:{user.id}",
        personal={"legal_name": user.legal_name},
    )
    return user
