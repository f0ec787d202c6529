"""Every fault of content is named with its file, its line and a mend, and all at once."""

from datetime import date, datetime
from pathlib import Path

import pytest

from quizzes import Finding, Severity
from tests.catalog.faults import ABOUT, BANK, CASES, DESK, LESSON, SCENE, Case
from tests.catalog.sample import broken, line_of, write
from training.catalog.catalog import check, load_catalog
from training.catalog.faults import ContentFaults, Fault
from training.catalog.place import content_dir

TODAY = date(2026, 11, 24)


def faults_in(root: Path) -> list[Fault]:
    return check(root, today=TODAY)


@pytest.fixture
def root(tmp_path: Path, no_item_rules: None) -> Path:
    return write(tmp_path / "content")


def test_good_content_has_no_fault(root: Path) -> None:
    assert faults_in(root) == []


@pytest.mark.parametrize("name", CASES)
def test_each_fault_is_named_at_its_line_with_its_mend(root: Path, name: str) -> None:
    case = CASES[name]
    broken(root, case.file, case.old, case.new)
    line, file = place_of(root, case)
    found = [fault for fault in faults_in(root) if case.what in fault.what and fault.file == file]
    assert found, [str(fault) for fault in faults_in(root)]
    assert line in {fault.line for fault in found}, [str(fault) for fault in found]
    assert case.mend in found[0].mend
    assert str(found[0]).startswith(f"{file}:{found[0].line}: ")


def place_of(root: Path, case: Case) -> tuple[int, str]:
    if case.at.startswith("@"):
        number, _blank, file = case.at[1:].partition(" ")
        return int(number), file or case.file
    return line_of(root, case.file, case.at or case.new.split("\n", maxsplit=1)[0]), case.file


def test_all_faults_come_at_once(root: Path) -> None:
    broken(root, ABOUT, "title: Two", "titel: Two")
    broken(root, SCENE, "next: tell", "next: sell")
    broken(root, SCENE, "rule: Ask before", "rulle: Ask before")
    broken(root, LESSON, "Look at", "HIPAA certified")
    broken(root, BANK, "bloom: apply", "bloom: apple")
    broken(root, "policy.md", "Tell {", "Be loyal. Tell {")
    broken(root, "facts.yaml", "state: policy", "state: police")
    broken(root, DESK, "<rect", '<rect style="x"')
    files = {fault.file for fault in faults_in(root)}
    assert files == {ABOUT, SCENE, LESSON, BANK, "policy.md", "facts.yaml", DESK}


def test_an_unknown_key_hides_nothing_else_in_its_file(root: Path) -> None:
    broken(root, SCENE, "title: The wrong hat", "titles: x\ntitle: The wrong hat")
    broken(root, SCENE, "next: tell", "next: sell")
    whats = " ".join(fault.what for fault in faults_in(root))
    assert "'titles'" in whats
    assert "'sell'" in whats


def test_a_warning_in_the_bank_hides_no_error_of_it(root: Path) -> None:
    broken(
        root,
        BANK,
        "    facts: [A-03]",
        "    photo: {file: media/no.svg, alt: abc, width: 10, height: 10}\n    facts: [A-03]",
    )
    broken(root, BANK, "Dana has a cake", "HIPAA asks for yearly cake. Dana has a cake")
    whats = [fault.what for fault in faults_in(root)]
    assert any("no drawing" in what for what in whats)
    assert any("sets no" in what for what in whats)


@pytest.mark.parametrize(
    "name", ["facts.yaml", "policy.md", ABOUT, LESSON, BANK, "courses/onboarding.yaml"]
)
def test_a_missing_file_is_a_fault(root: Path, name: str) -> None:
    (root / name).unlink()
    assert any("missing" in f.what or "no course" in f.what for f in faults_in(root))
    with pytest.raises(ContentFaults):
        load_catalog(root)


def test_a_file_that_is_no_drawing_is_a_fault_even_if_it_is_no_text(root: Path) -> None:
    (root / "modules/hats/media/photo.jpg").write_bytes(b"\xff\xd8\xff\x00")
    assert any("no drawing" in f.what for f in faults_in(root))


def test_warnings_do_not_keep_content_from_being_loaded(root: Path) -> None:
    broken(root, LESSON, "Look at the name", "Look at the name and the name " * 20)
    assert [fault.severity for fault in faults_in(root)] == ["warning"]
    assert load_catalog(root).modules()["hats"].title == "Two hats"


@pytest.mark.parametrize("name", ["a choice that leads nowhere", "a script in a drawing"])
def test_content_with_an_error_is_not_loaded(root: Path, name: str) -> None:
    case = CASES[name]
    broken(root, case.file, case.old, case.new)
    with pytest.raises(ContentFaults) as refused:
        load_catalog(root)
    assert any(case.what in fault.what for fault in refused.value.faults)


