"""Forty modules, each broken as somebody would really break it: all named in one reading."""

from datetime import date
from pathlib import Path

import pytest

from tests.catalog.faults import ABOUT, BANK, CASES, SCENE, Case
from tests.catalog.sample import FACTS, GOOD, line_of, write
from training.catalog.catalog import check
from training.catalog.faults import Fault

TODAY = date(2026, 11, 24)
STALE = """\
  - id: A-70
    statement: A number that was true once.
    citation: 45 CFR 160.404
    source: a page that was read
    state: verified
    jurisdiction: federal
    review_by: 2026-01-01
"""
TELL_NOW = "set: {}, next: good}\n      - {id: later, text: Tell later"
LATER = "rule: Tell., label: policy, fact: A-95, set: {}, next: poor}"
WAY_OUT = (
    f"{TELL_NOW}, verdict: wrong, why: Shame., happens: It spreads.,\n         {LATER}\nendings"
)
HOTSPOT = """\
    type: hotspot
    photo: {file: media/desk.svg, alt: A desk., width: 1200, height: 800}
"""
# what only shows with the item writer's rules, or needs more than one word changed
MORE = {
    "two keys": Case(BANK, "misconception: good-news", "correct: true", "2 correct", "one", "opt"),
    "no key": Case(BANK, "correct: true", "misconception: own-phone", "0 correct", "one", "opt"),
    "a contested fact in a question": Case(
        BANK, "facts: [A-03]", "facts: [A-63]", "L18 M9-101: fact A-63 is contested", "rest", "@2"
    ),
    "a fact that nobody knows in a question": Case(
        BANK, "facts: [A-03]", "facts: [A-333]", "L18 M9-101: fact A-333 is unknown", "cite", "@2"
    ),
    "a stale fact in a question": Case(
        BANK, "facts: [A-03]", "facts: [A-70]", "L19 M9-101: fact A-70 was to be", "check", "@2"
    ),
    "a question's id twice": Case(
        BANK, "id: M9-102", "id: M9-101", "id 'M9-101' stands twice", "its own id", "@22"
    ),
    "a misconception that is not listed": Case(
        BANK, "misconception: good-news", "misconception: good-new", "misconception", "good-news"
    ),
    "a distractor without its misconception": Case(
        BANK, "        misconception: good-news\n", "", "misconception", "good-news", "- id: b"
    ),
    "all of the above": Case(
        BANK, "text: On no account at all", "text: All of the above", "L05 M9-101", "action", "@2"
    ),
    "a question about a real company": Case(
        BANK, "Dana has a cake", "Dana has a Facebook cake", "L20 M9-101", "invent", "@2"
    ),
    "a quiet not": Case(
        BANK, "Where does it go?", "Where does it not go?", "L08 M9-101", "NOT", "@2"
    ),
    "a key that is much too long": Case(
        BANK,
        "text: On her own account",
        "text: On her own account, since nobody else is in the picture and it is her cake",
        "L02 M9-101",
        "shorten",
        "@2",
    ),
    "feedback that is no feedback": Case(
        BANK,
        "feedback: It speaks for the practice, and the practice has not said yes to it so far.",
        "feedback: Wrong.",
        "L13 M9-101: option b has feedback of 1 words",
        "write 12",
        "@2",
    ),
    "a must-pass objective with too few questions": Case(
        ABOUT,
        "must_pass: false",
        "must_pass: true",
        "L24: objective M9.1 has 6 of 8",
        "2 more",
        "@1",
    ),
    "a thing of a question outside its picture": Case(
        BANK,
        "    type: single\n",
        HOTSPOT,
        "rect lies outside the photo",
        "1200 x 800",
        "rect: [1190",
    ),
    "a sanction that is scored": Case(
        BANK,
        "text: On the practice page\n",
        "text: She is fired\n",
        "a sanction is scored ('fired' or 'written warning')",
        "ask what to do",
        "options:",
    ),
    "a sanction that a situation scores": Case(
        SCENE,
        "text: Tell now, verdict",
        "text: She gets a written warning, verdict",
        "a sanction is scored ('written warning' or 'suspended')",
        "ask what to do",
        "choices:",
    ),
    "no way out": Case(
        SCENE,
        WAY_OUT,
        WAY_OUT.replace("next: good", "next: tell").replace("next: poor", "next: tell"),
        "no way out of 'tell'",
        "",
        "- id: tell",
    ),
    "a tab": Case(SCENE, "  - id: tell", "\t- id: tell", "a tab stands", "two blanks"),
}
CHOSEN = (
    *("a key misspelt", "a key missing", "a key in a choice", "no feedback"),
    *("a verdict of another kind", "another file name", "a step that is not there"),
    *("a paper of seven", "asked no times", "a paper about nothing", "a thing twice"),
    *("an unknown fact", "a contested fact", "an unverified fact", "a policy called law"),
    *("a basis misspelt", "a choice that leads nowhere", "a node that nothing leads to"),
    *("a name that is never set", "a path that ends elsewhere", "an id twice"),
    *("a drawing that is not there", "a picture without alt", "an alt that gives it away"),
    *("a thing outside", "a thing too small", "a script in a drawing", "a telephone number"),
    *("a social security number", "a mail address", "a promise", "a false rule"),
    *("an unknown local fact", "a link", "one choice"),
)
BROKEN = {name: CASES[name] for name in CHOSEN} | MORE


