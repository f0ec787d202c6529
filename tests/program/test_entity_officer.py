"""An officer of some legal entities: page, count, search, file and act are one set, and hers."""

import csv
import io
import json
import re
from collections import Counter
from datetime import date, timedelta

import pytest
from click.testing import CliRunner
from flask import g, request_finished
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook
from sqlalchemy import select, text

from tests.cast import NOW, TODAY
from tests.effort import times
from tests.house import CSRF, TestHouse
from tests.program.divided import DAY, Divided, divide
from tests.program.lists import HEAD, listed
from tests.test_access import TABLE, Rows, path_of, rows
from training import checkup
from training.accounts import service
from training.accounts.days import Today, everywhere
from training.accounts.models import Placement, RoleGrant, Site, User
from training.accounts.reach import EVERYWHERE, Reach
from training.accounts.sessions import actor_of
from training.assignments.models import Absence, Rule
from training.learning.models import TeamConfirmation
from training.program.roster import Options, Refused, apply, plan
from training.renewals import dates, day_counts
from training.renewals.day_counts import MONTHS
from training.reports import as_of, export_making, workbook
from training.reports.export_making import Workshop, work_off
from training.reports.overview import Programme, overview
from training.reports.queries import Figures, everyone, outcome
from training.rules.access import Action, Actor, Role, entities_reached
from training.rules.days import month_ends
from training.rules.standing import Complete

__all__ = ["rows"]  # the fixture of the reviewed table

pytestmark = pytest.mark.either_database
FIXTURES = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
HARBOR = "Harbor Hospital"


# --- random organisations against the oracle -------------------------------------------------


@pytest.fixture
def divided(house: TestHouse) -> Divided:
    return divide(house)


def listed_on(client: FlaskClient, url: str) -> set[int]:
    """Return whose pages a list leads to, its further pages too."""
    found: set[int] = set()
    while url:
        page = client.get(url).get_data(as_text=True).split("<main", 1)[1]
        found |= {int(id_) for id_ in re.findall(r'href="/program/people/(\d+)"', page)}
        onward = re.search(r'href="([^"]+)">More', page)
        url = onward.group(1).replace("&amp;", "&") if onward else ""
    return found


@given(seed=st.integers(0, 2**32), pick=st.integers(0, 23), some=st.integers(1, 6))
@settings(max_examples=times(3, 12), deadline=None, suppress_health_check=FIXTURES)
def test_F25_page_search_files_person_and_acts_are_one_set(
    divided: Divided, seed: int, pick: int, some: int
) -> None:
    rnd = divided.set_up(seed)
    mine = {entity for n, entity in enumerate(divided.entities) if some >> n & 1}
    officer = next(u for u in divided.ids[pick:] + divided.ids if _is_here(divided, u))
    divided.grant(officer, mine)
    browser, expected = divided.browser(officer), divided.of(mine)
    crowd = set(divided.ids)

    assert listed_on(browser, "/program/people") & crowd == expected
    found = listed_on(browser, "/program/people?q=Name0")
    assert found & crowd == {u for u in expected if divided.ids.index(u) < 10}
    late = listed_on(divided.house.signed_in("olga"), "/program/people?status=overdue")
    assert listed_on(browser, "/program/people?status=overdue") & crowd == late & expected
    table = browser.get("/program/people.csv").get_data(as_text=True)
    assert divided.named_in(table) == expected
    book = load_workbook(io.BytesIO(browser.get("/program/people.xlsx").data), read_only=True)
    cells = [str(cell) for row in book.worksheets[0].iter_rows(values_only=True) for cell in row]
    assert divided.named_in(" ".join(cells)) == expected
    assert listed_on(browser, "/program/as-of") & crowd <= expected
    _check_each(divided, browser, officer, rnd.sample(divided.ids, k=6), expected)


def without_tokens(page: bytes) -> str:
    """Return a page without its form tokens, which differ from page to page."""
    return CSRF.sub("", page.decode())


def _is_here(divided: Divided, user: int) -> bool:
    return not any(row.kind == "left" for row in divided.lives[user])


