"""Where people work on a day, and what their zone's day is: the queries that others build on."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import (
    ColumnElement,
    Date,
    Integer,
    Select,
    and_,
    bindparam,
    exists,
    func,
    or_,
    select,
)
from sqlalchemy.orm import Session, aliased

from training.accounts.days import DAY, Today, day_at
from training.accounts.models import Entity, EntityFacts, Placement, RoleGrant, Site, User
from training.accounts.numbers import had_number
from training.db import core
from training.rules.days import local_day

UTC_ZONE = "UTC"
PRIMARY = 1  # the number of everybody's primary job; others are numbered from 2
PLACES_AROUND = 3  # that begin tomorrow, today and before that, as days of UTC


@dataclass(frozen=True, slots=True)
class Place:
    """Where one person works: what her dates, her record and her pages need to know."""

    user_id: int | None
    entity_id: int
    practice: str
    signatory: str
    site: str
    zone: str
    department: str
    facts: Mapping[str, str]

    def today(self, now: datetime) -> date:
        """Return the day that it is at her site."""
        return now.astimezone(ZoneInfo(self.zone)).date()


NOWHERE = Place(None, 0, "", "", "", UTC_ZONE, "", {})


def believed(
    row: type[Placement | RoleGrant], known_at: datetime | None = None
) -> ColumnElement[bool]:
    """Return the condition that a row is believed now, or was believed at `known_at`."""
    if known_at is None:
        return row.superseded_at.is_(None)
    return and_(
        row.recorded_at <= known_at,
        or_(row.superseded_at.is_(None), row.superseded_at > known_at),
    )


def in_force(
    day: date | ColumnElement[date],
    placement: type[Placement] = Placement,
    after: ColumnElement[int] | None = None,
) -> ColumnElement[bool]:
    """Return the condition that a placement row is the one of its job on that day.

    `after`: an id that is before all who are asked about, so that no database looks at those.
    """
    later = aliased(Placement)
    return and_(
        placement.superseded_at.is_(None),
        placement.from_on <= day,
        ~exists().where(
            later.user_id == placement.user_id,
            later.job == placement.job,
            later.superseded_at.is_(None),
            later.from_on <= day,
            later.from_on > placement.from_on,
            *_beyond(later, after),
        ),
    )


def _beyond(
    placement: type[Placement], after: ColumnElement[int] | None
) -> tuple[ColumnElement[bool], ...]:
    return () if after is None else (placement.user_id > after,)


def day_now(*, one_day: bool) -> ColumnElement[date]:
    """Return the day at a row's site now; the moment's `values` are those of the statement."""
    return DAY if one_day else day_at(Site)


def in_force_now(*, one_day: bool, after: ColumnElement[int] | None = None) -> ColumnElement[bool]:
    """Return the condition that a placement row, joined with its site, is the one of its job now.

    Each row begins by the clock of its own site: between two sites with different days nobody
    is at both, or at neither. The moment's `values` are those of the statement.
    """
    return in_force(DAY, after=after) if one_day else _in_force_at(day_at, after)


def in_force_today(today: Today) -> ColumnElement[bool]:
    """Return the condition of `in_force_now` with the moment's values in it."""
    return in_force(today.sql()) if today.is_one_day else _in_force_at(today.sql)


def _in_force_at(
    day_of: Callable[[type[Site]], ColumnElement[date]], after: ColumnElement[int] | None = None
) -> ColumnElement[bool]:
    later, there = aliased(Placement), aliased(Site)
    return and_(
        Placement.superseded_at.is_(None),
        Placement.from_on <= day_of(Site),
        ~exists().where(
            later.user_id == Placement.user_id,
            later.job == Placement.job,
            later.superseded_at.is_(None),
            later.from_on > Placement.from_on,
            there.id == later.site_id,
            later.from_on <= day_of(there),
            *_beyond(later, after),
        ),
    )


def placed(
    day: date | ColumnElement[date], placement: type[Placement] = Placement
) -> ColumnElement[bool]:
    """Return the condition that someone works there on that day."""
    return and_(in_force(day, placement), placement.kind == "placed")


def shown_name(user: type[User] = User) -> ColumnElement[str]:
    """Return the name that people use of somebody, as `User.name` says it."""
    return func.coalesce(func.nullif(user.display_name, ""), user.legal_name)


def is_second(placement: type[Placement] = Placement) -> ColumnElement[bool]:
    """Return the condition of a believed row of a job beside the primary one; by its index."""
    return and_(~placement.is_primary, placement.superseded_at.is_(None))


