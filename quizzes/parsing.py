"""Reading a bank from plain values: every fault at once, each with its place and its mend."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from quizzes.items import Item, ItemBank, ItemType, Option, Photo

Path = tuple[str | int, ...]

ITEM_KEYS = {
    "id",
    "type",
    "objective",
    "bloom",
    "status",
    "stem",
    "options",
    "facts",
    "select",
    "photo",
    "lint_reasons",
    "review",
}
OPTION_KEYS = {"id", "text", "correct", "misconception", "feedback", "rect"}
BLOOM = ("remember", "understand", "apply", "analyze", "evaluate")


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong: where in the raw values, what, and the mend."""

    path: Path
    what: str
    mend: str


@dataclass
class _Reader:
    """Reads items and gathers what is wrong with them."""

    objectives: Mapping[str, bool]
    misconceptions: Collection[str]
    faults: list[Fault] = field(default_factory=list)

    def fault(self, path: Path, what: str, mend: str) -> None:
        self.faults.append(Fault(path, what, mend))

    def text(self, raw: Mapping[str, Any], key: str, path: Path) -> str:
        value = raw.get(key)
        if isinstance(value, str) and value.strip():
            return value.strip()
        self.fault((*path, key) if key in raw else path, f"'{key}' is missing", f"add '{key}:'")
        return ""

    def choice(self, raw: Mapping[str, Any], key: str, path: Path, allowed: Collection[str]) -> str:
        value = self.text(raw, key, path)
        if value and value not in allowed:
            mend = f"write one of {', '.join(sorted(allowed))}"
            self.fault((*path, key), f"'{key}' can't be '{value}'", mend)
        return value

    def unknown_keys(self, raw: Mapping[str, Any], path: Path, known: Collection[str]) -> None:
        for key in raw:
            if key not in known:
                mend = f"write one of {', '.join(sorted(known))}"
                self.fault((*path, key), f"unknown key '{key}'", mend)


def parse_bank(
    raw: object,
    *,
    module: str,
    objectives: Mapping[str, bool],
    misconceptions: Collection[str],
) -> tuple[ItemBank | None, tuple[Fault, ...]]:
    """Return the bank that plain values tell of, or None with every fault in them.

    `objectives` says of each objective whether it must be passed; an item takes that over.
    """
    entries = raw.get("items") if isinstance(raw, dict) else None
    if not isinstance(entries, list) or not entries:
        return None, (Fault((), "there are no items", "begin with 'items:' and a list"),)
    reader = _Reader(objectives, misconceptions)
    items = [_item(reader, entry, ("items", n)) for n, entry in enumerate(entries)]
    seen: set[str] = set()
    for place, item in enumerate(items):
        if item is not None and item.id in seen:
            reader.fault(("items", place, "id"), f"{item.id} stands here twice", "rename one")
        if item is not None:
            seen.add(item.id)
    if reader.faults:
        return None, tuple(reader.faults)
    return ItemBank(module, tuple(item for item in items if item is not None)), ()


def _item(reader: _Reader, raw: object, path: Path) -> Item | None:
    if not isinstance(raw, dict):
        reader.fault(path, "this is no item", "write id, type, stem, options ...")
        return None
    before = len(reader.faults)
    reader.unknown_keys(raw, path, ITEM_KEYS)
    kind = reader.choice(raw, "type", path, [t.value for t in ItemType])
    objective = reader.choice(raw, "objective", path, reader.objectives)
    photo = _photo(reader, raw.get("photo"), (*path, "photo")) if "photo" in raw else None
    options = tuple(_options(reader, raw, path, photo))
    facts = raw.get("facts")
    if not isinstance(facts, list) or not facts:
        reader.fault((*path, "facts"), "an item cites a fact", "add 'facts: [A-03]'")
    values = {
        "id": reader.text(raw, "id", path),
        "bloom": reader.choice(raw, "bloom", path, BLOOM),
        "stem": reader.text(raw, "stem", path),
        "status": reader.choice(raw, "status", path, ("active", "retired")),
    }
    _keys(reader, kind, raw, options, photo, path)
    if len(reader.faults) > before:
        return None
    return Item(
        id=values["id"],
        type=ItemType(kind),
        objective=objective,
        bloom=values["bloom"],
        stem=values["stem"],
        options=options,
        facts=tuple(str(fact) for fact in facts or ()),
        must_pass=reader.objectives[objective],
        active=values["status"] == "active",
        photo=photo,
        select_all=raw.get("select", "all") == "all",
        lint_reasons=dict(raw.get("lint_reasons") or {}),
    )


