"""How often the same person would get the same answer, passed or not yet, from another paper."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import exp, log
from random import Random
from statistics import fmean, pvariance

from quizzes.analysis.figures import FEWEST_TRIES
from quizzes.grading import reached
from quizzes.papers import choose_items
from quizzes.simulation import ModuleQuiz, module_passed

_EDGE = 0.001


@dataclass(frozen=True, slots=True)
class Spread:
    """How people differ: the mean share right, and how much of the variance is theirs (0 to 1)."""

    mean: float
    own: float


@dataclass(frozen=True, slots=True)
class Consistency:
    """The share decided alike by two papers, that share beyond chance, and the share passing."""

    agreement: float
    kappa: float
    passing: float


def spread_of(scores: Sequence[tuple[int, int]]) -> Spread | None:
    """Return how people differ, from first papers as (right, asked); None under 30 of them.

    The beta-binomial's intraclass correlation by moments, from Var(x) = n m (1-m) (1 + (n-1) r):
    Skellam 1948, JRSS B 10:257-261; as a model of tests, Keats & Lord 1962, Psychometrika
    27:59-72. Papers of another size than the most common one are left out.
    """
    sizes = [asked for _, asked in scores]
    size = max(set(sizes), key=sizes.count, default=0)
    rights = [right for right, asked in scores if asked == size]
    if len(rights) < FEWEST_TRIES or size < 2:
        return None
    mean = fmean(rights) / size
    if not 0 < mean < 1:
        return Spread(mean, 0.0)
    own = (pvariance(rights) / (size * mean * (1 - mean)) - 1) / (size - 1)
    return Spread(mean, max(0.0, min(0.95, own)))


def decision_consistency(
    module: ModuleQuiz,
    spread: Spread,
    facility: Mapping[str, float],
    *,
    cut_per_cent: int | None = None,
    runs: int = 2000,
    seed: int = 1,
) -> Consistency:
    """Return how alike two papers drawn from the bank decide on the same person.

    Each of `runs` people gets a share of the matter by the beta law of `spread`; an item is
    easier or harder for her by the logit of its `facility` (items that are not in it: as the
    mean). She takes two papers drawn by the blueprint, and both are decided by the module's rule,
    or by a cut score. Agreement and kappa as in Swaminathan, Hambleton & Algina
    1974, J Educ Meas 11:263-267; the beta model of Huynh 1976, J Educ Meas 13:253-264.
    """
    dice = Random(seed)  # noqa: S311 - a simulation, no secret
    shift = {i: _logit(share) - _logit(spread.mean) for i, share in facility.items()}
    both = one = none = 0
    for _ in range(runs):
        ability = _logit(_share(spread, dice))
        first, second = (_sits(module, ability, shift, cut_per_cent, dice) for _ in range(2))
        both += first and second
        none += not (first or second)
        one += first != second
    agreement, passing = (both + none) / runs, (both + one / 2) / runs
    by_chance = passing**2 + (1 - passing) ** 2
    kappa = (agreement - by_chance) / (1 - by_chance) if by_chance < 1 else 1.0
    return Consistency(agreement, kappa, passing)


def _share(spread: Spread, dice: Random) -> float:
    if spread.own == 0 or not 0 < spread.mean < 1:
        return spread.mean
    weight = 1 / spread.own - 1
    return dice.betavariate(spread.mean * weight, (1 - spread.mean) * weight)


def _logit(share: float) -> float:
    held = min(1 - _EDGE, max(_EDGE, share))
    return log(held / (1 - held))


def _sits(
    module: ModuleQuiz,
    ability: float,
    shift: Mapping[str, float],
    cut_per_cent: int | None,
    dice: Random,
) -> bool:
    items = choose_items(module.bank, module.blueprint, dice=dice, seen={})
    chances = (1 / (1 + exp(-(ability + shift.get(item.id, 0.0)))) for item in items)
    right = sum(dice.random() < chance for chance in chances)
    if cut_per_cent is None:
        return module_passed(right, module.total)
    return reached(right, module.total, cut_per_cent)
