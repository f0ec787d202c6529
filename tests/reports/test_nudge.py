"""One tap: a mail to each who is late, once a week, and the page says what was done."""

import re
from datetime import UTC, date, datetime, timedelta
from email.message import Message

import pytest
from sqlalchemy import select, text

from tests.cast import NOW
from tests.house import TestHouse
from tests.moves import leave, move
from tests.post_office import PostOffice
from training.assignments.models import Absence, Assignment
from training.jobs import Works
from training.pages import short_day
from training.renewals import nudges
from training.rules.nudges import NUDGE

pytestmark = pytest.mark.either_database

MONDAY = datetime(2026, 11, 30, 15, 0, tzinfo=UTC)


@pytest.fixture
def works(works: Works, house: TestHouse) -> Works:
    """Everybody's first training is open and long overdue."""
    house.open_cycle("alice")
    house.clock.at = MONDAY + timedelta(days=56)
    return works


def tap(house: TestHouse, who: str = "mona", **fields: str) -> str:
    client = house.signed_in(who)
    assert house.post(client, "/team/nudge", **fields).status_code == 303
    return client.get("/team").get_data(as_text=True)


def subject(letter: Message) -> str:
    """Return the subject unfolded."""
    return " ".join(str(letter["Subject"]).split())


def body(letter: Message) -> str:
    return str(letter.get_payload(decode=True), "utf-8")


def test_J10_one_tap_mails_each_who_is_late_through_the_ledger(
    house: TestHouse, works: Works, office: PostOffice
) -> None:
    page = tap(house)
    assert "2 nudged." in page
    assert works.send_nudges() == "2 sent"
    assert works.send_nudges() == "0 sent"

    assert [to for to in office.to() if "alice" in to or "bob" in to] == office.to()
    assert {subject(m) for m in office.letters} == {
        "A nudge from your manager: training was due Wednesday 14 February 2024"
    }
    told = body(office.letters[0])
    assert "http://byp.test/training/" in told
    assert not any(w in told.lower() for w in ("score", "attempt", "tries", "reason", "fail"))
    assert house.count("notice", f"kind = '{NUDGE}' AND state = 'sent'") == 2
    assert house.count("audit_event", "name = 'team.nudged'") == 1


def test_nobody_is_nudged_twice_within_seven_days(house: TestHouse, works: Works) -> None:
    assert "2 nudged." in tap(house)
    house.clock.at += timedelta(hours=1)
    assert ">2 were nudged today already." in tap(house)
    house.clock.at += timedelta(days=6)
    page = tap(house)
    assert ">2 were nudged on Monday already." in page
    assert "Nudge all" not in page
    house.clock.at += timedelta(days=1)
    assert "2 nudged." in tap(house)
    assert house.count("notice", f"kind = '{NUDGE}'") == 4


def test_the_limit_is_the_persons_not_the_managers(house: TestHouse, works: Works) -> None:
    tap(house)
    move(house, "alice", manager="max")
    told = tap(house, "max")
    assert "1 nudged; 1 was nudged today already." in told  # Zoe; and Alice, whom Mona nudged


def test_J15_nudged_people_are_not_also_reminded_that_day(
    house: TestHouse, works: Works, office: PostOffice
) -> None:
    tap(house)
    works.send_nudges()
    office.letters.clear()
    works.remind()
    assert office.letters
    assert not [to for to in office.to() if "alice" in to or "bob" in to]

    house.clock.at += timedelta(days=1)
    works.remind()
    assert len([to for to in office.to() if "alice" in to or "bob" in to]) == 2


def test_a_deferred_reminder_gives_way_to_a_nudge_of_the_same_day(
    house: TestHouse, works: Works, office: PostOffice
) -> None:
    office.answer = lambda to, _n: "451 later" if "alice" in to else None
    works.remind()
    office.answer = lambda _to, _n: None
    tap(house)
    house.clock.at += timedelta(minutes=6)
    office.letters.clear()
    works.remind()
    mine = [m for m in office.letters if "alice" in str(m["To"])]
    assert [subject(m)[:7] for m in mine] == ["A nudge"]


@pytest.mark.parametrize("how", ["finished", "left", "away"])
def test_J09_whoever_finished_left_or_is_away_before_it_is_sent_gets_none(
    house: TestHouse, works: Works, office: PostOffice, how: str
) -> None:
    tap(house)
    if how == "finished":
        house.train("alice")
    elif how == "left":
        leave(house, "alice")
    else:
        with house.database.write() as session:
            session.add(
                Absence(user_id=house.id_of("alice"), from_on=date(2027, 1, 1), recorded_at=NOW)
            )
    assert works.send_nudges() == "1 sent, 1 no longer due"
    assert [to for to in office.to() if "alice" in to] == []


def test_who_has_no_mailbox_or_a_refused_one_is_told_on_the_page(
    house: TestHouse, works: Works, office: PostOffice
) -> None:
    with house.database.write() as session:
        session.execute(text("UPDATE \"user\" SET email = NULL WHERE external_id = 'E-alice'"))
    office.answer = lambda _to, _n: "550 no such mailbox"
    assert "1 nudged; 1 has no work mail that works: tell them." in tap(house)
    works.send_nudges()
    assert ">2 have no work mail that works: tell them." in tap(house)


def test_a_filter_nudges_exactly_whom_the_screen_shows(house: TestHouse, works: Works) -> None:
    assert "1 nudged." in tap(house, q="alice")
    with house.database.read() as session:
        rows = session.execute(
            text(
                "SELECT user_id FROM assignment JOIN notice ON assignment_id = assignment.id "
                "WHERE notice.kind = 'nudge'"
            )
        ).scalars()
        assert list(rows) == [house.id_of("alice")]


def test_without_mail_nothing_is_promised(house: TestHouse, works: Works) -> None:
    house.settings.smtp_url = ""
    page = tap(house)
    assert "No mail is set up here" in page
    assert house.count("notice") == 0
    assert not re.search(r"<button[^>]*>\s*Nudge", page)


def test_two_managers_who_tap_together_send_one_mail(house: TestHouse, works: Works) -> None:
    """The second reads what the first wrote: under the turn, and by the ledger's constraint."""
    late = [nudges.Late(house.id_of("alice"), "onboarding", house.clock.now().date())]
    with house.database.write() as session:
        assert nudges.nudge(session, late, house.clock.now()).nudged == 1
    with house.database.write() as session:
        assert nudges.nudge(session, late, house.clock.now()).nudged == 0
    assert house.count("notice", f"kind = '{NUDGE}'") == 1


def test_the_officer_reads_a_nudge_in_the_ledger(house: TestHouse, works: Works) -> None:
    """With the due day of what it was about, not with the day of the nudge."""
    with house.database.read() as session:
        days = set(session.scalars(select(Assignment.due_on)))
    tap(house)
    page = house.signed_in("olga").get("/program/reminders").get_data(as_text=True)
    rows = re.findall(r"nudged by the manager.*?Due day\">\s*<span>(.*?)</span>", page, re.DOTALL)
    assert rows
    assert set(rows) <= {short_day(day) for day in days}
