"""How a learner moves through a course: what comes next, what is passed, what is repeated.

From plain values alone (DESIGN section 6, Passing). A wrong must-pass answer never fails a
paper; nothing waits for a clock; nobody is ever stuck.
"""

from collections.abc import Iterable, Sequence
from itertools import takewhile

from training.rules.course_way import (
    WALK_THROUGH,
    AttemptKind,
    CoursePlan,
    Done,
    ModulePlan,
    Next,
    PaperResult,
    Progress,
    Reread,
    Resume,
    TakeObjective,
    TakePaper,
    TakeParallel,
    TakePractice,
    TakeStep,
    WalkThrough,
)

TRIES_BEFORE_HELP = 3


def paper_passed(plan: CoursePlan, correct: int, total: int, cut: int | None = None) -> bool:
    """Tell whether a paper passes its module: a third may be wrong, or two; alone, by the cut."""
    if len(plan.modules) == 1:
        return correct * 100 >= (cut or plan.cut_per_cent) * total
    return total - correct <= max(2, total // 3)


def _passes(plan: CoursePlan, paper: PaperResult) -> bool:
    return paper_passed(plan, paper.correct, paper.total, paper.cut_per_cent)


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
    if not papers or not _passes(plan, papers[-1]):
        return False
    return not open_must_pass(plan, progress, module)


def course_passed(plan: CoursePlan, progress: Progress) -> bool:
    """Tell whether the latest papers of all modules together reach the cut score.

    The score alone; that each module is passed besides, `next_step` sees to before it is Done.
    """
    papers = latest_papers(plan, progress.results)
    if len(papers) < len(plan.modules):
        return False
    asked = sum((p.cut_per_cent or plan.cut_per_cent) * p.total for p in papers)
    return sum(p.correct for p in papers) * 100 >= asked


def open_must_pass(plan: CoursePlan, progress: Progress, module: str) -> tuple[str, ...]:
    """Return the must-pass objectives that were missed and not cleared since, in order.

    A paper or parallel questions clear an objective when all its items are right; a repeat of
    the objective alone does at the course's cut score.
    """
    found: dict[str, None] = {}
    for result in progress.results:
        if result.module != module or not result.submitted or _practice(result):
            continue
        for objective in result.objectives:
            found.pop(objective, None)
        if not _clears(plan, result):
            found.update(dict.fromkeys(result.wrong_must_pass))
    return tuple(found)


def _clears(plan: CoursePlan, result: PaperResult) -> bool:
    if result.kind is not AttemptKind.OBJECTIVE:
        return not result.wrong_must_pass
    return result.correct * 100 >= (result.cut_per_cent or plan.cut_per_cent) * result.total


def _practice(result: PaperResult) -> bool:
    return result.kind is AttemptKind.PRACTICE


def next_step(plan: CoursePlan, progress: Progress) -> Next:
    """Return the one thing that comes next for a learner; Done when the course is complete.

    Modules in order, each settled before the next; then, while the total is short of the cut
    score, the weakest again. Whoever does what is named, and answers right, always gets on.
    """
    for module in plan.modules:
        step = _module_step(plan, module, progress)
        if step is not None:
            return step
    if course_passed(plan, progress):
        return Done()
    return _retake_step(plan, _weakest(plan, progress), progress)


def _module_step(plan: CoursePlan, module: ModulePlan, progress: Progress) -> Next | None:
    before = _open_try(progress, module.slug) or _unread(plan, module, progress)
    if before is not None:
        return before
    papers = _papers(progress, module.slug)
    if not papers:
        return TakePaper(module.slug)
    if not _passes(plan, papers[-1]):
        return _retake_step(plan, module, progress)
    missed = _must_pass_step(module, open_must_pass(plan, progress, module.slug), progress)
    return missed or _tested_out_step(plan, module, progress)


def _open_try(progress: Progress, module: str) -> Resume | None:
    tries = (r for r in progress.results if r.module == module and not r.submitted)
    return next((Resume(module, r.number) for r in tries), None)


def _unread(plan: CoursePlan, module: ModulePlan, progress: Progress) -> TakeStep | None:
    if plan.test_out:  # the paper comes first
        return None
    done = progress.done.get(module.slug, frozenset())
    return next((TakeStep(module.slug, s) for s in module.steps if s not in done), None)


def _retake_step(plan: CoursePlan, module: ModulePlan, progress: Progress) -> Next:
    """Reread what the last paper missed, practise each once, then take a fresh paper.

    After the third in a row the walk-through stands in for that, once: it works through every
    missed objective, and she may go on at once.
    """
    last = _papers(progress, module.slug)[-1]
    if _tries_in_vain(plan, progress, module) == TRIES_BEFORE_HELP:
        if (module.slug, last.number, WALK_THROUGH) in progress.reread:
            return TakePaper(module.slug)
        return WalkThrough(module.slug, last.number)
    return _teach(module, last, last.wrong_objectives, progress) or TakePaper(module.slug)


def _tries_in_vain(plan: CoursePlan, progress: Progress, module: ModulePlan) -> int:
    """Return how many of the latest papers in a row were not passed."""
    latest_first = reversed(_papers(progress, module.slug))
    return sum(1 for _ in takewhile(lambda paper: not _passes(plan, paper), latest_first))


def _teach(
    module: ModulePlan, paper: PaperResult, objectives: Iterable[str], progress: Progress
) -> Reread | TakePractice | None:
    """Return the next thing to read again or to practise after a paper, objective by objective."""
    for objective in objectives:
        reread = _reread(module, objective, paper, progress)
        if reread is not None:
            return reread
        if not _practised(progress, paper, objective):
            return TakePractice(module.slug, objective)
    return None


def _reread(
    module: ModulePlan, objective: str, after: PaperResult, progress: Progress
) -> Reread | None:
    screen = module.screens.get(objective)
    if screen is None or (module.slug, after.number, screen) in progress.reread:
        return None
    return Reread(module.slug, screen, after.number)


def _practised(progress: Progress, paper: PaperResult, objective: str) -> bool:
    return any(
        r.module == paper.module and r.number > paper.number and objective in r.objectives
        for r in progress.results
        if r.submitted and _practice(r)
    )


def _must_pass_step(
    module: ModulePlan, missed: Sequence[str], progress: Progress
) -> Reread | TakeParallel | TakeObjective | None:
    """Reread each missed screen; then two parallel items each; then the objective alone."""
    last = {objective: _last_that_asked(progress, module.slug, objective) for objective in missed}
    for objective, after in last.items():
        reread = _reread(module, objective, after, progress)
        if reread is not None:
            return reread
    of_paper = tuple(o for o in missed if last[o].kind is AttemptKind.PAPER)
    if of_paper:
        return TakeParallel(module.slug, of_paper)
    return next((TakeObjective(module.slug, objective) for objective in missed), None)


def _last_that_asked(progress: Progress, module: str, objective: str) -> PaperResult:
    return next(
        r
        for r in reversed(progress.results)
        if r.module == module
        and r.submitted
        and not _practice(r)
        and objective in (*r.objectives, *r.wrong_must_pass)
    )


def _tested_out_step(plan: CoursePlan, module: ModulePlan, progress: Progress) -> Next | None:
    """In a refresher: teach what was missed; must-pass screens and the new case to everybody.

    A missed must-pass objective was read again and asked twice already when this is reached.
    """
    if not plan.test_out:
        return None
    last = _papers(progress, module.slug)[-1]
    others = [o for o in last.wrong_objectives if o not in module.must_pass]
    return _teach(module, last, others, progress) or _must_read(module, progress)


def _must_read(module: ModulePlan, progress: Progress) -> TakeStep | None:
    read = set(progress.done.get(module.slug, ()))
    read.update(step for slug, _, step in progress.reread if slug == module.slug)
    wanted = [screen for id_, screen in module.screens.items() if id_ in module.must_pass]
    wanted += [module.case] if module.case else []
    return next((TakeStep(module.slug, step) for step in wanted if step not in read), None)


def _weakest(plan: CoursePlan, progress: Progress) -> ModulePlan:
    """Return the module whose latest paper lost the most, the first of equals.

    One at a time, the total looked at after each: so the fewest are taken again.
    """
    papers = {p.module: p for p in latest_papers(plan, progress.results)}
    return max(plan.modules, key=lambda m: papers[m.slug].total - papers[m.slug].correct)


def help_wanted(plan: CoursePlan, progress: Progress) -> tuple[str, ...]:
    """Return the modules where three tries in a row were not enough: the officer is told."""
    return tuple(
        module.slug
        for module in plan.modules
        if _tries_in_vain(plan, progress, module) >= TRIES_BEFORE_HELP
    )


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
