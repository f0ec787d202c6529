"""The weekly mail over a real SMTP conversation: the answer is its subject, one link nudges."""

import json
import os
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from email.message import Message
from pathlib import Path

import pytest
from sqlalchemy import text, update

from tests.cast import CLINIC_RULE, LONG_AGO
from tests.house import TestHouse
from tests.moves import _place, leave, move
from tests.post_office import PostOffice
from training.assignments.models import Absence, Rule
from training.jobs import Works, run_due
from training.reports import words

pytestmark = pytest.mark.either_database

# Seven in the morning of a Monday: 13:00 UTC in Chicago, an hour earlier in New York.
MONDAY = datetime(2027, 1, 25, 13, 0, tzinfo=UTC)
LINK = re.compile(r"http://byp\.test(/team/(?:nudge|pause)/\S+)")


@pytest.fixture
def works(works: Works, house: TestHouse, office: PostOffice) -> Works:
    """Everybody is late; the last look at the weekly mail was on the Sunday before."""
    house.open_cycle("alice")
    house.clock.at = MONDAY - timedelta(days=1)
    run_due(works, force=True)
    office.letters.clear()
    house.clock.at = MONDAY
    return works


def look(works: Works, office: PostOffice) -> list[Message]:
    """Let the hourly work run once, and return the weekly mails that came in."""
    run_due(works, force=True)
    return weekly(office)


def weekly(office: PostOffice) -> list[Message]:
    return [m for m in office.letters if str(m["Message-ID"]).startswith("<team-")]


def subject(letter: Message) -> str:
    return " ".join(str(letter["Subject"]).split())


def body(letter: Message) -> str:
    return str(letter.get_payload(decode=True), "utf-8")


def to_mona(letters: list[Message]) -> Message:
    return next(m for m in letters if "mona@" in str(m["To"]))


def link(letter: Message, what: str) -> str:
    return next(path for path in LINK.findall(body(letter)) if f"/{what}/" in path)


def test_F37_the_subject_is_the_answer_and_the_body_fits_a_phone(
    works: Works, office: PostOffice
) -> None:
    letters = look(works, office)
    assert {str(m["To"]).split("<")[1] for m in letters} == {
        "mona@clinic.example>",
        "max@clinic.example>",
    }
    mail = to_mona(letters)
    assert subject(mail) == "2 of 2 late: Adams, Brown"
    lines = body(mail).splitlines()
    assert "- Alice Adams, due 14 Feb" in lines
    assert len(lines) <= 25
    assert all(len(line) <= 80 for line in lines)
    assert not any(w in body(mail).lower() for w in ("score", "attempt", "tries", "reason"))


def test_no_mail_when_nobody_is_late(house: TestHouse, works: Works, office: PostOffice) -> None:
    for name in ("alice", "bob"):
        house.train(name)
    assert [str(m["To"]) for m in look(works, office)] == ["Max Meier <max@clinic.example>"]
    assert house.count("team_mail") == 1


def test_P27_who_is_asked_nothing_is_not_among_those_of_whom_some_are_late(
    house: TestHouse, works: Works, office: PostOffice
) -> None:
    """Bob studies here and no rule asks him: he is neither late nor one of her two."""
    now = house.clock.now()
    _place(house, "bob", worker_type="student")
    with house.database.write() as session:
        session.execute(update(Rule).values(superseded_at=now))
        session.add(
            Rule(
                code="everybody",
                course="onboarding",
                audience='{"worker_types": ["employee"]}',
                days=30,
                renewal=json.dumps(CLINIC_RULE.to_dict()),
                from_on=date(2024, 1, 1),
                recorded_at=LONG_AGO,
            )
        )
    assert subject(to_mona(look(works, office))) == "1 of 1 late: Adams"
    assert "1 of your 1 is late" in body(to_mona(weekly(office)))
    assert "1 of your 1 needs a nudge" in house.signed_in("mona").get("/team").text


