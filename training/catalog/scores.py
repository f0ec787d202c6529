"""What the learner made of an exercise: pure, in whole numbers, from the exercise and her move."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations
from math import prod
from typing import ClassVar, TypeVar

from training.catalog.exercises import (
    THOUSAND,
    Check,
    Document,
    Meter,
    Order,
    OrderStep,
    Photo,
    Reply,
    Thing,
)
from training.catalog.lessons import render_inline
from training.catalog.moves import IllegalMove, Move
from training.catalog.part import Entry, Exercise

OUT = "out"
Marked = TypeVar("Marked", Thing, Check)


@dataclass(frozen=True, slots=True)
class Told:
    """An entry with its feedback: what it was, and whether she marked, used or kept it."""

    id: str
    name: str
    class_: str
    marked: bool
    feedback_html: str
    label: str
    fact: str


@dataclass(frozen=True, slots=True)
class Found:
    """What was found, missed and marked without need, in a picture or on a paper."""

    kind: str
    found: int
    of: int
    missed: tuple[Told, ...]
    false_alarms: tuple[Told, ...]
    told: tuple[Told, ...]

    @property
    def values(self) -> dict[str, int]:
        """Return the variables that the cases may ask."""
        missed, alarms = len(self.missed), len(self.false_alarms)
        return {"found": self.found, "missed": missed, "false_alarms": alarms}

    @property
    def all_right(self) -> bool:
        """Tell whether nothing was missed and nothing marked without need."""
        return not self.missed and not self.false_alarms


@dataclass(frozen=True, slots=True)
class Sent:
    """An answer as it was sent: how much of it confirms a patient, and what is lacking."""

    kind: ClassVar[str] = "reply"
    confirming: int
    needed: int
    lacking: int
    told: tuple[Told, ...]

    @property
    def values(self) -> dict[str, int]:
        """Return the variables that the cases may ask."""
        return {"confirming": self.confirming, "needed": self.needed, "lacking": self.lacking}

    @property
    def all_right(self) -> bool:
        """Tell whether all that is needed stands in it, and nothing that confirms."""
        return self.confirming == 0 and self.lacking == 0


@dataclass(frozen=True, slots=True)
class ToldStep:
    """A step: its place (None: nowhere), hers (None: left out), and how the two disagree.

    `first` and `last` are where it may stand in a right order; they differ among equal places.
    """

    told: Told
    place: int | None
    first: int
    last: int
    hers: int | None
    early: bool
    late: bool

    @property
    def amiss(self) -> bool:
        """Tell whether it stands too early or too late, or is in or out wrongly."""
        return self.early or self.late or (self.place is None) is not (self.hers is None)

    @property
    def either_way(self) -> bool:
        """Tell whether another step has the same place."""
        return self.first < self.last


@dataclass(frozen=True, slots=True)
class Ordered:
    """An order: the pairs that stand the wrong way round, and what is in or out wrongly."""

    kind: ClassVar[str] = "order"
    slips: int
    wrong_steps: int
    left_out: int
    steps: tuple[ToldStep, ...]

    @property
    def values(self) -> dict[str, int]:
        """Return the variables that the cases may ask."""
        return {"slips": self.slips, "wrong_steps": self.wrong_steps, "left_out": self.left_out}

    @property
    def all_right(self) -> bool:
        """Tell whether every step stands where it may."""
        return not any(self.values.values())


@dataclass(frozen=True, slots=True)
class Crowd:
    """How many people a story with these details may still be about."""

    kind: ClassVar[str] = "meter"
    left: int
    whole: int
    of: str
    told: tuple[Told, ...]

    @property
    def values(self) -> dict[str, int]:
        """Return the variables that the cases may ask."""
        return {"crowd": self.left, "details": sum(told.marked for told in self.told)}

    @property
    def all_right(self) -> bool:
        """No number of people is right or wrong in itself: the case says."""
        return True


Score = Found | Sent | Ordered | Crowd


def score_of(exercise: Exercise | None, move: Move) -> Score | None:
    """Return what a move makes of an exercise. Raises IllegalMove for what it does not have."""
    match exercise:
        case Photo():
            _known(exercise, move, "there is no such thing in the picture")
            return _found("photo", exercise.things, move, real="patient", alarm="fine")
        case Document():
            _known(exercise, move, "there is no such point on the list")
            return _found("document", exercise.checks, move, real="defect", alarm="there")
        case Reply():
            _known(exercise, move, "there is no such phrase here")
            return _sent(exercise, move)
        case Meter():
            _known(exercise, move, "there is no such detail here")
            return _crowd(exercise, move)
    if move.marks:
        raise IllegalMove("there is nothing to mark here")
    return _ordered(exercise, move) if isinstance(exercise, Order) else None


def _known(exercise: Exercise, move: Move, otherwise: str) -> None:
    if set(move.marks) - {entry.id for entry in exercise.entries}:
        raise IllegalMove(otherwise)


def _told(entry: Entry, name: str, class_: str, *, marked: bool) -> Told:
    html = render_inline(entry.feedback)
    return Told(entry.id, name, class_, marked, html, entry.label, entry.fact)


def _found(kind: str, entries: Sequence[Marked], move: Move, *, real: str, alarm: str) -> Found:
    told = tuple(_told(e, e.name, e.class_, marked=e.id in move.marks) for e in entries)
    return Found(
        kind=kind,
        found=sum(t.marked for t in told if t.class_ == real),
        of=sum(t.class_ == real for t in told),
        missed=tuple(t for t in told if t.class_ == real and not t.marked),
        false_alarms=tuple(t for t in told if t.class_ == alarm and t.marked),
        told=told,
    )


def _sent(reply: Reply, move: Move) -> Sent:
    if not move.marks:
        raise IllegalMove("choose at least one phrase first")
    told = tuple(_told(p, p.text, p.class_, marked=p.id in move.marks) for p in reply.phrases)
    needed = [t.marked for t in told if t.class_ == "needed"]
    return Sent(
        confirming=sum(t.marked for t in told if t.class_ == "confirms"),
        needed=sum(needed),
        lacking=len(needed) - sum(needed),
        told=told,
    )


def people_left(meter: Meter, kept: Iterable[str]) -> int:
    """Return how many people still match with these details: rounded down, at least one."""
    on = set(kept)
    keeps = [detail.keeps for detail in meter.details if detail.id in on]
    left: int = meter.crowd * prod(keeps) // prod([THOUSAND] * len(keeps))
    return max(1, left)


def _crowd(meter: Meter, move: Move) -> Crowd:
    told = tuple(_told(d, d.text, "detail", marked=d.id in move.marks) for d in meter.details)
    return Crowd(people_left(meter, move.marks), meter.crowd, meter.of, told)


def _numbers(order: Order, move: Move) -> dict[str, int]:
    """Return the number of each step that is in. Raises IllegalMove unless every one is set."""
    allowed = {str(number): number for number in range(1, len(order.steps) + 1)}
    numbers: dict[str, int] = {}
    for step in order.steps:
        pick = move.picks.get(step.id, "")
        if not pick:
            raise IllegalMove(f"give “{step.text}” a number, or leave it out")
        if pick != OUT and pick not in allowed:
            raise IllegalMove(f"a step gets a number from 1 to {len(allowed)}, or is left out")
        if pick == OUT:
            continue
        if allowed[pick] in numbers.values():
            raise IllegalMove(f"two steps have the number {pick}")
        numbers[step.id] = allowed[pick]
    return numbers


def _ordered(order: Order, move: Move) -> Ordered:
    numbers = _numbers(order, move)
    right = [step for step in order.steps if step.place != "never"]
    # each slip as the step that stands too early, and the one that stands too late
    slips = [slip for one, other in combinations(right, 2) if (slip := _slip(one, other, numbers))]
    early, late = {slip[0] for slip in slips}, {slip[1] for slip in slips}
    ranks = {id_: n for n, id_ in enumerate(sorted(numbers, key=numbers.__getitem__), start=1)}
    places = [_place(step) for step in right]
    steps = tuple(
        ToldStep(
            told=_told(step, step.text, "step", marked=step.id in numbers),
            place=None if step.place == "never" else step.place,
            first=sum(place < _place(step) for place in places) + 1,
            last=sum(place <= _place(step) for place in places),
            hers=ranks.get(step.id),
            early=step.id in early,
            late=step.id in late,
        )
        for step in sorted(order.steps, key=_place)
    )
    return Ordered(
        slips=len(slips),
        wrong_steps=sum(step.place is None and step.hers is not None for step in steps),
        left_out=sum(step.place is not None and step.hers is None for step in steps),
        steps=steps,
    )


def _place(step: OrderStep) -> int:
    """Return where a step belongs; after all others where it belongs nowhere."""
    return THOUSAND if step.place == "never" else step.place


def _slip(one: OrderStep, other: OrderStep, numbers: dict[str, int]) -> tuple[str, str] | None:
    """Return two steps that are both in and stand the wrong way round, hers first."""
    if one.id not in numbers or other.id not in numbers or _place(one) == _place(other):
        return None
    former, latter = sorted((one, other), key=lambda step: numbers[step.id])
    return (former.id, latter.id) if _place(former) > _place(latter) else None
