"""A course by role: who is what; facts that were signed off; how long a course takes here."""

import sqlalchemy as sa
from alembic import op

from training.migrations.guards import install_guards, remove_guards

revision = "0002"
down_revision = "0001"

BELIEVED = sa.text("superseded_at IS NULL")


def upgrade() -> None:
    op.add_column("assignment", sa.Column("role", sa.String(), nullable=True))
    op.create_table(
        "job_role",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("entity_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("recorded_by_id", sa.Integer(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("superseded_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["entity_id"], ["entity.id"], name=op.f("fk_job_role_entity_id")),
        sa.ForeignKeyConstraint(
            ["recorded_by_id"], ["user.id"], name=op.f("fk_job_role_recorded_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_job_role")),
    )
    op.create_index(
        "uq_job_role_entity_id_title",
        "job_role",
        ["entity_id", "title"],
        unique=True,
        sqlite_where=BELIEVED,
        postgresql_where=BELIEVED,
    )
    op.create_table(
        "fact_sign_off",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("entity_id", sa.Integer(), nullable=False),
        sa.Column("fact", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=False),
        sa.Column("signed_by_id", sa.Integer(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["entity_id"], ["entity.id"], name=op.f("fk_fact_sign_off_entity_id")
        ),
        sa.ForeignKeyConstraint(
            ["signed_by_id"], ["user.id"], name=op.f("fk_fact_sign_off_signed_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fact_sign_off")),
    )
    op.create_index(op.f("ix_fact_sign_off_entity_id"), "fact_sign_off", ["entity_id"])
    op.create_table(
        "course_minutes",
        sa.Column("course", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("finished", sa.Integer(), nullable=False),
        sa.Column("seconds", sa.Integer(), nullable=False),
        sa.Column("measured_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("course", "role", name=op.f("pk_course_minutes")),
    )
    install_guards(op.get_bind())


def downgrade() -> None:
    remove_guards(op.get_bind())
    op.drop_table("course_minutes")
    op.drop_table("fact_sign_off")
    op.drop_table("job_role")
    op.drop_column("assignment", "role")
    install_guards(op.get_bind())
