"""The words of a course's way: what is planned, what was done, and what can come next.

Values alone; `completion` says which of them comes next.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class AttemptKind(StrEnum):
    """What a try asks."""

    PAPER = "paper"
    PARALLEL = "parallel"
    OBJECTIVE = "objective"
    PRACTICE = "practice"


@dataclass(frozen=True, slots=True)
class PaperResult:
    """One try, open or final, of one module in one cycle.

    `number` counts the module's tries of every kind, from 1. `objectives` are all that were
    asked; `wrong_objectives` those with a wrong item; `cut_per_cent` is the paper's own, if any.
    """

    module: str
    number: int
    kind: AttemptKind
    correct: int
    total: int
    wrong_objectives: tuple[str, ...] = ()
    wrong_must_pass: tuple[str, ...] = ()
    objectives: tuple[str, ...] = ()
    submitted: bool = True
    cut_per_cent: int | None = None


@dataclass(frozen=True, slots=True)
class ModulePlan:
    """A module's steps, each objective's screen, what must be passed, and a year's new case."""

    slug: str
    steps: tuple[str, ...]
    screens: Mapping[str, str]
    must_pass: frozenset[str] = frozenset()
    case: str | None = None


@dataclass(frozen=True, slots=True)
class CoursePlan:
    """The modules of a course in order, its cut score, and whether the paper comes first."""

    modules: tuple[ModulePlan, ...]
    cut_per_cent: int
    test_out: bool = False


@dataclass(frozen=True, slots=True)
class Progress:
    """What was done in one cycle: the steps taken, by module; what was read again as (module,
    number of the try that reopened it, step or WALK_THROUGH); the tries in the order of start.
    """

    done: Mapping[str, frozenset[str]] = field(default_factory=dict)
    reread: frozenset[tuple[str, int, str]] = frozenset()
    results: tuple[PaperResult, ...] = ()


@dataclass(frozen=True, slots=True)
class TakeStep:
    """Read a screen or play a situation."""

    module: str
    step: str


@dataclass(frozen=True, slots=True)
class Reread:
    """Read the screen of a missed objective again."""

    module: str
    step: str
    after_number: int


@dataclass(frozen=True, slots=True)
class WalkThrough:
    """Read the worked walk-through after three tries."""

    module: str
    after_number: int


@dataclass(frozen=True, slots=True)
class TakePractice:
    """Answer one question for practice: the cool-down."""

    module: str
    objective: str


@dataclass(frozen=True, slots=True)
class TakePaper:
    """Take a fresh paper."""

    module: str


@dataclass(frozen=True, slots=True)
class TakeParallel:
    """Answer two parallel questions for each must-pass objective that was missed."""

    module: str
    objectives: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TakeObjective:
    """Answer three questions on one must-pass objective."""

    module: str
    objective: str


@dataclass(frozen=True, slots=True)
class Resume:
    """Go on with the try that is open."""

    module: str
    number: int


@dataclass(frozen=True, slots=True)
class Done:
    """Everything is passed."""


Reading = TakeStep | Reread | WalkThrough
Asking = TakePractice | TakePaper | TakeParallel | TakeObjective | Resume
Next = Reading | Asking | Done

WALK_THROUGH = "walk-through"


def step_of(step: Reading) -> tuple[str, int]:
    """Return a reading step's name and the try that reopened it (0: none did)."""
    match step:
        case TakeStep(step=name):
            return name, 0
        case Reread(step=name, after_number=after):
            return name, after
        case WalkThrough(after_number=after):
            return WALK_THROUGH, after
