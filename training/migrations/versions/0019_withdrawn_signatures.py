"""A signature that is withdrawn has its person counted anew, as a completion has."""

from alembic import op

from training.migrations.guards import install_guards, remove_guards

revision = "0019"
down_revision = "0018"


def upgrade() -> None:
    _again()


def downgrade() -> None:
    _again()


def _again() -> None:
    """Make the marks again: they follow the code."""
    remove_guards(op.get_bind())
    install_guards(op.get_bind())
