"""How many mails each domain was handed within the last minutes: one pace for all of them."""

import sqlalchemy as sa
from alembic import op

from training.migrations.guards import install_guards

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    op.create_table(
        "mail_pace",
        sa.Column("domain", sa.String(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("taken", sa.Integer(), nullable=False),
        sa.Column("put_off", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("domain", name=op.f("pk_mail_pace")),
    )
    install_guards(op.get_bind())


def downgrade() -> None:
    op.drop_table("mail_pace")
