"""Second jobs that the officer notes by hand: on her page, in what she is asked, for managers."""

from datetime import timedelta

import pytest
from sqlalchemy import select, text

from tests.cast import NOW, TODAY
from tests.house import TestHouse
from tests.program.test_acts import act, day, duty
from training.accounts.days import todays
from training.accounts.models import Site
from training.accounts.second_jobs import second_jobs
from training.renewals import dates
from training.reports.overview import overview
from training.reports.scope import View
from training.reports.teams import team
from training.rules.standing import Status

pytestmark = pytest.mark.either_database


def site_id(house: TestHouse, name: str) -> int:
    with house.database.read() as session:
        return session.scalars(select(Site.id).where(Site.name == name)).one()


def begin(house: TestHouse, name: str = "alice", /, **changes: str) -> int:
    fields = {
        "site": str(site_id(house, "Harbor")),
        "department": "PACU",
        "job_title": "RN",
        "worker_type": "employee",
        "manager": "",
        "phi_access_on": "",
        "from_on": day(0),
        "reason": "half of her time since the merger",
    }
    return act(house, name, "jobs", **(fields | changes)).status_code


def jobs(house: TestHouse, name: str = "alice") -> list[tuple[int, str, str, object, str]]:
    with house.database.read() as session:
        found = second_jobs(session, house.id_of(name), TODAY)
        return [(j.job, j.unit, j.manager, j.last_day, j.because) for j in found]


def events(house: TestHouse) -> list[str]:
    query = "SELECT name FROM audit_event WHERE name LIKE 'job.%' ORDER BY seq"
    with house.database.read() as session:
        return list(session.scalars(text(query)))


def page(house: TestHouse, name: str = "alice") -> str:
    return house.signed_in("olga").get(f"/program/people/{house.id_of(name)}").text


def test_a_job_is_begun_changed_and_ended_with_one_event_each(house: TestHouse) -> None:
    assert begin(house) == 303
    because = "half of her time since the merger"
    assert jobs(house) == [(2, "PACU, Harbor", "", None, because)]
    assert "PACU, Harbor, RN" in page(house)
    assert because in page(house)
    other = {"department": "Clinic", "from_on": day(10), "reason": "moved"}
    fields = {"site": str(site_id(house, "Harbor")), "worker_type": "employee"} | other
    assert act(house, "alice", "jobs/2", **fields).status_code == 303
    assert jobs(house) == [(2, "Clinic, Harbor", "", None, "moved")]
    last = TODAY + timedelta(days=30)
    assert act(house, "alice", "jobs/2/end", last_day=day(30), reason="over").status_code == 303
    assert jobs(house) == [(2, "Clinic, Harbor", "", last, "over")]
    assert events(house) == ["job.begun", "job.changed", "job.ended"]
    house.clock.at += timedelta(days=31)
    assert "Second job" not in page(house)
    assert act(house, "alice", "jobs/2/end", last_day=day(31), reason="x").status_code == 404


def test_a_job_that_ended_before_its_first_day_never_was(house: TestHouse) -> None:
    begin(house, from_on=day(20))
    assert act(house, "alice", "jobs/2/end", last_day=day(0), reason="a slip").status_code == 303
    assert jobs(house) == []


@pytest.mark.parametrize(
    ("field", "given"),
    [
        ("from_on", "2000-01-01"),
        ("from_on", "2029-01-01"),
        ("from_on", ""),
        ("manager", "nobody"),
        ("manager", "E-alice"),
        ("site", "999999"),
        ("site", "x"),
        ("worker_type", "astronaut"),
        ("phi_access_on", "0026-11-24"),
        ("phi_access_on", "9999-12-31"),
        ("reason", ""),
    ],
)
def test_what_cannot_be_is_told_at_its_field(house: TestHouse, field: str, given: str) -> None:
    fields = {
        "site": str(site_id(house, "Harbor")),
        "worker_type": "employee",
        "from_on": day(0),
        "reason": "why",
    }
    reply = act(house, "alice", "jobs", **(fields | {field: given}))
    assert reply.status_code == 422
    assert f'id="begin_job-{field}-error"' in reply.text
    assert jobs(house) == []


def test_a_job_of_whoever_has_left_meanwhile_is_told_at_the_day(house: TestHouse) -> None:
    reply = act(house, "dora", "jobs/2/end", last_day=day(0), reason="an older tab")
    assert reply.status_code == 422
    assert "Nobody who has left has a second job." in reply.text


def test_an_officer_notes_nothing_on_her_own_record(house: TestHouse) -> None:
    assert begin(house, "olga") == 403


