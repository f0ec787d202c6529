"""Which of two rules goes first is said; it was the one that was written first."""

import sqlalchemy as sa
from alembic import op

from training.migrations.guards import install_guards, remove_guards

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    op.add_column("rule", sa.Column("rank", sa.Integer(), nullable=False, server_default="0"))
    install_guards(op.get_bind())


def downgrade() -> None:
    remove_guards(op.get_bind())
    op.drop_column("rule", "rank")
    install_guards(op.get_bind())
