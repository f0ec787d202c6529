"""How heavy a sanction is belongs to the practice: it may be told, and is never scored."""

import re

from training.catalog.folders import ModuleFolder
from training.catalog.source import PathIn, Source

SANCTION = re.compile(
    r"\b(?:fired|sacked|dismissed|dismissal|terminated|suspended|suspension|"
    r"(?:verbal|written|final) warning|loses? (?:her|his|their|your|the) (?:job|licen[cs]e)|"
    r"fined|a fine|jail|prison|\$ ?\d[\d,]*)\b",
    re.IGNORECASE,
)
MEND = "tell it in the lesson, and ask what to do instead"


def lint_sanctions(module: ModuleFolder) -> None:
    """Note each question or decision whose answers differ by how heavy a sanction is."""
    for place, item in enumerate(module.bank.items if module.bank else ()):
        path: PathIn = ("items", place, "options")
        _note(module.bank_source, path, [option.text for option in item.options])
    for scenario, source in module.scenarios.values():
        for number, node in enumerate(scenario.nodes):
            texts = [choice.text for choice in node.choices]
            _note(source, ("nodes", number, "choices"), texts)


def _note(source: Source, path: PathIn, texts: list[str]) -> None:
    named = [found[0] for found in map(SANCTION.search, texts) if found]
    if len(named) > 1:
        source.fault(path, f"a sanction is scored ('{named[0]}' or '{named[1]}')", MEND)
