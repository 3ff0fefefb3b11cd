"""How our own SQLite engine is set up. A host's engine is left alone.

The driver's legacy mode opens transactions late and loses updates silently,
so it is switched off and we say BEGIN ourselves: IMMEDIATE for the units that
write (see `host.unit`), deferred for reads. Source: SQLAlchemy's pysqlite page.
"""

from __future__ import annotations

import select
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, cast

from sqlalchemy import Connection, Engine, ExceptionContext, Executable, event
from sqlalchemy.exc import InvalidatePoolError, OperationalError

WRITES = "refillery_writes"
KEPT_STATEMENTS = 500
FAREWELL = "57P0"
"""How the codes begin by which PostgreSQL ends a session: it is shut down, has crashed, or is not up yet."""


def prepare(engine: Engine) -> None:
    """Give a standalone SQLite `engine` WAL, foreign keys, BEGIN IMMEDIATE; one of PostgreSQL room for our statements.

    The driver keeps a hundred prepared statements a connection; a charge alone runs nearly as many, so that each
    would be thrown out before it comes again. A PostgreSQL that was restarted is gone on with at once.
    """
    if engine.dialect.name == "postgresql":
        event.listen(engine, "connect", _on_connect_to_postgresql)
        event.listen(engine, "checkout", _on_checkout_of_postgresql)
        event.listen(engine, "handle_error", _on_error_of_postgresql)
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _on_connect)
        event.listen(engine, "begin", _on_begin)


def standing_alone(engine: Engine) -> Engine:
    """`engine` with its pool, each statement committed by itself; on others than PostgreSQL just `engine`."""
    return engine.execution_options(isolation_level="AUTOCOMMIT") if engine.dialect.name == "postgresql" else engine


@contextmanager
def writing_alone(engine: Engine) -> Iterator[Connection]:
    """A connection for one write by itself, which is committed. On PostgreSQL `engine` is best one `standing_alone`."""
    with engine.connect().execution_options(**{WRITES: True}) as connection, connection.begin():
        yield connection


def write_alone(engine: Engine, statement: Executable, given: Mapping[str, Any] | None = None) -> int:
    """The same for a statement; how many rows it changed."""
    with writing_alone(engine) as connection:
        return connection.execute(statement, given).rowcount


def _on_connect_to_postgresql(connection: Any, record: Any) -> None:
    connection.prepared_max = KEPT_STATEMENTS


def _on_checkout_of_postgresql(connection: Any, record: Any, proxy: Any) -> None:
    """A server that has ended a connection says so unasked: such a one is not given out. Nothing is sent for that."""
    looked = select.poll()
    if not connection.closed:
        looked.register(connection.fileno(), select.POLLIN)
    if connection.closed or looked.poll(0):
        raise InvalidatePoolError("The server has ended this connection.")


def _on_error_of_postgresql(context: ExceptionContext) -> None:
    """The driver may not know yet that a connection on which the server said farewell is of no more use."""
    if str(getattr(context.original_exception, "sqlstate", "")).startswith(FAREWELL):
        context.is_disconnect = True


def _on_connect(connection: sqlite3.Connection, record: Any) -> None:
    connection.isolation_level = None
    for pragma in ("busy_timeout=15000", "journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}")


def _on_begin(connection: Connection) -> None:
    # To the driver itself, as other drivers begin: no statement of anybody's.
    writes = connection.get_execution_options().get(WRITES, False)
    begin = "BEGIN IMMEDIATE" if writes else "BEGIN"
    try:
        cast(sqlite3.Connection, connection.connection.dbapi_connection).execute(begin)
    except sqlite3.OperationalError as error:
        raise OperationalError(begin, None, error) from error
