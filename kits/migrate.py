"""Our own Alembic runner: each package brings its versions, one version table of ours.

It never looks at a host's own migrations, and a host's never look at ours.
"""

from __future__ import annotations

import os
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask, current_app
from sqlalchemy import Engine

VERSION_TABLE = "refillery_version"
_PLACES = "refillery_migrations"


def register(app: Flask, folder: Path) -> None:
    """Add a package's `folder/versions` to what `upgrade` applies."""
    app.extensions.setdefault(_PLACES, []).append(folder)


def upgrade(engine: Engine) -> None:
    """Bring the database to the newest schema of every package that is mounted."""
    with engine.begin() as connection:
        config = _config()
        config.attributes["connection"] = connection
        command.upgrade(config, "heads")


def is_current(engine: Engine) -> bool:
    """True when every head of our migrations was applied; reads only."""
    scripts = ScriptDirectory.from_config(_config())
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"version_table": VERSION_TABLE})
        applied = context.get_current_heads()
    # A head that another branch depends on is not written down itself, but implied.
    return set(scripts.get_heads()) <= {script.revision for script in scripts.get_all_current(applied)}


def _config() -> Config:
    folders: list[Path] = current_app.extensions[_PLACES]
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.set_main_option("path_separator", "os")
    config.set_main_option("version_locations", _joined(folders))
    return config


def _joined(folders: list[Path]) -> str:
    return os.pathsep.join(str(folder / "versions") for folder in folders)
