"""Where a record on paper comes from, and the fingerprints of signed sheets."""

import json

import sqlalchemy as sa
from alembic import op

from training.migrations.guards import install_guards, remove_guards

revision = "0016"
down_revision = "0015"

SUBJECTS = ("completion_id", "signature_id", "team_session_id")


def upgrade() -> None:
    op.create_table(
        "paper_record",
        sa.Column("completion_id", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("recorded_by_id", sa.Integer(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["completion_id"], ["completion.id"], name="fk_paper_record_completion_id"
        ),
        sa.ForeignKeyConstraint(
            ["recorded_by_id"], ["user.id"], name="fk_paper_record_recorded_by_id"
        ),
        sa.PrimaryKeyConstraint("completion_id", name="pk_paper_record"),
    )
    op.create_table(
        "sheet",
        sa.Column("id", sa.Integer(), nullable=False),
        *(sa.Column(name, sa.Integer(), nullable=True) for name in SUBJECTS),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("recorded_by_id", sa.Integer(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(" OR ".join(map(_alone, SUBJECTS)), name="ck_sheet_one_subject"),
        sa.CheckConstraint("length(sha256) = 64", name="ck_sheet_sha256"),
        sa.CheckConstraint("size > 0", name="ck_sheet_size"),
        *(
            sa.ForeignKeyConstraint(
                [name], [f"{name.removesuffix('_id')}.id"], name=f"fk_sheet_{name}"
            )
            for name in SUBJECTS
        ),
        sa.ForeignKeyConstraint(["recorded_by_id"], ["user.id"], name="fk_sheet_recorded_by_id"),
        sa.PrimaryKeyConstraint("id", name="pk_sheet"),
        sa.UniqueConstraint("completion_id", name="uq_sheet_completion_id"),
        sa.UniqueConstraint("signature_id", name="uq_sheet_signature_id"),
        sa.UniqueConstraint("team_session_id", "sha256", name="uq_sheet_team_session_id_sha256"),
    )
    op.create_index("ix_sheet_sha256", "sheet", ["sha256"])
    _take_from_the_log(op.get_bind())
    install_guards(op.get_bind())


def downgrade() -> None:
    remove_guards(op.get_bind())
    op.drop_index("ix_sheet_sha256", "sheet")
    op.drop_table("sheet")
    op.drop_table("paper_record")
    install_guards(op.get_bind())


def _alone(subject: str) -> str:
    words = (f"{name} IS {'NOT ' if name == subject else ''}NULL" for name in SUBJECTS)
    return f"({' AND '.join(words)})"


def _take_from_the_log(connection: sa.Connection) -> None:
    """Say of earlier records on paper whence they come: until now only the log knew."""
    rows = connection.execute(
        sa.text(
            "SELECT completion.id, completion.course, e.body, e.actor_id, e.at FROM completion "
            "JOIN audit_event AS e ON e.subject = 'user:' || completion.user_id "
            "AND e.name = 'training.recorded' AND e.at = completion.recorded_at "
            "WHERE completion.method = 'recorded' ORDER BY completion.id, e.seq"
        )
    ).all()
    found = {}
    for id_, course, body, actor_id, at in rows:
        detail = json.loads(body)["detail"]
        if detail["course"] == course:
            found[id_] = {"id": id_, "source": detail["source"], "by": actor_id, "at": at}
    for row in found.values():
        connection.execute(
            sa.text("INSERT INTO paper_record VALUES (:id, :source, :by, :at)"),
            row,
        )
