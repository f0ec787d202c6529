"""A training opened for many at once: those who did it lately are left out, and it opens once."""

import re
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import event, select
from werkzeug.test import TestResponse

from tests.cast import PEOPLE, TODAY
from tests.house import TestHouse
from tests.reports.answering import add_people
from training.accounts.days import everywhere
from training.accounts.models import RoleGrant
from training.assignments.models import Assignment
from training.program.acts import By
from training.program.rulebook.campaign import Campaign, open_all, plan
from training.rules.renewal import Anchor, RenewalPolicy, expires_on

pytestmark = pytest.mark.either_database

SHOWN = re.compile(r'name="shown" value="([0-9a-f]{64})"')
DUE = TODAY + timedelta(days=21)
FIELDS = {
    "course": "onboarding",
    "path": "refresher",
    "due_on": DUE.isoformat(),
    "skip_days": "30",
}
HERE = [name for name in PEOPLE if name != "dora"]


def ask(house: TestHouse, where: str, /, **fields: Any) -> TestResponse:
    return house.post(house.signed_in("olga"), f"/program/rules/campaign{where}", **fields)


def previewed(house: TestHouse, **fields: Any) -> str:
    reply = ask(house, "/preview", **fields)
    assert reply.status_code == 200
    found = SHOWN.search(reply.text)
    assert found
    return found.group(1)


@pytest.fixture
def trained(house: TestHouse) -> TestHouse:
    """Everybody completed 100 days ago, but for Bob, who did it 10 days ago."""
    with house.database.write() as session:
        session.add(
            RoleGrant(
                user_id=house.id_of("adam"),
                role="privacy_officer",
                from_on=date(2024, 1, 15),
                recorded_at=house.clock.now(),
            )
        )
    for name in HERE:
        day = TODAY - timedelta(days=10 if name == "bob" else 100)
        reply = house.post(
            house.signed_in("adam" if name == "olga" else "olga"),
            f"/program/people/{house.id_of(name)}/record",
            course="onboarding",
            completed_on=day.isoformat(),
            source="paper",
        )
        assert reply.status_code == 303
    return house


def opened(house: TestHouse) -> list[Assignment]:
    with house.database.read() as session:
        return list(
            session.scalars(
                select(Assignment).where(
                    Assignment.reason == "by_hand", Assignment.closed_at.is_(None)
                )
            )
        )


def test_it_opens_for_all_but_those_who_did_it_lately(trained: TestHouse) -> None:
    reply = ask(trained, "/preview", **FIELDS)
    assert opened(trained) == []
    assert "Alice Adams" in reply.text
    assert "Bob Brown" not in reply.text
    assert "Left out: 1 (completed lately)" in reply.text
    assert ask(trained, "", **FIELDS, shown=previewed(trained, **FIELDS)).status_code == 303
    cycles = opened(trained)
    assert {cycle.user_id for cycle in cycles} == {
        trained.id_of(name) for name in HERE if name != "bob"
    }
    assert {(c.due_on, c.path) for c in cycles} == {(DUE, "refresher")}
    assert {c.previous_expiry for c in cycles} == {TODAY - timedelta(days=100) + timedelta(365)}


def test_it_opens_once_and_is_one_event_without_a_name(trained: TestHouse) -> None:
    shown = previewed(trained, **FIELDS)
    for _ in range(3):
        assert ask(trained, "", **FIELDS, shown=shown).status_code == 303
    assert len(opened(trained)) == 7
    assert trained.count("audit_event", "body LIKE '%campaign.opened%'") == 1
    assert trained.count("audit_event", "body LIKE '%Alice%'") == 0


def test_an_audience_limits_it(trained: TestHouse) -> None:
    fields = FIELDS | {"sites": "Harbor", "skip_days": "0"}
    ask(trained, "", **fields, shown=previewed(trained, **fields))
    assert {c.user_id for c in opened(trained)} == {trained.id_of(n) for n in ("max", "zoe")}


def test_whoever_has_something_open_keeps_that_and_gets_no_second(house: TestHouse) -> None:
    house.open_cycle("alice")
    reply = ask(house, "/preview", **FIELDS)
    assert "Left out: 8 (something is open already)" in reply.text
    assert not SHOWN.search(reply.text)
    assert ask(house, "", **FIELDS, shown="").status_code == 303
    assert opened(house) == []


def test_a_world_that_changed_meanwhile_is_shown_again(trained: TestHouse) -> None:
    from tests.moves import leave

    shown = previewed(trained, **FIELDS)
    leave(trained, "zoe")
    reply = ask(trained, "", **FIELDS, shown=shown)
    assert reply.status_code == 409
    assert opened(trained) == []
    assert SHOWN.search(reply.text)


def test_P68_opened_for_many_it_takes_as_many_statements_as_for_few(house: TestHouse) -> None:
    wanted = Campaign({}, "onboarding", "refresher", DUE, 0)
    by, today, counts = By(house.id_of("olga"), house.clock.now()), everywhere(TODAY), []
    for more in (2, 120):
        add_people(house, {f"Ward of {more}": more})
        with house.database.open(writes=True) as session:
            shown = plan(session, wanted, today).digest
            told: list[str] = []
            event.listen(
                session.get_bind(), "before_cursor_execute", lambda *sent, t=told: t.append(sent[2])
            )
            opened = open_all(session, wanted, shown, by=by)
            counts.append((opened, len(told)))
            session.rollback()
    (few, statements), (many, as_many) = counts
    assert many == few + 120
    assert as_many == statements


BAD = [
    ({"course": ""}, "course"),
    ({"course": "long"}, "course"),  # no rule asks it
    ({"path": "none such"}, "path"),
    ({"due_on": ""}, "due_on"),
    ({"due_on": "soon"}, "due_on"),
    ({"due_on": (TODAY - timedelta(days=1)).isoformat()}, "due_on"),
    ({"due_on": "9999-12-31"}, "due_on"),
    ({"skip_days": ""}, "skip_days"),
    ({"skip_days": "-1"}, "skip_days"),
    ({"skip_days": "9999"}, "skip_days"),
    ({"skip_days": "a month"}, "skip_days"),
    ({"sites": "Atlantis"}, "sites"),
]


def test_every_fault_comes_back_at_its_field_and_opens_nothing(trained: TestHouse) -> None:
    for path in ("", "/preview"):
        for fields, name in BAD:
            reply = ask(trained, path, **FIELDS | fields)
            assert reply.status_code == 422, fields
            assert f'id="{name}-error"' in reply.text, fields
    assert opened(trained) == []


@pytest.mark.parametrize(
    ("completed", "next_on"),
    [
        (date(2026, 11, 2), date(2028, 2, 1)),  # 91 days before: asked again only next year
        (date(2026, 11, 1), date(2028, 2, 1)),
        (date(2026, 10, 1), date(2027, 2, 1)),
    ],
)
def test_a_rule_with_a_fixed_day_asks_nobody_who_did_it_lately(
    completed: date, next_on: date
) -> None:
    rule = RenewalPolicy(None, Anchor.FIXED, fixed_day=(2, 1), minimum_gap_days=93)
    assert expires_on(rule, completed_on=completed) == next_on
