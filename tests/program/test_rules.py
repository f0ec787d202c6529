"""The officer's page of rules: sentences, a form that says what is wrong, nothing unseen saved."""

import re
from datetime import date, timedelta
from typing import Any

import pytest
from werkzeug.test import TestResponse

from tests.cast import TODAY
from tests.house import TestHouse
from training.program.acts import duties_for
from training.rules.standing import Status

pytestmark = pytest.mark.either_database

SHOWN = re.compile(r'name="shown" value="([0-9a-f]{64})"')
YEARLY: dict[str, Any] = {
    "course": "onboarding",
    "days": "30",
    "anchor": "hire",
    "renews": "previous_expiry",
    "months": "12",
    "fixed_month": "",
    "fixed_day": "",
    "minimum_gap": "",
    "window": "60",
    "grace": "0",
    "refresher": "refresher",
    "basis": "our_policy",
    "from_on": TODAY.isoformat(),
}


def ask(house: TestHouse, path: str, by: str = "olga", **fields: Any) -> TestResponse:
    return house.post(house.signed_in(by), f"/program/rules{path}", **fields)


def previewed(house: TestHouse, **fields: Any) -> str:
    reply = ask(house, "/preview", **fields)
    assert reply.status_code == 200, re.findall(r'class="field-error".*', reply.text)
    found = SHOWN.search(reply.text)
    assert found
    return found.group(1)


def saved(house: TestHouse, **fields: Any) -> TestResponse:
    return ask(house, "", **fields, shown=previewed(house, **fields))


def rows_but_sign_ins(house: TestHouse) -> Any:
    found = house.dump()
    found.pop("sign_in")
    return found


def due_on(house: TestHouse, name: str) -> date | None:
    with house.database.read() as session:
        (duty,) = duties_for(session, house.id_of(name), house.clock.now())
        return duty.facts.due_on if duty.facts.required else None


def within(house: TestHouse, name: str) -> int:
    """Return the days of the rule that counts for somebody."""
    with house.database.read() as session:
        (duty,) = duties_for(session, house.id_of(name), house.clock.now())
        return duty.rule.days


# --- reading ---------------------------------------------------------------------------------


def test_each_rule_reads_as_a_sentence_for_officer_and_auditor(house: TestHouse) -> None:
    for who in ("olga", "audrey"):
        page = house.signed_in(who).get("/program/rules").text
        assert "All staff: onboarding within 30 days of hire; refresher yearly from the" in page
        assert "Basis: our policy." in page
        assert ("Write a new rule" in page) is (who == "olga")


def test_the_form_of_a_rule_holds_what_it_says(house: TestHouse) -> None:
    fields = YEARLY | {"worker_types": "employee", "grace": "14", "states": "IL"}
    saved(house, **fields, code="everybody")
    page = house.signed_in("olga").get("/program/rules/edit/everybody").text
    for value in ("30", "12", "60", "14"):
        assert f'value="{value}"' in page
    assert re.search(r'value="employee"\s+checked', page)
    assert re.search(r'value="IL"\s+checked', page)
    assert not re.search(r'value="NY"\s+checked', page)
    assert re.search(r'value="previous_expiry"\s+selected', page)


def test_every_blank_has_a_label_of_its_own(house: TestHouse) -> None:
    page = house.signed_in("olga").get("/program/rules/edit/everybody").text
    fields = re.findall(r'<(?:input|select)[^>]*\sid="([^"]+)"', page)
    assert len(fields) >= 14
    for name in set(fields) - {"apply_open"}:
        assert f'for="{name}"' in page, name


# --- before saving ---------------------------------------------------------------------------


def test_a_preview_changes_nothing_and_names_people_with_their_days_and_why(
    house: TestHouse,
) -> None:
    house.open_cycle("alice")
    before = rows_but_sign_ins(house)
    reply = ask(house, "/preview", **YEARLY | {"days": "10"}, code="everybody", apply_open="y")
    assert reply.status_code == 200
    assert rows_but_sign_ins(house) == before
    assert "Alice Adams" in reply.text
    assert "because" in reply.text
    assert "people’s dates would change" in reply.text


