"""What `byp doctor` looks at: each finding is a line, and says the mend where it is bad."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from training import audit
from training.accounts.models import Entity, RoleGrant
from training.catalog.models import ContentRelease
from training.db import Database
from training.migrations import runner
from training.renewals import dates, day_counts
from training.renewals.undelivered import undelivered
from training.renewals.works import running
from training.settings import Settings

DAYS_LOOKED_AT = 4  # of those whose counts are kept: each is a count of everybody


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at."""

    ok: bool
    what: str


Look = Callable[[Session, Settings, datetime], Finding]


def findings(database: Database, settings: Settings, now: datetime) -> Iterator[Finding]:
    """Yield what was found, the database first: without it nothing else can be looked at."""
    try:
        at = runner.current(database)
    except DBAPIError as fault:
        yield Finding(ok=False, what=f"the database can't be reached: {type(fault).__name__}")
        return
    if at != runner.newest():
        yield Finding(ok=False, what=f"tables are at {at or 'nothing'}: run `byp db upgrade`")
        return
    different = runner.differences(database)
    yield Finding(not different, "; ".join(different) or f"tables and guards at {at}")
    with database.read() as session:
        for look in LOOKS:
            yield look(session, settings, now)


def _dates(session: Session, _settings: Settings, _now: datetime) -> Finding:
    """Hold the dates that reports count against the facts, of people spread over the house."""
    looked_at = list(dates.sample(session))
    astray = dates.astray(session, looked_at)
    if astray:
        what = f"the dates that reports count are not what the facts say, of {len(astray)} people"
        return Finding(ok=False, what=f"{what} of {len(looked_at)}: `byp db recount`")
    days = day_counts.astray(session, DAYS_LOOKED_AT)
    if days:
        what = f"the counts of {len(days)} days are not those of the dates"
        return Finding(ok=False, what=f"{what}: `byp db recount`")
    return Finding(ok=True, what=f"the dates that reports count hold, of {len(looked_at)} people")


def _log(session: Session, _settings: Settings, _now: datetime) -> Finding:
    count, breaks = audit.verify_chain(session)
    if breaks:
        return Finding(ok=False, what=f"audit log: event {breaks[0].seq} {breaks[0].what}")
    return Finding(ok=True, what=f"audit log holds, {count} events")


def _content(session: Session, _settings: Settings, _now: datetime) -> Finding:
    count = session.scalar(select(func.count()).select_from(ContentRelease)) or 0
    what = f"{count} content versions in force" if count else "no content: `byp content publish`"
    return Finding(bool(count), what)


def _officer(session: Session, _settings: Settings, _now: datetime) -> Finding:
    query = select(RoleGrant.entity_id).where(
        RoleGrant.role == "privacy_officer",
        RoleGrant.superseded_at.is_(None),
        RoleGrant.to_on.is_(None),
    )
    held = session.scalars(query).all()
    if not held:
        return Finding(ok=False, what="no privacy officer: `byp user grant`")
    names = session.execute(select(Entity.id, Entity.name).order_by(Entity.name))
    without = [name for id_, name in names if None not in held and id_ not in held]
    if without:
        return Finding(ok=False, what=f"no privacy officer of {', '.join(without)}")
    return Finding(ok=True, what=f"{len(held)} privacy officers")


def _clock(session: Session, _settings: Settings, now: datetime) -> Finding:
    from training.audit.models import AuditEvent

    last = session.scalar(select(func.max(AuditEvent.at)))
    back = last is not None and now < last - timedelta(minutes=5)
    what = "the clock is behind the last event on record: set it" if back else "the clock goes on"
    return Finding(not back, f"{what} ({now.astimezone(UTC):%Y-%m-%d %H:%M} UTC)")


def _jobs(session: Session, _settings: Settings, now: datetime) -> Finding:
    found = running(session, now)
    if amiss := found.words():
        return Finding(ok=False, what=f"{'; '.join(amiss)}: `byp jobs run`")
    return Finding(ok=True, what=f"the hourly work last ran {found.last_ran:%Y-%m-%d %H:%M} UTC")


def _mail(_session: Session, settings: Settings, _now: datetime) -> Finding:
    if settings.smtp_url:
        return Finding(ok=True, what="mail is set up")
    return Finding(ok=True, what="no mail is set up: people sign in by password or printed slip")


def _undelivered(session: Session, _settings: Settings, now: datetime) -> Finding:
    amiss = undelivered(session, now).words()
    return Finding(not amiss, "; ".join(amiss) or "no mail was refused, given up or stuck")


def _address(_session: Session, settings: Settings, _now: datetime) -> Finding:
    if settings.base_url:
        return Finding(ok=True, what=f"links begin with {settings.base_url}")
    return Finding(
        ok=True, what="BYP_BASE_URL is not set: links and QR codes work on this computer only"
    )


LOOKS: tuple[Look, ...] = (
    _log,
    _content,
    _officer,
    _clock,
    _jobs,
    _mail,
    _undelivered,
    _address,
    _dates,
)
