"""Jobs beside the primary one: found by an index, and noted by hand with a reason."""

import sqlalchemy as sa
from alembic import op

from training.migrations.guards import install_guards, remove_guards

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    op.create_table(
        "placement_note",
        sa.Column("placement_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("noted_by_id", sa.Integer(), nullable=False),
        sa.Column("noted_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["placement_id"], ["placement.id"], name=op.f("fk_placement_note_placement_id")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_placement_note_user_id")),
        sa.ForeignKeyConstraint(
            ["noted_by_id"], ["user.id"], name=op.f("fk_placement_note_noted_by_id")
        ),
        sa.PrimaryKeyConstraint("placement_id", name=op.f("pk_placement_note")),
    )
    op.create_index("ix_placement_note_user_id", "placement_note", ["user_id"])
    op.create_index(
        "ix_placement_second_job",
        "placement",
        ["user_id", "job"],
        sqlite_where=sa.text("is_primary = 0 AND superseded_at IS NULL"),
        postgresql_where=sa.text("NOT is_primary AND superseded_at IS NULL"),
    )
    # whoever has a second job already is counted anew: its rules and its access count now
    op.execute(
        "INSERT INTO standing_stale (user_id) "
        "SELECT DISTINCT user_id FROM placement WHERE NOT is_primary"
    )
    install_guards(op.get_bind())


def downgrade() -> None:
    remove_guards(op.get_bind())
    op.drop_index("ix_placement_second_job", "placement")
    op.drop_index("ix_placement_note_user_id", "placement_note")
    op.drop_table("placement_note")
    install_guards(op.get_bind())
