"""A simulated season of reminders: a mail server in every mood, runners that die, people who go.

The test keeps a diary of its own: which reminder is due to whom on which day, from the dates
alone. In the end each of them was sent, none twice but for a runner that died between the
server's yes and its own mark, and nobody who had finished, left or was away got any.
"""

import random
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import select

from tests.cast import TODAY
from tests.effort import times
from tests.house import TestHouse
from tests.post_office import PostOffice, open_post_office
from training.accounts.days import todays
from training.accounts.models import User
from training.assignments.models import Assignment, DueChange
from training.mail import Letter, Mailer, SmtpMailer
from training.program import acts
from training.program.acts import By
from training.program.roster import Options, apply, plan
from training.renewals.models import Notice
from training.renewals.reconcile import reconcile_all
from training.renewals.reminders import send_reminders

DAYS, PEOPLE, RUNNERS = times(50, 60), times(50, 100), 8
COURSE = "onboarding"
OFFSETS = {"due_30": -30, "due_7": -7, "due_1": -1, "due_today": 0,
           "late_1": 1, "late_7": 7, "late_14": 14}  # fmt: skip


class KilledError(Exception):
    """A runner died here; what it had claimed stays claimed."""


@dataclass
class DyingMailer:
    """Speaks real SMTP, and dies now and then before or after the server's answer."""

    inner: Mailer
    chance: random.Random
    season: "Season"

    def send(self, letter: Letter, now: datetime) -> None:
        self.season.watch(letter)
        if self.chance.random() < 0.03:
            raise KilledError
        self.inner.send(letter, now)
        if self.chance.random() < 0.03:
            self.season.killed_after_the_yes.append(letter.message_id)
            raise KilledError

    def close(self) -> None:
        self.inner.close()


@dataclass
class Season:
    """The house over many days, and the diary of what ought to be sent."""

    house: TestHouse
    office: PostOffice
    url: str
    chance: random.Random
    due: dict[tuple[int, str, date], date] = field(default_factory=dict)
    gone: dict[int, date] = field(default_factory=dict)
    away: dict[int, tuple[date, date]] = field(default_factory=dict)
    done: dict[int, date] = field(default_factory=dict)
    user_at: dict[str, int] = field(default_factory=dict)
    wrongly: list[str] = field(default_factory=list)
    refusing: set[str] = field(default_factory=set)
    killed_after_the_yes: list[str] = field(default_factory=list)

    @property
    def today(self) -> date:
        return self.house.clock.now().date()

    def day(self) -> None:
        now = self.house.clock.now()
        reconcile_all(self.house.database, lambda session: todays(session, now), now)
        self._live()
        self._write_diary()
        for _round in range(2):  # a claim that a dead runner left is swept after ten minutes
            self._run_all()
            self.house.clock.at += timedelta(minutes=40)
        self.house.clock.at = now + timedelta(days=1)

    def _live(self) -> None:
        """Let some finish on paper, go on leave, or leave for good, before the runners run."""
        with self.house.database.read() as session:
            open_ones = session.execute(
                select(Assignment.user_id, User.external_id)
                .join(User, User.id == Assignment.user_id)
                .where(Assignment.closed_at.is_(None), User.source == "hr")
            ).all()
        by = By(self.house.id_of("olga"), self.house.clock.now())
        for user_id, external_id in open_ones:
            fate = self.chance.random()
            if fate < 0.02:
                with self.house.database.write() as session:
                    acts.record_on_paper(session, user_id, COURSE, self.today, "paper", by=by)
                self.done[user_id] = self.today
            elif fate < 0.03 and user_id not in self.away:
                last = self.today + timedelta(days=self.chance.randint(1, 20))
                with self.house.database.write() as session:
                    acts.put_on_leave(session, user_id, self.today, last, by=by)
                self.away[user_id] = (self.today, last)
            elif fate < 0.035:
                self.gone[user_id] = self.today
                self._roster(f"{external_id},Sam Ames,,ICU,2026-01-05,terminated\n", full=False)

    def _roster(self, rows: str, *, full: bool) -> None:
        head = "id,name,email,department,hire date,status\n"
        options = Options("hr", self.today, allow_ending=PEOPLE, full=full)
        with self.house.database.write() as session:
            found = plan(session, (head + rows).encode(), "staff.csv", options)
            apply(session, found, by=None, now=self.house.clock.now())

    def hire(self) -> None:
        rows = [
            f"p{n},Sam Ames,p{n}@x.example,ICU,"
            f"{TODAY + timedelta(days=self.chance.randint(-10, DAYS // 2))},active\n"
            for n in range(PEOPLE)
        ]
        self.refusing = {f"p{n}@x.example" for n in range(0, PEOPLE, 17)}
        self._roster("".join(rows), full=True)
        with self.house.database.read() as session:
            query = select(User.email, User.id).where(User.source == "hr", User.email.is_not(None))
            self.user_at = {str(email): id_ for email, id_ in session.execute(query)}

    def watch(self, letter: Letter) -> None:
        """Note a letter to somebody who is done, away or gone on this very day."""
        user_id = self.user_at.get(letter.to_address, 0)
        finished = self.done.get(user_id)
        if self._is_quiet(user_id) or (finished and self.today - finished < timedelta(days=200)):
            self.wrongly.append(letter.message_id)

    def _write_diary(self) -> None:
        """Note what is due today to whom, from the dates of the rows and nothing else."""
        with self.house.database.read() as session:
            rows = session.execute(
                select(Assignment, User.email)
                .join(User, User.id == Assignment.user_id)
                .where(Assignment.closed_at.is_(None), User.email.is_not(None))
            ).all()
            moved = dict(
                session.execute(
                    select(DueChange.assignment_id, DueChange.due_on).order_by(DueChange.id)
                ).all()
            )
        for cycle, _email in rows:
            if self._is_quiet(cycle.user_id) or cycle.opens_on > self.today:
                continue
            due_on = moved.get(cycle.id, cycle.due_on)
            begun = max(cycle.assigned_on, cycle.opens_on)
            kinds = [k for k, n in OFFSETS.items() if due_on + timedelta(days=n) == self.today]
            if begun == self.today:
                kinds = ["assigned"]
            self.due |= {(cycle.id, kind, due_on): self.today for kind in kinds}

    def _is_quiet(self, user_id: int) -> bool:
        first, last = self.away.get(user_id, (date.max, date.min))
        return user_id in self.gone or first <= self.today <= last

    def _run_all(self) -> None:
        seeds = [self.chance.random() for _ in range(RUNNERS)]
        with ThreadPoolExecutor(RUNNERS) as pool:
            list(pool.map(self._run, seeds))

    def _run(self, seed: float) -> None:
        now = self.house.clock.now()
        inner = SmtpMailer(self.url, "training@clinic.example")
        mailer = DyingMailer(inner, random.Random(seed), self)
        with self.house.database.read() as session:
            today = todays(session, now)
        try:
            send_reminders(
                self.house.database, mailer, now=now, today=today, base_url="http://byp.test"
            )
        except KilledError:
            pass
        finally:
            mailer.close()

    def moods(self, to: str, asked: int) -> str | None:
        """Accept, put off, refuse or cut, as the script says."""
        if to in self.refusing:
            return "550 no such mailbox"
        return "451 try later" if asked % 11 == 0 else None


