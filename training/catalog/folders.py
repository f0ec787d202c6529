"""One module's folder: its files read together into the document that is its version."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic import Field

from quizzes import ItemBank, parse_bank
from training.catalog.drawings import Size, read_drawings
from training.catalog.facts import Fact
from training.catalog.part import Part, Slug
from training.catalog.parts import Scenario, normal_scenario
from training.catalog.screens import parse_screens
from training.catalog.source import Source, read_text, read_yaml, typed


class ObjectivePart(Part):
    """An objective as `module.yaml` says it."""

    id: str = Field(pattern=r"^M\d+\.\d+$")
    text: str
    must_pass: bool = False
    screen: Slug


class StepPart(Part):
    """A step as `module.yaml` says it: a lesson's screen or a situation."""

    lesson: Slug | None = None
    scenario: Slug | None = None


class About(Part):
    """`module.yaml`."""

    id: str = Field(pattern=r"^M\d+$")
    slug: Slug
    title: str
    summary: str
    objectives: tuple[ObjectivePart, ...] = Field(min_length=1)
    misconceptions: dict[str, str]
    steps: tuple[StepPart, ...] = Field(min_length=1)
    paper: dict[str, int] = Field(min_length=1)


@dataclass
class ModuleFolder:
    """What one folder holds: plain values for the document, typed ones for the checks."""

    slug: str
    sources: list[Source] = field(default_factory=list)
    about: About | None = None
    about_source: Source = field(default_factory=lambda: Source("module.yaml"))
    lesson_source: Source = field(default_factory=lambda: Source("lesson.md"))
    bank_source: Source = field(default_factory=lambda: Source("bank.yaml"))
    screens: list[dict[str, Any]] = field(default_factory=list)
    scenarios: dict[str, tuple[Scenario, Source]] = field(default_factory=dict)
    unread: set[str] = field(default_factory=set)
    cases: set[str] = field(default_factory=set)
    """The situations that are a year's new case: in a refresher alone."""
    objectives: dict[str, bool] = field(default_factory=dict)
    bank: ItemBank | None = None
    media: dict[str, str] = field(default_factory=dict)
    sizes: dict[str, Size] = field(default_factory=dict)
    document: dict[str, Any] = field(default_factory=dict)

    def step_names(self) -> tuple[str, ...]:
        """Return the names of the module's steps, in order."""
        steps = self.about.steps if self.about else ()
        return tuple(step.lesson or step.scenario or "" for step in steps)


def read_module(folder: Path, facts: Mapping[str, Fact]) -> ModuleFolder:
    """Read a module's folder; every fault that stops it from being used is in its sources."""
    name = f"modules/{folder.name}"
    found = ModuleFolder(folder.name)
    found.about_source = read_yaml(folder / "module.yaml", f"{name}/module.yaml")
    found.sources.append(found.about_source)
    if not found.about_source.faults:
        found.about = typed(found.about_source, About, found.about_source.value)
    text, found.lesson_source = read_text(folder / "lesson.md", f"{name}/lesson.md")
    found.sources.append(found.lesson_source)
    found.screens = parse_screens(text, found.lesson_source)
    found.media, found.sizes, sources = read_drawings(folder / "media", f"{name}/media")
    found.sources += sources
    raw_scenarios = list(_read_scenarios(folder, name, found))
    found.bank_source = read_yaml(folder / "bank.yaml", f"{name}/bank.yaml")
    found.sources.append(found.bank_source)
    found.objectives = _objectives(found.about_source.value)
    _parse_items(found)
    if found.about is not None:
        if found.about.slug != folder.name:
            mend = f"write '{folder.name}'"
            found.about_source.fault(("slug",), "a module's slug is its folder's name", mend)
        found.document = {
            "module": found.about_source.value,
            "lesson": found.screens,
            "scenarios": raw_scenarios,
            "bank": found.bank_source.value,
            "media": found.media,
            "facts": _cited(found, facts),
        }
    return found


def _read_scenarios(folder: Path, name: str, found: ModuleFolder) -> Iterator[dict[str, Any]]:
    for path in sorted((folder / "scenarios").glob("*.yaml")):
        source = read_yaml(path, f"{name}/scenarios/{path.name}")
        found.sources.append(source)
        scenario = None
        if not source.faults:
            scenario = typed(source, Scenario, normal_scenario(source.value))
        if scenario is None:
            found.unread.add(path.stem)
            continue
        if scenario.id != path.stem:
            source.fault(("id",), "a situation's id is its file's name", f"write '{path.stem}'")
        found.scenarios[path.stem] = (scenario, source)
        yield source.value


def _objectives(raw: Any) -> dict[str, bool]:
    """Return each objective and whether it must be passed, even of a faulty `module.yaml`."""
    told = raw.get("objectives") if isinstance(raw, dict) else None
    entries = [entry for entry in told if isinstance(entry, dict)] if isinstance(told, list) else []
    return {str(entry["id"]): entry.get("must_pass") is True for entry in entries if "id" in entry}


def _misconceptions(raw: Any) -> dict[str, Any]:
    told = raw.get("misconceptions") if isinstance(raw, dict) else None
    return told if isinstance(told, dict) else {}


def _parse_items(found: ModuleFolder) -> None:
    source = found.bank_source
    if source.faults or not found.objectives:
        return
    found.bank, faults = parse_bank(
        source.value,
        module=found.slug,
        objectives=found.objectives,
        misconceptions=_misconceptions(found.about_source.value),
    )
    for fault in faults:
        source.fault(fault.path, fault.what, fault.mend)


def _cited(found: ModuleFolder, facts: Mapping[str, Fact]) -> list[dict[str, Any]]:
    """Return the facts that this module cites, so that its version holds them as shown."""
    ids = {id_ for screen in found.screens for id_ in screen["facts"]}
    for scenario, _source in found.scenarios.values():
        for node in scenario.nodes:
            ids |= {case.fact for choice in node.choices for case in choice.cases}
            ids |= {entry.fact for one in node.exercises.values() for entry in one.entries}
    ids |= {id_ for item in (found.bank.items if found.bank else ()) for id_ in item.facts}
    return [facts[id_].model_dump(mode="json") for id_ in sorted(ids) if id_ in facts]