def test_once_a_week_however_often_it_runs(
    house: TestHouse, works: Works, office: PostOffice
) -> None:
    for _ in range(30):
        look(works, office)
        house.clock.at += timedelta(hours=3)
    assert len(weekly(office)) == 2
    house.clock.at = MONDAY + timedelta(days=7)
    assert len(look(works, office)) == 4


def test_on_monday_morning_by_each_site_s_own_clock(
    house: TestHouse, works: Works, office: PostOffice
) -> None:
    house.clock.at = MONDAY - timedelta(minutes=61)
    assert look(works, office) == []
    house.clock.at = MONDAY - timedelta(minutes=59)  # past seven in New York: Max
    assert ["max" in str(m["To"]) for m in look(works, office)] == [True]
    house.clock.at = MONDAY
    assert len(look(works, office)) == 2


def test_a_house_that_slept_on_monday_tells_it_when_it_wakes(
    house: TestHouse, works: Works, office: PostOffice
) -> None:
    house.clock.at = MONDAY + timedelta(days=2)
    assert len(look(works, office)) == 2


def test_J02_several_runners_never_send_two(
    house: TestHouse, works: Works, office: PostOffice
) -> None:
    with house.database.write() as session:
        session.execute(text("UPDATE job_run SET started_at = NULL, leased_until = NULL"))
    with ThreadPoolExecutor(6) as pool:
        list(pool.map(lambda _n: works.digest(), range(6)))
    assert len(weekly(office)) == 2
    assert len({str(m["Message-ID"]) for m in weekly(office)}) == 2


def test_J02_eight_processes_at_once_send_each_manager_one(
    house: TestHouse, works: Works, office: PostOffice
) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.reports.digest_runner", MONDAY.isoformat(), "8"],
        env={
            **os.environ,
            "PYTHONPATH": str(Path(__file__).resolve().parents[2]),
            "DATABASE_URL": house.database.url.render_as_string(hide_password=False),
            "BYP_SMTP_URL": office.url,
        },
        capture_output=True,
        text=True,
        timeout=180,
    )
    assert done.returncode == 0, done.stderr
    assert sum(map(int, done.stdout.split())) == 2
    assert len(done.stdout.split()) == 8
    assert sorted(str(m["To"]).split("<")[1] for m in weekly(office)) == [
        "max@clinic.example>",
        "mona@clinic.example>",
    ]
    assert house.count("team_mail") == house.count("team_mail", "state = 'sent'") == 2
    assert len(look(works, office)) == 2  # and the next hour's run adds none


def test_J07_deferred_is_tried_again_and_written_anew(
    house: TestHouse, works: Works, office: PostOffice
) -> None:
    office.answer = lambda to, _n: "451 later" if "mona" in to else None
    assert len(look(works, office)) == 1
    office.answer = lambda _to, _n: None
    house.train("alice")
    house.clock.at += timedelta(hours=2)
    assert subject(to_mona(look(works, office))) == "1 of 2 late: Brown"


def test_the_link_nudges_without_signing_in_and_a_look_changes_nothing(
    house: TestHouse, works: Works, office: PostOffice
) -> None:
    path = link(to_mona(look(works, office)), "nudge")
    stranger, before = house.client(), house.dump()
    for _ in range(3):
        page = stranger.get(path)
        assert page.status_code == stranger.head(path).status_code == 200
    told = page.get_data(as_text=True)
    assert "Nudge all 2 who are late?" in told
    assert "Alice" not in told  # the mail names them, the page behind its link does not
    assert house.dump() == before

    reply = house.post(stranger, path)
    assert reply.status_code == 303
    assert "2 nudged." in stranger.get(path).get_data(as_text=True)
    assert house.count("notice", "kind = 'nudge'") == 2
    assert house.count("sign_in") == 0
    assert stranger.get("/team").status_code == 302
    house.post(stranger, path)
    assert "2 were nudged today already" in stranger.get(path).get_data(as_text=True)
    assert house.count("notice", "kind = 'nudge'") == 2


