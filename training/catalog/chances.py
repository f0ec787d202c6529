"""What the passing rule does with this content: to whoever knows, and to whoever guesses well."""

from collections.abc import Iterator, Mapping
from fractions import Fraction
from pathlib import Path

from quizzes import ModuleQuiz, chance_without_repeat, simulate_guessers
from training.catalog.catalog import load_catalog
from training.catalog.courses import Course
from training.catalog.modules import Module

KNOWS = Fraction(9, 10)  # how often somebody who knows the matter gets one item right


def quizzes_of(course: Course, modules: Mapping[str, Module]) -> list[ModuleQuiz]:
    """Return what a course asks, module by module."""
    parts = [modules[part.slug] for part in course.modules]
    return [ModuleQuiz(module.bank, module.blueprint) for module in parts]


def chances_in_words(root: Path) -> Iterator[str]:
    """Yield a sentence a course: how often who knows needs no repeat, and who guesses passes.

    Raises ContentFaults if the content has errors.
    """
    catalog = load_catalog(root)
    modules = catalog.modules()
    for code, course in sorted(catalog.courses.items()):
        asked = quizzes_of(course, modules)
        knows = chance_without_repeat(asked, KNOWS, course.cut_per_cent)
        best = max(simulate_guessers(asked, course.cut_per_cent), key=lambda r: r.course)
        yield (
            f"{code}: whoever knows each question with {float(KNOWS)} needs no repeat "
            f"{float(knows):.0%} of the time; the best guesser ({best.strategy}) gets through "
            f"in three tries {float(best.course):.1%} of the time"
        )
