"""The tables of the audit log."""

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, Integer, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from training.db import Base, UtcDateTime


class AuditEvent(Base):
    """One event. `body` is the text that was hashed; nothing re-serialises it."""

    __tablename__ = "audit_event"
    __table_args__ = (Index("ix_audit_event_actor_id_seq", "actor_id", "seq"),)

    seq: Mapped[int] = mapped_column(
        BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=False
    )
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    name: Mapped[str]
    actor_id: Mapped[int | None]
    subject: Mapped[str | None] = mapped_column(index=True)
    body: Mapped[str]
    prev_hash: Mapped[str] = mapped_column(unique=True)
    hash: Mapped[str] = mapped_column(unique=True)


class AuditPersonal(Base):
    """A personal value beside the chain; the body holds only HMAC(salt, value)."""

    __tablename__ = "audit_personal"

    id: Mapped[int] = mapped_column(primary_key=True)
    seq: Mapped[int] = mapped_column(ForeignKey("audit_event.seq"), index=True)
    field: Mapped[str]
    value: Mapped[str]
    salt: Mapped[bytes] = mapped_column(LargeBinary)


class AuditHead(Base):
    """The last number and hash: one row, locked by whoever appends."""

    __tablename__ = "audit_head"
    __table_args__ = (CheckConstraint("id = 1", name="one_row"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    seq: Mapped[int] = mapped_column(BigInteger)
    hash: Mapped[str]
