"""Two records of one person become one: both are shown, one ends, and what she did counts."""

import json
import random
import re
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from werkzeug.test import TestResponse

from tests.cast import NOW, TODAY
from tests.effort import times
from tests.house import TestHouse
from tests.program.lists import Take, listed, refused
from tests.program.test_acts import act, duty
from training.accounts.links import make_link
from training.accounts.models import Entity, Placement, RoleGrant, Site, User
from training.accounts.reach import EVERYWHERE
from training.accounts.service import normal_address
from training.assignments.models import Assignment
from training.learning.models import Completion
from training.program import acts, merging
from training.program.acts import By
from training.renewals.duties import Duty
from training.renewals.known import _learned
from training.rules.standing import Complete, Status

DAY = timedelta(days=1)
SEEN = re.compile(r'name="same" value="([0-9a-f]+)"')
HR_ROW = "E-new,Alice Adams,,Ward 3,E-mona,Main Street,2026-11-02,,active"


@pytest.fixture
def new(house: TestHouse, take: Take) -> int:
    """Return Alice's record by the list that came later, without a mail address."""
    take(listed(HR_ROW), source="people", full=False)
    return house.id_of("new")


def ask(house: TestHouse, name: str = "alice", /, by: str = "olga", **fields: str) -> TestResponse:
    return act(house, name, "list", by=by, **({"source": "people", "number": "E-new"} | fields))


def join(house: TestHouse, name: str = "alice", /, **fields: str) -> TestResponse:
    shown = ask(house, name, **fields)
    assert shown.status_code == 200, shown.text
    seen = SEEN.search(shown.text)
    assert seen
    return ask(house, name, same=seen.group(1), **fields)


def page(house: TestHouse, name: str) -> str:
    return house.signed_in("olga").get(f"/program/people/{house.id_of(name)}").text


# --- shown, then confirmed --------------------------------------------------------------------


def test_both_are_shown_and_nothing_changes_before_it_is_confirmed(
    house: TestHouse, new: int
) -> None:
    house.train("alice")
    before = house.dump()
    told = ask(house).text
    assert "Is this one person?" in told
    for words in ("E-alice", "E-new", "24 Nov 2026", "alice@clinic.example", "2 Nov 2026"):
        assert words in told
    after = house.dump()
    for table in ("user", "placement", "completion", "assignment", "same_person", "audit_event"):
        assert after[table] == before[table]


def test_what_changed_meanwhile_is_shown_again(house: TestHouse, new: int) -> None:
    seen = SEEN.search(ask(house).text)
    house.train("alice")
    assert seen
    again = ask(house, same=seen.group(1))
    assert (again.status_code, house.count("same_person")) == (200, 0)
    assert "Something changed since that was shown" in again.text


def test_one_goes_into_the_other(house: TestHouse, new: int) -> None:
    cycle = house.train("alice")
    client = house.signed_in("alice")
    house.post(
        client, f"/training/{cycle}/sign", answer="sign", agree="1", typed_name="Alice Adams"
    )
    held = duty(house, "alice").held
    reply = join(house)
    assert reply.headers["Location"].endswith(f"/program/people/{new}")
    assert duty(house, "alice").status is Status.LEFT
    assert duty(house, "new").held == held
    assert duty(house, "new").complete is Complete.YES
    assert house.count("assignment", f"user_id = {new} AND closed_at IS NULL") == 0
    carried = f"user_id = {new} AND method = 'carried'"
    assert house.count("completion", f"{carried} AND correct = 0 AND total = 0") == 1
    assert house.count("signature", f"{carried} AND signed_on = '2026-11-24'") == 1
    assert house.count("attempt", f"user_id = {new}") == 0
    assert "completed as E-alice" in page(house, "new")
    assert "as E-alice." in " ".join(page(house, "new").split())
    assert "This record went into another one" in page(house, "alice")
    assert f'href="/program/people/{new}"' in page(house, "alice")
    assert "What you can do" not in page(house, "alice")
    assert house.count("audit_event", "name IN ('record.ended', 'record.joined')") == 2


def test_what_she_learned_last_is_what_she_completed_last(house: TestHouse, new: int) -> None:
    """Not what was put on record last: a change of the lessons asks whoever learned them before."""
    with house.database.write() as session:
        for name, days in (("new", 5), ("alice", 9)):
            day = TODAY - days * DAY
            add_done(session, house.id_of(name), day, None, json.dumps({"modules": {"m1": name}}))
    join(house)
    with house.database.read() as session:
        assert _learned(session, {"ids": [new]}) == {new: {"m1": "new"}}


