"""The tables of signing in: server-side sessions, one-time links, failure counters."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from training.db import Base, UtcDateTime


class SignIn(Base):
    """A session on one browser. The cookie holds the token; the row holds its hash."""

    __tablename__ = "sign_in"

    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(unique=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), index=True)
    method: Mapped[str]
    shared_device: Mapped[bool] = mapped_column(default=False)
    started_at: Mapped[datetime] = mapped_column(UtcDateTime)
    last_seen_at: Mapped[datetime] = mapped_column(UtcDateTime)
    confirmed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class LinkToken(Base):
    """A one-time link: only its hash is kept."""

    __tablename__ = "link_token"
    __table_args__ = (
        CheckConstraint(
            "purpose IN ('sign_in', 'slip', 'booster', 'calendar', 'set_up', 'nudge', 'pause')",
            name="purpose",
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(unique=True)
    purpose: Mapped[str]
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"), index=True)
    method: Mapped[str]
    next_path: Mapped[str] = mapped_column(default="/")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ends_at: Mapped[datetime] = mapped_column(UtcDateTime)
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Throttle(Base):
    """How often something failed under one key since a moment; kept over restarts."""

    __tablename__ = "throttle"
    __table_args__ = (Index("ix_throttle_blocked_until", "blocked_until"),)

    key: Mapped[str] = mapped_column(primary_key=True)
    failures: Mapped[int] = mapped_column(default=0)
    since: Mapped[datetime] = mapped_column(UtcDateTime)
    blocked_until: Mapped[datetime | None] = mapped_column(UtcDateTime)


class LinkMail(Base):
    """A sign-in link that was asked for. The link itself is made when its mail is sent."""

    __tablename__ = "link_mail"
    __table_args__ = (
        CheckConstraint(
            "state IN ('due', 'sending', 'sent', 'unknown', 'dropped', 'refused')", name="state"
        ),
        Index("ix_link_mail_state_next_try_at", "state", "next_try_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), index=True)
    next_path: Mapped[str] = mapped_column(default="/")
    state: Mapped[str] = mapped_column(default="due")
    message_id: Mapped[str] = mapped_column(unique=True)
    tries: Mapped[int] = mapped_column(default=0)
    detail: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    claimed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    next_try_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
