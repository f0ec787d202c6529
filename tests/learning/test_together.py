"""A team session: gone through on one screen, confirmed by each for herself, and no more."""

import re
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from tests.house import TestHouse
from training.assignments.models import Absence
from training.catalog import scenario as engine
from training.learning.models import Attempt, Choice, StepDone, TeamConfirmation

DATABASES_ARE_ALIKE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
CODE = re.compile(r'class="code">([0-9A-Z]{4})-([0-9A-Z]{4})<')


def start(house: TestHouse, course: str = "onboarding") -> tuple[str, str]:
    """Start a session; return its page's address and its code."""
    olga = house.signed_in("olga")
    reply = house.post(olga, "/program/together", course=course)
    assert reply.status_code == 303, reply.text
    url = reply.headers["Location"]
    found = CODE.search(olga.get(url).text)
    assert found
    return url, found[1] + found[2]


def confirm(house: TestHouse, name: str, code: str) -> TestResponse:
    return house.post(house.signed_in(name), f"/together/{code}")


def steps_done(house: TestHouse, cycle: int) -> set[tuple[str, str]]:
    with house.database.read() as session:
        query = select(StepDone.module, StepDone.step).where(StepDone.assignment_id == cycle)
        return {(module, step) for module, step in session.execute(query)}


def test_who_confirms_has_the_steps_that_were_shown_and_nobody_else_has(house: TestHouse) -> None:
    cycle, other = house.open_cycle("alice"), house.open_cycle("bob")
    url, code = start(house)
    assert confirm(house, "alice", code).status_code == 303

    shown = {(m.slug, s.name) for m in house.material(cycle).modules.values() for s in m.steps}
    assert steps_done(house, cycle)
    assert steps_done(house, cycle) <= shown
    assert steps_done(house, other) == set()
    page = house.signed_in("olga").get(url).text
    assert "1 person confirmed" in page
    assert "Alice Adams" in page
    assert "Bob Brown" not in page


def test_a_session_is_no_quiz_and_no_certificate(house: TestHouse) -> None:
    cycle = house.open_cycle("alice")
    _url, code = start(house)
    confirm(house, "alice", code)
    assert house.count("attempt") == 0
    assert house.count("completion") == 0
    assert house.count("certificate") == 0

    alice, own = house.signed_in("alice"), 0
    for slug in house.slugs(cycle):
        module = house.module(cycle, slug)
        for step in module.steps:  # what only her own kind of work takes
            if (slug, step.name) not in steps_done(house, cycle):
                own += 1
                if step.name in module.scenarios:
                    house.play(alice, cycle, slug, module.scenarios[step.name])
                house.post(alice, f"/training/{cycle}/{slug}/{step.name}", leave="1")
        house.submit(alice, house.start_quiz(alice, cycle, slug))
    assert 0 < own < len(steps_done(house, cycle)) / 2
    assert house.count("completion") == 1
    assert house.count("certificate") == 1


@DATABASES_ARE_ALIKE
def test_the_record_names_session_day_leader_and_release_and_no_score(house: TestHouse) -> None:
    cycle = house.open_cycle("alice")
    _url, code = start(house)
    confirm(house, "alice", code)
    olga, alice = house.signed_in("olga"), house.signed_in("alice")
    hers = olga.get(f"/program/people/{house.id_of('alice')}").text
    assert "in a team session on 24 Nov 2026, led by Olga Ortiz" in hers
    assert "in a team session on 24 Nov 2026, led by Olga Ortiz" in alice.get("/certificates").text
    assert "team session" not in house.signed_in("mona").get(f"/team/{house.id_of('alice')}").text
    (kept,) = house.dump()["team_session"]
    assert house.material(cycle).course_digest in str(kept)
    for event in ("started", "confirmed"):
        assert house.count("audit_event", f"body LIKE '%team_session.{event}%'") == 1
    assert house.count("audit_event", "body LIKE '%Alice%'") == 0


def test_twice_is_once(house: TestHouse) -> None:
    house.open_cycle("alice")
    _url, code = start(house)
    for _time in range(2):
        assert confirm(house, "alice", code.lower()).status_code == 303
    assert house.count("team_confirmation") == 1
    assert house.count("audit_event", "body LIKE '%team_session.confirmed%'") == 1
    assert (
        "You confirmed that you took part" in house.signed_in("alice").get(f"/together/{code}").text
    )


@DATABASES_ARE_ALIKE
def test_nobody_confirms_for_another(house: TestHouse) -> None:
    house.open_cycle("alice")
    house.open_cycle("bob")
    _url, code = start(house)
    alice, bob = house.id_of("alice"), str(house.id_of("bob"))
    house.post(house.signed_in("alice"), f"/together/{code}", user=bob, user_id=bob)
    with house.database.read() as session:
        assert session.scalars(select(TeamConfirmation.user_id)).all() == [alice]
    assert "/sign-in" in house.client().get(f"/together/{code}").headers["Location"]