def test_only_what_was_shown_is_saved(house: TestHouse) -> None:
    fields = YEARLY | {"code": "everybody", "days": "20"}
    shown = previewed(house, **fields)
    before = rows_but_sign_ins(house)
    for other in ({"days": "21"}, {"grace": "7"}, {"apply_open": "y"}, {"shown": ""}):
        reply = ask(house, "", **fields | {"shown": shown} | other)
        assert reply.status_code == 409, other
        assert "Nothing was saved" in reply.text
    assert rows_but_sign_ins(house) == before


def test_a_world_that_changed_meanwhile_is_shown_again(house: TestHouse) -> None:
    from tests.moves import leave

    house.open_cycle("alice")
    fields = YEARLY | {"code": "everybody", "days": "90", "apply_open": "y"}
    shown = previewed(house, **fields)
    leave(house, "bob")
    reply = ask(house, "", **fields, shown=shown)
    assert reply.status_code == 409
    assert house.count("rule") == 1
    fresh = SHOWN.search(reply.text)
    assert fresh
    assert ask(house, "", **fields, shown=fresh.group(1)).status_code == 303


def test_saving_the_same_twice_saves_it_once(house: TestHouse) -> None:
    fields = YEARLY | {"code": "everybody", "days": "20"}
    shown = previewed(house, **fields)
    assert ask(house, "", **fields, shown=shown).status_code == 303
    assert ask(house, "", **fields, shown=shown).status_code == 422  # it says this already
    assert house.count("rule", "superseded_at IS NULL AND to_on IS NULL") == 1


# --- saving ----------------------------------------------------------------------------------


def test_a_change_is_a_new_version_and_the_older_ones_stay(house: TestHouse) -> None:
    assert saved(house, **YEARLY | {"days": "20"}, code="everybody").status_code == 303
    assert house.count("rule", "code = 'everybody'") == 3
    assert house.count("rule", "superseded_at IS NOT NULL AND days = 30") == 1
    assert house.count("rule", f"days = 20 AND from_on = '{TODAY}'") == 1
    assert house.count("audit_event", "body LIKE '%rule.changed%'") == 1
    page = house.signed_in("olga").get("/program/rules").text
    assert "within 20 days of hire" in page
    assert "What it said before" in page


def test_open_trainings_keep_their_day_unless_the_change_is_applied(house: TestHouse) -> None:
    house.open_cycle("alice")
    due = due_on(house, "alice")
    saved(house, **YEARLY | {"days": "60"}, code="everybody")
    assert due_on(house, "alice") == due
    saved(house, **YEARLY | {"days": "45"}, code="everybody", apply_open="y")
    assert due_on(house, "alice") == TODAY + timedelta(days=45)
    assert house.count("due_change", "reason LIKE 'the rule changed on%'") == 8
    page = house.signed_in("olga").get(f"/program/people/{house.id_of('alice')}").text
    assert "because the day was moved: the rule changed on" in page


def test_a_day_that_was_moved_by_hand_is_never_moved_nearer(house: TestHouse) -> None:
    house.open_cycle("alice")
    flood = (TODAY + timedelta(days=80)).isoformat()
    url = f"/program/people/{house.id_of('alice')}/due-day"
    moved = {"course": "onboarding", "due_on": flood, "reason": "flood"}
    assert house.post(house.signed_in("olga"), url, **moved).status_code == 303
    saved(house, **YEARLY | {"days": "45"}, code="everybody", apply_open="y")
    assert due_on(house, "alice") == TODAY + timedelta(days=80)
    assert due_on(house, "bob") == TODAY + timedelta(days=45)


