"""What somebody takes of a module: the steps and questions that her course names for her role."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace

from training.catalog.courses import Course, CoursePart, RolePart
from training.catalog.minutes import MINUTES_A_QUESTION, scenario_minutes
from training.catalog.modules import Module, ModuleStep
from training.catalog.roles import ANY, roles_in

SOME_MISSED = 4  # what a paper of twenty questions forgives at 80 %


def taken(module: Module, part: CoursePart, role: str) -> Module | None:
    """Return the module with only what this role takes; None: it is not for her at all.

    Steps that the course names are taken as named, in the module's order. Where it names
    objectives alone, their screens are, and the situations about them that are for her role.
    Where it names neither, everything is. The quiz asks the objectives named, or all.
    """
    pieces = tuple(part.pieces(role))
    if not pieces:
        return None
    steps, objectives = steps_of(module, pieces, role), objectives_of(pieces)
    found = module
    if steps is not None:
        found = replace(found, steps=tuple(step for step in module.steps if step.name in steps))
    if objectives:
        asked = tuple(o for o in module.objectives if o.id in objectives)
        found = replace(found, objectives=asked)
    if objectives or part.questions:
        names = objectives or module.blueprint.keys()
        found = replace(found, blueprint=paper_of(module.blueprint, names, part.questions))
    return found


def with_case(module: Module, scenario_id: str) -> Module:
    """Return the module with the year's new situation as its last step.

    A version of the module that does not have it is as it was.
    """
    scenario = module.scenarios.get(scenario_id)
    if scenario is None:
        return module
    title, minutes = f"New this year: {scenario.title}", scenario_minutes(scenario)
    step = ModuleStep(scenario.id, "situation", title, minutes)
    return replace(module, steps=(*module.steps, step), case=scenario.id)


def steps_for_all(course: Course, module: Module) -> tuple[ModuleStep, ...]:
    """Return the steps that nobody is spared.

    Where the quiz comes first they are the screens of must-pass objectives and the year's new
    case: the others open for what is missed.
    """
    if not course.test_out:
        return module.steps
    must = {objective.screen for objective in module.objectives if objective.must_pass}
    return tuple(step for step in module.steps if step.name in {*must, module.case})


def minutes_of(course: Course, module: Module) -> float:
    """Return the minutes of what nobody is spared of a module, its quiz among it."""
    return module.quiz_minutes + sum(step.minutes for step in steps_for_all(course, module))


def minutes_by_role(course: Course, modules: Mapping[str, Module]) -> dict[str, dict[str, float]]:
    """Return the minutes of each module of a course, by role, in the year of the longest case."""
    found: dict[str, dict[str, float]] = {}
    for role in course.roles:
        mine = ((part.slug, taken(modules[part.slug], part, role)) for part in course.modules)
        parts = {slug: m for slug, m in mine if m is not None}
        found[role] = {slug: minutes_of(course, m) for slug, m in parts.items()}
        found[role] |= _longest_case(course, parts)
    return found


def minutes_with_missed(
    course: Course, modules: Mapping[str, Module], missed: int = SOME_MISSED
) -> dict[str, float]:
    """Return the minutes by role where the quiz comes first and some objectives are missed.

    One in each of so many parts, and those that take the longest to teach: their screen and one
    more question; of a must-pass one, whose screen everybody reads, two more questions.
    """
    found = {}
    for role, parts in minutes_by_role(course, modules).items():
        mine = ((part.slug, taken(modules[part.slug], part, role)) for part in course.modules)
        taught = sorted(max(_taught(m), default=0.0) for slug, m in mine if m and slug in parts)
        found[role] = sum(parts.values()) + sum(taught[-missed:] if missed else ())
    return found


def _taught(module: Module) -> Iterable[float]:
    """Yield the minutes that each objective adds when it is missed in the quiz that comes first."""
    for objective in module.objectives:
        if objective.must_pass:
            yield 2 * MINUTES_A_QUESTION
        else:
            yield module.screens[objective.screen].minutes + MINUTES_A_QUESTION


def _longest_case(course: Course, parts: Mapping[str, Module]) -> dict[str, float]:
    """Return the minutes of the module with the case that adds the most to a role's course."""
    longer = {
        (case.module, case.scenario): minutes_of(course, with_case(whole, case.scenario))
        for case in course.cases
        if (whole := parts.get(case.module))
    }
    added = {key: total - minutes_of(course, parts[key[0]]) for key, total in longer.items()}
    longest = max(added, key=lambda key: added[key], default=None)
    return {longest[0]: longer[longest]} if longest else {}


def objectives_of(pieces: Iterable[CoursePart | RolePart]) -> frozenset[str]:
    """Return the objectives that are named; none: the module's own."""
    return frozenset(objective for piece in pieces for objective in piece.objectives)


def steps_of(
    module: Module, pieces: tuple[CoursePart | RolePart, ...], role: str
) -> frozenset[str] | None:
    """Return the names of the steps that are taken; None: all of them."""
    whole = pieces[0]
    if not whole.steps and not whole.objectives:
        return None
    return frozenset(name for piece in pieces for name in _steps(module, piece, role))


def _steps(module: Module, piece: CoursePart | RolePart, role: str) -> Iterable[str]:
    if piece.steps:
        return piece.steps
    screens = [o.screen for o in module.objectives if o.id in piece.objectives]
    situations = [
        scenario.id
        for scenario in module.scenarios.values()
        if scenario.objective in piece.objectives and {ANY, *roles_in(role)} & set(scenario.roles)
    ]
    return (*screens, *situations)


def paper_of(
    blueprint: Mapping[str, int], objectives: Collection[str], size: int | None = None
) -> dict[str, int]:
    """Return a paper on these objectives alone, the least asked topped up to the size.

    The size is the blueprint's own where none is named: the passing rule is made for it. The
    most asked give way first where a smaller one is named; each keeps one question.
    """
    kept = {id_: count for id_, count in blueprint.items() if id_ in objectives}
    wanted = size or sum(blueprint.values())
    while kept and sum(kept.values()) < wanted:
        kept[min(kept, key=lambda id_: kept[id_])] += 1
    while sum(kept.values()) > wanted and max(kept.values()) > 1:
        kept[max(kept, key=lambda id_: kept[id_])] -= 1
    return kept


def stand_ins(module: Module, role: str) -> dict[str, str]:
    """Return what can be taken in place of situations that carry a warning, by their ids.

    Another on the same objective, for this role, without a warning, that she does not take
    anyway; each stands in for one. Where none is left, the screen is read as plain text.
    """
    mine = [step.name for step in module.steps]
    left = [
        scenario
        for name in module.offered
        if (scenario := module.scenarios.get(name))
        and name not in mine
        and not scenario.warning
        and {ANY, *roles_in(role)} & set(scenario.roles)
    ]
    found: dict[str, str] = {}
    for warned in (module.scenarios[name] for name in mine if name in module.scenarios):
        other = next((one for one in left if one.objective == warned.objective), None)
        if warned.warning and other:
            left.remove(other)
            found[warned.id] = other.id
    return found
