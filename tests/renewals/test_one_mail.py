"""One mail a person and morning: every reminder of hers that is due goes in it, each once."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from email.message import Message
from typing import Any

import pytest
from sqlalchemy import event, select, text

from tests.cast import NOW, TODAY, add_rule
from tests.house import TestHouse
from tests.moves import leave
from tests.post_office import PostOffice
from tests.terminal import byp
from training.accounts.days import everywhere, todays
from training.assignments.models import Absence, Assignment
from training.jobs import Works
from training.program import acts
from training.renewals import outbox
from training.renewals.models import Notice
from training.renewals.outbox import RESENT
from training.renewals.reminders import send_reminders
from training.renewals.undelivered import undelivered

DAY = timedelta(days=1)
ONE_DATABASE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def works(works: Works, house: TestHouse) -> Works:
    """Each of the eight who work here has two trainings open."""
    with house.database.write() as session:
        add_rule(session, code="second", course="long", days=40)
    works.renew()
    assert house.count("assignment", "closed_at IS NULL") == 16
    return works


def hers(office: PostOffice, name: str = "alice") -> list[Message]:
    return [letter for letter in office.letters if f"{name}@" in str(letter["To"])]


def body(letter: Message) -> str:
    return str(letter.get_payload(decode=True), "utf-8").replace("\r\n", "\n")


def subject(letter: Message) -> str:
    return " ".join(str(letter["Subject"]).split())


def rows(house: TestHouse, name: str = "alice") -> list[tuple[str, str, str, str]]:
    """Return course, state, detail and message id of each reminder to somebody."""
    query = (
        select(Assignment.course, Notice.state, Notice.detail, Notice.message_id)
        .join(Notice, Notice.assignment_id == Assignment.id)
        .where(Assignment.user_id == house.id_of(name))
        .order_by(Notice.id)
    )
    with house.database.read() as session:
        return [tuple(row) for row in session.execute(query)]  # type: ignore[misc]


def due_days(house: TestHouse, name: str = "alice") -> dict[str, date]:
    query = select(Assignment.course, Assignment.due_on)
    with house.database.read() as session:
        found = session.execute(query.where(Assignment.user_id == house.id_of(name)))
        return {course: due_on for course, due_on in found}  # noqa: C416


def move_due_day(house: TestHouse, course: str, due_on: date, name: str = "alice") -> None:
    with house.database.write() as session:
        by = acts.By(house.id_of("olga"), house.clock.now())
        acts.move_due_day(session, house.id_of(name), course, due_on, "a flood", by=by)


def finish(house: TestHouse, course: str, name: str = "alice") -> None:
    with house.database.write() as session:
        by = acts.By(house.id_of("olga"), house.clock.now())
        today = house.clock.now().date()
        acts.record_on_paper(session, house.id_of(name), course, today, "paper", by=by)


@pytest.mark.either_database
def test_P36_two_trainings_that_are_due_on_a_morning_are_one_mail_with_both(
    house: TestHouse, works: Works, office: PostOffice
) -> None:
    assert works.remind().words() == "8 sent with 16 reminders"
    assert works.remind().words() == "0 sent"
    assert Counter(office.to()).most_common(1)[0][1] == 1
    (letter,) = hers(office)
    days = due_days(house)
    first = min(days.values())
    assert (
        subject(letter) == f"2 trainings were due: the first on {first:%A} {first.day} {first:%B}"
    )
    for due_on in days.values():
        assert f"was due {due_on:%A} {due_on.day} {due_on:%B %Y}, and is late:" in body(letter)
    assert body(letter).count("http://byp.test/training/") == 2
    assert house.count("notice", "state = 'sent'") == 16
    lead, other = (row[3] for row in rows(house))
    assert str(letter["Message-ID"]).startswith(f"<{lead}@")
    assert other.startswith(f"{lead}+")


@pytest.mark.either_database
def test_P36_reminders_of_any_kind_go_together_and_who_has_one_gets_it_as_ever(
    house: TestHouse, works: Works, office: PostOffice
) -> None:
    works.remind()
    today = house.clock.now().date() + 7 * DAY
    move_due_day(house, "onboarding", today - DAY)
    move_due_day(house, "long", today)
    move_due_day(house, "onboarding", today + DAY, "bob")
    office.letters.clear()
    house.clock.at += 7 * DAY
    works.remind()
    (letter,) = hers(office)
    late = today - DAY
    assert subject(letter) == (
        f"1 training was due {late:%A} {late.day} {late:%B}, 1 more is due today"
    )
    assert "and is late:" in body(letter)
    (letter,) = hers(office, "bob")
    assert subject(letter) == "Training due tomorrow"
    assert body(letter).startswith('Hello Bob Brown,\n\nyour training "')


@pytest.mark.either_database
def test_a_mail_that_was_put_off_takes_in_what_has_come_due_since(
    house: TestHouse, works: Works, office: PostOffice
) -> None:
    finish(house, "long")
    office.answer = lambda to, _n: "451 later" if "alice" in to else None
    works.remind()
    office.answer = lambda _to, _n: None
    with house.database.write() as session:
        add_rule(session, code="third", course="refresher", days=50)
    works.renew()
    office.letters.clear()
    works.remind()  # before it is to be tried again: something new is due, and it goes along
    (letter,) = hers(office)
    assert body(letter).count("http://byp.test/training/") == 2
    assert [row[:3] for row in rows(house)] == [
        ("onboarding", "sent", "451"),
        ("refresher", "sent", ""),
    ]
    lead = rows(house)[1][3]  # what is new in it gives the name, or a mailbox might drop it
    assert str(letter["Message-ID"]).startswith(f"<{lead}@")
    assert rows(house)[0][3].startswith(f"{lead}+")
    house.clock.at += timedelta(hours=1)
    works.remind()
    assert len(hers(office)) == 1


@pytest.mark.either_database
@pytest.mark.parametrize("how", ["finished", "moved", "left", "away"])
def test_J09_what_is_no_longer_due_is_left_out_and_marked(
    house: TestHouse, works: Works, office: PostOffice, how: str
) -> None:
    office.answer = lambda to, _n: "451 later" if "alice" in to else None
    works.remind()
    office.answer = lambda _to, _n: None
    office.letters.clear()
    if how == "finished":
        finish(house, "onboarding")
    elif how == "moved":
        move_due_day(house, "onboarding", TODAY + 90 * DAY)
    elif how == "left":
        leave(house, "alice")
    else:
        with house.database.write() as session:
            session.add(Absence(user_id=house.id_of("alice"), from_on=TODAY, recorded_at=NOW))
    house.clock.at += timedelta(minutes=6)
    told = works.remind().tally
    if how in ("left", "away"):
        assert hers(office) == []
        assert told.no_longer_due == 2
        return
    (letter,) = hers(office)
    assert body(letter).startswith('Hello Alice Adams,\n\nyour training "')  # the mail of one
    assert told.no_longer_due == 1
    assert [row[:3] for row in rows(house)] == [
        ("onboarding", "dropped", "no longer due"),
        ("long", "sent", "451"),
    ]
    assert str(letter["Message-ID"]).startswith(f"<{rows(house)[1][3]}@")


def test_P36_a_refused_and_a_given_up_mail_is_one_for_all_its_rows(
    house: TestHouse, works: Works, office: PostOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    def answer(to: str, _n: int) -> str | None:
        return {"alice@clinic.example": "550 no", "bob@clinic.example": "451 later"}.get(to)

    monkeypatch.setattr(outbox, "FEWEST_TRIES", 2)
    office.answer = answer
    told = works.remind().tally
    assert (told.sent, told.reminders, told.refused, told.deferred) == (6, 12, 1, 1)
    assert [row[1:3] for row in rows(house)] == [("refused", "550")] * 2
    assert [row[1:3] for row in rows(house, "bob")] == [("due", "451")] * 2
    house.clock.at += timedelta(hours=49)
    assert works.remind().tally.dropped == 1
    assert {row[1] for row in rows(house, "bob")} == {"dropped"}
    with house.database.read() as session:
        found = undelivered(session, house.clock.now())
    assert (found.refused, found.given_up) == (1, 1)  # mails, not reminders


def crash(house: TestHouse, works: Works) -> None:
    """Leave what a runner leaves that is killed between the server's yes and the mark."""
    with house.database.write() as session:
        session.execute(
            text(
                "UPDATE notice SET state = 'sending' WHERE assignment_id IN "
                "(SELECT id FROM assignment WHERE user_id = :u)"
            ),
            {"u": house.id_of("alice")},
        )
    house.clock.at += timedelta(minutes=11)


