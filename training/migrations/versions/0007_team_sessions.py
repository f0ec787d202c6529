"""Team sessions with who confirmed; where training that was completed before comes from."""

import sqlalchemy as sa
from alembic import op

from training.migrations.guards import install_guards, remove_guards

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    op.create_table(
        "team_session",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("course", sa.String(), nullable=False),
        sa.Column("pinned", sa.String(), nullable=False),
        sa.Column("leader_id", sa.Integer(), nullable=False),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("code_hash", sa.String(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["leader_id"], ["user.id"], name=op.f("fk_team_session_leader_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_team_session")),
        sa.UniqueConstraint("code_hash", name=op.f("uq_team_session_code_hash")),
    )
    op.create_table(
        "team_confirmation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("team_session_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("assignment_id", sa.Integer(), nullable=False),
        sa.Column("steps", sa.Integer(), nullable=False),
        sa.Column("method", sa.String(), nullable=False),
        sa.Column("shared_device", sa.Boolean(), nullable=False),
        sa.Column("confirmed_on", sa.Date(), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["team_session_id"],
            ["team_session.id"],
            name=op.f("fk_team_confirmation_team_session_id"),
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user.id"], name=op.f("fk_team_confirmation_user_id")
        ),
        sa.ForeignKeyConstraint(
            ["assignment_id"],
            ["assignment.id"],
            name=op.f("fk_team_confirmation_assignment_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_team_confirmation")),
        sa.UniqueConstraint(
            "team_session_id", "user_id", name=op.f("uq_team_confirmation_team_session_id_user_id")
        ),
    )
    op.create_index("ix_team_confirmation_user_id", "team_confirmation", ["user_id"])
    op.create_table(
        "prior_training",
        sa.Column("completion_id", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("evidence", sa.String(), nullable=False),
        sa.Column("stated_expiry", sa.Date(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["completion_id"], ["completion.id"], name=op.f("fk_prior_training_completion_id")
        ),
        sa.PrimaryKeyConstraint("completion_id", name=op.f("pk_prior_training")),
    )
    install_guards(op.get_bind())


def downgrade() -> None:
    remove_guards(op.get_bind())
    op.drop_table("prior_training")
    op.drop_index("ix_team_confirmation_user_id", "team_confirmation")
    op.drop_table("team_confirmation")
    op.drop_table("team_session")
    install_guards(op.get_bind())
