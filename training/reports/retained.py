"""What is left after 1, 4 and 12 weeks, by objective and role, and never about one person.

A share is of first choices that were the best one, each person once. Groups are hidden as
`shown_groups` says. The roles together are told only where no role can be shown alone, so that no
table has a whole to subtract from; a share at either end is said in words.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from quizzes import wilson
from training.catalog.roles import ROLES
from training.learning.booster_models import BoosterCount
from training.reports.beliefs import share_in_words
from training.rules.boosters import WEEKS
from training.rules.small_groups import SMALLEST, shown_groups

TOGETHER = "together"  # all roles in one


@dataclass(frozen=True, slots=True)
class Counted:
    """How many of a role answered a booster on an objective, and how many chose best."""

    module: str
    objective: str
    week: int
    role: str
    answered: int
    best: int


@dataclass(frozen=True, slots=True)
class Share:
    """A share that may be shown, with its 95 % interval where the share itself is a number."""

    people: int
    words: str
    low: float | None
    high: float | None
    best: int

    @property
    def is_number(self) -> bool:
        """Tell whether the share is told as a number."""
        return self.low is not None


@dataclass(frozen=True, slots=True)
class Left:
    """What is left of one objective: a share by role and week; `hidden`: people not shown."""

    module: str
    objective: str
    shares: Mapping[tuple[str, int], Share]
    hidden: int

    @property
    def groups(self) -> list[str]:
        """Return the roles that have a share, in their order; all roles in one last."""
        found = {role for role, _week in self.shares}
        return [role for role in (*ROLES, TOGETHER) if role in found]


def counts_of(session: Session, entity_id: int) -> list[Counted]:
    """Return every count of an entity."""
    query = select(
        BoosterCount.module,
        BoosterCount.objective,
        BoosterCount.week,
        BoosterCount.role,
        BoosterCount.answered,
        BoosterCount.best,
    ).where(BoosterCount.entity_id == entity_id)
    return [Counted(*row) for row in session.execute(query)]


def left_of(counts: Iterable[Counted]) -> list[Left]:
    """Return what may be shown of each objective that anybody answered, by module and name."""
    heaps: dict[tuple[str, str], dict[int, list[Counted]]] = defaultdict(lambda: defaultdict(list))
    for one in counts:
        heaps[one.module, one.objective][one.week].append(one)
    found = []
    for (module, objective), weeks in sorted(heaps.items()):
        shares: dict[tuple[str, int], Share] = {}
        hidden = 0
        for week, group in weeks.items():
            mine, others = _of_week(group)
            shares |= {(role, week): share for role, share in mine.items()}
            hidden += others
        found.append(Left(module, objective, shares, hidden))
    return found


def _of_week(group: Sequence[Counted]) -> tuple[dict[str, Share], int]:
    sizes = {one.role: one.answered for one in group}
    shown = shown_groups(sizes)
    found = {one.role: _share(one.best, one.answered) for one in group if one.role in shown.names}
    if not found and shown.others >= SMALLEST:
        return {TOGETHER: _share(sum(one.best for one in group), shown.others)}, 0
    return found, shown.others


def _share(best: int, people: int) -> Share:
    words = share_in_words(best, people)
    if best <= 1 or best >= people - 1:
        return Share(people, words, None, None, best)
    interval = wilson(best, people)
    return Share(people, words, interval.low, interval.high, best)


def by_week(found: Iterable[Left]) -> dict[int, tuple[int, int]]:
    """Return best choices and people of each week, over the shares that are told as numbers.

    What is said in words is left out, so that it can't be had from the whole.
    """
    sums = dict.fromkeys(WEEKS, (0, 0))
    for left in found:
        for (_role, week), share in left.shares.items():
            if share.is_number:
                best, people = sums[week]
                sums[week] = (best + share.best, people + share.people)
    return {week: both for week, both in sums.items() if both[1]}
