"""L01, L05, L08, L14, L16, L17, L20 to L22: what one item says, and whether it says it well."""

import re
from collections.abc import Iterator

from quizzes.items import Item, ItemType
from quizzes.lint.findings import Remark, Subject, error, warning
from quizzes.lint.words import question, reading_grade, unquoted, words

ABOVE_RECALL = ("apply", "analyze", "evaluate")
MOST_NEGATIVE_PER_CENT = 5
HARDEST_GRADE = 9.0
SHORTEST_SITUATION = 20

_COUNTS = {
    ItemType.SINGLE: (3, 4),
    ItemType.MULTIPLE: (4, 5),
    ItemType.HOTSPOT: (3, 12),
    ItemType.ORDER: (3, 5),
}
_ALL_OR_NONE = re.compile(r"\b(?:all|none|both|neither) of (?:the above|these)\b", re.IGNORECASE)
_LETTERS = re.compile(r"\bA and [BC]\b")
_NEGATIVE = re.compile(r"\b(?:not|except|(?<!at )least|incorrect|never)\b|n['’]t\b", re.IGNORECASE)
_SHOUTED = re.compile(r"\*\*[^*]*(?:NOT|EXCEPT|LEAST|INCORRECT|NEVER)[^*]*\*\*")
_JOKE = re.compile(
    r"\b(?:ignore the patient|sell (?:the|her|his|their|it)|blackmail|bribe|laugh at|for fun|"
    r"who cares|haha|lol|take revenge|lie to the|steal|burn the|unicorns?)\b",
    re.IGNORECASE,
)
_CALL_TO_MARK = re.compile(r"\s*(?:Choose|Mark|Pick|Select|Tap)\b[^.?!]*\.?\s*$")
_CALL_TO_ORDER = re.compile(r"\border\b[^.?!]*[.?]?\s*$", re.IGNORECASE)
_JOINED = re.compile(r"\b(?:and|then)\b|;", re.IGNORECASE)
_HINGE = re.compile(
    r"\b(?:previous|preceding|last|earlier|next) (?:question|item)\b|\b(?:question|item) \d+\b|"
    r"\b(?:question|item|answer) above\b|\byour (?:earlier |last )?answer\b",
    re.IGNORECASE,
)
_PRIVATE = (
    ("a social security number", re.compile(r"\b\d{3}-\d{2}-\d{4}\b")),
    # 555-01xx is kept free for fiction
    ("a telephone number", re.compile(r"(?<!\d)(?!(?:\(?\d{3}\)?[ .-]?)?555[ .-]01\d\d)"
                                      r"(?:\(?\d{3}\)?[ .-]?)?\d{3}[ .-]\d{4}\b")),
    ("a record number", re.compile(r"\bMRN\W{0,3}\d{4,}", re.IGNORECASE)),
    ("a mail address", re.compile(r"[\w.+-]+@(?!(?:[\w-]+\.)*example\b)[\w-]+\.[\w.]+\b")),
    ("a street address", re.compile(r"\b\d{1,5} (?:[A-Z][a-z]+ ){1,2}"
                                    r"(?:Street|St|Avenue|Ave|Road|Rd|Drive|Lane|Boulevard)\b")),
    ("a real organisation", re.compile(
        r"\b(?:Facebook|Instagram|TikTok|Snapchat|WhatsApp|Twitter|YouTube|LinkedIn|Reddit|Google|"
        r"Yelp|Nextdoor|Discord|Telegram|Cadia|Manasa|New Vision Dental|Igbinadolor|Elite Dental|"
        r"Shasta Regional|Memorial Hermann|NewYork-Presbyterian|Boston Medical Center|"
        r"Mass General|Complete P\.T)\b")),
)  # fmt: skip
_IDIOM = re.compile(
    r"\b(?:piece of cake|ballpark|touch base|home run|slam dunk|throw (?:\w+ )?under the bus|"
    r"hit the road|cover your bases|spill the beans|low-hanging|rain check|elephant in the room|"
    r"the cat out of the bag|bite the bullet|on the same page|finsta|sliding into|clout)\b",
    re.IGNORECASE,
)
_SHE, _HE = frozenset({"she", "her", "hers"}), frozenset({"he", "him", "his"})
_ROLES = (
    ("nurses and front desk", frozenset({"nurse", "receptionist", "assistant", "aide"})),
    ("doctors and owners", frozenset({"doctor", "surgeon", "physician", "dentist", "owner"})),
)
FEWEST_TO_JUDGE_ROLES = 8


def option_count(item: Item, _: Subject) -> Iterator[Remark]:
    """L01: three or four options (more where several are right or lie in a picture), one key."""
    count, (fewest, most) = len(item.options), _COUNTS[item.type]
    mend = f"write {fewest} to {most} options"
    if count < fewest or count > max(5, most):
        yield error(f"{count} options", mend)
    elif count > most:
        yield warning(f"{count} options", mend)
    if item.type is ItemType.SINGLE and len(item.keys) != 1:
        yield error(f"{len(item.keys)} keys", "mark exactly one")