def _check_each(
    divided: Divided, browser: FlaskClient, officer: int, some: list[int], expected: set[int]
) -> None:
    absent, before = browser.get("/program/people/999999"), _on_leave(divided)
    for user in some:
        page = browser.get(f"/program/people/{user}")
        assert page.status_code == (200 if user in expected else 404)
        if user not in expected:
            assert without_tokens(page.data) == without_tokens(absent.data)
        if user == officer:
            continue
        day = (TODAY + timedelta(days=900)).isoformat()
        act = divided.house.post(browser, f"/program/people/{user}/leave", from_on=day, to_on=day)
        assert act.status_code in ({303, 422} if user in expected else {404})
    assert _on_leave(divided) - before <= expected


def _on_leave(divided: Divided) -> set[int]:
    with divided.house.database.read() as session:
        return set(session.scalars(select(Absence.user_id)))


@given(seed=st.integers(0, 2**32), some=st.integers(1, 6))
@settings(max_examples=times(2, 12), deadline=None, suppress_health_check=FIXTURES)
def test_F25_the_figures_count_whoever_is_within_reach_today_and_was_on_each_day(
    divided: Divided, seed: int, some: int
) -> None:
    """Some dates are made by the jobs and some are asked of the facts: it makes no difference."""
    mine = {entity for n, entity in enumerate(divided.entities) if some >> n & 1}
    rnd = divided.set_up(seed)
    if seed % 2:
        day_counts.keep(divided.house.database, TODAY)
    dates.refresh_all(divided.house.database)
    with divided.house.database.write() as session:
        for user in rnd.sample(divided.ids, k=5):
            session.add(Absence(user_id=user, from_on=TODAY - 3 * DAY, recorded_at=NOW))
    with divided.house.database.read() as session:
        today, reach = everywhere(TODAY), Reach(frozenset(mine))
        found = overview(session, today, reach)
        assert _plain(found.whole) == _plain(_by_hand(session, today, mine))
        ends = month_ends(today.latest, MONTHS)
        for month in found.trend[-4:]:
            assert month.figures.complete == _then(session, month.on, mine), month.on
        assert [month.on for month in found.trend] == ends
        every = overview(session, today, EVERYWHERE)
        whole = overview(session, today, Reach(frozenset(divided.entities)))
        assert _plain(whole.whole) == _plain(every.whole)
        for entry in found.access:
            assert entry.user_id not in divided.ids or entry.user_id in divided.of(mine, TODAY)
        assert _waits(found, divided) == _waits(every, divided) & divided.of(mine, TODAY)


def _waits(found: Programme, divided: Divided) -> set[int]:
    return {entry.user_id for entry in found.access} & set(divided.ids)


def _plain(figures: Figures) -> tuple[object, ...]:
    return +figures.complete, +figures.open, figures.away


def _by_hand(session: object, today: Today, mine: set[int]) -> Figures:
    figures = Figures.empty()
    for duty in everyone(session, today):  # type: ignore[arg-type]
        told = outcome(duty)
        if told and duty.person.entity_id in mine:
            figures.count(told)
    return figures


def _then(session: object, day: date, mine: set[int]) -> Counter[Complete]:
    figures = Figures.empty()
    for answer in as_of.as_of(session, everywhere(day)):  # type: ignore[arg-type]
        if answer.duty.person.entity_id in mine:
            figures.add(answer.duty)
    return figures.complete


def test_a_past_day_shows_who_worked_there_then_and_leads_to_those_who_still_do(
    divided: Divided,
) -> None:
    divided.set_up(5)
    mine = {divided.entities[1]}
    officer = next(u for u in divided.ids if _is_here(divided, u))
    divided.grant(officer, mine)
    browser = divided.browser(officer)
    moved = 0
    for days in (1, 35, 120):
        day = TODAY - days * DAY
        then = divided.of(mine, day)
        url = f"/program/as-of?on={day.isoformat()}"
        page = browser.get(url).get_data(as_text=True).split("<main", 1)[1]
        shown = divided.named_in(page)
        here = {u for u in then if _is_here(divided, u)}
        assert here <= shown <= then
        assert listed_on(browser, url) & set(divided.ids) == shown & divided.of(mine)
        table = browser.get(f"/program/as-of.csv?on={day.isoformat()}").get_data(as_text=True)
        assert divided.named_in(table) == shown
        moved += len(shown - divided.of(mine))
    assert moved  # somebody was there and has moved on: the test has what it is about


# --- two entities of the cast: Max answers for Harbor alone ----------------------------------


