"""The tables of people: entities, sites, workforce members, placements, roles."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from training.db import Base, UtcDateTime

BELIEVED = text("superseded_at IS NULL")


class Entity(Base):
    """A legal entity; a small practice has one and never sees the word."""

    __tablename__ = "entity"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
    signatory: Mapped[str] = mapped_column(default="")


class Site(Base):
    """A place of work: its entity, its IANA zone, its state."""

    __tablename__ = "site"
    __table_args__ = (UniqueConstraint("entity_id", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    entity_id: Mapped[int] = mapped_column(ForeignKey("entity.id"))
    name: Mapped[str]
    zone: Mapped[str]
    state: Mapped[str] = mapped_column(default="")


class SiteMail(Base):
    """When mail to staff goes out, and what it says of paid time; without a site, everywhere else.

    A site without a row of its own has its entity's; with neither, mail goes out at any hour.
    """

    __tablename__ = "site_mail"
    __table_args__ = (
        CheckConstraint("weekdays <> ''", name="a_day"),
        CheckConstraint(
            "from_hour BETWEEN 0 AND 23 AND to_hour BETWEEN 1 AND 24 AND from_hour <> to_hour",
            name="an_hour",
        ),
        Index(
            "uq_site_mail_site_id",
            "site_id",
            unique=True,
            sqlite_where=text("superseded_at IS NULL AND site_id IS NOT NULL"),
            postgresql_where=text("superseded_at IS NULL AND site_id IS NOT NULL"),
        ),
        Index(
            "uq_site_mail_entity_id",
            "entity_id",
            unique=True,
            sqlite_where=text("superseded_at IS NULL AND site_id IS NULL"),
            postgresql_where=text("superseded_at IS NULL AND site_id IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    entity_id: Mapped[int] = mapped_column(ForeignKey("entity.id"))
    site_id: Mapped[int | None] = mapped_column(ForeignKey("site.id"))
    weekdays: Mapped[str]  # "01234": Monday is 0
    from_hour: Mapped[int]
    to_hour: Mapped[int]
    paid_note: Mapped[str]
    at_work_only: Mapped[bool] = mapped_column(default=False)
    recorded_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)
    superseded_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class User(Base):
    """A workforce member: no birth date, no social security number, no address."""

    __tablename__ = "user"
    __table_args__ = (UniqueConstraint("source", "external_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    source: Mapped[str]
    external_id: Mapped[str]
    legal_name: Mapped[str]
    display_name: Mapped[str | None]
    romanised_name: Mapped[str | None]
    email: Mapped[str | None] = mapped_column(index=True)
    # NFKC and case-folded; unique, so that one address signs in one person
    sign_in_address: Mapped[str | None] = mapped_column(unique=True)
    locale: Mapped[str] = mapped_column(default="en")
    password_hash: Mapped[str | None]
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)

    @property
    def name(self) -> str:
        """Return the name for screens, mails and managers."""
        return self.display_name or self.legal_name


class StaffNumber(Base):
    """A list and the number there that somebody had until then; hers now stand with her."""

    __tablename__ = "staff_number"
    __table_args__ = (Index("ix_staff_number_source_external_id", "source", "external_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), index=True)
    source: Mapped[str]
    external_id: Mapped[str]
    recorded_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    until_at: Mapped[datetime] = mapped_column(UtcDateTime)


class SamePerson(Base):
    """A record that went into another one, for good: both were one person's."""

    __tablename__ = "same_person"
    __table_args__ = (CheckConstraint("was_id <> user_id", name="two_records"),)

    was_id: Mapped[int] = mapped_column(ForeignKey("user.id"), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), index=True)
    recorded_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Placement(Base):
    """Where someone works from a day on; it ends where the next row of the same job begins."""

    __tablename__ = "placement"
    __table_args__ = (
        CheckConstraint("kind IN ('placed', 'left')", name="kind"),
        CheckConstraint("manager_id IS NULL OR manager_id <> user_id", name="not_own_manager"),
        Index(
            "uq_placement_user_job_from",
            "user_id",
            "job",
            "from_on",
            unique=True,
            sqlite_where=BELIEVED,
            postgresql_where=BELIEVED,
        ),
        Index("ix_placement_manager_id", "manager_id", "superseded_at"),
        Index("ix_placement_user_id", "user_id", "hired_on"),
        Index(
            "ix_placement_second_job",
            "user_id",
            "job",
            sqlite_where=text("is_primary = 0 AND superseded_at IS NULL"),
            postgresql_where=text("NOT is_primary AND superseded_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    job: Mapped[int] = mapped_column(default=1)
    kind: Mapped[str] = mapped_column(default="placed")
    from_on: Mapped[date]
    site_id: Mapped[int] = mapped_column(ForeignKey("site.id"))
    department: Mapped[str] = mapped_column(default="")
    job_title: Mapped[str] = mapped_column(default="")
    worker_type: Mapped[str] = mapped_column(default="employee")
    manager_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    is_primary: Mapped[bool] = mapped_column(default=True)
    hired_on: Mapped[date]
    phi_access_on: Mapped[date | None]
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)
    superseded_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class PlacementNote(Base):
    """A placement that an officer noted by hand: by whom, and why. A list ends none of those."""

    __tablename__ = "placement_note"

    placement_id: Mapped[int] = mapped_column(ForeignKey("placement.id"), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), index=True)
    reason: Mapped[str]
    noted_by_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    noted_at: Mapped[datetime] = mapped_column(UtcDateTime)


class RoleGrant(Base):
    """Who may act as privacy officer, auditor or admin, from a day on."""

    __tablename__ = "role_grant"
    __table_args__ = (
        CheckConstraint("role IN ('privacy_officer', 'auditor', 'admin')", name="role"),
        Index("ix_role_grant_user_id", "user_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    role: Mapped[str]
    entity_id: Mapped[int | None] = mapped_column(ForeignKey("entity.id"))
    from_on: Mapped[date]
    to_on: Mapped[date | None]
    granted_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)
    superseded_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class ViewLoan(Base):
    """A manager's view, lent to one person for a span of days.

    The days are the lender's own; the instants are what they mean on the world's clock, so
    that page, mail and the right itself begin and end at the same moment.
    """

    __tablename__ = "view_loan"
    __table_args__ = (
        CheckConstraint("to_on >= from_on", name="order"),
        CheckConstraint("borrower_id <> lender_id", name="not_to_herself"),
        Index("ix_view_loan_borrower_id", "borrower_id", "superseded_at"),
        Index("ix_view_loan_lender_id", "lender_id", "superseded_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    lender_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    borrower_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    from_on: Mapped[date]
    to_on: Mapped[date]
    begins_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ends_at: Mapped[datetime] = mapped_column(UtcDateTime)
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)
    superseded_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class EntityFacts(Base):
    """The practice's own facts (whom to call, what tool, who may post), as canonical JSON."""

    __tablename__ = "entity_facts"
    __table_args__ = (
        Index(
            "uq_entity_facts_entity_id",
            "entity_id",
            unique=True,
            sqlite_where=BELIEVED,
            postgresql_where=BELIEVED,
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    entity_id: Mapped[int] = mapped_column(ForeignKey("entity.id"))
    body: Mapped[str]
    recorded_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)
    superseded_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class RosterImport(Base):
    """One upload of the staff list: its digest, counts and the rows skipped by name."""

    __tablename__ = "roster_import"

    id: Mapped[int] = mapped_column(primary_key=True)
    source: Mapped[str]
    digest: Mapped[str]
    counts: Mapped[str]
    skipped: Mapped[str] = mapped_column(default="[]")
    imported_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    imported_at: Mapped[datetime] = mapped_column(UtcDateTime)


class RosterMemory(Base):
    """Derived: what a source's last list came to, and what the house was like at that moment.

    While all of it is so again, the same list changes nothing (`program.roster.memory`).
    """

    __tablename__ = "roster_memory"

    source: Mapped[str] = mapped_column(primary_key=True)
    asked: Mapped[str]
    state: Mapped[str]
    planned_on: Mapped[date]
    turns_on: Mapped[date | None]
    same: Mapped[int]
    warnings: Mapped[str]


class NameChange(Base):
    """One change of somebody's name, number or address: written by a trigger, only counted."""

    __tablename__ = "name_change"

    id: Mapped[int] = mapped_column(primary_key=True)


class JobRole(Base):
    """What the officer said that a job title stands for; an empty role takes it back."""

    __tablename__ = "job_role"
    __table_args__ = (
        Index(
            "uq_job_role_entity_id_title",
            "entity_id",
            "title",
            unique=True,
            sqlite_where=BELIEVED,
            postgresql_where=BELIEVED,
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    entity_id: Mapped[int] = mapped_column(ForeignKey("entity.id"))
    title: Mapped[str]
    role: Mapped[str]
    recorded_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)
    superseded_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
