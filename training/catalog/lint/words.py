"""Words: nothing that looks like a real number, no false promise, placeholders that exist."""

import re
from collections.abc import Iterator
from typing import Any

from training.catalog.facts import PLACEHOLDERS
from training.catalog.folders import ModuleFolder
from training.catalog.lessons import word_count
from training.catalog.lint.grade import grade_of
from training.catalog.lint.nearest import nearest
from training.catalog.source import PathIn, Source

FORBIDDEN = re.compile(r"\bHIPAA[- ](trained|certified|compliant)\b", re.IGNORECASE)
NUMBERS = (
    (re.compile(r"\b\d{3}-\d{2}-\d{4}\b"), "a social security number"),
    (re.compile(r"(?:\(\d{3}\) ?|\b\d{3}[-. ])?\b\d{3}[-. ]\d{4}\b"), "a telephone number"),
    (re.compile(r"\bMRN\W{0,3}\d{4,}\b|\b\d{7,}\b", re.IGNORECASE), "a record number"),
    (re.compile(r"\b\d{1,2}/\d{1,2}/(?:19|20)?\d{2}\b"), "a day of birth"),
    (re.compile(r"\b[\w.+-]+@[\w-]+\.(?!example\b)[a-z]{2,}\b", re.IGNORECASE), "a mail address"),
)
JOINED = re.compile(
    r"\b(annual|annually|yearly|every year|80 ?%|80 per cent|certificate|certified|certif(?:y|ies)|"
    r"pass(?:ing|es|ed)? (?:mark|score|rate|grade|the (?:test|quiz|exam)))(?!\w)",
    re.IGNORECASE,
)
NEGATED = re.compile(r"\b(?:no|not|none|never|neither|nor|without)\b|n['’]t\b", re.IGNORECASE)
BRACES = re.compile(r"\{+[^{}\n]*\}+|[{}]")
MARKUP = (
    (re.compile(r"</?[a-zA-Z][^>\n]*>"), "HTML", "write it in Markdown"),
    (re.compile(r"!?\[[^\]\n]*\]\([^)\n]*\)"), "a link", "say it in words"),
    (re.compile(r"https?://\S+"), "an address", "say it in words"),
)
SENTENCE = re.compile(r"(?<=[.!?])\s+")
ERROR_GRADE, WARNING_GRADE = 11.0, 9.0
PROSE = {"text", "why", "happens", "rule", "stem", "feedback", "setting"}
MIN_WORDS = 30
SCREEN_WORDS = (90, 200)


def lint_sheet(source: Source, keys: frozenset[str]) -> None:
    """Note the same in the texts of a sheet above the modules: facts, courses."""
    for path, text in strings_in(source.value):
        if path and path[-1] in keys:
            text_faults(source, path, text)


def lint_words(module: ModuleFolder) -> None:
    """Note words that must not stand in a lesson, a situation or a question."""
    for screen in module.screens:
        path: PathIn = ("screen", screen["id"])
        text = f"{screen['title']}\n{screen['markdown']}"
        text_faults(module.lesson_source, path, text)
        _length(module.lesson_source, path, screen["markdown"])
        grade_faults(module.lesson_source, path, text)
    for source in module.sources:
        if not source.name.endswith(".yaml"):
            continue
        for found, text in strings_in(source.value):
            text_faults(source, found, text)
            if found and found[-1] in PROSE:
                grade_faults(source, found, text)


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


def _length(source: Source, path: PathIn, text: str) -> None:
    words = word_count(text)
    if not SCREEN_WORDS[0] <= words <= SCREEN_WORDS[1]:
        source.fault(path, f"a screen of {words} words", "make it 90 to 200", "warning")


def text_faults(source: Source, path: PathIn, text: str) -> None:
    """Note what must not stand in any text that people read."""
    if found := FORBIDDEN.search(text):
        source.fault(path, f"'{found[0]}' promises what nobody can", "write 'trained on privacy'")
    for pattern, what in NUMBERS:
        if found := pattern.search(text):
            source.fault(path, f"'{found[0]}' looks like {what}", "invent one that can't be real")
    for stray in BRACES.findall(text):
        if stray.strip("{}") not in PLACEHOLDERS or stray != f"{{{stray.strip('{}')}}}":
            mend = nearest(stray.strip("{} "), PLACEHOLDERS)
            source.fault(path, f"there is no local fact {stray}", mend)
    for pattern, what, mend in MARKUP:
        if found := pattern.search(text):
            source.fault(path, f"'{found[0]}' is {what}", mend)
    for sentence in SENTENCE.split(text):
        if "HIPAA" in sentence and JOINED.search(sentence) and not NEGATED.search(sentence):
            source.fault(path, "HIPAA sets no period, mark or certificate", "say whose rule it is")


def grade_faults(source: Source, path: PathIn, text: str) -> None:
    """Note a text that reads above its grade; a short one can't be measured."""
    if len(text.split()) < MIN_WORDS:
        return
    grade = grade_of(text)
    if grade > ERROR_GRADE:
        source.fault(path, f"reads at grade {grade:.0f}", "shorter words and sentences")
    elif grade > WARNING_GRADE:
        source.fault(path, f"reads at grade {grade:.0f}", "shorter sentences", "warning")