@DATABASES_ARE_ALIKE
@pytest.mark.parametrize("how", ["ended", "left open for a day"])
def test_after_its_end_it_counts_for_nobody(house: TestHouse, how: str) -> None:
    cycle = house.open_cycle("alice")
    url, code = start(house)
    if how == "ended":
        assert house.post(house.signed_in("olga"), f"{url}/end").status_code == 303
    else:
        house.clock.at += timedelta(hours=12)
    reply = confirm(house, "alice", code)
    assert reply.status_code == 409
    assert "This team session is over" in reply.text
    assert steps_done(house, cycle) == set()
    assert house.signed_in("olga").get(f"{url}/accounts/two-hats").status_code == 410


@DATABASES_ARE_ALIKE
def test_who_is_on_leave_or_has_nothing_open_is_told(house: TestHouse) -> None:
    house.open_cycle("alice")
    _url, code = start(house)
    now = house.clock.now()
    with house.database.write() as session:
        session.add(Absence(user_id=house.id_of("alice"), from_on=now.date(), recorded_at=now))
    _url, other = start(house, "refresher")
    for name, shown, words in (
        ("alice", code, "on leave today"),
        ("bob", other, "not open for you now"),
    ):
        reply = confirm(house, name, shown)
        assert (reply.status_code, words in reply.text) == (409, True), name
        assert words in house.signed_in(name).get(f"/together/{shown}").text
    assert house.count("team_confirmation") == 0


@DATABASES_ARE_ALIKE
def test_a_code_that_is_none_is_told(house: TestHouse) -> None:
    alice = house.signed_in("alice")
    assert alice.get("/together?code=ab%20cd-ef23").headers["Location"].endswith("/ABCDEF23")
    assert "No team session has this code" in alice.get("/together/ABCDEF23").text
    assert house.post(alice, "/together/ABCDEF23").status_code == 404
    _url, code = start(house)
    assert code not in str(house.dump())  # what opens it is kept as a hash only


@DATABASES_ARE_ALIKE
def test_what_the_group_decides_is_nobodys_answer(house: TestHouse) -> None:
    """Every screen and situation is walked on the one screen, and nothing is written."""
    cycle = house.open_cycle("alice")
    url, _code = start(house)
    olga, before = house.signed_in("olga"), house.dump()
    at, visited = f"{url}/{_first(olga, url)}", 0
    while at.startswith(f"{url}/"):
        slug, name = urlsplit(at).path.split("/")[-2:]
        at, visited = _walk(house, olga, at, slug, name, cycle), visited + 1
    assert at == url
    assert visited > 10
    after = house.dump()
    before.pop("sign_in"), after.pop("sign_in")
    assert after == before
    with house.database.read() as session:
        for table in (Choice, StepDone, Attempt):
            assert session.scalars(select(table)).all() == []


def _first(olga: FlaskClient, url: str) -> str:
    found = re.search(rf'href="{url}/([^"]+)"', olga.get(url).text)
    assert found
    return found[1]


def _walk(house: TestHouse, olga: FlaskClient, at: str, slug: str, name: str, cycle: int) -> str:
    module = house.module(cycle, slug)
    if name not in module.scenarios:
        assert olga.get(at).status_code == 200
        return str(house.post(olga, at, leave="1").headers["Location"])
    scenario, here = module.scenarios[name], at
    for move in engine.moves_of(scenario, scenario.playthroughs[0]):
        fields = {f"pick-{field}": value for field, value in move.picks.items()}
        reply = house.post(olga, here, choice=move.choice, mark=list(move.marks), **fields)
        assert reply.status_code == 303, (here, reply.status_code)
        here = reply.headers["Location"].partition("#")[0]
        assert olga.get(here).status_code == 200
    page = olga.get(here).text
    assert "How it ends" in page
    found = re.search(r'class="btn btn-primary" href="([^"]+)"', page)
    assert found
    return found[1]


@DATABASES_ARE_ALIKE
@pytest.mark.parametrize("story", ["[", "7", '{"a":1}', "[7]", '[{"choice":"no"}]', "[" * 5_000])
def test_a_story_that_is_none_is_told(house: TestHouse, story: str) -> None:
    url, _code = start(house)
    olga = house.signed_in("olga")
    reply = olga.get(f"{url}/photos/shift-change", query_string={"story": story})
    assert reply.status_code == 422
    assert "begin it again" in reply.text
    illegal = house.post(olga, f"{url}/photos/shift-change", choice="no-such-choice")
    assert illegal.status_code == 422
    assert "be chosen here" in illegal.text
