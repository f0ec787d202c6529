"""Every fault of content is named with its file, its line and a mend, and all at once."""

from datetime import date, datetime
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.catalog.sample import broken, line_of, write
from training.catalog.catalog import check, load_catalog
from training.catalog.faults import ContentFaults, Fault

TODAY = date(2026, 11, 24)
ABOUT = "modules/hats/module.yaml"
LESSON = "modules/hats/lesson.md"
BANK = "modules/hats/bank.yaml"
SCENE = "modules/hats/scenarios/wrong-hat.yaml"
DESK = "modules/hats/media/desk.svg"


def faults_in(root: Path) -> list[Fault]:
    """Return the faults but for the item writer's rules, which have tests of their own."""
    found = check(root, today=TODAY)
    return [fault for fault in found if not fault.what.startswith(("L0", "L1", "L2"))]


class Case(NamedTuple):
    """Change `old` to `new` in a file; the fault must stand where `at` (else `new`) stands."""

    file: str
    old: str
    new: str
    what: str
    mend: str
    at: str = ""


CASES = {
    # form
    "a key misspelt": Case(ABOUT, "title: Two", "titel: Two", "unknown key 'titel'", "'title'"),
    "a key missing": Case(ABOUT, "title: Two hats\n", "", "'title' is missing", "add", "id: M9"),
    "a key in a choice": Case(
        SCENE, "rule: Ask before", "rulle: Ask before", "unknown key 'rulle'", "'rule'"
    ),
    "no feedback": Case(SCENE, "why: It takes a minute.", "why: ''", "'why'", "mend"),
    "a verdict of another kind": Case(
        SCENE, "verdict: tempting", "verdict: maybe", "'verdict' can't be 'maybe'", "tempting"
    ),
    "a wide word for an id": Case(SCENE, "id: board\n", "id: My_Board\n", "is no id", "hyphens"),
    "an event of another kind": Case(SCENE, "what: screenshot", "what: telegram", "what", "one of"),
    "another slug": Case(ABOUT, "slug: hats", "slug: caps", "folder's name", "'hats'"),
    "another file name": Case(SCENE, "id: wrong-hat", "id: right-hat", "file's name", "wrong-hat"),
    # references
    "a step that is not there": Case(
        ABOUT, "scenario: wrong-hat", "scenario: wrong-cat", "'wrong-cat' is not there", "wrong-hat"
    ),
    "a step twice": Case(
        ABOUT, "  - scenario", "  - lesson: two-hats\n  - scenario", "twice", "delete", "@15"
    ),
    "a screen in no step": Case(
        ABOUT, "  - lesson: two-hats\n", "", "'two-hats' is in no step", "add it", "steps:"
    ),
    "an objective without its screen": Case(
        ABOUT, "screen: two-hats", "screen: too-hats", "no screen 'too-hats'", "'two-hats'"
    ),
    "an objective in no situation": Case(
        ABOUT,
        "misconceptions:",
        "  - {id: M9.2, text: More, screen: two-hats}\nmisconceptions:",
        "no situation is about M9.2",
        "write one",
        "M9.2",
    ),
    "a situation about nothing": Case(
        SCENE, "objective: M9.1", "objective: M9.7", "no objective 'M9.7'", "M9.1"
    ),
    "a screen about nothing": Case(
        LESSON, "objectives: M9.1", "objectives: M9.7", "no objective 'M9.7'", "M9.1"
    ),
    "a paper of seven": Case(ABOUT, "M9.1: 6", "M9.1: 7", "6 questions", "sum 6", "paper:"),
    "a paper about nothing": Case(ABOUT, "  M9.1: 6", "  M9.8: 6", "no objective 'M9.8'", "M9.1"),
    "a course of no module": Case(
        "courses/onboarding.yaml", "slug: hats", "slug: cats", "no module 'cats'", "hats"
    ),
    "a course of no such step": Case(
        "courses/onboarding.yaml",
        "slug: hats",
        "slug: hats\n    steps: [two-cats]",
        "no step 'two-cats'",
        "two-hats",
        "steps:",
    ),
    # facts
    "an unknown fact": Case(SCENE, "fact: A-95", "fact: A-59", "no fact A-59", "A-95"),
    "a contested fact": Case(SCENE, "fact: A-95", "fact: A-63", "contested", "policy"),
    "an unverified fact": Case(SCENE, "fact: A-95", "fact: C-25", "not verified", "check with"),
    "a policy called law": Case(
        SCENE, "label: law, fact: A-03", "label: law, fact: A-95", "is policy", "write 'policy'"
    ),
    "a basis not named above": Case(
        LESSON, "facts: A-03, A-95", "facts: A-03", "is not among", "top"
    ),
    "a basis misspelt": Case(LESSON, "[law: A-03]", "[law A-03]", "is no basis", "law", "screen:"),
    "a fact twice": Case("facts.yaml", "id: C-25", "id: A-63", "twice", "delete", "@23"),
    "a fact past its review": Case(
        "facts.yaml", "review_by: 2027", "review_by: 2025", "was to be reviewed", "review", "A-03"
    ),
    # the machine
    "a choice that leads nowhere": Case(SCENE, "next: tell", "next: sell", "'sell'", "'tell'"),
    "no such start": Case(SCENE, "start: compose", "start: compost", "'compost'", "'compose'"),
    "a node that nothing leads to": Case(
        SCENE, "next: tell", "next: good", "nothing leads to 'tell'", "link", "- id: tell"
    ),
    "the last case has an if": Case(
        SCENE,
        "- verdict: tempting",
        "- if: missed == 1\n            verdict: tempting",
        "has an 'if'",
        "delete",
    ),
    "a case before the last has none": Case(
        SCENE,
        '- if: "account == business"\n            verdict',
        "- verdict",
        "no 'if'",
        "add",
        "- verdict: right",
    ),
    "a condition that is none": Case(
        SCENE, '"reach >= 2"', '"reach is big"', "is no condition", "name >= 2", "what: screenshot"
    ),
    "a name that is never set": Case(
        SCENE, '"reach >= 2"', '"rich >= 2"', "'rich' is never set", "'reach'", "what: screenshot"
    ),
    "a switch that can't be so": Case(
        SCENE, '"account == business"', '"account == both"', "never 'both'", "business"
    ),
    "a number compared with a word": Case(
        SCENE, '"missed == 0 and', '"missed == none and', "is a number", "whole number"
    ),
    "a change of no variable": Case(SCENE, '{reach: "+3"}', '{rich: "+3"}', "'rich'", "'reach'"),
    "a change that is none": Case(SCENE, '"+3"', '"much"', "no change", '"+1"'),
    "a bare sign": Case(SCENE, '"+3"', "+3", "bare", "quote"),
    "a path that ends elsewhere": Case(
        SCENE,
        "path: [post]\n    ending: poor",
        "path: [post]\n    ending: good",
        "ends at 'poor'",
        "ending: poor",
        "path: [post]",
    ),
    "a path that breaks off": Case(
        SCENE, "path: [post]", "path: [boast]", "breaks off", "mend the path"
    ),
    "an ending on no path": Case(
        SCENE,
        "  - path: [post]\n    ending: poor\n",
        "",
        "no path goes through 'poor'",
        "add",
        "playthroughs:",
    ),
    "one ending": Case(
        SCENE,
        "  - {id: poor, outcome: poor, title: Out, text: It is out.}\n",
        "",
        "1 endings",
        "2 to 4",
        "endings:",
    ),
    "an id twice": Case(SCENE, "- id: tell", "- id: board", "twice", "rename", "@107"),
    "a feed without its feed": Case(
        SCENE,
        "  - id: tell\n    kind: decision",
        "  - id: tell\n    kind: feed",
        "'feed:' is missing",
        "add",
        "- id: tell",
    ),
    # pictures
    "a drawing that is not there": Case(
        SCENE, "media/desk.svg", "media/disk.svg", "no drawing media/disk.svg", "desk.svg"
    ),
    "a picture without alt": Case(
        SCENE, ', alt: "A desk with a cup and a plant."', "", "'alt' is missing", "add", "picture:"
    ),
    "an alt that gives it away": Case(
        SCENE, "A desk with", "Patient information on a desk with", "the alt text says", "what is"
    ),
    "a thing outside": Case(SCENE, "[700, 0, 100", "[1150, 0, 100", "outside", "mend"),
    "a thing too small": Case(SCENE, "[700, 0, 100, 100]", "[700, 0, 20, 100]", "thumb", "44"),
    "another size": Case(SCENE, "width: 1200", "width: 1300", "another size", "1200"),
    "nothing shows it": Case(
        SCENE,
        '    picture: {file: media/desk.svg, alt: "A desk with a cup and a plant."}\n',
        "",
        "no scene shows",
        "delete",
        "@1 modules/hats/media/desk.svg",
    ),
    "a script in a drawing": Case(
        DESK, "<rect", "<script>1</script><rect", "<script> has no place", "shapes"
    ),
    "a handler in a drawing": Case(DESK, "<rect", '<rect onload="x()"', "can run", "delete"),
    "a link out of a drawing": Case(DESK, "<rect", '<use href="http://a/b"/><rect', "load", "del"),
    "no view box": Case(DESK, ' viewBox="0 0 1200 800"', "", "view box", "viewBox", "<svg"),
    "a drawing that breaks off": Case(DESK, "</svg>", "", "well-formed", "mend", "@2"),
    "an entity": Case(DESK, "<svg", '<!DOCTYPE a [<!ENTITY b "c">]><svg', "DOCTYPE", "delete"),
    # words
    "a telephone number": Case(SCENE, "A small clinic", "Call 212-555-0142", "telephone", "invent"),
    "a social security number": Case(LESSON, "Look at", "078-05-1120", "social", "inv", "screen:"),
    "a mail address": Case(BANK, "Dana has", "dana@clinic.org has", "mail address", "invent"),
    "a record number": Case(BANK, "Dana has", "MRN 0044812 has", "record number", "invent"),
    "a promise": Case(LESSON, "Look at", "HIPAA certified", "promises", "trained", "screen:"),
    "a false rule": Case(BANK, "Dana has", "HIPAA asks for annual training.", "sets no", "whose"),
    "an unknown local fact": Case(
        LESSON,
        "{privacy_contact}",
        "{privacy_contract}",
        "no local fact",
        "privacy_contact",
        "screen:",
    ),
    "a template's braces": Case(LESSON, "Look at", "{{7*7}}", "no local fact", "write", "screen:"),
    "HTML": Case(LESSON, "Look at", "<b>Look</b> at", "is HTML", "Markdown", "screen:"),
    "a link": Case(LESSON, "Look at", "[Look](http://a) at", "is a link", "words", "screen:"),
    "long words": Case(
        SCENE,
        "text: The draft is open.",
        "text: " + "Considerable organisational complications necessitate deliberation " * 6,
        "reads at grade",
        "shorter",
    ),
    # the policy
    "a gag": Case("policy.md", "Tell {", "Guard our reputation. Tell {", "gag", "name"),
    "no word that it is a sample": Case("policy.md", "sample", "rule", "is a sample", "counsel"),
    "no statement": Case(
        "policy.md",
        "statement: I have read this policy.\n",
        "",
        "'statement' is missing",
        "add",
        "---",
    ),
    # questions
    "an item's key misspelt": Case(BANK, "stem:", "stemm:", "unknown key 'stemm'", "stem"),
    "an item about nothing": Case(BANK, "objective: M9.1", "objective: M9.7", "M9.7", "M9.1"),
}


@pytest.fixture
def root(tmp_path: Path) -> Path:
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
