"""B04: mail after the data was put back from a copy. Nobody hears the same twice."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from tests.boosting import WEEK, complete, on_day, turn
from tests.cast import TODAY
from tests.house import TestHouse
from tests.post_office import PostOffice
from tests.terminal import byp
from training.backups import copy_to, put_back
from training.jobs import Works, run_due
from training.program import acts
from training.renewals.models import Notice

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
DAY = timedelta(days=1)
MONDAY = datetime(2027, 1, 25, 13, 0, tzinfo=UTC)  # seven in the morning there
Restore = Callable[..., None]


@pytest.fixture
def copy(house: TestHouse, tmp_path: Path) -> Callable[[], Restore]:
    """Make a copy now; what is returned puts it back."""

    def made() -> Restore:
        file = tmp_path / "copy.sqlite3"
        copy_to(house.database, file)

        def restore(*, send_missed: bool = False) -> None:
            put_back(house.database, file, house.clock.now(), send_missed=send_missed)

        return restore

    return made


def mails(works: Works, office: PostOffice) -> list[str]:
    """Let the hourly work run; return the Message-IDs of what came in."""
    office.letters.clear()
    run_due(works, force=True)
    return [str(letter["Message-ID"]).split("@")[0].strip("<") for letter in office.letters]


def test_B04_reminders_that_went_out_since_the_copy_are_not_sent_again(
    house: TestHouse, works: Works, office: PostOffice, copy: Callable[[], Restore]
) -> None:
    works.renew()
    restore = copy()
    sent = mails(works, office)
    assert len(sent) == 8
    restore()
    assert mails(works, office) == []
    assert mails(works, office) == []
    with house.database.read() as session:
        rows = session.scalars(select(Notice)).all()
    assert {(row.state, row.detail) for row in rows} == {("dropped", "restored")}
    assert {row.message_id for row in rows} == set(sent)
    page = house.signed_in("olga").get("/program/reminders").text
    assert "left out: the data was put back from a copy" in page


def test_B04_the_next_reminder_goes_out_as_usual(
    house: TestHouse, works: Works, office: PostOffice, copy: Callable[[], Restore]
) -> None:
    cycle, due_on = house.open_cycle("alice"), TODAY + 20 * DAY
    by = acts.By(house.id_of("olga"), house.clock.now())
    with house.database.write() as session:
        acts.move_due_day(session, house.id_of("alice"), "onboarding", due_on, "a test", by=by)
    restore = copy()
    mails(works, office)
    restore()
    assert mails(works, office) == []
    on_day(house, due_on - 7 * DAY)
    hers = [name for name in mails(works, office) if name.startswith(f"due-{cycle}-")]
    assert hers == [f"due-{cycle}-due_7-{due_on:%Y%m%d}"]


def test_B04_a_refresher_that_opened_since_the_copy_is_not_told_of_again(
    house: TestHouse, works: Works, office: PostOffice, copy: Callable[[], Restore]
) -> None:
    complete(house, "bob")
    mails(works, office)
    restore = copy()
    house.clock.at += 330 * DAY
    first = mails(works, office)
    restore()
    assert set(mails(works, office)) & set(first) == set()
    assert house.count("assignment", "reason = 'renewal'") == 1


def test_B04_what_waited_in_the_copy_may_have_gone_out_meanwhile(
    house: TestHouse, works: Works, office: PostOffice, copy: Callable[[], Restore]
) -> None:
    works.renew()
    office.answer = lambda _to, _n: "451 later"
    assert mails(works, office) == []
    office.answer = lambda _to, _n: None
    restore = copy()
    house.clock.at += timedelta(hours=2)
    assert len(mails(works, office)) == 8
    restore()
    assert mails(works, office) == []
    assert house.count("notice", "state = 'due'") == 0


def test_B04_a_weekly_mail_goes_out_once_a_week(
    house: TestHouse, works: Works, office: PostOffice, copy: Callable[[], Restore]
) -> None:
    house.open_cycle("alice")
    house.clock.at = MONDAY - DAY
    mails(works, office)
    restore = copy()
    house.clock.at = MONDAY
    assert len([name for name in mails(works, office) if name.startswith("team-")]) == 2
    restore()
    assert [name for name in mails(works, office) if name.startswith("team-")] == []
    house.clock.at += WEEK
    assert len([name for name in mails(works, office) if name.startswith("team-")]) == 2


def test_B04_a_booster_goes_out_once(
    house: TestHouse, works: Works, office: PostOffice, copy: Callable[[], Restore]
) -> None:
    turn(house)
    complete(house, "bob")
    restore = copy()
    on_day(house, TODAY + WEEK)
    assert len([name for name in mails(works, office) if name.startswith("booster-")]) == 1
    restore()
    assert [name for name in mails(works, office) if name.startswith("booster-")] == []
    on_day(house, TODAY + 4 * WEEK)
    assert len([name for name in mails(works, office) if name.startswith("booster-")]) == 1


def test_whoever_knows_that_none_went_out_has_what_was_missed_sent(
    house: TestHouse, works: Works, office: PostOffice, copy: Callable[[], Restore]
) -> None:
    works.renew()
    restore = copy()
    restore(send_missed=True)
    assert len(mails(works, office)) == 8


def test_the_command_says_what_becomes_of_mails(house: TestHouse, tmp_path: Path) -> None:
    file = tmp_path / "copy.sqlite3"
    copy_to(house.database, file)
    house.database.dispose()
    assert "restore again with --send-missed" in byp(house, "restore", str(file)).stdout
    told = byp(house, "restore", str(file), "--send-missed").stdout
    assert "put in place" in told
    assert "--send-missed" not in told
