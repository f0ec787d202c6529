"""What sends no mail: a training that is over, another text, an update of the app, a look."""

import re
from datetime import timedelta

import pytest

from tests.boosting import complete, turn
from tests.cast import NOW
from tests.house import TestHouse
from tests.post_office import PostOffice
from tests.program.test_changes import changed, put
from training.jobs import Works, run_due
from training.migrations import runner
from training.program import acts

LEDGERS = ("notice", "team_mail", "link_mail", "booster")
DAY = timedelta(days=1)


@pytest.fixture
def works(works: Works, house: TestHouse, office: PostOffice) -> Works:
    """Everybody was told of an open training; mail works and boosters are on."""
    turn(house)
    run_due(works)
    assert len(office.letters) == 8
    return works


def run_on(house: TestHouse, works: Works, *days: int) -> None:
    """Let the hourly work run, all of it, so many days after the first."""
    for day in days:
        house.clock.at = NOW + day * DAY
        run_due(works, force=True)


@pytest.mark.either_database
def test_P23_a_training_that_no_rule_asks_any_more_is_silent_in_every_kind_of_mail(
    house: TestHouse, works: Works, office: PostOffice
) -> None:
    """Reminders, one that was put off, a nudge, the weekly mail, a booster: none goes out."""
    today = house.clock.now().date()
    with house.database.write() as session:
        by = acts.By(house.id_of("olga"), house.clock.now())
        alice, bob = house.id_of("alice"), house.id_of("bob")
        acts.move_due_day(session, alice, "onboarding", today + 45 * DAY, "a flood", by=by)
        acts.record_on_paper(session, bob, "onboarding", today, "paper", by=by)
    office.letters.clear()
    run_on(house, works, 6, 7, 15)
    kinds = {str(m["Message-ID"]).split("-")[0] for m in office.letters}
    assert kinds == {"<due", "<booster", "<team"}  # that is how it sounds while a rule asks
    assert house.post(house.signed_in("max"), "/team/nudge").status_code == 303
    office.answer = lambda to, _n: "451 later" if "zoe" in to else None
    run_due(works)
    office.answer = lambda _to, _n: None
    assert house.count("notice", "kind = 'nudge' AND state = 'due'") == 1
    fields = {"from_on": house.clock.now().date().isoformat(), "shown": ""}
    olga = house.signed_in("olga")
    path = "/program/rules/edit/everybody/end"
    shown = re.search(
        r'name="shown" value="([0-9a-f]{64})"', house.post(olga, f"{path}/preview", **fields).text
    )
    assert shown
    assert house.post(olga, path, **fields | {"shown": shown.group(1)}).status_code == 303
    office.letters.clear()
    run_on(house, works, 16, 20, 28, 38, 45, 46)
    assert [str(m["Subject"]) for m in office.letters] == []
    assert house.count("notice", "state = 'due'") == 0


@pytest.mark.either_database
def test_P32_another_wording_mails_nobody_who_was_told_or_is_trained(
    house: TestHouse, works: Works, office: PostOffice
) -> None:
    """Lessons, the practice's own words, its numbers, the sentence in mails: none is news."""
    house.train("alice")
    office.letters.clear()
    before = {table: house.dump()[table] for table in LEDGERS}
    put(house, changed(), "cosmetic")
    put(house, changed(word="Said more clearly. "), "clarifying")
    olga = house.signed_in("olga")
    practice = {"privacy_contact": "Olga New", "privacy_phone": "555-0111"}
    assert house.post(olga, "/program/content", **practice).status_code == 303
    hours = {"site": "", "day": list("0123456"), "from_hour": "0", "to_hour": "24"}
    said = house.post(olga, "/program/reminders/hours", **hours, paid_note="Ask: it is paid.")
    assert said.status_code == 303
    run_due(works, force=True)
    assert office.letters == []
    assert {table: house.dump()[table] for table in LEDGERS} == before


@pytest.mark.parametrize("back_to", ["0013", "0004"])
def test_P33_an_update_of_an_older_house_mails_nobody(
    house: TestHouse, works: Works, office: PostOffice, back_to: str
) -> None:
    """Its tables are brought from an older revision to the newest, with people and mails in."""
    complete(house, "alice")
    office.letters.clear()
    ledgers = ("notice", "team_mail", "link_mail")
    before = {table: house.dump()[table] for table in ledgers}
    runner.downgrade(house.database, back_to)
    runner.upgrade(house.database)
    assert runner.differences(house.database) == ()
    assert {table: house.dump()[table] for table in ledgers} == before
    run_due(works, force=True)
    assert office.letters == []


LOOKS = [
    ("/program/rules/campaign/preview", {
        "course": "onboarding", "path": "refresher", "due_on": "2026-12-15", "skip_days": "0",
    }),
    ("/program/rules/edit/everybody/end/preview", {"from_on": "2026-12-01"}),
    ("/program/people/add", {"names": "New Nora, nora@clinic.example"}),
    ("/program/roster", {"text": "id,name\nE-1,New Nora\n", "source": "agency"}),
    ("/program/policy", {"do": "look", "title": "T", "statement": "S", "body": "word " * 60}),
]  # fmt: skip


@pytest.mark.either_database
@pytest.mark.parametrize(("path", "fields"), LOOKS, ids=[path for path, _fields in LOOKS])
def test_P34_a_look_at_what_would_happen_writes_nothing_and_mails_nobody(
    house: TestHouse, works: Works, office: PostOffice, path: str, fields: dict[str, str]
) -> None:
    office.letters.clear()
    olga = house.signed_in("olga")
    house.csrf(olga)
    before = house.dump()
    reply = house.post(olga, path, **fields)
    assert reply.status_code == 200, reply.text
    assert house.dump() == before
    run_due(works, force=True)
    assert office.letters == []


@pytest.mark.either_database
def test_P29_P30_whoever_completes_is_mailed_nothing_however_often_she_goes_back(
    house: TestHouse, works: Works, office: PostOffice
) -> None:
    """No mail says that she is done, so none can come a hundred times; the page says it."""
    office.letters.clear()
    cycle, client = house.open_cycle("alice"), house.signed_in("alice")
    house.begin(client, cycle)
    for slug in house.slugs(cycle)[:-1]:
        house.pass_module(client, cycle, slug)
    last = house.slugs(cycle)[-1]
    house.take_steps(client, cycle, last)
    quiz = house.start_quiz(client, cycle, last)
    key, token = house.key_of(quiz), house.token_of(client, quiz)
    for _ in range(4):  # back, and sent again
        house.post(client, f"/attempts/{quiz}", token=token, confirm="1", **key)
        client.get(f"/attempts/{quiz}")
        client.get(f"/training/{cycle}/done")
        house.begin(client, cycle)
        run_due(works, force=True)
    assert house.count("completion") == house.count("certificate") == 1
    assert house.count("audit_event", "name = 'training.completed'") == 1
    assert office.letters == []