@pytest.fixture
def harbor(house: TestHouse) -> int:
    """Make Harbor (Max and Zoe) a legal entity of its own, with Max as its officer."""
    with house.database.write() as session:
        from training.accounts.models import Entity

        entity = Entity(name=HARBOR, signatory="")
        session.add(entity)
        session.flush()
        session.scalars(select(Site).where(Site.name == "Harbor")).one().entity_id = entity.id
        user = session.get_one(User, house.id_of("max"))
        role = Role.PRIVACY_OFFICER
        service.grant_role(session, user, role, by=None, now=NOW, entity_id=entity.id)
        return entity.id


PERSON_FORMS = {
    "unlock": {},
    "leave": {"from_on": "2026-12-01", "to_on": "2026-12-05"},
    "leave/999999/end": {"last_day": "2026-12-05"},
    "waivers": {"course": "onboarding", "to_on": "2027-01-01", "reason": "away"},
    "waivers/999999/end": {},
    "due-day": {"course": "onboarding", "due_on": "2026-12-24", "reason": "late hire"},
    "training": {"course": "onboarding", "path": "refresher"},
    "record": {"course": "onboarding", "completed_on": "2026-11-01", "source": "paper"},
    "signature": {"signed_on": "2026-11-01", "typed_name": "A. Name"},
    "completions/999999/withdraw": {"reason": "by mistake"},
}


def test_F25_a_person_of_another_entity_is_the_same_as_nobody(
    house: TestHouse, harbor: int
) -> None:
    house.open_cycle("alice")
    browser, before = house.signed_in("max"), None
    alice, zoe = house.id_of("alice"), house.id_of("zoe")
    assert browser.get(f"/program/people/{zoe}").status_code == 200
    for path, fields in ({"": {}} | PERSON_FORMS).items():
        replies = []
        for user in (alice, 999999):
            url = f"/program/people/{user}/{path}".rstrip("/")
            before = house.dump() if user == alice else before
            reply = house.post(browser, url, **fields) if path else browser.get(url)
            replies.append((reply.status_code, without_tokens(reply.data)))
            if user == alice and path:
                assert house.dump() == before, path
        assert replies[0] == replies[1], path
        assert replies[0][0] == 404
    done = house.post(browser, f"/program/people/{zoe}/leave", **PERSON_FORMS["leave"])
    assert done.status_code == 303


# What an officer's route need not ask, and why.
NOT_ASKED = {
    "files.mine": "her own files alone",
    "files.offer": "words about a file that is not made yet",
    "files.ask": "her reach is asked when it is made",
    "files.one": "how far a file of hers is",
    "files.again": "her reach is asked when it is made",
    "files.download": "her reach of then and of now are compared in exports.still_reaches",
    "program.roster": "an empty form",
    "program.prior_training": "an empty form",
}
ENOUGH = {  # without these a form is refused before anything is read
    "program.switch_boosters": {"turn": "on"},
    "program.unit_slips": {"site": "1"},
    "program.print_handouts": {"user": "1"},
    "program.print_slips": {"user": "1"},
}


def test_F25_every_page_of_an_officer_asks_how_far_she_reaches(
    house: TestHouse, rows: Rows, harbor: int
) -> None:
    asked: set[str] = set()

    def note(*_args: object, **_more: object) -> None:
        from flask import request

        if g.get("reach_asked"):
            asked.add(str(request.endpoint))

    browser = house.signed_in("max")
    officers = {
        name for name, (_verb, who) in TABLE.items() if "olga" in who and "alice" not in who
    }
    with request_finished.connected_to(note, house.app):
        for endpoint in sorted(officers):
            verb, path = TABLE[endpoint][0], path_of(endpoint, rows)
            if verb == "GET":
                reply = browser.get(path)
            else:
                reply = house.post(browser, path, **ENOUGH.get(endpoint, {}))
            assert reply.status_code not in {403, 405, 500}, endpoint
    assert officers - asked == set(NOT_ASKED)


