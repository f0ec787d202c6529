"""What takes a staff list in a test, and looks that taking it twice is taking it once."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from tests.cast import NOW, TODAY
from tests.house import TestHouse
from tests.program.lists import Take
from training.program.roster import Options, Plan, apply, plan


@pytest.fixture
def take(house: TestHouse) -> Take:
    """Return what takes a list so many days from today, and looks that twice is once."""

    def taken(data: bytes, *, days: int = 0, **asked: Any) -> Plan:
        today = TODAY + timedelta(days=days)
        options = replace(Options(source="school", today=today), **asked)
        with house.database.write() as session:
            found = plan(session, data, "staff.csv", options)
            apply(session, found, by=None, now=NOW + timedelta(days=days))
        with house.database.read() as session:
            again = plan(session, data, "staff.csv", options)
        assert again.changes == []
        return found

    return taken
