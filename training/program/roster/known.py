"""What the house believes of the people of one source, read at once."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import groupby
from operator import attrgetter
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from training.accounts.models import Placement, PlacementNote, Site, User
from training.accounts.numbers import list_words
from training.accounts.people import PRIMARY
from training.accounts.service import normal_address
from training.assignments.models import Absence


@dataclass(frozen=True, slots=True)
class KnownJob:
    """A job beside somebody's primary one; `ends_on`: its last day, where one is announced."""

    job: int
    from_on: date
    site: str
    department: str
    job_title: str
    worker_type: str
    manager_id: int | None
    phi_access_on: date | None
    ends_on: date | None
    by_hand: bool


@dataclass(frozen=True, slots=True)
class KnownPerson:
    """One person, her last place of work, and the spell of work that it belongs to.

    `spell_on` is the spell's first day, `left_on` the first day without work before it;
    `ends_on` is the last day, whether it is past (`is_here` is false) or announced.
    """

    user_id: int
    external_id: str
    legal_name: str
    display_name: str | None
    romanised_name: str | None
    email: str | None
    sign_in_address: str | None
    spell_on: date
    left_on: date | None
    hired_on: date
    site: str
    department: str
    job_title: str
    worker_type: str
    manager_id: int | None
    phi_access_on: date | None
    away: bool
    ends_on: date | None
    is_here: bool
    more: tuple[KnownJob, ...] = ()
    next_job: int = PRIMARY + 1


@dataclass(frozen=True, slots=True)
class Moved:
    """Who had a number of this source before, and where she is now; `words` are of her names."""

    user_id: int
    source: str
    number: str
    words: frozenset[str]

    @property
    def told(self) -> str:
        """Return where she is now, as a row's fault says it."""
        return f"{self.number} on the list {list_words(self.source)}"


@dataclass(slots=True)
class Believed:
    """Everybody whom a list may speak of; `people` are those of its own source.

    `ids` and `numbers` lead from staff numbers to users and back; `bosses` has the manager
    of everybody who is here; `holders` and `sign_ins` say whose a mail address is; `moved` has
    who had a number of this source before, `now` the number of today of whoever had another,
    `joined` the records that others went into.
    """

    people: dict[str, KnownPerson] = field(default_factory=dict)
    ids: dict[str, int] = field(default_factory=dict)
    numbers: dict[int, str] = field(default_factory=dict)
    foreign: set[int] = field(default_factory=set)
    names: dict[str, set[str]] = field(default_factory=dict)
    holders: dict[str, int] = field(default_factory=dict)
    sign_ins: dict[str, int] = field(default_factory=dict)
    bosses: dict[str, str] = field(default_factory=dict)
    sites: dict[str, int] = field(default_factory=dict)
    moved: dict[str, Moved] = field(default_factory=dict)
    now: dict[str, str] = field(default_factory=dict)
    joined: set[int] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class _Spell:
    """The last spell of one person's work."""

    last: Row[Any]
    spell_on: date
    over_on: date | None
    left_on: date | None
    more: tuple[KnownJob, ...]
    next_job: int


def believed(session: Session, source: str, today: date) -> Believed:
    """Read what is believed today; people of other sources count as managers only."""
    known = Believed()
    known.sites = {row.name: row.id for row in session.execute(select(Site.name, Site.id))}
    users = session.execute(_users()).all()
    for user in users:
        _note(known, user, foreign=user.source != source)
    spells, away = _spells(session, today), _away(session)
    for user in users:
        spell = spells.get(user.id)
        if spell is None:
            continue
        is_here = spell.over_on is None or spell.over_on > today
        boss = known.numbers.get(spell.last.manager_id or 0)
        if boss and is_here and known.ids[user.external_id] == user.id:
            known.bosses[user.external_id] = boss
        if user.source == source:
            known.people[user.external_id] = _person(user, spell, is_here, user.id in away)
    return known


def _users() -> Any:
    return select(
        User.id,
        User.source,
        User.external_id,
        User.legal_name,
        User.display_name,
        User.romanised_name,
        User.email,
        User.sign_in_address,
    ).order_by(User.id)


