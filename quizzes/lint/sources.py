"""L13, L18, L19, L23, L26: what an item rests on, and what its feedback teaches."""

import re
from collections.abc import Iterator

from quizzes.items import Item
from quizzes.lint.findings import Remark, Subject, error, warning
from quizzes.lint.words import words

SHORTEST_FEEDBACK = 12
SHORTEST_RULE = 8
"""Words of a key's feedback, praise left out, below which it cannot name a rule."""

CITABLE = ("verified", "policy")
NOT_LAW = ("policy", "professional")

_MONTHS = "January|February|March|April|May|June|July|August|September|October|November|December"
_DATED = re.compile(
    rf"\$ ?\d|\b\d{{4}}-\d\d-\d\d\b|\b(?:19|20)\d\d\b|\b(?:{_MONTHS}) \d{{1,2}}\b"
    rf"|\b\d{{1,2}} (?:{_MONTHS})\b"
)
_PRAISE = re.compile(
    r"\b(?:yes|no|correct|right|exactly|good|well done|great|perfect|that's it)\b", re.IGNORECASE
)


def distractor_map(item: Item, _: Subject) -> Iterator[Remark]:
    """L13: each distractor has a misconception, and feedback of its own of 12 words or more."""
    for option in item.distractors:
        if not option.misconception:
            yield error(f"option {option.id} names no misconception", "write its misconception")
        count = len(words(option.feedback))
        if count < SHORTEST_FEEDBACK:
            mend = f"write {SHORTEST_FEEDBACK} or more: why it tempts, what happens, the rule"
            yield error(f"option {option.id} has feedback of {count} words", mend)
    told = [option.feedback for option in item.distractors if option.feedback]
    if len(set(told)) < len(told):
        yield error("two distractors share their feedback", "write one for each")


def citation(item: Item, subject: Subject) -> Iterator[Remark]:
    """L18: at least one fact, all known, each verified or our policy, none contested."""
    if not item.facts:
        yield error("no fact", "cite the fact that the key rests on")
    for fact_id in item.facts:
        fact = subject.facts.get(fact_id)
        if fact is None:
            yield error(f"fact {fact_id} is unknown", "cite one of facts.yaml")
        elif fact.state not in CITABLE:
            mend = "rest the key on another fact, or retire the item"
            yield error(f"fact {fact_id} is {fact.state}", mend)


def stale(item: Item, subject: Subject) -> Iterator[Remark]:
    """L19: a fact whose review day is past, or a sum or date in a key, which will move."""
    for fact_id in item.facts:
        fact = subject.facts.get(fact_id)
        if fact and fact.review_by < subject.today:
            what = f"fact {fact_id} was to be reviewed by {fact.review_by.isoformat()}"
            yield error(what, "check the fact, then move its review_by")
    for option in item.keys:
        if found := _DATED.search(option.text):
            mend = "ask for the rule, not for the number"
            yield warning(f"key {option.id} holds {found[0]!r}, which will change", mend)


def policy_as_law(item: Item, subject: Subject) -> Iterator[Remark]:
    """L23: the stem claims HIPAA where every fact known is policy or professional conduct."""
    if "hipaa" not in words(item.stem):
        return
    known = [subject.facts[fact_id] for fact_id in item.facts if fact_id in subject.facts]
    if known and all(fact.jurisdiction in NOT_LAW for fact in known):
        yield error("the stem says HIPAA, its facts are no law", "say 'our policy' instead")


def rule_in_feedback(item: Item, _: Subject) -> Iterator[Remark]:
    """L26: the key's feedback names the rule, and does not only praise."""
    for option in item.keys:
        if len(words(_PRAISE.sub("", option.feedback))) < SHORTEST_RULE:
            yield warning(f"the feedback of key {option.id} only praises", "name the rule")
