"""How a learner moves through a course: what comes next, what is passed, what is repeated.

From plain values alone (DESIGN section 6, Passing). A wrong must-pass answer never fails a
paper; nothing waits for a clock; nobody is ever stuck.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

TRIES_BEFORE_HELP = 3


class AttemptKind(StrEnum):
    """What a try asks."""

    PAPER = "paper"
    PARALLEL = "parallel"
    OBJECTIVE = "objective"
    PRACTICE = "practice"


@dataclass(frozen=True, slots=True)
class PaperResult:
    """One try, open or final, of one module in one cycle."""

    module: str
    number: int
    kind: AttemptKind
    correct: int
    total: int
    wrong_objectives: tuple[str, ...] = ()
    wrong_must_pass: tuple[str, ...] = ()
    objectives: tuple[str, ...] = ()
    submitted: bool = True


@dataclass(frozen=True, slots=True)
class ModulePlan:
    """A module's steps in order, the screen of each objective, and what must be passed."""

    slug: str
    steps: tuple[str, ...]
    screens: Mapping[str, str]
    must_pass: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class CoursePlan:
    """The modules of a course in order, its cut score, and whether the paper comes first."""

    modules: tuple[ModulePlan, ...]
    cut_per_cent: int
    test_out: bool = False


@dataclass(frozen=True, slots=True)
class Progress:
    """What was done: steps by module, screens read again after a try, and the tries in order."""

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


Next = (
    TakeStep
    | Reread
    | WalkThrough
    | TakePractice
    | TakePaper
    | TakeParallel
    | TakeObjective
    | Resume
    | Done
)

WALK_THROUGH = "walk-through"


def step_of(step: TakeStep | Reread | WalkThrough) -> tuple[str, int]:
    """Return a reading step's name and the try that reopened it (0: none did)."""
    match step:
        case TakeStep(step=name):
            return name, 0
        case Reread(step=name, after_number=after):
            return name, after
        case WalkThrough(after_number=after):
            return WALK_THROUGH, after


def paper_passed(plan: CoursePlan, correct: int, total: int) -> bool:
    """Tell whether a paper passes its module: two thirds; alone in its course, the cut score."""
    if len(plan.modules) == 1:
        return correct * 100 >= plan.cut_per_cent * total
    return correct * 3 >= total * 2


def _papers(progress: Progress, module: str) -> list[PaperResult]:
    return [
        r
        for r in progress.results
        if r.module == module and r.submitted and r.kind is AttemptKind.PAPER
    ]


def latest_papers(plan: CoursePlan, results: Sequence[PaperResult]) -> tuple[PaperResult, ...]:
    """Return the latest final paper of each module that has one, in the course's order."""
    progress = Progress(results=tuple(results))
    found = (_papers(progress, module.slug) for module in plan.modules)
    return tuple(papers[-1] for papers in found if papers)


def module_passed(plan: CoursePlan, progress: Progress, module: str) -> bool:
    """Tell whether a module's latest paper passes and no must-pass objective is open."""
    papers = _papers(progress, module)
    if not papers or not paper_passed(plan, papers[-1].correct, papers[-1].total):
        return False
    return not open_must_pass(progress, module)


def course_passed(plan: CoursePlan, progress: Progress) -> bool:
    """Tell whether the latest papers of all modules together reach the cut score."""
    papers = latest_papers(plan, progress.results)
    if len(papers) < len(plan.modules):
        return False
    correct, total = sum(p.correct for p in papers), sum(p.total for p in papers)
    return correct * 100 >= plan.cut_per_cent * total


def open_must_pass(progress: Progress, module: str) -> tuple[str, ...]:
    """Return the must-pass objectives that were missed and not cleared since, in order."""
    found: dict[str, None] = {}
    for result in progress.results:
        if result.module != module or not result.submitted or _practice(result):
            continue
        for objective in result.objectives:
            found.pop(objective, None)
        for objective in result.wrong_must_pass:
            found[objective] = None
    return tuple(found)


def _practice(result: PaperResult) -> bool:
    return result.kind is AttemptKind.PRACTICE


def next_step(plan: CoursePlan, progress: Progress) -> Next:
    """Return the one thing that comes next for a learner; Done when the course is complete."""
    for module in plan.modules:
        step = _module_step(plan, module, progress)
        if step is not None:
            return step
    if course_passed(plan, progress):
        return Done()
    return _retake_step(plan, _weakest(plan, progress), progress)


def _module_step(plan: CoursePlan, module: ModulePlan, progress: Progress) -> Next | None:
    open_try = _open_try(progress, module.slug)
    if open_try is not None:
        return open_try
    papers = _papers(progress, module.slug)
    if not papers:
        if plan.test_out:
            return TakePaper(module.slug)
        return _unread(module, progress) or TakePaper(module.slug)
    if not paper_passed(plan, papers[-1].correct, papers[-1].total):
        return _retake_step(plan, module, progress)
    return _must_pass_step(module, progress) or _tested_out_step(plan, module, progress)


