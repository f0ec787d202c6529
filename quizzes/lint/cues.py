"""L02, L06, L07, L09, L10, L11, L15: the key gives itself away by how it is written."""

import re
from collections.abc import Callable, Iterator
from statistics import fmean

from quizzes.items import Item, ItemType, Option
from quizzes.lint.findings import Remark, Subject, error, warning
from quizzes.lint.words import likeness, question, stems, words

ABSOLUTE = re.compile(
    r"\b(?:always|never|only|all|none|every|must not ever|completely|impossible|guarantee[ds]?)\b",
    re.IGNORECASE,
)
VAGUE = re.compile(r"\b(?:usually|often|sometimes|generally|rarely|may)\b", re.IGNORECASE)
CONVERGENCE = 0.15
"""Of mean Jaccard likeness. The fact sheet's 0.25 cannot be passed: with three options the largest
margin that sets of words allow is exactly 0.25."""

_COUNTED = re.compile(r"\b(?:which|choose|pick|mark|select|what) (two|three|four)\b", re.IGNORECASE)
_NUMBERS = {"two": 2, "three": 3, "four": 4}
_OPENINGS = (
    ("a quotation", re.compile(r"[\"“‘]")),
    ("yes or no", re.compile(r"(?:yes|no)\b", re.IGNORECASE)),
    ("a clause", re.compile(r"(?:because|if|when|since|so|unless|although)\b", re.IGNORECASE)),
    ("a thing", re.compile(r"(?:an?|the|this|that|these|those|her|his|its)\b", re.IGNORECASE)),
    ("a person", re.compile(r"(?:she|he|they|it|you|we|i)\b", re.IGNORECASE)),
    (
        "an -ing word",
        re.compile(r"(?!(?:bring|sing|nothing|anything|during)\b)[a-z]+ing\b", re.IGNORECASE),
    ),
)


def longest_key(item: Item, _: Subject) -> Iterator[Remark]:
    """L02: key over 1.35 x the mean distractor, or the longest by over 15 %; error over 1.6 x."""
    if item.type is ItemType.HOTSPOT:
        return
    ratio = max(_length_ratio(item, len), _length_ratio(item, lambda text: len(words(text))))
    longest = max(len(option.text) for option in item.distractors)
    stands_out = len(item.keys) == 1 and len(item.keys[0].text) > 1.15 * longest
    mend = "shorten the key, or give the distractors the same detail"
    if ratio > 1.6:
        yield error(f"the key is {ratio:.2f} times as long as the distractors", mend)
    elif ratio > 1.35 or stands_out:
        yield warning(f"the key is the longest ({ratio:.2f} times the distractors)", mend)


def _length_ratio(item: Item, measure: Callable[[str], int]) -> float:
    wrong = fmean(measure(option.text) for option in item.distractors)
    return fmean(measure(option.text) for option in item.keys) / max(wrong, 1)


def absolute_words(item: Item, _: Subject) -> Iterator[Remark]:
    """L06: words such as always and never on one side only."""
    in_key, in_distractors = _sides(item, ABSOLUTE)
    if in_key != in_distractors:
        side = "key" if in_key else "distractors"
        yield warning(f"absolute words only in the {side}", "use them on both sides, or on neither")


def vague_key(item: Item, _: Subject) -> Iterator[Remark]:
    """L07: the careful option, with usually or may, is the key."""
    in_key, in_distractors = _sides(item, VAGUE)
    if in_key and not in_distractors:
        yield warning("only the key hedges", "say it plainly, or hedge a distractor as well")


def _sides(item: Item, pattern: re.Pattern[str]) -> tuple[bool, bool]:
    return _any(item.keys, pattern), _any(item.distractors, pattern)


def _any(options: tuple[Option, ...], pattern: re.Pattern[str]) -> bool:
    return any(pattern.search(option.text) for option in options)


def clang(item: Item, subject: Subject) -> Iterator[Remark]:
    """L09: the key shares two rare words with the stem that no distractor shares."""
    if item.type is not ItemType.SINGLE:
        return
    asked = stems(item.stem) & subject.rare
    elsewhere = frozenset[str]().union(*(stems(option.text) for option in item.distractors))
    shared = (stems(item.keys[0].text) & asked) - elsewhere
    if len(shared) >= 2:
        echo = ", ".join(sorted(shared))
        yield warning(f"only the key repeats the stem's {echo}", "say it in other words")


def grammar_fit(item: Item, _: Subject) -> Iterator[Remark]:
    """L10: the stem's number, its a or an, or the full stops give options away."""
    counted = _COUNTED.search(item.stem)
    if counted and _NUMBERS[counted[1].lower()] != len(item.keys):
        mend = f"ask for {len(item.keys)}, or change the keys"
        yield warning(f"the stem asks for {counted[1]}, {len(item.keys)} are right", mend)
    article = re.search(r"\b(an?)\W*$", question(item.stem))
    if article:
        yield warning(f"the stem ends in {article[1]!r}", "put the article into the options")
    stops = {option.text.endswith(".") for option in item.options}
    if len(stops) == 2:
        yield warning("some options end with a full stop", "end all of them the same way")


def convergence(item: Item, _: Subject) -> Iterator[Remark]:
    """L11: the key shares most words with the others, by a margin above CONVERGENCE."""
    if item.type is not ItemType.SINGLE:
        return
    key = _mean_likeness(item, item.keys[0])
    if key - max(_mean_likeness(item, option) for option in item.distractors) > CONVERGENCE:
        yield warning("the key is what the others have in common", "vary all options alike")


def _mean_likeness(item: Item, option: Option) -> float:
    return fmean(likeness(option.text, other.text) for other in item.options if other != option)


def parallel_form(item: Item, _: Subject) -> Iterator[Remark]:
    """L15: options begin in different ways, so that one stands out."""
    if item.type is ItemType.HOTSPOT:
        return
    openings = sorted({_opening(option.text) for option in item.options})
    if len(openings) > 1:
        mend = "begin all options alike"
        yield warning(f"options begin with {' and '.join(openings)}", mend)


def _opening(text: str) -> str:
    return next((name for name, start in _OPENINGS if start.match(text)), "an action")
