"""A course by role: who is what, what each takes, and what `content check` says of it."""

import re
from datetime import date
from itertools import combinations, product
from pathlib import Path

import pytest

from tests.catalog.sample import LESSON, MODULE, QUESTION, SCENARIO, broken, write
from tests.catalog.test_content import WRITTEN
from training.catalog.catalog import Catalog, check, examine, load_catalog
from training.catalog.courses import Course
from training.catalog.place import content_dir
from training.catalog.reading import read_roles
from training.catalog.roles import ROLES as COURSE_ROLES
from training.catalog.roles import role_of, together
from training.catalog.taking import paper_of, taken

TABLE, _source = read_roles(content_dir())
COURSE = "courses/onboarding.yaml"
BY_ROLE = """\
code: onboarding
title: Patient privacy
kind: onboarding
test_out: false
cut_per_cent: 80
modules:
  - slug: hats
    steps: [two-hats]
    objectives: [M9.1, M9.2]
    also:
      - roles: [clinical]
        steps: [wrong-hat]
      - roles: [marketing]
        objectives: [M9.3]
"""
ROLES = """\
roles:
  - role: clinical
    titles: [nurse]
"""


@pytest.fixture
def root(tmp_path: Path, no_item_rules: None) -> Path:
    """A folder with a module of three objectives, and a course that tells roles apart."""
    root = write(tmp_path / "content")
    module = MODULE.replace(
        "misconceptions:",
        "  - {id: M9.2, text: Ask first, must_pass: false, screen: two-hats}\n"
        "  - {id: M9.3, text: Look behind you, must_pass: true, screen: more-hats}\n"
        "misconceptions:",
    )
    module = module.replace(
        "  - lesson: two-hats\n", "  - lesson: two-hats\n  - lesson: more-hats\n"
    )
    module = module.replace("  M9.1: 6", "  M9.1: 3\n  M9.2: 2\n  M9.3: 1")
    (root / "modules/hats/module.yaml").write_text(module)
    (root / "modules/hats/lesson.md").write_text(
        LESSON + "\n" + LESSON.replace("two-hats", "more-hats").replace("M9.1", "M9.3")
    )
    (root / "modules/hats/scenarios/wrong-hat.yaml").write_text(
        SCENARIO.replace("objective: M9.1", "objective: M9.3").replace("[any]", "[marketing]")
    )
    items = [
        QUESTION.replace("M9-101", f"M9-{o}0{n}").replace("M9.1", f"M9.{o}")
        for o in (1, 2, 3)
        for n in range(1, 9)
    ]
    (root / "modules/hats/bank.yaml").write_text("items:\n" + "".join(items))
    (root / COURSE).write_text(BY_ROLE)
    (root / "roles.yaml").write_text(ROLES)
    return root


def takes(catalog: Catalog, role: str) -> tuple[list[str], dict[str, int]]:
    part = catalog.courses["onboarding"].modules[0]
    found = taken(catalog.modules()["hats"], part, role)
    assert found is not None
    return [step.name for step in found.steps], dict(found.blueprint)


@pytest.mark.parametrize(
    ("title", "department", "manages", "role"),
    [
        ("Registered Nurse", "Ward 3", False, "clinical"),
        ("RN, night", "", False, "clinical"),
        ("Receptionist", "", False, "front-desk"),
        ("Unit clerk", "Ward 3", False, "front-desk"),
        ("Marketing nurse liaison", "", False, "marketing"),  # the first row that holds a word
        ("Coordinator", "Front Desk", False, "front-desk"),
        ("Window cleaner", "", False, "any"),
        ("", "", False, "any"),
        ("Modern barista", "", False, "any"),  # `rn` is a word, and not two letters of one
        ("Registered nurse", "Ward 3", True, "manager"),
    ],
)
def test_a_job_title_tells_the_role(title: str, department: str, manages: bool, role: str) -> None:
    assert role_of(TABLE, job_title=title, department=department, manages=manages) == role


def test_what_the_officer_said_of_a_title_comes_first() -> None:
    told = {"charge nurse": "clinical"}
    place = {"department": "", "manages": True, "told": told}
    assert role_of(TABLE, job_title="Charge  NURSE", **place) == "clinical"
    assert role_of(TABLE, job_title="Head nurse", **place) == "manager"


def test_each_role_takes_the_core_and_its_own_part(root: Path) -> None:
    catalog = load_catalog(root)
    assert takes(catalog, "any") == (["two-hats"], {"M9.1": 3, "M9.2": 3})
    assert takes(catalog, "clinical") == (["two-hats", "wrong-hat"], {"M9.1": 3, "M9.2": 3})
    steps, paper = takes(catalog, "marketing")  # an objective alone: its screen, its situation
    assert steps == ["two-hats", "more-hats", "wrong-hat"]
    assert paper == {"M9.1": 3, "M9.2": 2, "M9.3": 1}


def test_a_situation_for_another_role_does_not_come_with_its_objective(root: Path) -> None:
    broken(root, COURSE, "roles: [marketing]", "roles: [manager]")
    assert takes(load_catalog(root), "manager")[0] == ["two-hats", "more-hats"]


def test_with_two_roles_she_takes_what_either_takes(root: Path) -> None:
    catalog = load_catalog(root)
    steps, paper = takes(catalog, together(["marketing", "any", "clinical"]))
    assert steps == ["two-hats", "more-hats", "wrong-hat"]
    assert paper.keys() == {"M9.1", "M9.2", "M9.3"}
    assert sum(paper.values()) == 6


