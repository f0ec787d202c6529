"""A refresher begins clean and leaves everything of the training before it as it was."""

from datetime import timedelta

import pytest
from sqlalchemy import select, text

from tests.boosting import complete
from tests.house import TestHouse
from training.assignments import service as assignments
from training.assignments.models import Assignment, HelpRequest
from training.jobs import works_of
from training.learning.models import CertificateRow, Completion
from training.program import acts, withdrawing
from training.sample.learner import Learner

pytestmark = pytest.mark.either_database
COURSE = "onboarding"
EVIDENCE = (
    "completion",
    "certificate",
    "attempt",
    "answer",
    "signature",
    "step_done",
    "due_change",
    "waiver",
    "void",
)


def study(house: TestHouse, cycle: int, *, knows: bool = True, papers: int = 200) -> bool:
    """Let the owner of a cycle work in it, by the real use cases."""
    with house.database.write() as session:
        user_id = session.get_one(Assignment, cycle).user_id
        found = assignments.find_cycle_for(session, user_id, cycle)
        assert found is not None
        learner = Learner(session, found, house.app.extensions["issuer"], house.clock.now())
        return learner.study(lambda _item: knows, papers=papers)


def sign(house: TestHouse, cycle: int) -> None:
    fields = {"answer": "sign", "agree": "1", "typed_name": "Alice Adams"}
    house.post(house.signed_in("alice"), f"/training/{cycle}/sign", **fields)


def window_opens(house: TestHouse) -> int:
    """Let it be the day on which her refresher opens; return its cycle."""
    with house.database.read() as session:
        query = select(Completion.expires_on).where(Completion.user_id == house.id_of("alice"))
        expires = session.scalars(query.order_by(Completion.id.desc())).first()
    assert expires is not None
    house.clock.at += expires - house.clock.now().date() - timedelta(days=60)
    return house.open_cycle("alice")


def rows(house: TestHouse) -> dict[str, list[tuple[object, ...]]]:
    found = house.dump()
    return {table: found[table] for table in EVIDENCE}


@pytest.fixture
def first(house: TestHouse) -> int:
    """Alice's first training, complete and signed; more time was given, and a quiz missed once."""
    cycle = house.open_cycle("alice")
    by = acts.By(house.id_of("olga"), house.clock.now())
    with house.database.write() as session:
        due_on = house.clock.now().date() + timedelta(days=45)
        acts.move_due_day(session, house.id_of("alice"), COURSE, due_on, "a flood", by=by)
    study(house, cycle, knows=False, papers=1)
    assert study(house, cycle)
    sign(house, cycle)
    return cycle


def test_P05_P09_a_refresher_changes_and_removes_no_row_of_what_was_done_before(
    house: TestHouse, first: int
) -> None:
    before = rows(house)
    assert all(before[table] for table in EVIDENCE if table not in {"waiver", "void"})
    refresher = window_opens(house)
    assert refresher != first
    assert study(house, refresher)
    sign(house, refresher)
    after = rows(house)
    lost = {table: set(map(repr, before[table])) - set(map(repr, after[table])) for table in before}
    assert lost == {table: set() for table in before}
    assert len(after["completion"]) == len(before["completion"]) + 1 == 2
    # her answers of the first training are hers to read, as she gave them
    with house.database.read() as session:
        old = session.execute(
            text("SELECT min(id) FROM attempt WHERE assignment_id = :c"), {"c": first}
        ).scalar_one()
    assert house.signed_in("alice").get(f"/attempts/{old}").status_code == 200


def test_P12_P20_P31_a_refresher_begins_with_nothing_done_and_makes_a_record_of_its_own(
    house: TestHouse, first: int
) -> None:
    refresher = window_opens(house)
    works = works_of(house.settings, house.database, house.clock)
    for _ in range(3):
        works.renew()
        house.clock.at += timedelta(days=1)
    assert house.count("completion") == house.count("certificate") == 1
    client = house.signed_in("alice")
    home = client.get("/").get_data(as_text=True)
    assert f"/training/{refresher}/start" in home
    assert "Begin" in home
    for table in ("step_done", "attempt", "choice"):
        assert house.count(table, f"assignment_id = {refresher}") == 0
    assert study(house, refresher)
    assert house.count("completion", f"assignment_id = {refresher}") == 1
    assert house.count("attempt", f"assignment_id = {refresher}") > 0
    for _ in range(3):
        works.renew()
        assert not study(house, refresher)  # what is complete completes once
    assert house.count("completion") == house.count("certificate") == 2


