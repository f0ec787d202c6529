"""Questions: what the pure library says of a bank, at the line of each item."""

from collections.abc import Mapping
from datetime import date

from quizzes import FactState, Severity, lint_bank, parse_bank
from training.catalog.facts import Fact
from training.catalog.faults import Severity as Level
from training.catalog.folders import About, ModuleFolder
from training.catalog.source import PathIn


def lint_items(module: ModuleFolder, about: About, facts: Mapping[str, Fact], today: date) -> None:
    """Note every finding of the bank's lint; a finding with its reason is let be."""
    source = module.bank_source
    if source.faults:
        return
    bank, faults = parse_bank(
        source.value,
        module=about.slug,
        objectives={o.id: o.must_pass for o in about.objectives},
        misconceptions=about.misconceptions,
    )
    if bank is None or faults:
        return
    places = {item.id: place for place, item in enumerate(bank.items)}
    states = {id_: FactState(f.state, f.jurisdiction, f.review_by) for id_, f in facts.items()}
    for finding in lint_bank(bank, facts=states, blueprint=about.paper, today=today):
        if finding.severity is Severity.NOTE:
            continue
        path: PathIn = ("items", places[finding.item_id]) if finding.item_id else ("items",)
        name = f"{finding.rule} {finding.item_id}: " if finding.item_id else f"{finding.rule}: "
        severity: Level = "error" if finding.severity is Severity.ERROR else "warning"
        source.fault(path, name + finding.what, finding.mend, severity)
    for item in bank.items:
        if item.photo and item.photo.file not in module.media:
            path = ("items", places[item.id])
            source.fault(path, f"there is no drawing {item.photo.file}", "draw it")
