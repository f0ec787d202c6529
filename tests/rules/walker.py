"""A learner who does what `next_step` names, and answers as she is told to."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from training.rules.completion import next_step
from training.rules.course_way import (
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
    step_of,
)

OBJECTIVES = ("o1", "o2", "o3")
PAPER = (*OBJECTIVES, *OBJECTIVES)  # the objective of each of its six items
Answers = Callable[[AttemptKind, tuple[str, ...]], list[bool]]


def all_right(_kind: AttemptKind, items: tuple[str, ...]) -> list[bool]:
    return [True] * len(items)


def wrong_at(*places: int) -> Answers:
    """Return answers that are wrong at these places of a paper, and right elsewhere."""

    def answers(kind: AttemptKind, items: tuple[str, ...]) -> list[bool]:
        on_paper = kind is AttemptKind.PAPER
        return [not (on_paper and place in places) for place in range(len(items))]

    return answers


def module(slug: str, *must_pass: str) -> ModulePlan:
    return ModulePlan(
        slug=slug,
        steps=("s1", "scene", "s2", "s3"),
        screens={"o1": "s1", "o2": "s2", "o3": "s3"},
        must_pass=frozenset(must_pass),
    )


def course(*modules: ModulePlan, cut: int = 80, test_out: bool = False) -> CoursePlan:
    return CoursePlan(modules=modules, cut_per_cent=cut, test_out=test_out)


@dataclass
class Walker:
    plan: CoursePlan
    progress: Progress = field(default_factory=Progress)
    log: list[Next] = field(default_factory=list)

    @property
    def next(self) -> Next:
        return next_step(self.plan, self.progress)

    def walk(self, answers: Answers = all_right, most: int = 200) -> list[Next]:
        """Go on to the end; the names of what was done."""
        begun = len(self.log)
        while not isinstance(self.next, Done):
            assert len(self.log) - begun < most, "she is stuck"
            self.go(answers)
        return self.log[begun:]

    def until(self, kind: type[Next], answers: Answers = all_right) -> Next:
        """Go on until this kind of thing comes next, and return it."""
        while not isinstance(self.next, kind | Done):
            self.go(answers)
        return self.next

    def go(self, answers: Answers = all_right) -> Next:
        """Do the one thing that comes next."""
        step = self.next
        self.log.append(step)
        match step:
            case TakeStep() | Reread() | WalkThrough():
                self._read(step)
            case TakePaper(module=slug):
                self._answer(slug, AttemptKind.PAPER, PAPER, answers)
            case TakePractice(module=slug, objective=one):
                self._answer(slug, AttemptKind.PRACTICE, (one,), answers)
            case TakeParallel(module=slug, objectives=some):
                self._answer(slug, AttemptKind.PARALLEL, (*some, *some), answers)
            case TakeObjective(module=slug, objective=one):
                self._answer(slug, AttemptKind.OBJECTIVE, (one,) * 3, answers)
            case Resume():
                raise AssertionError("this learner leaves no try open")
        return step

    def _read(self, step: TakeStep | Reread | WalkThrough) -> None:
        name, after = step_of(step)
        if after:
            reread = self.progress.reread | {(step.module, after, name)}
            self.progress = replace(self.progress, reread=reread)
            return
        done = dict(self.progress.done)
        done[step.module] = done.get(step.module, frozenset()) | {name}
        self.progress = replace(self.progress, done=done)

    def _answer(
        self, slug: str, kind: AttemptKind, items: tuple[str, ...], answers: Answers
    ) -> None:
        right = answers(kind, items)
        wrong = tuple(dict.fromkeys(o for o, ok in zip(items, right, strict=True) if not ok))
        must_pass = next(m.must_pass for m in self.plan.modules if m.slug == slug)
        result = PaperResult(
            module=slug,
            number=1 + sum(r.module == slug for r in self.progress.results),
            kind=kind,
            correct=sum(right),
            total=len(items),
            wrong_objectives=wrong,
            wrong_must_pass=tuple(o for o in wrong if o in must_pass),
            objectives=tuple(dict.fromkeys(items)),
        )
        self.progress = replace(self.progress, results=(*self.progress.results, result))
