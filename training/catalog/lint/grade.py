"""Reading grade after Flesch and Kincaid (1975), syllables counted by a rule of thumb."""

import re

WORD = re.compile(r"[A-Za-z][A-Za-z'’-]*")
SENTENCE_END = re.compile(r"[.!?:]+(?:\s|$)|\n\n|\n[-*] ")
VOWELS = re.compile(r"[aeiouy]+")
# Words of the law that have no shorter one; each counts as two syllables.
EXEMPT = {
    "authorization",
    "authorizations",
    "disclosure",
    "information",
    "identifiable",
    "confidentiality",
    "organization",
    "individual",
}


def syllables(word: str) -> int:
    """Return the syllables of an English word, near enough."""
    word = word.lower().strip("'’-")
    if word in EXEMPT:
        return 2
    count = len(VOWELS.findall(word))
    if word.endswith("e") and not word.endswith(("le", "ee")) and count > 1:
        count -= 1
    if word.endswith("ed") and not word.endswith(("ted", "ded")) and count > 1:
        count -= 1
    return max(1, count)


def grade_of(text: str) -> float:
    """Return the school grade that a text reads at: 0.39 w/s + 11.8 syl/w - 15.59."""
    words = WORD.findall(text)
    if not words:
        return 0.0
    sentences = max(1, len([s for s in SENTENCE_END.split(text) if s and WORD.search(s)]))
    count = sum(syllables(word) for word in words)
    return 0.39 * len(words) / sentences + 11.8 * count / len(words) - 15.59