def test_a_link_does_its_one_thing_for_seven_days(
    house: TestHouse, works: Works, office: PostOffice
) -> None:
    mail = to_mona(look(works, office))
    nudge, pause = link(mail, "nudge"), link(mail, "pause")
    stranger = house.client()
    for wrong in (
        nudge.replace("/nudge/", "/pause/"),
        pause.replace("/pause/", "/nudge/"),
        nudge[:-1],
    ):
        assert stranger.get(wrong).status_code == house.post(stranger, wrong).status_code == 410
    sign_in = nudge.replace("/team/nudge/", "/sign-in/")
    assert stranger.get(sign_in).status_code == 404
    assert house.post(stranger, sign_in, answer="yes").status_code == 404
    house.clock.at += timedelta(days=7, seconds=-1)
    assert stranger.get(nudge).status_code == 200
    house.clock.at += timedelta(seconds=1)
    assert house.post(stranger, nudge).status_code == 410
    assert house.count("notice", "kind = 'nudge'") == 0


def test_a_link_reaches_whom_she_sees_now_and_dies_when_she_leaves(
    house: TestHouse, works: Works, office: PostOffice
) -> None:
    path = link(to_mona(look(works, office)), "nudge")
    move(house, "alice", manager="max")
    assert "Nudge the one who is late?" in house.client().get(path).get_data(as_text=True)
    leave(house, "mona")
    assert house.client().get(path).status_code == 410


def test_paused_for_two_weeks_by_one_line(
    house: TestHouse, works: Works, office: PostOffice
) -> None:
    path = link(to_mona(look(works, office)), "pause")
    stranger = house.client()
    assert stranger.get(path).status_code == 200
    assert house.count("team_mail_pause") == 0
    house.clock.at += timedelta(hours=1)
    house.post(stranger, path)
    assert house.count("audit_event", "name = 'digest.paused'") == 1
    weeks = []
    for week in (1, 2, 3):
        house.clock.at = MONDAY + timedelta(weeks=week)
        office.letters.clear()
        weeks.append(any("mona@" in str(m["To"]) for m in look(works, office)))
    assert weeks == [False, False, True]


def test_F22_an_empty_post_falls_to_the_next_manager_up(
    house: TestHouse, works: Works, office: PostOffice
) -> None:
    move(house, "mona", manager="olga")
    leave(house, "mona")
    letters = look(works, office)
    mine = next(m for m in letters if "olga@" in str(m["To"]))
    assert subject(mine) == "2 of 2 late: Adams, Brown"
    assert not any("mona@" in str(m["To"]) for m in letters)


def test_who_is_away_gets_none_and_who_has_her_view_gets_it(
    house: TestHouse, works: Works, office: PostOffice
) -> None:
    house.post(
        house.signed_in("mona"),
        "/team/lend",
        to="E-audrey",
        from_on="2027-01-25",
        to_on="2027-02-05",
    )
    letters = look(works, office)
    mine = next(m for m in letters if "audrey@" in str(m["To"]))
    assert subject(mine) == "2 of 2 late: Adams, Brown"
    assert not any("mona@" in str(m["To"]) for m in letters)


def test_J09_a_manager_on_leave_is_not_mailed(
    house: TestHouse, works: Works, office: PostOffice
) -> None:
    with house.database.write() as session:
        session.add(
            Absence(
                user_id=house.id_of("mona"),
                from_on=date(2027, 1, 1),
                recorded_at=house.clock.now(),
            )
        )
    assert not any("mona@" in str(m["To"]) for m in look(works, office))


@pytest.mark.parametrize(
    ("names", "short"),
    [
        (["Ana Ruiz", "Sam Okafor"], ["Ruiz", "Okafor"]),
        (["Ana Ruiz", "Eva Ruiz", "Bo Lind"], ["Ana Ruiz", "Eva Ruiz", "Lind"]),
        (["Martin King Jr.", "Cher"], ["Martin King Jr.", "Cher"]),
        (["李 小龙", "Ünal Çelik"], ["李 小龙", "Çelik"]),
        (["Eve\r\nBcc: x@y.example"], ["x@y.example"]),
    ],
)
def test_names_are_short_where_that_is_plain(names: list[str], short: list[str]) -> None:
    assert words.short_names(names) == short
