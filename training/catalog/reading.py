"""The files that stand above the modules: facts, courses, the policy."""

from collections.abc import Collection, Mapping
from pathlib import Path

from training.catalog.courses import Course, Policy
from training.catalog.facts import Fact
from training.catalog.part import Part
from training.catalog.roles import RoleWords
from training.catalog.source import FRONT, PathIn, Source, read_text, read_yaml, typed

FRONT_KEYS = ("title", "statement")


def read_facts(root: Path) -> tuple[dict[str, Fact], Source]:
    """Return the facts by id."""
    source = read_yaml(root / "facts.yaml", "facts.yaml")
    facts: dict[str, Fact] = {}
    entries = source.value.get("facts") if isinstance(source.value, dict) else None
    if not isinstance(entries, list):
        if not source.faults:
            source.at_line(1, "there is no list of facts", "begin with 'facts:'")
        return facts, source
    for place, raw in enumerate(entries):
        below = Source(source.name, lines=_below(source, ("facts", place)))
        fact = typed(below, Fact, raw)
        source.faults += below.faults
        if fact is None:
            continue
        if fact.id in facts:
            source.fault(("facts", place), f"the fact {fact.id} stands here twice", "delete one")
        facts[fact.id] = fact
        source.lines["fact", fact.id] = source.line(("facts", place))
    return facts, source


def _below(source: Source, path: PathIn) -> dict[PathIn, int]:
    size = len(path)
    return {inner[size:]: line for inner, line in source.lines.items() if inner[:size] == path}


class RoleSheet(Part):
    """`roles.yaml`."""

    roles: tuple[RoleWords, ...]


def read_roles(root: Path) -> tuple[tuple[RoleWords, ...], Source]:
    """Return the words of job titles that stand for roles; without the sheet there are none."""
    path = root / "roles.yaml"
    if not path.exists():
        return (), Source("roles.yaml")
    source = read_yaml(path, "roles.yaml")
    sheet = None if source.faults else typed(source, RoleSheet, source.value)
    return (sheet.roles if sheet else ()), source


def read_courses(
    root: Path,
    modules: Mapping[str, Collection[str]],
    role_words: tuple[RoleWords, ...] = (),
) -> tuple[dict[str, Course], list[Source]]:
    """Return the courses by code; a course names modules, and steps of them, that are there.

    A course that has no table of roles of its own gets the one of `roles.yaml`, and its version
    holds it: who began it as what is known even where all roles take the same.
    """
    courses: dict[str, Course] = {}
    sources = []
    for path in sorted((root / "courses").glob("*.yaml")):
        source = read_yaml(path, f"courses/{path.name}")
        sources.append(source)
        course = None if source.faults else typed(source, Course, source.value)
        if course is None:
            continue
        _parts(course, source, modules)
        if course.code != path.stem:
            source.fault(("code",), "a course's code is its file's name", f"write '{path.stem}'")
        if not course.role_words:
            course = course.model_copy(update={"role_words": role_words})
        courses[course.code] = course
    if not sources:
        missing = Source("courses")
        missing.at_line(1, "there is no course", "write courses/onboarding.yaml")
        sources.append(missing)
    return courses, sources


def _parts(course: Course, source: Source, modules: Mapping[str, Collection[str]]) -> None:
    slugs = [part.slug for part in course.modules]
    for place, part in enumerate(course.modules):
        path: PathIn = ("modules", place, "slug")
        if part.slug not in modules:
            mend = f"write one of {', '.join(sorted(modules))}"
            source.fault(path, f"there is no module '{part.slug}'", mend)
        if slugs.index(part.slug) != place:
            source.fault(path, f"the module '{part.slug}' stands here twice", "delete one")
        pieces = {("modules", place): part.steps} | {
            ("modules", place, "also", number): more.steps for number, more in enumerate(part.also)
        }
        for where, named in pieces.items():
            for step in sorted(set(named) - set(modules.get(part.slug, named))):
                source.fault(
                    (*where, "steps"),
                    f"'{part.slug}' has no step '{step}'",
                    f"write some of {', '.join(modules[part.slug])}",
                )


def read_policy(root: Path) -> tuple[Policy | None, Source]:
    """Return the sample policy: front matter with title and statement, then its text."""
    text, source = read_text(root / "policy.md", "policy.md")
    if source.faults:
        return None, source
    found = FRONT.match(text)
    if found is None:
        source.at_line(1, "the front matter is missing", "begin with ---, title:, statement:, ---")
        return None, source
    values = _front(found[1], source)
    for name in FRONT_KEYS:
        if not values.get(name):
            source.at_line(1, f"'{name}' is missing", f"add '{name}:' to the front matter")
    if source.faults:
        return None, source
    return Policy(title=values["title"], statement=values["statement"], body=found[2]), source


def _front(text: str, source: Source) -> dict[str, str]:
    values: dict[str, str] = {}
    for number, line in enumerate(text.split("\n"), start=2):
        key, colon, value = line.partition(":")
        name = key.strip()
        if not colon or name not in FRONT_KEYS:
            source.at_line(
                number, f"unknown key '{name}'", "write title: or statement:, a line each"
            )
        source.lines[(name,)] = number
        values[name] = value.strip().strip('"')
    return values
