"""The whole content folder: read, checked, and ready to be published."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

from training.catalog.chances import Chances, chances_of
from training.catalog.courses import Course, Policy
from training.catalog.facts import Fact
from training.catalog.faults import ContentFaults, Fault
from training.catalog.folders import ModuleFolder, read_module
from training.catalog.lint import (
    lint_cases,
    lint_course,
    lint_module,
    lint_names,
    lint_policy,
    lint_sheet,
)
from training.catalog.modules import Module, from_document
from training.catalog.reading import read_courses, read_facts, read_policy, read_roles
from training.catalog.source import Source

NO_DAY = date.min  # a load does not ask whether a fact is due for review; a check does
SHEET_TEXTS = frozenset({"title", "statement"})


@dataclass(frozen=True, slots=True)
class Catalog:
    """Everything that can be published."""

    facts: Mapping[str, Fact]
    courses: Mapping[str, Course]
    policy: Policy
    module_documents: Mapping[str, Mapping[str, Any]]

    def documents(self) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
        """Yield kind, slug and document of every version."""
        for slug, document in sorted(self.module_documents.items()):
            yield "module", slug, document
        for code, course in sorted(self.courses.items()):
            yield "course", code, course.document()
        yield "policy", "policy", self.policy.model_dump(mode="json")

    def modules(self) -> dict[str, Module]:
        """Return every module, rebuilt from its document."""
        return {slug: from_document(doc) for slug, doc in self.module_documents.items()}


@dataclass
class _Read:
    """What was read, and every source with its faults."""

    facts: dict[str, Fact] = field(default_factory=dict)
    courses: dict[str, Course] = field(default_factory=dict)
    course_sources: dict[str, Source] = field(default_factory=dict)
    policy: Policy | None = None
    modules: dict[str, ModuleFolder] = field(default_factory=dict)
    sheets: list[Source] = field(default_factory=list)
    policy_source: Source = field(default_factory=lambda: Source("policy.md"))
    sources: list[Source] = field(default_factory=list)


def _read(root: Path) -> _Read:
    found = _Read()
    found.facts, source = read_facts(root)
    found.sheets.append(source)
    for folder in sorted(path for path in (root / "modules").glob("*") if path.is_dir()):
        module = read_module(folder, found.facts)
        found.modules[folder.name] = module
        found.sources += module.sources
    steps = {slug: module.step_names() for slug, module in found.modules.items()}
    role_words, roles_source = read_roles(root)
    found.courses, sources = read_courses(root, steps, role_words)
    found.course_sources = dict(zip((s.name for s in sources), sources, strict=True))
    found.sheets += [*sources, roles_source]
    found.sources += found.sheets
    found.policy, found.policy_source = read_policy(root)
    found.sources.append(found.policy_source)
    return found


def _lint(found: _Read, today: date) -> tuple[list[Fault], list[Chances]]:
    for case in (case for course in found.courses.values() for case in course.cases):
        if case.module in found.modules:
            found.modules[case.module].cases.add(case.scenario)
    for module in found.modules.values():
        lint_module(module, found.facts, today)
    for source in found.sheets:
        lint_sheet(source, SHEET_TEXTS)
    _lint_courses(found, today)
    for fact in found.facts.values():
        if fact.review_by < today:
            what = f"{fact.id} was to be reviewed by {fact.review_by}"
            found.sheets[0].fault(("fact", fact.id), what, "review it", "warning")
    if found.policy is not None:
        lint_policy(found.policy, found.policy_source)
    _lint_ratings(found)
    severities = {fault.severity for source in found.sources for fault in source.faults}
    chances = [] if "error" in severities else _lint_chances(found)
    return sorted({fault for source in found.sources for fault in source.faults}), chances


def _lint_ratings(found: _Read) -> None:
    """Note the modules whose questions are to set a cut score and have no rating."""
    sources = {source.name: source for source in found.sheets}
    for course in found.courses.values():
        for place, part in enumerate(course.modules if course.cut == "angoff" else ()):
            module = found.modules.get(part.slug)
            bank = module.bank if module else None
            unrated = [item.id for item in bank.active if item.angoff is None] if bank else []
            if unrated:
                what = f"cut: angoff, and {len(unrated)} questions have no rating ({unrated[0]})"
                mend = "write angoff: 0 to 100 at each, or leave cut out"
                source = sources[f"courses/{course.code}.yaml"]
                source.fault(("modules", place, "slug"), what, mend)


def _lint_chances(found: _Read) -> list[Chances]:
    """Note each course that lets guessers through, or sends those who know round again."""
    modules = {slug: from_document(module.document) for slug, module in found.modules.items()}
    sources = {source.name: source for source in found.sheets}
    told = chances_of(found.courses, modules)
    for chances in told:
        source = sources[f"courses/{chances.course.code}.yaml"]
        for what, mend in chances.faults():
            source.fault(("modules",), what, mend)
    return told


def _lint_courses(found: _Read, today: date) -> None:
    """Look at the names in courses always, at what roles take once every module can be built."""
    objectives = {slug: module.objectives for slug, module in found.modules.items()}
    named = [
        (course, source)
        for code, course in found.courses.items()
        if (source := found.course_sources.get(f"courses/{code}.yaml"))  # else its name is wrong
    ]
    for course, source in named:
        lint_names(course, source, objectives)
        lint_cases(course, source, found.modules, today)
    if any(fault.severity == "error" for source in found.sources for fault in source.faults):
        return
    modules = {slug: from_document(module.document) for slug, module in found.modules.items()}
    for course, source in named:
        lint_course(course, source, modules)


def check(root: Path, *, today: date) -> list[Fault]:
    """Return every fault in the folder, errors and warnings, in the order of file and line."""
    return examine(root, today=today)[0]


def examine(root: Path, *, today: date) -> tuple[list[Fault], list[Chances]]:
    """Return what `check` does, and where there is no error, the chances of each course."""
    day = today.date() if isinstance(today, datetime) else today  # an instant is a date too
    return _lint(_read(root), day)


def load_catalog(root: Path) -> Catalog:
    """Return the content of a folder. Raises ContentFaults with every error at once."""
    found = _read(root)
    faults, _chances = _lint(found, NO_DAY)
    errors = tuple(fault for fault in faults if fault.severity == "error")
    if errors or found.policy is None:
        raise ContentFaults(errors)
    documents = {slug: module.document for slug, module in found.modules.items()}
    return Catalog(found.facts, found.courses, found.policy, documents)
