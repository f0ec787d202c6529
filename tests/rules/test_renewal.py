from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from tests.effort import times
from training.rules.days import add_months
from training.rules.renewal import (
    Anchor,
    InvalidPolicy,
    RenewalPolicy,
    expires_on,
    faults,
    holds_on,
    is_on_time,
    opens_on,
    renewal_due_on,
)

COMPLETION = RenewalPolicy(12, Anchor.COMPLETION, window_days=60, grace_days=14)
PREVIOUS = replace(COMPLETION, anchor=Anchor.PREVIOUS_EXPIRY)
FIXED = RenewalPolicy(
    None, Anchor.FIXED, window_days=60, grace_days=14, minimum_gap_days=90, fixed_day=(1, 31)
)
LEAP = replace(FIXED, fixed_day=(2, 29), minimum_gap_days=0)
NEVER = RenewalPolicy(None)
SHORT = replace(PREVIOUS, validity_months=3, window_days=60, grace_days=40)
EXPIRY = date(2027, 3, 15)  # its window opens on 14 January 2027, its grace ends on 29 March


@pytest.mark.parametrize(
    ("policy", "completed", "previous", "due", "expected"),
    [
        # a first duty: from the completion, whatever the anchor
        (COMPLETION, "2026-03-10", None, "2026-04-01", "2027-03-10"),
        (PREVIOUS, "2026-03-10", None, "2026-04-01", "2027-03-10"),
        (PREVIOUS, "2026-05-10", None, "2026-04-01", "2027-05-10"),
        # 29 February and a year
        (COMPLETION, "2028-02-29", None, None, "2029-02-28"),
        (PREVIOUS, "2029-02-01", "2029-02-28", "2029-02-28", "2030-02-28"),
        # within the window, both from the previous expiry: no day is lost
        (COMPLETION, "2027-01-14", EXPIRY, EXPIRY, "2028-03-15"),
        (COMPLETION, "2027-03-15", EXPIRY, EXPIRY, "2028-03-15"),
        (PREVIOUS, "2027-01-14", EXPIRY, EXPIRY, "2028-03-15"),
        (PREVIOUS, "2027-03-15", EXPIRY, EXPIRY, "2028-03-15"),
        # opened early by an officer: the later of what she had and what she would get
        (COMPLETION, "2027-01-13", EXPIRY, EXPIRY, "2028-01-13"),
        (PREVIOUS, "2027-01-13", EXPIRY, EXPIRY, "2028-01-13"),
        (PREVIOUS, "2026-03-20", EXPIRY, "2026-04-01", "2027-03-20"),
        (PREVIOUS, "2026-03-10", EXPIRY, "2026-04-01", "2027-03-15"),
        (COMPLETION, "2026-03-10", EXPIRY, "2026-04-01", "2027-03-15"),
        # in the grace: on time for the rhythm, but a completion counts from its own day
        (COMPLETION, "2027-03-16", EXPIRY, EXPIRY, "2028-03-16"),
        (PREVIOUS, "2027-03-16", EXPIRY, EXPIRY, "2028-03-15"),
        (PREVIOUS, "2027-03-29", EXPIRY, EXPIRY, "2028-03-15"),
        (SHORT, "2027-04-24", EXPIRY, EXPIRY, "2027-06-15"),  # though its window is open already
        # late
        (COMPLETION, "2027-03-30", EXPIRY, EXPIRY, "2028-03-30"),
        (PREVIOUS, "2027-03-30", EXPIRY, EXPIRY, "2028-03-30"),
        (PREVIOUS, "2029-08-01", EXPIRY, EXPIRY, "2030-08-01"),
        # a due day that leave moved: on time is by the later day, grace included
        (PREVIOUS, "2027-06-14", EXPIRY, "2027-06-01", "2028-03-15"),
        (PREVIOUS, "2027-06-15", EXPIRY, "2027-06-15", "2028-03-15"),
        (PREVIOUS, "2027-06-16", EXPIRY, "2027-06-01", "2028-06-16"),
        (COMPLETION, "2027-06-14", EXPIRY, "2027-06-01", "2028-06-14"),
        # a leave so long that the next window is open already counts afresh
        (PREVIOUS, "2028-01-14", EXPIRY, "2028-02-01", "2028-03-15"),
        (PREVIOUS, "2028-01-15", EXPIRY, "2028-02-01", "2029-01-15"),
        (PREVIOUS, "2028-05-01", EXPIRY, "2028-05-20", "2029-05-01"),
        # a due day moved forward changes nothing before the expiry
        (PREVIOUS, "2027-03-20", EXPIRY, "2027-02-01", "2028-03-15"),
        # fixed: the first fixed day far enough away, and after the cycle's own
        (FIXED, "2026-10-01", None, "2026-09-20", "2027-01-31"),
        (FIXED, "2026-11-02", None, "2026-11-01", "2027-01-31"),
        (FIXED, "2026-11-03", None, "2026-11-01", "2028-01-31"),
        (FIXED, "2026-12-20", "2027-01-31", "2027-01-31", "2028-01-31"),
        (FIXED, "2027-02-10", "2027-01-31", "2027-01-31", "2028-01-31"),
        (FIXED, "2026-10-01", None, "2027-01-31", "2028-01-31"),
        (FIXED, "2026-06-01", "2027-01-31", "2026-07-01", "2027-01-31"),
        (FIXED, "2027-04-01", "2027-01-31", "2028-02-10", "2029-01-31"),
        # fixed after another rhythm: opened early, it still costs no day
        (FIXED, "2026-06-01", EXPIRY, "2026-07-01", "2028-01-31"),
        # a fixed 29 February clamps
        (LEAP, "2026-06-01", None, None, "2027-02-28"),
        (LEAP, "2027-06-01", None, None, "2028-02-29"),
        (LEAP, "2028-02-28", None, None, "2028-02-29"),
        (LEAP, "2027-02-28", None, None, "2027-02-28"),
        # none
        (NEVER, "2026-03-10", None, "2026-04-01", None),
        (NEVER, "2026-03-10", EXPIRY, EXPIRY, None),
    ],
)
def test_the_table_of_expiries(
    policy: RenewalPolicy,
    completed: str,
    previous: str | date | None,
    due: str | date | None,
    expected: str | None,
) -> None:
    found = expires_on(
        policy,
        completed_on=date.fromisoformat(completed),
        previous_expiry=_day(previous),
        cycle_due_on=_day(due),
    )
    assert found == _day(expected)


