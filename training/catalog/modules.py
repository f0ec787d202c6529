"""A module as it is read, stored and taken: one document, one digest."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from quizzes import ItemBank, parse_bank
from training.catalog.facts import Fact
from training.catalog.lessons import cite, render_inline, render_text
from training.catalog.minutes import MINUTES_A_QUESTION, reading_minutes, scenario_minutes
from training.catalog.parts import Scenario, normal_scenario


@dataclass(frozen=True)
class Screen:
    """One screen of a lesson."""

    id: str
    title: str
    markdown: str
    objectives: tuple[str, ...]
    facts: tuple[str, ...]
    citations: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def html(self) -> str:
        """Return the screen's HTML, its local facts still to be filled in."""
        return cite(render_text(self.markdown), self.citations)

    @cached_property
    def title_html(self) -> str:
        """Return the title, escaped."""
        return render_inline(self.title)

    @property
    def minutes(self) -> float:
        """Return the minutes that reading takes."""
        return reading_minutes(self.markdown)


@dataclass(frozen=True, slots=True)
class Objective:
    """What somebody can do after the module, and the screen that teaches it."""

    id: str
    text: str
    must_pass: bool
    screen: str


@dataclass(frozen=True, slots=True)
class ModuleStep:
    """One step of the learner's way: a lesson's screen, or a situation."""

    name: str
    kind: str
    title: str
    minutes: float


@dataclass(frozen=True)
class Module:
    """Everything of one module, frozen."""

    id: str
    slug: str
    title: str
    summary: str
    objectives: tuple[Objective, ...]
    misconceptions: Mapping[str, str]
    steps: tuple[ModuleStep, ...]
    screens: Mapping[str, Screen]
    scenarios: Mapping[str, Scenario]
    bank: ItemBank
    blueprint: Mapping[str, int]
    facts: Mapping[str, Fact]
    drawings: Mapping[str, str]
    offered: tuple[str, ...] = ()
    """The steps of the whole module, whatever of it somebody takes."""
    case: str | None = None
    """The year's new situation, where this module has it: its last step, after the quiz."""

    @property
    def quiz_minutes(self) -> float:
        """Return the minutes that the quiz takes."""
        return sum(self.blueprint.values()) * MINUTES_A_QUESTION

    @property
    def minutes(self) -> float:
        """Return the minutes of every step and the quiz."""
        return sum(step.minutes for step in self.steps) + self.quiz_minutes


def from_document(document: Mapping[str, Any]) -> Module:
    """Return the module that a stored document tells of."""
    facts = {raw["id"]: Fact.model_validate(raw) for raw in document["facts"]}
    about, screens = document["module"], _screens(document["lesson"], facts)
    scenarios = {
        raw["id"]: Scenario.model_validate(normal_scenario(raw)) for raw in document["scenarios"]
    }
    objectives = tuple(
        Objective(o["id"], o["text"], bool(o.get("must_pass", False)), o["screen"])
        for o in about["objectives"]
    )
    bank, faults = parse_bank(
        document["bank"],
        module=about["slug"],
        objectives={o.id: o.must_pass for o in objectives},
        misconceptions=about["misconceptions"],
    )
    if bank is None:
        raise ValueError(f"{about['slug']}: {faults[0].what}")
    steps = tuple(_step(raw, screens, scenarios) for raw in about["steps"])
    return Module(
        id=about["id"],
        slug=about["slug"],
        title=about["title"],
        summary=about["summary"],
        objectives=objectives,
        misconceptions=about["misconceptions"],
        steps=steps,
        offered=tuple(step.name for step in steps),
        screens=screens,
        scenarios=scenarios,
        bank=bank,
        blueprint=about["paper"],
        facts=facts,
        drawings=document["media"],
    )


def _screens(raw: list[Mapping[str, Any]], facts: Mapping[str, Fact]) -> dict[str, Screen]:
    citations = {id_: fact.citation for id_, fact in facts.items()}
    return {
        entry["id"]: Screen(
            id=entry["id"],
            title=entry["title"],
            markdown=entry["markdown"],
            objectives=tuple(entry["objectives"]),
            facts=tuple(entry["facts"]),
            citations=citations,
        )
        for entry in raw
    }


def _step(
    raw: Mapping[str, str], screens: Mapping[str, Screen], scenarios: Mapping[str, Scenario]
) -> ModuleStep:
    if "lesson" in raw:
        screen = screens[raw["lesson"]]
        return ModuleStep(screen.id, "lesson", screen.title, screen.minutes)
    scenario = scenarios[raw["scenario"]]
    return ModuleStep(scenario.id, "situation", scenario.title, scenario_minutes(scenario))
