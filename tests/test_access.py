"""Every route x verb x actor: a reviewed table. A route that is missing from it fails.

`own` rows belong to Alice. Whatever is not one's own looks like what is not there.
"""

import itertools
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from flask.testing import FlaskClient
from sqlalchemy import event

from tests.house import TestHouse
from training.rules.access import ALLOWED, ANYBODY, Action, Role

ACTORS = (
    "anonymous",
    "alice",  # a learner, whose rows these are
    "bob",  # another learner
    "mona",  # Alice's manager
    "max",  # another manager
    "olga",  # privacy officer
    "audrey",  # auditor
    "adam",  # admin
    "dora",  # left, with a session from before
)
EVERYBODY = frozenset(ACTORS)
SIGNED_IN = EVERYBODY - {"anonymous", "dora"}
MANAGERS = frozenset({"mona", "max"})
READERS = frozenset({"olga", "audrey"})
OFFICER = frozenset({"olga"})

# endpoint: (verb, who may use it at all)
TABLE: dict[str, tuple[str, frozenset[str]]] = {
    "accounts.sign_in": ("GET", EVERYBODY),
    "accounts.sign_in_password": ("POST", EVERYBODY),
    "accounts.request_link": ("POST", EVERYBODY),
    "accounts.link": ("GET", EVERYBODY),
    "accounts.use_link": ("POST", EVERYBODY),
    "accounts.renew_link": ("POST", EVERYBODY),
    "accounts.set_up": ("GET", EVERYBODY),
    "accounts.finish_set_up": ("POST", EVERYBODY),
    "accounts.sign_out": ("POST", SIGNED_IN),
    "accounts.password": ("GET", SIGNED_IN),
    "accounts.change_password": ("POST", SIGNED_IN),
    "health.healthz": ("GET", EVERYBODY),
    "health.readyz": ("GET", EVERYBODY),
    "statics.file": ("GET", EVERYBODY),
    "learning.find_certificate": ("GET", EVERYBODY),
    "learning.verify": ("GET", EVERYBODY),
    "learning.media": ("GET", SIGNED_IN),
    "learning.home": ("GET", SIGNED_IN),
    "learning.course": ("GET", SIGNED_IN),
    "learning.start_course": ("POST", SIGNED_IN),
    "learning.step": ("GET", SIGNED_IN),
    "learning.take_step": ("POST", SIGNED_IN),
    "learning.quiz_by_get": ("GET", SIGNED_IN),
    "learning.start_quiz": ("POST", SIGNED_IN),
    "learning.attempt": ("GET", SIGNED_IN),
    "learning.save_answer": ("POST", SIGNED_IN),
    "learning.submit": ("POST", SIGNED_IN),
    "learning.done": ("GET", SIGNED_IN),
    "learning.policy": ("GET", SIGNED_IN),
    "learning.sign": ("POST", SIGNED_IN),
    "learning.certificates": ("GET", SIGNED_IN),
    "learning.calendar": ("GET", EVERYBODY),
    "learning.start_calendar": ("POST", SIGNED_IN),
    "learning.stop_calendar": ("POST", SIGNED_IN),
    "learning.certificate_pdf": ("GET", SIGNED_IN),
    "learning.booster": ("GET", EVERYBODY),
    "learning.play_booster": ("POST", EVERYBODY),
    "learning.wish_boosters": ("POST", EVERYBODY),
    "learning.booster_drawing": ("GET", EVERYBODY),
    "learning.team_code": ("GET", SIGNED_IN),
    "learning.team_session": ("GET", SIGNED_IN),
    "learning.confirm_team_session": ("POST", SIGNED_IN),
    "reports.team": ("GET", MANAGERS),
    "reports.team_csv": ("GET", MANAGERS),
    "reports.team_xlsx": ("GET", MANAGERS),
    "reports.team_pdf": ("GET", MANAGERS),
    "reports.person": ("GET", MANAGERS),
    "reports.nudge": ("POST", MANAGERS),
    "reports.lend_page": ("GET", MANAGERS),
    "reports.lend": ("POST", MANAGERS),
    "reports.take_back": ("POST", MANAGERS),
    "reports.nudge_link": ("GET", EVERYBODY),
    "reports.nudge_by_link": ("POST", EVERYBODY),
    "reports.pause_link": ("GET", EVERYBODY),
    "reports.pause_by_link": ("POST", EVERYBODY),
    "files.mine": ("GET", MANAGERS | READERS),
    "files.offer": ("GET", MANAGERS | READERS),
    "files.ask": ("POST", MANAGERS | READERS),
    "files.one": ("GET", MANAGERS | READERS),
    "files.again": ("POST", MANAGERS | READERS),
    "files.download": ("GET", MANAGERS | READERS),
    "program.overview": ("GET", READERS),
    "program.people": ("GET", READERS | {"adam"}),
    "program.people_csv": ("GET", READERS),
    "program.people_xlsx": ("GET", READERS),
    "program.as_of_day": ("GET", READERS),
    "program.as_of_csv": ("GET", READERS),
    "program.person": ("GET", READERS | {"adam"}),
    "program.unlock": ("POST", OFFICER),
    "program.put_on_leave": ("POST", OFFICER),
    "program.end_leave": ("POST", OFFICER),
    "program.begin_job": ("POST", OFFICER),
    "program.change_job": ("POST", OFFICER),
    "program.change_list": ("POST", OFFICER),
    "program.end_job": ("POST", OFFICER),
    "program.waive": ("POST", OFFICER),
    "program.end_waiver": ("POST", OFFICER),
    "program.move_due_day": ("POST", OFFICER),
    "program.open_training": ("POST", OFFICER),
    "program.record_completion": ("POST", OFFICER),
    "program.record_signature": ("POST", OFFICER),
    "program.withdraw": ("POST", OFFICER),
    "program.withdraw_signature": ("POST", OFFICER),
    "program.rules": ("GET", READERS),
    "program.new_rule": ("GET", OFFICER),
    "program.edit_rule": ("GET", OFFICER),
    "program.preview_rule": ("POST", OFFICER),
    "program.save_rule": ("POST", OFFICER),
    "program.preview_end": ("POST", OFFICER),
    "program.end_rule": ("POST", OFFICER),
    "program.preview_campaign": ("POST", OFFICER),
    "program.open_campaign": ("POST", OFFICER),
    "program.reminders": ("GET", READERS),
    "program.mail_hours": ("GET", READERS),
    "program.set_mail_hours": ("POST", OFFICER),
    "program.take_back_hours": ("POST", OFFICER),
    "program.boosters": ("GET", READERS),
    "program.switch_boosters": ("POST", OFFICER),
    "program.roster": ("GET", READERS | {"adam"}),
    "program.upload_roster": ("POST", OFFICER),
    # Who holds a slip is signed in by it, so no manager prints one for her people.
    "program.slip_units": ("GET", OFFICER | {"adam"}),
    "program.unit_slips": ("POST", OFFICER | {"adam"}),
    "program.print_slips": ("POST", OFFICER | {"adam"}),
    "program.rights": ("GET", frozenset({"adam"})),
    "program.grant_right": ("POST", frozenset({"adam"})),
    "program.take_right": ("POST", frozenset({"adam"})),
    "program.show_links": ("POST", OFFICER | {"adam"}),
    "program.add_people": ("GET", OFFICER),
    "program.add_named": ("POST", OFFICER),
    # The key stands on one of them: no manager, no auditor, no admin.
    "program.print_handouts": ("POST", OFFICER),
    "program.print_answers": ("POST", OFFICER),
    "program.check_sheet": ("GET", READERS),
    "program.take_sheet": ("POST", READERS),
    "program.items": ("GET", READERS),
    "program.module_items": ("GET", READERS),
    "program.item": ("GET", READERS),
    "program.content": ("GET", READERS),
    "program.write_facts": ("POST", OFFICER),
    "program.adopt_policy": ("POST", OFFICER),
    "program.course_text_page": ("GET", OFFICER),  # it shows the key: no auditor, no manager
    "program.own_policy_page": ("GET", OFFICER),
    "program.adopt_own_policy": ("POST", OFFICER),
    "program.sign_off_fact": ("POST", OFFICER),
    "program.roles": ("GET", READERS),
    "program.say_roles": ("POST", OFFICER),
    "program.prior_training": ("GET", OFFICER),
    "program.upload_prior": ("POST", OFFICER),
    "program.together_list": ("GET", OFFICER),
    "program.start_together": ("POST", OFFICER),
    "program.together_session": ("GET", OFFICER),
    "program.end_together": ("POST", OFFICER),
    "program.keep_team_sheet": ("POST", OFFICER),
    "program.together_step": ("GET", OFFICER),
    "program.take_together_step": ("POST", OFFICER),
}