def a_job(day: date | ColumnElement[date]) -> ColumnElement[bool]:
    """Return the condition that a placement row is a job of somebody who works here that day."""
    main = aliased(Placement)
    works = exists().where(main.user_id == Placement.user_id, main.is_primary, placed(day, main))
    return and_(placed(day), or_(Placement.is_primary, works))


def works_also(
    day: ColumnElement[date], like: Callable[[type[Placement]], ColumnElement[bool]]
) -> ColumnElement[bool]:
    """Return the condition that somebody has a second job like that, on her own site's `day`.

    For a query of primary placements that joins their site. Who left has no second job.
    """
    also = aliased(Placement)
    now = exists().where(
        also.user_id == Placement.user_id,
        ~also.is_primary,
        placed(day, also),
        like(also),
    )
    return and_(Placement.kind == "placed", now)


def primary_on(day: date) -> Select[Placement]:
    """Return the query of everybody's primary placement row on a day, leavers' last ones too."""
    return select(Placement).where(in_force(day), Placement.is_primary)


def place_of(session: Session, user_id: int | None, now: datetime) -> Place:
    """Return where someone works; who has no placement gets the practice's first site.

    A placement begins at 00:00 of its first day by its own site's clock.
    """
    tomorrow = now.date() + timedelta(days=1)  # of UTC: no clock on earth is further
    rows = core(session).execute(_place_query(), {"user": user_id, "tomorrow": tomorrow}).all()
    if not rows:
        return NOWHERE
    begun = (r for r in rows if r.from_on and r.from_on <= local_day(now, r.zone))
    row = next(begun, None)
    department = row.department if row else ""
    row = row or min(rows, key=lambda r: r.site_id)
    facts = json.loads(row.body) if row.body else {}
    return Place(user_id, row.id, row.name, row.signatory, row.site, row.zone, department, facts)


@cache
def _place_query() -> Select[*tuple[Any, ...]]:
    mine = (
        select(Placement.site_id, Placement.department, Placement.from_on)
        .where(
            Placement.user_id == bindparam("user", type_=Integer),
            Placement.superseded_at.is_(None),
            Placement.is_primary,
            Placement.from_on <= bindparam("tomorrow", type_=Date),
        )
        .order_by(Placement.from_on.desc())
        .limit(PLACES_AROUND)
        .subquery()
    )
    facts = and_(EntityFacts.entity_id == Entity.id, EntityFacts.superseded_at.is_(None))
    return (
        select(
            Entity.id,
            Entity.name,
            Entity.signatory,
            Site.name.label("site"),
            Site.zone,
            Site.id.label("site_id"),
            mine.c.department,
            mine.c.from_on,
            EntityFacts.body,
        )
        .join(Site, Site.entity_id == Entity.id)
        .outerjoin(mine, mine.c.site_id == Site.id)
        .outerjoin(EntityFacts, facts)
        .order_by(mine.c.site_id.is_(None), mine.c.from_on.desc(), Site.id)
        .limit(PLACES_AROUND + 1)
    )


def office_of(session: Session, entity_id: int, user_id: int | None) -> Place | None:
    """Return a practice as its officer's pages need it: by its first site; None without one."""
    facts = and_(EntityFacts.entity_id == Entity.id, EntityFacts.superseded_at.is_(None))
    row = session.execute(
        select(Entity, Site, EntityFacts.body)
        .join(Site, Site.entity_id == Entity.id)
        .outerjoin(EntityFacts, facts)
        .where(Entity.id == entity_id)
        .order_by(Site.id)
        .limit(1)
    ).first()
    if row is None:
        return None
    entity, site, body = row
    told = json.loads(body) if body else {}
    return Place(user_id, entity.id, entity.name, entity.signatory, site.name, site.zone, "", told)


def practice_name(session: Session) -> str:
    """Return the name on the door: the first entity's, or nothing before set-up."""
    return session.scalar(select(Entity.name).order_by(Entity.id).limit(1)) or ""


def find_by_reference(session: Session, reference: str) -> User | None:
    """Return the person with this id, staff number or mail address, if there is exactly one."""
    query = select(User).where(
        or_(
            User.external_id == reference,
            User.email == reference,
            User.id == (int(reference) if reference.isdecimal() and len(reference) < 10 else -1),
        )
    )
    found: Sequence[User] = session.scalars(query.limit(2)).all()
    if not found:  # by a number that she had before
        before = select(User).where(had_number(lambda number: number == reference))
        found = session.scalars(before.limit(2)).all()
    return found[0] if len(found) == 1 else None
