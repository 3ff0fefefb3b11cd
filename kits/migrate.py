"""Our own Alembic runner: each package brings its versions, one version table of ours.

It never looks at a host's own migrations, and a host's never look at ours.
"""

from __future__ import annotations

import os
from pathlib import Path

from alembic import command
from alembic.config import Config
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


def _config() -> Config:
    folders: list[Path] = current_app.extensions[_PLACES]
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.set_main_option("path_separator", "os")
    config.set_main_option("version_locations", _joined(folders))
    return config


def _joined(folders: list[Path]) -> str:
    return os.pathsep.join(str(folder / "versions") for folder in folders)
