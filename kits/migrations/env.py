"""Run by Alembic: applies our migrations on the connection it was handed."""

from __future__ import annotations

from alembic import context

from kits.migrate import VERSION_TABLE
from kits.tables import Base

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=Base.metadata,
    version_table=VERSION_TABLE,
    render_as_batch=connection.dialect.name == "sqlite",
)
with context.begin_transaction():
    context.run_migrations()
