"""A rule reads as one sentence, whatever its shape."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from training.rules.renewal import Anchor, Basis, FirstAnchor, RenewalPolicy, expires_on, faults
from training.rules.sentence import MONTHS, period, rule_sentence, who

YEARLY = RenewalPolicy(
    validity_months=12, window_days=60, grace_days=14, refresher_course="refresher"
)
FIXED = RenewalPolicy(
    validity_months=None,
    anchor=Anchor.FIXED,
    fixed_day=(2, 1),
    minimum_gap_days=90,
    refresher_course="refresher",
)
NONE = RenewalPolicy(validity_months=None)


def told(renewal: RenewalPolicy = YEARLY, **changes: Any) -> str:
    values: dict[str, Any] = {
        "audience": {},
        "course": "onboarding",
        "days": 30,
        "anchor": FirstAnchor.HIRE,
    }
    return rule_sentence(**(values | changes), renewal=renewal)


def test_the_sentence_of_the_issue() -> None:
    audience = {"worker_types": ["clinical"], "states": ["TX"]}
    assert told(audience=audience, anchor=FirstAnchor.ACCESS) == (
        "Clinical staff in Texas: onboarding within 30 days of access; refresher yearly from the "
        "previous expiry, opens 60 days before, 14 days of grace. Basis: our policy."
    )


SHAPES = [
    (NONE, "All staff: onboarding within 30 days of hire; no refresher comes by itself."),
    (replace(NONE, grace_days=7), "no refresher comes by itself, 7 days of grace."),
    (FIXED, "refresher each year by 1 February, not within 90 days of the last time, opens 60"),
    (replace(FIXED, minimum_gap_days=0), "refresher each year by 1 February, opens 60 days before"),
    (replace(FIXED, minimum_gap_days=1), "not within a day of the last time"),
    (replace(FIXED, fixed_day=(2, 29)), "each year by 29 February"),
    (replace(YEARLY, anchor=Anchor.COMPLETION), "refresher yearly from the day of completion,"),
    (replace(YEARLY, refresher_course=None), "; onboarding yearly from the previous expiry,"),
    (replace(YEARLY, window_days=0), "opens on that day"),
    (replace(YEARLY, window_days=1), "opens a day before"),
    (replace(YEARLY, grace_days=1), "before, a day of grace."),
    (replace(YEARLY, grace_days=0), "opens 60 days before. Basis"),
    (replace(YEARLY, validity_months=18), "refresher every 18 months from"),
    (replace(YEARLY, basis=Basis.FEDERAL_LAW), "Basis: federal law."),
    (replace(YEARLY, basis=Basis.STATE_LAW), "Basis: state law."),
    (replace(YEARLY, basis=Basis.CORRECTIVE_ACTION_PLAN), "Basis: corrective action plan."),
]


@pytest.mark.parametrize(("renewal", "words"), SHAPES)
def test_every_kind_of_renewal_is_told(renewal: RenewalPolicy, words: str) -> None:
    assert words in told(renewal)


AUDIENCES = [
    ({}, "All staff"),
    ({"worker_types": [], "sites": []}, "All staff"),
    ({"worker_types": ["student"]}, "Students"),
    ({"worker_types": ["employee", "volunteer"]}, "Employees and volunteers"),
    ({"worker_types": ["locum"]}, "Locum"),
    ({"departments": ["Ward 3"]}, "All staff of Ward 3"),
    ({"departments": ["ICU", "Ward 3", "Lab"]}, "All staff of ICU, Ward 3 or Lab"),
    ({"sites": ["Harbor"]}, "All staff at Harbor"),
    ({"signed_before": ["a"]}, "Whoever answered an earlier policy text"),
    (
        {"signed_before": ["a"], "entities": ["Harbor Hospital"]},
        "Whoever answered an earlier policy text of Harbor Hospital",
    ),
    ({"learned_before": ["a"]}, "Whoever learned an older version"),
    ({"states": ["TX", "NY"]}, "All staff in Texas or New York"),
    ({"states": ["Bavaria"]}, "All staff in Bavaria"),
    (
        {"worker_types": ["agency"], "departments": ["Lab"], "sites": ["Harbor"], "states": ["IL"]},
        "Agency staff of Lab at Harbor in Illinois",
    ),
]


@pytest.mark.parametrize(("audience", "words"), AUDIENCES)
def test_whom_it_is_for(audience: dict[str, list[str]], words: str) -> None:
    assert who(audience) == words


def test_how_often() -> None:
    words = {1: "monthly", 6: "every six months", 12: "yearly", 24: "every two years"}
    assert {months: period(months) for months in words} == words
    assert (period(7), period(84)) == ("every 7 months", "every 7 years")


def test_one_day_and_a_helper() -> None:
    assert "within a day of hire" in told(days=1)
    assert "after three tries somebody helps" in told(human_unlock=True)
    assert "tries" not in told()


COMMON = {
    "grace_days": st.integers(0, 27),
    "refresher_course": st.none() | st.just("refresher"),
    "basis": st.sampled_from(Basis),
}
POLICIES = st.builds(
    RenewalPolicy,
    validity_months=st.none() | st.integers(1, 120),
    anchor=st.sampled_from([Anchor.COMPLETION, Anchor.PREVIOUS_EXPIRY]),
    window_days=st.integers(0, 27),
    **COMMON,
) | st.builds(
    RenewalPolicy,
    validity_months=st.none(),
    anchor=st.just(Anchor.FIXED),
    window_days=st.integers(0, 300),
    minimum_gap_days=st.sampled_from([0, 90]),
    fixed_day=st.tuples(st.integers(1, 12), st.integers(1, 28)),
    **COMMON,
)


@given(POLICIES)
def test_it_says_no_refresher_exactly_where_nothing_runs_out(policy: RenewalPolicy) -> None:
    sentence = told(policy)
    ends = expires_on(policy, completed_on=date(2026, 3, 1))
    assert (ends is None) is ("no refresher comes by itself" in sentence)
    if policy.fixed_day and ends:
        assert f"{ends.day} {MONTHS[ends.month - 1]}" in sentence


@given(POLICIES, st.sampled_from(["validity_months", "window_days", "grace_days"]), st.data())
def test_no_number_of_a_rule_changes_unseen(
    policy: RenewalPolicy, name: str, data: st.DataObject
) -> None:
    other = replace(policy, **{name: data.draw(st.integers(1, 120))})
    if faults(other) or other == policy:
        return
    shown = name == "grace_days" or expires_on(other, completed_on=date(2026, 3, 1)) is not None
    assert (told(other) != told(policy)) is shown
