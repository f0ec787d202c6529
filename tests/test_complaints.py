"""The list of complaints leads to tests that are there, and each such test stands in the list."""

import re
from functools import cache
from pathlib import Path
from typing import Any

import yaml

TESTS = Path(__file__).parent
LIST = yaml.safe_load((TESTS / "complaints.yaml").read_text(encoding="utf-8"))
ROWS = [*range(1, 38), *range(65, 75)]
TEST = re.compile(r"^def (test_\w+)\(", re.MULTILINE)
NUMBERS = re.compile(r"(?<=_)P\d{2}(?=_)")


@cache
def named_in(file: str) -> frozenset[str]:
    return frozenset(TEST.findall((TESTS / file).read_text(encoding="utf-8")))


def test_every_complaint_stands_once_in_order_with_what_is_promised() -> None:
    assert [row["row"] for row in LIST] == [f"P{n:02}" for n in ROWS]
    assert all(row["elsewhere"] and row["here"] for row in LIST)
    assert [row["row"] for row in LIST if not row.get("tests")] == []


def test_every_test_that_the_list_names_is_there() -> None:
    named = [name.split("::") for row in LIST for name in row["tests"]]
    assert [f"{file}::{name}" for file, name in named if name not in named_in(file)] == []


def test_every_test_with_a_number_in_its_name_stands_in_that_row() -> None:
    rows: dict[str, Any] = {row["row"]: row["tests"] for row in LIST}
    astray = [
        f"{number}: {file}::{name}"
        for path in TESTS.rglob("test_*.py")
        for file in [path.relative_to(TESTS).as_posix()]
        for name in named_in(file)
        for number in NUMBERS.findall(name)
        if f"{file}::{name}" not in rows.get(number, ())
    ]
    assert astray == []
