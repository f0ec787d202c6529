"""What reports read: when a cycle was put on record, and indexes for days that are past."""

import sqlalchemy as sa
from alembic import op

from training.migrations.guards import install_guards

revision = "0004"
down_revision = "0003"

INDEXES = (
    ("ix_help_request_assignment_id", "help_request", ["assignment_id"]),
    ("ix_completion_recorded_at_id", "completion", ["recorded_at", "id"]),
    ("ix_void_recorded_at_id", "void", ["recorded_at", "id"]),
)


def upgrade() -> None:
    op.add_column("assignment", sa.Column("recorded_at", sa.DateTime(timezone=True)))
    for name, table, columns in INDEXES:
        op.create_index(name, table, columns)
    install_guards(op.get_bind())


def downgrade() -> None:
    for name, table, _columns in INDEXES:
        op.drop_index(name, table)
    op.drop_column("assignment", "recorded_at")
