"""Our own Alembic runner: each package brings its versions, one version table of ours.

It never looks at a host's own migrations, and a host's never look at ours.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask, current_app
from sqlalchemy import Connection, Engine, inspect

from kits.engines import WRITES
from kits.errors import RefilleryError, TransactionOpen
from kits.tables import Base

VERSION_TABLE = "refillery_version"
_PLACES = "refillery_migrations"


class BrokenReferences(RefilleryError):
    """A revision left rows that refer to rows which are not there. Nothing of the upgrade was kept."""


def register(app: Flask, folder: Path) -> None:
    """Add a package's `folder/versions` to what `upgrade` applies."""
    app.extensions.setdefault(_PLACES, []).append(folder)


def upgrade(engine: Engine) -> None:
    """Bring the database to the newest schema of every package that is mounted, or leave it as it is.

    On SQLite, too, a revision may rebuild a table that others refer to
    (`op.batch_alter_table`); it makes that table's triggers again. Raises
    BrokenReferences when one leaves a row that refers to nothing, and
    TransactionOpen when SQLite's one connection is in use.
    """
    sqlite = engine.dialect.name == "sqlite"
    with (
        engine.connect().execution_options(**{WRITES: True}) as connection,
        _rebuilding(connection) if sqlite else connection.begin(),
    ):
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


@contextmanager
def _rebuilding(connection: Connection) -> Iterator[None]:
    """One write transaction as in "Making Other Kinds Of Table Schema Changes": sqlite.org/lang_altertable.html.

    Dropping the old table would delete what refers to it, were foreign keys on.
    """
    with _foreign_keys_off(connection.connection.driver_connection), connection.begin():
        driver: Any = connection.connection.driver_connection
        if not driver.in_transaction:  # a host's engine in the driver's legacy mode, which begins too late for DDL
            driver.execute("BEGIN IMMEDIATE")
        broken = _broken(connection)
        yield
        if new := _broken(connection) - broken:
            raise BrokenReferences(f"Left without what they refer to (table, row, of): {sorted(new, key=str)[:10]}")


@contextmanager
def _foreign_keys_off(driver: Any) -> Iterator[None]:
    # On the driver itself: SQLAlchemy would begin a transaction first, and in one the pragma does nothing.
    found = driver.execute("PRAGMA foreign_keys").fetchone()[0]
    if found and driver.in_transaction:
        raise TransactionOpen("the database's one connection is in a transaction; commit or roll it back first")
    driver.execute("PRAGMA foreign_keys=OFF")
    try:
        yield
    finally:
        driver.execute(f"PRAGMA foreign_keys={found}")


def _broken(connection: Connection) -> set[tuple[Any, ...]]:
    """Rows of our tables that refer to nothing: table, row id, table referred to."""
    ours = Base.metadata.tables.keys() & set(inspect(connection).get_table_names())
    return {tuple(row)[:3] for name in ours for row in connection.exec_driver_sql(f"PRAGMA foreign_key_check({name})")}