VERBS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")


@dataclass(frozen=True)
class Rows:
    """One row of each kind that Alice owns, and her id."""

    cycle: int
    attempt: int
    serial: str
    alice: int
    digest: str
    item: str


@pytest.fixture
def rows(house: TestHouse) -> Rows:
    cycle = house.train("alice")
    with house.database.read() as session:
        from sqlalchemy import text

        attempt = session.execute(text("SELECT min(id) FROM attempt")).scalar_one()
        serial = session.execute(text("SELECT serial FROM certificate")).scalar_one()
        digest = session.execute(text("SELECT digest FROM attempt LIMIT 1")).scalar_one()
        item = session.execute(text("SELECT item FROM answer LIMIT 1")).scalar_one()
    return Rows(cycle, attempt, serial, house.id_of("alice"), digest, item)


def path_of(endpoint: str, rows: Rows) -> str:
    cycle, person = f"/training/{rows.cycle}", f"/program/people/{rows.alice}"
    paths = {
        "accounts.sign_in": "/sign-in",
        "accounts.sign_in_password": "/sign-in",
        "accounts.request_link": "/sign-in/link",
        "accounts.link": "/sign-in/none",
        "accounts.use_link": "/sign-in/none",
        "accounts.renew_link": "/sign-in/none/again",
        "accounts.set_up": "/set-up/none",
        "accounts.finish_set_up": "/set-up/none",
        "accounts.sign_out": "/sign-out",
        "accounts.password": "/password",
        "accounts.change_password": "/password",
        "health.healthz": "/healthz",
        "health.readyz": "/readyz",
        "statics.file": "/static/theme.css",
        "learning.find_certificate": "/verify",
        "learning.verify": f"/verify/{rows.serial}",
        "learning.media": f"/training/media/{rows.digest}/none.svg",
        "learning.home": "/",
        "learning.course": cycle,
        "learning.start_course": f"{cycle}/start",
        "learning.step": f"{cycle}/accounts/two-hats",
        "learning.take_step": f"{cycle}/accounts/two-hats",
        "learning.quiz_by_get": f"{cycle}/accounts/quiz",
        "learning.start_quiz": f"{cycle}/accounts/quiz",
        "learning.attempt": f"/attempts/{rows.attempt}",
        "learning.save_answer": f"/attempts/{rows.attempt}/answers",
        "learning.submit": f"/attempts/{rows.attempt}",
        "learning.done": f"{cycle}/done",
        "learning.policy": f"{cycle}/sign",
        "learning.sign": f"{cycle}/sign",
        "learning.certificates": "/certificates",
        "learning.calendar": "/calendar/none.ics",
        "learning.start_calendar": "/calendar",
        "learning.stop_calendar": "/calendar/stop",
        "learning.certificate_pdf": f"/certificates/{rows.serial}.pdf",
        "learning.booster": "/boosters/none",
        "learning.play_booster": "/boosters/none",
        "learning.wish_boosters": "/boosters/none/wish",
        "learning.booster_drawing": "/boosters/none/drawings/none.svg",
        "reports.team": "/team",
        "reports.team_csv": "/team.csv",
        "reports.team_xlsx": "/team.xlsx",
        "reports.team_pdf": "/team.pdf",
        "reports.nudge": "/team/nudge",
        "reports.lend_page": "/team/lend",
        "reports.lend": "/team/lend",
        "reports.take_back": "/team/lend/999999/end",
        "reports.nudge_link": "/team/nudge/none",
        "reports.nudge_by_link": "/team/nudge/none",
        "reports.pause_link": "/team/pause/none",
        "reports.pause_by_link": "/team/pause/none",
        "reports.person": f"/team/{rows.alice}",
        "files.mine": "/files",
        "files.offer": "/files/new",
        "files.ask": "/files",
        "files.one": "/files/999999",
        "files.again": "/files/999999/again",
        "files.download": "/files/999999/download",
        "program.overview": "/program",
        "program.people": "/program/people",
        "program.people_csv": "/program/people.csv",
        "program.people_xlsx": "/program/people.xlsx",
        "program.as_of_day": "/program/as-of",
        "program.as_of_csv": "/program/as-of.csv",
        "program.person": person,
        "program.unlock": f"{person}/unlock",
        "program.put_on_leave": f"{person}/leave",
        "program.end_leave": f"{person}/leave/999999/end",
        "program.change_list": f"{person}/list",
        "program.begin_job": f"{person}/jobs",
        "program.change_job": f"{person}/jobs/999999",
        "program.end_job": f"{person}/jobs/999999/end",
        "program.waive": f"{person}/waivers",
        "program.end_waiver": f"{person}/waivers/999999/end",
        "program.move_due_day": f"{person}/due-day",
        "program.open_training": f"{person}/training",
        "program.record_completion": f"{person}/record",
        "program.record_signature": f"{person}/signature",
        "program.withdraw": f"{person}/completions/999999/withdraw",
        "program.withdraw_signature": f"{person}/signatures/999999/withdraw",
        "program.rules": "/program/rules",
        "program.new_rule": "/program/rules/new",
        "program.edit_rule": "/program/rules/edit/everybody",
        "program.preview_rule": "/program/rules/preview",
        "program.save_rule": "/program/rules",
        "program.preview_end": "/program/rules/edit/everybody/end/preview",
        "program.end_rule": "/program/rules/edit/everybody/end",
        "program.preview_campaign": "/program/rules/campaign/preview",
        "program.open_campaign": "/program/rules/campaign",
        "program.reminders": "/program/reminders",
        "program.mail_hours": "/program/reminders/hours",
        "program.set_mail_hours": "/program/reminders/hours",
        "program.take_back_hours": "/program/reminders/hours/999999/take-back",
        "program.boosters": "/program/boosters",
        "program.switch_boosters": "/program/boosters",
        "program.roster": "/program/roster",
        "program.upload_roster": "/program/roster",
        "program.slip_units": "/program/slips",
        "program.unit_slips": "/program/slips/unit",
        "program.print_slips": "/program/slips",
        "program.rights": "/program/rights",
        "program.grant_right": "/program/rights",
        "program.take_right": "/program/rights/999999/end",
        "program.show_links": "/program/people/links",
        "program.add_people": "/program/people/add",
        "program.add_named": "/program/people/add",
        "program.print_handouts": "/program/handouts",
        "program.print_answers": f"{person}/answers",
        "program.check_sheet": "/program/sheets",
        "program.take_sheet": "/program/sheets",
        "program.items": "/program/items",
        "program.module_items": "/program/items/accounts",
        "program.item": f"/program/items/accounts/{rows.item}",
        "program.content": "/program/content",
        "program.write_facts": "/program/content",
        "program.adopt_policy": "/program/content/adopt",
        "program.course_text_page": "/program/courses/onboarding",
        "program.own_policy_page": "/program/policy",
        "program.adopt_own_policy": "/program/policy",
        "program.sign_off_fact": "/program/facts",
        "program.roles": "/program/roles",
        "program.say_roles": "/program/roles",
        "learning.team_code": "/together",
        "learning.team_session": "/together/none",
        "learning.confirm_team_session": "/together/none",
        "program.prior_training": "/program/roster/prior",
        "program.upload_prior": "/program/roster/prior",
        "program.together_list": "/program/together",
        "program.start_together": "/program/together",
        "program.together_session": "/program/together/999999",
        "program.end_together": "/program/together/999999/end",
        "program.keep_team_sheet": "/program/together/999999/sheet",
        "program.together_step": "/program/together/999999/accounts/two-hats",
        "program.take_together_step": "/program/together/999999/accounts/two-hats",
    }
    return paths[endpoint]


