"""Training from an older system, by file: shown first, all or nothing, once."""

import io
from datetime import date, timedelta
from typing import Any

import pytest
from openpyxl import Workbook
from werkzeug.test import TestResponse

from tests.cast import TODAY
from tests.house import TestHouse
from training.program import acts
from training.program.prior import Options, Plan, apply, plan
from training.program.roster import Refused
from training.renewals.duties import Duty
from training.rules.standing import Complete

ONE_DATABASE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
HEAD = "employee_id,course,completed_on,source\n"
ROW = "E-alice,onboarding,2026-03-02,OldLMS\n"


def take(house: TestHouse, text: str | bytes, **how: Any) -> Plan:
    data = text.encode() if isinstance(text, str) else text
    with house.database.write() as session:
        found = plan(session, data, Options(now=house.clock.now(), **how))
        apply(session, found)
    return found


def faults(house: TestHouse, text: str, **how: Any) -> list[str]:
    before = house.dump()
    with pytest.raises(Refused) as refused:
        take(house, text, **how)
    assert house.dump() == before
    return [str(fault) for fault in refused.value.faults]


def duty(house: TestHouse, name: str) -> Duty:
    with house.database.read() as session:
        found = acts.duties_for(session, house.id_of(name), house.clock.now())
        return next(d for d in found if d.rule.course == "onboarding")


def upload(house: TestHouse, text: str, **fields: Any) -> TestResponse:
    return house.post(house.signed_in("olga"), "/program/roster/prior", text=text, **fields)


def test_what_she_completed_there_holds_here_and_its_renewal_follows(house: TestHouse) -> None:
    house.open_cycle("alice")
    take(house, HEAD + ROW)
    hers = duty(house, "alice")
    assert hers.complete is Complete.YES
    assert hers.facts.expires_on == date(2027, 3, 2)
    assert hers.cycle is None
    assert house.count("certificate") == 0
    assert house.count("completion", "method = 'recorded'") == 1
    assert house.count("prior_training", "source = 'OldLMS'") == 1


def test_the_same_file_again_changes_nothing_even_after_a_withdrawal(house: TestHouse) -> None:
    assert take(house, HEAD + ROW).counts == {"new": 1}
    before = house.dump()
    assert take(house, HEAD + ROW).counts == {"same": 1}
    assert house.dump() == before

    olga, her = house.signed_in("olga"), f"/program/people/{house.id_of('alice')}"
    with house.database.read() as session:
        held = session.execute(_ids()).scalar_one()
    house.post(olga, f"{her}/completions/{held}/withdraw", reason="a mistake")
    assert take(house, HEAD + ROW).counts == {"same": 1}
    assert duty(house, "alice").complete is not Complete.YES


def _ids() -> Any:
    from sqlalchemy import text

    return text("SELECT id FROM completion")


@ONE_DATABASE
def test_what_ran_out_long_ago_does_not_close_what_is_open(house: TestHouse) -> None:
    house.open_cycle("alice")
    take(house, HEAD + "E-alice,onboarding,2021-03-02,OldLMS\nE-alice,onboarding,2020-03-01,Old\n")
    hers = duty(house, "alice")
    assert hers.cycle is not None
    assert hers.complete is not Complete.YES
    assert house.count("completion") == 2


@ONE_DATABASE
def test_a_stated_end_may_be_earlier_than_the_rule_says_never_later(house: TestHouse) -> None:
    head = HEAD.strip() + ",expires_on,evidence\n"
    take(
        house,
        head
        + "E-alice,onboarding,2026-03-02,OldLMS,2026-12-31,C-77\n"
        + "E-bob,onboarding,2026-03-02,OldLMS,2031-01-01,\n",
    )
    assert duty(house, "alice").facts.expires_on == date(2026, 12, 31)
    assert duty(house, "bob").facts.expires_on == date(2027, 3, 2)
    page = house.signed_in("olga").get(f"/program/people/{house.id_of('alice')}").text
    assert "completed elsewhere: OldLMS, C-77" in page
    hers = house.signed_in("alice").get("/certificates").text
    assert "2 Mar 2026, completed elsewhere: OldLMS, C-77." in hers
    assert "C-77" not in house.signed_in("mona").get(f"/team/{house.id_of('alice')}").text


