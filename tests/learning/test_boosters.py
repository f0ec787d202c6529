"""The link of a booster: one scene, no session, a look changes nothing, and no name on a choice."""

import re
from datetime import timedelta
from urllib.parse import urlsplit

import pytest

from tests.boosting import WEEK, answer, complete, fields_of, newest, on_day, turn
from tests.cast import FACTS, TODAY, catalog
from tests.house import TestHouse
from tests.moves import leave
from training.accounts.days import everywhere
from training.catalog.minutes import first_scene_minutes
from training.catalog.roles import ROLES
from training.catalog.taking import taken
from training.learning import boosters
from training.learning.booster_models import Booster
from training.learning.booster_scenes import KINDS, MOST_MINUTES, candidates, plays
from training.learning.material import Material, material_for_role
from training.mail import Letter
from training.renewals.boosters import send_boosters
from training.rules.boosters import choose
from training.rules.course_way import CoursePlan

on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
REFERS = re.compile(r'(?:href|src|action)="([^"#]+)')


class Drawer:
    """A mailer that keeps what it is given."""

    def __init__(self) -> None:
        self.letters: list[Letter] = []

    def send(self, letter: Letter, _now: object) -> None:
        self.letters.append(letter)

    def close(self) -> None: ...


def mailed(house: TestHouse, name: str, week: int = 1) -> str:
    """Send this week's boosters; return the path of the link in hers."""
    day, drawer = TODAY + week * WEEK, Drawer()
    on_day(house, day)
    send_boosters(house.database, drawer, now=house.clock.now(), today=everywhere(day), base_url="")
    letter = next(one for one in drawer.letters if name in one.to_address)
    return next(line for line in letter.body.splitlines() if line.startswith("/boosters/"))


@pytest.fixture
def path(house: TestHouse) -> str:
    """Alice completed, a week passed, and her mail is there."""
    turn(house)
    complete(house, "alice")
    return mailed(house, "alice")


def test_the_link_opens_its_scene_without_a_session_and_a_scanner_uses_nothing_up(
    house: TestHouse, path: str
) -> None:
    scanner, before = house.client(), house.dump()
    for _ in range(5):
        page = scanner.get(path)
        assert page.status_code == scanner.head(path).status_code == 200
    assert house.dump() == before
    _row, scenario = newest(house)
    assert (
        f"<h1>{scenario.title}</h1>" in page.text.replace("’", "'") or scenario.title in page.text
    )

    assert answer(house, house.client(), path).status_code == 303
    assert house.count("booster", "opened_at IS NOT NULL") == 1
    sessions = before["sign_in"]
    assert house.dump()["sign_in"] == sessions


@on_sqlite
def test_the_first_page_says_what_it_is_what_is_kept_and_who_sees_it(
    house: TestHouse, path: str
) -> None:
    page = " ".join(house.client().get(path).text.split())
    for words in (
        "about a minute",
        "never counted",
        "never what you chose",
        "in the count of your role",
        "Your manager sees nothing",
        "Your own choices change nothing",
        FACTS["privacy_contact"],
    ):
        assert words in page, words


@on_sqlite
def test_the_answer_key_stays_here_until_she_chose(house: TestHouse, path: str) -> None:
    _row, scenario = newest(house)
    node = scenario.node(scenario.start)
    assert node is not None
    told = [
        html
        for choice in node.choices
        for case in choice.cases
        for html in (case.why, case.happens, case.rule)
    ]
    client = house.client()
    fields = fields_of(scenario)
    before = [client.get(path).text, client.get(path, query_string=fields).text]
    for page in before:
        assert not any(words[:40] in page for words in told)
        assert "verdict" not in page
    after = house.client()
    answer(house, after, path)
    assert 'id="verdict"' in after.get(path).text


