"""Which groups may be shown, so that nobody reads one colleague's answers off a table.

A group under five is hidden. Where the whole is known, a hidden count could still be had by
subtraction, or by knowing this very rule; then the next larger one is hidden besides. A test
plays a reader who knows the rule and tries every table.
"""

from collections.abc import Mapping
from dataclasses import dataclass

SMALLEST = 5
"""How many people a group needs to be shown (DESIGN section 8)."""


@dataclass(frozen=True, slots=True)
class ShownGroups:
    """The groups that may be shown, by name; `others`: how many people the hidden ones have."""

    names: tuple[str, ...]
    others: int


def shown_groups(sizes: Mapping[str, int]) -> ShownGroups:
    """Return which groups may be shown, given how many people each has.

    Raises ValueError for a size below nought.
    """
    if any(size < 0 for size in sizes.values()):
        raise ValueError("a group cannot have fewer than no people")
    ordered = sorted((name for name in sizes if sizes[name]), key=lambda n: (sizes[n], n))
    hidden = sum(sizes[name] < SMALLEST for name in ordered)
    while hidden < len(ordered) and _derivable([sizes[name] for name in ordered[:hidden]]):
        # equals go together: which of them went first would tell
        hidden = sum(sizes[name] <= sizes[ordered[hidden]] for name in ordered)
    others = sum(sizes[name] for name in ordered[:hidden])
    return ShownGroups(tuple(sorted(ordered[hidden:])), others)


def _derivable(hidden: list[int]) -> bool:
    """Tell whether the hidden sizes could be had from their sum.

    Under five together they are a small group again (so is one alone, which is the rest); and all
    of them at the most that a hidden group can have leave no other table.
    """
    whole = sum(hidden)
    return whole > 0 and (whole < SMALLEST or whole == (SMALLEST - 1) * len(hidden))
