"""Alembic's entry: one transaction on the connection that `upgrade` hands over."""

from alembic import context

from training.db import Base
from training.migrations import tables

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=Base.metadata,
    render_as_batch=connection.dialect.name == "sqlite",
    compare_type=True,
    transaction_per_migration=False,
)
with context.begin_transaction():
    context.run_migrations()

__all__ = ["tables"]
