"""Lists and staff numbers that people had before."""

import sqlalchemy as sa
from alembic import op

from training.migrations.guards import install_guards, remove_guards

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    op.create_table(
        "staff_number",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("external_id", sa.String(), nullable=False),
        sa.Column("recorded_by_id", sa.Integer(), nullable=True),
        sa.Column("until_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_staff_number_user_id")),
        sa.ForeignKeyConstraint(
            ["recorded_by_id"], ["user.id"], name=op.f("fk_staff_number_recorded_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff_number")),
    )
    op.create_index("ix_staff_number_user_id", "staff_number", ["user_id"])
    op.create_index("ix_staff_number_source_external_id", "staff_number", ["source", "external_id"])
    install_guards(op.get_bind())


def downgrade() -> None:
    remove_guards(op.get_bind())
    op.drop_table("staff_number")
    install_guards(op.get_bind())
