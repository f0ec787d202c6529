"""The policy: plain, of a page, with no word that could silence staff."""

import re

from training.catalog.courses import Policy
from training.catalog.lessons import word_count
from training.catalog.lint.words import grade_faults, text_faults
from training.catalog.source import Source

WORDS = (350, 500)
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
