"""The tables of duties: rules, cycles, moved due days, absences, waivers, calls for help."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from training.db import Base, UtcDateTime

OPEN = text("closed_at IS NULL")
REASONS = ("new_hire", "renewal", "policy_change", "role_change", "extra", "by_hand")
CLOSINGS = ("completed", "left", "waived", "superseded", "voided")


def _one_of(column: str, values: tuple[str, ...]) -> str:
    return f"{column} IN ({', '.join(repr(value) for value in values)})"


class Rule(Base):
    """Who must take which course, within how many days, and how it comes round again.

    A rule is never changed: a new version has the same `code` and supersedes it, and a
    cycle keeps the version that it opened with.
    """

    __tablename__ = "rule"
    __table_args__ = (
        CheckConstraint("anchor IN ('hire', 'access')", name="anchor"),
        CheckConstraint("days > 0", name="days"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(index=True)
    entity_id: Mapped[int | None] = mapped_column(ForeignKey("entity.id"))
    course: Mapped[str]
    audience: Mapped[str] = mapped_column(default="{}")
    days: Mapped[int]
    anchor: Mapped[str] = mapped_column(default="hire")
    renewal: Mapped[str]
    human_unlock: Mapped[bool] = mapped_column(default=False)
    # Of two that ask the same of somebody, the higher goes first; alike, the one made first
    rank: Mapped[int] = mapped_column(default=0, server_default="0")
    from_on: Mapped[date]
    to_on: Mapped[date | None]
    recorded_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)
    superseded_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Assignment(Base):
    """One cycle: what one person must complete once, by a day.

    `course` is what the rule requires; `path` is the course taken for it (a refresher in a
    renewal). `pinned` holds the digests of what she sees, and `role` the part that she takes,
    from the moment she begins. `recorded_at` is null on rows of before revision 0004: then the
    day it was assigned counts.
    """

    __tablename__ = "assignment"
    __table_args__ = (
        CheckConstraint(_one_of("reason", REASONS), name="reason"),
        CheckConstraint(
            f"closed_reason IS NULL OR {_one_of('closed_reason', CLOSINGS)}", name="closed_reason"
        ),
        CheckConstraint(
            "(closed_at IS NULL) = (closed_reason IS NULL)", name="closed_with_a_reason"
        ),
        Index(
            "uq_assignment_user_course_open",
            "user_id",
            "course",
            unique=True,
            sqlite_where=OPEN,
            postgresql_where=OPEN,
        ),
        Index("ix_assignment_user_id", "user_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    course: Mapped[str]
    path: Mapped[str]
    rule_id: Mapped[int] = mapped_column(ForeignKey("rule.id"))
    reason: Mapped[str]
    assigned_on: Mapped[date]
    opens_on: Mapped[date]
    due_on: Mapped[date]
    previous_expiry: Mapped[date | None]
    pinned: Mapped[str | None]
    role: Mapped[str | None]
    begun_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    closed_reason: Mapped[str | None]
    recorded_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class DueChange(Base):
    """A due day that was moved; the last one counts."""

    __tablename__ = "due_change"

    id: Mapped[int] = mapped_column(primary_key=True)
    assignment_id: Mapped[int] = mapped_column(ForeignKey("assignment.id"), index=True)
    due_on: Mapped[date]
    reason: Mapped[str]
    changed_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Absence(Base):
    """From and to, and nothing else: no kind of leave, no note."""

    __tablename__ = "absence"
    __table_args__ = (CheckConstraint("to_on IS NULL OR to_on >= from_on", name="order"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), index=True)
    from_on: Mapped[date]
    to_on: Mapped[date | None]
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)
    superseded_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Waiver(Base):
    """Let off one course until a day, by someone, for a reason that the officer alone sees."""

    __tablename__ = "waiver"
    __table_args__ = (CheckConstraint("to_on >= from_on", name="order"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), index=True)
    course: Mapped[str]
    from_on: Mapped[date]
    to_on: Mapped[date]
    reason: Mapped[str]
    approved_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)
    superseded_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class HelpRequest(Base):
    """Help is wanted with one module; while it waits for a human, the due day stands still."""

    __tablename__ = "help_request"
    __table_args__ = (
        Index(
            "uq_help_request_open",
            "assignment_id",
            "module",
            unique=True,
            sqlite_where=text("answered_at IS NULL"),
            postgresql_where=text("answered_at IS NULL"),
        ),
        Index("ix_help_request_assignment_id", "assignment_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    assignment_id: Mapped[int] = mapped_column(ForeignKey("assignment.id"))
    module: Mapped[str]
    blocks: Mapped[bool] = mapped_column(default=False)
    asked_on: Mapped[date]
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    answered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    answered_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))


class CourseMinutes(Base):
    """How long a course takes here, by role: made again by the jobs from what people finished.

    Derived, and about twenty people at least: no row says anything of one person.
    """

    __tablename__ = "course_minutes"

    course: Mapped[str] = mapped_column(primary_key=True)
    role: Mapped[str] = mapped_column(primary_key=True)
    digest: Mapped[str]
    finished: Mapped[int]
    seconds: Mapped[int]
    measured_at: Mapped[datetime] = mapped_column(UtcDateTime)
