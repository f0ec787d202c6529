"""References: every name leads somewhere, and everything that stands there is used."""

from collections.abc import Iterator, Mapping
from datetime import date

from training.catalog.facts import Fact
from training.catalog.folders import About, ModuleFolder
from training.catalog.parts import Scenario
from training.catalog.source import PathIn, Source


def lint_references(
    module: ModuleFolder, about: About, facts: Mapping[str, Fact], today: date
) -> None:
    """Note steps, screens, objectives, drawings and facts that lead nowhere or are unused."""
    _objectives(module, about)
    _steps(module, about)
    _blueprint(module, about)
    for scenario, source in module.scenarios.values():
        _drawings(module, scenario, source)
        _facts_of(scenario, source, facts, today)
    for screen in module.screens:
        for fact in screen["facts"]:
            path: PathIn = ("screen", screen["id"])
            fact_fault(module.lesson_source, path, fact, facts, today)


def _objectives(module: ModuleFolder, about: About) -> None:
    screens = {screen["id"] for screen in module.screens}
    met = {scenario.objective for scenario, _source in module.scenarios.values()}
    source = module.about_source
    known = {objective.id for objective in about.objectives}
    for place, objective in enumerate(about.objectives):
        path: PathIn = ("objectives", place)
        if objective.screen not in screens:
            near = ", ".join(sorted(screens))
            source.fault((*path, "screen"), f"no screen '{objective.screen}'", f"write {near}")
        if objective.id not in met:
            source.fault(path, f"no situation is about {objective.id}", "write one", "warning")
    for scenario, where in module.scenarios.values():
        if scenario.objective not in known:
            mend = f"write one of {', '.join(sorted(known))}"
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
        if name not in there:
            mend = f"write one of {', '.join(sorted(there))}"
            source.fault(path, f"the step '{name}' is not there", mend)
        if name in used:
            source.fault(path, f"the step '{name}' stands here twice", "delete one")
        used.add(name)
    for unused in sorted((screens | set(module.scenarios)) - used):
        source.fault(("steps",), f"'{unused}' is in no step", "add it, or delete it", "warning")


def _blueprint(module: ModuleFolder, about: About) -> None:
    known = {objective.id for objective in about.objectives}
    for objective in about.paper:
        if objective not in known:
            mend = f"write one of {', '.join(sorted(known))}"
            module.about_source.fault(("paper", objective), f"no objective '{objective}'", mend)
    if sum(about.paper.values()) != 6:
        module.about_source.fault(("paper",), "a paper has six questions", "make the sum 6")


def _pictures(scenario: Scenario) -> Iterator[tuple[PathIn, str]]:
    for place, node in enumerate(scenario.nodes):
        path: PathIn = ("nodes", place)
        if node.picture:
            yield (*path, "picture"), node.picture.file
        if node.photo:
            yield (*path, "photo"), node.photo.file
        for number, post in enumerate(node.feed.posts if node.feed else ()):
            if post.picture:
                yield (*path, "feed", "posts", number), post.picture.file


def _drawings(module: ModuleFolder, scenario: Scenario, source: Source) -> None:
    for path, file in _pictures(scenario):
        if file not in module.media:
            source.fault(path, f"there is no drawing {file}", "draw it, or name another")
    for place, node in enumerate(scenario.nodes):
        for number, thing in enumerate(node.photo.things if node.photo else ()):
            x, y, width, height = thing.rect
            photo = node.photo
            if photo is None or x < 0 or y < 0 or width < 1 or height < 1:
                outside = True
            else:
                outside = x + width > photo.width or y + height > photo.height
            if outside:
                there: PathIn = ("nodes", place, "photo", "things", number, "rect")
                source.fault(there, f"'{thing.id}' lies outside the picture", "mend its rect")


def _facts_of(scenario: Scenario, source: Source, facts: Mapping[str, Fact], today: date) -> None:
    for place, node in enumerate(scenario.nodes):
        for number, choice in enumerate(node.choices):
            for case in choice.cases:
                path: PathIn = ("nodes", place, "choices", number)
                fact_fault(source, path, case.fact, facts, today)
        for number, thing in enumerate(node.photo.things if node.photo else ()):
            path = ("nodes", place, "photo", "things", number)
            fact_fault(source, path, thing.fact, facts, today)


def fact_fault(
    source: Source, path: PathIn, id_: str, facts: Mapping[str, Fact], today: date
) -> None:
    """Note a fact that is unknown, contested, or past its review."""
    fact = facts.get(id_)
    if fact is None:
        source.fault(path, f"there is no fact {id_}", "cite one of facts.yaml")
    elif fact.state == "contested":
        source.fault(path, f"{id_} is contested", "teach it as policy, by another fact")
    elif fact.review_by < today:
        source.fault(path, f"{id_} was to be reviewed by {fact.review_by}", "review it first")
