"""No hidden count can be derived: a reader who knows the rule tries every table there could be."""

import itertools
from collections import defaultdict

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.effort import times
from training.rules.small_groups import SMALLEST, ShownGroups, shown_groups

GROUPS = 4
LARGEST = times(10, 14)
NAMES = "abcdefgh"

SIZES = st.lists(st.integers(0, 40), max_size=8).map(lambda s: dict(zip(NAMES, s, strict=False)))


def published(sizes: dict[str, int]) -> tuple[object, ...]:
    """Return all that a reader sees: the whole, the groups shown with their sizes, the others."""
    found = shown_groups(sizes)
    return (sum(sizes.values()), found.others, *((name, sizes[name]) for name in found.names))


def test_no_hidden_count_can_be_derived_by_whoever_knows_the_rule() -> None:
    # all tables of so many groups that look alike from outside stand together
    alike: dict[tuple[object, ...], list[tuple[int, ...]]] = defaultdict(list)
    for table in itertools.product(range(LARGEST + 1), repeat=GROUPS):
        alike[published(dict(zip(NAMES, table, strict=False)))].append(table)
    for seen, tables in alike.items():
        names = {entry[0] for entry in seen[2:]}  # type: ignore[index] - pairs from here on
        for place, name in enumerate(NAMES[:GROUPS]):
            possible = {table[place] for table in tables}
            if name not in names and not _at_an_edge(seen, possible):
                assert len(possible) > 1, (seen, name, possible)


def _at_an_edge(seen: tuple[object, ...], possible: set[int]) -> bool:
    # nobody at all, or a whole so near the largest of this search that it leaves one table
    whole, others = seen[0], seen[1]
    assert isinstance(whole, int)
    assert isinstance(others, int)
    return possible == {0} or whole >= GROUPS * LARGEST - GROUPS


@given(SIZES)
def test_what_is_shown_has_five_or_more_and_so_have_the_others(sizes: dict[str, int]) -> None:
    found = shown_groups(sizes)
    assert all(sizes[name] >= SMALLEST for name in found.names)
    hidden = [name for name in sizes if sizes[name] and name not in found.names]
    assert found.others == sum(sizes[name] for name in hidden)
    if found.names:
        assert found.others == 0 or found.others >= SMALLEST
        assert len(hidden) != 1


@given(SIZES)
def test_only_what_must_be_hidden_is(sizes: dict[str, int]) -> None:
    if all(size >= SMALLEST for size in sizes.values()):
        assert shown_groups(sizes) == ShownGroups(tuple(sorted(sizes)), 0)


@given(SIZES, st.permutations(NAMES))
def test_the_order_of_the_groups_changes_nothing(sizes: dict[str, int], order: list[str]) -> None:
    turned = {name: sizes[name] for name in order if name in sizes}
    assert shown_groups(turned) == shown_groups(sizes)


@pytest.mark.parametrize(
    ("sizes", "shown", "others"),
    [
        ({"a": 12, "b": 9, "c": 7}, "abc", 0),
        ({"a": 12, "b": 9, "c": 4}, "a", 13),  # one hidden alone would be the rest
        ({"a": 9, "b": 9, "c": 4}, "", 22),  # which of two equals went would tell
        ({"a": 12, "b": 9, "c": 4, "d": 8}, "ab", 12),
        ({"a": 12, "b": 9, "c": 4, "d": 3}, "ab", 7),
        ({"a": 12, "b": 9, "c": 1, "d": 2, "e": 6}, "ab", 9),  # three together are still few
        ({"a": 12, "b": 9, "c": 4, "d": 4, "e": 7}, "ab", 15),  # eight can only be four and four
        ({"a": 12, "b": 0}, "a", 0),
        ({}, "", 0),
    ],
)
def test_by_example(sizes: dict[str, int], shown: str, others: int) -> None:
    assert shown_groups(sizes) == ShownGroups(tuple(shown), others)


def test_a_size_below_nought_is_refused() -> None:
    with pytest.raises(ValueError, match="fewer than no people"):
        shown_groups({"a": -1})
