from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.effort import times
from training.rules.standing import (
    URGENCY,
    Complete,
    CourseFacts,
    Status,
    as_managers_see,
    complete_on,
    in_rate,
    status_on,
    worst,
)

TODAY = date(2026, 11, 24)


def on(days: int) -> date:
    return TODAY + timedelta(days=days)


def facts(**given: object) -> CourseFacts:
    return CourseFacts(**({"required": True} | given))  # type: ignore[arg-type]  # a table's row


HELD = {"held": True, "expires_on": on(200)}
YES, NOT_YET, NO, NOT_REQUIRED = (
    Complete.YES,
    Complete.NOT_YET_DUE,
    Complete.NO,
    Complete.NOT_REQUIRED,
)

# DESIGN section 7, line by line: facts, complete on the day?, what is open, in the rate?
TABLE = [
    # gone, or nothing asked
    ({"left": True}, NOT_REQUIRED, "left", False),
    ({"left": True, "due_on": on(-5)} | HELD, NOT_REQUIRED, "left", False),
    ({"required": False}, NOT_REQUIRED, "not_required", False),
    ({"required": False, "due_on": on(-5)}, NOT_REQUIRED, "not_required", False),
    ({"left": True, "required": False}, NOT_REQUIRED, "left", False),
    # away: beside the rate, out of it
    ({"away": True, "due_on": on(-5)}, NO, "away", False),
    ({"away": True, "away_until": on(9)} | HELD, YES, "away", False),
    ({"away": True, "due_on": on(9)}, NOT_YET, "away", False),
    # waived: nobody is trained by it, and who never was stays in the rate
    ({"waived_until": on(90), "due_on": on(-1)}, NO, "away", True),
    ({"waived_until": on(90), "due_on": on(0)}, NOT_YET, "away", False),
    ({"waived_until": on(90), "held": True, "expires_on": on(-1)}, NO, "away", False),
    ({"waived_until": on(90)} | HELD, YES, "away", False),
    ({"waived_until": on(0), "due_on": on(-1)}, NO, "away", True),
    ({"waived_until": on(-1), "due_on": on(-1)}, NO, "overdue", True),
    # waiting for help: never overdue
    ({"waiting_for_help": True, "due_on": on(-9)}, NO, "waiting_for_help", True),
    ({"waiting_for_help": True, "due_on": on(9)}, NOT_YET, "waiting_for_help", False),
    ({"waiting_for_help": True, "due_on": on(-9)} | HELD, YES, "waiting_for_help", True),
    ({"waiting_for_help": True, "away": True, "due_on": on(-9)}, NO, "away", False),
    # a first duty and its due day
    ({"due_on": on(31)}, NOT_YET, "assigned", False),
    ({"due_on": on(31), "begun": True}, NOT_YET, "in_progress", False),
    ({"due_on": on(30)}, NOT_YET, "due_soon", False),
    ({"due_on": on(30), "begun": True}, NOT_YET, "due_soon", False),
    ({"due_on": on(0)}, NOT_YET, "due_soon", False),
    ({"due_on": on(-1)}, NO, "overdue", True),
    ({"due_on": on(-1), "begun": True}, NO, "overdue", True),
    # its grace
    ({"due_on": on(-14), "grace_days": 14}, NOT_YET, "due_soon", False),
    ({"due_on": on(-15), "grace_days": 14}, NO, "overdue", True),
    # no row yet: a cycle that should be open by its dates counts as open
    ({"first_due_on": on(31)}, NOT_YET, "assigned", False),
    ({"first_due_on": on(3)}, NOT_YET, "due_soon", False),
    ({"first_due_on": on(-1)}, NO, "overdue", True),
    # a moved due day counts, not the first one
    ({"first_due_on": on(-40), "due_on": on(10)}, NOT_YET, "due_soon", False),
    # a completion holds
    (HELD, YES, "current", True),
    ({"held": True}, YES, "current", True),
    ({"held": True, "expires_on": on(0)}, YES, "current", True),
    ({"held": True, "expires_on": on(40), "due_on": on(40)}, YES, "current", True),
    ({"held": True, "expires_on": on(40), "due_on": on(40), "begun": True}, YES, "current", True),
    ({"held": True, "expires_on": on(30), "due_on": on(30)}, YES, "due_soon", True),
    ({"held": True, "due_on": on(31), "begun": True}, YES, "current", True),
    # a cycle opened by hand may be late while the completion holds: two answers, never one
    ({"due_on": on(-1)} | HELD, YES, "overdue", True),
    # in the grace of an expiry
    (
        {
            "held": True,
            "expires_on": on(-14),
            "held_grace_days": 14,
            "due_on": on(-14),
            "grace_days": 14,
        },
        YES,
        "due_soon",
        True,
    ),
    (
        {
            "held": True,
            "expires_on": on(-15),
            "held_grace_days": 14,
            "due_on": on(-15),
            "grace_days": 14,
        },
        NO,
        "overdue",
        True,
    ),
    # run out, whether or not a job has opened the renewal
    ({"held": True, "expires_on": on(-1), "due_on": on(-1)}, NO, "overdue", True),
    ({"held": True, "expires_on": on(-1)}, NO, "overdue", True),
    # run out while on leave, back now: due in 30 days, and the completion holds until then
    (
        {"held": True, "expires_on": on(-50), "due_on": on(30), "held_due_on": on(30)},
        YES,
        "due_soon",
        True,
    ),
    # started as new after running out: the first duty decides, and nothing is held
    ({"held": False, "due_on": on(40)}, NOT_YET, "assigned", False),
    # run out, and a far cycle opened by hand: not complete, and nothing says she holds
    ({"held": True, "expires_on": on(-9), "due_on": on(40)}, NO, "assigned", True),
    (
        {"held": True, "expires_on": on(-9), "due_on": on(40), "begun": True},
        NO,
        "in_progress",
        True,
    ),
]


