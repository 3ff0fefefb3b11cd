"""How our own SQLite engine is set up. A host's engine is left alone.

The driver's legacy mode opens transactions late and loses updates silently,
so it is switched off and we say BEGIN ourselves: IMMEDIATE for the units that
write (see `host.unit`), deferred for reads. Source: SQLAlchemy's pysqlite page.
"""

from __future__ import annotations

import sqlite3
from typing import Any

from sqlalchemy import Connection, Engine, event

WRITES = "refillery_writes"


def prepare(engine: Engine) -> None:
    """Give a standalone SQLite `engine` WAL, foreign keys and BEGIN IMMEDIATE; others stay as they are."""
    if engine.dialect.name != "sqlite":
        return
    event.listen(engine, "connect", _on_connect)
    event.listen(engine, "begin", _on_begin)


def _on_connect(connection: sqlite3.Connection, record: Any) -> None:
    connection.isolation_level = None
    for pragma in ("busy_timeout=15000", "journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}")


def _on_begin(connection: Connection) -> None:
    writes = connection.get_execution_options().get(WRITES, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
