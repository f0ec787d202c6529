"""The mails of a refresher, by the real job and a real mail server: each on its day alone."""

from datetime import UTC, date, datetime, time, timedelta

import pytest

from tests.boosting import complete
from tests.house import TestHouse
from tests.post_office import PostOffice
from training.jobs import Works

pytestmark = pytest.mark.either_database
DAY = timedelta(days=1)
COMPLETED, EXPIRES = date(2026, 11, 24), date(2027, 11, 24)


@pytest.fixture
def mails(house: TestHouse, works: Works, office: PostOffice) -> dict[int, str]:
    """The subject of each mail to Alice, by the days from the end of her year."""
    works.renew()
    complete(house, "alice", COMPLETED)
    for name in ("bob", "mona", "max", "zoe", "audrey", "adam"):  # so that no mail is theirs
        complete(house, name, COMPLETED)
    found: dict[int, str] = {}
    days = [*range(-64, -56), *range(-33, -27), *range(-9, -5), *range(-2, 4), *range(6, 9),
            *range(13, 17), 30]  # fmt: skip
    for days_from in days:
        house.clock.at = datetime.combine(EXPIRES + days_from * DAY, time(15), UTC)
        works.renew()
        works.remind()
        for letter in office.letters:
            if "alice@" in str(letter["To"]):
                assert days_from not in found
                found[days_from] = " ".join(str(letter["Subject"]).split())
        office.letters.clear()
    return found


def test_P24_P35_warnings_of_a_refresher_come_60_30_7_and_1_days_before_and_then_after(
    mails: dict[int, str],
) -> None:
    assert mails == {
        -60: "Training due Wednesday 24 November",
        -30: "Training due Wednesday 24 November: 30 days left",
        -7: "Training due Wednesday 24 November: one week left",
        -1: "Training due tomorrow",
        0: "Training due today",
        1: "Training was due Wednesday 24 November",
        7: "Training was due a week ago",
        14: "Training was due two weeks ago",
    }
