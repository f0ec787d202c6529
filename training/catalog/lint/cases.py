"""The year's new case of a refresher: it is there, new to everybody, and of the running year."""

from collections.abc import Mapping
from datetime import date

from training.catalog.courses import Course, YearCase
from training.catalog.folders import ModuleFolder
from training.catalog.lint.nearest import nearest
from training.catalog.source import PathIn, Source


def lint_cases(
    course: Course, source: Source, modules: Mapping[str, ModuleFolder], today: date
) -> None:
    """Note cases that can't be taken, and a year that has none: that one is a warning only.

    A product that runs over New Year goes on without a new case until somebody writes one.
    """
    years = [case.year for case in course.cases]
    for place, case in enumerate(course.cases):
        if years.index(case.year) != place:
            what = f"{case.year} has two new cases"
            source.fault(("cases", place, "year"), what, "leave one, or give it another year")
        _there(course, case, source, ("cases", place), modules)
    if course.kind == "refresher" and today != date.min and today.year not in years:
        _missing(source, years, today.year)


def _there(
    course: Course,
    case: YearCase,
    source: Source,
    path: PathIn,
    modules: Mapping[str, ModuleFolder],
) -> None:
    part = next((part for part in course.modules if part.slug == case.module), None)
    module = modules.get(case.module)
    if not course.test_out:
        what = "a new case is for a course where the quiz comes first"
        source.fault(path, what, "take it out, or write test_out: true")
    if part is None or module is None:
        mend = nearest(case.module, [part.slug for part in course.modules])
        source.fault((*path, "module"), f"the course has no module '{case.module}'", mend)
        return
    if part.roles:
        what = f"'{case.module}' is not for everybody here, and a new case is"
        source.fault((*path, "module"), what, "choose a situation of another module")
        return
    if case.scenario in module.step_names():
        what = f"'{case.scenario}' is a step of its module, so people have met it"
        mend = "take it out of the module's steps, or write a new one"
        source.fault((*path, "scenario"), what, mend)
    elif case.scenario not in module.scenarios and case.scenario not in module.unread:
        what = f"'{case.module}' has no situation '{case.scenario}'"
        source.fault((*path, "scenario"), what, nearest(case.scenario, module.scenarios))


def _missing(source: Source, years: list[int], year: int) -> None:
    """Warn that a year has no case of its own; one of an earlier year was met by then."""
    earlier = [each for each in years if each < year]
    what = f"the refresher has no new case for {year}"
    what += f"; its last is of {max(earlier)}" if earlier else ""
    mend = f"write a situation that is in no module's steps, and name it here with year: {year}"
    source.fault(("cases",) if years else ("code",), what, mend, "warning")
