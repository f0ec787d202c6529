"""What changed between two versions, in words: which screen, situation or question, and how."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

WORDS_SHOWN = 9
MOST_LINES = 60
Path = tuple[str, ...]
THINGS = {
    "lesson": "screen",
    "scenarios": "situation",
    "items": "question",
    "media": "drawing",
    "facts": "fact",
    "objectives": "objective",
    "modules": "part",
}
PLACES = {"nodes": "scene", "choices": "choice", "options": "option", "endings": "ending"}
TITLES = ("title", "stem", "statement", "text", "slug")
HIDDEN = frozenset({"id", "slug"})
ABSENT = object()
ORDER = "<order>"  # no key of a file


@dataclass(frozen=True, slots=True)
class Change:
    """One difference: where, and what stood there before and stands there now."""

    path: Path
    before: Any
    after: Any


def words_of(kind: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[str, ...]:
    """Return what changed between two versions of a module, a course or a policy, a line each."""
    found = [_line(change) for change in changes(_flat(kind, before), _flat(kind, after))]
    if len(found) > MOST_LINES:
        return (*found[:MOST_LINES], f"and {len(found) - MOST_LINES} differences more")
    return tuple(found)


def _flat(kind: str, document: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return a version with what people speak of on top: a module's things, a policy's lines."""
    if kind == "module":
        bank = document.get("bank") or {}
        return {
            **document.get("module", {}),
            **{k: document.get(k) for k in ("lesson", "scenarios", "media", "facts")},
            "items": bank.get("items"),
        }
    if kind == "policy":
        lines = [line for line in document["body"].split("\n") if line.strip()]
        return {**document, "body": lines}
    return document


def changes(before: Any, after: Any, path: Path = ()) -> Iterator[Change]:
    """Yield each difference of two values: by key, by id in lists that have them, else whole."""
    if before == after:
        return
    one, other = _keyed(before), _keyed(after)
    if one is None or other is None:
        yield from _of_lists(before, after, path)
        return
    for key in (*one, *(key for key in other if key not in one)):
        if key in HIDDEN:
            continue
        old, new = one.get(key, ABSENT), other.get(key, ABSENT)
        if old is ABSENT or new is ABSENT:
            yield Change((*path, key), old, new)
        else:
            yield from changes(old, new, (*path, key))
    shared = [key for key in one if key in other]
    if isinstance(before, list) and shared != [key for key in other if key in one]:
        yield Change((*path, ORDER), shared, [key for key in other if key in one])


def _keyed(value: Any) -> Mapping[str, Any] | None:
    if isinstance(value, Mapping):
        return value
    if isinstance(value, list) and value and all(_name(entry) for entry in value):
        return {_name(entry): entry for entry in value}
    return None


def _name(entry: Any) -> str:
    if not isinstance(entry, Mapping):
        return ""
    return str(entry.get("id") or entry.get("slug") or "")


def _of_lists(before: Any, after: Any, path: Path) -> Iterator[Change]:
    """Yield the runs of lines that differ, or the whole where it is no list of lines."""
    if not (_is_lines(before) and _is_lines(after)):
        yield Change(path, before, after)
        return
    for tag, a, b, c, d in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if tag != "equal":
            yield Change(path, " ".join(before[a:b]) or ABSENT, " ".join(after[c:d]) or ABSENT)


def _is_lines(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(entry, str) for entry in value)


def _line(change: Change) -> str:
    if change.path[-1] == "correct":
        right = "is right now" if change.after is True else "is not right any more"
        return f"{_where(change.path[:-1])} {right}"
    where = _where(change.path)
    if change.before is ABSENT:
        return f"{where}: added{_named(change.after)}"
    if change.after is ABSENT:
        return f"{where}: removed{_named(change.before)}"
    if change.path[:1] == ("media",):
        return f"{where}: drawn anew"
    if change.path[-1] == ORDER:
        return f"{where} changed"
    old, new = excerpt(_text(change.before), _text(change.after))
    return f"{where}: “{old}” is now “{new}”"


def _where(path: Path) -> str:
    """Return a place as people say it: "question M2-101, option b, its feedback"."""
    told: list[str] = []
    rest = list(path)
    while rest:
        key = rest.pop(0)
        whose = "its" if told else "the"
        word = THINGS.get(key) or PLACES.get(key)
        if rest == [ORDER]:
            told.append(f"the order of {whose} {_plain(key)}")
            break
        told.append(f"{word} {rest.pop(0)}" if word and rest else f"{whose} {_plain(key)}")
    return ", ".join(told)


def _plain(key: str) -> str:
    names = {"markdown": "text", "body": "text", "cases": "outcomes"}
    return names.get(key, key.replace("_", " "))


def _named(value: Any) -> str:
    """Return a few words of a thing that is there or not there any more."""
    if isinstance(value, Mapping):
        value = next((value[key] for key in TITLES if value.get(key)), "")
    text = _text(value)
    return f": “{_cut(text.split(), 0)}”" if text else ""


def _text(value: Any) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, Mapping):
        return ", ".join(f"{key}: {_text(inner)}" for key, inner in value.items())
    if isinstance(value, Sequence):
        return "; ".join(_text(inner) for inner in value)
    return "" if value is None else str(value)


def excerpt(before: str, after: str) -> tuple[str, str]:
    """Return a few words of both from where they first differ."""
    old, new = before.split(), after.split()
    first = next((n for n, pair in enumerate(zip(old, new, strict=False)) if pair[0] != pair[1]), 0)
    if old[: len(new)] == new or new[: len(old)] == old:
        first = min(len(old), len(new))
    start = max(0, first - 2)
    return _cut(old, start), _cut(new, start)


def _cut(words: Sequence[str], start: int) -> str:
    shown = " ".join(words[start : start + WORDS_SHOWN])
    head = "… " if start and shown else ""
    tail = " …" if len(words) > start + WORDS_SHOWN else ""
    return f"{head}{shown}{tail}"


def passages(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield each run of lines that differs between two policy texts, whole: before, and now.

    A heading becomes bold print, for it stands in the middle of another page.
    """
    old, new = ([*_read(text)] for text in (before, after))
    for tag, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag != "equal":
            yield "\n\n".join(old[a:b]), "\n\n".join(new[c:d])


def _read(policy: Mapping[str, Any]) -> Iterator[str]:
    """Yield a policy's lines in the order in which they are read."""
    yield f"**{policy['title']}**"
    for line in policy["body"].split("\n"):
        if line.strip():
            yield f"**{line.lstrip('# ')}**" if line.startswith("#") else line
    yield policy["statement"]
