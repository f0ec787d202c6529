"""The dates that reports count: derived, made again by the jobs for whoever a fact changed."""

import sqlalchemy as sa
from alembic import op

from training.migrations.guards import install_guards
from training.migrations.marks import remove_marks

revision = "0009"
down_revision = "0008"

DATES = (
    "access_on",
    "asked_from",
    "yes_until",
    "not_yet_until",
    "out_until",
    "away_until",
    "waiting_from",
    "soon_from",
    "good_until",
    "begun_from",
    "settle_from",
)
# name, columns, the column that a partial index is about
INDEXES = (
    ("from_on", ["from_on", "asked_from", "out_until", "yes_until", "not_yet_until"], None),
    ("to_on", ["to_on", "asked_from"], None),
    ("yes_until", ["yes_until", "out_until"], None),
    ("not_yet_until", ["not_yet_until", "out_until"], "not_yet_until"),
    ("out_until", ["out_until"], "out_until"),
    ("access_on", ["access_on", "user_id"], None),
    ("settle_from", ["user_id", "to_on", "settle_from"], "settle_from"),
)


def upgrade() -> None:
    op.create_table(
        "standing_dates",
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("course", sa.String(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("to_on", sa.Date(), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("department", sa.String(), nullable=False),
        sa.Column("worker_type", sa.String(), nullable=False),
        *(sa.Column(name, sa.Date()) for name in DATES),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name="fk_standing_dates_user_id"),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name="fk_standing_dates_site_id"),
        sa.PrimaryKeyConstraint("user_id", "course", "from_on", name="pk_standing_dates"),
        sqlite_with_rowid=False,
    )
    for name, columns, only in INDEXES:
        where = sa.text(f"{only} IS NOT NULL") if only else None
        op.create_index(
            f"ix_standing_dates_{name}",
            "standing_dates",
            columns,
            sqlite_where=where,
            postgresql_where=where,
        )
    op.create_table(
        "standing_stale",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_standing_stale"),
    )
    op.create_index("ix_standing_stale_user_id", "standing_stale", ["user_id"])
    op.execute('INSERT INTO standing_stale (user_id) SELECT id FROM "user"')
    install_guards(op.get_bind())


def downgrade() -> None:
    remove_marks(op.get_bind())
    op.drop_table("standing_stale")
    op.drop_table("standing_dates")
