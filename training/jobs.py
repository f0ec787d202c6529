"""The work that runs by itself, under a lease, so that any number of hosts do it once."""

import logging
import os
import secrets
import socket
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

from apscheduler.schedulers.blocking import BlockingScheduler
from sqlalchemy import or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from training.accounts.days import Today, everywhere, todays
from training.clock import Clock
from training.db import Database, changed
from training.learning.minutes import measure
from training.learning.retention import reduce_practice
from training.mail import Mailer, mailer_for
from training.renewals import day_counts, put_back
from training.renewals.boosters import send_boosters
from training.renewals.dates import refresh_all
from training.renewals.models import JobRun, Notice, TeamMail
from training.renewals.outbox import Row, Tally, next_try
from training.renewals.outside import LMS
from training.renewals.pace import TURN, forget_old
from training.renewals.reconcile import Reconciled, reconcile_all
from training.renewals.reminders import (
    Reminded,
    send_link_mails,
    send_nudges,
    send_reminders,
    would_send,
)
from training.renewals.soon import run_again
from training.reports import digests
from training.reports.export_making import Workshop, waits, work_off
from training.settings import Settings

log = logging.getLogger("byp.jobs")

LEASE = timedelta(minutes=15)
HOURLY = timedelta(hours=1)
DAILY = timedelta(days=1)
DATES_A_TIME = 20_000  # people: then the other work has its turn
NO_MAIL = "no mail is set up"