def test_a_new_rule_has_a_code_of_its_course_and_makes_nobody_late(house: TestHouse) -> None:
    fields = YEARLY | {"course": "long", "days": "7", "worker_types": "employee"}
    assert saved(house, **fields).status_code == 303
    assert saved(house, **fields | {"days": "9"}).status_code == 303
    assert house.count("rule", "code IN ('long-1', 'long-2')") == 2
    with house.database.read() as session:
        duties = duties_for(session, house.id_of("alice"), house.clock.now())
    due = {duty.rule.course: duty.facts.due_on for duty in duties}
    assert due["long"] == TODAY + timedelta(days=7)


def test_who_is_taken_in_by_a_wider_rule_gets_its_days_from_the_change(house: TestHouse) -> None:
    saved(house, **YEARLY, code="everybody", sites="Harbor")
    assert due_on(house, "alice") is None
    house.clock.at += timedelta(days=100)
    today = TODAY + timedelta(days=100)
    saved(house, **YEARLY | {"from_on": today.isoformat()}, code="everybody")
    assert due_on(house, "alice") == today + timedelta(days=30)


def test_the_preview_says_whom_another_rule_asks_first(house: TestHouse) -> None:
    house.open_cycle("alice")
    saved(house, **YEARLY | {"days": "9", "sites": "Harbor"}, code="everybody")
    fields = YEARLY | {"days": "8", "states": ["IL", "NY"], "goes": "last"}
    reply = ask(house, "/preview", **fields)
    assert "From 24 Nov 2026 on it asks 6 people." in reply.text
    assert "2 people are asked the same training by another rule" in reply.text
    reply = ask(house, "/preview", **YEARLY | {"days": "8", "states": "IL"})
    assert "by another rule" not in reply.text


def test_a_rule_for_some_goes_before_the_one_for_all_and_can_be_put_behind_it(
    house: TestHouse,
) -> None:
    """Else "clinical staff in Texas: within 10 days" would never count beside "all: within 30"."""
    some = YEARLY | {"days": "10", "sites": "Harbor"}
    assert "2 people are asked it by another rule now" in ask(house, "/preview", **some).text
    saved(house, **some)
    assert within(house, "zoe") == 10
    assert within(house, "alice") == 30
    page = house.signed_in("olga").get("/program/rules").text
    assert page.index("within 10 days") < page.index("within 30 days")

    code = "onboarding-1"
    saved(house, **some, code=code, goes="last")
    assert within(house, "zoe") == 30
    page = house.signed_in("olga").get("/program/rules").text
    assert page.index("within 10 days") > page.index("within 30 days")
    reply = ask(house, "/preview", **some, code=code, goes="last")
    assert "The rule says this already: nothing would change." in reply.text

    saved(house, **some | {"days": "12"}, code=code)  # it stays where it stands
    assert within(house, "zoe") == 30
    saved(house, **some | {"days": "12"}, code=code, goes="first")
    assert within(house, "zoe") == 12


def test_a_second_rule_for_everybody_waits_behind_those_that_are_there(house: TestHouse) -> None:
    saved(house, **YEARLY | {"days": "5"})
    assert within(house, "alice") == 30
    reply = ask(house, "/preview", **YEARLY | {"days": "5", "goes": "middle"})
    assert "Choose from this list." in reply.text
    assert reply.status_code == 422


def test_renewal_can_be_switched_off_and_what_was_begun_before_runs_out_once(
    house: TestHouse,
) -> None:
    house.train("alice")
    fields = YEARLY | {"renews": "none", "months": "", "refresher": ""}
    assert saved(house, **fields, code="everybody").status_code == 303
    assert "no refresher comes by itself" in house.signed_in("olga").get("/program/rules").text
    assert due_on(house, "alice") is None
    house.clock.at += timedelta(days=365)
    house.open_cycle("alice")
    assert due_on(house, "alice") == TODAY + timedelta(days=365)  # the past keeps its own rules
    url = f"/program/people/{house.id_of('alice')}/record"
    done = (TODAY + timedelta(days=365)).isoformat()
    fields = {"course": "onboarding", "completed_on": done, "source": "paper"}
    assert house.post(house.signed_in("olga"), url, **fields).status_code == 303
    assert house.count("completion", "expires_on IS NULL") == 1


