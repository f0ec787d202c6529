"""A practice without a list: names one a line, nothing before it was shown, a way in for each."""

import json
import re
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, text

from tests.house import TestHouse
from training.accounts.models import Placement, User
from training.program.by_name import MOST, read_names
from training.renewals.models import JobRun

pytestmark = pytest.mark.either_database


def names_page(house: TestHouse, lines: str, **more: str) -> tuple[int, str]:
    reply = house.post(house.signed_in("olga"), "/program/people/add", names=lines, **more)
    return reply.status_code, reply.get_data(as_text=True)


def added(house: TestHouse) -> list[tuple[str, str | None, str]]:
    query = (
        select(User.legal_name, User.email, Placement.job_title)
        .join(Placement, Placement.user_id == User.id)
        .where(User.source == "by_hand")
        .order_by(User.id)
    )
    with house.database.read() as session:
        return [(name, mail, title) for name, mail, title in session.execute(query)]


def add(house: TestHouse, lines: str) -> None:
    """Look, then press the button that the page shows."""
    status, page = names_page(house, lines)
    assert status == 200, page
    seen = re.search(r'name="seen" value="([^"]*)"', page)
    assert seen, "there is nobody to add"
    status, page = names_page(house, lines, seen=seen[1])
    assert status == 303, page


LINES = (
    "Ben Cole\n"
    "\n"
    "Mia Tran, mia@clinic.example, dental hygienist\n"
    "Élodie Ruiz <elodie@clinic.example>\n"
    "Dr. Lee Park\tdentist\n"
)


def test_names_are_shown_first_and_added_when_sent_again(house: TestHouse) -> None:
    status, page = names_page(house, LINES)
    assert status == 200
    assert "4 people would be added" in page
    assert added(house) == []
    add(house, LINES)
    assert added(house) == [
        ("Ben Cole", None, ""),
        ("Mia Tran", "mia@clinic.example", "dental hygienist"),
        ("Élodie Ruiz", "elodie@clinic.example", ""),
        ("Dr. Lee Park", None, "dentist"),
    ]
    assert house.count("audit_event", "name = 'person.added'") == 4


def test_the_same_names_again_change_nothing(house: TestHouse) -> None:
    add(house, LINES)
    before = added(house)
    for lines in (
        LINES,
        LINES.replace("Ben Cole", "ben  cole"),
        "Somebody Else, mia@clinic.example",
    ):
        status, page = names_page(house, lines, seen="1 3 4 5")
        assert status == 200
        assert "Nobody would be added" in page
    assert added(house) == before
    assert house.count("audit_event", "name = 'person.added'") == 4


def test_what_was_not_shown_is_not_added(house: TestHouse) -> None:
    status, _page = names_page(house, LINES, seen="1 3")
    assert status == 200
    assert added(house) == []


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("Ben Cole, ben@clinic", "no mail address"),
        ("ben@clinic.example", "name is missing"),
        ("Ben, a@b.example, c@d.example", "two mail addresses"),
        ("Ben Cole, nurse, nights, x", "what 'nights' is can't be told"),
        ("12345", "is no name"),
        ("x" * 130, "longer than 120"),
        ("Ada Lin\nada lin", "stands on line 1 too"),
        ("Ada Lin, a@b.example\nIda Lin, A@B.example", "stands on line 1 too"),
    ],
)
def test_a_line_that_cannot_be_taken_is_named_and_nobody_is_added(
    house: TestHouse, line: str, told: str
) -> None:
    bad = 2 + line.count("\n")
    status, page = names_page(house, f"Good Name\n{line}\n")
    wanted = told if "line 1" not in told else "stands on line 2 too"
    assert status == 422
    assert f"Line {bad}:" in page
    assert wanted.casefold() in page.replace("&#39;", "'").casefold()
    assert "Good Name" in page, "what was typed is still there"
    assert added(house) == []