@dataclass(frozen=True, slots=True)
class Works:
    """The things that need doing, on one database."""

    database: Database
    settings: Settings
    clock: Clock

    def renew(self, *, day: Today | None = None, dry_run: bool = False) -> Reconciled:
        """Open and close cycles; with a day, as if it were that day everywhere."""
        now = self.clock.now()
        today: Callable[[Session], Today] = (
            (lambda _session: day) if day else (lambda session: todays(session, now))
        )
        return reconcile_all(self.database, today, now, dry_run=dry_run)

    def dates(self) -> str:
        """Make the dates that reports count again, for whoever a fact changed; count new days."""
        told = f"{refresh_all(self.database, most=DATES_A_TIME)} people's dates made anew"
        days = day_counts.keep(self.database, self.clock.now().date())
        return f"{told}, {days} days counted" if days else told

    def remind(self, *, day: Today | None = None, dry_run: bool = False) -> Reminded:
        """Send the reminders that are due; a dry run only says which. None while an LMS leads."""
        if self.settings.led_by == LMS:
            return Reminded()
        now = self.clock.now()
        if not dry_run:
            self.after_put_back()
        with self.database.read() as session:
            today = day or todays(session, now)
            if dry_run:
                return Reminded(would_send=list(would_send(session, now, today)))
        with self._mailer() as mailer:
            if mailer is None:
                return Reminded()
            return send_reminders(
                self.database,
                mailer,
                now=now,
                today=today,
                base_url=self.settings.public_url,
                most_a_domain=self.settings.mail_pace,
            )

    def after_put_back(self) -> None:
        """Leave out what may have gone out since a copy was made, where one was put back."""
        now = self.clock.now()
        with self.database.read() as session:
            if not put_back.is_at_rest(session):
                return
        self.renew()
        with self.database.write() as session:
            last_ran = _last_ran(session, "digest")
            if put_back.leave_out(session, now, todays(session, now)):
                digests.leave_out(session, now, last_ran, put_back.LEFT_OUT)

    def remind_in_turns(self) -> str:
        """Send the reminders that are due; what waits is not an hour late."""
        now = self.clock.now()
        done = self.remind()
        self._again("remind", Notice, done.tally, now, done.opens_at)
        return done.words()

    def boost(self, *, day: Today | None = None) -> str:
        """Send the boosters that are due, where an officer turned them on."""
        now = self.clock.now()
        self.after_put_back()
        with self.database.read() as session:
            today = day or todays(session, now)
        with self._mailer() as mailer:
            if mailer is None:
                return NO_MAIL
            tally = send_boosters(
                self.database,
                mailer,
                now=now,
                today=today,
                base_url=self.settings.public_url,
                most_a_domain=self.settings.mail_pace,
            )
        self._again("boost", None, tally, now)
        return tally.words()

    def send_nudges(self) -> str:
        """Send the nudges that managers asked for."""
        now = self.clock.now()
        with self.database.read() as session:
            today = todays(session, now)
        with self._mailer() as mailer:
            if mailer is None:
                return NO_MAIL
            return send_nudges(
                self.database,
                mailer,
                now=now,
                today=today,
                base_url=self.settings.public_url,
                most_a_domain=self.settings.mail_pace,
            ).words()

    def digest(self) -> str:
        """Send the managers' weekly mails where it is Monday morning."""
        now = self.clock.now()
        self.after_put_back()
        with self.database.read() as session:
            last_ran = _last_ran(session, "digest")
        with self._mailer() as mailer:
            if mailer is None:
                return NO_MAIL
            told = digests.send_digests(
                self.database,
                mailer,
                now=now,
                last_ran=last_ran,
                base_url=self.settings.public_url,
                most_a_domain=self.settings.mail_pace,
            )
        self._again("digest", TeamMail, told.tally, now)
        return told.words()

    def send_links(self) -> str:
        """Send the sign-in links that people asked for."""
        with self._mailer() as mailer:
            if mailer is None:
                return NO_MAIL
            return send_link_mails(
                self.database, mailer, now=self.clock.now(), base_url=self.settings.public_url
            ).words()

    @contextmanager
    def _mailer(self) -> Iterator[Mailer | None]:
        """Lend the mailer that is set up, if one is, and close it."""
        mailer = mailer_for(self.settings.smtp_url, self.settings.mail_from)
        try:
            yield mailer
        finally:
            if mailer is not None:
                mailer.close()

    def _again(
        self,
        name: str,
        table: Row | None,
        tally: Tally,
        now: datetime,
        opens_at: datetime | None = None,
    ) -> None:
        """Let the next run of a job be there when more may go out, if that is sooner.

        In the domains' next turn while some wait for it, when the first that was put off is to
        be tried again, and where hours open. A mail server that is away is not asked so often.
        """
        turn = now + (3 * TURN if tally.server_away else TURN)
        in_turn = turn if tally.waiting or tally.more else None
        with self.database.read() as session:
            put_off = next_try(session, table, now) if table is not None else None
        if put_off is not None:
            put_off = max(put_off, turn)
        waits = (in_turn, put_off, opens_at)
        soonest = min((at for at in waits if at is not None), default=None)
        if soonest is not None and soonest < now + HOURLY:
            with self.database.write() as session:
                run_again(session, name, soonest - HOURLY)

    def measure(self) -> str:
        """Measure how long the courses take here, where enough people finished them."""
        with self.database.write() as session:
            return f"{measure(session, self.clock.now())} courses measured"

    def make_exports(self) -> str:
        """Make the files that are too long to be made while somebody waits for the page."""
        settings = self.settings
        return work_off(Workshop(self.database, settings.data_dir, settings.font_dir, self.clock))

    def tidy(self) -> str:
        """Reduce practice that is over to "played, on, digest"."""
        now = self.clock.now()
        with self.database.write() as session:
            forget_old(session, now)
            return f"{reduce_practice(session, now)} decisions let go"


def _last_ran(session: Session, name: str) -> datetime | None:
    return session.scalar(select(JobRun.succeeded_at).where(JobRun.name == name))


ASKED = ("links", "nudges")
"""What somebody asked for and waits for: it never stands behind the mails of the hour."""