def test_her_ways_in_end_and_her_address_goes_on(house: TestHouse, new: int) -> None:
    alice, id_ = house.signed_in("alice"), house.id_of("alice")
    with house.database.write() as session:
        make_link(session, id_, purpose="slip", method="slip", now=NOW)
    join(house)
    assert alice.get("/").status_code == 302
    assert house.count("sign_in", f"user_id = {id_} AND ended_at IS NULL") == 0
    assert house.count("link_token", f"user_id = {id_} AND used_at IS NULL") == 0
    with house.database.read() as session:
        was, kept = session.get_one(User, house.id_of("alice")), session.get_one(User, new)
        assert (was.email, was.sign_in_address) == (None, None)
        assert (kept.email, kept.sign_in_address) == ("alice@clinic.example",) * 2


def test_an_address_of_her_own_stays(house: TestHouse, new: int) -> None:
    with house.database.write() as session:
        kept = session.get_one(User, new)
        kept.email = kept.sign_in_address = "new@clinic.example"
    join(house)
    with house.database.read() as session:
        assert session.get_one(User, new).sign_in_address == "new@clinic.example"


def test_no_address_goes_to_whoever_may_do_more(house: TestHouse, new: int) -> None:
    """Whoever adds a record by hand could name a mailbox of her own, and sign in as an admin."""
    with house.database.write() as session:
        session.add(RoleGrant(user_id=new, role="admin", from_on=TODAY, recorded_at=NOW))
    join(house)
    with house.database.read() as session:
        assert session.get_one(User, new).sign_in_address is None


def test_certificates_stay_hers_and_valid(house: TestHouse, new: int) -> None:
    house.train("alice")
    with house.database.read() as session:
        from training.learning.models import CertificateRow

        serial = session.scalars(select(CertificateRow.serial)).one()
    join(house)
    assert "withdrawn" not in house.client().get(f"/verify/{serial}").text
    assert house.client().get(f"/verify/{serial}").status_code == 200
    client = house.signed_in("new")
    assert client.get(f"/certificates/{serial}.pdf").status_code == 200
    assert "completed as E-alice" in client.get("/certificates").text
    assert house.signed_in("bob").get(f"/certificates/{serial}.pdf").status_code == 404


def test_her_people_report_to_the_record_that_goes_on(house: TestHouse, take: Take) -> None:
    take(
        listed("E-new,Mona Marsh,,,,Main Street,2026-11-02,,active"),
        source="people",
        full=False,
    )
    before = duty(house, "bob").facts
    assert "2 people report to the record that goes on" in ask(house, "mona").text
    join(house, "mona")
    new = house.id_of("new")
    bob = f"user_id = {house.id_of('bob')} AND superseded_at IS NULL"
    assert house.count("placement", f"{bob} AND manager_id = {new} AND from_on = '{TODAY}'") == 1
    assert "Bob Brown" in house.signed_in("new").get("/team").text
    assert duty(house, "bob").facts == before


# --- a withdrawal -----------------------------------------------------------------------------


def completions_of(house: TestHouse, name: str) -> list[int]:
    query = select(Completion.id).where(Completion.user_id == house.id_of(name))
    with house.database.read() as session:
        return list(session.scalars(query.order_by(Completion.id)))


def test_a_withdrawn_original_takes_the_carried_one_with_it(house: TestHouse, new: int) -> None:
    house.train("alice")
    join(house)
    (original,) = completions_of(house, "alice")
    reply = act(house, "alice", f"completions/{original}/withdraw", reason="not hers")
    assert reply.status_code == 303
    assert house.count("void") == 2
    assert duty(house, "new").held is None
    assert "<strong>withdrawn</strong>: not hers" in page(house, "new")


def test_the_carried_one_is_withdrawn_alone(house: TestHouse, new: int) -> None:
    house.train("alice")
    join(house)
    (carried,) = completions_of(house, "new")
    act(house, "new", f"completions/{carried}/withdraw", reason="a slip")
    assert (house.count("void"), duty(house, "new").held) == (1, None)


def test_what_was_withdrawn_before_is_not_carried(house: TestHouse, new: int) -> None:
    house.train("alice")
    (original,) = completions_of(house, "alice")
    act(house, "alice", f"completions/{original}/withdraw", reason="not hers")
    join(house)
    assert completions_of(house, "new") == []
    assert duty(house, "new").cycle is not None