def rule_for_harbor(house: TestHouse) -> None:
    """Let only Harbor be asked: the cast's rule keeps its days."""
    with house.database.write() as session:
        session.execute(
            text(
                "DROP TRIGGER IF EXISTS guard_rule_update"
                + ("" if house.database.is_sqlite else " ON rule")
            )
        )
        session.execute(text("UPDATE rule SET audience = :told"), {"told": '{"sites": ["Harbor"]}'})


def test_she_is_asked_what_her_second_job_asks_and_no_longer_when_it_ends(
    house: TestHouse,
) -> None:
    rule_for_harbor(house)
    assert duty(house, "alice").status is Status.NOT_REQUIRED
    begin(house, from_on=day(0))
    found = duty(house, "alice")
    assert found.facts.due_on == TODAY + timedelta(days=30)
    assert found.by is not None
    assert "second job (PACU)" in page(house)
    act(house, "alice", "jobs/2/end", last_day=day(-1), reason="over")
    assert duty(house, "alice").status is Status.NOT_REQUIRED
    with house.database.read() as session:
        reasons = "SELECT closed_reason FROM assignment WHERE user_id = :who"
        told = session.scalars(text(reasons), {"who": house.id_of("alice")}).all()
    assert told == ["superseded"]


def test_she_is_found_by_her_second_job_and_shown_with_it(house: TestHouse) -> None:
    """On the officer's and the manager's page and in their files, by dates and by facts."""
    with house.database.write() as session:  # a day further, so that her own day decides
        session.execute(text("UPDATE site SET zone = 'Pacific/Kiritimati' WHERE name = 'Harbor'"))
    begin(house, from_on=day(0), job_title="Scrub nurse")
    begin(house, from_on=day(1), department="Tomorrow")
    for made in ("by facts", "by dates"):
        if made == "by dates":
            dates.refresh_all(house.database)
        found = surfaces(house, "q=pacu+scrub")
        assert all("PACU, Harbor" in told and "Alice" in told for told in found), made
        assert all("Bob" not in told for told in found), made
        assert all("Alice" not in told for told in surfaces(house, "q=tomorrow")), made
        assert all("Alice" in told for told in surfaces(house, "q=alice+pacu")), made
        page, file = surfaces(house, "department=PACU")
        assert all("PACU, Harbor" in told and "Alice" in told for told in (page, file)), made
        assert '<option value="PACU"' in page


def surfaces(house: TestHouse, query: str) -> list[str]:
    """Return what the officer's list and its file say to a search; the team's to a department."""
    if query.startswith("q="):
        olga = house.signed_in("olga")
        pages = [olga.get(f"/program/people{kind}?{query}").text for kind in ("", ".csv")]
    else:
        mona = house.signed_in("mona")
        pages = [mona.get(f"/team{kind}?{query}").text for kind in ("", ".csv")]
    return [page.replace("olga", "") for page in pages]


def test_the_overview_counts_her_once_in_the_whole_and_in_each_unit(house: TestHouse) -> None:
    dates.refresh_all(house.database)
    with house.database.read() as session:
        today = todays(session, NOW)
        before = overview(session, today)
    begin(house)
    for _made in ("asked of the facts", "counted by the database"):
        with house.database.read() as session:
            found = overview(session, today)
        assert found.whole.open.total() == before.whole.open.total()
        assert found.by["department"]["PACU"].open.total() == 1
        assert found.by["role"]["employee"].open == before.by["role"]["employee"].open
        dates.refresh_all(house.database)
    with house.database.read() as session:
        assert dates.astray(session, [house.id_of("alice")]) == []


def test_both_managers_see_her_and_she_gets_one_nudge(house: TestHouse) -> None:
    house.settings.smtp_url, house.settings.mail_from = "smtp://127.0.0.1:9", "a@clinic.example"
    house.open_cycle("alice")
    house.clock.at += timedelta(days=90)
    begin(house, manager="E-bob", from_on=house.clock.now().date().isoformat())
    alice = house.id_of("alice")
    for viewer in ("mona", "bob"):
        with house.database.read() as session:
            now = house.clock.now()
            lines = team(session, View(house.id_of(viewer), todays(session, now), now))
        assert [line.direct for line in lines if line.user_id == alice] == [True]
        assert house.post(house.signed_in(viewer), "/team/nudge").status_code == 303
    sent = "SELECT count(*) FROM notice JOIN assignment a ON a.id = assignment_id"
    with house.database.read() as session:
        query = text(f"{sent} WHERE kind = 'nudge' AND a.user_id = :who")
        assert session.scalar(query, {"who": alice}) == 1


def test_her_own_record_names_her_second_job(house: TestHouse) -> None:
    client = house.signed_in("alice")
    assert "Where you work besides" not in client.get("/certificates").text
    begin(house)
    told = client.get("/certificates").text
    assert "PACU, Harbor, RN" in told
    assert "noted a second job of yours" in told
    assert "half of her time" not in told
