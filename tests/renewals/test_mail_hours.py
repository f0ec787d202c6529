"""Mail in the hours of each site: it waits, is looked at again, and goes out once."""

from datetime import UTC, date, datetime, timedelta

import pytest

from tests.house import TestHouse
from tests.post_office import PostOffice
from training.accounts.days import todays
from training.accounts.models import Site
from training.accounts.site_mail import Wish, mailing_for, set_mailing
from training.assignments.models import Assignment, DueChange
from training.jobs import Works, run_due, works_of
from training.rules.mail_hours import OFFICE, MailHours

ONE_DATABASE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
FRIDAY_NIGHT = datetime(2026, 11, 28, 3, 30, tzinfo=UTC)  # 21:30 in Chicago, 22:30 in New York
MONDAY_OPENS = datetime(2026, 11, 30, 13, 0, tzinfo=UTC)  # 08:00 in New York, 07:00 in Chicago
NIGHTS = MailHours(frozenset(range(7)), 20, 4)
NOTE = "Forty minutes are booked for you: ask at the desk."


@pytest.fixture
def works(works: Works, house: TestHouse) -> Works:
    """Eight people have a training open since Friday night, and office hours hold everywhere."""
    house.clock.at = FRIDAY_NIGHT
    works.renew()
    set_hours(house, None, OFFICE, paid_note=NOTE)
    return works


def set_hours(
    house: TestHouse, site: str | None, hours: MailHours, *, paid_note: str = NOTE, **more: bool
) -> None:
    with house.database.write() as session:
        site_id = session.query(Site.id).filter_by(name=site).scalar() if site else None
        wish = Wish(site_id, hours, paid_note, **more)
        set_mailing(session, 1, wish, by=None, now=house.clock.now())


def move_due_days(house: TestHouse, due_on: date) -> None:
    with house.database.write() as session:
        for (cycle,) in session.query(Assignment.id).all():
            session.add(
                DueChange(
                    assignment_id=cycle,
                    due_on=due_on,
                    reason="a test",
                    recorded_at=house.clock.now(),
                )
            )


def body(letter: object) -> str:
    return str(letter.get_payload(decode=True), "utf-8")  # type: ignore[attr-defined]


def test_F9_out_of_hours_nothing_is_sent_and_it_goes_out_once_when_they_open(
    house: TestHouse, works: Works, office: PostOffice
) -> None:
    told = []
    while house.clock.now() < MONDAY_OPENS:
        told.append(works.remind().words())
        house.clock.at += timedelta(hours=7)
    assert set(told) == {"0 sent, 8 wait for their site's hours"}
    assert (office.letters, house.count("notice")) == ([], 0)

    house.clock.at = MONDAY_OPENS
    assert works.remind().words() == "2 sent, 6 wait for their site's hours"  # Harbor is earlier
    house.clock.at += timedelta(hours=1)
    assert works.remind().words() == "6 sent"
    for _ in range(5):
        assert works.remind().words() == "0 sent"
    reminders = [id_ for id_ in office.ids() if id_.startswith("<due-")]
    assert len(set(reminders)) == len(reminders) == 8
    assert all(NOTE in body(letter) for letter in office.letters)


@ONE_DATABASE
def test_J09_who_finished_or_left_while_it_waited_gets_none(
    house: TestHouse, works: Works, office: PostOffice
) -> None:
    assert works.remind().closed == 8
    house.train("alice")
    house.clock.at = MONDAY_OPENS + timedelta(hours=1)
    works.remind()
    assert not [to for to in office.to() if "alice" in to]
    assert len(office.letters) == 7


@ONE_DATABASE
def test_a_deferred_mail_waits_for_the_hours_too_and_no_weekend_gives_it_up(
    house: TestHouse, works: Works, office: PostOffice
) -> None:
    office.answer = lambda to, _n: "451 later" if to.startswith("alice") else None
    house.clock.at = friday = datetime(2026, 12, 4, 22, 50, tzinfo=UTC)  # ten to six in New York
    works.remind()
    office.answer = lambda _to, _n: None
    office.letters.clear()
    for hours in (3, 20, 40, 57):
        house.clock.at = friday + timedelta(hours=hours)
        works.remind()
        assert office.letters == []
    house.clock.at = datetime(2026, 12, 7, 14, 0, tzinfo=UTC)
    office.answer = lambda _to, _n: "451 later"
    works.remind()
    assert house.count("notice", "state = 'dropped'") == 0
    office.answer = lambda _to, _n: None
    house.clock.at += timedelta(hours=1)
    works.remind()
    assert [str(m["To"]) for m in office.letters] == ["Alice Adams <alice@clinic.example>"]
    assert house.count("notice", "state = 'sent'") == 8


