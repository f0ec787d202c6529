"""What is wrong with content beyond its form: references, situations, words, questions."""

from collections.abc import Mapping
from datetime import date

from training.catalog.facts import Fact
from training.catalog.folders import ModuleFolder
from training.catalog.lint.cases import lint_cases
from training.catalog.lint.courses import lint_course, lint_names
from training.catalog.lint.items import lint_items
from training.catalog.lint.photos import lint_photos
from training.catalog.lint.policy import lint_policy
from training.catalog.lint.references import lint_references
from training.catalog.lint.sanctions import lint_sanctions
from training.catalog.lint.situations import lint_situations
from training.catalog.lint.teaching import lint_teaching
from training.catalog.lint.words import lint_sheet, lint_words


def lint_module(module: ModuleFolder, facts: Mapping[str, Fact], today: date) -> None:
    """Note every fault of a module in its sources, all at once."""
    lint_words(module)
    lint_photos(module)
    lint_teaching(module, facts, today)
    lint_situations(module)
    lint_sanctions(module)
    if module.about is not None:
        lint_references(module, module.about)
        lint_items(module, module.about, facts, today)


__all__ = ["lint_cases", "lint_course", "lint_module", "lint_names", "lint_policy", "lint_sheet"]
