"""The content that ships: no error, every path true, every fact on the sheet, both chances kept."""

import re
from datetime import date
from fractions import Fraction
from functools import cache

import pytest

from tests.cast import catalog as shipped
from training.catalog.catalog import Catalog, check
from training.catalog.chances import chances_of
from training.catalog.facts import PLACEHOLDERS, fill
from training.catalog.minutes import scenario_minutes
from training.catalog.modules import Module
from training.catalog.place import content_dir
from training.catalog.scenario import begin, moves_of, replay, scene
from training.catalog.taking import minutes_by_role

WRITTEN = date(2026, 11, 24)
SLUGS = (
    "accounts",
    "deleted",
    "patients-post",
    "permission",
    "photos",
    "reporting",
    "running-it",
    "what-counts",
)
TOLD = {name: f"[{name}]" for name in PLACEHOLDERS}


@cache
def catalog() -> Catalog:
    return shipped()


@cache
def modules() -> dict[str, Module]:
    return catalog().modules()


def test_the_content_has_no_error() -> None:
    errors = [str(f) for f in check(content_dir(), today=WRITTEN) if f.severity == "error"]
    assert errors == []


def test_every_text_reads_at_grade_nine_or_below() -> None:
    graded = [str(f) for f in check(content_dir(), today=WRITTEN) if "at grade" in f.what]
    assert graded == []


def test_the_fact_sheet_is_whole_and_the_contested_one_is_marked() -> None:
    facts = catalog().facts
    for group, last in (("A", 95), ("B", 28), ("C", 36)):
        numbers = {int(id_[2:]) for id_ in facts if id_.startswith(group)}
        assert {1, last} <= numbers
    assert [id_ for id_, fact in facts.items() if fact.state == "contested"] == ["A-63"]
    assert {facts[id_].state for id_ in ("A-64", "A-95", "C-20")} == {"policy"}
    assert all(f.state != "policy" or f.jurisdiction == "policy" for f in facts.values())
    assert all(f.source.startswith("http") for f in facts.values() if f.state == "verified")


def test_what_no_source_was_read_for_is_marked_and_no_question_rests_on_it() -> None:
    facts = catalog().facts
    house = {id_ for id_, fact in facts.items() if fact.state == "house"}
    assert house == {id_ for id_ in facts if id_.startswith("H-")} != set()
    cited = {
        id_ for module in modules().values() for item in module.bank.items for id_ in item.facts
    }
    assert cited <= {id_ for id_, fact in facts.items() if fact.state in {"verified", "policy"}}


def test_no_fact_sheet_calls_a_yearly_round_the_law() -> None:
    assert "not a HIPAA rule" in catalog().facts["A-54"].statement


@pytest.mark.parametrize("slug", SLUGS)
def test_each_situation_plays_to_each_of_its_endings(slug: str) -> None:
    for scenario in modules()[slug].scenarios.values():
        ends = set()
        for playthrough in scenario.playthroughs:
            steps = replay(scenario, moves_of(scenario, playthrough))
            ends.add(steps[-1].state.node)
            assert scene(scenario, steps[-1].state).kind == "ending"
        assert ends == {ending.id for ending in scenario.endings}
        assert scene(scenario, begin(scenario)).choices
        assert 0.5 < scenario_minutes(scenario) < 7


@pytest.mark.parametrize("slug", SLUGS)
def test_each_screen_is_filled_in_and_names_its_citations(slug: str) -> None:
    module = modules()[slug]
    for screen in module.screens.values():
        html = fill(screen.html, TOLD)
        assert "{" not in html
        assert "[law" not in html
        for title in re.findall(r'title="([^"]*)"', html):
            assert title in {fact.citation for fact in module.facts.values()}


def test_whoever_knows_goes_through_and_whoever_guesses_does_not() -> None:
    told = chances_of(catalog().courses, modules())
    assert {chances.course.code for chances in told} == set(catalog().courses)
    for chances in told:
        assert list(chances.faults()) == []
        if len(chances.course.modules) > 2:
            assert chances.best.course <= Fraction(1, 100), chances.in_words()


def test_onboarding_is_30_to_35_minutes_in_parts_of_six_at_most() -> None:
    course = catalog().courses["onboarding"]
    for role, parts in minutes_by_role(course, modules()).items():
        assert 30 <= sum(parts.values()) <= 35, role
        assert max(parts.values()) <= 6, (role, parts)


def test_onboarding_lets_nobody_test_out() -> None:
    courses = catalog().courses
    assert (courses["onboarding"].test_out, courses["refresher"].test_out) == (False, True)
    assert {courses[code].cut_per_cent for code in courses} == {80}


def test_the_sample_policy_says_so_first_and_leaves_talk_about_work_alone() -> None:
    policy = catalog().policy
    assert policy.body.strip().split("\n")[0].strip("*").startswith("This is a sample.")
    assert "Nothing in it limits my right to talk with others about pay" in policy.statement
    assert "{" not in fill(policy.html, TOLD)
