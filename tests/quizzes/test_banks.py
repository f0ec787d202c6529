"""A raw bank becomes a bank, or every fault that it has, each with its place and its mend."""

from collections.abc import Callable
from copy import deepcopy
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quizzes import Fault, Item, ItemBank, ItemType, Option, Photo, parse_bank
from tests.effort import times

Raw = dict[str, Any]
FEEDBACK = "It tempts because it is quick, and the owner has not seen it yet at all."


def option(id_: str, **changes: Any) -> Raw:
    wrong = {"id": id_, "text": f"Do {id_}", "misconception": "own-phone", "feedback": FEEDBACK}
    return wrong | changes


def key(id_: str, **changes: Any) -> Raw:
    return {"id": id_, "text": f"Do {id_}", "correct": True, "feedback": FEEDBACK} | changes


def single(**changes: Any) -> Raw:
    return {
        "id": "M2-101",
        "type": "single",
        "objective": "M2.1",
        "bloom": "apply",
        "status": "active",
        "stem": "Dana has a cake.\nWhere does it go?\n",
        "options": [key("a"), option("b"), option("c")],
        "facts": ["A-03"],
    } | changes


def several(**changes: Any) -> Raw:
    chosen = [key("a"), option("b"), key("c"), option("d")]
    return single(id="M2-102", type="multiple", options=chosen) | changes


def spot(**changes: Any) -> Raw:
    rects = ([0, 0, 44, 44], [1156, 756, 44, 44], [100, 100, 300, 200])
    things = [key("tray"), option("plant"), option("cup")]
    return (
        single(
            id="M2-103",
            type="hotspot",
            photo={"file": "media/desk.svg", "alt": "A desk.", "width": 1200, "height": 800},
            options=[
                thing | {"rect": list(rect)} for thing, rect in zip(things, rects, strict=True)
            ],
        )
        | changes
    )


def read(*items: Any) -> tuple[ItemBank | None, tuple[Fault, ...]]:
    return read_raw({"items": list(items)})


def read_raw(raw: object) -> tuple[ItemBank | None, tuple[Fault, ...]]:
    return parse_bank(
        raw,
        module="accounts",
        objectives={"M2.1": False, "M2.3": True},
        misconceptions={"own-phone": "My own phone", "good-news": "Kind is safe"},
    )


def test_a_good_bank_is_read_whole() -> None:
    bank, faults = read(single(), several(), spot())
    assert faults == ()
    assert bank is not None
    assert bank.module == "accounts"
    assert bank.items[0] == Item(
        id="M2-101",
        type=ItemType.SINGLE,
        objective="M2.1",
        bloom="apply",
        stem="Dana has a cake.\nWhere does it go?",
        options=(
            Option("a", "Do a", True, None, FEEDBACK),
            Option("b", "Do b", False, "own-phone", FEEDBACK),
            Option("c", "Do c", False, "own-phone", FEEDBACK),
        ),
        facts=("A-03",),
    )
    assert [one.select_all for one in bank.items] == [False, True, True]
    assert bank.items[2].photo == Photo("media/desk.svg", "A desk.", 1200, 800)
    assert bank.items[2].options[1].rect == (1156, 756, 44, 44)


def test_an_item_inherits_must_pass_from_its_objective() -> None:
    bank, _ = read(single(), single(id="M2-301", objective="M2.3"))
    assert bank is not None
    assert [one.must_pass for one in bank.items] == [False, True]


def test_drafts_and_retired_items_are_kept_but_not_active() -> None:
    raws = [single(id=f"M2-10{n}", status=s) for n, s in enumerate(["draft", "retired", "active"])]
    left_out = single(id="M2-104")
    del left_out["status"]
    bank, _ = read(*raws, left_out)
    assert bank is not None
    assert [one.active for one in bank.items] == [False, False, True, True]


def test_reasons_for_a_warning_are_kept() -> None:
    bank, _ = read(single(lint_reasons={"L07": "the law itself says may"}))
    assert bank is not None
    assert bank.items[0].lint_reasons == {"L07": "the law itself says may"}


def test_a_hotspot_may_ask_for_one_thing() -> None:
    bank, _ = read(spot(select="one"))
    assert bank is not None
    assert not bank.items[0].select_all


def test_a_single_item_may_have_a_picture() -> None:
    bank, _ = read(single(photo=spot()["photo"]))
    assert bank is not None
    assert bank.items[0].photo is not None