def test_nobody_with_two_roles_is_asked_what_she_is_not_taught() -> None:
    """Of every course that is written: what both roles take holds together."""
    catalog = load_catalog(content_dir())
    modules = catalog.modules()
    for course, (one, other) in product(catalog.courses.values(), combinations(COURSE_ROLES, 2)):
        for part in course.modules:
            mine = taken(modules[part.slug], part, together([one, other]))
            alone = [taken(modules[part.slug], part, role) for role in (one, other)]
            if mine is None:
                assert alone == [None, None]
                continue
            names = {step.name for step in mine.steps}
            assert {s.name for each in alone if each for s in each.steps} <= names
            asked = {o.screen for o in mine.objectives if o.id in mine.blueprint}
            assert course.test_out or asked <= names


def test_a_module_for_some_roles_is_not_there_for_others(root: Path) -> None:
    module = load_catalog(root).modules()["hats"]
    part = Course.model_validate(
        {
            "code": "c", "title": "t", "kind": "extra", "cut_per_cent": 80,
            "modules": [{"slug": "hats", "roles": ["manager"]}],
        }
    ).modules[0]  # fmt: skip
    assert taken(module, part, "any") is None
    assert taken(module, part, "manager") == module


def test_a_paper_keeps_its_size_and_asks_the_least_asked_more() -> None:
    assert paper_of({"a": 2, "b": 1, "c": 2, "d": 1}, {"a", "b"}) == {"a": 3, "b": 3}
    assert paper_of({"a": 2, "b": 4}, {"a", "b"}) == {"a": 2, "b": 4}
    assert paper_of({"a": 2, "b": 4}, set()) == {}


def test_what_a_course_does_not_say_is_not_stored(root: Path) -> None:
    whole = load_catalog(root).courses["onboarding"]
    assert {"also", "objectives"} <= set(whole.document()["modules"][0])
    assert [row["role"] for row in whole.document()["role_words"]] == ["clinical"]
    (root / "roles.yaml").unlink()
    (root / COURSE).write_text(
        BY_ROLE.split("    steps", maxsplit=1)[0] + "    steps: [two-hats, more-hats]\n"
    )
    plain = load_catalog(root).courses["onboarding"].document()
    assert set(plain) == {"code", "title", "kind", "test_out", "cut_per_cent", "modules"}
    assert plain["modules"] == [{"slug": "hats", "steps": ["two-hats", "more-hats"]}]


def test_minutes_and_chances_are_said_of_each_role(root: Path) -> None:
    _faults, chances = examine(root, today=date(2026, 11, 24))
    told = [one.in_words().split(":")[0] for one in chances]
    assert all(re.search(r": [0-9, ]+ minutes; whoever", one.in_words()) for one in chances)
    assert told == ["onboarding (any, clinical, front-desk, manager)", "onboarding (marketing)"]


@pytest.mark.parametrize(
    ("old", "new", "what"),
    [
        ("[M9.1, M9.2]", "[M9.1, M9.7]", "'hats' has no objective 'M9.7'"),
        ("objectives: [M9.3]", "objectives: [M9.4]", "'hats' has no objective 'M9.4'"),
        ("steps: [wrong-hat]", "steps: [wrong-cat]", "'hats' has no step 'wrong-cat'"),
        ("[clinical]", "[clinicl]", "'0' can't be 'clinicl'"),
        ("    objectives: [M9.1, M9.2]\n", "", "the quiz asks every objective already"),
        (
            "    steps: [two-hats]\n    objectives: [M9.1, M9.2]\n",
            "",
            "everybody takes all of it already",
        ),
        (
            "steps: [two-hats]\n    objectives: [M9.1, M9.2]",
            "steps: [wrong-hat]\n    objectives: [M9.1, M9.2]",
            "M9.1 is asked, and any does not read 'two-hats'",
        ),
    ],
)
def test_what_is_wrong_with_a_course_is_named(root: Path, old: str, new: str, what: str) -> None:
    assert [f for f in check(root, today=WRITTEN) if f.severity == "error"] == []
    broken(root, COURSE, old, new)
    found = [f for f in check(root, today=WRITTEN) if f.severity == "error" and f.file == COURSE]
    assert what in [fault.what for fault in found]


def test_a_fault_of_a_course_is_told_beside_one_of_a_module(root: Path) -> None:
    broken(root, COURSE, "[M9.1, M9.2]", "[M9.1, M9.7]")
    broken(root, "modules/hats/module.yaml", "title: Two hats", "titel: Two hats")
    whats = [f.what for f in check(root, today=WRITTEN) if f.severity == "error"]
    assert "'hats' has no objective 'M9.7'" in whats
    assert "unknown key 'titel'" in whats


def test_a_course_by_role_needs_the_table_of_roles(root: Path) -> None:
    (root / "roles.yaml").unlink()
    whats = [f.what for f in check(root, today=WRITTEN) if f.severity == "error"]
    assert whats == ["nothing tells which job title plays which role"]


@pytest.mark.parametrize(
    ("old", "new", "what"),
    [
        ("[M9.1, M9.2]", "[M9.1]", "any is asked 6 questions on M9.1, which has"),
        (
            "roles: [marketing]",
            "roles: [any]",
            "M9.3 must be passed, and marketing is not asked it",
        ),
        ("cut_per_cent: 80", "cut_per_cent: 80\nminutes: [30, 35]", "any needs 4 minutes, and"),
    ],
)
def test_what_an_editor_should_look_at_again_is_a_warning(
    root: Path, old: str, new: str, what: str
) -> None:
    broken(root, COURSE, old, new)
    found = [f for f in check(root, today=WRITTEN) if f.file == COURSE]
    assert {fault.severity for fault in found} == {"warning"}
    assert any(fault.what.startswith(what) for fault in found), found
