"""What the passing rule does with this content: to whoever knows, and to whoever guesses well."""

from collections.abc import Iterator, Mapping
from fractions import Fraction
from pathlib import Path

from quizzes import ModuleQuiz, chance_without_repeat, simulate_guessers
from training.catalog.catalog import load_catalog
from training.catalog.courses import Course
from training.catalog.lint.courses import minutes_by_role
from training.catalog.modules import Module
from training.catalog.roles import ANY
from training.catalog.taking import taken

KNOWS = Fraction(9, 10)  # how often somebody who knows the matter gets one item right


def quizzes_of(course: Course, modules: Mapping[str, Module], role: str = ANY) -> list[ModuleQuiz]:
    """Return what a course asks somebody of this role, module by module."""
    parts = [taken(modules[part.slug], part, role) for part in course.modules]
    return [ModuleQuiz(module.bank, module.blueprint) for module in parts if module]


def minutes_in_words(root: Path) -> Iterator[str]:
    """Yield a sentence a course: how many minutes it takes, by role where it tells them apart."""
    catalog = load_catalog(root)
    modules = catalog.modules()
    for code, course in sorted(catalog.courses.items()):
        found = minutes_by_role(course, modules)
        told = ", ".join(f"{role} {sum(parts.values()):.0f}" for role, parts in found.items())
        yield f"{code}: minutes as measured by words and scenes: {told}"


def chances_in_words(root: Path) -> Iterator[str]:
    """Yield a sentence a course: how often who knows needs no repeat, and who guesses passes.

    Raises ContentFaults if the content has errors.
    """
    catalog = load_catalog(root)
    modules = catalog.modules()
    for code, course in sorted(catalog.courses.items()):
        yield from _chances_of(course, modules, code)


def _chances_of(course: Course, modules: Mapping[str, Module], code: str) -> Iterator[str]:
    told: list[tuple[list[ModuleQuiz], list[str]]] = []
    for role in course.roles:
        asked = quizzes_of(course, modules, role)
        same = next((names for papers, names in told if papers == asked), None)
        if same is None:
            told.append((asked, [role]))
        else:
            same.append(role)
    for asked, roles in told:
        if not asked:
            continue
        name = f"{code} ({', '.join(roles)})" if course.by_role else code
        knows = chance_without_repeat(asked, KNOWS, course.cut_per_cent)
        best = max(simulate_guessers(asked, course.cut_per_cent), key=lambda r: r.course)
        yield (
            f"{name}: whoever knows each question with {float(KNOWS)} needs no repeat "
            f"{float(knows):.0%} of the time; the best guesser ({best.strategy}) gets through "
            f"in three tries {float(best.course):.1%} of the time"
        )