def _photo(reader: _Reader, raw: object, path: Path) -> Photo | None:
    if not isinstance(raw, dict):
        reader.fault(path, "this is no photo", "write file, alt, width, height")
        return None
    file, alt = reader.text(raw, "file", path), reader.text(raw, "alt", path)
    size = (raw.get("width"), raw.get("height"))
    if not all(isinstance(n, int) and n > 0 for n in size):
        reader.fault(path, "width or height is missing", "write the drawing's size")
        return None
    return Photo(file, alt, int(raw["width"]), int(raw["height"]))


def _options(
    reader: _Reader, raw: Mapping[str, Any], path: Path, photo: Photo | None
) -> Iterator[Option]:
    entries = raw.get("options")
    if not isinstance(entries, list) or not 2 <= len(entries) <= 12:
        reader.fault((*path, "options"), "an item has options", "write three or four")
        return
    seen: set[str] = set()
    for place, entry in enumerate(entries):
        option = _option(reader, entry, (*path, "options", place), photo)
        if option is None:
            continue
        if option.id in seen:
            reader.fault((*path, "options", place), f"'{option.id}' is here twice", "rename one")
        seen.add(option.id)
        yield option


def _option(reader: _Reader, raw: object, path: Path, photo: Photo | None) -> Option | None:
    if not isinstance(raw, dict):
        reader.fault(path, "this is no option", "write id, text, feedback")
        return None
    reader.unknown_keys(raw, path, OPTION_KEYS)
    correct = raw.get("correct", False)
    if not isinstance(correct, bool):
        reader.fault((*path, "correct"), "'correct' is true or left out", "write 'correct: true'")
    wrong = raw.get("misconception")
    if wrong is not None and wrong not in reader.misconceptions:
        mend = "write one of module.yaml's misconceptions"
        reader.fault((*path, "misconception"), f"no misconception '{wrong}'", mend)
    return Option(
        id=reader.text(raw, "id", path),
        text=reader.text(raw, "text", path),
        correct=correct is True,
        misconception=wrong,
        feedback=reader.text(raw, "feedback", path),
        rect=_rect(reader, raw.get("rect"), (*path, "rect"), photo),
    )


def _rect(
    reader: _Reader, raw: object, path: Path, photo: Photo | None
) -> tuple[int, int, int, int] | None:
    if raw is None:
        return None
    if not isinstance(raw, list) or len(raw) != 4 or not all(isinstance(n, int) for n in raw):
        reader.fault(path, "a rect is [x, y, width, height]", "write four whole numbers")
        return None
    x, y, width, height = raw
    inside = photo is not None and x >= 0 and y >= 0 and width > 0 and height > 0
    if photo is None or not inside or x + width > photo.width or y + height > photo.height:
        reader.fault(path, "the rect lies outside the photo", "mend its numbers")
    return x, y, width, height


def _keys(
    reader: _Reader,
    kind: str,
    raw: Mapping[str, Any],
    options: tuple[Option, ...],
    photo: Photo | None,
    path: Path,
) -> None:
    right = sum(option.correct for option in options)
    one = kind == "single" or (kind == "hotspot" and raw.get("select", "all") == "one")
    if options and right == 0:
        reader.fault(path, "no option is right", "write 'correct: true' at the key")
    if one and right > 1:
        reader.fault(path, f"{right} options are right", "leave one, or make it 'multiple'")
    if kind == "multiple" and right == 1:
        reader.fault(path, "only one option is right", "make it 'single', or mark another")
    if options and right == len(options):
        reader.fault(path, "every option is right", "write a distractor")
    if kind == "hotspot" and (photo is None or any(o.rect is None for o in options)):
        reader.fault(path, "a hotspot needs its photo and a rect each", "add 'photo:' and 'rect:'")
