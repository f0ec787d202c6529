"""L03, L04, L06, L12, L24, L25: what only shows over the whole bank."""

import re
from collections import Counter
from collections.abc import Iterator
from itertools import combinations, groupby
from math import sqrt

from quizzes.items import Item, ItemType
from quizzes.lint.cues import ABSOLUTE
from quizzes.lint.findings import Remark, Subject, error, warning
from quizzes.lint.wording import ABOVE_RECALL
from quizzes.lint.words import likeness

FEWEST_ITEMS = 6
FEWEST_MUST_PASS = 8
FEWEST_ABOVE_RECALL = 2
FEWEST_TO_JUDGE = 12
"""Items (or options with absolute words) below which a share or a run says nothing."""

_CHI_SQUARE_5_PER_CENT = {3: 5.991, 4: 7.815, 5: 9.488}
"""Critical values at p = 0.05, by number of options (one more than the degrees of freedom)."""

_LARGEST_SHARE = {3: 45, 4: 35, 5: 35}
_LONGEST_RUN = 3
_REFUSAL = re.compile(
    r"^(?:no\b|nothing\b)|\b(?:do not|don['’]t|does not|doesn['’]t|never|not post|without posting|"
    r"decline|refuse|delete|remove|take (?:it|that|the \w+) down|report|tell|call|"
    r"leave (?:it|the))\b",
    re.IGNORECASE,
)


def key_length_share(subject: Subject) -> Iterator[Remark]:
    """L03: keys are the longest, or the shortest, more often than two standard errors allow."""
    items = subject.singles
    if len(items) < FEWEST_TO_JUDGE:
        return
    share = sum(1 / len(item.options) for item in items) / len(items)
    limit = share + 2 * sqrt(share * (1 - share) / len(items))
    for name, sign in (("longest", 1), ("shortest", -1)):
        count = sum(_stands_out(item, sign) for item in items)
        if count > limit * len(items):
            mend = f"mend so many that at most {int(limit * len(items))} are"
            yield error(f"the key is the {name} in {count} of {len(items)} items", mend)


def _stands_out(item: Item, sign: int) -> bool:
    key = sign * len(item.keys[0].text)
    return all(key > sign * len(option.text) for option in item.distractors)


def key_position(subject: Subject) -> Iterator[Remark]:
    """L04: keys stand in one place too often (chi-square at 5 %, or 45 % of three, 35 % of four).

    Judged from twelve items with the same number of options on.
    """
    for size, critical in _CHI_SQUARE_5_PER_CENT.items():
        places = [_place(item) for item in subject.singles if len(item.options) == size]
        if len(places) < FEWEST_TO_JUDGE:
            continue
        counts = Counter(places)
        expected = len(places) / size
        chi_square = sum((counts[n] - expected) ** 2 / expected for n in range(size))
        place, most = counts.most_common(1)[0]
        if chi_square > critical or most * 100 > _LARGEST_SHARE[size] * len(places):
            what = f"the key is option {place + 1} of {size} in {most} of {len(places)} items"
            yield error(what, "spread the keys evenly")


def key_runs(subject: Subject) -> Iterator[Remark]:
    """L04: four keys in a row in the same place."""
    if len(subject.singles) < FEWEST_TO_JUDGE:
        return
    for place, run in groupby(subject.singles, key=_place):
        items = list(run)
        if len(items) > _LONGEST_RUN:
            what = f"the key is option {place + 1} in {len(items)} items in a row"
            yield error(what, "move one of them", items[_LONGEST_RUN].id)


def _place(item: Item) -> int:
    return item.options.index(item.keys[0])


def absolute_balance(subject: Subject) -> Iterator[Remark]:
    """L06: absolute words more than twice as common on one side, from twelve such options on."""
    chosen_from = [item for item in subject.items if item.type is not ItemType.ORDER]
    options = [option for item in chosen_from for option in item.options]
    with_words = Counter(option.correct for option in options if ABSOLUTE.search(option.text))
    if with_words.total() < FEWEST_TO_JUDGE:
        return
    among = Counter(option.correct for option in options)
    in_keys = with_words[True] / max(among[True], 1)
    in_distractors = with_words[False] / max(among[False], 1)
    if max(in_keys, in_distractors) > 2 * min(in_keys, in_distractors):
        side = "keys" if in_keys > in_distractors else "distractors"
        what = f"absolute words in {in_keys:.0%} of keys, {in_distractors:.0%} of distractors"
        yield error(what, f"take some out of the {side}")


def duplicate_options(item: Item, _: Subject) -> Iterator[Remark]:
    """L12: two options of an item say nearly the same (Jaccard above 0.8)."""
    for one, other in combinations(item.options, 2):
        if likeness(one.text, other.text) > 0.8:
            yield error(f"options {one.id} and {other.id} are nearly the same", "write another")


def duplicate_stems(subject: Subject) -> Iterator[Remark]:
    """L12: two stems of the bank are nearly the same (Jaccard above 0.9).

    Hotspot items ask the same of different pictures, so they are left out.
    """
    written = [item for item in subject.items if item.type is not ItemType.HOTSPOT]
    for one, other in combinations(written, 2):
        if likeness(one.stem, other.stem) > 0.9:
            yield warning(f"nearly the stem of {one.id}", "tell another situation", other.id)


def coverage(subject: Subject) -> Iterator[Remark]:
    """L24: six active items an objective (eight if must-pass), two above recall, blueprint met."""
    objectives = {item.objective for item in subject.items} | set(subject.blueprint)
    for objective in sorted(objectives):
        items = subject.bank.active_for(objective)
        must_pass = any(item.must_pass for item in items)
        needed = FEWEST_MUST_PASS if must_pass else FEWEST_ITEMS
        needed = max(needed, subject.blueprint.get(objective, 0))
        if len(items) < needed:
            mend = f"write {needed - len(items)} more"
            yield error(f"objective {objective} has {len(items)} of {needed} active items", mend)
        above = sum(item.bloom in ABOVE_RECALL for item in items)
        if above < FEWEST_ABOVE_RECALL:
            mend = f"write {FEWEST_ABOVE_RECALL} that ask for a decision"
            yield error(f"objective {objective} has {above} items above recall", mend)


def recall_share(subject: Subject) -> Iterator[Remark]:
    """L24: at most a third of the bank asks for memory alone."""
    count = sum(item.bloom == "remember" for item in subject.items)
    if count * 3 > len(subject.items):
        mend = "turn some into situations"
        yield warning(f"{count} of {len(subject.items)} items only ask to remember", mend)


def yes_to_no(subject: Subject) -> Iterator[Remark]:
    """L25: do not, or report, is the answer to over 80 % of the decisions, from twelve on."""
    decisions = [item for item in subject.singles if item.bloom in ABOVE_RECALL]
    refusals = sum(bool(_REFUSAL.search(item.keys[0].text)) for item in decisions)
    if len(decisions) >= FEWEST_TO_JUDGE and refusals * 100 > 80 * len(decisions):
        what = f"'do not' or 'report' is the key in {refusals} of {len(decisions)} decisions"
        yield error(what, "add cases where going ahead is right")