def run_due(
    works: Works, *, force: bool = False, exports: bool = True, asked: bool = True
) -> dict[str, str]:
    """Run what is due by its state, each under its lease; return what each said.

    What was asked for comes first, and long exports last: a mail never waits for a file.
    """
    jobs: dict[str, Callable[[], str]] = {
        "dates": works.dates,
        "renew": lambda: works.renew().words(),
        "digest": works.digest,
        "remind": works.remind_in_turns,
        "boost": works.boost,
        "tidy": works.tidy,
        "measure": works.measure,
    }
    told = run_asked(works) if asked else {}
    every = {"dates": timedelta(0), "measure": DAILY}
    for name, job in jobs.items():
        gap = timedelta(0) if force else every.get(name, HOURLY)
        if mine := _lease(works, name, gap):
            told[name] = _run(works, name, job, mine)
    return told | (run_exports(works) if exports else {})


def run_asked(works: Works, names: Sequence[str] = ASKED) -> dict[str, str]:
    """Send what somebody asked for: sign-in links, then nudges."""
    jobs = {"links": works.send_links, "nudges": works.send_nudges}
    return {
        name: _run(works, name, jobs[name], mine)
        for name in names
        if (mine := _lease(works, name, timedelta(0)))
    }


def run_exports(works: Works) -> dict[str, str]:
    """Make the long exports that wait, if there are any."""
    if not waits(works.database, works.clock.now()):
        return {}
    mine = _lease(works, "exports", timedelta(0))
    return {"exports": _run(works, "exports", works.make_exports, mine)} if mine else {}


def _lease(works: Works, name: str, gap: timedelta) -> str | None:
    """Take the lease of a job that is due, and return its holder; None while another has it.

    None too where it ran just now, or where another made its row at this very moment.
    """
    try:
        return _taken(works, name, gap)
    except IntegrityError:
        return None


def _taken(works: Works, name: str, gap: timedelta) -> str | None:
    now, holder = works.clock.now(), _runner()
    with works.database.write() as session:
        if session.get(JobRun, name) is None:
            session.add(JobRun(name=name))
            session.flush()
        mine = (
            update(JobRun)
            .where(
                JobRun.name == name,
                or_(JobRun.leased_until.is_(None), JobRun.leased_until < now),
                or_(JobRun.started_at.is_(None), JobRun.started_at <= now - gap),
            )
            .values(leased_by=holder, leased_until=now + LEASE, started_at=now)
        )
        return holder if changed(session, mine) == 1 else None


def _runner() -> str:
    return f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(2)}"


def _run(works: Works, name: str, job: Callable[[], str], mine: str) -> str:
    """Run a job; its row is written only while the lease is still this runner's.

    A run that took longer than its lease leaves the row to whoever took it over.
    """
    summary, failure = "", ""
    try:
        summary = job()
    except Exception as error:  # whatever it was, the others go on and it is told
        failure = type(error).__name__
        log.exception("job failed", extra={"job": name})
    now = works.clock.now()
    values: dict[str, object] = {"leased_until": None, "finished_at": now, "failure": failure}
    if not failure:
        values |= {"succeeded_at": now, "summary": summary}
        log.info("job ran: %s", summary, extra={"job": name})
    with works.database.write() as session:
        held = update(JobRun).where(JobRun.name == name, JobRun.leased_by == mine)
        session.execute(held.values(**values))
    return failure or summary


def tick_for_ever(works: Works) -> None:
    """Run what is due now, then every ten seconds ask again (the jobs process of `serve`).

    What was asked for has turns of its own, and exports have: a sign-in link does not wait until
    two thousand reminders are sent, or a long file is made.
    """
    scheduler = BlockingScheduler(timezone="UTC")
    asked = [partial(run_asked, works, [name]) for name in ASKED]
    others = (partial(run_due, works, exports=False, asked=False), partial(run_exports, works))
    for work in (*asked, *others):
        scheduler.add_job(
            work,
            "interval",
            seconds=10,
            max_instances=1,
            coalesce=True,
            misfire_grace_time=None,
            next_run_time=works.clock.now(),
        )
    scheduler.start()


def works_of(settings: Settings, database: Database, clock: Clock) -> Works:
    """Return the jobs of one house."""
    Path(settings.data_dir).mkdir(parents=True, exist_ok=True)
    return Works(database, settings, clock)


__all__ = ["Works", "everywhere", "run_due", "tick_for_ever", "works_of"]
