"""The words that differ between two passages, marked in both: nobody has to hunt for them."""

import re
from collections.abc import Sequence
from difflib import SequenceMatcher

# a tag, a word or a sign, with the blank before it
PIECE = re.compile(r"\s*(?:<[^>]*>|&#?\w+;|[\w'’-]+|[^<\w\s])|\s+$")
ALIKE = 0.5  # passages that share less were written anew: marks would be most of them


def marked(before: str, now: str) -> tuple[str, str]:
    """Return two passages of HTML, each with `<mark>` around what the other does not have.

    Tags and spaces are left as they are. Where one passage is empty, or they have little in
    common, nothing is marked: then all of it is new.
    """
    old, new = PIECE.findall(before), PIECE.findall(now)
    was_words, now_words = ([piece.strip() for piece in pieces] for pieces in (old, new))
    matcher = SequenceMatcher(None, was_words, now_words, autojunk=False)
    if not (before and now) or matcher.ratio() < ALIKE:
        return before, now
    was, is_now = list[str](), list[str]()
    for tag, a, b, c, d in matcher.get_opcodes():
        was += old[a:b] if tag == "equal" else _around_words(old[a:b])
        is_now += new[c:d] if tag == "equal" else _around_words(new[c:d])
    return "".join(was), "".join(is_now)


def _around_words(pieces: Sequence[str]) -> list[str]:
    """Return the pieces with one mark around each run of words; no mark goes over a tag."""
    told, run = list[str](), ""
    for piece in pieces:
        if piece.lstrip().startswith("<"):
            told += [_mark(run), piece]
            run = ""
        else:
            run += piece
    return [*told, _mark(run)]


def _mark(run: str) -> str:
    words = run.strip()
    return run.replace(words, f"<mark>{words}</mark>", 1) if words else run
