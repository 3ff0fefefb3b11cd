"""Deletes every row of a database, as cheaply as its engine allows."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, MetaData, create_engine

from kits.migrate import VERSION_TABLE

LEFT = """SELECT pg_terminate_backend(pid) FROM pg_stat_activity
          WHERE datname = current_database() AND pid <> pg_backend_pid() AND state <> 'idle'"""
"""What a failed test may have left at work; idle connections wait in the pools of apps that are lent again."""
USED = """SELECT relname, pg_relation_size(oid) / 8192, reltuples FROM pg_class
          WHERE oid = ANY(ARRAY[{}]::regclass[]) AND pg_relation_size(oid) > 0"""
FEW_PAGES = 8
"""A table that was never analysed is planned for as if it had ten pages, so below that all plans stay the same."""


class Emptier:
    """Deletes every row of every table of one database but Alembic's own, on a connection that it keeps."""

    def __init__(self, url: str) -> None:
        self._engine = create_engine(url, pool_size=1)
        tables = MetaData()
        tables.reflect(self._engine)
        self._tables = [table.name for table in reversed(tables.sorted_tables) if table.name != VERSION_TABLE]

    def __call__(self) -> None:
        """Empty it."""
        with self._engine.begin() as connection:
            if connection.dialect.name == "postgresql":
                self._empty_postgres(connection)
            else:
                self._empty_sqlite(connection)

    def alone(self) -> None:
        """Empty a PostgreSQL database after ending what a failed test has left at work in it."""
        with self._engine.begin() as connection:
            connection.exec_driver_sql(LEFT)
        self()

    def close(self) -> None:
        """Let go of the connection."""
        self._engine.dispose()

    def _empty_postgres(self, connection: Connection) -> None:
        """Delete what there is. When a table has grown, or is planned for by what it once held, start all afresh."""
        listed = ", ".join(f"'{name}'" for name in self._tables)
        used = connection.exec_driver_sql(USED.format(listed)).all()
        if not used:
            return
        names = {name for name, *_ in used}
        with _append_only_off(connection):
            if any(pages > FEW_PAGES or rows >= 0 for _, pages, rows in used):
                connection.exec_driver_sql(f"TRUNCATE {', '.join(self._tables)}")
            else:
                connection.exec_driver_sql("; ".join(f"DELETE FROM {name}" for name in self._tables if name in names))

    def _empty_sqlite(self, connection: Connection) -> None:
        with _triggers_away(connection):
            for name in self._tables:
                connection.exec_driver_sql(f"DELETE FROM {name}")


@contextmanager
def _triggers_away(connection: Connection) -> Iterator[None]:
    """Meanwhile append-only tables of a SQLite database are no longer, for this transaction alone."""
    kept = connection.exec_driver_sql("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").all()
    for name, _ in kept:
        connection.exec_driver_sql(f"DROP TRIGGER {name}")
    yield
    for _, again in kept:
        connection.exec_driver_sql(again)


@contextmanager
def _append_only_off(connection: Connection) -> Iterator[None]:
    """Meanwhile no trigger of a PostgreSQL database fires in this transaction. Only a superuser may ask for that."""
    if connection.exec_driver_sql("SELECT rolsuper FROM pg_roles WHERE rolname = current_user").scalar():
        connection.exec_driver_sql("SET LOCAL session_replication_role = replica")
        yield
        return
    tables = "SELECT DISTINCT event_object_table FROM information_schema.triggers WHERE trigger_schema = 'public'"
    names = list(connection.exec_driver_sql(tables).scalars())
    for name in names:
        connection.exec_driver_sql(f"ALTER TABLE {name} DISABLE TRIGGER USER")
    yield
    for name in names:
        connection.exec_driver_sql(f"ALTER TABLE {name} ENABLE TRIGGER USER")
