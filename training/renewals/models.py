"""The tables of the hourly work: the reminder ledger and the leases of its runs."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from training.db import Base, UtcDateTime


class Notice(Base):
    """One reminder: unique by cycle, kind, due day and channel, so that it is sent once."""

    __tablename__ = "notice"
    __table_args__ = (
        UniqueConstraint("assignment_id", "kind", "due_key", "channel"),
        CheckConstraint(
            "state IN ('due', 'sending', 'sent', 'unknown', 'dropped', 'refused')", name="state"
        ),
        Index("ix_notice_state_next_try_at", "state", "next_try_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    assignment_id: Mapped[int] = mapped_column(ForeignKey("assignment.id"))
    kind: Mapped[str]
    due_key: Mapped[date]
    channel: Mapped[str] = mapped_column(default="mail")
    state: Mapped[str] = mapped_column(default="due")
    message_id: Mapped[str] = mapped_column(unique=True)
    tries: Mapped[int] = mapped_column(default=0)
    detail: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    claimed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    next_try_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class TeamMail(Base):
    """A manager's weekly mail: unique by manager and week, so that it is sent once."""

    __tablename__ = "team_mail"
    __table_args__ = (
        UniqueConstraint("user_id", "week_on"),
        CheckConstraint(
            "state IN ('due', 'sending', 'sent', 'unknown', 'dropped', 'refused')", name="state"
        ),
        Index("ix_team_mail_state_next_try_at", "state", "next_try_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    week_on: Mapped[date]
    state: Mapped[str] = mapped_column(default="due")
    message_id: Mapped[str] = mapped_column(unique=True)
    tries: Mapped[int] = mapped_column(default=0)
    detail: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    claimed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    next_try_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class TeamMailPause(Base):
    """A manager's wish to hear nothing for a while; the last one counts."""

    __tablename__ = "team_mail_pause"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), index=True)
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ends_at: Mapped[datetime] = mapped_column(UtcDateTime)


class JobRun(Base):
    """A lease on one piece of hourly work, and when it last ran."""

    __tablename__ = "job_run"

    name: Mapped[str] = mapped_column(primary_key=True)
    leased_by: Mapped[str | None]
    leased_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    started_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    succeeded_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    summary: Mapped[str] = mapped_column(default="")
    failure: Mapped[str] = mapped_column(default="")
