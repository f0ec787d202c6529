"""`byp content check` says of each course what the passing rule makes of it, and refuses some."""

import re
from collections.abc import Callable
from datetime import date
from fractions import Fraction
from math import comb
from pathlib import Path

import pytest
from click.testing import CliRunner

from quizzes import GuessStrategy
from tests.cast import catalog as shipped
from tests.catalog.sample import COURSE, GOOD, broken, line_of, write
from training.catalog.catalog import check, examine, load_catalog
from training.catalog.faults import ContentFaults, Fault
from training.commands.content import check as command

TODAY = date(2026, 11, 24)
ONBOARDING = "courses/onboarding.yaml"
KEY = "text: On her own account"
EVEN = "text: On her very own page"  # as long as the others
LONGEST = "text: On her own account, nowhere else"


@pytest.fixture
def root(tmp_path: Path, no_item_rules: None) -> Path:
    return write(tmp_path / "content")


def of_modules(root: Path, count: int, change: Callable[[str], str] = str) -> Path:
    """Write a course of so many modules, each changed alike."""
    lines = [COURSE[: COURSE.index("  - slug")].rstrip()]
    for number in range(1, count + 1):
        slug = f"hats-{number}"
        for name, text in GOOD.items():
            if name.startswith("modules/hats/"):
                path = root / name.replace("hats/", f"{slug}/")
                path.parent.mkdir(parents=True, exist_ok=True)
                said = text.replace("M9", f"M{number}").replace("slug: hats", f"slug: {slug}")
                path.write_text(change(said), encoding="utf-8")
        lines.append(f"  - slug: {slug}")
    (root / ONBOARDING).write_text("\n".join([*lines, ""]), encoding="utf-8")
    return root


def faults_in(root: Path) -> list[Fault]:
    return check(root, today=TODAY)


def test_both_chances_are_said_of_each_course(root: Path) -> None:
    faults, chances = examine(root, today=TODAY)
    assert faults == []
    (said,) = [course.in_words() for course in chances]
    assert re.match(
        r"onboarding: 5 minutes; whoever knows each question with 0.9 needs no repeat 89% of the "
        r"time; in three tries a random guesser gets through at most \d+\.\d\d% of the time, "
        r"the best by a cue \(\w+\) at most \d+\.\d\d%; "
        r"a random one passes one paper 1\.8% of the time$",
        said,
    )
    by_hand = Fraction(9, 10) ** 6 + 6 * Fraction(9, 10) ** 5 * Fraction(1, 10)
    assert chances[0].knows == by_hand


def test_an_even_course_of_five_keeps_every_guesser_out(root: Path) -> None:
    faults, chances = examine(
        of_modules(root, 5, lambda text: text.replace(KEY, EVEN)), today=TODAY
    )
    assert faults == []
    assert all(not guesser.played for guesser in chances[0].guessers)
    assert chances[0].best.course < Fraction(1, 1000)


@pytest.mark.parametrize(
    ("key", "strategy"),
    [
        ("On her own account, and nowhere else", "longest"),
        ("On hers", "shortest"),
        ("Always on her own", "strictest"),
        ("Usually on her own", "vaguest"),
        ("On her own desk, nobody else", "echo"),
    ],
)
def test_a_course_whose_keys_give_themselves_away_is_refused(
    root: Path, key: str, strategy: str
) -> None:
    of_modules(root, 5, lambda text: text.replace(KEY, f"text: {key}"))
    found = [f for f in faults_in(root) if f"a guesser ({strategy}) gets through" in f.what]
    (fault,) = found
    assert (fault.file, fault.line) == (ONBOARDING, line_of(root, ONBOARDING, "modules:"))
    assert fault.severity == "error"
    assert fault.mend == "mend the questions whose key this gives away"
    with pytest.raises(ContentFaults):
        load_catalog(root)


def test_a_short_course_is_told_and_not_refused(root: Path) -> None:
    of_modules(root, 4, lambda text: text.replace(KEY, LONGEST))
    faults, chances = examine(root, today=TODAY)
    assert faults == []
    assert (chances[0].best.strategy, chances[0].best.course) == (GuessStrategy.LONGEST, 1)


