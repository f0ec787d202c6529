"""An organisation of three legal entities whose people move, leave and hold two jobs.

The oracle walks each person's rows with plain loops, by the clock of each row's own site, and
knows nothing of SQL.
"""

import random
import re
from dataclasses import dataclass, field
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from flask.testing import FlaskClient
from sqlalchemy import insert, select, update

from tests.cast import HIRED, LONG_AGO, TODAY
from tests.house import TestHouse
from training.accounts import sessions
from training.accounts.models import Entity, Placement, RoleGrant, Site, User

SIZE = 24
DAY = timedelta(days=1)
ZONES = ("America/Chicago", "Pacific/Kiritimati", "Pacific/Honolulu")
NAME = re.compile(r"Person(\d\d) Name\1")


@dataclass(frozen=True)
class Row:
    """One believed placement: of the main job, or of a second one that counts for nothing."""

    from_on: date
    site: int
    kind: str = "placed"
    main: bool = True


@dataclass(repr=False)
class Divided:
    """The people, where they work since when, and who is officer of what."""

    house: TestHouse
    ids: list[int]
    entities: list[int]
    sites: dict[int, tuple[int, str]]  # site: its entity and zone
    lives: dict[int, list[Row]] = field(default_factory=dict)

    # --- what ought to be ------------------------------------------------------------------

    def entity_on(self, user: int, day: date | None = None) -> int | None:
        """Return whose somebody is on a day; None: today, by the clock of each site."""
        found = None
        for row in sorted(self.lives[user], key=lambda row: row.from_on):
            zone = ZoneInfo(self.sites[row.site][1])
            there = day or self.house.clock.now().astimezone(zone).date()
            if row.main and row.from_on <= there:
                found = self.sites[row.site][0]
        return found

    def of(self, entities: set[int], day: date | None = None) -> set[int]:
        return {user for user in self.ids if self.entity_on(user, day) in entities}

    # --- and what is -----------------------------------------------------------------------

    def set_up(self, seed: int) -> random.Random:
        """Give everybody a life: moves between entities, also to come, leaving, second jobs."""
        rnd = random.Random(seed)
        self.lives = {user: self._life(rnd) for user in self.ids}
        with self.house.database.write() as session:
            mine = Placement.user_id.in_(self.ids)
            session.execute(
                update(Placement)
                .where(mine, Placement.superseded_at.is_(None))
                .values(superseded_at=LONG_AGO + DAY)
            )
            session.execute(
                insert(Placement),
                [
                    {
                        "user_id": user,
                        "job": 1 if row.main else 2,
                        "kind": row.kind,
                        "from_on": row.from_on,
                        "site_id": row.site,
                        "department": f"Ward {user % 3}",
                        "hired_on": HIRED,
                        "phi_access_on": HIRED,
                        "is_primary": row.main,
                        "recorded_at": LONG_AGO,
                    }
                    for user, rows in self.lives.items()
                    for row in rows
                ],
            )
        return rnd

    def _life(self, rnd: random.Random) -> list[Row]:
        sites = list(self.sites)
        days = rnd.sample([-400, -90, -30, -1, 0, 1, 40], k=rnd.randint(0, 3))
        rows = [Row(HIRED, rnd.choice(sites))]
        rows += [Row(TODAY + days * DAY, rnd.choice(sites)) for days in sorted(days)]
        if rnd.random() < 0.15:
            last = rows[-1]
            rows.append(Row(max(last.from_on, TODAY - 20 * DAY) + DAY, last.site, "left"))
        if rnd.random() < 0.3:
            rows.append(Row(HIRED, rnd.choice(sites), main=False))
        return rows

    def grant(self, user: int, entities: set[int]) -> None:
        """Make somebody officer of these entities and of nothing else."""
        with self.house.database.write() as session:
            session.execute(
                update(RoleGrant)
                .where(RoleGrant.user_id == user, RoleGrant.superseded_at.is_(None))
                .values(superseded_at=self.house.clock.now())
            )
            session.add_all(
                RoleGrant(
                    user_id=user,
                    role="privacy_officer",
                    entity_id=entity,
                    from_on=HIRED,
                    recorded_at=LONG_AGO,
                )
                for entity in entities
            )

    def browser(self, user: int) -> FlaskClient:
        client = self.house.client()
        with self.house.database.write() as session:
            token = sessions.start_session(
                session, user, method="password", shared_device=False, now=self.house.clock.now()
            )
        client.set_cookie("sid", token, domain="localhost")
        return client

    def named_in(self, told: str) -> set[int]:
        return {self.ids[int(number)] for number in NAME.findall(told)}


def divide(house: TestHouse) -> Divided:
    """Make two more legal entities, with sites up to a day apart, and the people."""
    with house.database.write() as session:
        first = session.scalars(select(Entity.id)).one()
        more = [Entity(name=name, signatory="") for name in ("Harbor Hospital", "Hill Home")]
        session.add_all(more)
        session.flush()
        entities = [first, *(entity.id for entity in more)]
        session.add_all(
            Site(entity_id=entity, name=f"Site {n}", zone=ZONES[n % 3], state="IL")
            for n, entity in enumerate(entities[1:] * 2)
        )
        session.execute(
            insert(User),
            [
                {
                    "source": "hr",
                    "external_id": f"C{n:02}",
                    "legal_name": f"Person{n:02} Name{n:02}",
                    "locale": "en",
                    "email": f"c{n:02}@crowd.example",
                    "created_at": LONG_AGO,
                }
                for n in range(SIZE)
            ],
        )
        session.flush()
        ids = session.scalars(select(User.id).where(User.external_id.like("C%")).order_by(User.id))
        sites = session.execute(select(Site.id, Site.entity_id, Site.zone))
        return Divided(house, list(ids), entities, {id_: (of, zone) for id_, of, zone in sites})
