"""Since when a course is asked of somebody, over all the places that she had since she was hired.

A move under a rule that asked her before changes nothing; a move to where one asks her for the
first time is a first duty like a new member's, and what is told late counts from then.
"""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Protocol

from training.renewals.asked import ONE_DAY, Asked, Placed, Version, is_for
from training.rules.renewal import FirstAnchor


class Stay(Placed, Protocol):
    """One row of where somebody works, from a day on."""

    @property
    def from_on(self) -> date: ...  # noqa: D102 - the fields of a placement
    @property
    def recorded_at(self) -> datetime: ...  # noqa: D102


@dataclass
class Spell:
    """The places of one person from a hire day on, in their order.

    `stays` are believed, one for each place; `recorded` are all that were ever told.
    """

    stays: list[Stay] = field(default_factory=list)
    recorded: list[Stay] = field(default_factory=list)

    def add(self, row: Stay, *, believed: bool) -> None:
        """Add the next row, in the order of their days."""
        self.recorded.append(row)
        if believed:
            self.stays.append(row)


NO_SPELL = Spell()


def first_asked(
    rule: Asked, place: Placed, from_on: date, spell: Spell
) -> tuple[date, datetime | None]:
    """Return the day since which a course is asked of somebody, and when that was recorded.

    `place` is where she works now, `from_on` her first day there. The instant is of the first
    row by which the course was asked, here or in the places before it without a gap; None
    where no such row is known.
    """
    asked_on = rule.first_asked_on(place)
    stays = [stay for stay in spell.stays if stay.from_on <= from_on]
    last = len(stays) - 1
    while last > 0 and asked_on <= stays[last].from_on:
        begun_on = stays[last].from_on
        earlier = rule.asked_until(stays[last - 1], begun_on - ONE_DAY)
        if earlier is None:
            asked_on = begun_on
            break
        asked_on, last = earlier, last - 1
    since = stays[last].from_on if last > 0 else date.min
    told = (row for row in spell.recorded if since <= row.from_on <= from_on)
    return asked_on, min((row.recorded_at for row in told if rule.ever_asks(row)), default=None)


def asked_by(rule: Asked, spell: Spell, day: date) -> Version | Asked:
    """Return the version that asked a course of somebody on a day; none did: the one today.

    A cycle that opened on that day keeps it, and so does one that ought to have been opened.
    """
    places = [stay for stay in spell.stays if stay.from_on <= day]
    if not places:
        return rule
    found = [version for version in rule.versions if version.covers(day)]
    best = max(found, key=lambda version: claim(version, places[-1], day), default=None)
    return best if best and claim(best, places[-1], day) else rule


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
    came under a rule that waits for her access: until then nothing was required of her.
    """
    opens, access = since, place.phi_access_on
    turns = {since, *(stay.from_on for stay in spell.stays), *(v.from_on for v in rule.versions)}
    for day in sorted(turn for turn in turns if since <= turn <= today):
        waits = asked_by(rule, spell, day).anchor == FirstAnchor.ACCESS
        if waits and access is not None and access > max(day, opens):
            opens = access
    return opens, asked_by(rule, spell, opens)
