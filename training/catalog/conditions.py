"""The tiny language of `if`: `name op value`, joined by `and`. Nothing is ever evaluated."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache

TERM = re.compile(r"^([a-z][a-z0-9_-]*) (==|!=|>=|<=|>|<) ([a-z0-9-]+)$")
OPERATORS: Mapping[str, Callable[[int, int], bool]] = {
    "==": lambda a, b: a == b,
    "!=": lambda a, b: a != b,
    ">=": lambda a, b: a >= b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    "<": lambda a, b: a < b,
}


class BadCondition(ValueError):
    """A condition is not `name op value`, joined by `and`."""


@dataclass(frozen=True, slots=True)
class Term:
    """One comparison."""

    name: str
    operator: str
    value: str


@lru_cache(maxsize=1024)
def terms_of(condition: str) -> tuple[Term, ...]:
    """Return the comparisons of a condition. Raises BadCondition."""
    found = []
    for part in condition.split(" and "):
        match = TERM.match(part.strip())
        if match is None:
            raise BadCondition(part.strip())
        found.append(Term(*match.groups()))
    return tuple(found)


def holds(condition: str | None, values: Mapping[str, int | str]) -> bool:
    """Tell whether a condition holds; no condition always does, an unset name never does."""
    if condition is None:
        return True
    return all(_true(term, values.get(term.name)) for term in terms_of(condition))


def _true(term: Term, value: int | str | None) -> bool:
    if isinstance(value, int) and term.value.lstrip("-").isdecimal():
        return OPERATORS[term.operator](value, int(term.value))
    if isinstance(value, str) and term.operator in {"==", "!="}:
        return (value == term.value) is (term.operator == "==")
    return False
