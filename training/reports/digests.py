"""A manager's weekly mail: only when somebody is late, and its subject is the answer."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, exists, or_, select, update
from sqlalchemy.orm import Session, aliased

from training import audit
from training.accounts.days import Today, todays
from training.accounts.links import make_link
from training.accounts.loans import lent_now
from training.accounts.models import Placement, Site, User, ViewLoan
from training.accounts.people import in_force, practice_name
from training.accounts.site_mail import mailing_for
from training.assignments.models import Absence
from training.db import Database, take_turns
from training.mail import Letter, Mailer
from training.renewals import letters
from training.renewals.models import TeamMail, TeamMailPause
from training.renewals.outbox import Later, Run, Tally, rows_due, send, sweep
from training.renewals.outside import LMS
from training.renewals.pace import MOST_A_DOMAIN, Pace
from training.reports import words
from training.reports.queries import everyone
from training.reports.scope import View
from training.reports.teams import late, team
from training.rules.nudges import PAUSE, digest_is_due, week_of
from training.rules.standing import Status

CHUNK = 500


@dataclass
class Told:
    """What a run of the weekly mail did."""

    tally: Tally = field(default_factory=Tally)

    def words(self) -> str:
        """Return the run in one line."""
        return self.tally.words()


@dataclass(frozen=True, slots=True)
class Recipient:
    """Who gets a weekly mail, and by which day it is known."""

    user_id: int
    week_on: date


def send_digests(
    database: Database,
    mailer: Mailer,
    *,
    now: datetime,
    last_ran: datetime | None,
    base_url: str,
    most_a_domain: int = MOST_A_DOMAIN,
) -> Told:
    """Send what is due, each once a week; the letter is written as it is sent.

    None while another system leads: its managers look there.
    """
    done = Told()
    if database.led_by == LMS:
        return done
    run = Run(database, mailer, now, Pace(database, now, most_a_domain), done.tally)
    sweep(run, TeamMail)
    with database.read() as session:
        found = recipients(session, now, last_ran)
    if found:
        with database.write() as session:
            _enter(session, found, now)

    def write(session: Session, row_id: int, at: datetime) -> Letter | Later | None:
        row = session.get_one(TeamMail, row_id)
        mailing = mailing_for(session, row.user_id, todays(session, at))
        if mailing is not None and not mailing.is_open(at):
            return Later(mailing.opening(at))
        return letter_for(session, row, at, base_url)

    send(run, TeamMail, rows_due(run, TeamMail, write))
    return done


def _enter(session: Session, found: Collection[Recipient], now: datetime) -> None:
    """Write the ledger's rows, one a manager and week however many runners there are."""
    take_turns(session, "team_mail")
    weeks = {who.week_on for who in found}
    query = select(TeamMail.user_id, TeamMail.week_on).where(TeamMail.week_on.in_(weeks))
    known = {(row[0], row[1]) for row in session.execute(query)}
    for who in found:
        if (who.user_id, who.week_on) not in known:
            session.add(
                TeamMail(
                    user_id=who.user_id,
                    week_on=who.week_on,
                    message_id=f"team-{who.user_id}-{who.week_on:%Y%m%d}",
                    created_at=now,
                    next_try_at=now,
                )
            )


def leave_out(
    session: Session, now: datetime, last_ran: datetime | None, left_out: Mapping[str, str | None]
) -> None:
    """Enter the weekly mails that are due with these values of the ledger: they are not sent."""
    found = recipients(session, now, last_ran)
    _enter(session, found, now)
    session.flush()
    due = TeamMail.user_id.in_([who.user_id for who in found]), TeamMail.state == "due"
    session.execute(update(TeamMail).where(*due).values(**left_out))


def recipients(session: Session, now: datetime, last_ran: datetime | None) -> list[Recipient]:
    """Return who is due a weekly mail now: a manager with somebody late, or who has her view."""
    zones = session.scalars(select(Site.zone).distinct())
    due = [zone for zone in zones if digest_is_due(now.astimezone(ZoneInfo(zone)), last_ran)]
    if not due:
        return []
    today = todays(session, now)
    who_is_late = {
        duty.person.user_id for duty in everyone(session, today) if duty.status is Status.OVERDUE
    }
    above = _in_charge(session, sorted(who_is_late), today)
    takers = _takers(session, above, now)
    return _reachable(session, sorted(takers), today, due, now)


