"""The tables of boosters: the switch, what went out, who wants none, and counts without names."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from training.db import Base, UtcDateTime

BELIEVED = text("superseded_at IS NULL")


class BoosterSwitch(Base):
    """An officer turned boosters on or off for her entity; without a row they are off."""

    __tablename__ = "booster_switch"
    __table_args__ = (
        Index(
            "uq_booster_switch_entity_id",
            "entity_id",
            unique=True,
            sqlite_where=BELIEVED,
            postgresql_where=BELIEVED,
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    entity_id: Mapped[int] = mapped_column(ForeignKey("entity.id"))
    is_on: Mapped[bool]
    recorded_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)
    superseded_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Booster(Base):
    """One scene that was mailed: which one, and when she took its choice; never which choice."""

    __tablename__ = "booster"
    __table_args__ = (
        UniqueConstraint("assignment_id", "week"),
        CheckConstraint("week IN (1, 4, 12)", name="week"),
        Index("ix_booster_user_id", "user_id", "sent_on"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    notice_id: Mapped[int] = mapped_column(ForeignKey("notice.id"), unique=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    assignment_id: Mapped[int] = mapped_column(ForeignKey("assignment.id"))
    entity_id: Mapped[int] = mapped_column(ForeignKey("entity.id"))
    week: Mapped[int]
    sent_on: Mapped[date]
    role: Mapped[str]
    digest: Mapped[str] = mapped_column(ForeignKey("content_version.digest"))
    module: Mapped[str]
    scenario: Mapped[str]
    objective: Mapped[str]
    opened_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class BoosterCount(Base):
    """How many of a role made the best first choice: counts alone, nobody's name or moment."""

    __tablename__ = "booster_count"
    __table_args__ = (
        UniqueConstraint("entity_id", "module", "objective", "week", "role"),
        CheckConstraint("best BETWEEN 0 AND answered", name="share"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    entity_id: Mapped[int] = mapped_column(ForeignKey("entity.id"))
    module: Mapped[str]
    objective: Mapped[str]
    week: Mapped[int]
    role: Mapped[str]
    answered: Mapped[int]
    best: Mapped[int]


class BoosterWish(Base):
    """Somebody wants no boosters, or wants them again; the last one counts."""

    __tablename__ = "booster_wish"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), index=True)
    wanted: Mapped[bool]
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