# Routes to a row of one learner: for everybody else signed in it is a 404.
OF_ONE_LEARNER = {
    name
    for name in TABLE
    if name.startswith("learning.")
    and name
    not in {
        "learning.home",
        "learning.certificates",
        "learning.calendar",
        "learning.start_calendar",
        "learning.stop_calendar",
        "learning.verify",
        "learning.find_certificate",
        "learning.media",
        "learning.booster",
        "learning.play_booster",
        "learning.wish_boosters",
        "learning.booster_drawing",
        "learning.team_code",
    }
}
OF_ONE_TEAM = {"reports.person"}
EXPORTS = {  # an export is an event of the log
    "program.as_of_csv",
    "program.people_csv",
    "program.people_xlsx",
    "reports.team_csv",
    "reports.team_xlsx",
    "reports.team_pdf",
}


def browsers(house: TestHouse) -> dict[str, FlaskClient]:
    return {
        name: house.client() if name == "anonymous" else house.signed_in(name) for name in ACTORS
    }


def test_the_table_names_every_route_and_no_other(house: TestHouse) -> None:
    routes = {rule.endpoint for rule in house.app.url_map.iter_rules()}
    assert set(TABLE) == routes


def test_the_table_and_the_rules_say_the_same(house: TestHouse) -> None:
    roles = {
        "mona": {Role.LEARNER, Role.MANAGER},
        "max": {Role.LEARNER, Role.MANAGER},
        "olga": {Role.LEARNER, Role.PRIVACY_OFFICER},
        "audrey": {Role.LEARNER, Role.AUDITOR},
        "adam": {Role.LEARNER, Role.ADMIN},
        "alice": {Role.LEARNER},
        "bob": {Role.LEARNER},
    }
    for endpoint, (_verb, allowed) in TABLE.items():
        action: Action = house.app.view_functions[endpoint].action  # type: ignore[attr-defined]
        by_rule = {
            name
            for name, held in roles.items()
            if action in ANYBODY or any(action in ALLOWED[role] for role in held)
        }
        assert by_rule == allowed - {"anonymous", "dora"}, endpoint


