"""The tables of the hourly work: reminders, leases of runs, and the dates that reports count."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from training.db import Base, UtcDateTime

NOT_YET = text("not_yet_until IS NOT NULL")
OUT = text("out_until IS NOT NULL")
AWAY = text("away_until IS NOT NULL")
WAITS = text("waiting_from IS NOT NULL")
SETTLES = text("settle_from IS NOT NULL")


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


class MailPace(Base):
    """How many mails a domain was handed since its turn began; old rows are let go."""

    __tablename__ = "mail_pace"

    domain: Mapped[str] = mapped_column(primary_key=True)
    since: Mapped[datetime] = mapped_column(UtcDateTime)
    taken: Mapped[int]
    put_off: Mapped[int]  # how often in a row its server said "later"


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


class StandingDates(Base):
    """Derived: between which days one person's duty has which dates; no standing is a word here.

    One row holds from `from_on` to `to_on`, the last day of the calendar where nothing is to
    come. What stands on a day between them follows from comparing it with the other dates:
    `asked_from` null: kept for the renewal alone, and counted nowhere. `yes_until`: complete
    until then; `not_yet_until`: not yet due until then; `out_until`: beside the rate until
    then; `away_until`: away; `waiting_from`: a wish for help waits; `soon_from`: due soon, or
    late after `good_until`; `begun_from`: begun; `settle_from`: the renewal has work here.
    `due_on`, `completed_on` and `expires_on` are what lists show: of what is open, or ought to
    be though no job has opened it, and of the completion that is held.
    Rows of whoever is named in `standing_stale` are not to be believed.
    """

    __tablename__ = "standing_dates"
    __table_args__ = (
        Index("ix_standing_dates_from_on", "from_on", "asked_from", "out_until", "yes_until",
              "not_yet_until"),
        Index("ix_standing_dates_to_on", "to_on", "asked_from"),
        Index("ix_standing_dates_yes_until", "yes_until", "out_until"),
        Index("ix_standing_dates_not_yet_until", "not_yet_until", "out_until",
              sqlite_where=NOT_YET, postgresql_where=NOT_YET),
        Index("ix_standing_dates_out_until", "out_until", sqlite_where=OUT, postgresql_where=OUT),
        Index("ix_standing_dates_access_on", "access_on", "user_id", "yes_until", "to_on"),
        Index("ix_standing_dates_away_until", "away_until",
              sqlite_where=AWAY, postgresql_where=AWAY),
        Index("ix_standing_dates_waiting_from", "waiting_from",
              sqlite_where=WAITS, postgresql_where=WAITS),
        Index("ix_standing_dates_settle_from", "user_id", "to_on", "settle_from",
              sqlite_where=SETTLES, postgresql_where=SETTLES),
        {"sqlite_with_rowid": False},
    )  # fmt: skip

    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), primary_key=True)
    course: Mapped[str] = mapped_column(primary_key=True)
    from_on: Mapped[date] = mapped_column(primary_key=True)
    to_on: Mapped[date]
    site_id: Mapped[int] = mapped_column(ForeignKey("site.id"))
    department: Mapped[str]
    worker_type: Mapped[str]
    access_on: Mapped[date | None]
    asked_from: Mapped[date | None]
    yes_until: Mapped[date | None]
    not_yet_until: Mapped[date | None]
    out_until: Mapped[date | None]
    away_until: Mapped[date | None]
    waiting_from: Mapped[date | None]
    soon_from: Mapped[date | None]
    good_until: Mapped[date | None]
    begun_from: Mapped[date | None]
    settle_from: Mapped[date | None]
    due_on: Mapped[date | None]
    completed_on: Mapped[date | None]
    expires_on: Mapped[date | None]


class StandingStale(Base):
    """Whose `standing_dates` are to be made again: written by triggers beside every fact.

    Only ever added to and taken away, never updated, so that nobody waits for anybody.
    """

    __tablename__ = "standing_stale"
    __table_args__ = (Index("ix_standing_stale_user_id", "user_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int]


class StandingCountDay(Base):
    """Derived: a day whose counts are kept, once they are `made`.

    `late_0` to `late_2`: the last due day of each band of days late; `moved`: how often rows were
    made again.
    """

    __tablename__ = "standing_count_day"

    day: Mapped[date] = mapped_column(primary_key=True)
    late_0: Mapped[date]
    late_1: Mapped[date]
    late_2: Mapped[date]
    made: Mapped[bool]
    moved: Mapped[int]


class StandingCount(Base):
    """Derived: how many rows of `standing_dates` stand alike on a day that is kept.

    `code` is how they stand, as `standing_sql.code_of` puts it in one number.
    """

    __tablename__ = "standing_count"
    __table_args__ = ({"sqlite_with_rowid": False},)

    day: Mapped[date] = mapped_column(primary_key=True)
    site_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    department: Mapped[str] = mapped_column(primary_key=True)
    worker_type: Mapped[str] = mapped_column(primary_key=True)
    course: Mapped[str] = mapped_column(primary_key=True)
    code: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    count: Mapped[int]
