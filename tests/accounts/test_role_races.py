"""Roles given and ended by two at once: the lock is what keeps the last admin, and one of each."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from sqlalchemy.orm import Session

from tests.house import TestHouse
from training.accounts import service
from training.accounts.models import User
from training.rules.access import Role

ROUNDS = 6
WAIT = 30  # seconds until a thread that never comes is told of


def at_once(house: TestHouse, *works: Callable[[Session], object]) -> list[str]:
    """Let each work in a transaction of its own, at the same moment; return what was refused."""
    gate = Barrier(len(works))

    def run(work: Callable[[Session], object]) -> str:
        gate.wait(WAIT)
        try:
            with house.database.write() as session:
                work(session)
        except ValueError as fault:
            return str(fault)
        return ""

    with ThreadPoolExecutor(len(works)) as pool:
        return [told for told in pool.map(run, works) if told]


def grant(house: TestHouse, name: str, role: Role) -> Callable[[Session], object]:
    who, now = house.id_of(name), house.clock.now()
    return lambda session: service.grant_role(
        session, session.get_one(User, who), role, by=None, now=now
    )


def take(house: TestHouse, name: str, by: str) -> Callable[[Session], object]:
    who, other, now = house.id_of(name), house.id_of(by), house.clock.now()
    return lambda session: service.take_role_away(
        session, session.get_one(User, who), Role.ADMIN, by=other, now=now
    )


def held(house: TestHouse, role: Role, *who: str) -> int:
    ids = ", ".join(str(house.id_of(name)) for name in who)
    where = f"role = '{role.value}' AND superseded_at IS NULL AND to_on IS NULL"
    return house.count("role_grant", f"{where} AND user_id IN ({ids})")


def test_two_admins_who_end_each_other_at_once_leave_one(house: TestHouse) -> None:
    for _ in range(ROUNDS):
        for name in ("adam", "alice"):
            with house.database.write() as session:
                grant(house, name, Role.ADMIN)(session)
        refused = at_once(house, take(house, "adam", "alice"), take(house, "alice", "adam"))
        assert refused == ["this is the last admin: grant the role to another one first"]
        assert held(house, Role.ADMIN, "adam", "alice") == 1


def test_a_role_that_two_give_at_once_is_held_once(house: TestHouse) -> None:
    for name in ("alice", "bob", "zoe"):
        given = [grant(house, name, Role.AUDITOR)] * 3
        assert at_once(house, *given) == []
        assert held(house, Role.AUDITOR, name) == 1
    assert house.count("audit_event", "name = 'role.granted'") == 3
