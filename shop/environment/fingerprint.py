"""What tells a database from its copies, because it does not travel in a dump.

PostgreSQL: the cluster's system identifier and the database's oid. A dump
restored elsewhere, and `CREATE DATABASE … TEMPLATE`, have another; a replica
that takes over has the same, and so it should. So has a copy of the whole
cluster's files, which cannot be told apart. Where the identifier may not be
read, the server's address and port stand for it: less sure, and another when
the server moves. Source: "Control Data Functions" in PostgreSQL's manual.

SQLite: the file's path and inode. Moving the file is like copying it.
"""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

_OID = "(SELECT oid FROM pg_database WHERE datname = current_database())"
_CLUSTER = text(f"SELECT 'cluster ' || system_identifier || ', database ' || {_OID} FROM pg_control_system()")  # noqa: S608
_ADDRESS = text(
    "SELECT 'server ' || coalesce(host(inet_server_addr()) || ':' || inet_server_port(), 'on a socket')"
    f" || ', database ' || {_OID}"
)
_FILE = text("SELECT file FROM pragma_database_list WHERE name = 'main'")


def fingerprint(connection: Connection) -> str:
    """The fingerprint of the connection's database. The connection is best one of `kits.host.aside`."""
    kind = connection.dialect.name
    if kind == "sqlite":
        return _of_file(str(connection.execute(_FILE).scalar() or ""))
    if kind == "postgresql":
        return f"postgresql {_of_cluster(connection)}"
    url = connection.engine.url
    return f"{kind} {url.host}:{url.port} {url.database}"


def _of_file(name: str) -> str:
    if not name:
        return "sqlite in memory"
    path = Path(name).resolve()
    try:
        return f"sqlite {path} inode {path.stat().st_ino}"
    except OSError:  # removed under the process that still has it open
        return f"sqlite {path} is gone"


def _of_cluster(connection: Connection) -> str:
    try:
        return str(connection.execute(_CLUSTER).scalar_one())
    except DBAPIError:  # we may not ask: some who host databases withhold it
        return str(connection.execute(_ADDRESS).scalar_one())
