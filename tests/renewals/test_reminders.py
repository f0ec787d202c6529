"""Reminders over a real SMTP conversation: each that is due once, nobody who is done."""

import os
import signal
import subprocess
import sys
import time
from datetime import date, timedelta

import pytest
from sqlalchemy import text

from tests.effort import times
from tests.house import TestHouse
from tests.moves import leave
from tests.post_office import PostOffice
from tests.renewals.crew import open_crew
from training.accounts.days import everywhere
from training.assignments.models import Absence, Assignment, DueChange
from training.clock import Clock
from training.jobs import Works, run_due


@pytest.fixture
def seven_due(house: TestHouse, works: Works) -> int:
    """Everybody who still works here has a first training open: eight people."""
    works.renew()
    return house.count("assignment", "closed_at IS NULL")


def test_J01_ten_runs_send_each_reminder_once(
    works: Works, office: PostOffice, seven_due: int
) -> None:
    told = [works.remind().words() for _ in range(10)]

    assert len(office.letters) == seven_due == 8
    assert told[0] == "8 sent"
    assert set(told[1:]) == {"0 sent"}
    assert len(set(office.ids())) == 8


def test_J08_a_run_sends_so_many_and_the_next_ones_send_the_rest(
    works: Works, office: PostOffice, seven_due: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("training.renewals.pace.MOST_A_RUN", 3)
    told = [works.remind().words() for _ in range(4)]
    assert told[:2] == ["3 sent, 5 wait for the next run", "3 sent, 2 wait for the next run"]
    assert told[2:] == ["2 sent", "0 sent"]
    assert len(set(office.ids())) == len(office.letters) == seven_due


def test_the_reminder_names_the_day_and_leads_to_the_page_and_has_no_score(
    house: TestHouse, works: Works, office: PostOffice, seven_due: int
) -> None:
    works.remind()
    letter = next(m for m in office.letters if "alice" in str(m["To"]))
    body = str(letter.get_payload(decode=True), "utf-8")

    assert str(letter["From"]) == "training@clinic.example"
    assert letter["Auto-Submitted"] == "auto-generated"
    assert "http://byp.test/training/" in body
    with house.database.read() as session:
        due = session.query(Assignment).filter_by(user_id=house.id_of("alice")).one().due_on
    assert f"{due:%A} {due.day} {due:%B %Y}" in body
    assert not any(word in body.lower() for word in ("score", "failed", "attempt", "compliant"))


@pytest.mark.slow
def test_J02_eight_processes_send_one_mail_each(
    house: TestHouse, works: Works, office: PostOffice, seven_due: int
) -> None:
    with open_crew(house, office.url) as crew:
        assert crew.send_out(8, house.clock.now()).left == 0

    assert len(office.letters) == seven_due
    assert len(set(office.ids())) == seven_due
    assert house.count("notice", "state = 'sent'") == seven_due


def start_runner(house: TestHouse, office: PostOffice) -> "subprocess.Popen[bytes]":
    today = house.clock.now().date().isoformat()
    return subprocess.Popen(
        [sys.executable, "-m", "training.cli", "remind", "--today", today],
        env={
            **os.environ,
            "DATABASE_URL": house.database.url.render_as_string(hide_password=False),
            "BYP_DATA_DIR": str(house.settings.data_dir),
            "BYP_SMTP_URL": office.url,
            "BYP_MAIL_FROM": "training@clinic.example",
        },
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


def test_J03_a_runner_killed_after_the_yes_sends_once_more_and_flags_it(
    house: TestHouse, works: Works, office: PostOffice, seven_due: int
) -> None:
    """What a kill between acceptance and mark leaves: a claim that nobody finishes."""
    works.remind()
    with house.database.write() as session:
        session.execute(text("UPDATE notice SET state = 'sending' WHERE id = 1"))
    assert works.remind().words() == "0 sent"

    house.clock.at += timedelta(minutes=11)
    assert "1 sent" in works.remind(day=everywhere(date(2026, 11, 24))).words()

    doubles = [i for i in set(office.ids()) if office.ids().count(i) > 1]
    assert len(doubles) == 1
    assert house.count("notice", "detail = 'sent again after a crash'") == 1

    with house.database.write() as session:
        session.execute(text("UPDATE notice SET state = 'sending' WHERE id = 1"))
    house.clock.at += timedelta(minutes=11)
    works.remind(day=everywhere(date(2026, 11, 24)))
    assert house.count("notice", "state = 'unknown'") == 1
    assert len(office.letters) == seven_due + 1


@pytest.mark.slow
def test_J04_a_batch_killed_anywhere_is_finished_by_the_next_run(
    house: TestHouse, works: Works, office: PostOffice, seven_due: int
) -> None:
    office.hang_s = 0.2
    for _ in range(times(2, 6)):
        runner = start_runner(house, office)
        deadline = time.monotonic() + 20
        sent = len(office.letters)
        while len(office.letters) < sent + 2 and time.monotonic() < deadline:
            time.sleep(0.05)
            if runner.poll() is not None:
                break
        runner.send_signal(signal.SIGKILL)
        runner.communicate()
    office.hang_s = 0
    # the runners claimed by the machine's own clock, whatever year it shows
    house.clock.at = max(Clock().now(), house.clock.at) + timedelta(minutes=11)
    works.remind(day=everywhere(date(2026, 11, 24)))

    assert len(set(office.ids())) == seven_due
    doubled = len(office.letters) - seven_due
    assert doubled <= house.count("notice", "detail = 'sent again after a crash'")


def test_J05_after_nine_days_without_a_run_one_reminder_is_sent_not_five(
    house: TestHouse, works: Works, office: PostOffice, seven_due: int
) -> None:
    with house.database.write() as session:
        for cycle in session.query(Assignment.id).all():
            session.add(
                DueChange(
                    assignment_id=cycle.id,
                    due_on=date(2026, 12, 24),
                    reason="a test",
                    recorded_at=house.clock.now(),
                )
            )
    works.remind()
    office.letters.clear()
    house.clock.at += timedelta(days=29)
    works.remind()

    assert len(office.letters) == seven_due
    assert len({str(letter["To"]) for letter in office.letters}) == seven_due


def test_J06_no_server_loses_nothing_and_the_next_run_sends(
    house: TestHouse, works: Works, office: PostOffice, seven_due: int
) -> None:
    right, house.settings.smtp_url = house.settings.smtp_url, "smtp://127.0.0.1:9"
    away = works.remind()
    assert away.tally.server_away
    house.settings.smtp_url = right
    house.clock.at += timedelta(minutes=2)
    works.remind()

    assert len(office.letters) == seven_due


def test_J07_deferred_is_tried_again_and_refused_is_marked(
    house: TestHouse, works: Works, office: PostOffice, seven_due: int
) -> None:
    def answer(to: str, _n: int) -> str | None:
        if to.startswith("alice"):
            return "451 try later"
        return "550 no such mailbox" if to.startswith("bob") else None

    office.answer = answer
    told = works.remind()
    assert (told.tally.sent, told.tally.deferred, told.tally.refused) == (seven_due - 2, 1, 1)
    assert house.count("notice", "state = 'refused' AND detail = '550'") == 1

    assert works.remind().words() == "0 sent"
    office.answer = lambda _to, _n: None
    house.clock.at += timedelta(minutes=6)
    assert works.remind().words() == "1 sent"
    assert house.count("notice", "state = 'refused'") == 1


def test_J07_after_two_days_of_later_it_is_given_up_and_told(
    house: TestHouse, works: Works, office: PostOffice, seven_due: int
) -> None:
    office.answer = lambda to, _n: "451 later" if to.startswith("alice") else None
    works.remind()
    for _ in range(12):
        house.clock.at += timedelta(hours=7)
        works.remind()
    assert house.count("notice", "state = 'dropped' AND detail LIKE 'given up after 48 hours%'")


@pytest.mark.parametrize("how", ["finished", "left", "away"])
def test_J09_whoever_finished_left_or_is_away_between_due_and_sent_gets_none(
    house: TestHouse, works: Works, office: PostOffice, seven_due: int, how: str
) -> None:
    office.answer = lambda to, _n: "451 later" if to.startswith("alice") else None
    works.remind()
    office.answer = lambda _to, _n: None
    office.letters.clear()
    if how == "finished":
        house.train("alice")
    elif how == "left":
        leave(house, "alice")
    else:
        with house.database.write() as session:
            session.add(
                Absence(
                    user_id=house.id_of("alice"),
                    from_on=date(2026, 11, 1),
                    to_on=date(2027, 1, 1),
                    recorded_at=house.clock.now(),
                )
            )
    house.clock.at += timedelta(minutes=6)
    told = works.remind()

    assert not [to for to in office.to() if "alice" in to]
    assert told.tally.no_longer_due == 1


def test_J10_only_the_officer_reads_the_reminders_and_no_page_sends_one(house: TestHouse) -> None:
    for name, status in (("alice", 403), ("mona", 403), ("adam", 403), ("olga", 200)):
        assert house.signed_in(name).get("/program/reminders").status_code == status
    assert "POST" not in {
        verb
        for rule in house.app.url_map.iter_rules()
        if rule.endpoint == "program.reminders"
        for verb in rule.methods or ()
    }


@pytest.mark.parametrize("address", ["a\nBcc: all@x.example", "no-at-sign", "@", "a@b@c"])
def test_I04_J12_an_address_that_is_none_is_marked_and_the_others_go_out(
    house: TestHouse, works: Works, office: PostOffice, seven_due: int, address: str
) -> None:
    with house.database.write() as session:
        session.execute(
            text('UPDATE "user" SET email = :a WHERE external_id = :e'),
            {"a": address, "e": "E-alice"},
        )
    told = works.remind()

    assert told.tally.sent == seven_due - 1
    assert told.tally.refused == 1
    assert all("Bcc" not in letter for letter in office.letters)


@pytest.mark.parametrize("name", ["Eve\r\nBcc: x@y.example", "{{7*7}} {0} %s", "Ålice Ünïcode 李"])
def test_I04_I09_a_name_is_only_ever_a_name(
    house: TestHouse, works: Works, office: PostOffice, seven_due: int, name: str
) -> None:
    with house.database.write() as session:
        session.execute(
            text('UPDATE "user" SET display_name = :n WHERE external_id = :e'),
            {"n": name, "e": "E-alice"},
        )
    works.remind()

    mine = [m for m in office.letters if "alice@" in str(m["To"])]
    assert all("Bcc" not in letter for letter in office.letters)
    for letter in mine:
        assert "49" not in str(letter.get_payload(decode=True), "utf-8")


def test_the_hourly_work_runs_what_is_due_and_then_waits_an_hour(
    house: TestHouse, works: Works, office: PostOffice
) -> None:
    first = run_due(works)
    hourly = {"dates", "renew", "remind", "boost", "links", "nudges", "digest", "tidy"}
    assert set(first) == {*hourly, "measure"}
    assert first["renew"] == "8 first trainings opened"
    assert first["remind"] == "8 sent"

    house.clock.at += timedelta(minutes=5)
    assert set(run_due(works)) == {"dates", "links", "nudges"}
    house.clock.at += timedelta(hours=1)
    assert set(run_due(works)) == hourly


def test_a_job_that_breaks_is_told_and_the_others_go_on(
    house: TestHouse, works: Works, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_self: Works) -> None:
        raise ValueError("broken")

    monkeypatch.setattr(Works, "renew", broken)
    told = run_due(works)

    assert told["renew"] == "ValueError"
    assert "tidy" in told
    assert house.count("job_run", "name = 'renew' AND failure = 'ValueError'") == 1
