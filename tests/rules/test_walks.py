from hypothesis import given, settings
from hypothesis import strategies as st

from tests.effort import times
from tests.rules.walker import Answers, Walker, all_right, course, module
from training.rules.completion import course_passed, module_passed, open_must_pass, refusal
from training.rules.course_way import CoursePlan, Done, Reread, TakeStep, WalkThrough

PLANS = st.builds(
    lambda must, cut, count, test_out: course(
        *(module(f"m{n}", *must) for n in range(count)), cut=cut, test_out=test_out
    ),
    must=st.sets(st.sampled_from(["o1", "o2", "o3"])),
    cut=st.integers(50, 100),
    count=st.integers(1, 3),
    test_out=st.booleans(),
)


def scripted(script: list[bool]) -> Answers:
    """Return answers by a script, and right ones when it is used up."""
    rest = iter(script)
    return lambda _kind, items: [next(rest, True) for _ in items]


@settings(max_examples=times(150, 2000), deadline=None)
@given(PLANS, st.lists(st.booleans(), max_size=120))
def test_nobody_is_stuck_and_whoever_is_done_has_passed_everything(
    plan: CoursePlan, script: list[bool]
) -> None:
    walker = Walker(plan)
    walker.walk(scripted(script), most=400)
    assert isinstance(walker.next, Done)
    assert course_passed(walker.plan, walker.progress)
    for part in walker.plan.modules:
        assert module_passed(walker.plan, walker.progress, part.slug)
        assert open_must_pass(walker.plan, walker.progress, part.slug) == ()
        read = walker.progress.done.get(part.slug, frozenset()) | {
            step for slug, _, step in walker.progress.reread if slug == part.slug
        }
        owed = {part.screens[o] for o in part.must_pass} if plan.test_out else set(part.steps)
        assert owed <= read


@settings(max_examples=times(150, 2000), deadline=None)
@given(PLANS, st.lists(st.booleans(), max_size=120))
def test_every_step_changes_where_she_stands(plan: CoursePlan, script: list[bool]) -> None:
    walker = Walker(plan)
    answers = scripted(script)
    while not isinstance(walker.next, Done):
        before = walker.progress
        walker.go(answers)
        assert walker.progress != before


@settings(max_examples=times(100, 1000), deadline=None)
@given(PLANS, st.lists(st.booleans(), max_size=120), st.integers(0, 60))
def test_a_quiz_starts_exactly_when_it_comes_next(
    plan: CoursePlan, script: list[bool], steps: int
) -> None:
    walker = Walker(plan)
    answers = scripted(script)
    for _ in range(steps):
        if isinstance(walker.next, Done):
            break
        walker.go(answers)
    step = walker.next
    for part in walker.plan.modules:
        asks = not isinstance(step, TakeStep | Reread | WalkThrough | Done)
        is_next = asks and getattr(step, "module", None) == part.slug
        assert (refusal(walker.plan, walker.progress, part.slug) is None) is is_next


@settings(max_examples=times(100, 1000), deadline=None)
@given(PLANS)
def test_all_right_takes_the_fewest_tries(plan: CoursePlan) -> None:
    walker = Walker(plan)
    walker.walk(all_right)
    assert len(walker.progress.results) == len(walker.plan.modules)
