"""What a manager gets: her view lent for some days, a weekly mail, links that nudge."""

import sqlalchemy as sa
from alembic import op

from training.migrations.guards import install_guards, remove_guards

revision = "0003"
down_revision = "0002"

BEFORE = "purpose IN ('sign_in', 'slip', 'booster', 'calendar', 'set_up')"
AFTER = "purpose IN ('sign_in', 'slip', 'booster', 'calendar', 'set_up', 'nudge', 'pause')"
PURPOSE = "ck_link_token_purpose"


def upgrade() -> None:
    op.create_table(
        "view_loan",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("lender_id", sa.Integer(), nullable=False),
        sa.Column("borrower_id", sa.Integer(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("to_on", sa.Date(), nullable=False),
        sa.Column("begins_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("superseded_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("to_on >= from_on", name=op.f("ck_view_loan_order")),
        sa.CheckConstraint("borrower_id <> lender_id", name=op.f("ck_view_loan_not_to_herself")),
        sa.ForeignKeyConstraint(["lender_id"], ["user.id"], name=op.f("fk_view_loan_lender_id")),
        sa.ForeignKeyConstraint(
            ["borrower_id"], ["user.id"], name=op.f("fk_view_loan_borrower_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_view_loan")),
    )
    op.create_index("ix_view_loan_borrower_id", "view_loan", ["borrower_id", "superseded_at"])
    op.create_index("ix_view_loan_lender_id", "view_loan", ["lender_id", "superseded_at"])
    op.create_table(
        "team_mail",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("week_on", sa.Date(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("message_id", sa.String(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("detail", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("claimed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("next_try_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "state IN ('due', 'sending', 'sent', 'unknown', 'dropped', 'refused')",
            name=op.f("ck_team_mail_state"),
        ),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_team_mail_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_team_mail")),
        sa.UniqueConstraint("message_id", name=op.f("uq_team_mail_message_id")),
        sa.UniqueConstraint("user_id", "week_on", name=op.f("uq_team_mail_user_id_week_on")),
    )
    op.create_index("ix_team_mail_state_next_try_at", "team_mail", ["state", "next_try_at"])
    op.create_table(
        "team_mail_pause",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_team_mail_pause_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_team_mail_pause")),
    )
    op.create_index(op.f("ix_team_mail_pause_user_id"), "team_mail_pause", ["user_id"])
    op.create_index("ix_placement_user_id", "placement", ["user_id", "hired_on"])
    _purposes(AFTER)
    install_guards(op.get_bind())


def downgrade() -> None:
    remove_guards(op.get_bind())
    op.execute("DELETE FROM link_token WHERE purpose IN ('nudge', 'pause')")
    _purposes(BEFORE)
    op.drop_index("ix_placement_user_id", table_name="placement")
    op.drop_table("team_mail_pause")
    op.drop_table("team_mail")
    op.drop_table("view_loan")
    install_guards(op.get_bind())


def _purposes(allowed: str) -> None:
    with op.batch_alter_table("link_token") as batch_op:
        batch_op.drop_constraint(op.f(PURPOSE), type_="check")
        batch_op.create_check_constraint(op.f(PURPOSE), allowed)
