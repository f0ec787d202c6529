"""In which hours a site's mail to staff goes out, and what it says of paid time."""

import sqlalchemy as sa
from alembic import op

from training.migrations.guards import install_guards, remove_guards

revision = "0008"
down_revision = "0007"

ONE_BELIEVED = (
    ("uq_site_mail_site_id", "site_id", "superseded_at IS NULL AND site_id IS NOT NULL"),
    ("uq_site_mail_entity_id", "entity_id", "superseded_at IS NULL AND site_id IS NULL"),
)


def upgrade() -> None:
    op.create_table(
        "site_mail",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("entity_id", sa.Integer(), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=True),
        sa.Column("weekdays", sa.String(), nullable=False),
        sa.Column("from_hour", sa.Integer(), nullable=False),
        sa.Column("to_hour", sa.Integer(), nullable=False),
        sa.Column("paid_note", sa.String(), nullable=False),
        sa.Column("at_work_only", sa.Boolean(), nullable=False),
        sa.Column("recorded_by_id", sa.Integer(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("superseded_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("weekdays <> ''", name=op.f("ck_site_mail_a_day")),
        sa.CheckConstraint(
            "from_hour BETWEEN 0 AND 23 AND to_hour BETWEEN 1 AND 24 AND from_hour <> to_hour",
            name=op.f("ck_site_mail_an_hour"),
        ),
        sa.ForeignKeyConstraint(["entity_id"], ["entity.id"], name=op.f("fk_site_mail_entity_id")),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_site_mail_site_id")),
        sa.ForeignKeyConstraint(
            ["recorded_by_id"], ["user.id"], name=op.f("fk_site_mail_recorded_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_site_mail")),
    )
    for name, column, where in ONE_BELIEVED:
        op.create_index(
            name,
            "site_mail",
            [column],
            unique=True,
            sqlite_where=sa.text(where),
            postgresql_where=sa.text(where),
        )
    install_guards(op.get_bind())


def downgrade() -> None:
    remove_guards(op.get_bind())
    op.drop_table("site_mail")
    install_guards(op.get_bind())
