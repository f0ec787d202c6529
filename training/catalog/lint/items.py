"""Questions: what the pure library says of a bank, at the line of each item."""

from collections.abc import Mapping
from datetime import date

from quizzes import FactState, Severity, lint_bank
from training.catalog.facts import Fact
from training.catalog.faults import Severity as Level
from training.catalog.folders import About, ModuleFolder
from training.catalog.lint.nearest import nearest
from training.catalog.source import PathIn


def lint_items(module: ModuleFolder, about: About, facts: Mapping[str, Fact], today: date) -> None:
    """Note every finding of the bank's lint; a finding with its reason is let be."""
    source, bank = module.bank_source, module.bank
    if bank is None:
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
        path = ("items", places[item.id], "photo")
        if item.photo is None:
            continue
        size = module.sizes.get(item.photo.file)
        if item.photo.file not in module.media:
            mend = nearest(item.photo.file, module.media)
            source.fault(path, f"there is no drawing {item.photo.file}", mend)
        elif size and size != (item.photo.width, item.photo.height):
            mend = f"write width: {size[0]} and height: {size[1]}"
            source.fault(path, "the drawing has another size", mend)
