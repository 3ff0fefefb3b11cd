"""Whether the database has the newest schema of every package that is mounted."""

from __future__ import annotations

from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine

from kits import migrate


def is_current(engine: Engine) -> bool:
    """True when every head of our migrations was applied; reads only."""
    scripts = ScriptDirectory.from_config(migrate._config())
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"version_table": migrate.VERSION_TABLE})
        applied = context.get_current_heads()
    # A head that another branch depends on is not written down itself, but implied.
    return set(scripts.get_heads()) <= {script.revision for script in scripts.get_all_current(applied)}