def test_J03_after_a_crash_all_rows_of_a_mail_come_back_flagged_and_once_only(
    house: TestHouse, works: Works, office: PostOffice
) -> None:
    works.remind()
    crash(house, works)
    assert works.remind().words() == "1 sent with 2 reminders, 1 sent again after a crash"
    first, again = hers(office)
    assert body(first) == body(again)
    assert first["Message-ID"] == again["Message-ID"]  # a mailbox may tell that it is the same
    assert [row[1:3] for row in rows(house)] == [("sent", RESENT)] * 2
    crash(house, works)
    works.remind()
    assert len(hers(office)) == 2
    assert [row[1] for row in rows(house)] == ["unknown"] * 2
    with house.database.read() as session:
        assert undelivered(session, house.clock.now()).in_doubt == 1


def test_J03_what_goes_along_with_a_mail_that_may_have_arrived_makes_it_another_mail(
    house: TestHouse, works: Works, office: PostOffice
) -> None:
    """Under the old name a mailbox could take it for the first one, and show neither."""
    works.remind()
    with house.database.write() as session:
        add_rule(session, code="third", course="refresher", days=50)
    works.renew()
    crash(house, works)
    works.remind()
    first, again = hers(office)
    assert first["Message-ID"] != again["Message-ID"]
    assert body(again).count("http://byp.test/training/") == 3
    assert [row[2] for row in rows(house)] == [RESENT, RESENT, ""]
    crash(house, works)
    works.remind()
    assert [row[1] for row in rows(house)] == ["unknown", "unknown", "sent"]
    assert body(hers(office)[2]).count("http://byp.test/training/") == 1