def _day(text: str | date | None) -> date | None:
    return date.fromisoformat(text) if isinstance(text, str) else text


def test_the_next_cycle_opens_its_window_before_the_expiry_and_is_due_on_it() -> None:
    assert opens_on(PREVIOUS, EXPIRY) == date(2027, 1, 14)
    assert renewal_due_on(EXPIRY) == EXPIRY


@pytest.mark.parametrize(
    ("day", "previous", "due", "answer"),
    [
        ("2027-03-29", EXPIRY, EXPIRY, True),
        ("2027-03-30", EXPIRY, EXPIRY, False),
        ("2027-06-15", EXPIRY, "2027-06-01", True),
        ("2027-06-16", EXPIRY, "2027-06-01", False),
        ("2027-03-29", EXPIRY, "2027-01-01", True),
        ("2027-01-15", None, "2027-01-01", True),
        ("2027-01-16", None, "2027-01-01", False),
        ("2027-01-16", None, None, True),
    ],
)
def test_on_time_is_the_later_of_expiry_and_due_day_plus_grace(
    day: str, previous: date | None, due: str | date | None, *, answer: bool
) -> None:
    assert is_on_time(PREVIOUS, date.fromisoformat(day), previous, _day(due)) is answer


def test_a_completion_holds_through_its_last_day_and_the_grace() -> None:
    assert holds_on(EXPIRY, EXPIRY, 0)
    assert not holds_on(EXPIRY + timedelta(days=1), EXPIRY, 0)
    assert holds_on(date(2027, 3, 29), EXPIRY, 14)
    assert not holds_on(date(2027, 3, 30), EXPIRY, 14)
    assert holds_on(date(2100, 1, 1), None, 0)


def test_a_completion_holds_until_the_due_day_that_leave_moved() -> None:
    moved = date(2027, 6, 1)
    assert holds_on(date(2027, 6, 15), EXPIRY, 14, moved)
    assert not holds_on(date(2027, 6, 16), EXPIRY, 14, moved)
    assert holds_on(EXPIRY, EXPIRY, 0, date(2027, 1, 1))


