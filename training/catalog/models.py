"""The tables of content: immutable versions, and which is in force from when."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from training.db import Base, UtcDateTime


class ContentVersion(Base):
    """Canonical JSON by its SHA-256; never changed, so an old try is shown as it was taken."""

    __tablename__ = "content_version"
    __table_args__ = (
        CheckConstraint("kind IN ('module', 'course', 'policy', 'shown')", name="kind"),
    )

    digest: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str]
    slug: Mapped[str]
    locale: Mapped[str] = mapped_column(default="en")
    body: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class ContentRelease(Base):
    """A version put in force from a day, and what the change means for who is trained."""

    __tablename__ = "content_release"
    __table_args__ = (
        CheckConstraint("change IN ('cosmetic', 'clarifying', 'material')", name="change"),
        Index("ix_content_release_in_force", "kind", "slug", "locale", "in_force_from"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    slug: Mapped[str]
    locale: Mapped[str] = mapped_column(default="en")
    digest: Mapped[str] = mapped_column(ForeignKey("content_version.digest"))
    in_force_from: Mapped[date]
    change: Mapped[str]
    released_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    released_at: Mapped[datetime] = mapped_column(UtcDateTime)


class FactSignOff(Base):
    """Somebody looked a fact over and stands for this very wording of it until a day."""

    __tablename__ = "fact_sign_off"

    id: Mapped[int] = mapped_column(primary_key=True)
    entity_id: Mapped[int] = mapped_column(ForeignKey("entity.id"), index=True)
    fact: Mapped[str]
    digest: Mapped[str]
    until_on: Mapped[date]
    signed_by_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)