def test_a_change_can_be_planned_and_until_then_nothing_is_different(house: TestHouse) -> None:
    later = TODAY + timedelta(days=40)
    saved(house, **YEARLY | {"days": "5", "from_on": later.isoformat()}, code="everybody")
    page = house.signed_in("olga").get("/program/rules").text
    assert "within 30 days of hire" in page
    assert "within 5 days of hire" in page
    assert "From 3 Jan 2027" in page
    house.open_cycle("alice")
    assert due_on(house, "alice") is not None


# --- the end ---------------------------------------------------------------------------------


def end(house: TestHouse, day: date) -> TestResponse:
    fields = {"from_on": day.isoformat()}
    reply = ask(house, "/edit/everybody/end/preview", **fields)
    found = SHOWN.search(reply.text)
    assert found, reply.text
    return ask(house, "/edit/everybody/end", **fields, shown=found.group(1))


def test_a_rule_ends_from_a_day_and_is_kept(house: TestHouse) -> None:
    house.open_cycle("alice")
    assert end(house, TODAY).status_code == 303
    assert _duties(house, "alice") == 0
    assert house.count("assignment", "closed_reason = 'superseded'") == 8
    assert house.count("rule") == 2
    assert house.count("audit_event", "body LIKE '%rule.ended%'") == 1
    assert "Ended" in house.signed_in("olga").get("/program/rules").text
    assert house.signed_in("olga").get("/program/rules/edit/everybody").status_code == 404


def _duties(house: TestHouse, name: str) -> int:
    with house.database.read() as session:
        return len(duties_for(session, house.id_of(name), house.clock.now()))


def test_a_planned_end_leaves_everything_as_it_is_until_then(house: TestHouse) -> None:
    house.open_cycle("alice")
    assert end(house, TODAY + timedelta(days=10)).status_code == 303
    assert due_on(house, "alice") is not None
    assert house.count("assignment", "closed_at IS NULL") == 8
    house.clock.at += timedelta(days=10)
    assert _duties(house, "alice") == 0


# --- what is wrong ---------------------------------------------------------------------------

BAD: list[tuple[dict[str, Any], str]] = [
    ({"days": ""}, "days"),
    ({"days": "0"}, "days"),
    ({"days": "731"}, "days"),
    ({"days": "ten"}, "days"),
    ({"days": "1e3"}, "days"),
    ({"days": "٣"}, "days"),
    ({"course": "none such"}, "course"),
    ({"course": ""}, "course"),
    ({"anchor": "birth"}, "anchor"),
    ({"renews": ""}, "renews"),
    ({"renews": "weekly"}, "renews"),
    ({"months": ""}, "months"),
    ({"months": "0"}, "months"),
    ({"months": "121"}, "months"),
    ({"months": "-3"}, "months"),
    ({"renews": "none"}, "months"),
    ({"renews": "fixed"}, "months"),
    ({"renews": "fixed", "months": ""}, "fixed_day"),
    ({"renews": "fixed", "months": "", "fixed_day": "30", "fixed_month": "2"}, "fixed_day"),
    ({"renews": "fixed", "months": "", "fixed_day": "1", "fixed_month": ""}, "fixed_day"),
    ({"renews": "fixed", "months": "", "fixed_day": "1", "fixed_month": "13"}, "fixed_day"),
    ({"fixed_day": "1", "fixed_month": "2"}, "fixed_day"),
    ({"minimum_gap": "90"}, "minimum_gap"),
    ({"minimum_gap": "-1"}, "minimum_gap"),
    ({"window": "-1"}, "window"),
    ({"window": "336"}, "window"),
    ({"window": "999999"}, "window"),
    ({"window": "1" * 30}, "window"),
    ({"grace": "-1"}, "grace"),
    ({"grace": "336"}, "grace"),
    ({"grace": "a week"}, "grace"),
    ({"refresher": "none such"}, "refresher"),
    ({"basis": "the law"}, "basis"),
    ({"basis": ""}, "basis"),
    ({"from_on": ""}, "from_on"),
    ({"from_on": "soon"}, "from_on"),
    ({"from_on": (TODAY - timedelta(days=1)).isoformat()}, "from_on"),
    ({"from_on": (TODAY + timedelta(days=400)).isoformat()}, "from_on"),
    ({"from_on": "9999-12-31"}, "from_on"),
    ({"sites": "Atlantis"}, "sites"),
    ({"worker_types": "robot"}, "worker_types"),
    ({"departments": "<script>"}, "departments"),
    ({"states": ["IL", "ZZ"]}, "states"),
    ({"apply_open": "y", "from_on": (TODAY + timedelta(days=2)).isoformat()}, "apply_open"),
]


