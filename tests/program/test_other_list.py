"""She is on another staff list from now on: the record goes on, and no list makes her twice."""

import csv
import json

import pytest
from sqlalchemy import select

from tests.cast import NOW, TODAY
from tests.house import TestHouse
from tests.program.lists import ANN, BO, Take, listed, refused
from tests.program.test_acts import act, duty
from tests.terminal import byp
from training.accounts.hiring import add_by_hand
from training.accounts.models import User
from training.program.roster import Options, plan

NIA = "Nia North"
HR_ROW = "700,Nia North,nia@x.example,,,Main Street,,,active"


@pytest.fixture
def nia(house: TestHouse) -> int:
    """Return somebody whom the charge nurse added by hand."""
    with house.database.write() as session:
        return add_by_hand(session, NIA, "nia@x.example", now=NOW).id


def on_list(house: TestHouse, user_id: int, source: str = "hr", number: str = "700") -> int:
    olga = house.signed_in("olga")
    fields = {"source": source, "number": number}
    return house.post(olga, f"/program/people/{user_id}/list", **fields).status_code


def page(house: TestHouse, user_id: int) -> str:
    return house.signed_in("olga").get(f"/program/people/{user_id}").text


def number_of(house: TestHouse, user_id: int) -> tuple[str, str]:
    with house.database.read() as session:
        user = session.get_one(User, user_id)
        return user.source, user.external_id


def facts(house: TestHouse) -> dict[str, object]:
    """Return what says who was trained and where she works."""
    names = ("completion", "assignment", "placement", "signature", "certificate", "void")
    return {name: rows for name, rows in house.dump().items() if name in names}


def test_the_record_takes_list_and_number_and_nothing_else_changes(
    house: TestHouse, nia: int
) -> None:
    before, (_source, was) = facts(house), number_of(house, nia)
    assert on_list(house, nia) == 303
    assert number_of(house, nia) == ("hr", "700")
    after = facts(house)
    after.pop("assignment"), before.pop("assignment")  # her first one opens, as after each act
    assert after == before
    told = page(house, nia)
    assert f"{was} (by hand), until 24 Nov 2026" in " ".join(told.split())
    assert house.count("audit_event", "name = 'number.changed'") == 1
    assert NIA not in str(house.dump()["audit_event"])


def test_her_due_day_and_what_she_completed_stay(house: TestHouse) -> None:
    house.train("alice")
    before = duty(house, "alice")
    certificate = house.dump()["certificate"]
    alice = house.id_of("alice")
    assert on_list(house, alice, "agency", "A-1") == 303
    assert on_list(house, alice, "hr", "E-alice") == 303  # and back: both moves stay on record
    after = duty(house, "alice")
    assert (after.facts, after.held) == (before.facts, before.held)
    assert house.dump()["certificate"] == certificate
    assert house.count("staff_number") == 2


def test_the_next_upload_of_that_list_takes_her_as_its_own(
    house: TestHouse, nia: int, take: Take
) -> None:
    take(listed(ANN), source="hr", full=False)
    on_list(house, nia)
    found = take(listed(HR_ROW), source="hr", full=False)
    assert found.counts == {"same": 1}
    assert found.warnings == ()
    assert house.count("user", f"legal_name = '{NIA}'") == 1


def test_without_that_the_hr_row_is_refused_with_the_mend(
    house: TestHouse, nia: int, take: Take
) -> None:
    (told,) = refused(take, listed(HR_ROW), source="hr", full=False)
    assert "nia@x.example belongs to X-" in told
    assert "if it is the same person, say on the page of X-" in told
    olga = house.signed_in("olga")
    text = listed(HR_ROW).decode()
    reply = house.post(olga, "/program/roster", text=text, source="hr")
    assert reply.status_code == 422
    assert f'href="/program/people/{nia}"' in reply.text


OLD = "12,Nia North,nia@x.example,ICU,,Main Street,2026-03-02,,active"
OTHER = "13,Oda Ost,,ICU,,Main Street,2026-03-02,,active"
UNDER_HER = "14,Pia Pohl,,ICU,12,Main Street,2026-03-02,,active"


def from_agency(house: TestHouse, take: Take, *rows: str) -> int:
    take(listed(*rows), source="agency")
    query = select(User.id).where(User.source == "agency", User.external_id == "12")
    with house.database.read() as session:
        return session.scalars(query).one()


def test_the_old_list_makes_her_no_second_time_and_says_so(house: TestHouse, take: Take) -> None:
    her = from_agency(house, take, OLD, OTHER)
    on_list(house, her)
    for _twice in range(2):
        found = take(listed(OLD, OTHER), source="agency")
        assert found.counts == {"same": 1}
        (warning,) = found.warnings
        assert str(warning).startswith("2: 12 is 700 on the list hr now, so this row changes")
        hr = HR_ROW.replace(",,,Main", ",ICU,,Main")
        assert take(listed(hr), source="hr", full=False).changes == []
    assert house.count("user", "legal_name = 'Nia North'") == 1
    assert house.count("placement", f"user_id = {her} AND kind = 'left'") == 0


def test_she_is_no_leaver_of_the_old_list(house: TestHouse, take: Take) -> None:
    her = from_agency(house, take, OLD, OTHER)
    on_list(house, her)
    assert take(listed(OTHER), source="agency").changes == []
    gone = OLD.replace("active", "terminated")
    assert take(listed(OTHER, gone), source="agency").warnings == ()