def test_a_record_that_went_on_may_go_into_a_third(house: TestHouse, new: int, take: Take) -> None:
    house.train("alice")
    join(house)
    third = HR_ROW.replace("E-new", "E-third")
    take(listed(third), source="third", full=False)
    asked = {"source": "third", "number": "E-third"}
    join(house, "new", **asked)
    held = duty(house, "third").held
    assert held
    assert "completed as E-new" in page(house, "third")
    told = fault_of(ask(house, "bob", source="hr", number="E-alice"))
    assert told == "That record went into another one: use E-third on the list third."
    assert take(listed(HR_ROW), source="people", full=False).changes == []
    (original,) = completions_of(house, "alice")
    act(house, "alice", f"completions/{original}/withdraw", reason="not hers")
    assert (house.count("void"), duty(house, "third").held) == (3, None)


# --- what can't be ----------------------------------------------------------------------------


def fault_of(reply: TestResponse) -> str:
    assert reply.status_code == 422, reply.text
    found = re.search(r'id="change_list-number-error">([^<]+)<', reply.text)
    assert found, reply.text
    return found.group(1)


def test_a_record_with_a_role_does_not_go_into_another(house: TestHouse, new: int) -> None:
    assert "an admin takes that away first" in fault_of(ask(house, "audrey"))


def test_nobody_goes_into_her_own_record(house: TestHouse, new: int) -> None:
    assert "your own record" in fault_of(ask(house, source="hr", number="E-olga"))
    assert ask(house, "olga").status_code == 403


def test_a_record_that_ended_is_not_gone_into(house: TestHouse, new: int) -> None:
    join(house)
    told = fault_of(ask(house, "bob", source="hr", number="E-alice"))
    assert told == "That record went into another one: use E-new on the list people."
    assert ask(house, "alice", number="E-other").status_code == 422
    assert act(house, "alice", "leave", from_on="2026-12-01", to_on="").status_code == 422
    assert house.count("same_person") == 1


def test_whoever_has_left_by_that_list_is_told(house: TestHouse) -> None:
    assert "has left by that list" in fault_of(ask(house, source="hr", number="E-dora"))


def test_a_first_day_to_come_is_waited_for(house: TestHouse, take: Take) -> None:
    row = HR_ROW.replace("2026-11-02", "2026-12-07")
    take(listed(row), source="people", full=False)
    assert "still to come" in fault_of(ask(house))


def test_a_circle_of_managers_is_refused(house: TestHouse, take: Take) -> None:
    row = "E-new,Mona Marsh,,Ward 3,E-alice,Main Street,2026-11-02,,active"
    take(listed(row), source="people", full=False)
    assert "managers in a circle" in fault_of(ask(house, "mona"))


def test_an_officer_of_one_entity_joins_none_of_another(house: TestHouse, new: int) -> None:
    with house.database.write() as session:
        other = Entity(name="Harbor Hospital", signatory="")
        session.add(other)
        session.flush()
        there = Site(entity_id=other.id, name="There", zone="America/Chicago", state="IL")
        session.add(there)
        session.flush()
        row = session.scalars(select(Placement).where(Placement.user_id == new)).one()
        row_values = {
            c.name: getattr(row, c.name) for c in Placement.__table__.columns if c.name != "id"
        }
        row.superseded_at = NOW
        session.flush()
        session.add(Placement(**(row_values | {"site_id": there.id, "superseded_at": None})))
        session.add(
            RoleGrant(
                user_id=house.id_of("max"),
                role="privacy_officer",
                entity_id=1,
                from_on=TODAY,
                recorded_at=NOW,
            )
        )
    assert "of another legal entity" in fault_of(ask(house, by="max"))


# --- the next lists ---------------------------------------------------------------------------


def test_neither_list_changes_anything_afterwards(house: TestHouse, take: Take) -> None:
    agency = "E-temp,Alice Adams,temp@x.example,Ward 3,E-mona,Main Street,2026-03-02,,active"
    take(listed(agency), source="agency")
    take(listed(HR_ROW), source="people")
    house.train("temp")
    assert join(house, "temp").status_code == 303
    before = {name: rows for name, rows in house.dump().items() if name != "roster_memory"}
    for _twice in range(2):
        assert take(listed(HR_ROW), source="people").changes == []
        found = take(listed(agency), source="agency")
        assert found.changes == []
        assert "E-temp is E-new on the list people now" in str(found.warnings[0])
    after = {name: rows for name, rows in house.dump().items() if name != "roster_memory"}
    assert after == before
    other = agency.replace("Alice Adams", "Zora Zink")
    assert "was the number of somebody" in refused(take, listed(other), source="agency")[0]


