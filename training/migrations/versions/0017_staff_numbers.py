"""Lists and staff numbers that people had before, and records that went into others."""

import sqlalchemy as sa
from alembic import op

from training.migrations.guards import install_guards, remove_guards

revision = "0017"
down_revision = "0016"

FACTS = ("completion", "signature")


def upgrade() -> None:
    op.create_table(
        "staff_number",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("external_id", sa.String(), nullable=False),
        sa.Column("recorded_by_id", sa.Integer(), nullable=True),
        sa.Column("until_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_staff_number_user_id")),
        sa.ForeignKeyConstraint(
            ["recorded_by_id"], ["user.id"], name=op.f("fk_staff_number_recorded_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff_number")),
    )
    op.create_index("ix_staff_number_user_id", "staff_number", ["user_id"])
    op.create_index("ix_staff_number_source_external_id", "staff_number", ["source", "external_id"])
    op.create_table(
        "same_person",
        sa.Column("was_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("recorded_by_id", sa.Integer(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("was_id <> user_id", name=op.f("ck_same_person_two_records")),
        sa.ForeignKeyConstraint(["was_id"], ["user.id"], name=op.f("fk_same_person_was_id")),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_same_person_user_id")),
        sa.ForeignKeyConstraint(
            ["recorded_by_id"], ["user.id"], name=op.f("fk_same_person_recorded_by_id")
        ),
        sa.PrimaryKeyConstraint("was_id", name=op.f("pk_same_person")),
    )
    op.create_index("ix_same_person_user_id", "same_person", ["user_id"])
    for fact in FACTS:
        _carried(fact)
    install_guards(op.get_bind())


def _carried(fact: str) -> None:
    table, own = f"carried_{fact}", f"{fact}_id"
    op.create_table(
        table,
        sa.Column(own, sa.Integer(), nullable=False),
        sa.Column("original_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint([own], [f"{fact}.id"], name=op.f(f"fk_{table}_{own}")),
        sa.ForeignKeyConstraint(
            ["original_id"], [f"{fact}.id"], name=op.f(f"fk_{table}_original_id")
        ),
        sa.PrimaryKeyConstraint(own, name=op.f(f"pk_{table}")),
    )
    op.create_index(f"ix_{table}_original_id", table, ["original_id"])


def downgrade() -> None:
    remove_guards(op.get_bind())
    for fact in FACTS:
        op.drop_table(f"carried_{fact}")
    op.drop_table("same_person")
    op.drop_table("staff_number")
    install_guards(op.get_bind())