@pytest.mark.slow
@pytest.mark.either_database
def test_a_season_with_dying_runners_sends_each_due_mail_and_none_twice(house: TestHouse) -> None:
    with open_post_office() as (office, url):
        season = Season(house, office, url, random.Random(20261124))
        office.answer = season.moods
        season.hire()
        for _day in range(DAYS):
            season.day()
        _nobody_is_left_out(season)
        _nobody_hears_twice(season)
        assert season.wrongly == []
        assert all((season.done, season.gone, season.away, season.killed_after_the_yes))


def _notices(season: Season) -> dict[tuple[int, str, date], Notice]:
    with season.house.database.read() as session:
        rows = session.scalars(select(Notice)).all()
    return {(row.assignment_id, row.kind, row.due_key): row for row in rows}


def _nobody_is_left_out(season: Season) -> None:
    notices = _notices(season)
    assert len(season.due) > PEOPLE
    assert season.due.keys() - notices.keys() == set()
    late = [key for key, day in season.due.items() if notices[key].created_at.date() != day]
    assert late == []
    states = Counter(notices[key].state for key in season.due)
    assert states["sent"] > 0.9 * len(season.due) * 16 / 17
    ids = Counter(id_.strip("<>").partition("@")[0] for id_ in season.office.ids())
    for key in season.due:
        row = notices[key]
        told = f"{key}: {row.state} {row.detail}"
        if row.state == "sent":
            assert ids[row.message_id] >= 1, told
        else:  # refused by the server, or no longer due when it came to be sent again
            assert row.state in {"refused", "dropped", "unknown", "due", "sending"}, told
            still_open = row.state in {"due", "sending"}
            assert not still_open or season.today - row.created_at.date() <= timedelta(2), told


def _nobody_hears_twice(season: Season) -> None:
    ids = Counter(id_.strip("<>").partition("@")[0] for id_ in season.office.ids())
    doubled = {id_ for id_, count in ids.items() if count > 1}
    assert doubled <= set(season.killed_after_the_yes)
    flagged = {row.message_id for row in _notices(season).values() if "crash" in row.detail}
    assert doubled <= flagged
