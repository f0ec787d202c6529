"""What a newly adopted policy text means for whoever signed the one before."""

import sqlalchemy as sa
from alembic import op

from training.migrations.guards import install_guards

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.add_column("policy_adoption", sa.Column("change", sa.String()))
    install_guards(op.get_bind())


def downgrade() -> None:
    op.drop_column("policy_adoption", "change")
