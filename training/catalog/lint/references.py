"""References: every name leads somewhere, and everything that stands there is used."""

from training.catalog.folders import About, ModuleFolder
from training.catalog.lint.nearest import nearest
from training.catalog.source import PathIn

PAPER = 6  # questions; the passing rule is made for it


def lint_references(module: ModuleFolder, about: About) -> None:
    """Note steps, screens and objectives that lead nowhere, stand twice or are unused."""
    _objectives(module, about)
    _steps(module, about)
    _blueprint(module, about)


def _objectives(module: ModuleFolder, about: About) -> None:
    screens = {screen["id"] for screen in module.screens}
    met = {scenario.objective for scenario, _source in module.scenarios.values()}
    known = [objective.id for objective in about.objectives]
    source = module.about_source
    for place, objective in enumerate(about.objectives):
        path: PathIn = ("objectives", place)
        if known.index(objective.id) != place:
            source.fault((*path, "id"), f"{objective.id} stands here twice", "rename one")
        if objective.screen not in screens:
            mend = nearest(objective.screen, screens)
            source.fault((*path, "screen"), f"no screen '{objective.screen}'", mend)
        if objective.id not in met and not module.unread:
            source.fault(path, f"no situation is about {objective.id}", "write one", "warning")
        if objective.id not in about.paper:
            what = f"the quiz never asks {objective.id}"
            source.fault(path, what, f"add '{objective.id}: 1' to paper")
    for scenario, where in module.scenarios.values():
        if scenario.objective not in known:
            mend = nearest(scenario.objective, known)
            where.fault(("objective",), f"no objective '{scenario.objective}'", mend)


def _steps(module: ModuleFolder, about: About) -> None:
    screens = {screen["id"] for screen in module.screens}
    source, used = module.about_source, set[str]()
    for place, step in enumerate(about.steps):
        path: PathIn = ("steps", place)
        name = step.lesson or step.scenario
        if name is None or (step.lesson and step.scenario):
            source.fault(path, "a step is a lesson or a scenario", "write 'lesson: its-screen'")
            continue
        there = screens if step.lesson else set(module.scenarios)
        if name not in there and (step.lesson or name not in module.unread):
            source.fault(path, f"the step '{name}' is not there", nearest(name, there))
        if name in used:
            source.fault(path, f"the step '{name}' stands here twice", "delete one")
        used.add(name)
    for unused in sorted((screens | set(module.scenarios)) - used - module.cases):
        source.fault(("steps",), f"'{unused}' is in no step", "add it, or delete it", "warning")


def _blueprint(module: ModuleFolder, about: About) -> None:
    known = {objective.id for objective in about.objectives}
    source = module.about_source
    for objective, count in about.paper.items():
        path: PathIn = ("paper", objective)
        if objective not in known:
            source.fault(path, f"no objective '{objective}'", nearest(objective, known))
        if count < 1:
            source.fault(path, f"{objective} is asked {count} times", "write 1 or more")
    if sum(about.paper.values()) != PAPER:
        source.fault(("paper",), f"a paper has {PAPER} questions", f"make the sum {PAPER}")
