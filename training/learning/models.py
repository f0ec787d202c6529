"""The tables of learning: practice, attempts, and the facts that prove training."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from training.db import Base, UtcDateTime

UNSUBMITTED = text("submitted_at IS NULL")


class StepDone(Base):
    """A lesson screen or situation that was finished; `after` is the try that reopened it, or 0."""

    __tablename__ = "step_done"
    __table_args__ = (UniqueConstraint("assignment_id", "module", "step", "after"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    assignment_id: Mapped[int] = mapped_column(ForeignKey("assignment.id"))
    module: Mapped[str]
    step: Mapped[str]
    after: Mapped[int] = mapped_column(default=0)
    digest: Mapped[str]
    done_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Choice(Base):
    """One decision in a situation: practice, not evidence."""

    __tablename__ = "choice"
    __table_args__ = (UniqueConstraint("assignment_id", "module", "scenario", "run", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    assignment_id: Mapped[int] = mapped_column(ForeignKey("assignment.id"))
    module: Mapped[str]
    scenario: Mapped[str]
    run: Mapped[int] = mapped_column(default=1)
    number: Mapped[int]
    move: Mapped[str]
    chosen_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Attempt(Base):
    """One try at a paper. It is final once `submitted_at` is set."""

    __tablename__ = "attempt"
    __table_args__ = (
        CheckConstraint("kind IN ('paper', 'parallel', 'objective', 'practice')", name="kind"),
        CheckConstraint("(submitted_at IS NULL) = (correct IS NULL)", name="graded_when_final"),
        CheckConstraint("correct IS NULL OR correct BETWEEN 0 AND total", name="score"),
        UniqueConstraint("assignment_id", "module", "number"),
        Index(
            "uq_attempt_open",
            "assignment_id",
            "module",
            unique=True,
            sqlite_where=UNSUBMITTED,
            postgresql_where=UNSUBMITTED,
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    assignment_id: Mapped[int] = mapped_column(ForeignKey("assignment.id"))
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), index=True)
    module: Mapped[str]
    number: Mapped[int]
    kind: Mapped[str]
    digest: Mapped[str]
    paper: Mapped[str]
    cut_per_cent: Mapped[int]
    total: Mapped[int]
    started_at: Mapped[datetime] = mapped_column(UtcDateTime)
    submitted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    correct: Mapped[int | None]
    outcome: Mapped[str | None]


class Answer(Base):
    """What is chosen for one item; saved when made, again and again until submit."""

    __tablename__ = "answer"
    __table_args__ = (UniqueConstraint("attempt_id", "item"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    attempt_id: Mapped[int] = mapped_column(ForeignKey("attempt.id"))
    item: Mapped[str]
    options: Mapped[str]
    saved_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Completion(Base):
    """The training of one cycle is complete. Never updated; a void takes it back."""

    __tablename__ = "completion"
    __table_args__ = (
        Index("ix_completion_completed_on", "completed_on"),
        Index("ix_completion_recorded_at_id", "recorded_at", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    assignment_id: Mapped[int] = mapped_column(ForeignKey("assignment.id"), unique=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), index=True)
    course: Mapped[str]
    completed_on: Mapped[date]
    completed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    zone: Mapped[str]
    expires_on: Mapped[date | None]
    grace_days: Mapped[int] = mapped_column(default=0)
    correct: Mapped[int]
    total: Mapped[int]
    digests: Mapped[str]
    method: Mapped[str]
    shared_device: Mapped[bool]
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Signature(Base):
    """The adopted policy was signed, or declined: a fact of its own."""

    __tablename__ = "signature"
    __table_args__ = (
        CheckConstraint("answer IN ('signed', 'declined', 'question')", name="answer"),
        CheckConstraint("(answer = 'signed') = (typed_name IS NOT NULL)", name="typed_name"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), index=True)
    assignment_id: Mapped[int] = mapped_column(ForeignKey("assignment.id"))
    policy_digest: Mapped[str] = mapped_column(ForeignKey("content_version.digest"))
    shown_digest: Mapped[str]
    statement: Mapped[str]
    answer: Mapped[str]
    typed_name: Mapped[str | None]
    method: Mapped[str]
    shared_device: Mapped[bool]
    signed_on: Mapped[date]
    zone: Mapped[str]
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)


class CertificateRow(Base):
    """What a certificate says, frozen at issue, with its signature."""

    __tablename__ = "certificate"

    serial: Mapped[str] = mapped_column(primary_key=True)
    completion_id: Mapped[int] = mapped_column(ForeignKey("completion.id"), index=True)
    facts: Mapped[str]
    key_id: Mapped[str]
    signature: Mapped[str]
    replaces: Mapped[str | None] = mapped_column(ForeignKey("certificate.serial"), unique=True)
    issued_at: Mapped[datetime] = mapped_column(UtcDateTime)


class PublicKey(Base):
    """The public half of a key that signed here; kept after the key is gone."""

    __tablename__ = "public_key"

    key_id: Mapped[str] = mapped_column(primary_key=True)
    public: Mapped[bytes]
    first_used_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Void(Base):
    """A fact that was taken back, with a reason; the fact itself stays."""

    __tablename__ = "void"
    __table_args__ = (
        CheckConstraint("subject_kind IN ('completion', 'signature')", name="subject_kind"),
        UniqueConstraint("subject_kind", "subject_id"),
        Index("ix_void_recorded_at_id", "recorded_at", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    subject_kind: Mapped[str]
    subject_id: Mapped[int]
    reason: Mapped[str]
    voided_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    voided_on: Mapped[date]
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)


class PolicyAdoption(Base):
    """An entity's officer adopted this text as its own policy; until then nobody signs.

    `change`: what it means for whoever signed the text before; null for the first text, and on
    rows of before revision 0006: then everybody is asked.
    """

    __tablename__ = "policy_adoption"

    id: Mapped[int] = mapped_column(primary_key=True)
    entity_id: Mapped[int] = mapped_column(ForeignKey("entity.id"), index=True)
    digest: Mapped[str] = mapped_column(ForeignKey("content_version.digest"))
    adopted_on: Mapped[date]
    effective_from: Mapped[date]
    adopted_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)
    change: Mapped[str | None]


class TeamSession(Base):
    """A course gone through together on one screen: who led, when, and which versions."""

    __tablename__ = "team_session"

    id: Mapped[int] = mapped_column(primary_key=True)
    course: Mapped[str]
    pinned: Mapped[str]
    leader_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    held_on: Mapped[date]
    code_hash: Mapped[str] = mapped_column(unique=True)
    started_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class TeamConfirmation(Base):
    """One person said for herself that she took part. Never updated."""

    __tablename__ = "team_confirmation"
    __table_args__ = (UniqueConstraint("team_session_id", "user_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    team_session_id: Mapped[int] = mapped_column(ForeignKey("team_session.id"))
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), index=True)
    assignment_id: Mapped[int] = mapped_column(ForeignKey("assignment.id"))
    steps: Mapped[int]
    method: Mapped[str]
    shared_device: Mapped[bool]
    confirmed_on: Mapped[date]
    confirmed_at: Mapped[datetime] = mapped_column(UtcDateTime)


class PaperRecord(Base):
    """Where a completion that the officer recorded comes from, and who recorded it."""

    __tablename__ = "paper_record"

    completion_id: Mapped[int] = mapped_column(ForeignKey("completion.id"), primary_key=True)
    source: Mapped[str]
    recorded_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Sheet(Base):
    """The fingerprint of a signed sheet that proves one fact; the sheet itself is not kept.

    One sheet may prove many facts: a team signs in on one.
    """

    __tablename__ = "sheet"
    __table_args__ = (
        CheckConstraint(
            "(completion_id IS NOT NULL AND signature_id IS NULL AND team_session_id IS NULL) OR "
            "(completion_id IS NULL AND signature_id IS NOT NULL AND team_session_id IS NULL) OR "
            "(completion_id IS NULL AND signature_id IS NULL AND team_session_id IS NOT NULL)",
            name="one_subject",
        ),
        CheckConstraint("length(sha256) = 64", name="sha256"),
        CheckConstraint("size > 0", name="size"),
        UniqueConstraint("completion_id"),
        UniqueConstraint("signature_id"),
        UniqueConstraint("team_session_id", "sha256"),
        Index("ix_sheet_sha256", "sha256"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    completion_id: Mapped[int | None] = mapped_column(ForeignKey("completion.id"))
    signature_id: Mapped[int | None] = mapped_column(ForeignKey("signature.id"))
    team_session_id: Mapped[int | None] = mapped_column(ForeignKey("team_session.id"))
    sha256: Mapped[str]
    size: Mapped[int]
    recorded_by_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)


class PriorTraining(Base):
    """Where a completion that was taken over from an older system comes from."""

    __tablename__ = "prior_training"

    completion_id: Mapped[int] = mapped_column(ForeignKey("completion.id"), primary_key=True)
    source: Mapped[str]
    evidence: Mapped[str]
    stated_expiry: Mapped[date | None]
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)


class CarriedCompletion(Base):
    """A completion that counts for another record of the same person; it is `original_id` there."""

    __tablename__ = "carried_completion"

    completion_id: Mapped[int] = mapped_column(ForeignKey("completion.id"), primary_key=True)
    original_id: Mapped[int] = mapped_column(ForeignKey("completion.id"), index=True)


class CarriedSignature(Base):
    """A signature that counts for another record of the same person; it is `original_id` there."""

    __tablename__ = "carried_signature"

    signature_id: Mapped[int] = mapped_column(ForeignKey("signature.id"), primary_key=True)
    original_id: Mapped[int] = mapped_column(ForeignKey("signature.id"), index=True)
