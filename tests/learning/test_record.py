"""A learner's own record: each certificate, and one answer to when the next refresher is due."""

from dataclasses import replace

import pytest

from tests.house import TestHouse
from training.learning import completions, shown

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def test_only_the_newest_says_when_the_next_refresher_is_due(house: TestHouse) -> None:
    """An older one would say a day that is past, beside the one that counts."""
    house.train("alice")
    with house.database.read() as session:
        (newest,) = completions.records_of(session, house.id_of("alice"))
    with house.app.test_request_context():
        assert shown.record(newest)["next_refresher_on"] == newest.expires_on is not None
        assert shown.record(replace(newest, replaced=True))["next_refresher_on"] is None