@pytest.mark.parametrize("again", [False, True])
def test_J02_runners_at_once_send_one_mail_each_with_all_in_it(
    house: TestHouse, works: Works, office: PostOffice, again: bool
) -> None:
    if again:
        office.answer = lambda _to, _n: "451 later"
        works.remind()
        house.clock.at += timedelta(hours=1)
    now = house.clock.now()
    with house.database.read() as session:
        today = todays(session, now)

    class Keeps:
        def __init__(self) -> None:
            self.sent: list[tuple[str, int]] = []

        def send(self, letter: Any, _now: object) -> None:
            self.sent.append((letter.to_address, letter.body.count("/training/")))

        def close(self) -> None:
            """Nothing is open."""

    def run(_n: int) -> list[tuple[str, int]]:
        mailer = Keeps()
        send_reminders(house.database, mailer, now=now, today=today, base_url="http://byp.test")
        return mailer.sent

    with ThreadPoolExecutor(8) as pool:
        sent = [one for found in pool.map(run, range(8)) for one in found]
    assert len(sent) == len(set(sent)) == 8
    assert {links for _to, links in sent} == {2}


@ONE_DATABASE
def test_P36_it_counts_as_one_mail_of_its_domain_s_pace(
    house: TestHouse, works: Works, office: PostOffice
) -> None:
    house.settings.mail_pace = 3
    assert works.remind().words() == "3 sent with 6 reminders, 5 wait for the next run"
    assert house.count("mail_pace", "taken = 3") == 1
    assert house.count("notice") == 6  # whoever found no turn has nothing claimed


@ONE_DATABASE
def test_who_waits_for_a_turn_with_old_and_new_waits_once_and_loses_nothing(
    house: TestHouse, works: Works, office: PostOffice
) -> None:
    late = ("alice", "bob")
    office.answer = lambda to, _n: "451 later" if to.startswith(late) else None
    works.remind()
    office.answer = lambda _to, _n: None
    with house.database.write() as session:
        add_rule(session, code="third", course="refresher", days=50)
    works.renew()
    finish(house, "onboarding", "bob")
    house.settings.mail_pace = 1
    house.clock.at += timedelta(hours=1)
    before = rows(house, "bob")
    told = works.remind()
    assert told.words() == "1 sent with 3 reminders, 7 wait for the next run"
    assert rows(house, "bob") == before  # nothing is claimed, and nothing marked as over
    house.clock.at += timedelta(minutes=5)
    assert works.remind().words().startswith("1 sent with 2 reminders, 1 no longer due")
    assert body(hers(office, "bob")[0]).count("http://byp.test/training/") == 2