@ONE_DATABASE
def test_every_fault_is_named_at_once_with_its_line(house: TestHouse) -> None:
    tomorrow = (TODAY + timedelta(days=1)).isoformat()
    told = faults(
        house,
        HEAD
        + "E-nobody,onboarding,2026-03-02,Old\n"
        + "E-alice,Basket weaving,2026-03-02,Old\n"
        + f"E-alice,onboarding,{tomorrow},Old\n"
        + "E-dora,onboarding,2026-03-02,Old\n"
        + "E-alice,onboarding,2026-02-30,Old\n"
        + "E-alice,onboarding,2026-03-02,\n"
        + ",onboarding,2026-03-02,Old\n"
        + "E-alice,onboarding\n"
        + "E-alice,onboarding,1970-01-01,Old\n"
        + "E-olga,onboarding,2026-03-02,Old\n",
        by=house.id_of("olga"),
    )
    for line, words in enumerate(
        (
            "nobody here is E-nobody",
            "no rule asks a course named 'Basket weaving'",
            "is still to come",
            "does not work here today",
            "completed_on: there is no day",
            "source is missing",
            "does not say who",
            "2 cells",
            "completed_on can't be right",
            "your own record",
        ),
        start=2,
    ):
        mine = next(fault for fault in told if fault.startswith(f"{line}: "))
        assert words in mine
    assert "no line names the columns" in faults(house, "a,b\n1,2\n")[0]


@ONE_DATABASE
def test_bad_rows_are_left_out_by_name_and_stay_on_record(house: TestHouse) -> None:
    found = take(house, HEAD + "E-nobody,onboarding,2026-03-02,Old\n" + ROW, skip_bad_rows=True)
    assert found.counts == {"new": 1, "skipped": 1}
    assert "E-nobody" in str(house.dump()["roster_import"])
    assert house.count("audit_event", "body LIKE '%prior_training.imported%'") == 1
    assert house.count("audit_event", "body LIKE '%E-nobody%'") == 0


@ONE_DATABASE
@pytest.mark.parametrize(
    "data",
    [
        ("Report of 2026\n\n" + HEAD + ROW + "Total,1,,\n").encode("utf-16"),
        b"Email;Course Name;Completion Date;System\nalice@clinic.example;ONBOARDING;02.03.2026;Old",
        b"Staff ID\tTraining\tCompleted\tProvider\r\nE-alice\tHIPAA Basics\t3/2/2026\tOld\r\n",
    ],
)
def test_files_as_other_systems_write_them(house: TestHouse, data: bytes) -> None:
    found = take(house, data, names={"hipaa basics": "onboarding"})
    assert [(c.person.user_id, c.course) for c in found.changes] == [
        (house.id_of("alice"), "onboarding")
    ]
    assert found.changes[0].row.completed_on == date(2026, 3, 2)


@ONE_DATABASE
def test_a_workbook_with_real_dates_is_read(house: TestHouse) -> None:
    book, buffer = Workbook(), io.BytesIO()
    sheet = book.active
    sheet.append(["employee_id", "course", "completed_on", "source"])
    sheet.append(["E-alice", "onboarding", date(2026, 3, 2), "Old"])
    book.save(buffer)
    assert take(house, buffer.getvalue()).changes[0].row.completed_on == date(2026, 3, 2)


@ONE_DATABASE
def test_the_page_shows_first_and_records_only_what_was_shown(house: TestHouse) -> None:
    assert house.signed_in("olga").get("/program/roster/prior").status_code == 200
    shown = upload(house, HEAD + "E-alice,HIPAA Basics,2026-03-02,Old\n")
    assert shown.status_code == 422
    assert "no rule asks a course named" in shown.text.lower()
    assert "E-alice,HIPAA Basics,2026-03-02,Old" in shown.text  # to be corrected in place
    fields = {"names": "HIPAA Basics = onboarding"}
    text = HEAD + "E-alice,HIPAA Basics,2026-03-02,Old\n"
    shown = upload(house, text, **fields)
    assert shown.status_code == 200
    assert "completed 2026-03-02, Old" in shown.text
    assert house.count("completion") == 0
    token = shown.text.split('name="apply" value="')[1].split('"')[0]
    assert upload(house, text + ROW.replace("03", "04"), apply=token, **fields).status_code == 200
    assert house.count("completion") == 0  # another file: shown again, not recorded
    assert upload(house, text, apply=token, **fields).status_code == 303
    assert house.count("completion") == 1