def test_loading_asks_no_calendar(root: Path) -> None:
    broken(root, "facts.yaml", "review_by: 2027", "review_by: 2020")
    load_catalog(root)


def test_an_instant_will_do_for_a_day(root: Path) -> None:
    assert check(root, today=datetime(2026, 11, 24, 8)) == check(root, today=TODAY)  # noqa: DTZ001 - only its day is read


@pytest.mark.parametrize("changes", [0, 2, 3])
def test_the_share_of_fine_decisions_is_watched(root: Path, changes: int) -> None:
    path = root / SCENE
    text = path.read_text(encoding="utf-8").replace("fine: true", "fine: false")
    path.write_text(text.replace("fine: false", "fine: true", changes), encoding="utf-8")
    assert any("this is fine" in fault.what for fault in faults_in(root))


def test_hipaa_may_be_said_to_set_no_period(root: Path) -> None:
    said = "HIPAA doesn't ask for yearly training. HIPAA sets no pass mark. Dana has"
    broken(root, BANK, "Dana has", said)
    assert faults_in(root) == []


def test_an_unverified_fact_may_be_taught_with_whom_to_check(root: Path) -> None:
    broken(
        root,
        SCENE,
        "rule: Ask before you post.\n        label: policy\n        fact: A-95",
        'rule: "Ask, and check with {privacy_contact}."\n        label: conduct\n'
        "        fact: C-25",
    )
    assert faults_in(root) == []


def test_right_choices_that_mostly_stand_first_are_a_cue(root: Path) -> None:
    text = (root / SCENE).read_text(encoding="utf-8")
    tell = text[text.index("  - id: tell") : text.index("endings:")]
    more = "".join(
        tell.replace("id: tell", f"id: tell-{n}").replace("next: good", "next: tell")
        for n in range(4)
    )
    (root / SCENE).write_text(text.replace("endings:", more + "endings:", 1), encoding="utf-8")
    assert any("right choices stand in place 1" in fault.what for fault in faults_in(root))


def test_a_loop_without_a_way_out_is_named(root: Path) -> None:
    broken(root, SCENE, "fact: A-95, set: {}, next: good}", "fact: A-95, set: {}, next: tell}")
    broken(root, SCENE, "set: {}, next: poor}", "set: {}, next: tell}")
    assert any("no way out of 'tell'" in fault.what for fault in faults_in(root))


def test_one_path_is_not_enough(root: Path) -> None:
    text = (root / SCENE).read_text(encoding="utf-8")
    (root / SCENE).write_text(text[: text.index("  - path: [post]")], encoding="utf-8")
    assert any("one path is not enough" in fault.what for fault in faults_in(root))


def test_a_picture_with_nothing_to_find_is_named(root: Path) -> None:
    text = (root / SCENE).read_text(encoding="utf-8")
    (root / SCENE).write_text(text.replace("class: patient", "class: fine"), encoding="utf-8")
    assert any("nothing to find" in fault.what for fault in faults_in(root))


def test_a_text_a_little_too_hard_is_a_warning_and_a_hard_one_an_error(root: Path) -> None:
    hard = "The receptionist immediately considers whether anybody could recognise the patient. "
    broken(root, SCENE, "text: The draft is open.", f"text: {hard * 5}")
    found = [fault for fault in faults_in(root) if "reads at grade" in fault.what]
    assert [fault.severity for fault in found] == ["error"]
    mild = (  # grade 9.1
        "The receptionist looks at it again and decides that nobody would know who the patient is. "
    )
    broken(root, SCENE, f"text: {hard * 5}", f"text: {mild * 5}")
    found = [fault for fault in faults_in(root) if "reads at grade" in fault.what]
    assert [fault.severity for fault in found] == ["warning"]


def test_what_the_item_writer_would_mend_stands_at_its_item(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    findings = (
        Finding("L02", Severity.ERROR, "M9-101", "the key is longest", "shorten it"),
        Finding("L04", Severity.WARNING, None, "all keys stand first", "mix them"),
        Finding("L07", Severity.NOTE, "M9-101", "excused", "-"),
    )
    monkeypatch.setattr("training.catalog.lint.items.lint_bank", lambda *_, **__: findings)
    found = [f for f in check(root, today=TODAY) if f.file == BANK]
    assert [(f.line, f.what, f.severity) for f in found] == [
        (1, "L04: all keys stand first", "warning"),
        (2, "L02 M9-101: the key is longest", "error"),
    ]


def test_content_is_found_by_its_setting_then_in_the_checkout(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert content_dir(root) == root
    assert (content_dir() / "policy.md").is_file()
    assert content_dir(tmp_path / "nowhere") == content_dir()
    monkeypatch.setattr("training.catalog.place.PACKAGE", tmp_path / "a" / "b")
    with pytest.raises(FileNotFoundError, match="BYP_CONTENT_DIR"):
        content_dir()
