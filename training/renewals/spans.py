"""One person's duties as dates that hold for every day: what reports count without asking again.

Between two turning days the facts of a duty are the same, and its standing on a day follows
from comparing that day with dates (`training.rules.standing` compares the same ones).
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import zip_longest
from typing import Any

from training.accounts.days import everywhere
from training.renewals import history
from training.renewals.duties import Duty, renewal_of
from training.renewals.history import Lives, Moment
from training.renewals.rule_book import RuleBook
from training.rules.standing import SOON, CourseFacts, Status, due_day

ONE_DAY = timedelta(days=1)
LAST = date.max


@dataclass(frozen=True, slots=True)
class Span:
    """One row of `standing_dates`, but for whose it is."""

    course: str
    from_on: date
    to_on: date
    entity_id: int
    site: str
    department: str
    worker_type: str
    access_on: date | None
    asked_from: date | None = None
    yes_until: date | None = None
    not_yet_until: date | None = None
    out_until: date | None = None
    away_until: date | None = None
    waiting_from: date | None = None
    soon_from: date | None = None
    good_until: date | None = None
    begun_from: date | None = None
    settle_from: date | None = None
    due_on: date | None = None
    completed_on: date | None = None
    expires_on: date | None = None


def spans_of(one: Lives, book: RuleBook) -> list[Span]:
    """Return every span of one person, by course and day; days without a duty have none."""
    turns = [date.fromordinal(day) for day in sorted(_turns(one, book))]
    found: dict[str, list[Span]] = {}
    for day, following in zip_longest(turns, turns[1:]):
        last = following - ONE_DAY if following else LAST
        for duty in history.duties_at(one, book, Moment(everywhere(day))):
            span = _span(duty, day, last)
            if span is not None:
                _add(found.setdefault(span.course, []), span)
    return [_clipped(span) for spans in found.values() for span in spans]


def _add(spans: list[Span], span: Span) -> None:
    """Add a span, or let the one before it go on where nothing about it is new."""
    if spans and spans[-1].to_on + ONE_DAY == span.from_on:
        before = spans[-1]
        if _since(before, span.from_on) == replace(span, to_on=before.to_on):
            spans[-1] = replace(before, to_on=span.to_on)
            return
    spans.append(span)


def _since(span: Span, day: date) -> Span:
    """Return a span as if it had begun on a later day."""
    values: dict[str, Any] = {name: day for name in MARKS if getattr(span, name) is not None}
    if span.soon_from is not None:
        values["soon_from"] = max(span.soon_from, day)
    return replace(span, from_on=day, **values)


MARKS = ("asked_from", "waiting_from", "begun_from", "settle_from")


def _clipped(span: Span) -> Span:
    """Return a span whose dates of the first answer lie within it: they are counted by day."""
    ends: dict[str, Any] = {
        name: None if day < span.from_on else min(day, span.to_on)
        for name in ("yes_until", "not_yet_until", "out_until")
        if (day := getattr(span, name)) is not None
    }
    return replace(span, **ends)


def _span(duty: Duty, day: date, last: date) -> Span | None:
    person, facts = duty.person, duty.facts
    settles = _settles(duty, day)
    bare = Span(
        course=duty.rule.course,
        from_on=day,
        to_on=last,
        entity_id=person.entity_id,
        site=person.site,
        department=person.department,
        worker_type=person.worker_type,
        access_on=person.access_on,
        settle_from=day if settles else None,
    )
    if facts.left or not facts.required:
        return bare if settles else None
    away = duty.status is Status.AWAY
    yes, not_yet = _yes_until(facts), _not_yet_until(facts)
    good, soon = _due_dates(facts, yes)
    held = duty.held
    return replace(
        bare,
        asked_from=day,
        yes_until=yes,
        not_yet_until=not_yet,
        out_until=_out_until(facts, not_yet) if away else None,
        away_until=LAST if away else None,
        waiting_from=day if facts.waiting_for_help else None,
        soon_from=None if soon is None else max(soon, day),
        good_until=good,
        begun_from=day if facts.begun else None,
        due_on=due_day(facts),
        completed_on=held.completed_on if held else None,
        expires_on=held.expires_on if held else None,
    )


def _yes_until(facts: CourseFacts) -> date | None:
    if not facts.held:
        return None
    if facts.expires_on is None:
        return LAST
    return _plus(
        max(facts.expires_on, facts.held_due_on or facts.expires_on), facts.held_grace_days
    )


def _not_yet_until(facts: CourseFacts) -> date | None:
    due_on = due_day(facts)
    return None if facts.held or due_on is None else _plus(due_on, facts.grace_days)


def _out_until(facts: CourseFacts, not_yet: date | None) -> date | None:
    """Return until when somebody who is away is out of the rate; see `standing.in_rate`.

    A waiver takes out whoever has completed once; who never has stays in, once she is due.
    """
    return LAST if facts.away or facts.held else not_yet


def _due_dates(facts: CourseFacts, yes: date | None) -> tuple[date | None, date | None]:
    """Return the last good day, and since when what is open is due soon; see `standing`."""
    due_on, after = due_day(facts), date.min
    if due_on is None and facts.held:
        due_on, after = facts.expires_on, _plus(yes or date.min, 1)
    if due_on is None:
        return None, None
    return _plus(due_on, facts.grace_days), max(_plus(due_on, -SOON.days), after)


def _plus(day: date, days: int) -> date:
    return date.fromordinal(min(max(day.toordinal() + days, 1), LAST.toordinal()))


def _settles(duty: Duty, day: date) -> bool:
    """Tell whether `reconcile` may have something to do: rather once too often."""
    if duty.over is not None:
        return True
    if duty.person.kind == "left":
        return duty.cycle is not None
    if duty.cycle is not None:
        back = duty.cycle.noted_due_on is not None  # and no job has noted it
        return not duty.facts.required or back
    if not duty.facts.required:
        return False
    if duty.held is None:
        return duty.facts.first_due_on is not None
    renewal = renewal_of(duty)
    return renewal is not None and renewal[0] <= day


# --- the days on which a fact can be another ------------------------------------------------


def _turns(one: Lives, book: RuleBook) -> set[int]:
    """Return every day, as an ordinal, on which the facts of a duty can be other ones.

    The days on which a date is passed are not among them: those are compared, not counted.
    """
    zones = {row.zone for row in one.placements}
    placements = [row for row in one.placements if row.superseded_at is None]
    found: set[int] = set()
    for row in placements:
        found |= {_day(row.from_on), _day(row.hired_on)}
        if row.phi_access_on is not None:
            found.add(_day(row.phi_access_on))
    absences = (row for row in one.absences if row.superseded_at is None)
    waivers = (row for row in one.waivers if row.superseded_at is None)
    rules = (row for row in book.rows if row.superseded_at is None)
    _add_spans(found, (*absences, *waivers, *rules))
    _add_cycles(found, one, zones)
    for row in one.completions:
        found.add(_day(row.completed_on))  # one that was withdrawn still says when its cycle closed
        if row.withdrawn_at is None and row.expires_on is not None:
            found |= {_day(row.expires_on) - window for window in book.windows}
    found |= {_day(row.signed_on) for row in one.signatures}
    first = min((_day(row.from_on) for row in placements), default=LAST.toordinal() + 1)
    return {day for day in found if day >= first}


def _add_cycles(found: set[int], one: Lives, zones: set[str]) -> None:
    for row in one.cycles:
        found |= {_day(row.assigned_on), _day(row.opens_on)}
        for at in (row.begun_at, row.closed_at):
            if at is not None:
                found |= {_day(history.day_of(at, zone)) for zone in zones}
    for moves in one.moves.values():
        for row in moves:
            found |= {_day(history.day_of(row.recorded_at, zone)) for zone in zones}
    for row in one.calls:
        found.add(_day(row.asked_on))
        if row.answered_at is not None:
            found |= {_day(history.day_of(row.answered_at, zone)) for zone in zones}


def _add_spans(found: set[int], rows: Iterable[Any]) -> None:
    for row in rows:
        found.add(_day(row.from_on))
        if row.to_on is not None and row.to_on < LAST:
            found.add(_day(row.to_on) + 1)


def _day(day: date) -> int:
    return day.toordinal()