def refused(status: int, location: str) -> bool:
    return status in {401, 403} or (status == 302 and "/sign-in" in location)


def test_A02_A10_A13_every_route_for_every_actor(house: TestHouse, rows: Rows) -> None:
    who = browsers(house)
    for (endpoint, (verb, allowed)), actor in itertools.product(TABLE.items(), ACTORS):
        client, path = who[actor], path_of(endpoint, rows)
        if endpoint == "accounts.sign_out" and actor in allowed:
            continue  # it would end this browser's session; it has a test of its own
        token = house.csrf(client)
        data = {"csrf_token": token} if verb == "POST" else None
        reply = client.open(path, method=verb, data=data)
        where = f"{actor} {verb} {path}: {reply.status_code}"
        location = reply.headers.get("Location", "")
        assert reply.status_code < 500, where
        if actor not in allowed:
            assert refused(reply.status_code, location), where
        elif _foreign(endpoint, actor):
            assert reply.status_code == 404, where
        else:
            assert not refused(reply.status_code, location), where
            assert reply.status_code != 405, where


def _foreign(endpoint: str, actor: str) -> bool:
    if endpoint in OF_ONE_LEARNER:
        return actor != "alice"
    return endpoint in OF_ONE_TEAM and actor != "mona"


def test_A02_a_foreign_row_and_a_missing_row_are_the_same_page(
    house: TestHouse, rows: Rows
) -> None:
    bob = house.signed_in("bob")
    for foreign, missing in (
        (f"/training/{rows.cycle}", "/training/999999"),
        (f"/attempts/{rows.attempt}", "/attempts/999999"),
        (f"/certificates/{rows.serial}.pdf", "/certificates/AAAAA-AAAAA.pdf"),
    ):
        one, other = bob.get(foreign), bob.get(missing)
        assert (one.status_code, one.data) == (404, other.data), foreign
        assert b"Alice" not in one.data


