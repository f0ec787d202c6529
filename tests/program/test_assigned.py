"""BYP_LED_BY=lms: what is asked comes from outside, and this house neither asks nor reminds."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update

from tests.cast import NOW, TODAY
from tests.house import TestHouse
from tests.program.test_acts import act
from tests.terminal import byp
from training.accounts.days import everywhere
from training.accounts.models import SamePerson, User
from training.assignments.models import Assignment
from training.clock import FixedClock
from training.jobs import Works, run_due
from training.program.assigned import Plan, plan
from training.program.assigned.service import apply
from training.program.roster.faults import Refused
from training.program.rulebook.changes import Change, Terms
from training.program.rulebook.preview import preview
from training.renewals.asked import rules_in_force
from training.renewals.duties import Duty
from training.renewals.outside import rule_for
from training.renewals.rule_book import RuleBook
from training.reports import as_of, queries
from training.rules.renewal import FirstAnchor, RenewalPolicy
from training.rules.standing import Complete, Status
from training.settings import Settings

pytestmark = pytest.mark.either_database

HEAD = "employee_id,course,due_on"
DUE = TODAY + timedelta(days=20)
MONDAY = datetime(2027, 1, 25, 13, 0, tzinfo=UTC)  # seven in the morning in Chicago


@pytest.fixture
def led(settings: Settings) -> Iterator[TestHouse]:
    """The house with another system in the lead."""
    made = TestHouse(settings.model_copy(update={"led_by": "lms"}), FixedClock(NOW))
    yield made
    made.close()


def listed(*rows: str, head: str = HEAD) -> bytes:
    return "\n".join([head, *rows, ""]).encode()


def take(house: TestHouse, data: bytes) -> Plan:
    with house.database.write() as session:
        found = plan(session, data, house.clock.now())
        apply(session, found, house.clock.now())
    return found


def refused(house: TestHouse, data: bytes) -> list[str]:
    before = house.dump()
    with pytest.raises(Refused) as found, house.database.write() as session:
        plan(session, data, house.clock.now())
    assert house.dump() == before
    return [str(fault) for fault in found.value.faults]


def duties(house: TestHouse, name: str) -> dict[str, Duty]:
    with house.database.read() as session:
        found = queries.one(session, everywhere(house.clock.now().date()), house.id_of(name))
        return {d.rule.course: d for d in found[1]} if found else {}


ALICE = f"E-alice,onboarding,{DUE}"
BOB = f"E-bob,refresher,{TODAY - timedelta(days=3)}"


def test_the_rules_say_that_they_rest_while_another_system_leads(
    led: TestHouse, house: TestHouse
) -> None:
    told = "These rules rest."
    assert told in led.signed_in("olga").get("/program/rules").text
    assert told not in house.signed_in("olga").get("/program/rules").text
    many = "Open a training for many now"
    assert many not in led.signed_in("olga").get("/program/rules").text
    assert many in house.signed_in("olga").get("/program/rules").text
    for path in ("/program/rules/campaign/preview", "/program/rules/campaign"):
        reply = led.post(led.signed_in("olga"), path)
        assert (reply.status_code, "says who takes what here" in reply.text) == (409, True)


def test_F32_assignments_and_due_days_come_from_the_file(led: TestHouse) -> None:
    assert take(led, listed(ALICE, BOB)).counts == {"new": 2}
    alice, bob = duties(led, "alice")["onboarding"], duties(led, "bob")["refresher"]
    assert (alice.status, alice.facts.due_on) == (Status.DUE_SOON, DUE)
    assert (bob.status, bob.complete) == (Status.OVERDUE, Complete.NO)
    assert duties(led, "mona")["onboarding"].status is Status.NOT_REQUIRED
    with led.database.read() as session:
        asked = {a.line.user_id for a in as_of.as_of(session, TODAY)}
    assert asked == {led.id_of("alice"), led.id_of("bob")}


def test_the_same_file_again_changes_nothing(led: TestHouse) -> None:
    take(led, listed(ALICE, BOB))
    before = led.dump()
    assert take(led, listed(ALICE, BOB)).counts == {"same": 2}
    assert led.dump() == before


def test_what_she_completed_is_not_asked_again_by_the_same_row(led: TestHouse) -> None:
    take(led, listed(ALICE))
    led.train("alice")
    assert duties(led, "alice")["onboarding"].complete is Complete.YES
    assert take(led, listed(ALICE)).counts == {"same": 1}
    assert duties(led, "alice")["onboarding"].cycle is None
    again = ALICE.replace(str(DUE), str(DUE + timedelta(days=365)))
    assert take(led, listed(again)).counts == {"new": 1}
    assert duties(led, "alice")["onboarding"].cycle is not None


def test_a_later_day_moves_what_is_open_and_cancelled_closes_it(led: TestHouse) -> None:
    take(led, listed(ALICE))
    moved = ALICE.replace(str(DUE), "2027-01-31")
    assert take(led, listed(moved)).counts == {"moved": 1}
    assert duties(led, "alice")["onboarding"].facts.due_on == date(2027, 1, 31)
    assert led.count("assignment") == 1
    head = f"{HEAD},status"
    assert take(led, listed("E-alice,onboarding,,cancelled", head=head)).counts == {"cancelled": 1}
    assert duties(led, "alice")["onboarding"].status is Status.NOT_REQUIRED
    assert take(led, listed("E-alice,onboarding,,cancelled", head=head)).counts == {"same": 1}


def test_every_fault_is_named_at_once_with_its_line_and_nothing_changes(led: TestHouse) -> None:
    found = refused(
        led,
        listed(
            ALICE,
            f"E-nobody,onboarding,{DUE}",
            "E-bob,knitting,2026-12-01",
            "E-zoe,onboarding,2026-02-30",
            "E-zoe,onboarding,",
            "E-mona,onboarding",
            ",onboarding,2026-12-01",
            f"E-dora,onboarding,{DUE}",
            ALICE.replace(str(DUE), "2027-05-05"),
        ),
    )
    assert found == [
        (
            "3: nobody here has the staff number E-nobody; "
            "import the staff list first, or correct the number"
        ),
        "4: there is no course knitting; write one of long, onboarding, refresher",
        "5: due_on: there is no day 2026-02-30; write it as 2026-11-24",
        "6: due_on is missing; write the last good day as 2026-11-24",
        "7: the row has 2 cells, and the first line 3; write every cell, empty ones too",
        "8: employee_id is missing or too long; write employee_id",
        "9: E-dora does not work here today; take the row out, or correct the staff list",
        "10: E-alice and onboarding stand in line 2 otherwise; write one row a person and course",
    ]


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "the file is empty"),
        (b"%PDF-1.7", "this is a PDF"),
        (b"name,day\nx,y\n", "does not name employee_id, course, due_on"),
        (listed(f"E-alice,onboarding,{DUE},perhaps", head=f"{HEAD},status"), "'perhaps'"),
        (listed("E-alice,onb\x00oarding,2026-12-01"), "encoding"),
        (b'employee_id,course,due_on\n"E-alice,onboarding,2026-12-01\n', "quotation mark"),
    ],
)
def test_what_is_no_such_file_is_refused_in_words(led: TestHouse, data: bytes, says: str) -> None:
    assert says in "\n".join(refused(led, data))


def test_a_number_on_two_staff_lists_asks_for_the_list(led: TestHouse) -> None:
    from training.accounts.models import Placement, User

    with led.database.write() as session:
        twin = User(source="agency", external_id="E-alice", legal_name="Twin", created_at=NOW)
        session.add(twin)
        session.flush()
        session.add(
            Placement(user_id=twin.id, from_on=TODAY, site_id=1, hired_on=TODAY, recorded_at=NOW)
        )
    assert "several staff lists" in refused(led, listed(ALICE))[0]
    taken = take(led, listed(f"{ALICE},agency", head=f"{HEAD},source"))
    assert [change.person.user_id for change in taken.changes] == [twin.id]


# --- the house that is led -------------------------------------------------------------------


def test_F32_no_mail_goes_out_and_no_refresher_opens(led: TestHouse, tmp_path: Path) -> None:
    take(led, listed(BOB))
    mails = tmp_path / "mails"
    settings = led.settings.model_copy(
        update={"smtp_url": f"file:{mails}", "mail_from": "x@byp.test"}
    )
    told = run_due(Works(led.database, settings, led.clock), force=True)
    assert told["renew"] == "nothing to do"
    assert led.count("assignment") == 1
    assert led.count("notice") == 0
    assert not mails.exists() or list(mails.iterdir()) == []
    page = led.signed_in("olga").get("/program/reminders")
    assert "Bob Brown" not in page.text


def test_an_officers_act_opens_nothing_by_our_own_rules(led: TestHouse) -> None:
    take(led, listed(ALICE))
    client, bob = led.signed_in("olga"), led.id_of("bob")
    fields = {"from_on": TODAY.isoformat(), "to_on": ""}
    assert led.post(client, f"/program/people/{bob}/leave", **fields).status_code == 303
    with led.database.read() as session:
        assert len(session.scalars(select(Assignment.id)).all()) == 1


def test_F32_a_manager_has_no_page_and_no_link(led: TestHouse, house: TestHouse) -> None:
    for name in ("mona", "olga", "alice"):
        for path in ("/team", "/team.csv", f"/team/{led.id_of('alice')}"):
            assert led.signed_in(name).get(path).status_code == 404
    assert 'href="/team"' not in led.signed_in("mona").get("/").text
    assert 'href="/team"' in house.signed_in("mona").get("/").text


def test_nudges_and_weekly_mails_rest_while_it_leads(
    led: TestHouse, house: TestHouse, tmp_path: Path
) -> None:
    mails = tmp_path / "mails"
    mail = {"smtp_url": f"file:{mails}", "mail_from": "x@byp.test"}
    for one in (led, house):
        one.settings.smtp_url, one.settings.mail_from = mail["smtp_url"], mail["mail_from"]
    house.open_cycle("alice")
    assert house.post(house.signed_in("mona"), "/team/nudge").status_code == 303
    led.clock.at = house.clock.at = MONDAY
    theirs, ours = (Works(h.database, h.settings, h.clock) for h in (led, house))
    assert (theirs.send_nudges(), theirs.digest()) == ("0 sent", "0 sent")
    assert not mails.exists() or list(mails.iterdir()) == []
    assert led.count("team_mail") == 0
    assert (ours.send_nudges(), ours.digest()) == ("2 sent", "2 sent")


@pytest.mark.parametrize("what", ["nudge", "pause"])
def test_what_a_weekly_mail_links_rests_too(led: TestHouse, house: TestHouse, what: str) -> None:
    assert led.client().get(f"/team/{what}/old").status_code == 404
    assert house.client().get(f"/team/{what}/old").status_code == 410


def test_its_rules_are_not_on_the_officers_page_of_rules(led: TestHouse) -> None:
    take(led, listed(ALICE, BOB))
    client = led.signed_in("olga")
    page = client.get("/program/rules").text
    assert "/program/rules/edit/everybody" in page
    assert "outside-" not in page
    assert client.get("/program/rules/edit/everybody").status_code == 200
    assert client.get("/program/rules/edit/outside-onboarding").status_code == 404


def test_a_change_of_our_own_rule_is_shown_to_move_nothing_while_it_leads(led: TestHouse) -> None:
    take(led, listed(ALICE))
    terms = Terms(
        audience={}, days=5, anchor=FirstAnchor.HIRE, renewal=RenewalPolicy(validity_months=12)
    )
    change = Change("", "onboarding", TODAY, terms)
    with led.database.read() as session:
        found = preview(session, change, TODAY, everywhere(TODAY))
    assert (found.asked, found.changed_count, len(found.examples)) == (0, 0, 1)


def test_its_past_gives_our_own_rules_no_earlier_day(led: TestHouse, house: TestHouse) -> None:
    with led.database.write() as session:
        rule_for(session, "onboarding", from_on=date(2020, 1, 1), now=NOW)
    with house.database.read() as session:
        (rule,) = rules_in_force(session, TODAY)
        book = RuleBook(session)
    (person,) = {d.person for d in duties(house, "alice").values()}
    assert rule.first_asked_on(person) == rule.from_on > date(2020, 1, 1)
    (then,) = book.in_force(TODAY, NOW)
    assert then == rule


def test_our_own_rules_count_again_when_it_no_longer_leads(
    led: TestHouse, house: TestHouse
) -> None:
    take(led, listed(f"E-alice,refresher,{DUE}"))
    assert set(duties(house, "alice")) == {"onboarding"}
    assert set(duties(led, "alice")) == {"refresher"}


# --- the command -----------------------------------------------------------------------------


def test_the_command_shows_then_takes_and_names_faults_with_the_file(
    house: TestHouse, tmp_path: Path
) -> None:
    file = tmp_path / "assigned.csv"
    file.write_bytes(listed(ALICE))
    args = ("assignments", "import", str(file))
    no = byp(house, *args)
    assert (no.returncode, house.count("assignment")) == (1, 0)
    assert "BYP_LED_BY=lms" in no.stderr

    dry = byp(house, *args, "--dry-run", BYP_LED_BY="lms")
    assert dry.stdout == f"2: E-alice onboarding by {DUE}: new\nwould do: 1 new\n"
    assert house.count("assignment") == 0
    assert byp(house, *args, BYP_LED_BY="lms").stdout.endswith("done: 1 new\n")
    assert byp(house, *args, BYP_LED_BY="lms").stdout == "done: 1 as they were\n"

    file.write_bytes(listed("E-alice,knitting,2026-12-01"))
    bad = byp(house, *args, BYP_LED_BY="lms")
    assert bad.returncode == 1
    assert bad.stderr.startswith(f"{file}:2: there is no course knitting; ")


def renumber(house: TestHouse, name: str, number: str, source: str = "people") -> None:
    """Note another number of hers, as the officer does on her page."""
    reply = act(house, name, "list", source=source, number=number)
    assert reply.status_code == 303


def test_F21_the_number_that_she_had_before_still_means_her(led: TestHouse) -> None:
    her = led.id_of("alice")
    renumber(led, "alice", "N-1")
    assert take(led, listed(ALICE)).counts == {"new": 1}
    assert take(led, listed(f"N-1,onboarding,{DUE}")).counts == {"same": 1}
    assert led.count("assignment", f"user_id = {her}") == 1


def test_F21_a_number_that_somebody_else_has_since_means_whoever_has_it(led: TestHouse) -> None:
    renumber(led, "alice", "N-1")
    with led.database.write() as session:
        session.execute(
            update(User).where(User.external_id == "E-bob").values(external_id="E-alice")
        )
    (change,) = take(led, listed(ALICE)).changes
    assert change.person.name.startswith("Bob")


@pytest.mark.parametrize(("source", "whose"), [("", "bob"), ("agency", "bob"), ("hr", "alice")])
def test_F21_a_number_that_somebody_has_on_another_list_means_whoever_has_it_now(
    led: TestHouse, source: str, whose: str
) -> None:
    renumber(led, "alice", "N-1")
    with led.database.write() as session:
        bob = update(User).where(User.external_id == "E-bob")
        session.execute(bob.values(external_id="E-alice", source="agency"))
    found = take(led, listed(f"{ALICE},{source}", head=f"{HEAD},source"))
    assert [change.person.name.split()[0].lower() for change in found.changes] == [whose]


def test_F21_the_number_of_a_record_that_went_into_hers_means_her(
    led: TestHouse,
) -> None:
    alice, bob = led.id_of("alice"), led.id_of("bob")
    with led.database.write() as session:
        session.add(SamePerson(was_id=bob, user_id=alice, recorded_at=NOW))
    (change,) = take(led, listed(BOB)).changes
    assert change.person.user_id == alice


def test_F21_two_rows_of_one_person_by_two_numbers_are_a_fault(led: TestHouse) -> None:
    renumber(led, "alice", "N-1")
    told = refused(led, listed(ALICE, f"N-1,onboarding,{DUE}"))
    fault = "3: N-1 is the person of line 2, by another number"
    assert told == [f"{fault}; write one row a person and course"]