def test_an_onboarding_that_sends_round_again_who_knows_is_refused(root: Path) -> None:
    of_modules(root, 2, lambda text: text.replace("must_pass: false", "must_pass: true"))
    (fault,) = faults_in(root)
    assert "needs no repeat only" in fault.what
    assert "below 80%" in fault.what
    broken(root, ONBOARDING, "kind: onboarding", "kind: refresher")
    assert [fault for fault in faults_in(root) if fault.severity == "error"] == []


def test_a_paper_that_luck_passes_is_refused(root: Path) -> None:
    broken(root, ONBOARDING, "cut_per_cent: 80", "cut_per_cent: 60")
    (fault,) = faults_in(root)
    assert "at random passes one paper 10.0% of the time" in fault.what


def test_with_an_error_nothing_is_computed(root: Path) -> None:
    broken(root, ONBOARDING, "slug: hats", "slug: cats")
    faults, chances = examine(root, today=TODAY)
    assert faults
    assert chances == []


def test_a_course_that_the_bound_does_not_clear_is_played(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("training.catalog.chances.RUNS", 300)

    def half(text: str) -> str:
        return text.replace(KEY, LONGEST, 3).replace(KEY, EVEN)

    _faults, chances = examine(of_modules(root, 5, half), today=TODAY)
    longest = next(g for g in chances[0].guessers if g.strategy is GuessStrategy.LONGEST)
    assert longest.played
    assert Fraction(1, 100) < longest.course < 1
    assert re.search(r"by a cue \(\w+\) \d", chances[0].in_words())  # no bound: it was played


def test_the_command_says_both_and_ends_with_1_where_a_course_misses_its_bar(root: Path) -> None:
    good = CliRunner().invoke(command, [str(root)])
    assert good.exit_code == 0
    assert "needs no repeat 89%" in good.output
    of_modules(root, 5, lambda text: text.replace(KEY, LONGEST))
    bad = CliRunner().invoke(command, [str(root)])
    assert bad.exit_code == 1
    assert "the best by a cue (longest) 100.00%" in bad.output


def rated(text: str, first: int = 60) -> str:
    """Return a bank whose questions have invented ratings."""
    parts = text.split("    facts: [A-03]")
    return "".join(
        part + (f"    angoff: {first + n}\n    facts: [A-03]" if n < len(parts) - 1 else "")
        for n, part in enumerate(parts)
    )


def test_a_course_may_let_ratings_set_its_cut(root: Path) -> None:
    bank = root / "modules/hats/bank.yaml"
    bank.write_text(rated(bank.read_text(encoding="utf-8"), 80), encoding="utf-8")
    broken(root, ONBOARDING, "cut_per_cent: 80", "cut: angoff")
    faults, chances = examine(root, today=TODAY)
    assert faults == []
    # 80 to 85 is 82.5, so 83: of six, five as before
    assert chances[0].knows == 1 - sum(
        (comb(6, n) * Fraction(9, 10) ** n * Fraction(1, 10) ** (6 - n) for n in range(5)),
        Fraction(0),
    )


def test_questions_without_a_rating_set_no_cut(root: Path) -> None:
    broken(root, ONBOARDING, "cut_per_cent: 80", "cut: angoff")
    broken(root, "modules/hats/bank.yaml", "    facts:", "    angoff: 70\n    facts:")
    (fault,) = faults_in(root)
    assert (fault.file, fault.line) == (ONBOARDING, line_of(root, ONBOARDING, "slug: hats"))
    assert fault.what == "cut: angoff, and 5 questions have no rating (M9-102)"
    assert "or leave cut out" in fault.mend


def test_no_course_that_ships_rests_on_a_panel_that_never_met() -> None:
    catalog = shipped()
    assert {course.cut for course in catalog.courses.values()} == {"policy"}
    items = [item for module in catalog.modules().values() for item in module.bank.items]
    assert {item.angoff for item in items} == {None}