def test_A10_other_verbs_are_405_and_change_nothing(house: TestHouse, rows: Rows) -> None:
    client, before = house.signed_in("alice"), house.dump()
    for path, allowed in _verbs(rows):
        for verb in VERBS:
            if verb in allowed:
                continue
            reply = client.open(path, method=verb)
            as_token = path == "/sign-in/link" and verb in {"GET", "HEAD"}  # no such link: 404
            expected = {404} if as_token else {400, 405}
            assert reply.status_code in expected, f"{verb} {path}: {reply.status_code}"
    after = house.dump()
    before.pop("sign_in"), after.pop("sign_in")
    assert after == before


def _verbs(rows: Rows) -> Iterator[tuple[str, set[str]]]:
    found: dict[str, set[str]] = {}
    for endpoint, (verb, _allowed) in TABLE.items():
        verbs = found.setdefault(path_of(endpoint, rows), set())
        verbs |= {"GET", "HEAD"} if verb == "GET" else {verb}
    yield from found.items()


def test_S12_no_get_changes_the_database(house: TestHouse, rows: Rows) -> None:
    who = browsers(house)
    before = house.dump()
    for endpoint, (verb, allowed) in TABLE.items():
        if verb == "GET" and endpoint not in EXPORTS:
            for actor in allowed & {"alice", "mona", "olga", "anonymous"}:
                who[actor].get(path_of(endpoint, rows))
                who[actor].head(path_of(endpoint, rows))
    assert house.dump() == before


