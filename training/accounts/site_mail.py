"""When a site's mail to staff goes out, and what its officer says about paid time in it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select, update
from sqlalchemy.orm import Session, aliased

from training import audit
from training.accounts.days import Today, todays
from training.accounts.models import Placement, RoleGrant, Site, SiteMail
from training.accounts.people import in_force, placed
from training.db import core
from training.rules.mail_hours import LONGEST_NOTE, OFFICE, PAID_NOTE, MailHours
from training.rules.reminders import EVERY_DAY


class NoSuchSite(LookupError):
    """The site is not one of this entity's."""


@dataclass(frozen=True, slots=True)
class Mailing:
    """What holds for mail to the staff of one site; without hours it goes out at any hour."""

    site_id: int
    site: str
    entity_id: int
    zone: str
    hours: MailHours | None = None
    paid_note: str = PAID_NOTE
    at_work_only: bool = False
    own: bool = False

    def opening(self, at: datetime) -> datetime:
        """Return when mail may go out next: `at` itself if it may now."""
        return self.hours.next_opening(at, self.zone) if self.hours else at

    def is_open(self, at: datetime) -> bool:
        """Tell whether mail may go out at this instant."""
        return self.hours is None or self.hours.is_open(at, self.zone)

    def weekdays(self) -> frozenset[int]:
        """Return the weekdays that have an hour for mail."""
        return self.hours.open_weekdays() if self.hours else EVERY_DAY

    def words(self) -> str:
        """Return the hours as people say them."""
        return self.hours.words() if self.hours else "every day, at any hour"


class MailBook:
    """The mailing of every site, read once for many people."""

    def __init__(self, found: Sequence[Mailing]) -> None:
        self._by_name = {(one.entity_id, one.site): one for one in found}

    def of(self, entity_id: int, site: str) -> Mailing:
        """Return what holds at the site of this name; names are unique within an entity."""
        return self._by_name[entity_id, site]


def mail_book(session: Session) -> MailBook:
    """Return what holds at each site."""
    return MailBook(mailings(session))


def mailings(session: Session, *where: ColumnElement[bool]) -> list[Mailing]:
    """Return what holds at these sites, by name: a site's own, else its entity's, else nothing."""
    query = _mailings_query()
    return [
        _mailing(row) for row in core(session).execute(query.where(*where) if where else query, {})
    ]


@cache
def _mailings_query() -> Select[*tuple[Any, ...]]:
    own, other = aliased(SiteMail), aliased(SiteMail)
    names = ("weekdays", "from_hour", "to_hour", "paid_note", "at_work_only")
    return (
        select(
            Site.id,
            Site.name,
            Site.entity_id,
            Site.zone,
            own.id.is_not(None).label("own"),
            *(func.coalesce(getattr(own, n), getattr(other, n)).label(n) for n in names),
        )
        .outerjoin(own, and_(own.site_id == Site.id, own.superseded_at.is_(None)))
        .outerjoin(
            other,
            and_(
                other.entity_id == Site.entity_id,
                other.site_id.is_(None),
                other.superseded_at.is_(None),
            ),
        )
        .order_by(Site.name, Site.id)
    )


def _mailing(row: Any) -> Mailing:
    if row.weekdays is None:
        return Mailing(row.id, row.name, row.entity_id, row.zone)
    return Mailing(
        row.id,
        row.name,
        row.entity_id,
        row.zone,
        hours_of(row),
        row.paid_note,
        bool(row.at_work_only),
        bool(row.own),
    )


def hours_of(row: SiteMail) -> MailHours:
    """Return the hours that a row holds."""
    return MailHours(frozenset(map(int, row.weekdays)), row.from_hour, row.to_hour)


def mailing_at(session: Session, entity_id: int, site: str) -> Mailing:
    """Return what holds at one site."""
    return mailings(session, Site.entity_id == entity_id, Site.name == site)[0]


def mailing_for(session: Session, user_id: int, today: Today) -> Mailing | None:
    """Return what holds where somebody works today; None for who works nowhere."""
    here = exists().where(
        Placement.site_id == Site.id,
        Placement.user_id == user_id,
        Placement.is_primary,
        Placement.kind == "placed",
        in_force(today.sql()),
    )
    return next(iter(mailings(session, here)), None)