def _note(known: Believed, user: Row[Any], *, foreign: bool) -> None:
    known.numbers[user.id] = user.external_id
    known.names.setdefault(user.legal_name.casefold(), set()).add(user.external_id)
    if user.email:
        known.holders[normal_address(user.email)] = user.id
    if user.sign_in_address:
        known.sign_ins[user.sign_in_address] = user.id
    if foreign:
        known.foreign.add(user.id)
        known.ids.setdefault(user.external_id, user.id)
    else:
        known.ids[user.external_id] = user.id


def _away(session: Session) -> set[int]:
    still = (Absence.superseded_at.is_(None), Absence.to_on.is_(None))
    return set(session.scalars(select(Absence.user_id).where(*still)))


def _spells(session: Session, today: date) -> dict[int, _Spell]:
    query = (
        select(
            Placement.id,
            Placement.user_id,
            Placement.job,
            Placement.is_primary,
            Placement.kind,
            Placement.from_on,
            Placement.hired_on,
            Site.name.label("site"),
            Placement.department,
            Placement.job_title,
            Placement.worker_type,
            Placement.manager_id,
            Placement.phi_access_on,
        )
        .join(Site, Site.id == Placement.site_id)
        .where(Placement.superseded_at.is_(None))
        .order_by(Placement.user_id, Placement.from_on)
    )
    by_hand = set(session.scalars(select(PlacementNote.placement_id)))
    by_user = groupby(session.execute(query), key=attrgetter("user_id"))
    return {user_id: _spell(list(rows), today, by_hand) for user_id, rows in by_user}


def _spell(rows: Sequence[Any], today: date, by_hand: set[int]) -> _Spell:
    """Fold one person's rows, oldest first, into her last spell."""
    ordered = [row for row in rows if row.is_primary]
    left_on = over_on = spell_on = None
    for row in ordered:
        if row.kind == "left":
            over_on = over_on or row.from_on
        elif over_on or spell_on is None:
            left_on, over_on, spell_on = over_on, None, row.from_on
    more, next_job = tuple[KnownJob, ...](), PRIMARY + 1
    if len(ordered) < len(rows):
        more, next_job = _more(rows, today, by_hand), max(row.job for row in rows) + 1
    begun = spell_on or ordered[0].from_on
    return _Spell(ordered[-1], begun, over_on, left_on, more, next_job)


def _more(rows: Sequence[Any], today: date, by_hand: set[int]) -> tuple[KnownJob, ...]:
    """Return the jobs beside the primary one that go on, or are still to come."""
    last: dict[int, Any] = {}
    over_on: dict[int, date] = {}
    for row in rows:
        if row.is_primary:
            continue
        if row.kind == "left":
            over_on[row.job] = row.from_on
        else:
            last[row.job] = row
            over_on.pop(row.job, None)
    return tuple(
        KnownJob(
            job=job,
            from_on=row.from_on,
            site=row.site,
            department=row.department,
            job_title=row.job_title,
            worker_type=row.worker_type,
            manager_id=row.manager_id,
            phi_access_on=row.phi_access_on,
            ends_on=over_on[job] - timedelta(days=1) if job in over_on else None,
            by_hand=row.id in by_hand,
        )
        for job, row in sorted(last.items())
        if job not in over_on or over_on[job] > today
    )


def _person(
    user: Row[Any],
    spell: _Spell,
    is_here: bool,  # noqa: FBT001 - a fact
    away: bool,  # noqa: FBT001 - a fact
) -> KnownPerson:
    row = spell.last
    return KnownPerson(
        user_id=user.id,
        external_id=user.external_id,
        legal_name=user.legal_name,
        display_name=user.display_name,
        romanised_name=user.romanised_name,
        email=user.email,
        sign_in_address=user.sign_in_address,
        spell_on=spell.spell_on,
        left_on=spell.left_on,
        hired_on=row.hired_on,
        site=row.site,
        department=row.department,
        job_title=row.job_title,
        worker_type=row.worker_type,
        manager_id=row.manager_id,
        phi_access_on=row.phi_access_on,
        away=away,
        ends_on=spell.over_on - timedelta(days=1) if spell.over_on else None,
        is_here=is_here,
        more=spell.more,
        next_job=spell.next_job,
    )
