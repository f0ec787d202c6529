"""When a booster is due, which situation it is, and when it rests: plain values, no clock.

A booster is one scene of about a minute, some weeks after a completion; nothing counts it.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

WEEKS = (1, 4, 12)
KINDS = {f"booster_{week}": week for week in WEEKS}
"""What the ledger calls them, and the week that each is for."""

LATEST = timedelta(days=6)
"""So many days after its own a booster still goes out; later it would tell of another week."""

APART = timedelta(days=7)
UNOPENED = 3
"""So many in a row that nobody opened stop them."""


@dataclass(frozen=True, slots=True)
class Sent:
    """A booster that went out: its day, its situation, and whether she took its choice."""

    sent_on: date
    situation: tuple[str, str]
    opened: bool


@dataclass(frozen=True, slots=True)
class Candidate:
    """A situation that a booster could be."""

    module: str
    scenario: str
    objective: str
    must_pass: bool

    @property
    def situation(self) -> tuple[str, str]:
        """Return what tells it from others."""
        return self.module, self.scenario

    @property
    def about(self) -> tuple[str, str]:
        """Return what it asks for: the objective of its module."""
        return self.module, self.objective


def kind_of(week: int) -> str:
    """Return what the ledger calls the booster of a week."""
    return f"booster_{week}"


def week_due(completed_on: date, today: date, sent: Collection[int]) -> int | None:
    """Return the week whose booster is due today, or None; what an outage missed is not made up."""
    passed = today - completed_on
    for week in WEEKS:
        late = passed - timedelta(weeks=week)
        if timedelta(0) <= late <= LATEST and week not in sent:
            return week
    return None


def rests(sent: Sequence[Sent], completed_on: date, today: date) -> bool:
    """Tell whether nothing goes out to her today; `sent` in the order of time.

    Not twice within a week, whatever she completed. Three in a row unopened stop them, until she
    opens one after all, or completes a training after the last of the three.
    """
    if not sent:
        return False
    newest = sent[-1]
    if today - newest.sent_on < APART:
        return True
    last = sent[-UNOPENED:]
    unopened = len(last) == UNOPENED and not any(one.opened for one in last)
    return unopened and completed_on <= newest.sent_on


def choose(
    candidates: Sequence[Candidate],
    sent: Sequence[tuple[str, str]],
    kept: Mapping[tuple[str, str], float],
    turn: int = 0,
) -> Candidate | None:
    """Return the situation to send: never the one before, and first what she was never sent.

    Of those a must-pass objective comes first, then what her role keeps least (`kept`: the share
    of best choices by objective, where the group is large enough), then the order of her course.
    The situations of one objective take turns, so that no week has always the same one, and weeks
    can be compared. Her own choices decide nothing; the same values give the same situation.
    """
    last_sent = {situation: place for place, situation in enumerate(sent)}
    newest = sent[-1] if sent else None
    about: dict[tuple[str, str], list[Candidate]] = {}
    for candidate in candidates:
        about.setdefault(candidate.about, []).append(candidate)
    order = [
        candidate
        for alike in about.values()
        for candidate in alike[turn % len(alike) :] + alike[: turn % len(alike)]
    ]
    return min(
        (candidate for candidate in order if candidate.situation != newest),
        key=lambda c: (
            last_sent.get(c.situation, -1),
            not c.must_pass,
            kept.get(c.about, 1.0),
        ),
        default=None,
    )
