"""Boosters: the switch, what went out, counts without names, who wants none."""

import sqlalchemy as sa
from alembic import op

from training.migrations.guards import install_guards, remove_guards

revision = "0005"
down_revision = "0004"

BELIEVED = sa.text("superseded_at IS NULL")
TABLES = ("booster_wish", "booster_count", "booster", "booster_switch")


def upgrade() -> None:
    _switch()
    _booster()
    _count()
    _wish()
    op.create_index("ix_completion_completed_on", "completion", ["completed_on"])
    install_guards(op.get_bind())


def _switch() -> None:
    op.create_table(
        "booster_switch",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("entity_id", sa.Integer(), nullable=False),
        sa.Column("is_on", sa.Boolean(), nullable=False),
        sa.Column("recorded_by_id", sa.Integer(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("superseded_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["entity_id"], ["entity.id"], name=op.f("fk_booster_switch_entity_id")
        ),
        sa.ForeignKeyConstraint(
            ["recorded_by_id"], ["user.id"], name=op.f("fk_booster_switch_recorded_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_booster_switch")),
    )
    op.create_index(
        "uq_booster_switch_entity_id",
        "booster_switch",
        ["entity_id"],
        unique=True,
        sqlite_where=BELIEVED,
        postgresql_where=BELIEVED,
    )


def _booster() -> None:
    op.create_table(
        "booster",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("notice_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("assignment_id", sa.Integer(), nullable=False),
        sa.Column("entity_id", sa.Integer(), nullable=False),
        sa.Column("week", sa.Integer(), nullable=False),
        sa.Column("sent_on", sa.Date(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("module", sa.String(), nullable=False),
        sa.Column("scenario", sa.String(), nullable=False),
        sa.Column("objective", sa.String(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("week IN (1, 4, 12)", name=op.f("ck_booster_week")),
        sa.ForeignKeyConstraint(["notice_id"], ["notice.id"], name=op.f("fk_booster_notice_id")),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_booster_user_id")),
        sa.ForeignKeyConstraint(
            ["assignment_id"], ["assignment.id"], name=op.f("fk_booster_assignment_id")
        ),
        sa.ForeignKeyConstraint(["entity_id"], ["entity.id"], name=op.f("fk_booster_entity_id")),
        sa.ForeignKeyConstraint(
            ["digest"], ["content_version.digest"], name=op.f("fk_booster_digest")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_booster")),
        sa.UniqueConstraint("notice_id", name=op.f("uq_booster_notice_id")),
        sa.UniqueConstraint("assignment_id", "week", name=op.f("uq_booster_assignment_id_week")),
    )
    op.create_index("ix_booster_user_id", "booster", ["user_id", "sent_on"])


def _count() -> None:
    op.create_table(
        "booster_count",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("entity_id", sa.Integer(), nullable=False),
        sa.Column("module", sa.String(), nullable=False),
        sa.Column("objective", sa.String(), nullable=False),
        sa.Column("week", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("answered", sa.Integer(), nullable=False),
        sa.Column("best", sa.Integer(), nullable=False),
        sa.CheckConstraint("best BETWEEN 0 AND answered", name=op.f("ck_booster_count_share")),
        sa.ForeignKeyConstraint(
            ["entity_id"], ["entity.id"], name=op.f("fk_booster_count_entity_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_booster_count")),
        sa.UniqueConstraint(
            "entity_id",
            "module",
            "objective",
            "week",
            "role",
            name=op.f("uq_booster_count_entity_id_module_objective_week_role"),
        ),
    )


def _wish() -> None:
    op.create_table(
        "booster_wish",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("wanted", sa.Boolean(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_booster_wish_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_booster_wish")),
    )
    op.create_index(op.f("ix_booster_wish_user_id"), "booster_wish", ["user_id"])


def downgrade() -> None:
    remove_guards(op.get_bind())
    op.drop_index("ix_completion_completed_on", "completion")
    for table in TABLES:
        op.drop_table(table)
    install_guards(op.get_bind())