def test_S12_every_post_needs_its_token(house: TestHouse, rows: Rows) -> None:
    who = browsers(house)
    before = house.dump()
    for endpoint, (verb, allowed) in TABLE.items():
        if verb == "POST":
            for actor in allowed & {"alice", "olga", "anonymous"}:
                reply = who[actor].post(path_of(endpoint, rows), data={"agree": "1"})
                assert reply.status_code == 400, f"{actor} {path_of(endpoint, rows)}"
    assert house.dump() == before


def test_A04_a_moved_person_leaves_the_managers_view_at_once(house: TestHouse, rows: Rows) -> None:
    from tests.moves import move

    mona, max_ = house.signed_in("mona"), house.signed_in("max")
    assert mona.get(f"/team/{rows.alice}").status_code == 200
    assert max_.get(f"/team/{rows.alice}").status_code == 404

    move(house, "alice", manager="max")

    assert mona.get(f"/team/{rows.alice}").status_code == 404
    assert max_.get(f"/team/{rows.alice}").status_code == 200


def test_A13_whoever_leaves_is_out_at_the_next_click(house: TestHouse) -> None:
    from tests.moves import leave

    bob = house.signed_in("bob")
    assert bob.get("/").status_code == 200

    leave(house, "bob")

    assert bob.get("/").status_code == 302
    assert house.post(bob, "/password", password="x").status_code == 401


@pytest.mark.parametrize("path", ["/healthz", "/static/theme.css"])
def test_what_asks_no_rights_asks_the_database_nothing(house: TestHouse, path: str) -> None:
    """With her cookie too: seven files of a first page would look her up seven times."""
    alice = house.signed_in("alice")
    asked: list[str] = []
    for engine in (house.database.reader, house.database.writer):
        event.listen(engine, "before_cursor_execute", lambda *sent: asked.append(sent[2]))
    assert alice.get(path).status_code == 200
    assert asked == []
