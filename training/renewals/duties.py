"""Every person's duties with the dates that decide them: what reports, reminders and the
renewal of cycles all read, so that they can't disagree.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Protocol

from sqlalchemy.orm import Session

from training.assignments.service import due_when_back
from training.renewals.asked import Version
from training.renewals.known import Asked, Held, Known, OpenCycle, Spans
from training.renewals.outside import is_outside, led_outside
from training.renewals.persons import Job, Person
from training.renewals.spells import NO_SPELL, Spell, claim, first_asked, first_opening, renewed_by
from training.rules.days import ONE_DAY, local_day
from training.rules.renewal import (
    FirstAnchor,
    due_after_return,
    first_due_on,
    opens_on,
    renewal_due_on,
)
from training.rules.standing import Complete, CourseFacts, Status, complete_on, status_on


@dataclass(frozen=True, slots=True)
class Duty:
    """One person and one required course, with every date that matters."""

    person: Person
    rule: Asked
    cycle: OpenCycle | None
    held: Held | None
    facts: CourseFacts
    asked_on: date
    spans: Spans = ()  # of leaves and waivers
    first_by: Asked | Version | None = None  # what asked for the first training as it opened
    rule_due_on: date | None = None  # of a first training, by the rule of today
    by: Job | None = None  # the job beside her primary one that asks first; None: the primary
    over: OpenCycle | None = None  # of an earlier spell of work: no job has closed it yet
    renewed_by: Asked | Version | None = None  # what asks for the refresher as it opens

    @property
    def complete(self) -> Complete:
        """Return the answer to "complete on a day" for her today."""
        return complete_on(self.facts, self.person.today)

    @property
    def status(self) -> Status:
        """Return what is open for her today."""
        return status_on(self.facts, self.person.today)


def duties_of(
    session: Session, persons: Sequence[Person], rules: Sequence[Asked]
) -> Iterator[Duty]:
    """Yield every duty of these people, in six statements however many they are.

    In seven while a change's course is asked of anybody.
    """
    ids = [person.user_id for person in persons]
    rules = [rule for rule in rules if is_outside(rule.audience) is led_outside(session)]
    if not ids or not rules:
        return
    known = Known(session, ids, rules)
    for person in persons:
        for rule in one_a_course(person, rules):
            yield duty_of(known, person, rule)


def one_a_course(person: Person, rules: Sequence[Asked]) -> Iterator[Asked]:
    """Yield one rule for each course: the first that asks it of her today.

    Else the first that is for her (from access on, which she has not yet), else the first.
    """
    chosen: dict[str, Asked] = {}
    for rule in rules:
        other = chosen.get(rule.course)
        if other is None or _claim(rule, person) > _claim(other, person):
            chosen[rule.course] = rule
    yield from chosen.values()


def _claim(rule: Asked, person: Person) -> int:
    """Return how much a rule asks of somebody; alike, her primary job goes before another."""
    return max(2 * claim(rule, job, person.today) - (job is not person) for job in person.jobs)


class Dates(Protocol):
    """What a duty is made of: of today (`Known`), or of another day (`history.Then`)."""

    cycles: dict[tuple[int, str], OpenCycle]
    held: dict[tuple[int, str], Held]
    spells: dict[tuple[int, date], Spell]
    away: dict[int, Spans]
    waived: dict[tuple[int, str], Spans]
    waiting: frozenset[int]

    def concerns(self, user_id: int, rule: Asked) -> bool: ...  # noqa: D102 - see `Known`


def duty_of(known: Dates, person: Person, rule: Asked) -> Duty:
    """Return one duty of somebody, by the dates that are known.

    An open cycle keeps the grace of the rule version that it opened with.
    """
    key = (person.user_id, rule.course)
    cycle, over, held = *_cycle_of(known, person, rule), known.held.get(key)
    outside = is_outside(rule.audience)  # then nothing but what was assigned is asked
    first = _first(known, person, rule)
    by_rule = None if outside else first.due_on
    first_due = by_rule if cycle or by_rule is None else first.due_as_it_opened
    asks_her = any(rule.asks(job) for job in person.jobs)
    asked = asks_her and known.concerns(person.user_id, rule)
    asks = person.kind == "placed" and (outside or asked)
    day = person.today
    if held is not None and _ran_out_before(held, person):
        held = None
    away, waived = known.away.get(person.user_id, ()), known.waived.get(key, ())
    spans = (*away, *waived)
    away_until = _until(away, day)
    if cycle is not None and not outside:
        cycle = _when_back(cycle, spans, day)
    opens_by = _renewed_by(known, person, rule, held) if held else first.by
    if cycle is None:
        due_on = _due_by_its_dates(person, opens_by, held, first_due, spans)
    else:
        due_on = cycle.due_on if cycle.opens_on <= day else None
    facts = CourseFacts(
        required=asks
        and (first_due is not None or held is not None or (outside and cycle is not None)),
        left=person.kind == "left",
        away=away_until is not None,
        away_until=away_until if away_until != date.max else None,
        waived_until=_until(waived, day),
        waiting_for_help=cycle is not None and cycle.id in known.waiting,
        first_due_on=first_due,
        due_on=due_on,
        begun=cycle is not None and cycle.begun,
        grace_days=(cycle or opens_by).renewal.grace_days,
        held=held is not None,
        expires_on=held.expires_on if held else None,
        held_grace_days=held.grace_days if held else 0,
        held_due_on=due_on if cycle is None or cycle.reason == "renewal" else None,
    )
    job = None if isinstance(first.job, Person) else first.job
    since, by = first.asked_on, first.by
    return Duty(person, rule, cycle, held, facts, since, spans, by, by_rule, job, over, opens_by)


def _renewed_by(known: Dates, person: Person, rule: Asked, held: Held) -> Asked | Version:
    if held.expires_on is None:
        return rule
    spell = known.spells.get((person.user_id, person.hired_on), NO_SPELL)
    return renewed_by(rule, spell, held.completed_on, held.expires_on, person.today)


def _cycle_of(
    known: Dates, person: Person, rule: Asked
) -> tuple[OpenCycle | None, OpenCycle | None]:
    """Return the open cycle of a duty, and one that ended as she left, though it stands open.

    Who left and was hired again while no job ran starts as whoever was hired again does.
    """
    cycle = known.cycles.get((person.user_id, rule.course))
    if cycle is None or is_outside(rule.audience):
        return cycle, None
    left_on = known.spells.get((person.user_id, person.hired_on), NO_SPELL).left_on
    if left_on is None or left_on <= cycle.assigned_on:
        return cycle, None
    return None, cycle


def _ran_out_before(held: Held, person: Person) -> bool:
    """Tell whether a completion ran out before she was hired again: she starts as new."""
    expires = held.expires_on
    again = person.hired_on > held.completed_on
    return again and expires is not None and person.hired_on > expires


@dataclass(frozen=True, slots=True)
class _First:
    """A first duty: which job asks it, since when, and when it is due by the rule of today.

    `opens` is the day on which it was to open, and `by` what asked it on that day: it is due by
    this one, whether or not a job was there to open it.
    """

    job: Person | Job
    asked_on: date
    due_on: date | None
    opens: date
    by: Asked | Version

    @property
    def due_as_it_opened(self) -> date:
        """Return the due day by what asked it as it opened."""
        return self.opens + timedelta(days=self.by.days)


def _first(known: Dates, person: Person, rule: Asked) -> _First:
    """Return the first duty of a course: of her jobs that ask it, the one that is due first."""
    asking = [job for job in person.jobs if rule.asks(job)]
    found = [_first_by(known, person, rule, job) for job in asking or [person]]
    return min(found, key=lambda first: first.due_on or date.max)


def _first_by(known: Dates, person: Person, rule: Asked, job: Person | Job) -> _First:
    spell = known.spells.get((person.user_id, person.hired_on), NO_SPELL)
    asked_on, recorded_at = first_asked(rule, job, spell, from_on=person.from_on, day=person.today)
    # the day where she works when it was recorded
    recorded_on = local_day(recorded_at, person.zone) if recorded_at else date.min
    due_on = first_due_on(
        days=rule.days,
        anchor=FirstAnchor(rule.anchor),
        hired_on=person.hired_on,
        access_on=job.phi_access_on,
        asked_on=asked_on,
        placed_recorded_on=recorded_on,
        on=person.today,
    )
    if due_on is None or len(rule.versions) < 2:
        opens = due_on - timedelta(days=rule.days) if due_on else date.min
        return _First(job, asked_on, due_on, opens, rule)
    since = max(person.hired_on, asked_on, recorded_on)
    return _First(job, asked_on, due_on, *first_opening(rule, job, spell, since, person.today))


def _due_by_its_dates(
    person: Person,
    by: Asked | Version,
    held: Held | None,
    first_due: date | None,
    spans: Spans,
) -> date | None:
    """Return the due day of what ought to be open where the job has opened nothing yet."""
    if held is not None:
        renewal = _renewal(person, by, held)
        if renewal is None or renewal[0] > person.today:
            return None
        opens, due_on = renewal
    elif first_due is not None:
        opens, due_on = first_due - timedelta(days=by.days), first_due
    else:
        return None
    for to_on in ended(spans, opens, person.today):
        due_on = due_after_return(due_on, to_on + ONE_DAY)
    return due_on


def _when_back(cycle: OpenCycle, spans: Spans, day: date) -> OpenCycle:
    """Return an open cycle with the due day that counts on a day, noted by a job or not yet."""
    last_day = last_ended(cycle, spans, day)
    due_on = due_when_back(cycle.due_on, last_day, cycle.noted_back)
    return (
        cycle
        if due_on == cycle.due_on
        else replace(cycle, due_on=due_on, noted_due_on=cycle.due_on)
    )


def last_ended(cycle: OpenCycle, spans: Spans, day: date) -> date | None:
    """Return the last day of the last leave or waiver that ended while a cycle was open."""
    return max(ended(spans, min(cycle.assigned_on, cycle.opens_on), day), default=None)


def ended(spans: Spans, since: date, today: date) -> list[date]:
    """Return the last days of the leaves and waivers that ended since a cycle opened, in order."""
    return sorted(to_on for _from_on, to_on in spans if to_on and since <= to_on < today)


def renewal_of(duty: Duty) -> tuple[date, date] | None:
    """Return when the next refresher opens and is due; None where nothing runs out."""
    return _renewal(duty.person, duty.renewed_by or duty.rule, duty.held) if duty.held else None


def _renewal(person: Person, by: Asked | Version, held: Held) -> tuple[date, date] | None:
    if held.expires_on is None:
        return None
    due_on = renewal_due_on(held.expires_on)
    if person.hired_on > held.completed_on:
        due_on = due_after_return(due_on, person.hired_on)
    return opens_on(by.renewal, held.expires_on), due_on


def _until(spans: Spans, day: date) -> date | None:
    """Return the last day of the span that a day is in; `date.max` where it has no end."""
    inside = [to or date.max for start, to in spans if start <= day and (to or date.max) >= day]
    return max(inside, default=None)
