"""The first steps of a new house: content in force, a first rule, and the link that sets it up."""

import json
from datetime import datetime

from sqlalchemy import select, update

from training.accounts.links import make_link
from training.accounts.models import RoleGrant
from training.accounts.session_models import LinkToken
from training.assignments.models import Rule
from training.catalog import publishing
from training.catalog.catalog import load_catalog
from training.catalog.models import ContentRelease
from training.catalog.place import content_dir
from training.house import House
from training.rules.renewal import RenewalPolicy


def set_up_link(house: House) -> str | None:
    """Return a fresh set-up link, the older ones ended; None once there is an officer."""
    now = house.clock.now()
    with house.database.write() as session:
        officers = select(RoleGrant.id).where(RoleGrant.role == "privacy_officer").limit(1)
        if session.scalar(officers) is not None:
            return None
        session.execute(
            update(LinkToken)
            .where(LinkToken.purpose == "set_up", LinkToken.used_at.is_(None))
            .values(used_at=now)
        )
        token = make_link(session, None, purpose="set_up", method="set_up", now=now)
    return f"{house.settings.public_url}/set-up/{token}"


def furnish(house: House) -> str | None:
    """Put the shipped content in force and write the first rule where there is none; say what."""
    now = house.clock.now()
    with house.database.write() as session:
        if session.scalar(select(ContentRelease.id).limit(1)) is not None:
            return None
        catalog = load_catalog(content_dir(house.settings.content_dir))
        publishing.publish(session, catalog, change="material", by=None, now=now)
        if session.scalar(select(Rule.id).limit(1)) is None:
            session.add(_first_rule(now))
    return "the shipped lessons are in force; everybody: 30 days, a refresher yearly (our policy)"


def _first_rule(now: datetime) -> Rule:
    renewal = RenewalPolicy(validity_months=12, refresher_course="refresher")
    return Rule(
        code="everybody",
        course="onboarding",
        days=30,
        renewal=json.dumps(renewal.to_dict()),
        from_on=now.date(),
        recorded_at=now,
    )