@pytest.mark.parametrize(
    ("policy", "words"),
    [
        (replace(FIXED, fixed_day=None), "fixed day is missing"),
        (replace(FIXED, fixed_day=(2, 30)), "no calendar"),
        (replace(FIXED, fixed_day=(13, 1)), "no calendar"),
        (replace(FIXED, fixed_day=(0, 1)), "no calendar"),
        (replace(FIXED, fixed_day=(4, 0)), "no calendar"),
        (replace(FIXED, fixed_day=(4, 31)), "no calendar"),
        (replace(FIXED, validity_months=12), "validity must be left out"),
        (replace(FIXED, window_days=336), "never close"),
        (replace(PREVIOUS, fixed_day=(1, 31)), "'fixed' only"),
        (replace(PREVIOUS, minimum_gap_days=1), "'fixed' only"),
        (replace(PREVIOUS, window_days=336), "never close"),
        (replace(PREVIOUS, validity_months=2, window_days=56, grace_days=0), "never close"),
        (replace(PREVIOUS, grace_days=336), "ever be late"),
        (replace(PREVIOUS, validity_months=0), "1 to 120 months"),
        (replace(PREVIOUS, validity_months=121), "1 to 120 months"),
        (replace(PREVIOUS, window_days=-1), "less than none"),
        (replace(PREVIOUS, grace_days=-1), "less than none"),
        (replace(FIXED, minimum_gap_days=-1), "less than none"),
    ],
)
def test_a_policy_that_cannot_work_is_refused_in_words(policy: RenewalPolicy, words: str) -> None:
    assert any(words in fault for fault in faults(policy))
    with pytest.raises(InvalidPolicy, match=words):
        RenewalPolicy.from_dict(policy.to_dict())


@pytest.mark.parametrize(
    "policy",
    [
        COMPLETION,
        PREVIOUS,
        FIXED,
        LEAP,
        NEVER,
        replace(PREVIOUS, window_days=335),
        replace(PREVIOUS, validity_months=120, refresher_course="refresher"),
        replace(PREVIOUS, validity_months=1, window_days=27, grace_days=27),
        replace(NEVER, window_days=9999),
    ],
)
def test_a_policy_that_works_survives_storage(policy: RenewalPolicy) -> None:
    assert faults(policy) == ()
    assert RenewalPolicy.from_dict(policy.to_dict()) == policy


@pytest.mark.parametrize("name", list(PREVIOUS.to_dict()))
def test_a_stored_policy_with_a_missing_or_wrong_value_is_refused_by_name(name: str) -> None:
    told = PREVIOUS.to_dict()
    for wrong in ({k: v for k, v in told.items() if k != name}, told | {name: 1.5}):
        with pytest.raises(InvalidPolicy, match=name):
            RenewalPolicy.from_dict(wrong)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("window_days", True),
        ("validity_months", "12"),
        ("fixed_day", [1]),
        ("fixed_day", [1.0, 31]),
        ("refresher_course", ""),
    ],
)
def test_values_that_only_look_right_are_refused(name: str, value: object) -> None:
    with pytest.raises(InvalidPolicy, match=name):
        RenewalPolicy.from_dict(PREVIOUS.to_dict() | {name: value})


def test_every_fault_of_a_stored_policy_is_named_at_once() -> None:
    told = PREVIOUS.to_dict() | {"anchor": "moon", "grace_days": None, "windw_days": 3}
    with pytest.raises(InvalidPolicy) as caught:
        RenewalPolicy.from_dict(told)
    assert len(caught.value.faults) == 3


def test_a_fixed_rhythm_without_its_day_raises_and_never_means_for_ever() -> None:
    with pytest.raises(InvalidPolicy, match="fixed day is missing"):
        expires_on(replace(FIXED, fixed_day=None), completed_on=EXPIRY)


def test_unless_somebody_says_otherwise_a_period_is_our_policy() -> None:
    assert RenewalPolicy(12).basis == "our_policy"


