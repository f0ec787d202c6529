"""Words: nothing that looks like a real number, no false promise, placeholders that exist."""

import re
from collections.abc import Iterator
from typing import Any

from training.catalog.facts import PLACEHOLDER, PLACEHOLDERS
from training.catalog.folders import ModuleFolder
from training.catalog.lint.grade import grade_of
from training.catalog.source import PathIn, Source

FORBIDDEN = re.compile(r"\bHIPAA[- ](trained|certified|compliant)\b", re.IGNORECASE)
NUMBERS = (
    (re.compile(r"\b\d{3}-\d{2}-\d{4}\b"), "a social security number"),
    (re.compile(r"\b(?:\(\d{3}\) ?|\d{3}[-. ])\d{3}[-. ]\d{4}\b"), "a telephone number"),
    (re.compile(r"\bMRN[ :#]*\d{5,}\b", re.IGNORECASE), "a record number"),
    (re.compile(r"\b[\w.+-]+@[\w-]+\.(?!example\b)[a-z]{2,}\b", re.IGNORECASE), "a mail address"),
)
JOINED = re.compile(
    r"\b(annual|annually|yearly|80 ?%|pass mark|certificate|certified)\b", re.IGNORECASE
)
NEGATED = re.compile(r"\b(no|not|none|never|neither|nor|n't|sets no|asks for no)\b", re.IGNORECASE)
SENTENCE = re.compile(r"(?<=[.!?])\s+")
ERROR_GRADE, WARNING_GRADE = 11.0, 10.0
PROSE = {"text", "why", "happens", "rule", "stem", "feedback", "setting"}
MIN_WORDS = 30


def lint_words(module: ModuleFolder) -> None:
    """Note words that must not stand in a lesson, a situation or a question."""
    for screen in module.screens:
        path: PathIn = ("screen", screen["id"])
        text = f"{screen['title']}\n{screen['markdown']}"
        _text(module.lesson_source, path, text)
        _grade(module.lesson_source, path, text)
    for source in module.sources:
        if not source.name.endswith(".yaml"):
            continue
        for found, text in strings_in(source.value):
            _text(source, found, text)
            if found and found[-1] in PROSE:
                _grade(source, found, text)


def strings_in(value: Any, path: PathIn = ()) -> Iterator[tuple[PathIn, str]]:
    """Yield every string of plain values with its place."""
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield from strings_in(inner, (*path, key))
    elif isinstance(value, list):
        for place, inner in enumerate(value):
            yield from strings_in(inner, (*path, place))


def _text(source: Source, path: PathIn, text: str) -> None:
    if found := FORBIDDEN.search(text):
        source.fault(path, f"'{found[0]}' promises what nobody can", "write 'trained on privacy'")
    for pattern, what in NUMBERS:
        if found := pattern.search(text):
            source.fault(path, f"'{found[0]}' looks like {what}", "invent one that can't be real")
    for name in PLACEHOLDER.findall(text):
        if name not in PLACEHOLDERS:
            mend = f"write one of {', '.join(PLACEHOLDERS)}"
            source.fault(path, f"there is no local fact {{{name}}}", mend)
    for sentence in SENTENCE.split(text):
        if "HIPAA" in sentence and JOINED.search(sentence) and not NEGATED.search(sentence):
            source.fault(path, "HIPAA sets no period, mark or certificate", "say whose rule it is")


def _grade(source: Source, path: PathIn, text: str) -> None:
    if len(text.split()) < MIN_WORDS:
        return
    grade = grade_of(text)
    if grade > ERROR_GRADE:
        source.fault(path, f"reads at grade {grade:.0f}", "shorter words and sentences")
    elif grade > WARNING_GRADE:
        source.fault(path, f"reads at grade {grade:.0f}", "shorter sentences", "warning")
