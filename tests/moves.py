"""What happens to people: moved, left, came back."""

from datetime import timedelta

from sqlalchemy import select, update

from tests.house import TestHouse
from training.accounts.models import Placement


def _now_at(house: TestHouse, name: str) -> dict[str, object]:
    with house.database.read() as session:
        row = session.scalars(
            select(Placement)
            .where(Placement.user_id == house.id_of(name), Placement.superseded_at.is_(None))
            .order_by(Placement.from_on.desc())
        ).first()
        assert row is not None
        return {c.name: getattr(row, c.name) for c in Placement.__table__.columns if c.name != "id"}


def _place(house: TestHouse, name: str, **changes: object) -> None:
    now = house.clock.now()
    today = now.date()
    values = _now_at(house, name) | {"from_on": today, "recorded_at": now} | changes
    with house.database.write() as session:
        session.execute(
            update(Placement)
            .where(
                Placement.user_id == house.id_of(name),
                Placement.from_on == values["from_on"],
                Placement.superseded_at.is_(None),
            )
            .values(superseded_at=now)
        )
        session.add(Placement(**values))


def move(house: TestHouse, name: str, *, manager: str | None) -> None:
    """Move somebody to another manager from today on."""
    _place(house, name, manager_id=house.id_of(manager) if manager else None)


def leave(house: TestHouse, name: str) -> None:
    """Let somebody's last day have been yesterday."""
    _place(house, name, kind="left")


def come_back(house: TestHouse, name: str, days_ago: int = 0) -> None:
    """Hire somebody again."""
    day = house.clock.now().date() - timedelta(days=days_ago)
    _place(house, name, kind="placed", from_on=day, hired_on=day)