@pytest.mark.parametrize("path", ["", "/preview"])
def test_every_fault_comes_back_at_its_field_and_nothing_is_saved(
    house: TestHouse, path: str
) -> None:
    before = rows_but_sign_ins(house)
    for fields, name in BAD:
        reply = ask(house, path, **YEARLY | {"code": "everybody"} | fields)
        assert reply.status_code == 422, fields
        assert f'id="{name}-error"' in reply.text, fields
        assert "'fixed'" not in reply.text
        assert "validity" not in reply.text
    assert rows_but_sign_ins(house) == before


def test_what_is_not_there_or_is_no_day_is_refused(house: TestHouse) -> None:
    before = rows_but_sign_ins(house)
    for path in ("/preview", ""):
        assert ask(house, path, **YEARLY, code="none such").status_code == 404
        assert ask(house, path, **YEARLY | {"course": "long"}, code="everybody").status_code == 422
        assert ask(house, path, **YEARLY, code="everybody").status_code == 422  # no difference
    for path in ("/edit/everybody/end/preview", "/edit/everybody/end"):
        for day in ("", "soon", "2020-01-01", "9999-12-31"):
            assert ask(house, path, from_on=day).status_code == 422, day
        assert ask(house, path.replace("everybody", "nobody"), from_on="").status_code == 404
    assert ask(house, "/edit/everybody/end", from_on=TODAY.isoformat()).status_code == 409
    assert house.signed_in("olga").get("/program/rules/edit/nobody").status_code == 404
    assert rows_but_sign_ins(house) == before


def test_an_open_training_keeps_the_grace_and_the_period_that_it_opened_with(
    house: TestHouse,
) -> None:
    house.open_cycle("alice")
    fields = YEARLY | {"renews": "none", "months": "", "refresher": "", "grace": "14"}
    saved(house, **fields, code="everybody")
    url = f"/program/people/{house.id_of('alice')}"
    moved = {"course": "onboarding", "due_on": TODAY.isoformat(), "reason": "asked for"}
    assert house.post(house.signed_in("olga"), f"{url}/due-day", **moved).status_code == 303
    house.clock.at += timedelta(days=1)
    with house.database.read() as session:
        (duty,) = duties_for(session, house.id_of("alice"), house.clock.now())
    assert duty.status is Status.OVERDUE  # no grace when it opened, so none now
    fields = {"course": "onboarding", "completed_on": TODAY.isoformat(), "source": "paper"}
    reply = house.post(house.signed_in("olga"), f"{url}/record", **fields)
    assert reply.status_code == 303, re.findall(r'class="field-error".*', reply.text)
    assert house.count("completion", f"expires_on = '{TODAY + timedelta(days=365)}'") == 1
    page = house.signed_in("olga").get(url).text
    assert "a refresher is asked for every 12 months" in page


def test_what_is_open_by_its_dates_keeps_them_though_the_job_has_not_run(
    house: TestHouse,
) -> None:
    due = due_on(house, "alice")
    assert house.count("assignment") == 0
    saved(house, **YEARLY | {"days": "60"}, code="everybody")
    assert due_on(house, "alice") == due
    assert house.count("assignment", f"due_on = '{due}'") == 8
