"""The language of `if` compares names with values, and is never evaluated as anything else."""

import pytest

from training.catalog.conditions import BadCondition, holds, terms_of

VALUES: dict[str, int | str] = {"reach": 2, "account": "business", "missed": 0}


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        (None, True),
        ("reach == 2", True),
        ("reach != 2", False),
        ("reach >= 2", True),
        ("reach <= 1", False),
        ("reach > 1", True),
        ("reach < 2", False),
        ("account == business", True),
        ("account != business", False),
        ("account != own", True),
        ("account == business and reach >= 3", False),
        ("account == business and reach >= 2 and missed == 0", True),
        ("account > business", False),
        ("reach == business", False),
        ("unset == 1", False),
        ("unset != 1", False),
    ],
)
def test_conditions_hold_as_they_read(condition: str | None, expected: bool) -> None:
    assert holds(condition, VALUES) is expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        "reach",
        "reach = 2",
        "reach >= 2 or missed == 0",
        "reach>=2",
        "reach >= 2 and",
        "__import__('os') == 1",
        "reach.__class__ == 2",
        "reach == 2; x == 3",
        "Reach == 2",
    ],
)
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(BadCondition):
        terms_of(text)
