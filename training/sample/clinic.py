"""Makes the sample clinic: the staff list by the real import, then a past for everybody.

The file's dates are as of one day; they are moved so that this day is today, and every
status of DESIGN section 7 occurs whenever the clinic is made.
"""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from importlib.resources import files

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from certificates import SigningKey
from training.accounts import links
from training.accounts.days import everywhere
from training.accounts.models import Entity, EntityFacts, RoleGrant, Site, User
from training.accounts.people import place_of
from training.assignments import service as assignments
from training.assignments.models import Assignment, Rule
from training.assignments.service import Cycle
from training.catalog import publishing
from training.catalog.catalog import Catalog, load_catalog
from training.catalog.place import content_dir
from training.db import Database
from training.house import House, bring_up
from training.learning import policies
from training.learning.completions import Issuer
from training.program.roster import Options, apply, plan
from training.renewals.reconcile import reconcile_all
from training.rules.renewal import Anchor, RenewalPolicy
from training.sample.learner import HOW, Learner
from training.settings import Settings, kept_secret, load_settings

FILE_DAY = date(2026, 11, 24)
PRACTICE = "Maple Street Clinic"
ZONES = {
    "Maple Street Clinic": ("America/Chicago", "IL"),
    "Lakeside Rehab": ("America/Chicago", "IL"),
    "Harbor Imaging": ("America/New_York", "NY"),
}
FACTS = {
    "privacy_contact": "Ines Calloway",
    "privacy_phone": "555-0142",
    "privacy_phone_night": "555-0187",
    "messaging_tool": "WardLine",
    "who_may_post": "the front-desk lead, after a second look",
    "where_the_form_is": "in the green binder at the front desk",
    "mistake_first_step": "hide the post if you can, then call",
}
ISO_DATE = re.compile(rb"\b(20\d\d)-(\d\d)-(\d\d)\b")


@dataclass(frozen=True, slots=True)
class Past:
    """What one person did: completed so many days ago, or how far she got."""

    external_id: str
    completed: tuple[int, ...] = ()
    begun: bool = False
    needs_help: bool = False


OFFICES = {"E1002": "privacy_officer", "E1003": "auditor", "E1004": "admin"}
PARTS = {
    "new hire": "E1011",
    "manager": "E1010",
    "privacy officer": "E1002",
    "auditor": "E1003",
    "admin": "E1004",
}
PASTS = (
    Past("E1001", (300,)),
    Past("E1002", (120,)),
    Past("E1003", (200,)),
    Past("E1004", (400, 40)),
    Past("E1005", (380, 20)),
    Past("E1010", (90,)),
    Past("E1012", (320,)),  # her refresher is open, and she is complete all the same
    Past("E1013", (250,)),
    Past("E1014", (100,)),
    Past("E1015", (30,)),
    Past("E1016", (180,)),
    Past("E1017", (60,)),
    Past("E1018", (400,)),  # late with the refresher
    Past("S2001", begun=True),
    Past("E1020", (150,)),
    Past("E1021", (340,)),  # due soon
    Past("E1022", (500, 130)),  # left in August
    Past("V4001", (90,)),
    Past("E1030", (10,)),
    Past("E1031", (200,)),
    Past("E1032", (359,)),
    Past("E1033", (350,)),  # on leave
    Past("A3001", needs_help=True),
    Past("E1040", (220,)),
    Past("E1041", (110,)),
    Past("E1042", (70,)),
)
MISSED_PAPERS = 3


def demo_settings(settings: Settings) -> Settings:
    """Return the demo's own settings: a file of its own, mails to a folder."""
    folder = settings.data_dir
    return load_settings(
        env="demo",
        data_dir=folder,
        database_url=f"sqlite:///{folder / 'demo.sqlite3'}",
        host=settings.host,
        port=settings.port,
        base_url=settings.base_url,
        smtp_url=f"file:{folder / 'demo-mail'}",
        mail_from="training@maplestreet.example",
    )


def make_clinic(house: House, *, fresh: bool) -> bool:
    """Make the clinic unless it is there; with `fresh`, in place of what is there."""
    file = house.database.file
    if fresh and file is not None:
        house.database.dispose()
        for path in (file, *(file.with_name(file.name + end) for end in ("-wal", "-shm"))):
            path.unlink(missing_ok=True)
    bring_up(house)
    with house.database.read() as session:
        if session.scalar(select(func.count()).select_from(User)):
            return False
    now = house.clock.now()
    founded = now - timedelta(days=800)
    with house.database.write() as session:
        _found(session, founded, load_catalog(content_dir(house.settings.content_dir)))
    with house.database.write() as session:
        _import_staff(session, now, now - timedelta(days=760))
    with house.database.write() as session:
        _appoint(session, founded)
    with _in_our_lead(house.database):
        _live_the_past(house, now)
    return True


@contextmanager
def _in_our_lead(database: Database) -> Iterator[None]:
    """Let the past be one that this program led, whoever leads from now on (BYP_LED_BY)."""
    now_leads, database.led_by = database.led_by, ""
    try:
        yield
    finally:
        database.led_by = now_leads


