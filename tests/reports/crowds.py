"""A crowd of sixty whose places and loans each example sets anew, and who ought to see whom.

Everybody's first training is long overdue but for those who are away; the oracle walks the
lists of jobs with plain loops and knows nothing of SQL.
"""

import random
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from flask.testing import FlaskClient
from sqlalchemy import insert, select, update

from tests.cast import HIRED, LONG_AGO
from tests.house import TestHouse
from training.accounts import sessions
from training.accounts.days import todays
from training.accounts.models import Placement, User, ViewLoan
from training.assignments.models import Absence
from training.renewals.reconcile import reconcile_all
from training.reports.scope import DEEPEST

SIZE = 60
DAY = timedelta(days=1)


@dataclass(repr=False)
class Crowd:
    """People who are late but for every fourth, who is away; every seventh has no mailbox."""

    house: TestHouse
    ids: list[int]
    away: set[int]
    no_mail: set[int]
    jobs: dict[int, list[int | None]] = field(default_factory=dict)
    left: set[int] = field(default_factory=set)
    loans: list[tuple[int, int, int, int]] = field(default_factory=list)

    # --- what ought to be ------------------------------------------------------------------

    def here(self, user: int) -> bool:
        return user in self.jobs and user not in self.left

    def below(self, manager: int) -> dict[int, bool]:
        """Return who works below a manager, and whether directly (past empty posts)."""
        found: dict[int, bool] = {}
        level, seen = {(manager, True)}, set()
        for _ in range(DEEPEST):
            level = {
                (user, direct and (boss == manager or boss in self.left))
                for boss, direct in level
                for user, managers in self.jobs.items()
                if boss in managers
            } - seen
            seen |= level
            for user, direct in level:
                if user != manager and user not in self.left:
                    found[user] = found.get(user, False) or direct
        return found

    def ward(self, user: int, job: int) -> str:
        """Return where somebody works in a job: in another ward in her second one."""
        return f"Ward {(user + job // 2) % 3}"

    def works_in(self, ward: str) -> set[int]:
        """Return who works there in any of her jobs."""
        return {
            user
            for user, managers in self.jobs.items()
            if ward in {self.ward(user, job) for job in range(1, len(managers) + 1)}
        }

    def lenders(self, borrower: int) -> list[int]:
        if not self.here(borrower):
            return []
        return [
            lender
            for lender, to, begins, ends in self.loans
            if to == borrower and begins <= 0 < ends and self.here(lender)
        ]

    def sees(self, viewer: int) -> set[int]:
        found = set(self.below(viewer))
        for lender in self.lenders(viewer):
            found |= set(self.below(lender))
        return found - {viewer}

    def late(self, users: Iterable[int]) -> set[int]:
        return set(users) - self.away

    # --- and what is -----------------------------------------------------------------------

    def set_up(self, seed: int) -> None:
        """Place up to sixty people at random: loops, two jobs, empty posts, loans."""
        rnd = random.Random(seed)
        some = self.ids[: rnd.randint(2, SIZE)]
        bosses = rnd.sample(some, k=max(1, len(some) // rnd.choice((1, 3, 8))))
        self.jobs, self.left, self.loans = {}, set(), []
        for user in some:
            others = [boss for boss in bosses if boss != user]
            draws = [rnd.choice([None, *others]) for _ in range(rnd.choice((1, 1, 1, 2)))]
            self.jobs[user] = draws
        self.left = {user for user in some if rnd.random() < 0.15}
        for lender in bosses:
            if len(some) > 2 and rnd.random() < 0.4:
                borrower = rnd.choice([user for user in some if user != lender])
                begins = rnd.randint(-3, 2)
                self.loans.append((lender, borrower, begins, begins + rnd.randint(1, 4)))
        self._write()

    def _write(self) -> None:
        now = self.house.clock.now()
        with self.house.database.write() as session:
            for table, column in ((Placement, Placement.user_id), (ViewLoan, ViewLoan.lender_id)):
                session.execute(
                    update(table)
                    .where(column.in_(self.ids), table.superseded_at.is_(None))
                    .values(superseded_at=now)
                )
            session.execute(insert(Placement), self._placements(now))
            if self.loans:
                session.execute(insert(ViewLoan), self._loans(now))

    def _placements(self, now: datetime) -> list[dict[str, object]]:
        return [
            {
                "user_id": user,
                "job": job,
                "kind": "left" if user in self.left else "placed",
                "from_on": HIRED,
                "site_id": 1 + user % 2,
                "department": self.ward(user, job),
                "hired_on": HIRED,
                "is_primary": job == 1,
                "manager_id": manager,
                "recorded_at": now,
            }
            for user, managers in self.jobs.items()
            for job, manager in enumerate(managers, start=1)
        ]

    def _loans(self, now: datetime) -> list[dict[str, object]]:
        return [
            {
                "lender_id": lender,
                "borrower_id": borrower,
                "from_on": now.date() + begins * DAY,
                "to_on": now.date() + (ends - 1) * DAY,
                "begins_at": now + begins * DAY,
                "ends_at": now + ends * DAY,
                "recorded_at": now,
            }
            for lender, borrower, begins, ends in self.loans
        ]

    def browser(self, user: int) -> FlaskClient:
        client = self.house.client()
        with self.house.database.write() as session:
            token = sessions.start_session(
                session, user, method="password", shared_device=False, now=self.house.clock.now()
            )
        client.set_cookie("sid", token, domain="localhost")
        return client


def gather(house: TestHouse) -> Crowd:
    """Make the crowd, place it once long ago and open everybody's first training."""
    with house.database.write() as session:
        session.execute(
            insert(User),
            [
                {
                    "source": "crowd",
                    "external_id": f"C{n:02}",
                    "legal_name": f"Person{n:02} Name{n:02}",
                    "locale": "en",
                    "email": f"c{n:02}@crowd.example" if n % 7 else None,
                    "created_at": LONG_AGO,
                }
                for n in range(SIZE)
            ],
        )
        found = session.scalars(select(User.id).where(User.source == "crowd").order_by(User.id))
        ids = list(found)
        away = {user for n, user in enumerate(ids) if n % 4 == 3}
        session.execute(
            insert(Absence),
            [
                {"user_id": user, "from_on": date(2026, 1, 1), "recorded_at": LONG_AGO}
                for user in sorted(away)
            ],
        )
        session.execute(
            insert(Placement),
            [
                {
                    "user_id": user,
                    "job": 1,
                    "kind": "placed",
                    "from_on": HIRED,
                    "site_id": 1 + user % 2,
                    "hired_on": HIRED,
                    "is_primary": True,
                    "recorded_at": LONG_AGO,
                }
                for user in ids
            ],
        )
    now = house.clock.now()
    reconcile_all(house.database, lambda session: todays(session, now), now)
    return Crowd(house, ids, away, {user for n, user in enumerate(ids) if n % 7 == 0})