def resting_for(session: Session, user_id: int, now: datetime) -> Mailing | None:
    """Return whose hours let mailed links rest for this person now, or None.

    Only where training is done only at work, and never for whoever works here with it: an
    officer, an auditor, an admin, or somebody's manager.
    """
    today = todays(session, now)
    found = mailing_for(session, user_id, today)
    if found is None or not found.at_work_only or found.is_open(now):
        return None
    day = today.at(found.zone)
    granted = exists().where(
        RoleGrant.user_id == user_id,
        RoleGrant.superseded_at.is_(None),
        RoleGrant.from_on <= day,
        or_(RoleGrant.to_on.is_(None), RoleGrant.to_on >= day),
    )
    manages = exists().where(Placement.manager_id == user_id, placed(day))
    return None if session.scalar(select(or_(granted, manages))) else found


def some_links_rest(session: Session) -> bool:
    """Tell whether mailed links rest out of hours at any site; the sign-in page says so to all."""
    query = select(SiteMail.id).where(SiteMail.superseded_at.is_(None), SiteMail.at_work_only)
    return session.scalar(query.limit(1)) is not None


@dataclass(frozen=True, slots=True)
class Wish:
    """What the officer sets for a site, or (without one) for all that have none of their own."""

    site_id: int | None
    hours: MailHours
    paid_note: str = PAID_NOTE
    at_work_only: bool = False


def fault_of_note(note: str) -> str | None:
    """Return what is wrong with the officer's sentence, or None."""
    if not note:
        return "Say how the training is paid time: this sentence stands in every reminder."
    if len(note) > LONGEST_NOTE:
        return f"Use at most {LONGEST_NOTE} characters."
    return None


def set_mailing(
    session: Session, entity_id: int, wish: Wish, *, by: int | None, now: datetime
) -> None:
    """Set the hours from now on, the older row superseded; raises NoSuchSite."""
    _end(session, entity_id, wish.site_id, now)
    session.add(
        SiteMail(
            entity_id=entity_id,
            site_id=wish.site_id,
            weekdays="".join(map(str, sorted(wish.hours.weekdays))),
            from_hour=wish.hours.from_hour,
            to_hour=wish.hours.to_hour,
            paid_note=wish.paid_note,
            at_work_only=wish.at_work_only,
            recorded_by_id=by,
            recorded_at=now,
        )
    )
    session.flush()
    audit.record(
        session,
        "mail_hours.set",
        at=now,
        actor_id=by,
        subject=_subject(entity_id, wish.site_id),
        detail={
            "weekdays": sorted(wish.hours.weekdays),
            "from": wish.hours.from_hour,
            "to": wish.hours.to_hour,
            "at_work_only": wish.at_work_only,
        },
    )


def take_back(
    session: Session, entity_id: int, site_id: int, *, by: int | None, now: datetime
) -> None:
    """Let a site have its entity's hours again; raises NoSuchSite."""
    if _end(session, entity_id, site_id, now):
        subject = _subject(entity_id, site_id)
        audit.record(session, "mail_hours.taken_back", at=now, actor_id=by, subject=subject)


def _end(session: Session, entity_id: int, site_id: int | None, now: datetime) -> bool:
    if site_id is not None:
        site = session.get(Site, site_id)
        if site is None or site.entity_id != entity_id:
            raise NoSuchSite(site_id)
    mine = SiteMail.site_id.is_(None) if site_id is None else SiteMail.site_id == site_id
    rows = session.scalars(
        select(SiteMail.id).where(
            SiteMail.entity_id == entity_id, mine, SiteMail.superseded_at.is_(None)
        )
    ).all()
    session.execute(update(SiteMail).where(SiteMail.id.in_(rows)).values(superseded_at=now))
    return bool(rows)


def _subject(entity_id: int, site_id: int | None) -> str:
    return f"entity:{entity_id}" if site_id is None else f"site:{site_id}"


def general(session: Session, entity_id: int) -> SiteMail | None:
    """Return what holds at every site of an entity that has none of its own."""
    return session.scalar(
        select(SiteMail).where(
            SiteMail.entity_id == entity_id,
            SiteMail.site_id.is_(None),
            SiteMail.superseded_at.is_(None),
        )
    )


def start_with_office_hours(session: Session, entity_id: int, *, now: datetime) -> None:
    """Begin a new practice with mail in office hours; its officer is told so at set-up."""
    if general(session, entity_id) is None:
        set_mailing(session, entity_id, Wish(None, OFFICE), by=None, now=now)


__all__ = [
    "MailBook",
    "Mailing",
    "NoSuchSite",
    "Wish",
    "fault_of_note",
    "general",
    "hours_of",
    "mail_book",
    "mailing_at",
    "mailing_for",
    "mailings",
    "resting_for",
    "set_mailing",
    "some_links_rest",
    "start_with_office_hours",
    "take_back",
]