def _in_charge(session: Session, ids: list[int], today: Today) -> set[int]:
    """Return everybody above these people, at any depth, through empty posts too."""
    found: set[int] = set()
    for start in range(0, len(ids), CHUNK):
        here, next_ = aliased(Placement), aliased(Placement)
        line = (
            select(here.manager_id.label("manager_id"))
            .where(here.user_id.in_(ids[start : start + CHUNK]), in_force(today.latest, here))
            .where(here.manager_id.is_not(None))
            .cte("above", recursive=True)
        )
        line = line.union(
            select(next_.manager_id)
            .join(line, next_.user_id == line.c.manager_id)
            .where(next_.manager_id.is_not(None), in_force(today.latest, next_))
        )
        found |= set(session.scalars(select(line.c.manager_id)))
    return found


def _takers(session: Session, above: set[int], now: datetime) -> set[int]:
    """Return who gets the mails of these managers: whoever has a lent view gets its mail."""
    query = (
        select(ViewLoan.lender_id, ViewLoan.borrower_id)
        .join(User, User.id == ViewLoan.borrower_id)
        .where(lent_now(now, now.date()), User.email.is_not(None))
    )
    lent = {lender: borrower for lender, borrower in session.execute(query) if lender in above}
    return (above - lent.keys()) | set(lent.values())


def _reachable(
    session: Session, ids: list[int], today: Today, zones: list[str], now: datetime
) -> list[Recipient]:
    """Return who of these works here, has a mailbox, is not away, and did not ask for a pause."""
    found = []
    for start in range(0, len(ids), CHUNK):
        query = (
            select(User.id, Site.zone)
            .join(Placement, Placement.user_id == User.id)
            .join(Site, Site.id == Placement.site_id)
            .where(
                User.id.in_(ids[start : start + CHUNK]),
                User.email.is_not(None),
                in_force(today.latest),
                Placement.kind == "placed",
                Placement.is_primary,
                Site.zone.in_(zones),
                ~_is_away(today.latest),
                ~_is_paused(now),
            )
            .order_by(User.id)
        )
        found += [Recipient(row[0], week_of(today.at(row[1]))) for row in session.execute(query)]
    return found


def _is_away(day: date) -> ColumnElement[bool]:
    return exists().where(
        Absence.user_id == User.id,
        Absence.superseded_at.is_(None),
        Absence.from_on <= day,
        or_(Absence.to_on.is_(None), Absence.to_on >= day),
    )


def _is_paused(now: datetime) -> ColumnElement[bool]:
    return exists().where(TeamMailPause.user_id == User.id, TeamMailPause.ends_at > now)


def letter_for(session: Session, row: TeamMail, now: datetime, base_url: str) -> Letter | None:
    """Return a weekly mail as her page is at this moment; None where nobody is late any more."""
    today = todays(session, now)
    user = session.get_one(User, row.user_id)
    zones = list(today.by_zone)
    lines = team(session, View(user.id, today, now))
    behind = list(late(lines).values())
    if not behind or not user.email or not _reachable(session, [user.id], today, zones, now):
        return None
    told = letters.WeeklyMail(
        name=user.name,
        address=user.email,
        practice=practice_name(session),
        subject=words.late_subject(lines, behind),
        people=len({line.user_id for line in lines}),
        late=tuple((" ".join(line.name.split()), line.due_on) for line in behind),
        nudge_link=f"{base_url}/team/nudge/{_link(session, user.id, 'nudge', now)}",
        pause_link=f"{base_url}/team/pause/{_link(session, user.id, 'pause', now)}",
        page=f"{base_url}/team",
    )
    return letters.weekly(told, row.message_id)


def _link(session: Session, user_id: int, purpose: str, now: datetime) -> str:
    return make_link(session, user_id, purpose=purpose, method="mailed_link", now=now)


def pause(session: Session, user_id: int, now: datetime) -> date:
    """Send no weekly mail for two weeks; return the last day of it. Twice is as good as once."""
    ends_at = now + PAUSE
    session.add(TeamMailPause(user_id=user_id, asked_at=now, ends_at=ends_at))
    audit.record(session, "digest.paused", at=now, actor_id=user_id, subject=f"user:{user_id}")
    return ends_at.date()
