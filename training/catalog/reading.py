"""The files that stand above the modules: facts, courses, the policy."""

from collections.abc import Collection, Mapping
from pathlib import Path

from pydantic import ValidationError

from training.catalog.courses import Course, Policy
from training.catalog.facts import Fact
from training.catalog.source import FRONT, Source, model_faults, read_text, read_yaml


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
        try:
            fact = Fact.model_validate(raw)
        except ValidationError as error:
            _faults_below(source, ("facts", place), error)
            continue
        if fact.id in facts:
            source.fault(("facts", place), f"the fact {fact.id} stands here twice", "delete one")
        facts[fact.id] = fact
    return facts, source


def _faults_below(source: Source, path: tuple[str | int, ...], error: ValidationError) -> None:
    below = Source(source.name, lines=_below(source, path))
    model_faults(below, error, Fact)
    source.faults += below.faults


def _below(source: Source, path: tuple[str | int, ...]) -> dict[tuple[str | int, ...], int]:
    size = len(path)
    return {inner[size:]: line for inner, line in source.lines.items() if inner[:size] == path}


def read_courses(
    root: Path, modules: Mapping[str, Collection[str]]
) -> tuple[dict[str, Course], list[Source]]:
    """Return the courses by code; a course names modules, and steps of them, that are there."""
    courses: dict[str, Course] = {}
    sources = []
    for path in sorted((root / "courses").glob("*.yaml")):
        source = read_yaml(path, f"courses/{path.name}")
        sources.append(source)
        if source.faults:
            continue
        try:
            course = Course.model_validate(source.value)
        except ValidationError as error:
            model_faults(source, error, Course)
            continue
        for place, part in enumerate(course.modules):
            if part.slug not in modules:
                source.fault(
                    ("modules", place, "slug"),
                    f"there is no module '{part.slug}'",
                    f"write one of {', '.join(sorted(modules))}",
                )
            for step in set(part.steps) - set(modules.get(part.slug, part.steps)):
                source.fault(
                    ("modules", place, "steps"),
                    f"'{part.slug}' has no step '{step}'",
                    f"write some of {', '.join(modules[part.slug])}",
                )
        if course.code in courses or course.code != path.stem:
            source.fault(("code",), "a course's code is its file's name", f"write '{path.stem}'")
        courses[course.code] = course
    return courses, sources


def read_policy(root: Path) -> tuple[Policy | None, Source]:
    """Return the sample policy: front matter with title and statement, then its text."""
    text, source = read_text(root / "policy.md", "policy.md")
    if source.faults:
        return None, source
    found = FRONT.match(text)
    if found is None:
        source.at_line(1, "the front matter is missing", "begin with ---, title:, statement:, ---")
        return None, source
    front = dict(line.split(":", 1) for line in found[1].splitlines() if ":" in line)
    values = {key.strip(): value.strip().strip('"') for key, value in front.items()}
    for name in ("title", "statement"):
        if not values.get(name):
            source.at_line(2, f"'{name}' is missing", f"add '{name}:' to the front matter")
    if source.faults:
        return None, source
    return Policy(title=values["title"], statement=values["statement"], body=found[2]), source
