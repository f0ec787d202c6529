"""What a lesson or a feedback claims: each claim by a fact that carries it, under its own name."""

import re
from collections.abc import Iterator, Mapping
from datetime import date

from training.catalog.facts import Fact
from training.catalog.folders import ModuleFolder
from training.catalog.lessons import BASIS
from training.catalog.lint.nearest import nearest
from training.catalog.source import PathIn, Source

NEARLY_BASIS = re.compile(r"\[(?:law|policy|conduct|basis)\b[^\]]*\]", re.IGNORECASE)
CHECK_WITH = "check with {privacy_contact}"


def lint_teaching(module: ModuleFolder, facts: Mapping[str, Fact], today: date) -> None:
    """Note facts that are unknown, contested, stale, unverified or under another's name."""
    for screen in module.screens:
        path: PathIn = ("screen", screen["id"])
        text = screen["markdown"]
        for fact in sorted({*screen["facts"], *(tag[2] for tag in BASIS.finditer(text))}):
            fact_fault(module.lesson_source, path, fact, facts, today)
            _unverified(module.lesson_source, path, facts.get(fact), text)
        _tags(module.lesson_source, path, text, screen["facts"], facts)
        for objective in screen["objectives"]:
            if module.objectives and objective not in module.objectives:
                what = f"no objective '{objective}'"
                module.lesson_source.fault(path, what, nearest(objective, module.objectives))
    for source, path, label, id_, text in _claims(module):
        fact_fault(source, path, id_, facts, today)
        _unverified(source, path, facts.get(id_), text)
        _label(source, path, label, facts.get(id_))


def _claims(module: ModuleFolder) -> Iterator[tuple[Source, PathIn, str, str, str]]:
    for scenario, source in module.scenarios.values():
        for place, node in enumerate(scenario.nodes):
            for number, choice in enumerate(node.choices):
                for nth, case in enumerate(choice.cases):
                    path: PathIn = ("nodes", place, "choices", number, "cases", nth, "fact")
                    text = f"{case.why} {case.happens} {case.rule}"
                    yield source, path, case.label, case.fact, text
            for key, exercise in node.exercises.items():
                for number, entry in enumerate(exercise.entries):
                    path = ("nodes", place, key, exercise.KEY, number, "fact")
                    yield source, path, entry.label, entry.fact, entry.feedback


def fact_fault(
    source: Source, path: PathIn, id_: str, facts: Mapping[str, Fact], today: date
) -> None:
    """Note a fact that is unknown, contested, or past its review."""
    fact = facts.get(id_)
    if fact is None:
        source.fault(path, f"there is no fact {id_}", nearest(id_, facts))
    elif fact.state == "contested":
        source.fault(path, f"{id_} is contested", "teach it as policy, by another fact")
    elif fact.review_by < today:
        source.fault(path, f"{id_} was to be reviewed by {fact.review_by}", "review it first")


def _unverified(source: Source, path: PathIn, fact: Fact | None, text: str) -> None:
    if fact is not None and fact.state == "unverified" and CHECK_WITH not in text.lower():
        source.fault(path, f"{fact.id} is not verified", f"write '{CHECK_WITH}' beside it")


def _tags(
    source: Source, path: PathIn, text: str, named: list[str], facts: Mapping[str, Fact]
) -> None:
    for found in NEARLY_BASIS.finditer(text):
        tag = BASIS.fullmatch(found[0])
        if tag is None:
            source.fault(path, f"'{found[0]}' is no basis", "write [law: A-03]")
        elif tag[2] not in named:
            source.fault(path, f"{tag[2]} is not among the screen's facts", "add it at the top")
        else:
            _label(source, path, tag[1], facts.get(tag[2]))


def _label(source: Source, path: PathIn, label: str, fact: Fact | None) -> None:
    """Note what is called law and is not: people must be able to tell the three apart."""
    if label == "law" and fact is not None and fact.tag != "law":
        source.fault(path, f"{fact.id} is called law and is {fact.tag}", f"write '{fact.tag}'")