def test_rights_change_on_the_next_request(house: TestHouse, harbor: int) -> None:
    browser = house.signed_in("max")
    alice, zoe = house.id_of("alice"), house.id_of("zoe")
    assert browser.get(f"/program/people/{alice}").status_code == 404
    with house.database.write() as session:
        moved = session.scalars(select(Site).where(Site.name == "Main Street")).one()
        row = session.scalars(select(Placement).where(Placement.user_id == zoe)).one()
        row.superseded_at = NOW
        session.add(
            Placement(
                user_id=zoe,
                from_on=row.from_on,
                site_id=moved.id,
                hired_on=row.hired_on,
                recorded_at=NOW,
            )
        )
    assert browser.get(f"/program/people/{zoe}").status_code == 404
    with house.database.write() as session:
        user = session.get_one(User, house.id_of("max"))
        assert service.take_role_away(
            session, user, Role.PRIVACY_OFFICER, by=None, now=NOW, entity_id=harbor
        )
    assert browser.get("/program/people").status_code == 403
    with house.database.write() as session:
        user = session.get_one(User, house.id_of("max"))
        service.grant_role(session, user, Role.PRIVACY_OFFICER, by=None, now=NOW)
    assert browser.get(f"/program/people/{alice}").status_code == 200


def test_another_role_that_reads_everybody_is_not_limited_and_acts_stay_so(
    house: TestHouse, harbor: int
) -> None:
    alice = house.id_of("alice")
    with house.database.write() as session:
        user = session.get_one(User, house.id_of("max"))
        service.grant_role(session, user, Role.AUDITOR, by=None, now=NOW)
    browser = house.signed_in("max")
    page = browser.get(f"/program/people/{alice}")
    assert page.status_code == 200
    assert "/leave" not in page.get_data(as_text=True)
    act = house.post(browser, f"/program/people/{alice}/leave", **PERSON_FORMS["leave"])
    assert act.status_code == 404


@pytest.mark.parametrize(
    ("roles", "action", "reached"),
    [
        ({Role.PRIVACY_OFFICER}, Action.PEOPLE_READ, {7}),
        ({Role.PRIVACY_OFFICER, Role.MANAGER}, Action.PEOPLE_READ, {7}),
        ({Role.PRIVACY_OFFICER, Role.ADMIN}, Action.PEOPLE_READ, None),
        ({Role.PRIVACY_OFFICER, Role.ADMIN}, Action.PEOPLE_WRITE, {7}),
        ({Role.PRIVACY_OFFICER, Role.AUDITOR}, Action.EXPORT_PEOPLE, None),
        ({Role.PRIVACY_OFFICER, Role.AUDITOR}, Action.WAIVER_WRITE, {7}),
    ],
)
def test_the_limit_is_of_the_role_that_lets_her(
    roles: set[Role], action: Action, reached: set[int] | None
) -> None:
    actor = Actor(1, frozenset(roles), entity_ids=frozenset({7}))
    assert entities_reached(actor, action) == reached
    assert entities_reached(Actor(1, frozenset(roles)), action) is None


# --- files that the jobs make ----------------------------------------------------------------


def test_a_long_file_holds_her_people_and_is_withdrawn_once_one_moved_away(
    house: TestHouse, harbor: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workbook, "MOST_ROWS", 1)
    shop = Workshop(house.database, house.settings.data_dir, None, house.clock)
    browser = house.signed_in("max")
    asked = house.post(browser, "/files", kind="people", format="xlsx").headers["Location"]
    assert work_off(shop) == "1 files made"
    data = browser.get(f"{asked}/download", buffered=True).data
    sheet = load_workbook(io.BytesIO(data)).worksheets[0]
    assert {row[0].value for row in sheet.iter_rows(min_row=2)} == {"E-max", "E-zoe"}
    with house.database.write() as session:
        main = session.scalars(select(Site.id).where(Site.name == "Main Street")).one()
        zoe = house.id_of("zoe")
        session.add(
            Placement(
                user_id=zoe,
                from_on=TODAY,
                site_id=main,
                hired_on=TODAY,
                recorded_at=NOW,
            )
        )
    assert browser.get(f"{asked}/download").status_code == 303
    assert house.count("export", "state = 'expired'") == 1


def test_a_file_made_for_all_is_not_handed_to_an_officer_who_was_limited_since(
    house: TestHouse, harbor: int
) -> None:
    shop = Workshop(house.database, house.settings.data_dir, None, house.clock)
    with house.database.write() as session:
        user = session.get_one(User, house.id_of("max"))
        service.grant_role(session, user, Role.PRIVACY_OFFICER, by=None, now=NOW)
    browser = house.signed_in("max")
    asked = house.post(browser, "/files", kind="people", format="xlsx").headers["Location"]
    assert work_off(shop) == "1 files made"
    with house.database.write() as session:
        user = session.get_one(User, house.id_of("max"))
        service.take_role_away(session, user, Role.PRIVACY_OFFICER, by=None, now=NOW)
    assert browser.get(f"{asked}/download").status_code == 303
    assert export_making.sweep(shop) == 0
    assert house.count("export", "state = 'expired'") == 1


