"""Who takes which part: the officer sees each job title, and what she says of one decides."""

import pytest
from flask.testing import FlaskClient

from tests.house import TestHouse
from tests.learning.test_roles import publish_by_role
from tests.moves import _place, leave
from training.learning.roles import told_of

pytestmark = pytest.mark.either_database

PAGE = "/program/roles"


@pytest.fixture
def olga(house: TestHouse) -> FlaskClient:
    publish_by_role(house)
    _place(house, "alice", job_title="Registered nurse")
    _place(house, "bob", job_title="registered  Nurse")
    _place(house, "zoe", job_title="Sound person")
    return house.signed_in("olga")


def told(house: TestHouse) -> dict[str, str]:
    with house.database.read() as session:
        return dict(told_of(session, 1))


def test_each_title_stands_once_with_its_people_and_what_its_words_say(
    house: TestHouse, olga: FlaskClient
) -> None:
    page = olga.get(PAGE).text
    assert page.count('name="title"') == 2
    nurse = page.split("Registered nurse", maxsplit=1)[1].split("</tr>", maxsplit=1)[0]
    assert "<span>2</span>" in nurse
    assert "<span>Clinical</span>" in nurse
    assert (
        "<span>Everybody else</span>" in page.split("Sound person", maxsplit=1)[1].split("</tr>")[0]
    )


def test_until_a_course_tells_roles_apart_the_page_says_so(
    olga: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as before:
        before.setattr("training.program.job_roles._courses", lambda *_asked: [])
        assert "No course in force tells roles apart yet" in olga.get(PAGE).text
    assert "tells roles apart yet" not in olga.get(PAGE).text


def test_who_left_has_no_title_here(house: TestHouse, olga: FlaskClient) -> None:
    leave(house, "zoe")
    assert "Sound person" not in olga.get(PAGE).text


def test_what_she_says_is_kept_and_taken_back(house: TestHouse, olga: FlaskClient) -> None:
    titles = ["Registered nurse", "Sound person"]
    house.post(olga, PAGE, title=titles, role=["", "marketing"])
    assert told(house) == {"sound person": "marketing"}
    house.post(olga, PAGE, title=titles, role=["", "marketing"])  # the same again is no row
    assert house.count("job_role") == 1
    assert house.count("audit_event", "name = 'roles.changed'") == 1
    house.post(olga, PAGE, title=titles, role=["", ""])
    assert told(house) == {}
    assert house.count("job_role") == 2


@pytest.mark.parametrize(
    ("titles", "roles", "status"),
    [
        (["Sound person"], ["boss"], 422),
        (["Astronaut"], ["clinical"], 409),
        (["Sound person"], [], 409),
    ],
)
def test_what_is_not_on_the_page_is_refused(
    house: TestHouse, olga: FlaskClient, titles: list[str], roles: list[str], status: int
) -> None:
    assert house.post(olga, PAGE, title=titles, role=roles).status_code == status
    assert told(house) == {}


def test_it_decides_who_takes_what(house: TestHouse, olga: FlaskClient) -> None:
    house.post(olga, PAGE, title=["Registered nurse"], role=["front-desk"])
    page = house.signed_in("alice").get(f"/training/{house.open_cycle('alice')}").text
    assert "When a patient finds you online" in page
    assert "Photos" not in page
