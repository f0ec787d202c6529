"""Whatever is done to a row of the log behind our back, the check names it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from tests.house import TestHouse
from training import audit
from training.audit.chain import event_hash
from training.audit.verify import verify_chain
from training.migrations.guards import remove_guards

pytestmark = pytest.mark.either_database

EVENTS = 12


@pytest.fixture
def open_house(house: TestHouse) -> TestHouse:
    """A log of some events, its guards gone, as for somebody who has the file."""
    for n in range(EVENTS):
        with house.database.write() as session:
            audit.record(
                session,
                "test.happened",
                at=house.clock.now(),
                actor_id=1,
                subject=f"user:{n}",
                personal={"name": f"Person {n}"},
            )
    with house.database.writer.begin() as connection:
        remove_guards(connection)
    return house


@contextmanager
def tampered(house: TestHouse) -> Iterator[Session]:
    """Open a transaction that is never kept, with the checks of references put off."""
    with house.database.open(writes=True) as session:
        if house.database.is_sqlite:
            session.execute(text("PRAGMA defer_foreign_keys=ON"))
        else:
            session.execute(text("DELETE FROM audit_personal"))
        yield session


def last(session: Session) -> int:
    return int(session.execute(text("SELECT max(seq) FROM audit_event")).scalar_one())


def run(session: Session, statement: str, **values: object) -> None:
    session.execute(text(statement), values)


def edit(session: Session, seq: int) -> None:
    run(
        session,
        "UPDATE audit_event SET body = replace(body, 'test.', 'best.') WHERE seq = :s",
        s=seq,
    )


def rehash_one(session: Session, seq: int) -> None:
    edit(session, seq)
    query = text("SELECT prev_hash, body FROM audit_event WHERE seq = :s")
    before, body = session.execute(query, {"s": seq}).one()
    new = event_hash(before, body)
    run(session, "UPDATE audit_event SET name = 'best.happened', hash = :h WHERE seq = :s",
        h=new, s=seq)  # fmt: skip


def rehash_from(session: Session, seq: int) -> None:
    """Make every hash from here on fit again: only the head still knows."""
    edit(session, seq)
    run(session, "UPDATE audit_event SET name = 'best.happened' WHERE seq = :s", s=seq)
    for at in range(seq, last(session) + 1):
        row = session.execute(
            text("SELECT prev_hash, body, hash FROM audit_event WHERE seq = :s"), {"s": at}
        ).one()
        new = event_hash(row.prev_hash, row.body)
        run(session, "UPDATE audit_event SET hash = :h WHERE seq = :s", h=new, s=at)
        run(session, "UPDATE audit_event SET prev_hash = :h WHERE seq = :s", h=new, s=at + 1)


def change_column(session: Session, seq: int) -> None:
    run(session, "UPDATE audit_event SET actor_id = 2 WHERE seq = :s", s=seq)


def remove(session: Session, seq: int) -> None:
    run(session, "DELETE FROM audit_event WHERE seq = :s", s=seq)


def cut(session: Session, seq: int) -> None:
    run(session, "DELETE FROM audit_event WHERE seq >= :s", s=seq)


def swap(session: Session, seq: int) -> None:
    """Change the places of this event and the one before it."""
    run(session, "UPDATE audit_event SET seq = -1 WHERE seq = :s", s=seq)
    run(session, "UPDATE audit_event SET seq = :s WHERE seq = :b", s=seq, b=seq - 1)
    run(session, "UPDATE audit_event SET seq = :b WHERE seq = -1", b=seq - 1)


def append(session: Session, seq: int) -> None:
    """Add an event that fits at the end, but for the head; `seq` picks what is copied."""
    end = last(session)
    tip = session.execute(
        text("SELECT hash FROM audit_event WHERE seq = :s"), {"s": end}
    ).scalar_one()
    body = session.execute(
        text("SELECT body FROM audit_event WHERE seq = :s"), {"s": seq}
    ).scalar_one()
    columns = "at, name, actor_id, subject"
    run(
        session,
        f"INSERT INTO audit_event (seq, {columns}, body, prev_hash, hash) "
        f"SELECT :n, {columns}, :b, :p, :h FROM audit_event WHERE seq = :s",
        n=end + 1, b=body, p=tip, h=event_hash(tip, body), s=seq,
    )  # fmt: skip


@pytest.mark.parametrize(
    "tamper", [edit, rehash_one, rehash_from, change_column, remove, cut, swap, append]
)
def test_E02_each_row_that_is_touched_in_any_way_breaks_the_chain(
    open_house: TestHouse, tamper: Callable[[Session, int], None]
) -> None:
    with open_house.database.read() as session:
        assert verify_chain(session)[1] == ()
        end = last(session)
    for seq in range(end - EVENTS + 2, end + 1):
        with tampered(open_house) as session:
            tamper(session, seq)
            breaks = verify_chain(session)[1]
        assert breaks, f"{tamper.__name__} of event {seq} went unseen"
        if tamper in {edit, change_column}:
            assert {one.seq for one in breaks} == {seq}


def test_E11_a_personal_value_may_be_erased_and_never_exchanged(open_house: TestHouse) -> None:
    with open_house.database.open(writes=True) as session:
        run(session, "UPDATE audit_personal SET value = 'Eve' WHERE value = 'Person 3'")
        breaks = verify_chain(session)[1]
    assert [one.what for one in breaks] == ["the personal value name is not the one recorded"]
    with open_house.database.open(writes=True) as session:
        run(session, "DELETE FROM audit_personal WHERE value = 'Person 3'")
        assert verify_chain(session)[1] == ()