def test_P08_P09_P19_each_cycle_has_its_certificate_and_the_old_one_stays_as_it_was_issued(
    house: TestHouse, first: int
) -> None:
    with house.database.read() as session:
        serial = session.scalars(select(CertificateRow.serial)).one()
    pdf = house.signed_in("alice").get(f"/certificates/{serial}.pdf").data
    refresher = window_opens(house)
    assert study(house, refresher)
    with house.database.write() as session:  # she married, and the practice has another name
        session.execute(
            text("UPDATE \"user\" SET legal_name = 'Alice Able' WHERE email LIKE 'alice%'")
        )
        session.execute(text("UPDATE entity SET name = 'Another Clinic'"))
    client = house.signed_in("alice")
    assert client.get(f"/certificates/{serial}.pdf").data == pdf
    page = client.get("/certificates").get_data(as_text=True)
    assert page.count("Certificate (PDF)") == 2
    assert page.count("replaced by a newer one") == 1
    shown = house.client().get(f"/verify/{serial}").get_data(as_text=True)
    assert "Alice Adams" in shown
    assert "24 November 2026" in shown or "24 Nov 2026" in shown
    assert "Genuine. A newer one exists" in shown
    with house.database.read() as session:
        days = session.scalars(select(Completion.completed_on).order_by(Completion.id)).all()
    assert days[1] > days[0]


def state(house: TestHouse, serial: str) -> str:
    page = house.client().get(f"/verify/{serial}").get_data(as_text=True)
    return page.split("verdict-good", 1)[1].split("</p>")[0]


def test_P08_a_record_of_older_training_takes_no_certificates_place(house: TestHouse) -> None:
    house.train("alice")
    with house.database.read() as session:
        serial = session.scalars(select(CertificateRow.serial)).one()
    complete(house, "alice", house.clock.now().date() - timedelta(days=300))
    assert "newer" not in state(house, serial)
    page = house.signed_in("alice").get("/certificates").get_data(as_text=True)
    assert "replaced by a newer one" not in page


def test_P08_a_record_that_was_withdrawn_gives_the_certificate_its_place_back(
    house: TestHouse,
) -> None:
    house.train("alice")
    with house.database.read() as session:
        serial = session.scalars(select(CertificateRow.serial)).one()
    house.clock.at += timedelta(days=30)
    complete(house, "alice", house.clock.now().date())
    assert "A newer one exists" in state(house, serial)
    with house.database.write() as session:
        by = acts.By(house.id_of("olga"), house.clock.now())
        last = session.scalars(select(Completion.id).order_by(Completion.id.desc())).first()
        assert withdrawing.withdraw(session, house.id_of("alice"), last or 0, "by mistake", by=by)
    assert "newer" not in state(house, serial)
    page = house.signed_in("alice").get("/certificates").get_data(as_text=True)
    assert "replaced by a newer one" not in page
    assert "Next refresher due" in page


def test_P06_tries_in_vain_are_those_of_their_own_cycle(house: TestHouse) -> None:
    """Three papers in vain call for help; two of the first training and one of the next do not."""
    first = house.open_cycle("alice")
    study(house, first, knows=False, papers=2)
    assert house.count("help_request") == 0
    assert study(house, first)
    refresher = window_opens(house)
    study(house, refresher, knows=False, papers=1)
    assert house.count("attempt", f"assignment_id = {refresher} AND correct = 0") > 0
    assert house.count("help_request") == 0
    assert study(house, refresher)


def test_P07_more_time_a_waiver_and_help_end_with_their_cycle(house: TestHouse) -> None:
    """What was granted for the first training moves no day of the next one, and waives nothing."""
    cycle = house.open_cycle("alice")
    alice, now = house.id_of("alice"), house.clock.now()
    by = acts.By(house.id_of("olga"), now)
    with house.database.write() as session:
        acts.move_due_day(session, alice, COURSE, now.date() + timedelta(90), "a flood", by=by)
        acts.waive(session, alice, COURSE, now.date() + timedelta(20), "a thesis", by=by)
        session.add(
            HelpRequest(
                assignment_id=cycle,
                module=house.slugs(cycle)[0],
                blocks=True,
                asked_on=now.date(),
                asked_at=now,
            )
        )
    house.clock.at += timedelta(days=25)
    assert study(house, cycle)
    refresher = window_opens(house)
    with house.database.read() as session:
        found = assignments.find_cycle_for(session, alice, refresher, house.clock.now().date())
        done = session.scalars(select(Completion)).one()
        (duty,) = acts.duties_for(session, alice, house.clock.now())
    assert found is not None
    assert found.due_on == done.expires_on == done.completed_on + timedelta(days=365)
    assert duty.facts.waived_until is None
    assert not duty.facts.waiting_for_help
    assert duty.status.value == "current"