@ONE_DATABASE
def test_the_run_is_there_when_the_hours_open_and_not_an_hour_later(
    house: TestHouse, works: Works, office: PostOffice
) -> None:
    house.clock.at = MONDAY_OPENS - timedelta(minutes=20)
    assert run_due(works)["remind"] == "0 sent, 8 wait for their site's hours"
    house.clock.at = MONDAY_OPENS - timedelta(minutes=1)
    assert "remind" not in run_due(works)
    house.clock.at = MONDAY_OPENS
    assert run_due(works)["remind"] == "2 sent, 6 wait for their site's hours"
    house.clock.at = MONDAY_OPENS + timedelta(hours=1)
    assert run_due(works)["remind"] == "6 sent"


@ONE_DATABASE
def test_each_site_has_its_own_hours_and_a_night_shift_is_mailed_at_night(
    house: TestHouse, works: Works, office: PostOffice
) -> None:
    set_hours(house, "Harbor", NIGHTS)
    assert works.remind().words().startswith("2 sent, 6 wait")  # Max and Zoë, who work nights
    house.clock.at = MONDAY_OPENS + timedelta(hours=1)
    assert works.remind().words() == "6 sent"


@ONE_DATABASE
def test_without_hours_mail_goes_out_as_it_always_did(house: TestHouse, office: PostOffice) -> None:
    house.settings.smtp_url = office.url
    house.settings.mail_from = "training@clinic.example"
    house.clock.at = FRIDAY_NIGHT
    made = works_of(house.settings, house.database, house.clock)
    made.renew()
    assert made.remind().words() == "8 sent"
    assert "Do it at work, or ask your manager to book the time." in body(office.letters[0])


@ONE_DATABASE
def test_a_dry_run_says_until_when_each_waits(house: TestHouse, works: Works) -> None:
    found = works.remind(dry_run=True).would_send
    assert {one.at.astimezone(UTC) for one in found} == {
        MONDAY_OPENS,
        MONDAY_OPENS + timedelta(hours=1),
    }


@ONE_DATABASE
def test_a_subject_tells_the_days_that_are_left_when_it_goes_out(
    house: TestHouse, works: Works, office: PostOffice
) -> None:
    house.clock.at = MONDAY_OPENS + timedelta(hours=1)
    works.remind()
    office.letters.clear()
    move_due_days(house, date(2026, 12, 27))  # a Sunday, so that "a week left" falls on one too
    house.clock.at = datetime(2026, 12, 20, 18, 0, tzinfo=UTC)
    assert works.remind().closed == 8
    house.clock.at += timedelta(days=1)
    works.remind()
    assert {str(m["Subject"]) for m in office.letters} == {
        "Training due Sunday 27 December: 6 days left"
    }


@ONE_DATABASE
@pytest.mark.parametrize(
    ("due_on", "subject"),
    [
        (date(2026, 12, 27), "Training due Sunday 27 December: 2 days left"),
        (date(2026, 12, 26), "Training due tomorrow"),
    ],
)
def test_what_is_due_on_a_closed_day_is_told_on_the_last_open_one_and_by_its_day(
    house: TestHouse, works: Works, office: PostOffice, due_on: date, subject: str
) -> None:
    house.clock.at = MONDAY_OPENS + timedelta(hours=1)
    works.remind()
    move_due_days(house, due_on)
    house.clock.at = datetime(2026, 12, 21, 18, 0, tzinfo=UTC)
    works.remind()  # a week, or six days, before
    office.letters.clear()
    told: dict[int, set[str]] = {}
    for day in range(22, 29):
        house.clock.at = datetime(2026, 12, day, 18, 0, tzinfo=UTC)
        if day == 24:
            page = house.signed_in("olga").get("/program/reminders").get_data(as_text=True)
            assert f"due {due_on:%A}" in page  # among tomorrow's mails
        works.remind()
        works.remind()
        if office.letters:
            told[day] = {str(m["Subject"]) for m in office.letters}
            assert len(office.letters) == 8
        office.letters.clear()
    late = f"Training was due {due_on:%A} {due_on.day} December"
    assert told == {25: {subject}, 28: {late}}


@ONE_DATABASE
def test_only_at_work_no_mail_points_home(
    house: TestHouse, works: Works, office: PostOffice
) -> None:
    set_hours(house, None, OFFICE, at_work_only=True)
    house.clock.at = MONDAY_OPENS + timedelta(hours=1)
    works.remind()
    assert "You can stop after any screen and go on later." in body(office.letters[0])
    assert not any("any phone" in body(letter) for letter in office.letters)


# --- a nudge, and the weekly mail ----------------------------------------------------------