def all_or_none(item: Item, _: Subject) -> Iterator[Remark]:
    """L05: an option that only points at other options."""
    for option in item.options:
        if _ALL_OR_NONE.search(option.text) or _LETTERS.search(option.text):
            yield error(f"option {option.id} points at others", "write an action of its own")


def negative_stem(item: Item, _: Subject) -> Iterator[Remark]:
    """L08: a not in the question that a quick reader overlooks."""
    if _is_negative(item) and not _SHOUTED.search(item.stem):
        yield error("the question is negative", "ask what to do, or write **NOT**")


def negative_share(subject: Subject) -> Iterator[Remark]:
    """L08: at most 5 % of a bank may ask for what is not so."""
    count = sum(_is_negative(item) for item in subject.items)
    if count * 100 > MOST_NEGATIVE_PER_CENT * len(subject.items):
        mend = f"keep it to {MOST_NEGATIVE_PER_CENT} % of the bank"
        yield error(f"{count} of {len(subject.items)} questions are negative", mend)


def _is_negative(item: Item) -> bool:
    return bool(_NEGATIVE.search(question(item.stem)))


def implausible(item: Item, _: Subject) -> Iterator[Remark]:
    """L14: a distractor that no colleague would choose."""
    for option in item.distractors:
        if joke := _JOKE.search(option.text):
            what = f"option {option.id} is no temptation ({joke[0]!r})"
            yield warning(what, "write what a decent colleague might do")


def stem_completeness(item: Item, _: Subject) -> Iterator[Remark]:
    """L16: one question at the end, a situation of 20 words above recall, grade 9 at most."""
    if item.type is ItemType.ORDER:
        if not _CALL_TO_ORDER.search(item.stem):
            mend = "end it with 'Put these steps in order, first step first.'"
            yield warning("the stem does not ask for an order", mend)
    elif not _CALL_TO_MARK.sub("", item.stem).rstrip('"”*').endswith("?"):
        yield warning("the stem does not end in a question", "end it with one question")
    length = len(words(item.stem))
    situated = item.bloom in ABOVE_RECALL and item.type is not ItemType.HOTSPOT
    if situated and length < SHORTEST_SITUATION:
        mend = f"tell who, where and what in {SHORTEST_SITUATION} words or more"
        yield warning(f"a situation of {length} words", mend)
    grade = reading_grade(item.stem)
    if grade > HARDEST_GRADE:
        yield warning(f"the stem reads at grade {grade:.1f}", "write shorter sentences and words")


def one_idea(item: Item, _: Subject) -> Iterator[Remark]:
    """L17: two questions in one, and/or, or a key that does two things where the others do one."""
    if unquoted(item.stem).count("?") > 1:
        yield warning("the stem asks twice", "ask one thing")
    if "and/or" in item.stem:
        yield warning("the stem says and/or", "say which")
    if item.type is ItemType.SINGLE:
        joined = [_JOINED.search(unquoted(option.text)) for option in item.distractors]
        if _JOINED.search(unquoted(item.keys[0].text)) and not any(joined):
            mend = "give the key one action, or a distractor two"
            yield warning("only the key joins two actions", mend)


def privacy(item: Item, _: Subject) -> Iterator[Remark]:
    """L20: what looks like a real person's number, or names a real organisation."""
    text = _everything(item)
    for name, pattern in _PRIVATE:
        if found := pattern.search(text):
            yield error(f"{name}: {found[0]!r}", "invent something that cannot be real")


def hinge(item: Item, _: Subject) -> Iterator[Remark]:
    """L21: an item that needs another item; papers are drawn, so it may not be there."""
    if found := _HINGE.search(item.stem):
        yield error(f"the stem leans on {found[0]!r}", "tell the situation again")


def cultural_load(item: Item, _: Subject) -> Iterator[Remark]:
    """L22: an idiom that a colleague from elsewhere has to guess."""
    if found := _IDIOM.search(_everything(item)):
        yield warning(f"the idiom {found[0]!r}", "say it plainly")


def gendered_roles(subject: Subject) -> Iterator[Remark]:
    """L22: one kind of job is nearly always she, or nearly always he, over the bank."""
    for name, roles in _ROLES:
        spoken = [set(words(item.stem)) for item in subject.items]
        hers = sum(bool(said & roles and said & _SHE and not said & _HE) for said in spoken)
        his = sum(bool(said & roles and said & _HE and not said & _SHE) for said in spoken)
        if hers + his >= FEWEST_TO_JUDGE_ROLES and max(hers, his) * 100 > 85 * (hers + his):
            what = f"{name} are {'she' if hers > his else 'he'} in {max(hers, his)} items"
            yield warning(f"{what} of {hers + his}", "change some of them")


def _everything(item: Item) -> str:
    texts = [item.stem, item.photo.alt if item.photo else ""]
    texts += [text for option in item.options for text in (option.text, option.feedback)]
    return "\n".join(texts)
