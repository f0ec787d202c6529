"""Looking at English words: tokens, rough stems, likeness, quoted speech, reading grade."""

import re
from functools import lru_cache

_WORD = re.compile(r"[A-Za-z0-9]+(?:['’][A-Za-z]+)*")
_SENTENCE = re.compile(r"[^.!?]+[.!?]*")
_QUOTED = re.compile('"[^"]*"|“[^”]*”')
_VOWELS = re.compile(r"[aeiouy]+")
_ENDING = re.compile(r"(?:ing|ed|es|s|ly)$")
_STOP_WORDS = """
a about after all an and any are as at be been before but by can could did do does for from
had has have he her hers him his how i if in into is it its may me more most must my no not
now of off on one only or other our out over own same she should so some such than that the
their them then there these they this those to too two under up us very was we were what when
where which while who whom why will with would you your
"""
_REMEMBERED = 4096  # texts: a module is looked at by rule after rule, and each pair of its items
_STOP = frozenset(_STOP_WORDS.split())


@lru_cache(maxsize=_REMEMBERED)
def words(text: str) -> tuple[str, ...]:
    """Return the words in lower case, straight apostrophes."""
    return tuple(word.lower().replace("’", "'") for word in _WORD.findall(text))


@lru_cache(maxsize=_REMEMBERED)
def stems(text: str) -> frozenset[str]:
    """Return the content words without their endings: enough to tell posts from posting."""
    return frozenset(
        _ENDING.sub("", word) if len(word) > 4 else word
        for word in words(text)
        if word not in _STOP
    )


def rare_limit(items: int) -> int:
    """Return in how many stems of a bank of this size a word may stand and still be rare."""
    return max(2, items // 10)


def likeness(one: str, other: str) -> float:
    """Return the Jaccard likeness of two texts' words, 0 to 1."""
    left, right = set(words(one)), set(words(other))
    return len(left & right) / len(left | right) if left | right else 0.0


def unquoted(text: str) -> str:
    """Return the text without what somebody in it says or writes."""
    return _QUOTED.sub('""', text)


def question(stem: str) -> str:
    """Return the sentence of the stem that asks, or its last sentence."""
    sentences = [part.strip() for part in _SENTENCE.findall(unquoted(stem)) if part.strip()]
    asking = [part for part in sentences if part.endswith("?")]
    last: list[str] = (asking or sentences or [""])[-1:]
    return last[0]


def reading_grade(text: str) -> float:
    """Return the Flesch-Kincaid grade, with syllables counted as groups of vowels."""
    tokens = words(text)
    if not tokens:
        return 0.0
    sentences = sum(1 for part in _SENTENCE.findall(text) if _WORD.search(part))
    syllables = sum(_syllables(word) for word in tokens)
    return 0.39 * len(tokens) / sentences + 11.8 * syllables / len(tokens) - 15.59


def _syllables(word: str) -> int:
    silent = word.endswith("e") and not word.endswith("le")
    return max(1, len(_VOWELS.findall(word)) - silent)