def test_her_choice_is_kept_by_role_alone_and_counted_once(house: TestHouse, path: str) -> None:
    client = house.client()
    answer(house, client, path, best=False)
    before = house.dump()
    for best in (True, False, True):
        assert answer(house, client, path, best=best).status_code == 303
    assert house.dump() == before
    (count,) = before["booster_count"]
    row, scenario = newest(house)
    assert count[1:] == (1, row.module, row.objective, 1, "clinical", 1, 0)
    assert set(Booster.__table__.columns.keys()) == {
        *("id", "notice_id", "user_id", "assignment_id", "entity_id", "week", "sent_on"),
        *("role", "digest", "module", "scenario", "objective", "opened_at"),
    }
    choice = fields_of(scenario, best=False)["choice"]
    cells = [cell for rows in before.values() for row in rows for cell in row]
    assert choice not in cells
    assert not any(f'"{choice}"' in cell for row in before["audit_event"] for cell in map(str, row))


@on_sqlite
def test_people_of_one_role_add_up(house: TestHouse, path: str) -> None:
    answer(house, house.client(), path)
    house.clock.at -= WEEK
    complete(house, "bob")
    answer(house, house.client(), mailed(house, "bob"), best=False)
    (count,) = house.dump()["booster_count"]
    assert count[-2:] == (2, 1)


@on_sqlite
def test_whoever_answered_the_same_a_year_before_is_not_counted_twice(
    house: TestHouse, path: str
) -> None:
    answer(house, house.client(), path)
    first, _scenario = newest(house)
    later = TODAY + timedelta(days=364)
    on_day(house, later)
    complete(house, "alice", later)
    again = mailed(house, "alice", 53)
    second, _scenario = newest(house)
    assert (second.scenario, second.objective) != (first.scenario, first.objective)
    assert (second.objective, second.week) == (first.objective, first.week)
    answer(house, house.client(), again)
    assert house.count("booster", "opened_at IS NOT NULL") == 2
    assert house.dump()["booster_count"][0][-2:] == (1, 1)


@on_sqlite
def test_an_impossible_choice_is_told_and_keeps_nothing(house: TestHouse, path: str) -> None:
    client, before = house.client(), house.dump()
    for fields in ({}, {"choice": "none"}, {"choice": "", "mark": "x"}, {"choice": "x" * 500}):
        assert house.post(client, path, **fields).status_code == 422
    assert house.dump() == before


@on_sqlite
def test_it_leads_nowhere_without_signing_in(house: TestHouse, path: str) -> None:
    client = house.client()
    pages = [client.get(path).text]
    answer(house, client, path)
    pages += [client.get(path).text, house.client().get(path).text]
    for page in pages:
        for found in set(REFERS.findall(page)):
            there = urlsplit(found).path
            if found.startswith("tel:") or there.startswith(("/static/", path)):
                continue
            reply = house.client().get(there)
            assert reply.status_code == 302, found
            assert "/sign-in" in reply.headers["Location"], found


@on_sqlite
def test_the_token_signs_nobody_in_and_opens_nothing_else(house: TestHouse, path: str) -> None:
    token, client = path.rpartition("/")[2], house.client()
    assert client.get(f"/sign-in/{token}").status_code == 404
    assert house.post(client, f"/sign-in/{token}", answer="yes").status_code == 404
    for purpose in ("nudge", "pause"):
        assert client.get(f"/team/{purpose}/{token}").status_code == 410
    assert client.get(f"/calendar/{token}.ics").status_code == 404
    assert client.get(f"{path}/drawings/none.svg").status_code == 404


@on_sqlite
def test_a_used_a_wrong_and_an_old_link_give_a_kind_page(house: TestHouse, path: str) -> None:
    answer(house, house.client(), path)
    used = house.client().get(path)
    assert used.status_code == 200
    assert "You played this one" in used.text
    for wrong in (f"{path}x", "/boosters/none", f"{path}/wish", f"{path}x/wish"):
        client = house.client()
        assert client.get(wrong).status_code in {405, 410}
        if wrong != f"{path}/wish":
            assert house.post(client, wrong).status_code == 410
    house.clock.at += timedelta(days=14) - timedelta(seconds=1)
    assert house.client().get(path).status_code == 200
    house.clock.at += timedelta(seconds=1)
    gone = house.client().get(path)
    assert gone.status_code == 410
    assert "nothing to make up for" in gone.text


