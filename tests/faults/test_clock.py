"""A clock that runs back is told in the log, and the log still holds."""

import json
from datetime import timedelta

from sqlalchemy import select

from tests.house import TestHouse
from training import audit
from training.audit.models import AuditEvent
from training.audit.verify import verify_chain


def test_T04_a_clock_that_ran_back_is_told_and_order_is_by_number(house: TestHouse) -> None:
    now = house.clock.now()
    for at in (now, now - timedelta(minutes=4), now - timedelta(hours=3), now):
        with house.database.write() as session:
            audit.record(session, "slips.printed", at=at)
    with house.database.read() as session:
        query = select(AuditEvent.body).order_by(AuditEvent.seq.desc()).limit(4)
        bodies = [json.loads(body) for body in session.scalars(query)][::-1]
        assert verify_chain(session)[1] == ()
    assert [body.get("clock_went_back", False) for body in bodies] == [False, False, True, False]
    assert [body["seq"] - bodies[0]["seq"] for body in bodies] == [0, 1, 2, 3]
