"""The fixed cast of the tests: who is who in a small practice of two sites.

Mona manages Alice and Bob; Max manages Zoe; Olga is the privacy officer, Audrey the
auditor, Adam the admin; Dora left in spring.
"""

import json
from datetime import UTC, date, datetime
from functools import cache

from sqlalchemy.orm import Session

from training import audit
from training.accounts.models import Entity, EntityFacts, Placement, RoleGrant, Site, User
from training.accounts.service import normal_address
from training.assignments.models import Rule
from training.catalog import publishing
from training.catalog.catalog import Catalog, load_catalog
from training.catalog.place import content_dir
from training.db import Database
from training.learning import policies
from training.migrations import runner
from training.rules.renewal import Anchor, RenewalPolicy

NOW = datetime(2026, 11, 24, 15, 0, tzinfo=UTC)
TODAY = date(2026, 11, 24)
LONG_AGO = datetime(2024, 1, 2, 12, 0, tzinfo=UTC)
HIRED = date(2024, 1, 15)

FACTS = {
    "privacy_contact": "Olga Ortiz",
    "privacy_phone": "555-0100",
    "privacy_phone_night": "555-0199",
    "messaging_tool": "WardChat",
    "who_may_post": "the front-desk lead",
    "where_the_form_is": "in the drawer under the printer",
    "mistake_first_step": "hide the post if you can, then call",
}

PEOPLE = {
    # name: (legal name, manager, site, department)
    "mona": ("Mona Marsh", None, "Main Street", "Ward 3"),
    "max": ("Max Meier", None, "Harbor", "Imaging"),
    "alice": ("Alice Adams", "mona", "Main Street", "Ward 3"),
    "bob": ("Bob Brown", "mona", "Main Street", "Ward 3"),
    "zoe": ("Zoë Zimmer", "max", "Harbor", "Imaging"),
    "olga": ("Olga Ortiz", None, "Main Street", "Office"),
    "audrey": ("Audrey Abel", None, "Main Street", "Office"),
    "adam": ("Adam Ash", None, "Main Street", "Office"),
    "dora": ("Dora Dunn", "mona", "Main Street", "Ward 3"),
}
ROLES = {"olga": "privacy_officer", "audrey": "auditor", "adam": "admin"}
CLINIC_RULE = RenewalPolicy(
    validity_months=12,
    anchor=Anchor.PREVIOUS_EXPIRY,
    window_days=60,
    grace_days=0,
    refresher_course="refresher",
)


@cache
def catalog() -> Catalog:
    """Return the shipped content, read and checked once a process."""
    return load_catalog(content_dir())


def make_template(url: str) -> None:
    """Make the database that every test copies: tables, content in force, the cast, a rule."""
    database = Database(url, before_commit=(audit.append_pending,))
    runner.upgrade(database)
    with database.write() as session:
        publishing.publish(session, catalog(), change="material", by=None, now=LONG_AGO)
        ids = add_cast(session)
        add_rule(session)
        adopt_policy(session, ids["olga"])
    database.dispose()


def make_empty(url: str) -> None:
    """Make a database with tables only."""
    database = Database(url, before_commit=(audit.append_pending,))
    runner.upgrade(database)
    database.dispose()


def add_cast(session: Session) -> dict[str, int]:
    entity = Entity(name="Main Street Clinic", signatory="Olga Ortiz, privacy officer")
    session.add(entity)
    session.flush()
    sites = {
        name: Site(entity_id=entity.id, name=name, zone=zone, state=state)
        for name, zone, state in (
            ("Main Street", "America/Chicago", "IL"),
            ("Harbor", "America/New_York", "NY"),
        )
    }
    session.add_all(sites.values())
    session.add(EntityFacts(entity_id=entity.id, body=json.dumps(FACTS), recorded_at=LONG_AGO))
    session.flush()
    ids: dict[str, int] = {}
    for name in PEOPLE:
        ids[name] = add_person(session, name, sites, ids).id
    for name, role in ROLES.items():
        session.add(
            RoleGrant(user_id=ids[name], role=role, from_on=date(2024, 1, 15), recorded_at=LONG_AGO)
        )
    left = Placement(
        user_id=ids["dora"],
        kind="left",
        from_on=date(2026, 4, 1),
        site_id=sites["Main Street"].id,
        manager_id=ids["mona"],
        hired_on=HIRED,
        recorded_at=datetime(2026, 4, 1, 12, tzinfo=UTC),
    )
    session.add(left)
    session.flush()
    return ids


def add_person(session: Session, name: str, sites: dict[str, Site], ids: dict[str, int]) -> User:
    legal_name, manager, site, department = PEOPLE[name]
    address = f"{name}@clinic.example"
    user = User(
        source="hr",
        external_id=f"E-{name}",
        legal_name=legal_name,
        email=address,
        sign_in_address=normal_address(address),
        created_at=LONG_AGO,
    )
    session.add(user)
    session.flush()
    session.add(
        Placement(
            user_id=user.id,
            from_on=HIRED,
            site_id=sites[site].id,
            department=department,
            manager_id=ids.get(manager or ""),
            hired_on=HIRED,
            recorded_at=LONG_AGO,
        )
    )
    session.flush()
    return user


def add_rule(
    session: Session,
    renewal: RenewalPolicy = CLINIC_RULE,
    *,
    code: str = "everybody",
    course: str = "onboarding",
    days: int = 30,
) -> Rule:
    rule = Rule(
        code=code,
        course=course,
        days=days,
        renewal=json.dumps(renewal.to_dict()),
        from_on=date(2024, 1, 1),
        recorded_at=LONG_AGO,
    )
    session.add(rule)
    session.flush()
    return rule


def adopt_policy(session: Session, officer_id: int) -> None:
    digest = publishing.current(session, "policy", "policy", TODAY)
    policies.adopt(
        session,
        1,
        digest,
        by=officer_id,
        adopted_on=LONG_AGO.date(),
        effective_from=date(2024, 2, 1),
        now=LONG_AGO,
    )
