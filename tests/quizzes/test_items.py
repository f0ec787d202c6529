import pytest

from quizzes import UnknownItem
from tests.quizzes.samples import bank, hotspot, item, multiple


def test_a_bank_finds_its_items_retired_ones_too() -> None:
    retired = item(3, active=False)
    assert bank(retired).item("M1-104") is retired


def test_an_item_that_is_not_there_is_named() -> None:
    with pytest.raises(UnknownItem, match="'M9-999'") as caught:
        bank().item("M9-999")
    assert caught.value.item_id == "M9-999"


def test_retired_items_are_not_offered_for_drawing() -> None:
    offered = bank(item(3, active=False)).active_for("M1.1")
    assert [one.id for one in offered] == [f"M1-{n}" for n in range(101, 110) if n != 104]


def test_an_item_knows_its_key() -> None:
    assert item(0).key == {"a"}
    assert multiple().key == {"a", "b"}
    assert [option.id for option in hotspot().distractors] == ["b", "c"]


def test_items_can_be_put_in_a_set() -> None:
    assert len({item(0), item(0, lint_reasons={"L07": "why"}), item(1)}) == 3
