"""Boosters in a test: turned on, a training completed, the mail looked for, its link opened."""

import re
from datetime import date, datetime, time, timedelta
from email.message import Message

from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from tests.cast import TODAY
from tests.house import TestHouse
from tests.post_office import PostOffice
from training.catalog import publishing
from training.catalog import scenario as engine
from training.catalog.parts import Scenario
from training.jobs import Works
from training.learning import boosters
from training.learning.booster_models import Booster
from training.program import acts

LINK = re.compile(r"http://byp\.test(/boosters/\S+)")
WEEK = timedelta(weeks=1)


def turn(house: TestHouse, way: str = "on") -> None:
    """Turn boosters on or off, as the officer's page does."""
    with house.database.write() as session:
        officer, now = house.id_of("olga"), house.clock.now()
        boosters.switch(session, 1, on=way == "on", by=officer, now=now)


def complete(house: TestHouse, name: str, on: date = TODAY, *, course: str = "onboarding") -> None:
    """Complete somebody's training as the officer records it from paper."""
    by = acts.By(house.id_of("olga"), house.clock.now())
    with house.database.write() as session:
        acts.record_on_paper(session, house.id_of(name), course, on, "paper", by=by)


def on_day(house: TestHouse, day: date) -> None:
    """Let it be three in the afternoon, UTC, of this day."""
    house.clock.at = datetime.combine(day, time(15), house.clock.at.tzinfo)


def look(house: TestHouse, works: Works, office: PostOffice, day: date) -> list[Message]:
    """Let the work of this day run; return the boosters that came in."""
    office.letters.clear()
    on_day(house, day)
    works.boost()
    return mails(office)


def mails(office: PostOffice) -> list[Message]:
    return [m for m in office.letters if str(m["Message-ID"]).startswith("<booster-")]


def body(letter: Message) -> str:
    return str(letter.get_payload(decode=True), "utf-8")


def path_in(letter: Message) -> str:
    found = LINK.search(body(letter))
    assert found, "the mail has no link"
    return found.group(1)


def newest(house: TestHouse) -> tuple[Booster, Scenario]:
    """Return the booster that went out last, and its situation."""
    with house.database.read() as session:
        row = session.scalars(select(Booster).order_by(Booster.id.desc())).first()
        assert row is not None, "no booster went out"
        session.expunge(row)
        return row, publishing.module(session, row.digest).scenarios[row.scenario]


def fields_of(scenario: Scenario, *, best: bool = True) -> dict[str, str]:
    """Return a first choice as a form sends it: a best one, or one that is not."""
    from itertools import product

    node = scenario.node(scenario.start)
    assert node is not None
    switches = [[(c.id, option.id) for option in c.options] for c in node.controls]
    for choice in node.choices:
        for picks in product(*switches):
            step = engine.advance(
                scenario, engine.begin(scenario), engine.Move(choice.id, dict(picks))
            )
            if (step.feedback.verdict == "right") is best:
                return {"choice": choice.id, **{f"pick-{n}": v for n, v in picks}}
    raise AssertionError("the scene has no such choice")


def answer(house: TestHouse, client: FlaskClient, path: str, *, best: bool = True) -> TestResponse:
    """Take the first choice of the booster that went out last."""
    return house.post(client, path, **fields_of(newest(house)[1], best=best))