def _open_try(progress: Progress, module: str) -> Resume | None:
    tries = (r for r in progress.results if r.module == module and not r.submitted)
    return next((Resume(module, r.number) for r in tries), None)


def _unread(module: ModulePlan, progress: Progress) -> TakeStep | None:
    done = progress.done.get(module.slug, frozenset())
    return next((TakeStep(module.slug, s) for s in module.steps if s not in done), None)


def _retake_step(plan: CoursePlan, module: ModulePlan, progress: Progress) -> Next:
    """Reread what the last paper missed, practise each once, then take a fresh paper."""
    last = _papers(progress, module.slug)[-1]
    if _needs_walk_through(plan, progress, module.slug):
        if (module.slug, last.number, WALK_THROUGH) not in progress.reread:
            return WalkThrough(module.slug, last.number)
        return TakePaper(module.slug)
    for objective in last.wrong_objectives:
        step = _again(module, last.number, objective, progress)
        if step is not None:
            return step
    return TakePaper(module.slug)


def _again(
    module: ModulePlan, number: int, objective: str, progress: Progress
) -> Reread | TakePractice | None:
    screen = module.screens[objective]
    if (module.slug, number, screen) not in progress.reread:
        return Reread(module.slug, screen, number)
    if not _practised(progress, module.slug, number, objective):
        return TakePractice(module.slug, objective)
    return None


def _practised(progress: Progress, module: str, number: int, objective: str) -> bool:
    return any(
        r.module == module and r.number > number and _practice(r) and objective in r.objectives
        for r in progress.results
        if r.submitted
    )


def _must_pass_step(module: ModulePlan, progress: Progress) -> Next | None:
    missed = open_must_pass(progress, module.slug)
    if not missed:
        return None
    last = _last_that_asked(progress, module.slug, missed[0])
    for objective in missed:
        after = _last_that_asked(progress, module.slug, objective)
        screen = module.screens[objective]
        if (module.slug, after.number, screen) not in progress.reread:
            return Reread(module.slug, screen, after.number)
    if last.kind is AttemptKind.PAPER:
        of_paper = tuple(
            o
            for o in missed
            if _last_that_asked(progress, module.slug, o).kind is AttemptKind.PAPER
        )
        return TakeParallel(module.slug, of_paper)
    return TakeObjective(module.slug, missed[0])


def _last_that_asked(progress: Progress, module: str, objective: str) -> PaperResult:
    return next(
        r
        for r in reversed(progress.results)
        if r.module == module and r.submitted and not _practice(r) and objective in r.objectives
    )


def _tested_out_step(plan: CoursePlan, module: ModulePlan, progress: Progress) -> Next | None:
    """In a refresher: teach what the paper missed, and the must-pass screens to everybody."""
    if not plan.test_out:
        return None
    done = progress.done.get(module.slug, frozenset())
    for objective in sorted(module.must_pass):
        if module.screens[objective] not in done:
            return TakeStep(module.slug, module.screens[objective])
    last = _papers(progress, module.slug)[-1]
    for objective in last.wrong_objectives:
        if objective in module.must_pass:
            continue
        step = _again(module, last.number, objective, progress)
        if step is not None:
            return step
    return None


def _weakest(plan: CoursePlan, progress: Progress) -> ModulePlan:
    """Return the module whose latest paper lost the most; the first of equals."""
    papers = {p.module: p for p in latest_papers(plan, progress.results)}
    return max(plan.modules, key=lambda m: papers[m.slug].total - papers[m.slug].correct)


def _needs_walk_through(plan: CoursePlan, progress: Progress, module: str) -> bool:
    recent = _papers(progress, module)[-TRIES_BEFORE_HELP:]
    return len(recent) == TRIES_BEFORE_HELP and not any(
        paper_passed(plan, paper.correct, paper.total) for paper in recent
    )


def help_wanted(plan: CoursePlan, progress: Progress) -> tuple[str, ...]:
    """Return the modules where three tries in a row were not enough: the officer is told."""
    return tuple(m.slug for m in plan.modules if _needs_walk_through(plan, progress, m.slug))


def refusal(plan: CoursePlan, progress: Progress, module: str) -> str | None:
    """Return why a quiz of this module can't be started now, in kind words; None if it can."""
    step = next_step(plan, progress)
    if isinstance(step, Done):
        return "You are done: there is no quiz left to take."
    if step.module != module:
        return "Another part comes first."
    if isinstance(step, TakeStep):
        return "Read and play the steps of this part first; then its quiz opens."
    if isinstance(step, Reread | WalkThrough):
        return "Read again what you missed; then fresh questions open at once."
    return None


def steps_of(plan: CoursePlan) -> Iterator[tuple[str, str]]:
    """Yield every step of a course, module by module."""
    for module in plan.modules:
        yield from ((module.slug, step) for step in module.steps)