# --- what is written per practice ------------------------------------------------------------

FACTS = {"privacy_contact": "Max Meier", "privacy_phone": "555-0200"}


def test_her_words_hours_and_switches_are_those_of_her_practice(
    house: TestHouse, harbor: int
) -> None:
    browser, first = house.signed_in("max"), 1
    assert house.post(browser, "/program/content", **FACTS).status_code == 303
    assert house.post(browser, "/program/boosters", turn="on").status_code == 303
    hours = {"day": ["0", "1"], "from_hour": "8", "to_hour": "17", "paid_note": "Paid time."}
    assert house.post(browser, "/program/reminders/hours", **hours).status_code == 303
    for table in ("entity_facts", "site_mail"):
        theirs = f"entity_id = {harbor} AND superseded_at IS NULL"
        assert house.count(table, theirs) == 1, table
    assert house.count("entity_facts", f"entity_id = {first} AND superseded_at IS NOT NULL") == 0
    assert "555-0200" in browser.get("/program/content").get_data(as_text=True)
    for page in (
        "content",
        "policy",
        "boosters",
        "reminders/hours",
        "roles",
        "slips",
        "people/add",
    ):
        assert browser.get(f"/program/{page}?entity={first}").status_code == 404, page
        assert browser.get(f"/program/{page}?entity={harbor}").status_code == 200, page
    before = house.dump()
    reply = house.post(browser, f"/program/content?entity={first}", **FACTS)
    assert (reply.status_code, house.dump()) == (404, before)
    main = site_id(house, "Main Street")
    reply = house.post(browser, "/program/reminders/hours", **hours, site=str(main))
    assert reply.status_code == 404


def site_id(house: TestHouse, name: str) -> int:
    with house.database.read() as session:
        return session.scalars(select(Site.id).where(Site.name == name)).one()


def test_an_officer_of_all_chooses_whose_words_she_writes(house: TestHouse, harbor: int) -> None:
    olga = house.signed_in("olga")
    page = olga.get("/program/content").get_data(as_text=True)
    assert f'href="/program/content?entity={harbor}">{HARBOR}</a>' in page
    there = f"/program/content?entity={harbor}"
    reply = house.post(olga, there, **FACTS)
    assert reply.headers["Location"] == there
    assert house.count("entity_facts", f"entity_id = {harbor}") == 1
    assert olga.get("/program/content?entity=999999").status_code == 404
    assert olga.get("/program/content?entity=x").status_code == 404


def test_a_practice_of_one_entity_never_sees_the_word(house: TestHouse) -> None:
    olga = house.signed_in("olga")
    for page in ("", "/people", "/rules", "/rules/new", "/content", "/reminders", "/slips"):
        told = olga.get(f"/program{page}").get_data(as_text=True).casefold()
        assert "entit" not in told.replace("identit", ""), page
        assert "this page is about" not in told, page


def test_slips_are_printed_for_her_people_alone(house: TestHouse, harbor: int) -> None:
    browser = house.signed_in("max")
    alice, zoe = house.id_of("alice"), house.id_of("zoe")
    assert house.post(browser, "/program/slips", user=[str(alice)]).status_code == 404
    assert house.post(browser, "/program/slips", user=[str(alice), str(zoe)]).status_code == 200
    assert house.count("link_token", f"user_id = {zoe}") == 1
    assert house.count("link_token", f"user_id = {alice}") == 0
    main = str(site_id(house, "Main Street"))
    assert house.post(browser, "/program/slips/unit", site=main).status_code == 422
    links = house.post(browser, "/program/people/links", user=[str(alice)])
    assert links.status_code == 422


def test_a_limited_officer_makes_no_way_in_as_somebody_who_may_reach_further(
    house: TestHouse, harbor: int
) -> None:
    """Who holds a link is signed in by it: as an officer of all, or as an admin."""
    browser, zoe = house.signed_in("max"), house.id_of("zoe")
    with house.database.write() as session:
        service.grant_role(session, session.get_one(User, zoe), Role.ADMIN, by=None, now=NOW)
    for page in ("/program/slips", "/program/people/links"):
        assert house.post(browser, page, user=[str(zoe)]).status_code in {404, 422}
    assert house.count("link_token", f"user_id = {zoe}") == 0
    assert house.post(house.signed_in("adam"), "/program/slips", user=[str(zoe)]).status_code == 200


