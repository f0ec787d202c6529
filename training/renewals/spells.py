"""Since when a course is asked of somebody, over all the places that she had since she was hired.

A move under a rule that asked her before changes nothing; a move to where one asks her for the
first time is a first duty like a new member's, and what is told late counts from then. A job
beside the primary one asks like it: while any of her jobs asks, there is no gap.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Protocol

from training.renewals.asked import ONE_DAY, Asked, Placed, Version, is_for
from training.rules.renewal import FirstAnchor, opens_on


class Stay(Placed, Protocol):
    """One row of where somebody works, from a day on."""

    @property
    def from_on(self) -> date: ...  # noqa: D102 - the fields of a placement
    @property
    def recorded_at(self) -> datetime: ...  # noqa: D102


class Here(Placed, Protocol):
    """A job that somebody has now."""

    @property
    def job(self) -> int: ...  # noqa: D102 - the fields of a placement
    @property
    def from_on(self) -> date: ...  # noqa: D102


@dataclass(frozen=True, slots=True)
class Leg:
    """One believed stay in one job, from its first day to its last."""

    job: int
    stay: Stay
    first: date
    last: date


@dataclass
class Spell:
    """The places of one person from a hire day on, in their order.

    `stays` are believed, one for each place; `recorded` are all that were ever told. `beside`
    and `told_beside` are the same of all her other jobs, whenever she had them. `left_on`: the
    first day without work before this spell, where she was here before.
    """

    stays: list[Stay] = field(default_factory=list)
    recorded: list[Stay] = field(default_factory=list)
    beside: list[Leg] = field(default_factory=list)
    told_beside: list[Stay] = field(default_factory=list)
    left_on: date | None = None

    def add(self, row: Stay, *, believed: bool) -> None:
        """Add the next row, in the order of their days."""
        self.recorded.append(row)
        if believed:
            self.stays.append(row)

    def legs(self, from_on: date, primary: int) -> list[Leg]:
        """Return the stays of the primary job up to the one that begins on a day, in order."""
        stays = [stay for stay in self.stays if stay.from_on <= from_on]
        ends = [*(stay.from_on - ONE_DAY for stay in stays[1:]), date.max]
        return [Leg(primary, s, s.from_on, end) for s, end in zip(stays, ends, strict=False)]


NO_SPELL = Spell()


def spells_of(rows: Iterable[tuple[Any, bool]]) -> dict[tuple[int, date], Spell]:
    """Return each spell of each person by its hire day, of placements in the order of their days.

    Each row comes with whether it is believed; one of a primary job that was left ends a spell.
    """
    found: dict[tuple[int, date], Spell] = {}
    gone: dict[int, list[date]] = {}
    second: dict[int, list[tuple[Any, bool]]] = {}
    for row, believed in rows:
        if not row.is_primary:
            second.setdefault(row.user_id, []).append((row, believed))
        elif row.kind == "placed":
            found.setdefault((row.user_id, row.hired_on), Spell()).add(row, believed=believed)
        elif believed:
            gone.setdefault(row.user_id, []).append(row.from_on)
    if gone:
        for (user_id, hired_on), spell in found.items():
            before = [day for day in gone.get(user_id, ()) if day <= hired_on]
            spell.left_on = max(before, default=None)
    if second:
        for (user_id, _hired_on), spell in found.items():
            hers = second.get(user_id, ())
            spell.beside = list(_legs_beside(row for row, believed in hers if believed))
            spell.told_beside = [row for row, _believed in hers if row.kind == "placed"]
    return found


def _legs_beside(rows: Iterable[Any]) -> Iterator[Leg]:
    """Yield the stays in other jobs: each ends where the next row of its job begins."""
    open_: dict[int, Any] = {}
    for row in rows:
        before = open_.pop(row.job, None)
        if before is not None:
            yield Leg(row.job, before, before.from_on, row.from_on - ONE_DAY)
        if row.kind == "placed":
            open_[row.job] = row
    for row in open_.values():
        yield Leg(row.job, row, row.from_on, date.max)


def first_asked(
    rule: Asked, job: Here, spell: Spell, *, from_on: date, day: date
) -> tuple[date, datetime | None]:
    """Return the day since which a course is asked of somebody by a job, and when that was told.

    `from_on` is her first day where she works in her primary job, `day` the day asked about. The
    instant is of the first row by which the course was asked, here or in the places before it
    without a gap; None where no such row is known.
    """
    asked_on = rule.first_asked_on(job)
    primary = spell.legs(from_on, 1)
    at = next((leg for leg in spell.beside if _is_here(leg, job, day)), None)
    if at is None and primary:
        at = primary[-1]
    begun = primary[0] if primary else None
    if at is not None and begun is not None:
        asked_on, at = _back(rule, asked_on, at, [*primary, *spell.beside], begun)
    since = at.first if at is not None and at is not begun else date.min
    told = [row for row in spell.recorded if since <= row.from_on <= from_on]
    if spell.told_beside and begun is not None:
        since = max(since, begun.first)
        told += [row for row in spell.told_beside if since <= row.from_on <= day]
    return asked_on, min((row.recorded_at for row in told if rule.ever_asks(row)), default=None)


def _is_here(leg: Leg, job: Here, day: date) -> bool:
    return leg.job == job.job and leg.first == job.from_on and leg.first <= day <= leg.last


def _back(rule: Asked, asked_on: date, at: Leg, legs: list[Leg], begun: Leg) -> tuple[date, Leg]:
    """Go back from one stay to those before it, and beside it, that asked without a gap."""
    while asked_on > at.first or at is not begun:
        within = asked_on > at.first
        eve = (asked_on if within else at.first) - ONE_DAY
        if eve < begun.first:
            break
        earlier = [
            (start, leg)
            for leg in legs
            if leg.first <= eve <= leg.last and not (within and leg.job == at.job)
            if (start := rule.asked_until(leg.stay, eve)) is not None
        ]
        if not earlier:
            return max(asked_on, at.first) if at is not begun else asked_on, at
        asked_on, at = min(earlier, key=lambda found: max(found[0], found[1].first))
    return asked_on, at


def asked_by(rule: Asked, spell: Spell, day: date) -> Version | Asked:
    """Return the version that asked a course of somebody on a day; none did: the one today.

    A cycle that opened on that day keeps it, and so does one that ought to have been opened.
    """
    jobs = _jobs_on(spell, day)
    if not jobs:
        return rule
    found = [version for version in rule.versions if version.covers(day)]

    def asks(version: Version) -> int:
        return max(2 * claim(version, job, day) - (n > 0) for n, job in enumerate(jobs))

    best = max(found, key=asks, default=None)
    return best if best and asks(best) > 0 else rule


def _jobs_on(spell: Spell, day: date) -> list[Stay]:
    """Return where somebody worked on a day, the primary job first; none before her first day."""
    primary = [stay for stay in spell.stays if stay.from_on <= day][-1:]
    beside = [leg.stay for leg in spell.beside if leg.first <= day <= leg.last]
    return [*primary, *beside] if primary else []


def claim(rule: Asked | Version, place: Placed, day: date) -> int:
    """Return how much a rule asks of somebody: 2 on this day, 1 once she has access, 0 nothing."""
    if not is_for(rule.audience, place):
        return 0
    if rule.anchor == FirstAnchor.HIRE:
        return 2
    return 2 if place.phi_access_on is not None and place.phi_access_on <= day else 1


def first_opening(
    rule: Asked, place: Placed, spell: Spell, since: date, today: date
) -> tuple[date, Version | Asked]:
    """Return the day on which a first training was to open, and the version that asked it then.

    `since`: the first day on which she was hired, asked and recorded. It opens anew where she
    came under a rule that waits for her access: until then nothing was required of her. `place`
    is the job that asks it.
    """
    opens, access = since, place.phi_access_on
    moves = [*(stay.from_on for stay in spell.stays), *(leg.first for leg in spell.beside)]
    turns = {since, *moves, *(version.from_on for version in rule.versions)}
    for day in sorted(turn for turn in turns if since <= turn <= today):
        waits = asked_by(rule, spell, day).anchor == FirstAnchor.ACCESS
        if waits and access is not None and access > max(day, opens):
            opens = access
    return opens, asked_by(rule, spell, opens)


def renewed_by(
    rule: Asked, spell: Spell, completed_on: date, expires_on: date, today: date
) -> Version | Asked:
    """Return the version by which a renewal opened, whether or not a job was there to open it.

    While none has opened it, that is the rule of today. Where nothing asked the course for a
    while, what was open was closed then, and it opened anew.
    """
    if len(rule.versions) < 2:
        return rule
    moves = [*(stay.from_on for stay in spell.stays), *(leg.first for leg in spell.beside)]
    ends = [leg.last + ONE_DAY for leg in spell.beside if leg.last < date.max]
    turns = {completed_on, *moves, *ends}
    for version in rule.versions:
        turns |= {version.from_on, opens_on(version.renewal, expires_on)}
        turns |= {version.to_on + ONE_DAY} if version.to_on else set()
    opened: Version | None = None
    for day in sorted(turn for turn in turns if completed_on <= turn <= today):
        asks = asked_by(rule, spell, day)
        if not isinstance(asks, Version):
            opened = None
        elif opened is None and opens_on(asks.renewal, expires_on) <= day:
            opened = asks
    return opened or rule