def extra(name: str, files: dict[str, str]) -> None:
    """Make the rest of the changes that some faults need."""
    if name == "a thing of a question outside its picture":
        bank = files[BANK]
        for letter, side in (("a", 0), ("b", 100), ("c", 1190)):
            mark = f"      - id: {letter}\n"
            bank = bank.replace(mark, f"{mark}        rect: [{side}, 0, 60, 60]\n", 1)
        files[BANK] = bank
    if name == "a sanction that is scored":
        files[BANK] = files[BANK].replace("On no account at all", "A written warning", 1)
    if name == "a sanction that a situation scores":
        files[SCENE] = files[SCENE].replace("text: Tell later", "text: She is suspended", 1)


@pytest.fixture(scope="module")
def named(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[Fault]]:
    """A folder of one good module and all the broken ones, and what one reading says of it."""
    root = write(tmp_path_factory.mktemp("forty"))
    (root / "facts.yaml").write_text(FACTS + STALE, encoding="utf-8")
    for number, (name, case) in enumerate(BROKEN.items(), start=100):
        files = {path: text for path, text in GOOD.items() if path.startswith("modules/hats/")}
        assert case.old in files[case.file], name
        files[case.file] = files[case.file].replace(case.old, case.new, 1)
        extra(name, files)
        for path, text in files.items():
            place = root / moved(path, number)
            place.parent.mkdir(parents=True, exist_ok=True)
            said = text.replace("slug: hats", f"slug: hats-{number}").replace("M9", f"M{number}")
            place.write_text(said, encoding="utf-8")
    return root, check(root, today=TODAY)


def moved(path: str, number: int) -> str:
    return path.replace("modules/hats/", f"modules/hats-{number}/")


def test_there_are_forty_and_more() -> None:
    assert len(BROKEN) >= 40


@pytest.mark.parametrize("name", BROKEN)
def test_each_is_named_with_its_file_its_line_and_the_mend(
    named: tuple[Path, list[Fault]], name: str
) -> None:
    root, faults = named
    case, number = BROKEN[name], 100 + [*BROKEN].index(name)
    what, mend = (text.replace("M9", f"M{number}") for text in (case.what, case.mend))
    mine = [fault for fault in faults if fault.file.startswith(f"modules/hats-{number}/")]
    found = [fault for fault in mine if what in fault.what and fault.severity == "error"]
    assert found, [str(fault) for fault in mine if fault.severity == "error"]
    assert mend in found[0].mend
    assert {fault.line for fault in found} & lines_of(root, case, number), str(found[0])


def lines_of(root: Path, case: Case, number: int) -> set[int]:
    """Return the lines where a fault may stand: of its text, or as the case counts them."""
    if case.at.startswith("@"):
        return {int(case.at[1:].partition(" ")[0])}
    text = (case.at or case.new.split("\n", maxsplit=1)[0]).replace("M9", f"M{number}")
    file = moved(case.file, number)
    first = line_of(root, file, text)
    lines = (root / file).read_text(encoding="utf-8").split("\n")
    return {n for n, line in enumerate(lines, start=1) if text in line} | {first}


def test_the_good_module_among_them_has_no_error(named: tuple[Path, list[Fault]]) -> None:
    own = [f for f in named[1] if f.file.startswith("modules/hats/") and f.severity == "error"]
    assert own == []


def test_no_fault_is_called_by_more_than_its_own_module(named: tuple[Path, list[Fault]]) -> None:
    with_errors = {f.file.split("/")[1] for f in named[1] if f.severity == "error"}
    assert with_errors == {f"hats-{number}" for number in range(100, 100 + len(BROKEN))}