def test_whom_she_adds_by_name_works_at_a_site_of_hers(house: TestHouse, harbor: int) -> None:
    browser = house.signed_in("max")
    main, here = str(site_id(house, "Main Street")), str(site_id(house, "Harbor"))
    fields = {"names": "Ben Cole", "seen": "1"}
    assert house.post(browser, "/program/people/add", **fields, site=main).status_code == 422
    assert house.count("user", "legal_name = 'Ben Cole'") == 0
    assert house.post(browser, "/program/people/add", **fields, site=here).status_code == 303
    assert "Ben Cole" in browser.get("/program/people").get_data(as_text=True)


def test_mails_and_team_sessions_of_others_stay_theirs(house: TestHouse, harbor: int) -> None:
    house.settings.smtp_url = "smtp://127.0.0.1:9"
    cycle = house.open_cycle("alice")
    olga, browser = house.signed_in("olga"), house.signed_in("max")
    page = browser.get("/program/reminders").get_data(as_text=True)
    assert "Alice" not in page
    started = house.post(olga, "/program/together", course="onboarding").headers["Location"]
    assert browser.get(started).status_code == 404
    assert house.post(browser, f"{started}/end").status_code == 404
    mine = house.post(browser, "/program/together", course="onboarding").headers["Location"]
    with house.database.write() as session:
        session.add(
            TeamConfirmation(
                team_session_id=int(mine.rsplit("/", 1)[1]),
                user_id=house.id_of("alice"),
                assignment_id=cycle,
                steps=1,
                method="password",
                shared_device=False,
                confirmed_on=TODAY,
                confirmed_at=NOW,
            )
        )
    assert "Alice" not in browser.get(mine).get_data(as_text=True)
    assert "Alice" in olga.get(mine).get_data(as_text=True)
    assert "0 people confirmed" in browser.get(mine).get_data(as_text=True)


# --- rules and campaigns ---------------------------------------------------------------------

NEW_RULE = {
    "course": "refresher",
    "days": "20",
    "anchor": "hire",
    "renews": "none",
    "window": "60",
    "grace": "0",
    "refresher": "",
    "basis": "our_policy",
    "from_on": TODAY.isoformat(),
}
SHOWN = re.compile(r'name="shown" value="([0-9a-f]{64})"')


def test_she_writes_rules_for_her_own_people_and_reads_those_of_all(
    house: TestHouse, harbor: int
) -> None:
    browser = house.signed_in("max")
    with house.database.read() as session:
        code = session.scalars(select(Rule.code)).one()
    told = browser.get("/program/rules").get_data(as_text=True)
    assert f"/program/rules/edit/{code}" not in told
    assert "an officer of all changes it" in told
    assert browser.get(f"/program/rules/edit/{code}").status_code == 404
    for end in ("end/preview", "end"):
        ended = house.post(browser, f"/program/rules/edit/{code}/{end}", from_on=TODAY.isoformat())
        assert ended.status_code == 404
    saved = house.post(browser, "/program/rules", **NEW_RULE, code=code, shown="0" * 64)
    assert saved.status_code == 404

    preview = house.post(browser, "/program/rules/preview", **NEW_RULE)
    told = preview.get_data(as_text=True)
    assert "Zoë Zimmer" in told
    assert "Alice" not in told
    assert f"All staff of {HARBOR}" in told
    shown = SHOWN.search(told)
    assert shown
    saved = house.post(browser, "/program/rules", **NEW_RULE, shown=shown.group(1))
    assert saved.status_code == 303
    with house.database.read() as session:
        row = session.scalars(select(Rule).order_by(Rule.id.desc())).first()
        assert row is not None
        assert row.audience == f'{{"entities": ["{harbor}"]}}'
    assert browser.get(f"/program/rules/edit/{row.code}").status_code == 200
    with house.database.read() as session:
        asked = session.execute(
            text("SELECT user_id FROM assignment WHERE rule_id = :r"), {"r": row.id}
        )
        assert set(asked.scalars()) == {house.id_of("max"), house.id_of("zoe")}