def test_more_than_two_hundred_are_told_of_the_staff_list(house: TestHouse) -> None:
    status, page = names_page(house, "\n".join(f"Person {chr(65 + n % 26)}{n}" for n in range(201)))
    assert status == 422
    assert f"Line {MOST + 1}:" in page
    assert "staff list" in page


def test_who_is_added_is_asked_for_the_training_at_the_jobs_next_look(house: TestHouse) -> None:
    with house.database.write() as session:
        session.merge(JobRun(name="renew", started_at=house.clock.now()))
    add(house, "Ben Cole")
    with house.database.read() as session:
        assert session.get_one(JobRun, "renew").started_at is None
        placement = session.scalars(
            select(Placement)
            .join(User, User.id == Placement.user_id)
            .where(User.legal_name == "Ben Cole")
        ).one()
        assert (
            placement.hired_on
            == placement.from_on
            == date.fromisoformat(str(house.clock.now().date()))
        )


def test_a_staff_list_leaves_those_added_by_name_alone(house: TestHouse) -> None:
    add(house, "Ben Cole")
    olga = house.signed_in("olga")
    rows = "employee_id,legal_name,hire_date\n" + "".join(
        f"E-{name},{name.title()} Someone,2020-01-01\n" for name in ("alice", "bob")
    )
    page = house.post(olga, "/program/roster", text=rows, source="other").get_data(as_text=True)
    assert "Ben Cole" not in page


@given(st.text(max_size=400))
def test_any_text_is_read_or_told_by_line(lines: str) -> None:
    found, faults = read_names(lines)
    last = len(lines.splitlines())
    assert all(1 <= who.line <= last and who.name for who in found)
    assert all(1 <= fault.line <= last and fault.what and fault.mend for fault in faults)
    assert len({who.line for who in found}) == len(found)


# --- links to text -------------------------------------------------------------------------


def links_page(house: TestHouse, *names: str) -> str:
    ids = [str(house.id_of(name)) for name in names]
    reply = house.post(house.signed_in("olga"), "/program/people/links", user=ids)
    assert reply.status_code == 200
    return reply.get_data(as_text=True)


def test_a_link_to_text_signs_in_its_person_once(house: TestHouse) -> None:
    page = links_page(house, "alice", "bob")
    urls = re.findall(r"<code>([^<]+)</code>", page)
    assert len(urls) == 2
    path = urls[0].removeprefix("http://byp.test")
    assert "sms:?body=" in page
    stranger = house.client()
    assert "Are you Alice?" in stranger.get(path).get_data(as_text=True)
    assert house.post(stranger, path).status_code == 303
    assert house.client().get(path).status_code == 410


def test_links_shown_are_one_event_without_names_and_stand_on_her_page(house: TestHouse) -> None:
    links_page(house, "alice", "bob")
    with house.database.read() as session:
        (body,) = session.execute(
            text("SELECT body FROM audit_event WHERE name = 'slips.shown'")
        ).scalars()
    assert json.loads(body)["detail"] == {"users": [house.id_of("alice"), house.id_of("bob")]}
    assert "Alice" not in body
    record = house.signed_in("alice").get("/certificates").get_data(as_text=True)
    assert "made a sign-in link for you" in record


def test_links_for_nobody_are_told(house: TestHouse) -> None:
    reply = house.post(house.signed_in("olga"), "/program/people/links")
    assert reply.status_code == 422
    assert "Nobody was ticked" in reply.get_data(as_text=True)


# --- first steps ----------------------------------------------------------------------------


def test_first_steps_tick_themselves_off_and_go_with_the_first_completion(
    house: TestHouse,
) -> None:
    def steps() -> list[bool]:
        page = house.signed_in("olga").get("/program").get_data(as_text=True)
        found = re.search(r'class="first-steps">(.*?)</ol>', page, re.DOTALL)
        return ["pill-current" in part for part in found[1].split("<li")[1:]] if found else []

    before = steps()
    assert before[0], "people work here"
    assert not before[3], "nobody has a way in"
    links_page(house, "alice")
    assert steps()[3]
    house.train("alice")
    assert steps() == []
