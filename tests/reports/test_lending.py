"""A manager lends her view for a span of days: it begins, ends and stops at the next click."""

from datetime import date, timedelta

import pytest

from tests.house import TestHouse
from tests.moves import leave, move

pytestmark = pytest.mark.either_database

TODAY = "2026-11-24"


def lend(house: TestHouse, to: str, *, by: str = "mona", days: int = 3, start: int = 0) -> int:
    first = date.fromisoformat(TODAY) + timedelta(days=start)
    reply = house.post(
        house.signed_in(by),
        "/team/lend",
        to=f"E-{to}",
        from_on=first.isoformat(),
        to_on=(first + timedelta(days=days - 1)).isoformat(),
    )
    return reply.status_code


def test_F22_the_borrower_sees_the_lent_people_marked(house: TestHouse) -> None:
    zoe = house.signed_in("zoe")
    assert zoe.get("/team").status_code == 403
    assert lend(house, "zoe") == 303

    page = zoe.get("/team").get_data(as_text=True)
    assert "Alice Adams" in page
    assert "Bob Brown" in page
    assert page.count("Lent to you by Mona Marsh") == 2
    assert "Mona Marsh lent you this view until Thursday 26 November" in page
    one = zoe.get(f"/team/{house.id_of('alice')}").get_data(as_text=True)
    assert "Mona Marsh lent you this view" in one
    assert house.count("audit_event", "name = 'view.lent'") == 1
    assert house.signed_in("mona").get("/team").status_code == 200


def test_it_ends_by_itself_at_the_lenders_midnight(house: TestHouse) -> None:
    """Mona works in Chicago: the 26th ends there at 06:00 UTC of the 27th."""
    lend(house, "zoe")
    for hour, status in (("05:59", 200), ("06:00", 403)):
        house.clock.at = house.clock.at.replace(day=27, hour=int(hour[:2]), minute=int(hour[3:]))
        assert house.signed_in("zoe").get("/team").status_code == status


def test_it_begins_on_its_first_day(house: TestHouse) -> None:
    lend(house, "zoe", start=2)
    assert house.signed_in("zoe").get("/team").status_code == 403
    house.clock.at += timedelta(days=2)
    assert house.signed_in("zoe").get("/team").status_code == 200


def test_taken_back_it_is_over_at_the_next_click_and_can_be_lent_again(house: TestHouse) -> None:
    lend(house, "zoe")
    zoe, mona = house.signed_in("zoe"), house.signed_in("mona")
    assert zoe.get("/team").status_code == 200
    assert house.post(mona, "/team/lend/1/end").status_code == 303
    assert zoe.get("/team").status_code == 403
    assert zoe.get("/team.csv").status_code == 403
    assert house.post(mona, "/team/lend/1/end").status_code == 404
    assert lend(house, "bob") == 303
    assert house.count("audit_event", "name = 'view.taken_back'") == 1


def test_nobody_takes_back_what_another_lent(house: TestHouse) -> None:
    lend(house, "zoe")
    assert house.post(house.signed_in("max"), "/team/lend/1/end").status_code == 404
    assert house.signed_in("zoe").get("/team").status_code == 200


def test_what_was_lent_is_not_lent_on(house: TestHouse) -> None:
    lend(house, "bob")
    assert lend(house, "alice", by="bob") == 403  # Bob has nobody of his own
    assert lend(house, "zoe", by="max") == 303
    lend(house, "max", by="mona", start=10)
    house.clock.at += timedelta(days=10)
    assert lend(house, "zoe", by="max", start=10) == 303
    page = house.signed_in("zoe").get("/team").get_data(as_text=True)
    assert "Alice Adams" not in page  # Max lent what is his, not what Mona lent to him


@pytest.mark.parametrize("who", ["mona", "zoe"])
def test_when_either_leaves_it_is_over(house: TestHouse, who: str) -> None:
    lend(house, "zoe")
    zoe = house.signed_in("zoe")
    assert zoe.get("/team").status_code == 200
    leave(house, who)
    assert zoe.get("/team").status_code != 200


def test_a_move_counts_in_a_lent_view_too(house: TestHouse) -> None:
    lend(house, "audrey")
    audrey = house.signed_in("audrey")
    assert audrey.get(f"/team/{house.id_of('alice')}").status_code == 200
    move(house, "alice", manager="max")
    assert audrey.get(f"/team/{house.id_of('alice')}").status_code == 404


@pytest.mark.parametrize(
    ("to", "start", "days", "says"),
    [
        ("nobody", 0, 3, "Nobody who works here has this staff number"),
        ("dora", 0, 3, "Nobody who works here has this staff number"),
        ("mona", 0, 3, "That is you"),
        ("zoe", -1, 3, "The first day can&#39;t be past"),
        ("zoe", 0, 0, "The last day is before the first"),
        ("zoe", 0, 182, "180 days at most"),
        ("zoe", 400, 3, "Choose a first day within a year"),
        ("zoe", (date.max - date.fromisoformat(TODAY)).days, 1, "Choose a first day within a year"),
    ],
)
def test_what_can_not_be_lent_is_said_and_nothing_is_kept(
    house: TestHouse, to: str, start: int, days: int, says: str
) -> None:
    first = date.fromisoformat(TODAY) + timedelta(days=start)
    reply = house.post(
        house.signed_in("mona"),
        "/team/lend",
        to=f"E-{to}",
        from_on=first.isoformat(),
        to_on=(first + timedelta(days=days - 1)).isoformat(),
    )
    assert reply.status_code == 422
    assert says in reply.get_data(as_text=True)
    assert house.count("view_loan") == 0


def test_one_view_goes_to_one_person_at_a_time(house: TestHouse) -> None:
    assert lend(house, "zoe", days=5) == 303
    assert lend(house, "bob", start=4) == 422
    assert lend(house, "bob", start=5) == 303


def test_the_days_must_be_days(house: TestHouse) -> None:
    mona = house.signed_in("mona")
    reply = house.post(mona, "/team/lend", to="E-zoe", from_on="soon", to_on="")
    page = reply.get_data(as_text=True)
    assert reply.status_code == 422
    assert "Enter the day, such as 2026-11-24." in page
    assert "it ends by itself then" in page


def test_the_people_of_an_empty_post_report_to_the_next_manager_up(house: TestHouse) -> None:
    move(house, "mona", manager="max")
    assert house.signed_in("max").get(f"/team/{house.id_of('alice')}").status_code == 200
    leave(house, "mona")
    page = house.signed_in("max").get("/team").get_data(as_text=True)
    assert "Alice Adams" in page
    assert "Mona Marsh" not in page
    assert "Reports to someone on your team" not in page


def test_a_manager_whose_only_report_left_keeps_those_behind_the_empty_post(
    house: TestHouse,
) -> None:
    move(house, "mona", manager="olga")
    leave(house, "mona")
    assert "Alice Adams" in house.signed_in("olga").get("/team").get_data(as_text=True)