@pytest.mark.parametrize(("given", "complete", "status", "counts"), TABLE)
def test_the_table_of_the_two_answers(
    given: dict[str, object], complete: Complete, status: str, *, counts: bool
) -> None:
    found = facts(**given)
    assert complete_on(found, TODAY) is complete
    assert status_on(found, TODAY).value == status
    assert in_rate(found, TODAY) is counts


def test_every_answer_stands_in_the_table() -> None:
    assert {row[1] for row in TABLE} == set(Complete)
    assert {row[2] for row in TABLE} == {status.value for status in Status}


def test_a_person_s_status_is_the_worst_of_her_courses() -> None:
    assert worst([Status.CURRENT, Status.DUE_SOON, Status.ASSIGNED]) is Status.DUE_SOON
    assert worst([Status.WAITING_FOR_HELP, Status.OVERDUE]) is Status.OVERDUE
    assert worst([Status.NOT_REQUIRED, Status.CURRENT]) is Status.CURRENT
    assert worst([]) is Status.NOT_REQUIRED


def test_the_order_of_urgency_is_the_design_s_and_names_every_status() -> None:
    assert [status.value for status in URGENCY[:6]] == [
        "overdue",
        "waiting_for_help",
        "due_soon",
        "in_progress",
        "assigned",
        "current",
    ]
    assert sorted(URGENCY) == sorted(Status)


def test_a_manager_hears_nothing_of_a_wish_for_help() -> None:
    assert as_managers_see(Status.WAITING_FOR_HELP) is Status.IN_PROGRESS
    assert all(
        as_managers_see(status) is status for status in Status if status != "waiting_for_help"
    )


OFFSETS = st.none() | st.integers(-400, 400).map(on)
FACTS = st.builds(
    CourseFacts,
    required=st.booleans(),
    left=st.booleans(),
    away=st.booleans(),
    waived_until=OFFSETS,
    waiting_for_help=st.booleans(),
    first_due_on=OFFSETS,
    due_on=OFFSETS,
    begun=st.booleans(),
    grace_days=st.integers(0, 60),
    held=st.booleans(),
    expires_on=OFFSETS,
    held_grace_days=st.integers(0, 60),
    held_due_on=OFFSETS,
)


@settings(max_examples=times(300, 5000))
@given(FACTS, st.integers(-60, 60))
def test_what_is_open_never_changes_whether_a_completion_holds(
    found: CourseFacts, after: int
) -> None:
    closed = replace(
        found, due_on=None, begun=False, waiting_for_help=False, away=False, waived_until=None
    )
    holds = complete_on(found, on(after)) is YES
    assert holds == (complete_on(closed, on(after)) is YES)


@settings(max_examples=times(300, 5000))
@given(FACTS, st.integers(-60, 60))
def test_whoever_is_overdue_for_the_first_time_is_not_complete(
    found: CourseFacts, after: int
) -> None:
    day = on(after)
    if status_on(found, day) is Status.OVERDUE and not found.held:
        assert complete_on(found, day) is NO
        assert in_rate(found, day)


@settings(max_examples=times(300, 5000))
@given(FACTS, st.integers(-60, 60))
def test_whether_the_job_has_opened_the_cycle_makes_no_difference(
    found: CourseFacts, after: int
) -> None:
    """The row that a job would write has the due day that follows from the dates."""
    day = on(after)
    bare = replace(found, due_on=None, held_due_on=None)
    ran_out = bare.held and complete_on(replace(bare, required=True, left=False), day) is NO
    opened = bare.expires_on if ran_out else None if bare.held else bare.first_due_on
    written = replace(bare, due_on=opened)
    assert status_on(bare, day) is status_on(written, day)
    assert complete_on(bare, day) is complete_on(written, day)


@settings(max_examples=times(300, 5000))
@given(FACTS, st.integers(-60, 60))
def test_a_waiver_makes_nobody_trained(found: CourseFacts, after: int) -> None:
    day = on(after)
    waived, asked = replace(found, waived_until=on(99)), replace(found, waived_until=None)
    assert complete_on(waived, day) is complete_on(asked, day)
    if not found.held:
        assert in_rate(waived, day) is in_rate(asked, day)