@on_sqlite
def test_whoever_left_has_no_scene_any_more(house: TestHouse, path: str) -> None:
    leave(house, "alice")
    assert house.client().get(path).status_code == 410


@on_sqlite
def test_stop_these_for_me_is_one_post_kept_as_a_fact_and_can_be_taken_back(
    house: TestHouse, path: str
) -> None:
    client = house.client()
    assert house.post(client, f"{path}/wish", wanted="no").status_code == 303
    assert house.post(client, f"{path}/wish", wanted="no").status_code == 303
    assert house.count("booster_wish", "wanted = false") == 1
    assert house.count("audit_event", "name = 'boosters.declined'") == 1
    assert "No more of these mails" in client.get(path).text
    assert house.count("booster", "opened_at IS NOT NULL") == 0
    house.clock.at += 3 * WEEK
    drawer = Drawer()
    day = everywhere(TODAY + 4 * WEEK)
    send_boosters(house.database, drawer, now=house.clock.now(), today=day, base_url="")
    assert drawer.letters == []
    with house.database.write() as session:
        boosters.wish(session, house.id_of("alice"), house.clock.now(), wanted=True)
    send_boosters(house.database, drawer, now=house.clock.now(), today=day, base_url="")
    assert len(drawer.letters) == 1


@on_sqlite
def test_every_scene_a_role_may_get_is_short_has_a_best_choice_and_plays(
    house: TestHouse,
) -> None:
    """Whatever the course, the first scene alone reads in about a minute and needs no warning."""
    found = 0
    for module in catalog().modules().values():
        for scenario in filter(plays, module.scenarios.values()):
            found += 1
            first = scenario.node(scenario.start)
            assert first is not None
            assert scenario.warning is None
            assert first.kind in KINDS
            assert first_scene_minutes(scenario) <= MOST_MINUTES
            assert fields_of(scenario)
            assert fields_of(scenario, best=False)
    assert found >= 20


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("code", ["onboarding", "refresher", "long"])
def test_each_course_has_three_scenes_for_every_role(code: str, role: str) -> None:
    course, modules = catalog().courses[code], catalog().modules()
    mine = {
        part.slug: module
        for part in course.modules
        if (module := taken(modules[part.slug], part, role))
    }
    able = candidates(Material(course, code, role, mine, {}, CoursePlan((), 80, False)))
    sent: list[tuple[str, str]] = []
    for _ in range(3):
        chosen = choose(able, sent, {})
        assert chosen is not None
        sent.append(chosen.situation)
    assert len(set(sent)) == 3
    asked = {(slug, o.id) for slug, module in mine.items() for o in module.objectives}
    assert {one.about for one in able} <= asked
    cases = {case.scenario for case in catalog().courses["refresher"].cases}
    assert not cases & {one.scenario for one in able}  # each waits for the refresher of its year
    for one in able:
        assert {"any", role} & set(modules[one.module].scenarios[one.scenario].roles)


@on_sqlite
def test_the_drawing_of_the_scene_comes_by_its_link_and_no_other_does(
    house: TestHouse, path: str
) -> None:
    with house.database.write() as session:
        row = session.query(Booster).one()
        material = material_for_role(session, row.user_id, "onboarding", TODAY)
        row.module, row.scenario, row.digest = "accounts", "chili-day", material.digests["accounts"]
    page = house.client().get(path).text
    (drawing,) = set(re.findall(rf'src="({re.escape(path)}/drawings/[^"]+)"', page))
    reply = house.client().get(drawing)
    assert (reply.status_code, reply.mimetype) == (200, "image/svg+xml")
    others = [f for f in material.modules["accounts"].drawings if not drawing.endswith(f[6:])]
    assert others
    for other in others:
        name = other.removeprefix("media/")
        assert house.client().get(f"{path}/drawings/{name}").status_code == 404
