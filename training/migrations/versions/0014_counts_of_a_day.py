"""Counts of a day, kept for the days that pages ask; and three indexes of the dates."""

import sqlalchemy as sa
from alembic import op

from training.migrations.guards import install_guards

revision = "0014"
down_revision = "0013"

TABLE = "standing_dates"
SHORT, LONG = ["access_on", "user_id"], ["access_on", "user_id", "yes_until", "to_on"]
RARE = ("away_until", "waiting_from")


def upgrade() -> None:
    op.create_table(
        "standing_count_day",
        sa.Column("day", sa.Date(), nullable=False),
        *(sa.Column(f"late_{n}", sa.Date(), nullable=False) for n in range(3)),
        sa.Column("made", sa.Boolean(), nullable=False),
        sa.Column("moved", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("day", name="pk_standing_count_day"),
    )
    op.create_table(
        "standing_count",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("site_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("department", sa.String(), nullable=False),
        sa.Column("worker_type", sa.String(), nullable=False),
        sa.Column("course", sa.String(), nullable=False),
        sa.Column("code", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint(
            "day",
            "site_id",
            "department",
            "worker_type",
            "course",
            "code",
            name="pk_standing_count",
        ),
        sqlite_with_rowid=False,
    )
    _index_access(LONG)
    for name in RARE:
        where = sa.text(f"{name} IS NOT NULL")
        op.create_index(
            f"ix_standing_dates_{name}",
            TABLE,
            [name],
            sqlite_where=where,
            postgresql_where=where,
        )
    install_guards(op.get_bind())


def downgrade() -> None:
    for name in RARE:
        op.drop_index(f"ix_standing_dates_{name}", TABLE)
    _index_access(SHORT)
    op.drop_table("standing_count")
    op.drop_table("standing_count_day")
    install_guards(op.get_bind())


def _index_access(columns: list[str]) -> None:
    op.drop_index("ix_standing_dates_access_on", TABLE)
    op.create_index("ix_standing_dates_access_on", TABLE, columns)
