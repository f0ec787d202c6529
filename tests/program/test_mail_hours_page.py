"""The officer sets when mail goes out, reads it where mails are told, and hears of paid time."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import text

from tests.house import TestHouse
from training.renewals.models import Notice

TITLE = "Patient privacy and social media"  # of the onboarding course

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
HOURS = "/program/reminders/hours"
OFFICE: dict[str, Any] = {
    "site": "",
    "day": ["0", "1", "2", "3", "4"],
    "from_hour": "8",
    "to_hour": "18",
    "paid_note": "Ask at the desk: the time is paid.",
}


def page(client: FlaskClient, path: str = HOURS) -> str:
    return " ".join(client.get(path).get_data(as_text=True).split())


def site_id(house: TestHouse, name: str) -> int:
    with house.database.read() as session:
        found: int = session.execute(
            text("SELECT id FROM site WHERE name = :n"), {"n": name}
        ).scalar_one()
        return found


def test_hours_are_set_for_every_site_then_for_one_and_taken_back(house: TestHouse) -> None:
    olga = house.signed_in("olga")
    assert "No hours are set" in page(olga)
    assert "Mail to staff goes out at any hour" in page(olga, "/program")

    assert house.post(olga, HOURS, **OFFICE).status_code == 303
    assert "No hours are set" not in page(olga)
    assert "Mail to staff goes out at any hour" not in page(olga, "/program")
    harbor = site_id(house, "Harbor")
    own = OFFICE | {"site": str(harbor), "day": ["5"], "from_hour": "20", "to_hour": "4"}
    house.post(olga, HOURS, **own)
    told = page(olga, "/program/reminders")
    assert "Mail to Harbor goes out Saturday, 20:00 to 04:00 the next morning" in told
    assert "Mail to Main Street goes out Monday to Friday, 08:00 to 18:00" in told

    assert house.post(olga, f"{HOURS}/{harbor}/take-back").status_code == 303
    told = page(olga, "/program/reminders")
    assert "Mail to staff goes out Monday to Friday, 08:00 to 18:00, by each site&#39;s own" in told
    assert house.count("site_mail") == 2
    assert house.count("site_mail", "superseded_at IS NULL") == 1
    assert house.count("audit_event", "name LIKE 'mail_hours.%'") == 3


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"day": []}, "Choose at least one day, or no reminder would ever go out."),
        ({"from_hour": "8", "to_hour": "8"}, "For the whole day choose 00:00 to 24:00."),
        ({"from_hour": "x"}, "The hours of a day are 0 to 24."),
        ({"paid_note": "  "}, "Say how the training is paid time"),
        ({"paid_note": "x" * 201}, "Use at most 200 characters."),
    ],
)
def test_hours_in_which_nothing_would_go_out_are_refused_and_the_form_stays(
    house: TestHouse, wrong: dict[str, Any], told: str
) -> None:
    reply = house.post(house.signed_in("olga"), HOURS, **(OFFICE | {"day": ["6"]} | wrong))
    shown = reply.get_data(as_text=True)
    assert reply.status_code == 422
    assert told in shown
    assert house.count("site_mail") == 0
    if "day" not in wrong:
        sunday = shown.split('value="6"', 1)[1].split(">", 1)[0]
        assert "checked" in sunday


def test_what_is_no_site_of_hers_is_a_404(house: TestHouse) -> None:
    olga = house.signed_in("olga")
    for site in ("999999", "x", "9" * 12):
        assert house.post(olga, HOURS, **(OFFICE | {"site": site})).status_code == 404
    assert house.count("site_mail") == 0


def test_the_auditor_reads_the_hours_and_sets_none(house: TestHouse) -> None:
    house.post(house.signed_in("olga"), HOURS, **OFFICE)
    told = page(house.signed_in("audrey"))
    assert "Monday to Friday, 08:00 to 18:00" in told
    assert "Save these hours" not in told


def test_the_pages_of_mails_say_what_waits_and_until_when(house: TestHouse) -> None:
    house.open_cycle("alice")
    house.post(house.signed_in("olga"), HOURS, **OFFICE)
    house.clock.at = datetime(2026, 11, 28, 3, 30, tzinfo=UTC)  # Friday, half past nine at night
    olga = house.signed_in("olga")
    told = page(olga, "/program/reminders")
    waits = "<strong>Alice Adams</strong>: training opened. Goes out Monday 30 November, 08:00"
    assert waits in told
    assert "<strong>Alice Adams</strong>: training opened, waits until Monday 30 November" in told
    hers = page(olga, f"/program/people/{house.id_of('alice')}")
    assert "Mail to Main Street goes out Monday to Friday, 08:00 to 18:00" in hers
    assert "Waiting: training opened. It goes out on Monday 30 November, 08:00" in hers

    house.clock.at = datetime(2026, 11, 30, 15, 0, tzinfo=UTC)
    olga = house.signed_in("olga")
    assert "Waiting for its hours" not in page(olga, "/program/reminders")
    assert "Waiting:" not in page(olga, f"/program/people/{house.id_of('alice')}")


def test_who_has_no_mailbox_is_told_so(house: TestHouse) -> None:
    with house.database.write() as session:
        session.execute(text("UPDATE \"user\" SET email = NULL WHERE external_id = 'E-alice'"))
    hers = page(house.signed_in("olga"), f"/program/people/{house.id_of('alice')}")
    assert "There is no work mail here" in hers


def test_a_form_of_hours_says_that_required_training_is_paid_time(house: TestHouse) -> None:
    told = page(house.signed_in("olga"))
    assert "Training that you require is normally paid time" in told
    assert "29 CFR 785.27 and 785.28" in told


def test_her_page_says_which_mail_comes_next_or_why_none_does(house: TestHouse) -> None:
    cycle = house.open_cycle("alice")
    olga, here = house.signed_in("olga"), f"/program/people/{house.id_of('alice')}"
    assert f"{TITLE}: due now: training opened." in page(olga, here)
    due_on = date(2026, 12, 24)
    house.post(olga, f"{here}/due-day", course="onboarding", due_on=due_on, reason="a flood")
    with house.database.write() as session:
        sent = Notice(assignment_id=cycle, kind="assigned", due_key=due_on, channel="mail")
        sent.state, sent.message_id, sent.created_at = "sent", "one", house.clock.now()
        session.add(sent)
    assert f"{TITLE}: next on 17 Dec 2026: a week left." in page(olga, here)
    house.post(olga, f"{here}/leave", from_on="2026-11-20", to_on="")
    assert f"{TITLE}: no mail goes out while this person is away." in page(olga, here)
    dora = f"/program/people/{house.id_of('dora')}"
    assert "No longer here: no mail goes out." in page(olga, dora)
