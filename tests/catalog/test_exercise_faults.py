"""Every fault that an exercise can have is named at its line with its mend."""

from datetime import date
from pathlib import Path

import pytest

from tests.catalog.faults import Case
from tests.catalog.kinds import IDS, RIGHT_ORDER, write_kinds
from tests.catalog.sample import broken, line_of
from training.catalog.catalog import check, load_catalog
from training.catalog.faults import Fault

FILES = {kind: f"modules/hats/scenarios/{id_}.yaml" for kind, id_ in IDS.items()}
REPLY, DOCUMENT, ORDER, METER = FILES.values()
BANK = "modules/hats/bank.yaml"
CASES = {
    "no reply": Case(
        REPLY, "    reply:\n", "    replies:\n", "'reply:' is missing", "add", "- id:"
    ),
    "a key misspelt": Case(REPLY, "where:", "were:", "unknown key 'were'", "'where'"),
    "another class": Case(REPLY, "class: fine", "class: nice", "can't be 'nice'", "confirms"),
    "nothing needed": Case(
        *(REPLY, "class: needed", "class: fine", "no phrase is needed", "add one", "phrases:")
    ),
    "one that confirms": Case(
        *(REPLY, "class: confirms", "class: fine", "1 phrases confirm", "two or more", "phrases:")
    ),
    "a phrase twice": Case(
        *(REPLY, "id: records", "id: visit", "'visit' stands here twice", "rename", "@22")
    ),
    "nothing to find": Case(
        *(DOCUMENT, "class: defect", "class: there", "nothing to find", "fine: true", "checks:")
    ),
    "nothing right": Case(
        *(DOCUMENT, "class: there", "class: defect", "nothing on the paper", "there", "checks:")
    ),
    "few checks": Case(
        DOCUMENT,
        "        - {id: signed, name: A signature, class: there,\n"
        "           feedback: There is one., label: law, fact: A-03}\n",
        "",
        "there are 3 checks",
        "4 to 9",
        "checks:",
    ),
    "no place": Case(ORDER, "place: 3", "place: last", "a place is 1, 2, 3", "mend"),
    "place nought": Case(ORDER, "place: 3", "place: 0", "a place is 1, 2, 3", "mend"),
    "a gap": Case(ORDER, "place: 3", "place: 4", "the places are 1, 2, 4", "gap", "steps:"),
    "a fact of a step": Case(
        ORDER, "fact: A-95", "fact: A-59", "no fact A-59", "A-95", "id: log@1"
    ),
    "a contested fact": Case(METER, "fact: A-03", "fact: A-63", "contested", "policy"),
    "policy called law": Case(
        *(METER, "label: policy, fact: A-95}", "label: law, fact: A-95}", "is policy", "'policy'"),
        "Most people",
    ),
    "keeps too many": Case(METER, "keeps: 900", "keeps: 1001", "'keeps'", "mend"),
    "a crowd of one": Case(METER, "crowd: 38000", "crowd: 1", "'crowd'", "mend"),
    "another kind's variable": Case(
        *(METER, "crowd >= 1000", "crowds >= 1000", "'crowds' is never set", "'crowd'")
    ),
    "the variable of no kind here": Case(
        *(METER, "crowd >= 1000", "lacking == 0", "'lacking' is never set", "write")
    ),
    "no path all right": Case(
        *(ORDER, RIGHT_ORDER, 'with: {tell: "1"}', "ends at 'again'", "mend the path")
    ),
    "no path all right, and wrong": Case(
        *(REPLY, "marks: [rule, call]}]", "marks: [rule]}, now]"),
        *("no path gets 'work' all right", "add a path", "    reply:"),
    ),
    "a path with no number": Case(
        *(ORDER, 'hush: "1"', 'hush: "6"', "breaks off: a step gets a number", "mend the path")
    ),
    "a path of an unknown mark": Case(
        *(DOCUMENT, "marks: [what]", "marks: [seal]", "breaks off: there is no such point", "mend")
    ),
    "an exercise of another kind": Case(
        ORDER,
        "  - id: work\n    kind: order",
        "  - id: work\n    kind: decision",
        "'order:' stands in a node of the kind 'decision'",
        "write 'kind: order'",
        "    order:",
    ),
    "a kind of no node": Case(
        *(METER, "kind: meter", "kind: reply", "no node is of the kind 'reply'", "main node")
    ),
    "an option without place": Case(
        BANK, "        place: 2\n", "", "no usable place", "1, 2, 3", "list is made@-2"
    ),
}


def faults_in(root: Path) -> list[Fault]:
    return check(root, today=date(2026, 11, 24))


@pytest.fixture
def root(tmp_path: Path, no_item_rules: None) -> Path:
    return write_kinds(tmp_path / "content")


def test_good_exercises_have_no_fault_and_are_loaded(root: Path) -> None:
    assert [str(fault) for fault in faults_in(root)] == []
    module = load_catalog(root).modules()["hats"]
    assert set(IDS.values()) < set(module.scenarios)
    assert set(module.facts) == {"A-03", "A-95"}


@pytest.mark.parametrize("name", CASES)
def test_each_fault_is_named_at_its_line_with_its_mend(root: Path, name: str) -> None:
    case = CASES[name]
    if name in {"nothing needed", "nothing to find", "nothing right"}:
        text = (root / case.file).read_text(encoding="utf-8")
        (root / case.file).write_text(text.replace(case.old, case.new), encoding="utf-8")
    else:
        broken(root, case.file, case.old, case.new)
    found = [f for f in faults_in(root) if case.what in f.what and f.file == case.file]
    assert found, [str(fault) for fault in faults_in(root)]
    at, _at, number = (case.at or case.new).split("\n", maxsplit=1)[0].partition("@")
    line = int(number) if not at else line_of(root, case.file, at) + int(number or 0)
    assert line in {fault.line for fault in found}, [str(fault) for fault in found]
    assert case.mend in found[0].mend


def test_a_paper_with_nothing_amiss_is_a_case_of_this_is_fine(root: Path) -> None:
    text = (root / DOCUMENT).read_text(encoding="utf-8")
    text = text.replace("class: defect", "class: there").replace("marks: [until, authority]", "")
    fine = text.replace(
        "    kind: document\n    text", "    kind: document\n    fine: true\n    text"
    )
    (root / DOCUMENT).write_text(fine.replace("choose: done, }", "choose: done}"), encoding="utf-8")
    assert [str(f) for f in faults_in(root) if f.severity == "error"] == []


def test_a_switch_beside_an_order_is_named(root: Path) -> None:
    feed = (
        "    feed: {compose: {draft: Hi, controls: [{id: tell, label: To, options: "
        "[{id: a, text: A}, {id: b, text: B}]}]}}\n    order:\n"
    )
    broken(root, ORDER, "    order:\n", feed)
    assert any("a draft with switches" in fault.what for fault in faults_in(root))
