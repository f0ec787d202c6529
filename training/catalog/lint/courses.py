"""Courses: what each role takes of them is taught before it is asked, and fits into its time."""

from collections.abc import Collection, Iterator, Mapping

from training.catalog.courses import Course, CoursePart
from training.catalog.lint.nearest import nearest
from training.catalog.modules import Module
from training.catalog.source import PathIn, Source
from training.catalog.taking import SOME_MISSED, minutes_by_role, minutes_with_missed, taken

LONGEST_PART = 6  # minutes that somebody at work has at once
TRIES = 3  # a fresh paper each: so many are to be had before an item comes again


def lint_names(course: Course, source: Source, objectives: Mapping[str, Collection[str]]) -> None:
    """Note objectives that a module does not have, and roles that nothing tells apart."""
    for place, part in enumerate(course.modules):
        if part.slug in objectives:
            _objectives(part, source, ("modules", place), objectives[part.slug])
    if course.by_role and not course.role_words:
        mend = "write roles.yaml, or role_words: in the course"
        source.fault(("modules",), "nothing tells which job title plays which role", mend)


def lint_course(course: Course, source: Source, modules: Mapping[str, Module]) -> None:
    """Note what a role is asked untaught, and what leaves it out of its time."""
    for place, part in enumerate(course.modules):
        for role in course.roles:
            found = taken(modules[part.slug], part, role)
            if found is not None:
                _taught(found, modules[part.slug], source, ("modules", place), role)
    if course.minutes is not None:
        _minutes(course, source, modules)


def _objectives(part: CoursePart, source: Source, path: PathIn, known: Collection[str]) -> None:
    for where, named in _named(part, path):
        for objective in named:
            if objective not in known:
                mend = nearest(objective, known)
                source.fault(where, f"'{part.slug}' has no objective '{objective}'", mend)
    for number, more in enumerate(part.also):
        if not part.steps and not part.objectives:
            mend = "name what everybody takes: steps or objectives"
            source.fault((*path, "also", number), "everybody takes all of it already", mend)
            return
        if more.objectives and not part.objectives:
            mend = "name the objectives of everybody too"
            source.fault((*path, "also", number), "the quiz asks every objective already", mend)


def _named(part: CoursePart, path: PathIn) -> Iterator[tuple[PathIn, tuple[str, ...]]]:
    yield (*path, "objectives"), part.objectives
    for number, more in enumerate(part.also):
        yield (*path, "also", number, "objectives"), more.objectives


def _taught(found: Module, whole: Module, source: Source, path: PathIn, role: str) -> None:
    names = {step.name for step in found.steps}
    for objective in found.objectives:
        if objective.screen not in names:
            what = f"{objective.id} is asked, and {role} does not read '{objective.screen}'"
            source.fault(path, what, f"add the step '{objective.screen}'")
    asked = {objective.id for objective in found.objectives}
    changed = found.blueprint if found.blueprint != whole.blueprint else {}
    for asked_id, count in changed.items():
        items = len(found.bank.active_for(asked_id))
        if count * TRIES > items:
            what = f"{role} is asked {count} questions on {asked_id}, which has {items}"
            mend = "name one more objective, or fewer questions"
            source.fault(path, what, mend, "warning")
    for objective in whole.objectives:
        if objective.must_pass and objective.id not in asked:
            what = f"{objective.id} must be passed, and {role} is not asked it"
            source.fault(path, what, "name it, or say why not", "warning")


def _minutes(course: Course, source: Source, modules: Mapping[str, Module]) -> None:
    fewest, most = course.minutes or (0, 0)
    with_missed = minutes_with_missed(course, modules)
    for role, parts in minutes_by_role(course, modules).items():
        whole = round(sum(parts.values()))
        if not fewest <= whole <= most:
            what = f"{role} needs {whole} minutes, and the course says {fewest} to {most}"
            source.fault(("minutes",), what, "take steps out, or put some in", "warning")
        elif course.test_out and (longest := with_missed[role]) > most:
            what = f"{role} needs {longest:.1f} minutes with {SOME_MISSED} objectives missed"
            mend = f"ask or teach less; the course says {most} at most"
            source.fault(("minutes",), what, mend, "warning")
        for slug, minutes in parts.items():
            if minutes > LONGEST_PART:
                what = f"'{slug}' takes {role} {minutes:.1f} minutes"
                mend = f"make it {LONGEST_PART} at most"
                source.fault(("minutes",), what, mend, "warning")