def test_her_old_number_still_names_her_as_a_manager(house: TestHouse, take: Take) -> None:
    her = from_agency(house, take, OLD, UNDER_HER)
    on_list(house, her)
    assert take(listed(OLD, UNDER_HER), source="agency").changes == []
    new = UNDER_HER.replace("14,Pia Pohl", "15,Quin Qua")
    take(listed(OLD, UNDER_HER, new), source="agency")
    assert house.count("placement", f"manager_id = {her}") == 2


def test_a_number_that_was_given_to_somebody_else_is_a_fault(house: TestHouse, take: Take) -> None:
    her = from_agency(house, take, OLD, OTHER)
    on_list(house, her)
    other = "12,Rita Roe,,ICU,,Main Street,2026-03-02,,active"
    (told,) = refused(take, listed(other, OTHER), source="agency")
    assert told.startswith("2: 12 was the number of somebody who is 700 on the list hr now")
    assert NIA not in told


def test_a_list_whose_last_person_moved_keeps_its_name(house: TestHouse, take: Take) -> None:
    her = from_agency(house, take, OLD)
    on_list(house, her)
    assert "hr, agency" in page(house, her) or "agency" in page(house, her)
    found = take(listed(OLD), source="AGENCY")
    assert (found.options.source, len(found.warnings), found.changes) == ("agency", 1, [])


def test_the_hr_file_twice_and_the_agency_list_twice_change_nobody(
    house: TestHouse, take: Take
) -> None:
    names = [f"Kim {first}{last}o" for first in "ABCDEFGH" for last in "xyzvw"]
    agency = [f"{n},{name},,ICU,,,2026-01-05,," for n, name in enumerate(names)]
    rows, hr = listed(*agency), listed(ANN, BO)
    take(hr, source="human"), take(rows, source="agency")
    before = facts(house)
    for _twice in range(2):
        assert take(hr, source="human").counts == {"same": 2}
        assert take(rows, source="agency").counts == {"same": 40}
    assert facts(house) == before


# --- found by either number -------------------------------------------------------------------


def test_search_finds_her_by_the_old_number(house: TestHouse, nia: int) -> None:
    was = number_of(house, nia)[1]
    on_list(house, nia)
    for number in (was, "700"):
        found = house.signed_in("olga").get(f"/program/people?q={number}").text
        assert f"/program/people/{nia}" in found
    said = byp(house, "user", "export", was)
    assert said.returncode == 0
    assert json.loads(said.stdout)["staff_number"][0]["external_id"] == was


def test_files_have_the_old_number_behind(house: TestHouse, nia: int) -> None:
    was = number_of(house, nia)[1]
    on_list(house, nia)
    told = house.signed_in("olga").get("/program/people.csv").text.removeprefix("\ufeff")
    head, *rows = csv.reader(told.splitlines())
    assert head[-2:] == ["second_jobs", "earlier_numbers"]
    assert [(row[0], row[-1]) for row in rows if row[1] == NIA] == [("700", f"by hand {was}")]


# --- what can't be ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("field", "given"),
    [
        ("source", ""),
        ("source", "x" * 41),
        ("source", "by_hand"),
        ("source", "By hand"),
        ("number", ""),
        ("number", "1.2E+05"),
        ("number", "7\u202e1"),
        ("number", "9" * 300),
        ("number", "E-alice"),
    ],
)
def test_what_cannot_be_is_told_at_its_field(house: TestHouse, field: str, given: str) -> None:
    before = house.dump()["user"]
    fields = {"source": "hr", "number": "700"} | {field: given}
    reply = act(house, "alice", "list", **fields)
    assert reply.status_code == 422
    assert f'id="change_list-{field}-error"' in reply.text
    assert house.dump()["user"] == before
    assert house.count("staff_number") == 0


def test_a_number_that_another_record_had_is_refused(house: TestHouse, take: Take) -> None:
    her = from_agency(house, take, OLD)
    on_list(house, her)
    reply = act(house, "alice", "list", source="agency", number="12")
    assert reply.status_code == 422
    assert "Nia North had this number and is hr 700 now" in reply.text


def test_the_name_of_a_list_is_spelt_as_before(house: TestHouse, nia: int) -> None:
    assert on_list(house, nia, "HR") == 303
    assert number_of(house, nia)[0] == "hr"


def test_an_officer_changes_nothing_on_her_own_record(house: TestHouse) -> None:
    assert on_list(house, house.id_of("olga")) == 403


def test_a_spreadsheets_own_marks_are_no_part_of_a_number(house: TestHouse, nia: int) -> None:
    assert on_list(house, nia, number='="00700"') == 303
    assert number_of(house, nia)[1] == "00700"


def test_a_plan_that_was_shown_before_is_stale(house: TestHouse, nia: int, take: Take) -> None:
    data = listed(ANN)
    take(data, source="hr", full=False)
    with house.database.read() as session:
        assert plan(
            session, data, "x.csv", Options(source="hr", today=TODAY, full=False)
        ).is_recalled
    on_list(house, nia)
    with house.database.read() as session:
        assert not plan(
            session, data, "x.csv", Options(source="hr", today=TODAY, full=False)
        ).is_recalled


def test_a_file_of_older_training_may_name_her_by_the_number_that_she_had(
    house: TestHouse, nia: int
) -> None:
    was = number_of(house, nia)[1]
    on_list(house, nia)
    text = f"employee_id,course,completed_on,source\n{was},onboarding,2026-03-02,old system\n"
    olga = house.signed_in("olga")
    shown = house.post(olga, "/program/roster/prior", text=text).text
    assert NIA in shown
    assert "nobody here is" not in shown.lower()