def test_both_histories_are_in_what_is_exported(house: TestHouse, new: int) -> None:
    import csv

    from training.reports.own_data import everything_about

    house.train("alice")
    join(house)
    told = house.signed_in("olga").get("/program/people.csv").text.removeprefix("\ufeff")
    _head, *rows = csv.reader(told.splitlines())
    assert [row[-1] for row in rows if row[0] == "E-new"] == ["hr E-alice"]
    assert [row[0] for row in rows if row[5] == "left" and row[1] == "Alice Adams"] == ["E-alice"]
    found = house.signed_in("olga").get("/program/people?q=E-alice").text
    assert f"/program/people/{new}" in found
    with house.database.read() as session:
        everything = everything_about(session, new)
    assert len(everything["completion"]) == 2
    assert len(everything["user"]) == 2
    assert everything["same_person"][0]["was_id"] == house.id_of("alice")
    assert everything["attempt"]


# --- standing: as if all had been hers all along ----------------------------------------------


def people_of(
    house: TestHouse, rnd: random.Random, n: int
) -> tuple[tuple[int, int, int], list[tuple[date, date | None]]]:
    """Make the record that ends, the one that goes on, and one that had it all from the start."""
    hired = TODAY - rnd.choice([0, 1, 20, 60, 400]) * DAY
    done = [TODAY - days * DAY for days in sorted(rnd.sample(range(800), rnd.randint(1, 3)))][::-1]
    dates: list[tuple[date, date | None]] = [(day, day + 365 * DAY) for day in done]
    if rnd.random() < 0.2:
        dates = [(day, None) for day, _until in dates]
    with house.database.write() as session:
        site = session.scalars(select(Site.id).order_by(Site.id)).first()
        ids = []
        for kind, since in (("was", date(2023, 1, 2)), ("kept", hired), ("twin", hired)):
            user = User(
                source="crowd",
                external_id=f"{kind}-{n}",
                legal_name=f"{kind} {n}",
                sign_in_address=normal_address(f"{kind}{n}@x.example"),
                created_at=NOW,
            )
            session.add(user)
            session.flush()
            session.add(
                Placement(
                    user_id=user.id,
                    from_on=since,
                    hired_on=since,
                    site_id=site,
                    recorded_at=NOW - (TODAY - since).days * DAY,
                )
            )
            ids.append(user.id)
        session.flush()
        for user_id in (ids[0], ids[2]):
            for day, until in dates:
                add_done(session, user_id, day, until)
        if rnd.random() < 0.4:
            own = max(hired, TODAY - rnd.randrange(500) * DAY)
            if own not in dict(dates):
                for user_id in ids[1:]:
                    add_done(session, user_id, own, own + 365 * DAY)
        session.flush()
    was, kept, twin = ids
    return (was, kept, twin), dates


def add_done(
    session: Any, user_id: int, day: date, until: date | None, digests: str = "{}"
) -> None:
    cycle = Assignment(
        user_id=user_id,
        course="onboarding",
        path="onboarding",
        rule_id=1,
        reason="new_hire",
        assigned_on=day,
        opens_on=day,
        due_on=day,
        closed_at=NOW,
        closed_reason="completed",
        recorded_at=NOW,
    )
    session.add(cycle)
    session.flush()
    session.add(
        Completion(
            assignment_id=cycle.id,
            user_id=user_id,
            course="onboarding",
            completed_on=day,
            completed_at=NOW - (TODAY - day).days * DAY,
            zone="America/Chicago",
            expires_on=until,
            correct=5,
            total=6,
            digests=digests,
            method="password",
            shared_device=False,
            recorded_at=NOW,
        )
    )


def duties_on(house: TestHouse, user_id: int) -> Iterator[Duty]:
    for days in (0, 1, 29, 31, 100, 364, 366, 500):
        with house.database.read() as session:
            yield from acts.duties_for(session, user_id, NOW + days * DAY)


@pytest.mark.either_database
@pytest.mark.parametrize("seed", range(times(12, 200)))
def test_her_standing_is_as_if_all_had_been_hers_all_along(house: TestHouse, seed: int) -> None:
    (was, kept, twin), dates = people_of(house, random.Random(seed), seed)
    by = By(house.id_of("olga"), NOW)
    with house.database.write() as session:
        for user_id in (was, kept, twin):  # the hourly work has been there
            acts.bring_up_to_date(session, user_id, NOW)
    with house.database.write() as session:
        beside = merging.look(session, was, kept, by=by, reach=EVERYWHERE)
        merging.put_together(session, beside, by=by)
    hers, wanted = list(duties_on(house, kept)), list(duties_on(house, twin))
    assert [d.held for d in hers] == [d.held for d in wanted], dates
    assert [d.facts for d in hers] == [d.facts for d in wanted], dates
    assert [(d.status, d.complete) for d in hers] == [(d.status, d.complete) for d in wanted]