def changed(raw: Raw, path: tuple[str | int, ...], value: Any) -> Raw:
    """Return the raw item with one value set, or taken out where the value is `...`."""
    raw = deepcopy(raw)
    target: Any = raw
    for step in path[:-1]:
        target = target[step]
    if value is ...:
        del target[path[-1]]
    else:
        target[path[-1]] = value
    return raw


def with_options(make: Callable[..., Raw], *options: Raw) -> Raw:
    return make(options=list(options))


OPTIONS = ("items", 0, "options")
KEYLESS = [option("a"), option("b"), option("c")]
FAULTY: dict[str, tuple[Any, tuple[str | int, ...], str, str]] = {
    # name: raw item, where, part of what is wrong, part of the mend
    "an item that is a word": ("M2-101", ("items", 0), "'M2-101' stands here", "write the keys"),
    "an item that is a list": ([1], ("items", 0), "a list stands here", "write the keys"),
    "an empty item": ({}, ("items", 0), "an empty mapping stands here", "write the keys"),
    "no id": (changed(single(), ("id",), ...), ("items", 0), "no id", "M2-101"),
    "an empty id": (single(id=" "), ("items", 0, "id"), "no id", "M2-101"),
    "an id with blanks": (single(id="M2 101"), ("items", 0, "id"), "'M2 101'", "M2-101"),
    "a number for an id": (single(id=101), ("items", 0, "id"), "101, not text", "M2-101"),
    "no type": (changed(single(), ("type",), ...), ("items", 0), "no type", "single, multiple"),
    "a misspelt type": (single(type="singel"), ("items", 0, "type"), "'singel'", "'single'"),
    "an unknown objective": (
        *(single(objective="M2.9"), ("items", 0, "objective"), "'M2.9'", "'M2.3'"),
    ),
    "an unknown bloom": (single(bloom="create"), ("items", 0, "bloom"), "'create'", "remember"),
    "an unknown status": (single(status="live"), ("items", 0, "status"), "'live'", "active"),
    "no stem": (changed(single(), ("stem",), ...), ("items", 0), "no stem", "one question"),
    "a list for a stem": (single(stem=["a"]), ("items", 0, "stem"), "a list, not text", "stem"),
    "a misspelt key": (single(stemm="x"), ("items", 0, "stemm"), "'stemm'", "'stem'"),
    "a key of no kind": (single(zzz="x"), ("items", 0, "zzz"), "'zzz'", "one of id, type"),
    "no facts": (changed(single(), ("facts",), ...), ("items", 0), "no facts", "the facts"),
    "an empty list of facts": (single(facts=[]), ("items", 0, "facts"), "no facts", "ids"),
    "a word for facts": (single(facts="A-03"), ("items", 0, "facts"), "'A-03'", "ids"),
    "a number for a fact": (single(facts=[3]), ("items", 0, "facts", 0), "fact 3", "A-03"),
    "no options": (changed(single(), ("options",), ...), ("items", 0), "no options", "a list"),
    "a mapping for options": (single(options={}), OPTIONS, "an empty mapping", "a list"),
    "two options": (with_options(single, key("a"), option("b")), OPTIONS, "2 options", "3 to 5"),
    "six options": (
        *(with_options(single, key("a"), *map(option, "bcdef")), OPTIONS, "6 options", "3 to 5"),
    ),
    "three options where several are right": (
        *(with_options(several, key("a"), key("b"), option("c")), OPTIONS, "3 options", "4 to 5"),
    ),
    "no key": (single(options=KEYLESS), OPTIONS, "0 correct", "exactly one"),
    "two keys in a single item": (
        *(with_options(single, key("a"), key("b"), option("c")), OPTIONS, "2 correct", "exactly"),
    ),
    "one key in a multiple item": (
        with_options(several, key("a"), option("b"), option("c"), option("d")),
        *(OPTIONS, "1 correct", "make it single"),
    ),
    "nothing but keys": (
        *(several(options=[key(id_) for id_ in "abcd"]), OPTIONS, "every option", "wrong"),
    ),
    "an option that is a word": (
        single(options=["a", key("b"), option("c")]),
        *((*OPTIONS, 0), "'a' stands here", "write the keys"),
    ),
    "an option that is nothing": (
        single(options=[None, key("b"), option("c")]),
        *((*OPTIONS, 0), "nothing stands here", "write the keys"),
    ),
    "an option without text": (
        *(changed(single(), ("options", 1, "text"), ...), (*OPTIONS, 1), "no text", "may choose"),
    ),
    "a yes for an option's text": (
        changed(single(), ("options", 1, "text"), True),
        *((*OPTIONS, 1, "text"), "True, not text", "may choose"),
    ),
    "an option id in capitals": (
        *(changed(single(), ("options", 1, "id"), "B"), (*OPTIONS, 1, "id"), "'B'", "lower-case"),
    ),
    "an option id twice": (
        *(changed(single(), ("options", 2, "id"), "b"), (*OPTIONS, 2, "id"), "twice", "its own"),
    ),
    "an option without feedback": (
        changed(single(), ("options", 0, "feedback"), ...),
        *((*OPTIONS, 0), "no feedback", "the rule"),
    ),
    "a distractor without misconception": (
        changed(single(), ("options", 1, "misconception"), ...),
        *((*OPTIONS, 1), "no misconception", "own-phone"),
    ),
    "an unknown misconception": (
        changed(single(), ("options", 1, "misconception"), "own-phones"),
        *((*OPTIONS, 1, "misconception"), "'own-phones'", "'own-phone'"),
    ),
    "a key with a misconception": (
        changed(single(), ("options", 0, "misconception"), "own-phone"),
        *((*OPTIONS, 0, "misconception"), "a correct option", "take one"),
    ),
    "a yes in words": (
        changed(single(), ("options", 0, "correct"), "yes"),
        *((*OPTIONS, 0, "correct"), "'yes'", "correct: true"),
    ),
    "a misspelt option key": (
        changed(single(), ("options", 0, "feedbak"), "x"),
        *((*OPTIONS, 0, "feedbak"), "'feedbak'", "'feedback'"),
    ),
    "a rect without a picture to lie in": (
        changed(single(), ("options", 0, "rect"), [0, 0, 50, 50]),
        *((*OPTIONS, 0, "rect"), "rect in a single item", "hotspot"),
    ),
    "select in a single item": (
        *(single(select="all"), ("items", 0, "select"), "select in a single", "hotspot"),
    ),
    "an unknown select": (spot(select="any"), ("items", 0, "select"), "'any'", "all, one"),
    "a hotspot without a photo": (
        *(changed(spot(), ("photo",), ...), ("items", 0), "without a photo", "write photo"),
    ),
    "a photo that is a name": (
        *(spot(photo="desk.svg"), ("items", 0, "photo"), "'desk.svg' stands", "file, alt"),
    ),
    "a photo without alt": (
        changed(spot(), ("photo", "alt"), ...),
        *(("items", 0, "photo"), "no alt", "gives no answer away"),
    ),
    "a photo without width": (
        changed(spot(), ("photo", "width"), ...),
        *(("items", 0, "photo", "width"), "width is None", "viewBox"),
    ),
    "a photo of no height": (
        changed(spot(), ("photo", "height"), 0),
        *(("items", 0, "photo", "height"), "height is 0", "viewBox"),
    ),
    "a photo as wide as yes": (
        changed(spot(), ("photo", "width"), True),
        *(("items", 0, "photo", "width"), "width is True", "viewBox"),
    ),
    "a thing without rect": (
        changed(spot(), ("options", 0, "rect"), ...),
        *((*OPTIONS, 0), "no usable rect", "[x, y, width, height]"),
    ),
    "a rect of three": (
        changed(spot(), ("options", 0, "rect"), [0, 0, 50]),
        *((*OPTIONS, 0, "rect"), "no usable rect", "whole numbers"),
    ),
    "a rect of fractions": (
        changed(spot(), ("options", 0, "rect"), [0, 0, 50.5, 50]),
        *((*OPTIONS, 0, "rect"), "no usable rect", "whole numbers"),
    ),
    "a thing too small for a thumb": (
        changed(spot(), ("options", 0, "rect"), [0, 0, 43, 50]),
        *((*OPTIONS, 0, "rect"), "43 x 50", "at least 44"),
    ),
    "a rect left of the photo": (
        changed(spot(), ("options", 0, "rect"), [-1, 0, 50, 50]),
        *((*OPTIONS, 0, "rect"), "outside", "1200 x 800"),
    ),
    "a rect above the photo": (
        changed(spot(), ("options", 0, "rect"), [0, -1, 50, 50]),
        *((*OPTIONS, 0, "rect"), "outside", "1200 x 800"),
    ),
    "a rect beyond the right edge": (
        changed(spot(), ("options", 0, "rect"), [1157, 0, 44, 44]),
        *((*OPTIONS, 0, "rect"), "outside", "1200 x 800"),
    ),
    "a rect below the photo": (
        changed(spot(), ("options", 0, "rect"), [0, 757, 44, 44]),
        *((*OPTIONS, 0, "rect"), "outside", "1200 x 800"),
    ),
    "a picture with nothing to find": (
        changed(changed(spot(), ("options", 0, "correct"), ...), ("options", 0, "misconception"),
                "own-phone"),
        *(OPTIONS, "no correct option", "to be found"),
    ),
    "reasons that are a word": (
        *(single(lint_reasons="L07"), ("items", 0, "lint_reasons"), "no mapping", "L07"),
    ),
    "a reason for no rule": (
        single(lint_reasons={"length": "x"}),
        *(("items", 0, "lint_reasons", "length"), "'length'", "L07"),
    ),
    "an empty reason": (
        single(lint_reasons={"L07": ""}),
        *(("items", 0, "lint_reasons", "L07"), "no L07", "may stand"),
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", FAULTY)
def test_each_fault_is_named_at_its_place_with_its_mend(name: str) -> None:
    raw, path, what, mend = FAULTY[name]
    bank, faults = read(raw)
    assert bank is None
    (fault,) = faults
    assert fault.path == path
    assert what in fault.what
    assert mend in fault.mend


@pytest.mark.parametrize("name", FAULTY)
def test_a_fault_hides_no_fault_of_another_item(name: str) -> None:
    alone = read(FAULTY[name][0])[1]
    _, faults = read(single(id="M2 200"), FAULTY[name][0], single(id="M2-201", stem=""))
    assert len(faults) == len(alone) + 2
    assert {fault.path[1] for fault in faults} == {0, 1, 2}


def test_all_faults_of_one_item_are_named_at_once() -> None:
    raw = changed(single(stem="", bloom="x", facts=[]), ("options", 1, "feedback"), "")
    assert len(read(raw)[1]) == 4


def test_an_item_id_twice_is_named_at_the_second() -> None:
    _, faults = read(single(), single())
    assert [(fault.path, fault.what) for fault in faults] == [
        (("items", 1, "id"), "id 'M2-101' stands twice")
    ]


@pytest.mark.parametrize(
    ("raw", "what"),
    [
        (None, "nothing stands here"),
        ([], "a list stands here"),
        ("items", "'items' stands here"),
        ({}, "an empty mapping stands here"),
        ({"items": []}, "no items"),
        ({"items": {"M2-101": 1}}, "items is a mapping"),
        ({"items": None}, "no items"),
    ],
)
def test_what_is_no_bank_is_a_fault_and_no_traceback(raw: object, what: str) -> None:
    bank, faults = read_raw(raw)
    assert bank is None
    assert [fault.what for fault in faults] == [what]


def test_an_unknown_key_beside_the_items_is_a_fault() -> None:
    _, faults = read_raw({"items": [single()], "itmes": []})
    assert [(fault.path, fault.mend) for fault in faults] == [(("itmes",), "write 'items'")]


def test_a_module_without_misconceptions_says_so() -> None:
    _, faults = parse_bank({"items": [single()]}, module="m", objectives={}, misconceptions=())
    assert {fault.mend for fault in faults} == {"write one of (none)"}


SCRAPS = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from([*single(), *key("a"), "photo", "rect", "items"]) | st.integers(),
            inner,
            max_size=5,
        )
    ),
    max_leaves=12,
)


@settings(max_examples=times(200, 5000), deadline=None)
@given(SCRAPS, st.sampled_from([*single(), "photo", "select", "lint_reasons"]))
def test_no_scrap_of_yaml_is_ever_a_traceback(scrap: object, where: str) -> None:
    assert read_raw(scrap)[0] is None
    bank, faults = read(scrap, spot() | {where: scrap})
    assert (bank is None) is bool(faults)
    assert all(fault.what and fault.mend for fault in faults)


@pytest.mark.parametrize("rating", [0, 70, 100])
def test_an_angoff_rating_is_kept(rating: int) -> None:
    bank, faults = read(single(angoff=rating))
    assert faults == ()
    assert bank is not None
    assert bank.items[0].angoff == rating


@pytest.mark.parametrize("rating", [-1, 101, "70", "0.7", True, [70]])
def test_what_is_no_angoff_rating_is_a_fault(rating: Any) -> None:
    (fault,) = read(single(angoff=rating))[1]
    assert fault.path == ("items", 0, "angoff")
    assert "0 to 100" in fault.mend