def test_unless_somebody_says_otherwise_the_window_is_sixty_days_and_there_is_no_grace() -> None:
    plain = RenewalPolicy(12)
    assert (plain.window_days, plain.grace_days, plain.minimum_gap_days) == (60, 0, 0)


DAYS = st.dates(date(2024, 1, 1), date(2032, 12, 31))
FIXED_DAYS = st.dates(date(2024, 1, 1), date(2024, 12, 31)).map(lambda day: (day.month, day.day))


@st.composite
def policies(draw: st.DrawFn) -> RenewalPolicy:
    anchor = draw(st.sampled_from(Anchor))
    fixed = anchor is Anchor.FIXED
    months = 12 if fixed else draw(st.integers(1, 36))
    return RenewalPolicy(
        validity_months=None if fixed else months,
        anchor=anchor,
        window_days=draw(st.integers(0, 28 * months - 1)),
        grace_days=draw(st.integers(0, min(60, 28 * months - 1))),
        minimum_gap_days=draw(st.integers(0, 200)) if fixed else 0,
        fixed_day=draw(FIXED_DAYS) if fixed else None,
    )


@settings(max_examples=times(300, 5000))
@given(policies(), DAYS, st.integers(0, 800), st.integers(-1200, 1200))
def test_whoever_finishes_by_the_due_day_never_lapses(
    policy: RenewalPolicy, expiry: date, moved_by: int, finished: int
) -> None:
    """Leave moves the due day by any length; she finishes on any day up to it, grace included."""
    due_on = renewal_due_on(expiry) + timedelta(days=moved_by)
    completed_on = expiry + timedelta(days=finished)
    assume(is_on_time(policy, completed_on, expiry, due_on))
    renewed = expires_on(
        policy, completed_on=completed_on, previous_expiry=expiry, cycle_due_on=due_on
    )
    assert renewed is not None
    assert renewed >= completed_on
    assert holds_on(completed_on, expiry, policy.grace_days, due_on)


@settings(max_examples=times(300, 5000))
@given(policies(), DAYS, st.integers(0, 1200), st.none() | st.integers(-400, 400))
def test_T08_renewing_early_never_costs_a_day(
    policy: RenewalPolicy, expiry: date, early: int, due: int | None
) -> None:
    completed_on = expiry - timedelta(days=early)
    renewed = expires_on(
        policy,
        completed_on=completed_on,
        previous_expiry=expiry,
        cycle_due_on=None if due is None else expiry + timedelta(days=due),
    )
    assert renewed is not None
    assert renewed >= expiry
    if policy.validity_months is not None:
        assert renewed >= add_months(completed_on, policy.validity_months) or (
            policy.anchor is not Anchor.FIXED and completed_on >= opens_on(policy, expiry)
        )
        if completed_on >= opens_on(policy, expiry):
            assert renewed == add_months(expiry, policy.validity_months)


@settings(max_examples=times(300, 5000))
@given(policies(), DAYS, DAYS)
def test_finishing_later_never_gives_an_earlier_expiry_before_it_is_late(
    policy: RenewalPolicy, completed_on: date, expiry: date
) -> None:
    after = completed_on + timedelta(days=1)
    assume(after <= expiry)
    first, second = (
        expires_on(policy, completed_on=day, previous_expiry=expiry, cycle_due_on=expiry)
        for day in (completed_on, after)
    )
    assert first is not None
    assert second is not None
    assert first <= second


@settings(max_examples=times(300, 5000))
@given(policies(), DAYS)
def test_a_whole_career_on_time_never_has_a_day_without_a_completion(
    policy: RenewalPolicy, hired_on: date
) -> None:
    expiry = expires_on(policy, completed_on=hired_on, cycle_due_on=hired_on)
    for _ in range(6):
        assert expiry is not None
        completed_on = max(opens_on(policy, expiry), hired_on)
        following = expires_on(
            policy, completed_on=completed_on, previous_expiry=expiry, cycle_due_on=expiry
        )
        assert following is not None
        assert completed_on <= expiry < following
        expiry = following


@settings(max_examples=times(200, 3000))
@given(policies())
def test_whatever_policy_works_survives_storage(policy: RenewalPolicy) -> None:
    assert RenewalPolicy.from_dict(policy.to_dict()) == policy