def statements(house: TestHouse, act: Callable[[], object]) -> list[str]:
    told: list[str] = []
    listen = lambda *sent: told.append(sent[2])  # noqa: E731
    engines = {house.database.reader, house.database.writer}
    for engine in engines:
        event.listen(engine, "before_cursor_execute", listen)
    act()
    for engine in engines:
        event.remove(engine, "before_cursor_execute", listen)
    return told


@pytest.mark.parametrize("again", [False, True])
def test_P36_more_trainings_of_a_person_are_no_more_statements(
    house: TestHouse, works: Works, office: PostOffice, again: bool
) -> None:
    def put_off() -> None:
        if again:
            office.answer = lambda _to, _n: "451 later"
            works.remind()
            office.answer = lambda _to, _n: None
            house.clock.at += timedelta(hours=1)

    works.remind()  # titles are read
    house.clock.at += 3 * DAY
    for course in ("onboarding", "long"):
        finish(house, course)
    counts = []
    for codes in (("a",), ("b", "c", "d")):
        with house.database.write() as session:
            for code in codes:
                add_rule(session, code=code, course=f"course-{code}")
        works.renew()
        put_off()
        counts.append(len(statements(house, works.remind)))
        office.letters.clear()
    assert counts[0] == counts[1]


# --- what the officer, the terminal and the manager are told ----------------------------------


def page(house: TestHouse, path: str) -> str:
    return " ".join(house.signed_in("olga").get(path).get_data(as_text=True).split())


@ONE_DATABASE
def test_P36_the_pages_say_what_goes_and_went_in_one_mail(
    house: TestHouse, works: Works, office: PostOffice
) -> None:
    told = page(house, "/program/reminders")
    assert "<strong>Alice Adams</strong>: training opened (2 trainings), in one mail" in told
    assert told.count("<strong>Alice Adams</strong>") == 1
    path = f"/program/people/{house.id_of('alice')}"
    assert "What is due now goes out in one mail." in page(house, path)
    office.answer = lambda to, _n: "451 later" if "alice" in to else None
    works.remind()
    assert page(house, path).count("training opened, in one mail with 1 more") == 2
    assert page(house, path).count("put off by the mail server, to be tried again") == 2
    finish(house, "onboarding")
    office.answer = lambda _to, _n: None
    house.clock.at += timedelta(hours=1)
    works.remind()
    told = page(house, path)
    assert "in one mail with" not in told
    assert told.count("not sent: no longer due when its turn came") == 1
    assert "What is due now" not in told


@ONE_DATABASE
def test_P36_a_dry_run_lists_each_reminder_and_counts_mails(house: TestHouse, works: Works) -> None:
    told = byp(house, "remind", "--today", TODAY.isoformat(), "--dry-run").stdout.splitlines()
    assert len(told) == 17
    assert told[-1] == "would do: 8 would be sent with 16 reminders"
    assert works.remind(day=everywhere(TODAY)).words() == "8 sent with 16 reminders"


@ONE_DATABASE
def test_P36_one_tap_on_somebody_late_with_two_is_one_mail_with_both(
    house: TestHouse, works: Works, office: PostOffice
) -> None:
    house.clock.at += 60 * DAY
    house.post(house.signed_in("mona"), "/team/nudge")
    assert works.send_nudges() == "2 sent"
    (letter,) = hers(office)
    first = min(due_days(house).values())
    assert subject(letter) == (
        "A nudge from your manager: 2 trainings were due, the first on "
        f"{first:%A} {first.day} {first:%B %Y}"
    )
    assert body(letter).count("and is late:") == 2
    assert works.remind().words() == "6 sent with 12 reminders"
    assert len(hers(office)) == 1
