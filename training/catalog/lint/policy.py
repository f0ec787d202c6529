"""The policy: plain, of a page, with no word that could silence staff."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from training.catalog.courses import Policy
from training.catalog.facts import PLACEHOLDERS
from training.catalog.lessons import word_count
from training.catalog.lint.grade import grade_of
from training.catalog.lint.words import (
    BRACES,
    FORBIDDEN,
    JOINED,
    MARKUP,
    NEGATED,
    SENTENCE,
    WARNING_GRADE,
    grade_faults,
    text_faults,
)
from training.catalog.source import Source

WORDS = (350, 500)
SHORTEST_OWN = 40
# A rule that staff could read as a ban on talk about work is a matter for labor law.
GAG = re.compile(
    r"\b(reputation\w*|disparag\w*|loyal\w*|all work matters|terminat\w*|respectful\w*|"
    r"negative comments?|bad light|embarrass\w*)\b",
    re.IGNORECASE,
)
SAMPLE = re.compile(r"\bsample\b.*\bcounsel\b", re.IGNORECASE)


def lint_policy(policy: Policy, source: Source) -> None:
    """Note what should not stand in the sample policy."""
    lines = policy.body.split("\n")
    begins = source.text.removesuffix(policy.body).count("\n") + 1
    for number, line in enumerate(lines, start=begins):
        source.lines["line", number] = number
        text_faults(source, ("line", number), line)
        if found := GAG.search(line):
            source.at_line(number, f"'{found[0]}' can read as a gag", "name what stays private")
    source.lines["body",] = begins
    text_faults(source, ("statement",), policy.statement)
    grade_faults(source, ("body",), policy.body)
    if not SAMPLE.search(next((line for line in lines if line.strip()), "")):
        mend = "begin with: this is a sample, have counsel read it"
        source.at_line(begins, "the policy does not say that it is a sample", mend)
    words = word_count(policy.body)
    if not WORDS[0] <= words <= WORDS[1]:
        source.at_line(begins, f"the policy has {words} words", "make it 350 to 500", "warning")


@dataclass(frozen=True, slots=True)
class Remark:
    """What stands in the way of a practice's own text, or should be read by counsel first."""

    line: int
    what: str
    mend: str
    kind: Literal["error", "gag", "warning"]


def own_policy_remarks(policy: Policy) -> tuple[Remark, ...]:
    """Return what is to be said of a practice's own text, before it is adopted.

    Only what could not be signed as shown is an error: her telephone number is her own, and so
    is her style. A word that can read as a gag is for her to answer for, with counsel.
    """
    lines = enumerate(policy.body.split("\n"), start=1)
    found = [remark for number, line in lines for remark in _of_line(number, line)]
    found += _of_line(0, policy.statement)
    if SAMPLE.search(policy.body):
        what = "the text still says that it is a sample"
        found.append(Remark(0, what, "take the line out once counsel has read it", "warning"))
    words, grade = word_count(policy.body), grade_of(policy.body)
    if words < SHORTEST_OWN:
        found.append(Remark(0, f"the text has {words} words", "paste the whole policy", "error"))
    elif grade > WARNING_GRADE:
        what = f"it reads at school grade {grade:.0f}"
        found.append(Remark(0, what, "shorter words and sentences are read", "warning"))
    return tuple(found)


def _of_line(number: int, line: str) -> Iterator[Remark]:
    if found := FORBIDDEN.search(line):
        what = f"“{found[0]}” promises what nobody can"
        yield Remark(number, what, "write “trained on privacy”", "error")
    for stray in BRACES.findall(line):
        name = stray.strip("{} ")
        if stray != f"{{{name}}}" or name not in PLACEHOLDERS:
            mend = f"write one of {', '.join(f'{{{name}}}' for name in PLACEHOLDERS)}"
            yield Remark(number, f"{stray} is no word of yours", mend, "error")
    for found in GAG.finditer(line):
        mend = "name what stays private, or have counsel read it"
        yield Remark(number, f"“{found[0]}” can read as a gag on talk about work", mend, "gag")
    for pattern, what, mend in MARKUP:
        if found := pattern.search(line):
            told = f"“{found[0][:60]}” is {what}, and is shown as plain text"
            yield Remark(number, told, mend, "warning")
            break
    for sentence in SENTENCE.split(line):
        if "HIPAA" in sentence and JOINED.search(sentence) and not NEGATED.search(sentence):
            what = "HIPAA sets no period, mark or certificate"
            yield Remark(number, what, "say whose rule it is", "warning")
