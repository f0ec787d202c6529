"""Printed ways in for staff without a mailbox: a slip each, by site and department."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from certificates import Slip
from training import audit
from training.accounts.days import Today, todays
from training.accounts.links import LIVES, make_link
from training.accounts.models import Placement, Site, User
from training.accounts.people import placed
from training.accounts.reach import EVERYWHERE, Reach, acts_for_others, reaches_further
from training.accounts.site_mail import mailing_at
from training.assignments.models import Assignment
from training.catalog.publishing import course_title
from training.renewals.duties import Duty, duties_of
from training.renewals.known import OpenCycle, rules_in_force
from training.renewals.persons import Person, people
from training.rules.access import Actor
from training.rules.standing import Status

MOST = 400  # slips in one print: fifty sheets
NOT_NOW = {Status.AWAY, Status.LEFT, Status.NOT_REQUIRED}


class TooMany(ValueError):
    """More people than one print takes; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Unit:
    """A department of a site, and how many people there have no mailbox."""

    site_id: int
    site: str
    department: str
    people: int


def units(session: Session, entity_id: int, now: datetime) -> list[Unit]:
    """Return where people without a mailbox work, by site and department."""
    today = todays(session, now)
    query = (
        select(Site.id, Site.name, Placement.department, func.count())
        .select_from(Placement)
        .join(Site, Site.id == Placement.site_id)
        .join(User, User.id == Placement.user_id)
        .where(Site.entity_id == entity_id, *_takes_a_slip(today))
        .group_by(Site.id, Site.name, Placement.department)
        .order_by(Site.name, Site.id, Placement.department)
    )
    return [Unit(*row) for row in session.execute(query)]


def _takes_a_slip(today: Today) -> tuple[ColumnElement[bool], ...]:
    """Return the conditions of a unit's print: works there, no mailbox, no role in the program.

    A slip signs in whoever holds it, so nobody's right to act for others is printed by the dozen.
    """
    day = today.sql()
    return (
        placed(day),
        Placement.is_primary.is_(True),
        or_(User.email.is_(None), User.email == ""),
        ~acts_for_others(day),
    )


def held_back(
    session: Session, ids: Sequence[int], *, by: Actor, reach: Reach, now: datetime
) -> bool:
    """Tell whether any of these who work here within reach may do what whoever asks may not."""
    day = todays(session, now).sql()
    query = (
        select(User.id)
        .join(Placement, Placement.user_id == User.id)
        .join(Site, Site.id == Placement.site_id)
        .where(User.id.in_(ids), placed(day), Placement.is_primary, *reach.sites())
        .where(reaches_further(by, reach, day))
    )
    return session.scalars(query.limit(1)).first() is not None


def people_of(
    session: Session, entity_id: int, site_id: int, department: str | None, now: datetime
) -> list[int]:
    """Return who in this unit has no mailbox and something open, by department and name.

    Raises TooMany where one print does not hold them all.
    """
    today = todays(session, now)
    found = people(
        session,
        today,
        *_takes_a_slip(today),
        Site.entity_id == entity_id,
        Site.id == site_id,
        *(() if department is None else (Placement.department == department,)),
    )
    rules = rules_in_force(session, today.latest)
    open_to = {d.person.user_id for d in duties_of(session, found, rules) if _is_open(d)}
    asked = sorted(
        (who for who in found if who.user_id in open_to),
        key=lambda who: (who.department, who.name, who.user_id),
    )
    if len(asked) > MOST:
        raise TooMany(
            f"{len(asked)} people have something due there, and one print holds {MOST}: "
            "choose a department."
        )
    return [who.user_id for who in asked]


def _is_open(duty: Duty) -> bool:
    if duty.cycle is None or duty.cycle.opens_on > duty.person.today:
        return False
    return duty.status not in NOT_NOW


def print_slips(
    session: Session,
    ids: Sequence[int],
    *,
    practice: str,
    base_url: str,
    by: Actor,
    now: datetime,
    event: str = "slips.printed",
    reach: Reach = EVERYWHERE,
) -> list[Slip]:
    """Make a new way in for each of these who works here, in this order; one event on record.

    A new slip ends the older one. Who left, never came, or is out of reach has none; nor has
    whoever may do what `by` may not: a slip signs in whoever holds it. `event` says how they are
    given out: on paper, or as links that are shown (`slips.shown`).
    """
    today = todays(session, now)
    day = today.sql()
    here = (User.id.in_(ids), placed(day), *reach.sites(), ~reaches_further(by, reach, day))
    known = {who.user_id: who for who in people(session, today, *here)}
    asked = [known[id_] for id_ in dict.fromkeys(ids) if id_ in known]
    due = _due(session, asked, today)
    slips = []
    for who in asked:
        token = make_link(session, who.user_id, purpose="slip", method="slip", now=now)
        title, due_on = due.get(who.user_id, (None, None))
        last_day = who.today + LIVES["slip"] - timedelta(days=1)  # the last whole one
        slips.append(
            Slip(
                display_name=who.name,
                practice=f"{practice}, {who.department}" if who.department else practice,
                url=f"{base_url}/sign-in/{token}",
                ends_on_text=_day(last_day),
                due_title=title,
                due_on_text=_day(due_on) if due_on else None,
                note=mailing_at(session, who.entity_id, who.site).paid_note,
            )
        )
    if slips:
        audit.record(
            session,
            event,
            at=now,
            actor_id=by.user_id,
            detail={"users": [who.user_id for who in asked]},
        )
    return slips


def _due(session: Session, asked: Sequence[Person], today: Today) -> dict[int, tuple[str, date]]:
    """Return the title and the day of what each of these must do first."""
    first: dict[int, OpenCycle] = {}
    for duty in duties_of(session, asked, rules_in_force(session, today.latest)):
        cycle, user_id = duty.cycle, duty.person.user_id
        if cycle is not None and _is_open(duty):
            first[user_id] = min(first.get(user_id, cycle), cycle, key=lambda one: one.due_on)
    ids = [cycle.id for cycle in first.values()]
    query = select(Assignment.id, Assignment.path).where(Assignment.id.in_(ids))
    paths = {row[0]: row[1] for row in session.execute(query)}
    titles = {path: course_title(session, path, today.latest) for path in set(paths.values())}
    return {id_: (titles[paths[cycle.id]], cycle.due_on) for id_, cycle in first.items()}


def _day(day: date) -> str:
    """Return "Friday, December 12", as it is said where slips are cut."""
    return f"{day:%A}, {day:%B} {day.day}"
