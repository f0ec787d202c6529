"""Lists show a due day before any job has opened the training: who lacks one is counted anew."""

from alembic import op

revision = "0018"
down_revision = "0017"


def upgrade() -> None:
    op.execute(
        "INSERT INTO standing_stale (user_id) SELECT DISTINCT user_id FROM standing_dates "
        "WHERE asked_from IS NOT NULL AND due_on IS NULL AND completed_on IS NULL"
    )


def downgrade() -> None:
    """Leave it: what was counted anew is right for the code of before too."""
