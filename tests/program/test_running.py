"""The officer hears it when the hourly work, or its mails, do not do what they promise."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from tests.house import TestHouse
from tests.post_office import PostOffice
from training.checkup import findings
from training.jobs import Works, run_due
from training.renewals.models import JobRun, Notice
from training.renewals.works import EVERY_HOUR, WORDS

pytestmark = pytest.mark.either_database
HOUR = timedelta(hours=1)
AMISS, NOT_OUT = "The hourly work needs a look.", "Some mails did not go out."


def page(house: TestHouse, path: str = "/program", name: str = "olga") -> str:
    return " ".join(house.signed_in(name).get(path).get_data(as_text=True).split())


def told(house: TestHouse) -> list[str]:
    """Return what each of the places tells where the hourly work is looked after."""
    now = house.clock.now()
    return [
        page(house),
        page(house, "/program/reminders", "audrey"),
        house.client().get("/readyz").get_data(as_text=True),
        " ".join(one.what for one in findings(house.database, house.settings, now) if not one.ok),
    ]


def test_P25_where_all_of_it_runs_nothing_is_said(house: TestHouse, works: Works) -> None:
    run_due(works)
    assert not [one for one in told(house) if AMISS in one or NOT_OUT in one or ": not done" in one]
    assert "the hourly work last ran 2026-11-24 15:00 UTC" in told(house)[2]


@pytest.mark.parametrize("name", ["renew", "remind", "digest", "boost"])
def test_P25_work_of_each_kind_that_stops_is_told(
    house: TestHouse, works: Works, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_self: Works) -> None:
        raise ValueError("broken")

    run_due(works)
    house.clock.at += 2 * HOUR
    monkeypatch.setattr(Works, {"remind": "remind_in_turns"}.get(name, name), broken)
    run_due(works)
    said = f"{WORDS[name]}: stopped with ValueError"
    assert all(said in one.replace(said[0].upper() + said[1:], said) for one in told(house))
    assert house.client().get("/readyz").status_code == 200  # no web server is less ready for it


@pytest.mark.parametrize("name", EVERY_HOUR)
def test_P25_work_of_each_kind_that_is_silent_for_more_than_a_day_is_told(
    house: TestHouse, works: Works, name: str
) -> None:
    run_due(works)
    with house.database.write() as session:
        long_ago = house.clock.now() - timedelta(hours=26, minutes=1)
        session.execute(update(JobRun).where(JobRun.name == name).values(succeeded_at=long_ago))
    said = f"{WORDS[name]}: not done since 2026-11-23 12:59 UTC"
    assert all(said in one.replace(said[0].upper() + said[1:], said) for one in told(house))


def test_P25_a_jobs_process_that_stands_still_is_told_after_26_hours(
    house: TestHouse, works: Works
) -> None:
    run_due(works)
    house.clock.at += 26 * HOUR
    assert not any("has not run" in one.lower() for one in told(house))
    house.clock.at += timedelta(minutes=1)
    assert all("has not run since 2026-11-24 15:00 UTC" in one for one in told(house))


def test_P25_the_page_has_of_each_kind_of_mail_when_it_last_went_out(
    house: TestHouse, works: Works
) -> None:
    assert 'training opened</th> <td data-label="Last sent"> <span>not lately' in page(
        house, "/program/reminders"
    )
    run_due(works)
    table = page(house, "/program/reminders").split("When a mail of each kind", 1)[1]
    rows = table.split('<th scope="row">')[1:]
    last = {row.split("</th>")[0]: row.split("<span>")[1].split("</span>")[0] for row in rows}
    assert last["training opened"].startswith("24 Nov")
    assert last["weekly mail to a manager"] == "not lately"
    assert list(last)[:8] == [
        "training opened",
        "30 days left",
        "a week left",
        "a day left",
        "on the due day",
        "a day late",
        "a week late",
        "two weeks late",
    ]


@pytest.mark.parametrize("how", ["says later", "is away"])
def test_P37_mails_that_the_server_does_not_take_are_told_within_the_hour(
    house: TestHouse, works: Works, office: PostOffice, how: str
) -> None:
    """The quota is used up, or nobody answers: no reminder goes out, and nobody would see it."""
    right = house.settings.smtp_url
    if how == "is away":
        house.settings.smtp_url = "smtp://127.0.0.1:9"
    else:
        office.answer = lambda _to, _n: "452 quota exceeded"
    for _ in range(2):
        run_due(works, force=True)
        house.clock.at += timedelta(minutes=36)
    assert office.letters == []
    assert all(
        "put off by the mail server since 2026-11-24 15:00 UTC" in t for t in told(house)[:2]
    )
    assert "put off by the mail server since" in told(house)[3]

    house.settings.smtp_url, office.answer = right, lambda _to, _n: None
    house.clock.at += 6 * HOUR
    run_due(works, force=True)
    assert len(office.letters) == 8
    assert NOT_OUT not in page(house)


def test_P37_a_refused_mail_is_told_for_a_week_and_given_up_ones_say_so(
    house: TestHouse, works: Works, office: PostOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("training.renewals.outbox.FEWEST_TRIES", 3)

    def answer(to: str, _n: int) -> str | None:
        if to.startswith("alice"):
            return "550 no such mailbox"
        return "451 later" if to.startswith("bob") else None

    office.answer = answer
    run_due(works)
    assert "1 mail refused by the mail server in the last 7 days: check the addresses." in page(
        house
    )
    for _ in range(2):
        house.clock.at += 25 * HOUR
        run_due(works, force=True)
    assert "1 mail given up in the last 7 days, after 48 hours" in page(house)
    hers = page(house, f"/program/people/{house.id_of('bob')}")
    assert "not sent: given up after 48 hours, the mail server never took it" in hers
    house.clock.at += timedelta(days=7)
    office.answer = lambda _to, _n: None
    run_due(works, force=True)
    assert NOT_OUT not in page(house)


def test_P28_a_mail_that_was_not_sent_says_which_of_the_reasons(
    house: TestHouse, works: Works, office: PostOffice
) -> None:
    office.answer = lambda to, _n: "451 later" if to.startswith("alice") else None
    run_due(works)
    path = f"/program/people/{house.id_of('alice')}"
    assert "put off by the mail server, to be tried again" in page(house, path)
    house.train("alice")
    house.clock.at += HOUR
    run_due(works, force=True)
    assert "not sent: no longer due when its turn came" in page(house, path)
    assert NOT_OUT not in page(house)  # nothing is amiss: she had finished


def test_P26_P28_weekly_mails_and_sign_in_links_stand_with_the_others(
    house: TestHouse, works: Works, office: PostOffice
) -> None:
    run_due(works)
    house.clock.at += timedelta(days=62)  # a Monday, and everybody is late
    house.post(house.client(), "/sign-in/link", address="mona@clinic.example")
    run_due(works, force=True)
    hers = page(house, f"/program/people/{house.id_of('mona')}")
    assert "weekly mail to a manager" in hers
    assert "sign-in link that was asked for" in hers
    assert "weekly mail to a manager" not in page(house, f"/program/people/{house.id_of('alice')}")
    listed = page(house, "/program/reminders")
    assert "Mona Marsh" in listed.split("So far, newest first")[1]
    with house.database.read() as session:
        assert session.scalar(select(Notice.id).limit(1))