def test_a_rule_of_another_entity_is_not_hers_to_read_and_keeps_its_entity_when_changed(
    house: TestHouse, harbor: int
) -> None:
    olga = house.signed_in("olga")
    fields = NEW_RULE | {"entities": "1"}
    shown = SHOWN.search(
        house.post(olga, "/program/rules/preview", **fields).get_data(as_text=True)
    )
    assert shown
    assert house.post(olga, "/program/rules", **fields, shown=shown.group(1)).status_code == 303
    assert "Main Street Clinic" in olga.get("/program/rules").get_data(as_text=True)
    page = house.signed_in("max").get("/program/rules").get_data(as_text=True)
    assert "refresher within 20 days" not in page
    assert "onboarding within" in page
    edited = olga.get("/program/rules/edit/refresher-1").get_data(as_text=True)
    assert re.search(r'name="entities"\s+value="1"\s+checked', edited)
    foreign = house.post(house.signed_in("max"), "/program/rules/preview", **NEW_RULE, entities="1")
    assert foreign.status_code == 422


def test_a_campaign_opens_for_her_people_alone(house: TestHouse, harbor: int) -> None:
    browser = house.signed_in("max")
    fields = {
        "course": "onboarding",
        "path": "onboarding",
        "due_on": "2026-12-20",
        "skip_days": "0",
    }
    for name in ("alice", "zoe"):
        house.open_cycle(name)
    with house.database.write() as session:
        session.execute(text("UPDATE assignment SET closed_at = :n, closed_reason = 'superseded'"),
                        {"n": NOW})  # fmt: skip
    told = house.post(browser, "/program/rules/campaign/preview", **fields).get_data(as_text=True)
    assert "Zoë Zimmer" in told
    assert "Alice" not in told
    shown = SHOWN.search(told)
    assert shown
    done = house.post(browser, "/program/rules/campaign", **fields, shown=shown.group(1))
    assert done.status_code == 303
    with house.database.read() as session:
        opened = session.execute(text("SELECT user_id FROM assignment WHERE closed_at IS NULL"))
        assert set(opened.scalars()) == {house.id_of("max"), house.id_of("zoe")}


# --- lists -----------------------------------------------------------------------------------

ZOE = "E-zoe,Zoë Zimmer,zoe@clinic.example,Imaging,,Harbor,2024-01-15,,active"
MAX = "E-max,Max Meier,max@clinic.example,Imaging,,Harbor,2024-01-15,,active"
ALICE = "E-alice,Alice Adams,alice@clinic.example,Ward 3,,Main Street,2024-01-15,,active"
NEW = "N-1,New Nurse,new@clinic.example,Imaging,E-max,,2026-11-01,,active"


def faults(house: TestHouse, reach: Reach, *lines: str) -> list[str]:
    with house.database.write() as session, pytest.raises(Refused) as found:
        plan(session, listed(*lines, head=HEAD), "staff.csv", Options("hr", TODAY, reach=reach))
    return [str(fault) for fault in found.value.faults]


def test_a_staff_list_of_hers_touches_nobody_else(house: TestHouse, harbor: int) -> None:
    reach = Reach(frozenset({harbor}))
    told = faults(house, reach, ZOE, MAX, ALICE)
    assert len(told) == 1
    assert "4" in told[0]
    assert "E-alice is of another legal entity" in told[0]
    told = faults(house, reach, ZOE.replace("Harbor", "main street"), MAX)
    assert "the site 'main street' is of another legal entity" in told[0]

    before = {name: _places(house, name) for name in ("alice", "bob", "olga")}
    options = Options("hr", TODAY, reach=reach, skip_bad_rows=True)
    with house.database.write() as session:
        found = plan(session, listed(ZOE, NEW, ALICE, head=HEAD), "staff.csv", options)
        apply(session, found, by=house.id_of("max"), now=NOW)
    assert {(c.kind, c.external_id) for c in found.changes} == {
        ("moved", "E-zoe"),
        ("new", "N-1"),
        ("left", "E-max"),
    }
    assert {name: _places(house, name) for name in before} == before
    with house.database.read() as session:
        placed = select(Site.entity_id).join(Placement).join(User, User.id == Placement.user_id)
        assert session.scalars(placed.where(User.external_id == "N-1")).all() == [harbor]


def _places(house: TestHouse, name: str) -> list[object]:
    with house.database.read() as session:
        query = select(Placement.id).where(
            Placement.user_id == house.id_of(name), Placement.superseded_at.is_(None)
        )
        return list(session.scalars(query))