def _found(session: Session, at: datetime, catalog: Catalog) -> None:
    """Publish the content, open the practice with its sites and facts, and write its rules."""
    publishing.publish(session, catalog, change="material", by=None, now=at)
    entity = Entity(name=PRACTICE, signatory=f"{FACTS['privacy_contact']}, privacy officer")
    session.add(entity)
    session.flush()
    for name, (zone, state) in ZONES.items():
        session.add(Site(entity_id=entity.id, name=name, zone=zone, state=state))
    body = json.dumps(FACTS, sort_keys=True)
    session.add(EntityFacts(entity_id=entity.id, body=body, recorded_at=at))
    for code, days, unlock, kinds in (
        ("staff", 30, False, ["employee", "volunteer"]),
        ("students", 60, False, ["student"]),
        ("agency", 14, True, ["agency"]),
    ):
        session.add(_rule(code, days, kinds, at, unlock=unlock))


def _rule(code: str, days: int, kinds: list[str], at: datetime, *, unlock: bool) -> Rule:
    renewal = RenewalPolicy(
        validity_months=12,
        anchor=Anchor.PREVIOUS_EXPIRY,
        window_days=60,
        grace_days=14,
        refresher_course="refresher",
    )
    return Rule(
        code=code,
        course="onboarding",
        audience=json.dumps({"worker_types": kinds}),
        days=days,
        renewal=json.dumps(renewal.to_dict()),
        human_unlock=unlock,
        from_on=at.date(),
        recorded_at=at,
    )


def staff_list(today: date) -> bytes:
    """Return the sample staff list with its dates moved so that the file's day is today."""
    shift = today - FILE_DAY

    def moved(found: re.Match[bytes]) -> bytes:
        day = date(*(int(part) for part in found.groups())) + shift
        return day.isoformat().encode()

    return ISO_DATE.sub(moved, (files("training.sample") / "roster.csv").read_bytes())


def _import_staff(session: Session, now: datetime, at: datetime) -> None:
    options = Options(source="hr", today=at.date())
    found = plan(session, staff_list(now.date()), "roster.csv", options)
    apply(session, found, by=None, now=at)


def _by_id(session: Session, external_id: str) -> User:
    return session.scalars(select(User).where(User.external_id == external_id)).one()


def _appoint(session: Session, at: datetime) -> None:
    for external_id, role in OFFICES.items():
        session.add(
            RoleGrant(
                user_id=_by_id(session, external_id).id,
                role=role,
                from_on=at.date(),
                recorded_at=at,
            )
        )
    digest = publishing.current(session, "policy", "policy", at.date())
    officer = _by_id(session, next(id_ for id_, role in OFFICES.items() if role[0] == "p"))
    entity_id = session.scalars(select(Entity.id)).one()
    policies.adopt(
        session,
        entity_id,
        digest or "",
        by=officer.id,
        adopted_on=at.date(),
        effective_from=at.date() + timedelta(days=14),
        now=at,
    )


def _live_the_past(house: House, now: datetime) -> None:
    """Play everybody's past in the order of time, so that the log's clock goes forward."""
    issuer = issuer_of(house)
    events: list[tuple[int, Past]] = []
    for past in PASTS:
        events += [(days, past) for days in past.completed]
        if past.begun or past.needs_help:
            events.append((2, past))
    for days, past in sorted(events, key=lambda event: -event[0]):
        at = (now - timedelta(days=days)).replace(hour=16, minute=0, second=0, microsecond=0)
        _renew(house, at)
        with house.database.write() as session:
            _work(session, past, at, issuer, final=days in past.completed)
    _renew(house, now)


def _renew(house: House, at: datetime) -> None:
    reconcile_all(house.database, lambda _session: everywhere(at.date()), at)


def _work(session: Session, past: Past, at: datetime, issuer: Issuer, *, final: bool) -> None:
    user = _by_id(session, past.external_id)
    row = session.scalars(
        select(Assignment).where(Assignment.user_id == user.id, Assignment.closed_at.is_(None))
    ).one()
    cycle = assignments.find_cycle_for(session, user.id, row.id)
    if cycle is None:  # pragma: no cover - it was read a line above
        raise LookupError(past.external_id)
    learner = Learner(session, cycle, issuer, at)
    if final:
        learner.study(lambda _item: True)
        _answer_policy(session, cycle, past, learner.at)
    elif past.needs_help:
        learner.study(lambda _item: False, papers=MISSED_PAPERS)
    else:
        learner.study(lambda _item: True, papers=1)


def _answer_policy(session: Session, cycle: Cycle, past: Past, now: datetime) -> None:
    """Let almost everybody sign; one declines, one has a question first, two were not asked."""
    answer = {"E1017": "declined", "E1030": "question"}.get(past.external_id, "signed")
    if past.external_id in {"V4001", "E1042"}:
        return
    place = place_of(session, cycle.user_id, now)
    facts = {"practice": place.practice, **place.facts}
    policy = policies.policy_in_force(session, place, facts, place.today(now))
    if policy is None:
        return
    name = session.get_one(User, cycle.user_id).name
    policies.give_answer(
        session, cycle, policy, answer, typed_name=name, place=place, how=HOW, now=now
    )


def issuer_of(house: House) -> Issuer:
    """Return what signs certificates in this house."""
    key = SigningKey.from_bytes(kept_secret(house.settings.data_dir, "signing_key"))
    return Issuer(key, house.settings.public_url, local_only=not house.settings.base_url)


def demo_links(house: House) -> list[tuple[str, str]]:
    """Return a fresh one-time sign-in link for each part that somebody can play."""
    now, made = house.clock.now(), []
    with house.database.write() as session:
        for who, external_id in PARTS.items():
            token = links.make_link(
                session,
                _by_id(session, external_id).id,
                purpose="sign_in",
                method="printed_link",
                now=now,
            )
            made.append((who, f"{house.settings.public_url}/sign-in/{token}"))
    return made
