"""The table of long exports: files that the jobs process makes and that expire."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from training.db import Base, UtcDateTime

UNDER_WAY = text("state IN ('waiting', 'making')")


class Export(Base):
    """One file that somebody asked for: work to be done, no evidence; the log keeps the fact.

    `claim` names the runner that makes it now and, once it is ready, the file; `reach` holds who
    is in a manager's file, or in that of an officer of some legal entities, so that a right that
    was lost since is noticed.
    """

    __tablename__ = "export"
    __table_args__ = (
        CheckConstraint("kind IN ('people', 'team')", name="kind"),
        CheckConstraint("format IN ('xlsx', 'pdf')", name="format"),
        CheckConstraint(
            "state IN ('waiting', 'making', 'ready', 'failed', 'expired')", name="state"
        ),
        Index(
            "uq_export_under_way",
            "user_id",
            "kind",
            "format",
            "filters",
            unique=True,
            sqlite_where=UNDER_WAY,
            postgresql_where=UNDER_WAY,
        ),
        Index("ix_export_state", "state", "leased_until"),
        Index("ix_export_user_id", "user_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    kind: Mapped[str]
    format: Mapped[str]
    filters: Mapped[str]
    state: Mapped[str] = mapped_column(default="waiting")
    tries: Mapped[int] = mapped_column(default=0)
    claim: Mapped[str | None]
    leased_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    done: Mapped[int] = mapped_column(default=0)
    total: Mapped[int] = mapped_column(default=0)
    rows: Mapped[int] = mapped_column(default=0)
    reach: Mapped[str | None] = mapped_column(deferred=True)
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    as_of_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
