"""Since when a course is asked of somebody: the first version that takes her in, without a gap."""

from dataclasses import dataclass, replace
from datetime import date

import pytest

from training.renewals.asked import Version, in_force
from training.rules.renewal import RenewalPolicy


@dataclass(frozen=True)
class Somebody:
    worker_type: str = "employee"
    site: str = "Harbor"
    department: str = "Lab"
    state: str = "NY"
    phi_access_on: date | None = None
    entity_id: int = 1


FIRST = Version(
    id=1,
    code="r",
    course="onboarding",
    days=30,
    anchor="hire",
    audience={},
    renewal=RenewalPolicy(validity_months=12),
    from_on=date(2024, 1, 1),
    to_on=date(2025, 12, 31),
)
NOW = replace(FIRST, id=2, from_on=date(2026, 1, 1), to_on=None)
ELSEWHERE = {"sites": ["Main Street"]}
ACCESS = replace(FIRST, anchor="access")
LATER = date(2025, 6, 1)

CASES = [
    # the versions before, who, since when it is asked of her
    ((FIRST,), Somebody(), FIRST.from_on),
    ((), Somebody(), NOW.from_on),
    ((replace(FIRST, audience=ELSEWHERE),), Somebody(), NOW.from_on),
    ((replace(FIRST, audience={"states": ["NY"]}),), Somebody(), FIRST.from_on),
    ((replace(FIRST, audience={"states": []}),), Somebody(), FIRST.from_on),
    ((replace(FIRST, code="another"),), Somebody(), FIRST.from_on),
    ((replace(FIRST, course="long"),), Somebody(), NOW.from_on),
    ((replace(FIRST, to_on=date(2025, 12, 30)),), Somebody(), NOW.from_on),  # a gap of a day
    ((ACCESS,), Somebody(), NOW.from_on),
    ((ACCESS,), Somebody(phi_access_on=date(2023, 5, 1)), FIRST.from_on),
    ((ACCESS,), Somebody(phi_access_on=LATER), LATER),
    ((ACCESS,), Somebody(phi_access_on=date(2026, 2, 1)), NOW.from_on),
    (
        (replace(FIRST, to_on=LATER), replace(ACCESS, id=3, from_on=date(2025, 6, 2))),
        Somebody(),
        NOW.from_on,
    ),
    (
        (replace(FIRST, to_on=LATER), replace(FIRST, id=3, from_on=date(2025, 6, 2))),
        Somebody(),
        FIRST.from_on,
    ),
]


@pytest.mark.parametrize(("before", "person", "since"), CASES)
def test_since_when_it_is_asked(before: tuple[Version, ...], person: Somebody, since: date) -> None:
    (rule,) = in_force((*before, NOW), date(2026, 3, 1))
    assert rule.first_asked_on(person) == since


def test_rules_keep_their_order_when_one_of_them_changes() -> None:
    other = replace(NOW, id=9, code="s")
    assert [rule.code for rule in in_force((FIRST, NOW, other), date(2026, 3, 1))] == ["r", "s"]
    assert in_force((FIRST,), date(2026, 3, 1)) == ()
