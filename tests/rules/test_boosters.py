"""When a booster is due, when it rests, and which situation it is."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from training.rules.boosters import Candidate, Sent, choose, rests, week_due

DONE = date(2026, 11, 24)
DAY = timedelta(days=1)


def test_it_is_due_at_1_4_and_12_weeks_and_so_many_days_after() -> None:
    due = {n: week for n in range(120) if (week := week_due(DONE, DONE + n * DAY, ()))}
    expected = {7 * week + late: week for week in (1, 4, 12) for late in range(7)}
    assert due == expected


@given(st.sets(st.integers(0, 120), min_size=1))
def test_on_whatever_days_the_job_runs_each_week_comes_once_at_most(days: set[int]) -> None:
    sent: list[int] = []
    for n in sorted(days):
        week = week_due(DONE, DONE + n * DAY, sent)
        if week:
            sent.append(week)
    assert sent == sorted(set(sent))


def out(*opened: bool, last: date = DONE) -> list[Sent]:
    """Return boosters a month apart, the last one on a day."""
    first = len(opened) - 1
    return [Sent(last - (first - n) * 28 * DAY, ("m", str(n)), o) for n, o in enumerate(opened)]


@pytest.mark.parametrize(
    ("opened", "expected"),
    [
        ((), False),
        ((False, False), False),
        ((False, False, False), True),
        ((True, False, False, False), True),
        ((False, False, True), False),
        ((False, True, False, False), False),
        ((False, False, False, True), False),
    ],
)
def test_three_in_a_row_unopened_stop_them(opened: tuple[bool, ...], expected: bool) -> None:
    assert rests(out(*opened), DONE, DONE + 30 * DAY) is expected


def test_a_training_completed_after_the_third_begins_anew() -> None:
    three = out(False, False, False)
    assert rests(three, DONE, DONE + 30 * DAY)
    assert not rests(three, DONE + DAY, DONE + 30 * DAY)


def test_nobody_gets_two_within_a_week() -> None:
    assert rests(out(True), DONE, DONE + 6 * DAY)
    assert not rests(out(True), DONE, DONE + 7 * DAY)


PLAIN = Candidate("a", "plain", "A1", must_pass=False)
WEAK = Candidate("b", "weak", "B1", must_pass=False)
MUST = Candidate("c", "must", "C1", must_pass=True)
ALL = [PLAIN, WEAK, MUST]
KEPT = {("b", "B1"): 0.4, ("a", "A1"): 0.9, ("c", "C1"): 0.95}


def test_must_pass_first_then_what_the_role_forgets_then_the_course_s_order() -> None:
    sent: list[tuple[str, str]] = []
    for _ in range(3):
        chosen = choose(ALL, sent, KEPT)
        assert chosen is not None
        sent.append(chosen.situation)
    assert sent == [MUST.situation, WEAK.situation, PLAIN.situation]
    assert choose([PLAIN, WEAK], [], {}) is PLAIN


def test_the_one_before_never_comes_again_and_the_longest_ago_comes_first() -> None:
    assert choose(ALL, [("a", "plain"), ("b", "weak"), ("c", "must")], KEPT) is PLAIN
    assert choose([MUST], [("c", "must")], KEPT) is None
    assert choose([], [], KEPT) is None


def test_the_situations_of_one_objective_take_turns_from_person_to_person() -> None:
    other = Candidate("c", "other", "C1", must_pass=True)
    able = [PLAIN, MUST, WEAK, other]
    firsts = [choose(able, [], KEPT, turn) for turn in range(4)]
    assert firsts == [MUST, other, MUST, other]
    seconds = [choose(able, [f.situation], KEPT, n) for n, f in enumerate(firsts) if f]
    assert seconds == [other, MUST, other, MUST]


@given(st.permutations([c.situation for c in ALL]), st.floats(0, 1))
def test_the_same_values_give_the_same_situation(sent: list[tuple[str, str]], share: float) -> None:
    kept = {("a", "A1"): share}
    assert choose(ALL, sent, kept) == choose(list(ALL), tuple(sent), dict(kept))
    assert choose(ALL, sent, kept).situation != sent[-1]  # type: ignore[union-attr]  # three are there
