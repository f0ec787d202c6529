"""Turning a raw bank (as YAML gives it) into an ItemBank, or into every fault that it has."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from quizzes.items import Item, ItemBank, ItemType, Option, Photo
from quizzes.reading import Fault, Path, Record

BLOOM = ("remember", "understand", "apply", "analyze", "evaluate")
SMALLEST_SIDE = 44
"""Viewport units; a thing in a picture has to be large enough for a thumb."""

_BANK_KEYS = ("items",)
_ITEM_KEYS = (
    *("id", "type", "objective", "bloom", "status", "stem", "options", "facts"),
    *("photo", "select", "lint_reasons", "angoff"),
)
_OPTION_KEYS = ("id", "text", "correct", "misconception", "feedback", "rect", "place")
_PHOTO_KEYS = ("file", "alt", "width", "height")
_OPTION_COUNTS = {
    ItemType.SINGLE: (3, 5),
    ItemType.MULTIPLE: (4, 5),
    ItemType.HOTSPOT: (3, 12),
    ItemType.ORDER: (3, 5),
}
_ITEM_ID = re.compile(r"[A-Za-z0-9]+(?:[.-][A-Za-z0-9]+)*")
_OPTION_ID = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_RULE = re.compile(r"L\d\d")


@dataclass(frozen=True, slots=True)
class _Known:
    """What the rest of the module has, to be named by items."""

    objectives: Mapping[str, bool]
    misconceptions: Collection[str]


def parse_bank(
    raw: object,
    *,
    module: str,
    objectives: Mapping[str, bool],
    misconceptions: Collection[str],
) -> tuple[ItemBank | None, tuple[Fault, ...]]:
    """Check a raw bank and return it, or None and all of its faults at once; never raises.

    `objectives` maps each objective of the module to whether it is must-pass, which its items
    inherit. The path of a fault leads into `raw`, so that the caller can name file and line.
    """
    faults: list[Fault] = []
    known = _Known(objectives, misconceptions)
    record = Record.of(raw, (), faults, _BANK_KEYS)
    entries = record.entries("items", "a list of items") if record.values else []
    items = tuple(
        _item(entry, ("items", index), faults, known) for index, entry in enumerate(entries)
    )
    _refuse_twins(record, [item.id for item in items], "items")
    return (None if faults else ItemBank(module, items)), tuple(faults)


def _item(raw: object, path: Path, faults: list[Fault], known: _Known) -> Item:
    record = Record.of(raw, path, faults, _ITEM_KEYS)
    if not record.values:
        return Item("", ItemType.SINGLE, "", "", "", (), ())
    kind = ItemType(record.word("type", tuple(ItemType)))
    objective = record.word("objective", tuple(known.objectives))
    photo = _photo(record, kind)
    item = Item(
        id=_id(record, _ITEM_ID, "letters and digits joined by hyphens, such as M2-101"),
        type=kind,
        objective=objective,
        bloom=record.word("bloom", BLOOM),
        stem=record.text("stem", "the situation and one question"),
        options=_options(record, kind, photo, known),
        facts=_facts(record),
        must_pass=bool(known.objectives.get(objective)),
        active=record.word("status", ("active", "draft", "retired"), "active") == "active",
        photo=photo,
        select_all=_select_all(record, kind),
        lint_reasons=_lint_reasons(record),
        angoff=_angoff(record),
    )
    _check_options(record, item)
    return item


def _photo(record: Record, kind: ItemType) -> Photo | None:
    if not record.has("photo"):
        if kind is ItemType.HOTSPOT:
            record.fault("a hotspot item without a photo", "write photo: file, alt, width, height")
        return None
    inner = Record.of(record.values["photo"], (*record.path, "photo"), record.faults, _PHOTO_KEYS)
    if not inner.values:
        return None
    file = inner.text("file", "the picture's path below the module, such as media/desk.svg")
    alt = inner.text("alt", "one neutral sentence that gives no answer away")
    width, height = inner.size("width"), inner.size("height")
    # without its size nothing can be said of the things in it, and one fault is enough
    return Photo(file, alt, width, height) if width and height else None


def _options(
    record: Record, kind: ItemType, photo: Photo | None, known: _Known
) -> tuple[Option, ...]:
    entries = record.entries("options", "a list of options with id, text and feedback")
    path = (*record.path, "options")
    options = tuple(
        _option(Record.of(entry, (*path, index), record.faults, _OPTION_KEYS), kind, photo, known)
        for index, entry in enumerate(entries)
    )
    _refuse_twins(record, [option.id for option in options], "options")
    return options


def _option(record: Record, kind: ItemType, photo: Photo | None, known: _Known) -> Option:
    if not record.values:
        return Option("", "", correct=False, misconception=None, feedback="")
    is_step = kind is ItemType.ORDER
    correct = record.flag("correct") or is_step
    return Option(
        id=_id(record, _OPTION_ID, "a short lower-case id, such as a"),
        text=record.text("text", "what the learner may choose"),
        correct=correct,
        misconception=_misconception(record, known, correct=correct),
        feedback=record.text("feedback", "why it tempts, what happens, the rule"),
        rect=_rect(record, kind, photo),
        place=_place(record, is_step=is_step),
    )


def _place(record: Record, *, is_step: bool) -> int | None:
    value = record.values.get("place")
    if not is_step:
        if value is not None:
            record.fault("place in an item that is no order", "take it out", "place")
        return None
    if record.has("correct"):
        record.fault("correct in an order", "write place: its number, and no correct", "correct")
    if type(value) is not int or value < 1:
        where = ["place"] if "place" in record.values else []
        record.fault("no usable place", "write place: 1, 2, 3 ...", *where)
        return None
    return value


def _misconception(record: Record, known: _Known, *, correct: bool) -> str | None:
    if correct:
        if record.has("misconception"):
            record.fault(
                "a correct option with a misconception", "take one of the two out", "misconception"
            )
        return None
    return record.word("misconception", tuple(known.misconceptions))


def _rect(record: Record, kind: ItemType, photo: Photo | None) -> tuple[int, int, int, int] | None:
    value = record.values.get("rect")
    if kind is not ItemType.HOTSPOT:
        if value is not None:
            record.fault(f"rect in {_a(kind)} item", "take rect out, or make it hotspot", "rect")
        return None
    if not isinstance(value, list) or [type(side) for side in value] != [int] * 4:
        where = ["rect"] if "rect" in record.values else []
        record.fault("no usable rect", "write rect: [x, y, width, height], whole numbers", *where)
        return None
    x, y, width, height = value
    if min(width, height) < SMALLEST_SIDE:
        record.fault(
            f"rect is {width} x {height}", f"make each side at least {SMALLEST_SIDE}", "rect"
        )
    if photo and (x < 0 or y < 0 or x + width > photo.width or y + height > photo.height):
        record.fault(
            "rect lies outside the photo", f"keep it within {photo.width} x {photo.height}", "rect"
        )
    return x, y, width, height


def _facts(record: Record) -> tuple[str, ...]:
    entries = record.entries("facts", "the ids of the facts that the key rests on")
    for index, entry in enumerate(entries):
        if not isinstance(entry, str) or not entry.strip():
            record.fault(f"fact {entry!r}", "write the id of a fact, such as A-03", "facts", index)
    return tuple(str(entry) for entry in entries)


def _select_all(record: Record, kind: ItemType) -> bool:
    if kind is ItemType.HOTSPOT:
        return record.word("select", ("all", "one"), "all") == "all"
    if record.has("select"):
        record.fault(f"select in {_a(kind)} item", "take select out, or make it hotspot", "select")
    return kind is ItemType.MULTIPLE


def _angoff(record: Record) -> int | None:
    value = record.values.get("angoff")
    if value is None or (type(value) is int and 0 <= value <= 100):
        return value
    record.fault(
        f"angoff: {value!r}", "write how many of 100 are right, a whole number 0 to 100", "angoff"
    )
    return None


def _lint_reasons(record: Record) -> dict[str, str]:
    raw = record.values.get("lint_reasons")
    if raw is None:
        return {}
    if not isinstance(raw, Mapping):
        mend = "write lint_reasons: {L07: the reason}"
        record.fault("lint_reasons is no mapping", mend, "lint_reasons")
        return {}
    reasons = Record((*record.path, "lint_reasons"), record.faults, raw)
    for rule in raw:
        if not _RULE.fullmatch(str(rule)):
            reasons.fault(f"unknown rule {rule!r}", "write a rule's id, such as L07", rule)
    return {str(rule): reasons.text(rule, "why this warning may stand") for rule in raw}


def _id(record: Record, pattern: re.Pattern[str], example: str) -> str:
    value = record.text("id", example)
    if value and not pattern.fullmatch(value):
        record.fault(f"id {value!r}", f"write {example}", "id")
    return value


def _a(kind: ItemType) -> str:
    return f"an {kind}" if kind is ItemType.ORDER else f"a {kind}"


def _refuse_twins(record: Record, ids: list[str], key: str) -> None:
    for index, value in enumerate(ids):
        if value and value in ids[:index]:
            record.fault(f"id {value!r} stands twice", "give each its own id", key, index, "id")


def _check_options(record: Record, item: Item) -> None:
    if not item.options:
        return
    fewest, most = _OPTION_COUNTS[item.type]
    if not fewest <= len(item.options) <= most:
        record.fault(
            f"{len(item.options)} options in {_a(item.type)} item",
            f"write {fewest} to {most} options",
            "options",
        )
    if item.type is ItemType.ORDER:
        _check_places(record, item)
        return
    keys = len(item.keys)
    if not item.select_all and keys != 1:
        record.fault(f"{keys} correct options", "mark exactly one with correct: true", "options")
    elif item.type is ItemType.MULTIPLE and keys < 2:
        record.fault(f"{keys} correct options", "mark two or more, or make it single", "options")
    elif keys == 0:
        record.fault("no correct option", "mark what is to be found", "options")
    if not item.distractors:
        record.fault("every option is correct", "write options that are wrong", "options")


def _check_places(record: Record, item: Item) -> None:
    places = [option.place for option in item.options if option.place is not None]
    if len(places) == len(item.options) and sorted(places) != [*range(1, len(places) + 1)]:
        listed = ", ".join(map(str, places))
        record.fault(
            f"the places are {listed}", "give each its own, from 1 without a gap", "options"
        )