@ONE_DATABASE
def test_a_nudge_at_night_is_one_mail_in_the_morning_and_the_manager_is_told(
    house: TestHouse, works: Works, office: PostOffice
) -> None:
    house.clock.at = datetime(2027, 1, 30, 4, 0, tzinfo=UTC)  # Friday, 22:00 in Chicago
    mona = house.signed_in("mona")
    house.post(mona, "/team/nudge")
    page = mona.get("/team").get_data(as_text=True)
    assert "2 nudged; 2 mails go out in their site&#39;s hours: on Monday, from 08:00" in page
    house.post(mona, "/team/nudge")
    page = mona.get("/team").get_data(as_text=True)
    assert "2 will be nudged on Monday." in page
    ledger = house.signed_in("olga").get("/program/reminders").get_data(as_text=True)
    assert ledger.count("waits for the hours of its site") == 2
    run_due(works, force=True)
    assert office.letters == []

    house.clock.at = datetime(2027, 2, 1, 14, 0, tzinfo=UTC)
    run_due(works, force=True)
    mine = [m for m in office.letters if "alice@" in str(m["To"])]
    assert [str(m["Message-ID"]).startswith("<nudge-") for m in mine] == [True]  # no reminder too
    house.post(mona, "/team/nudge")
    assert house.count("notice", "kind = 'nudge'") == 2


@ONE_DATABASE
def test_the_weekly_mail_waits_for_the_manager_s_hours(
    house: TestHouse, works: Works, office: PostOffice
) -> None:
    house.clock.at = datetime(2027, 1, 24, 13, 0, tzinfo=UTC)
    run_due(works, force=True)
    office.letters.clear()
    house.clock.at = datetime(2027, 1, 25, 13, 10, tzinfo=UTC)  # Monday, ten past seven in Chicago
    works.digest()
    assert ["max@" in str(m["To"]) for m in office.letters] == [True]  # past eight in New York
    house.clock.at += timedelta(hours=1)
    works.digest()
    works.digest()
    assert len(office.letters) == 2


# --- training only at work -----------------------------------------------------------------


def test_F9_only_at_work_mailed_links_rest_out_of_hours_and_nothing_else_does(
    house: TestHouse, works: Works, office: PostOffice
) -> None:
    set_hours(house, None, OFFICE, at_work_only=True)
    client = house.client()
    page = house.post(client, "/sign-in/link", address="alice@clinic.example")
    assert "it comes when the working hours begin" in page.get_data(as_text=True)
    works.send_links()
    assert office.letters == []
    house.post(client, "/sign-in/link", address="mona@clinic.example")  # she works here with it
    works.send_links()
    assert len(office.letters) == 1

    house.clock.at = MONDAY_OPENS + timedelta(hours=1)
    works.send_links()
    link = next(
        line.removeprefix("http://byp.test")
        for line in body(office.letters[-1]).splitlines()
        if "/sign-in/" in line
    )
    assert "Yes, continue" in client.get(link).get_data(as_text=True)
    house.clock.at = house.clock.at.replace(hour=3)  # at night: the same link, the same person
    before = house.dump()
    rests = client.get(link).get_data(as_text=True)
    assert "Training is done at work here" in rests
    assert "Monday to Friday, 08:00 to 18:00" in rests
    assert "Training is done at work here" in house.post(client, link, answer="yes").get_data(
        as_text=True
    )
    assert house.dump() == before
    assert house.signed_in("alice").get("/").status_code == 200  # the house itself blocks nobody


@ONE_DATABASE
def test_who_works_nowhere_has_no_hours(house: TestHouse) -> None:
    with house.database.read() as session:
        today = todays(session, house.clock.now())
        assert mailing_for(session, house.id_of("dora"), today) is None
        found = mailing_for(session, house.id_of("zoe"), today)
    assert found is not None
    assert (found.site, found.hours) == ("Harbor", None)


# --- the pace ------------------------------------------------------------------------------


@ONE_DATABASE
def test_J08_while_some_wait_for_their_turn_the_next_run_is_five_minutes_away(
    house: TestHouse, works: Works, office: PostOffice
) -> None:
    house.settings.mail_pace = 3
    house.clock.at = MONDAY_OPENS + timedelta(hours=1)
    told = []
    for _ in range(5):
        told.append(run_due(works).get("remind"))
        house.clock.at += timedelta(minutes=5)
    assert told == [  # two weekly mails went before them, and took two turns of the first three
        "1 sent, 7 wait for the next run",
        "3 sent, 4 wait for the next run",
        "3 sent, 1 wait for the next run",
        "1 sent",
        None,
    ]
    reminders = [id_ for id_ in office.ids() if id_.startswith("<due-")]
    assert len(set(reminders)) == len(reminders) == 8
