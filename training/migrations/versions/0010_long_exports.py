"""Long exports: files that the jobs process makes, with their progress and their end."""

import sqlalchemy as sa
from alembic import op

from training.migrations.guards import install_guards

revision = "0010"
down_revision = "0009"

UNDER_WAY = sa.text("state IN ('waiting', 'making')")


def upgrade() -> None:
    op.create_table(
        "export",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("format", sa.String(), nullable=False),
        sa.Column("filters", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("claim", sa.String(), nullable=True),
        sa.Column("leased_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("reach", sa.String(), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("as_of_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("kind IN ('people', 'team')", name=op.f("ck_export_kind")),
        sa.CheckConstraint("format IN ('xlsx', 'pdf')", name=op.f("ck_export_format")),
        sa.CheckConstraint(
            "state IN ('waiting', 'making', 'ready', 'failed', 'expired')",
            name=op.f("ck_export_state"),
        ),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_export_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_export")),
    )
    op.create_index(
        "uq_export_under_way",
        "export",
        ["user_id", "kind", "format", "filters"],
        unique=True,
        sqlite_where=UNDER_WAY,
        postgresql_where=UNDER_WAY,
    )
    op.create_index("ix_export_state", "export", ["state", "leased_until"])
    op.create_index("ix_export_user_id", "export", ["user_id", "id"])
    install_guards(op.get_bind())


def downgrade() -> None:
    op.drop_table("export")
