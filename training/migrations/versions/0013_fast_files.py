"""Fast files: what the last staff list came to, and the days that lists show."""

import sqlalchemy as sa
from alembic import op

from training.migrations.guards import install_guards
from training.migrations.marks import remove_marks

revision = "0013"
down_revision = "0012"

SHOWN = ("due_on", "completed_on", "expires_on")


def upgrade() -> None:
    op.create_table(
        "roster_memory",
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("asked", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("planned_on", sa.Date(), nullable=False),
        sa.Column("turns_on", sa.Date()),
        sa.Column("same", sa.Integer(), nullable=False),
        sa.Column("warnings", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("source", name="pk_roster_memory"),
    )
    op.create_table(
        "name_change",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_name_change"),
    )
    for name in SHOWN:
        op.add_column("standing_dates", sa.Column(name, sa.Date()))
    op.execute('INSERT INTO standing_stale (user_id) SELECT id FROM "user"')
    install_guards(op.get_bind())


def downgrade() -> None:
    remove_marks(op.get_bind())
    for name in SHOWN:
        op.drop_column("standing_dates", name)
    op.drop_table("name_change")
    op.drop_table("roster_memory")
    install_guards(op.get_bind())
