"""The year's new case of the refresher: what the check says of it, and that ours are new."""

from datetime import date

import pytest

from quizzes import reached
from tests.cast import catalog as shipped
from training.catalog import catalog as reading
from training.catalog.chances import quizzes_of
from training.catalog.courses import Course, YearCase
from training.catalog.lint import lint_cases, lint_course
from training.catalog.place import content_dir
from training.catalog.source import Source
from training.catalog.taking import minutes_by_role, minutes_with_missed

FOUND = reading._read(content_dir())
REFRESHER = FOUND.courses["refresher"]
CASE = YearCase(year=2026, module="what-counts", scenario="orange-clogs")


def told(course: Course, year: int) -> list[tuple[str, str]]:
    source = Source("courses/refresher.yaml")
    lint_cases(course, source, FOUND.modules, date(year, 1, 1))
    return [(fault.severity, fault.what) for fault in source.faults]


def with_cases(*cases: YearCase, **changed: object) -> Course:
    return REFRESHER.model_copy(update={"cases": cases, **changed})


def test_a_year_with_its_case_is_silent_and_one_without_is_warned_of_and_no_error() -> None:
    years = [case.year for case in REFRESHER.cases]
    assert [told(REFRESHER, year) for year in years] == [[] for _ in years]
    after = max(years) + 1
    warned = f"the refresher has no new case for {after}; its last is of {after - 1}"
    assert told(REFRESHER, after) == [("warning", warned)]
    assert told(with_cases(), 2026) == [("warning", "the refresher has no new case for 2026")]
    assert told(FOUND.courses["onboarding"], after) == []


@pytest.mark.parametrize(
    ("case", "what"),
    [
        ({"module": "what-count"}, "the course has no module 'what-count'"),
        ({"module": "permission"}, "'permission' is not for everybody here, and a new case is"),
        ({"scenario": "orange-clog"}, "'what-counts' has no situation 'orange-clog'"),
        (
            {"scenario": "long-night"},
            "'long-night' is a step of its module, so people have met it",
        ),
    ],
)
def test_a_case_that_cannot_be_taken_is_an_error(case: dict[str, str], what: str) -> None:
    course = with_cases(CASE.model_copy(update=case))
    assert told(course, 2026) == [("error", what)]


def test_two_of_one_year_and_one_where_the_quiz_comes_last_are_errors() -> None:
    other = CASE.model_copy(update={"module": "patients-post", "scenario": "crust-issues"})
    assert told(with_cases(CASE, other), 2026) == [("error", "2026 has two new cases")]
    late = "a new case is for a course where the quiz comes first"
    assert told(with_cases(CASE, test_out=False), 2026) == [("error", late)]


def test_nobody_met_a_case_in_a_course_and_it_is_no_step_that_was_forgotten() -> None:
    for case in REFRESHER.cases:
        module = FOUND.modules[case.module]
        assert case.scenario not in module.step_names()
        assert case.scenario in module.scenarios


def test_the_refresher_stays_in_its_time_with_the_case_of_any_year() -> None:
    modules = shipped().modules()
    fewest, most = REFRESHER.minutes or (0, 0)
    for cases in ((case,) for case in REFRESHER.cases):
        course = with_cases(*cases)
        without = minutes_by_role(with_cases(), modules)
        for role, parts in minutes_by_role(course, modules).items():
            assert fewest <= round(sum(parts.values())) <= most
            assert sum(parts.values()) > sum(without[role].values()) + 1


def test_whoever_misses_nothing_or_four_objectives_is_done_in_12_to_20_minutes() -> None:
    """The paper, what is missed, and the case of any year: as many may be missed as pass."""
    modules = shipped().modules()
    for case in REFRESHER.cases:
        course = with_cases(case)
        none = minutes_with_missed(course, modules, 0)
        for missed in range(5):
            for role, minutes in minutes_with_missed(course, modules, missed).items():
                assert 12 <= minutes <= 20, (case.year, role, missed)
                assert (minutes > none[role]) == (missed > 0)


@pytest.mark.parametrize(("most", "warned"), [(20, False), (19, True)])
def test_a_refresher_that_leaves_its_time_when_some_is_missed_is_warned_of(
    most: int, warned: bool
) -> None:
    source = Source("courses/refresher.yaml")
    lint_course(with_cases(CASE, minutes=(12, most)), source, shipped().modules())
    told = [f for f in source.faults if f.what.endswith("minutes with 4 objectives missed")]
    assert [fault.severity for fault in told] == ["warning"] * len(REFRESHER.roles) * warned


def test_four_missed_in_four_parts_still_pass_and_five_do_not() -> None:
    modules = shipped().modules()
    for role in REFRESHER.roles:
        papers = [sum(quiz.blueprint.values()) for quiz in quizzes_of(REFRESHER, modules, role)]
        assert reached(sum(papers) - 4, sum(papers), REFRESHER.cut_per_cent)
        assert not reached(sum(papers) - 5, sum(papers), REFRESHER.cut_per_cent)
        assert all(3 <= size <= 4 for size in papers)


def test_what_is_left_out_of_the_refresher_shares_its_screen_with_what_is_asked() -> None:
    for part in REFRESHER.modules:
        module = shipped().modules()[part.slug]
        screens = {o.id: o.screen for o in module.objectives}
        assert {screens[asked] for asked in part.objectives} == set(screens.values())
        assert all(o.id in part.objectives for o in module.objectives if o.must_pass)
