"""A damaged file is a fault with its line, never a traceback, a hang or a value made up."""

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.catalog.sample import GOOD, SCENARIO, write
from tests.effort import times
from training.catalog.catalog import check
from training.catalog.source import read_text, read_yaml

DAMAGED = {
    "tab": (b"a:\n\tb: 1\n", 2, "tab"),
    "tab inside": (b"a: |\n  x\ty\n", 2, "tab"),
    "nul": (b"a: 1\nb: x\0y\n", 2, "control character"),
    "escape": (b"a: \x1b[31m\n", 1, "control character"),
    "not utf-8": (b"a: caf\xe9\n", 1, "UTF-8"),
    "key twice": (b"a: 1\nb: 2\na: 3\n", 3, "duplicate key"),
    "open quote": (b"a: 1\nb: 'x\n", 3, "not YAML"),
    "two documents": (b"a: 1\n---\nb: 2\n", 2, "not YAML"),
    "alias": (b"a: &a [x]\nb: *a\n", 2, "alias"),
    "bomb": (b"a: &a [x]\nb: &b [*a,*a,*a]\nc: &c [*b,*b,*b]\nd: [*c,*c,*c]\n", 1, "alias"),
    "merge bomb": (b"a: &a {x: 1}\nb: &b\n  <<: *a\nc: &c\n  <<: *b\n  y: 1\n", 5, "alias"),
    "binary": (b"a: !!binary aGk=\n", 1, "neither text"),
    "set": (b"a: !!set {x, y}\n", 1, "neither text"),
    "other version": (b"%YAML 9.9\n---\na: 1\n", 1, "not YAML"),
}


@pytest.mark.parametrize("name", DAMAGED)
def test_damage_is_a_fault_with_its_line(tmp_path: Path, name: str) -> None:
    raw, line, what = DAMAGED[name]
    path = tmp_path / "a.yaml"
    path.write_bytes(raw)
    faults = read_yaml(path, "a.yaml").faults
    assert (faults[0].file, faults[0].line) == ("a.yaml", line)
    assert what in faults[0].what
    assert faults[0].mend


def test_lists_without_an_end_are_a_fault(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_text("[" * 1500, encoding="utf-8")
    assert "without an end" in read_yaml(path, "a").faults[0].what


def test_lists_in_lists_below_each_other_are_a_fault(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_text("- " * 900, encoding="utf-8")
    assert "without an end" in read_yaml(path, "a").faults[0].what


@pytest.mark.parametrize("raw", ["just words\n", "- a\n", "", "nodes: [1]\n", "nodes: 3\n"])
def test_a_file_of_another_shape_is_a_fault_and_no_traceback(tmp_path: Path, raw: str) -> None:
    root = write(tmp_path)
    names = [n for n in GOOD if n.endswith(".yaml") and n != "modules/hats/module.yaml"]
    for name in names:
        (root / name).write_text(raw, encoding="utf-8")
    assert {fault.file for fault in check(root, today=date(2026, 11, 24))} >= set(names)


@pytest.mark.parametrize(
    "part", ["choices: [post]", "choices: 4", "playthroughs: [3]", "path: 5", "playthroughs: 5"]
)
def test_a_part_of_another_shape_is_a_fault_and_no_traceback(tmp_path: Path, part: str) -> None:
    root = write(tmp_path)
    name = "modules/hats/scenarios/wrong-hat.yaml"
    text = (root / name).read_text(encoding="utf-8")
    key = part.split(":", maxsplit=1)[0]
    cut = text[: text.rindex(f"{key}:")]
    (root / name).write_text(f"{cut}{part}\n", encoding="utf-8")
    assert any(fault.file == name for fault in check(root, today=date(2026, 11, 24)))


def test_a_file_that_is_too_large_is_not_parsed(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_text("a: " + "x" * 2_000_001, encoding="utf-8")
    assert "too large" in read_yaml(path, "a").faults[0].what


def test_a_merged_key_and_a_tag_do_not_trip_it(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_text("a: &a {x: 1}\nb:\n  <<: *a\n  y: !mine two\n", encoding="utf-8")
    source = read_yaml(path, "a")
    assert source.value["b"] == {"x": 1, "y": "two"}
    assert source.line(("b", "y")) == 4


def test_words_that_yaml_could_take_for_values_stay_as_written(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_text("a: no\nb: 2027-11-24\nc: true\nd: 12\ne: 1.5\n", encoding="utf-8")
    value = read_yaml(path, "a").value
    assert value == {"a": "no", "b": "2027-11-24", "c": True, "d": 12, "e": "1.5"}


def test_each_value_knows_its_line(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_text("a:\n  - b: 1\n    c: 2\n  - d\n", encoding="utf-8")
    source = read_yaml(path, "a")
    assert [source.line(("a", 0, "c")), source.line(("a", 1)), source.line(("a", 0, "z"))] == [
        3,
        4,
        2,
    ]


@settings(max_examples=times(60, 2000), deadline=None)
@given(st.binary(max_size=200))
def test_no_bytes_break_the_reader(tmp_path_factory: pytest.TempPathFactory, raw: bytes) -> None:
    path = tmp_path_factory.mktemp("damage") / "a.yaml"
    path.write_bytes(raw)
    source = read_yaml(path, "a")
    assert source.value is None or isinstance(source.value, str | int | dict | list)
    read_text(path, "a")


@settings(max_examples=times(25, 500), deadline=None)
@given(st.integers(0, len(SCENARIO) - 1), st.characters(codec="utf-8"))
def test_one_wrong_letter_breaks_no_reader(
    tmp_path_factory: pytest.TempPathFactory, place: int, letter: str
) -> None:
    path = tmp_path_factory.mktemp("letter") / "a.yaml"
    text = SCENARIO[:place] + letter + SCENARIO[place + 1 :]
    path.write_text(text, encoding="utf-8", newline="")
    source = read_yaml(path, "a")
    assert source.value is not None or source.faults
