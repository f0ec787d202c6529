"""Somebody who moves between places ten zones apart is in one place at every hour."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.cast import HIRED, LONG_AGO
from tests.house import TestHouse
from training.accounts.days import todays
from training.accounts.models import Entity, Placement, Site, User
from training.accounts.people import place_of
from training.assignments.models import Assignment
from training.renewals import history
from training.renewals.history import Moment
from training.renewals.persons import people
from training.renewals.reconcile import reconcile

ZONES = ("Pacific/Honolulu", "America/Chicago", "Pacific/Auckland", "Pacific/Kiritimati")
MOVES = [(before, after) for before in ZONES for after in ZONES if before != after]
FIRST_DAY = date(2026, 12, 3)
HOURS = [datetime(2026, 12, 1, 9, 30, tzinfo=UTC) + timedelta(hours=n) for n in range(66)]


@pytest.fixture
def session(house: TestHouse) -> Iterator[Session]:
    with house.database.open(writes=True) as found:
        yield found


def mover(session: Session, before: str, after: str, number: int) -> int:
    entity = session.scalars(select(Entity.id)).one()
    sites = [
        Site(entity_id=entity, name=f"{zone} {number}", zone=zone, state="")
        for zone in (before, after)
    ]
    user = User(source="m", external_id=f"M{number}", legal_name="M", created_at=LONG_AGO)
    session.add_all([*sites, user])
    session.flush()
    for site, from_on in zip(sites, (HIRED, FIRST_DAY), strict=True):
        session.add(
            Placement(
                user_id=user.id,
                from_on=from_on,
                site_id=site.id,
                hired_on=HIRED,
                recorded_at=LONG_AGO,
            )
        )
    session.flush()
    return user.id


def expected_zone(before: str, after: str, now: datetime) -> str:
    """The new place has begun where its own clock shows the first day."""
    return after if now.astimezone(ZoneInfo(after)).date() >= FIRST_DAY else before


def test_at_every_hour_she_is_in_one_place_and_everybody_says_the_same(session: Session) -> None:
    movers = {
        mover(session, before, after, number): (before, after)
        for number, (before, after) in enumerate(MOVES)
    }
    for now in HOURS:
        today = todays(session, now)
        found = people(session, today, User.source == "m")
        expected = {user: expected_zone(*zones, now) for user, zones in movers.items()}
        assert len(found) == len(movers), now
        assert {p.user_id: p.zone for p in found} == expected, now
        record = history.lives(session, User.source == "m", after=0, most=99)
        then = [history.person_at(one, Moment(today)) for one in record]
        assert [(p.user_id, p.zone, p.today) for p in then if p] == [
            (p.user_id, p.zone, p.today) for p in found
        ]


@pytest.mark.parametrize("zones", MOVES[::3], ids=" to ".join)
def test_her_own_pages_have_the_clock_of_the_place_where_she_is(
    session: Session, zones: tuple[str, str]
) -> None:
    user = mover(session, *zones, 1)
    for now in HOURS[::3]:
        place = place_of(session, user, now)
        assert place.zone == expected_zone(*zones, now)
        assert place.today(now) == now.astimezone(ZoneInfo(place.zone)).date()


def test_the_job_opens_one_cycle_whatever_the_hour(session: Session) -> None:
    movers = [mover(session, *zones, number) for number, zones in enumerate(MOVES)]
    for now in HOURS[34::6]:
        reconcile(session, todays(session, now), now, after=movers[0] - 1, most=len(movers))
    opened = session.scalars(select(Assignment.user_id).where(Assignment.user_id.in_(movers)))
    assert sorted(opened) == movers
