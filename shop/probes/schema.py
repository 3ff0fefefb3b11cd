"""Whether the database has the newest schema of every package that is mounted."""

from __future__ import annotations

from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine

from kits import migrate


def is_current(engine: Engine) -> bool:
    """True when our version table names every head; reads only."""
    wanted = set(ScriptDirectory.from_config(migrate._config()).get_heads())
    with engine.connect() as connection:
        found = MigrationContext.configure(connection, opts={"version_table": migrate.VERSION_TABLE})
        return wanted <= set(found.get_current_heads())