def test_the_page_takes_her_list_with_her_reach(house: TestHouse, harbor: int) -> None:
    browser = house.signed_in("max")
    reply = house.post(browser, "/program/roster", text=listed(ALICE, head=HEAD).decode())
    assert reply.status_code == 422
    assert "is of another legal entity" in reply.get_data(as_text=True)


def test_earlier_training_of_others_is_of_nobody(house: TestHouse, harbor: int) -> None:
    browser, told = house.signed_in("max"), []
    for number in ("E-alice", "E-none9"):
        rows_of = (
            f"employee_id,course,completed_on,source\n{number},onboarding,2026-03-02,Old LMS\n"
        )
        reply = house.post(browser, "/program/roster/prior", text=rows_of)
        assert reply.status_code == 422
        told.append(re.findall(r"Nobody here is [\w-]+", reply.get_data(as_text=True)))
    assert told == [["Nobody here is E-alice"], ["Nobody here is E-none9"]]


# --- commands --------------------------------------------------------------------------------


@pytest.fixture
def byp(house: TestHouse, monkeypatch: pytest.MonkeyPatch) -> CliRunner:
    monkeypatch.setattr("training.commands.people.open_house", lambda: house)
    return CliRunner()


def run(byp: CliRunner, *words: str) -> tuple[int, str]:
    from training.cli import byp as command

    done = byp.invoke(command, words)
    return done.exit_code, done.output


def test_the_commands_add_an_entity_and_grant_and_take_away_its_role(
    house: TestHouse, byp: CliRunner
) -> None:
    add = ("entity", "add", "Hill Home", "--site", "Hill", "--zone", "America/Denver")
    assert run(byp, *add) == (0, "Hill Home\n")
    assert run(byp, "entity", "list")[1] == "Hill Home\nMain Street Clinic\n"
    for wrong, what in (
        (add, "of this name already"),
        ((*add[:2], "Other", "--site", "harbor", *add[5:]), "a site of this name"),
        ((*add[:2], "Other", "--site", "New", "--zone", "Mars"), "no such time zone"),
        (("user", "grant", "privacy_officer", "E-bob", "--entity", "Nowhere"), "no legal entity"),
        (("user", "grant", "auditor", "E-bob", "--entity", "Hill Home"), "only a privacy officer"),
        (("user", "grant", "privacy_officer", "E-olga", "--entity", "Hill Home"), "every legal"),
        (("user", "take-away", "admin", "E-adam"), "the last admin"),
        (("user", "take-away", "auditor", "E-bob"), "has no such role"),
    ):
        code, told = run(byp, *wrong)
        assert (code, what in told) == (1, True), told
    of_hill = ("privacy_officer", "E-bob", "--entity", "Hill Home")
    assert run(byp, "user", "grant", *of_hill)[0] == 0
    with house.database.read() as session:
        entity = session.scalars(select(RoleGrant.entity_id).where(RoleGrant.entity_id > 0)).one()
        actor = actor_of(session, house.id_of("bob"), house.clock.now() + DAY)
    assert actor.entity_ids == {entity}
    assert run(byp, "user", "take-away", *of_hill)[0] == 0
    with house.database.read() as session:
        after = actor_of(session, house.id_of("bob"), house.clock.now() + DAY)
    assert after.roles == {Role.LEARNER}


def test_doctor_names_the_entity_that_has_no_officer(house: TestHouse, harbor: int) -> None:
    def told() -> tuple[bool, str]:
        with house.database.read() as session:
            found = checkup._officer(session, house.settings, NOW)
            return found.ok, found.what

    assert told() == (True, "2 privacy officers")
    with house.database.write() as session:
        olga = session.get_one(User, house.id_of("olga"))
        service.take_role_away(session, olga, Role.PRIVACY_OFFICER, by=None, now=NOW)
    assert told() == (False, "no privacy officer of Main Street Clinic")


def test_the_list_of_a_day_as_a_file_has_her_people(house: TestHouse, harbor: int) -> None:
    told = house.signed_in("max").get("/program/as-of.csv").get_data(as_text=True)
    assert {row["employee_id"] for row in csv.DictReader(io.StringIO(told))} == {"E-max", "E-zoe"}
    with house.database.read() as session:
        event = session.execute(
            text("SELECT body FROM audit_event WHERE body LIKE '%program.exported%'")
        ).scalar_one()
    assert json.loads(event)["detail"]["entities"] == [harbor]
