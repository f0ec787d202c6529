"""What is left after 1, 4 and 12 weeks is shown by role, and never what a colleague chose."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quizzes import wilson
from training.program.booster_views import sentence
from training.reports.retained import TOGETHER, Counted, Left, by_week, left_of

ROLES = ("any", "clinical", "front-desk", "manager")


def counts(week: int = 1, objective: str = "M6.3", **sizes: tuple[int, int]) -> list[Counted]:
    return [
        Counted("deleted", objective, week, role.replace("_", "-"), of, best)
        for role, (best, of) in sizes.items()
    ]


def one(found: list[Left]) -> Left:
    (left,) = found
    return left


def test_each_role_has_its_share_with_its_interval() -> None:
    left = one(left_of(counts(clinical=(7, 10)) + counts(4, clinical=(4, 8))))
    first, then = left.shares["clinical", 1], left.shares["clinical", 4]
    assert (first.words, first.people) == ("70%", 10)
    assert (first.low, first.high) == (wilson(7, 10).low, wilson(7, 10).high)
    assert (then.words, then.people) == ("50%", 8)
    assert left.groups == ["clinical"]
    assert left.hidden == 0


def test_a_group_under_five_is_hidden_and_takes_another_with_it() -> None:
    left = one(left_of(counts(any=(3, 9), clinical=(6, 12), manager=(2, 3))))
    assert set(left.shares) == {("clinical", 1)}
    assert left.hidden == 12


def test_all_roles_together_are_told_only_where_none_can_be_told_alone() -> None:
    left = one(left_of(counts(any=(1, 3), clinical=(2, 4))))
    assert set(left.shares) == {(TOGETHER, 1)}
    assert left.shares[TOGETHER, 1].people == 7
    assert one(left_of(counts(any=(1, 2), clinical=(1, 2)))).shares == {}
    mixed = one(left_of(counts(any=(3, 9), clinical=(2, 4), manager=(3, 12))))
    assert mixed.groups == ["manager"]


GROUP = st.integers(0, 30).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


@given(st.dictionaries(st.sampled_from(ROLES), GROUP, min_size=1))
def test_no_table_has_a_whole_to_subtract_from(sizes: dict[str, tuple[int, int]]) -> None:
    rows = [Counted("m", "o", 1, role, of, best) for role, (best, of) in sizes.items() if of]
    for left in left_of(rows):
        together = (TOGETHER, 1) in left.shares
        assert not together or len(left.shares) == 1
        for share in left.shares.values():
            assert share.people >= 5
            alike = share.best <= 1 or share.best >= share.people - 1
            assert share.is_number is not alike
        hidden = [of for role, (_b, of) in sizes.items() if of and (role, 1) not in left.shares]
        if hidden and not together:
            assert sum(hidden) == left.hidden


@given(st.integers(0, 6), st.integers(0, 6))
def test_the_sentence_tells_nothing_of_what_is_said_in_words(one_: int, other: int) -> None:
    """Nobody and one, or all and all but one, read the same: in the cell and in the sentence."""
    ends = [(0, 1), (5, 6)]
    shown = counts(clinical=(3, 6))
    for low, high in ends:
        several = {sentence(left_of(shown + counts(any=(n, 6)))) for n in (low, high)}
        assert len(several) == 1
    found = left_of(shown + counts(any=(one_, 6), manager=(other, 6)))
    numbers = [s for s in found[0].shares.values() if s.is_number]
    assert by_week(found) == {1: (sum(s.best for s in numbers), 6 * len(numbers))}


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        ([], "Nothing can be told yet"),
        (counts(clinical=(2, 4)), "Nothing can be told yet"),
        (
            counts(clinical=(7, 10)),
            "Below, the best choice was the first choice of 70% after 1 week.",
        ),
        (
            counts(clinical=(8, 10)) + counts(4, clinical=(7, 10)) + counts(12, clinical=(5, 10)),
            "Below, the best choice was the first choice of 80% after 1 week, 70% after 4",
        ),
    ],
)
def test_the_table_in_one_sentence(rows: list[Counted], told: str) -> None:
    assert sentence(left_of(rows)).startswith(told)
