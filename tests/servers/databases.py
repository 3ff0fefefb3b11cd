"""Databases for tests: migrated once a session, then copied (SQLite) or emptied (PostgreSQL)."""

from __future__ import annotations

import os
import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import Any, Protocol

from flask import Flask
from sqlalchemy import URL, Connection, MetaData, create_engine, make_url

from kits import host, migrate
from kits.migrate import VERSION_TABLE
from tests.servers.postgres import Cluster, NoPostgres
from wsgi import create_app

OTHERS = """SELECT pg_terminate_backend(pid) FROM pg_stat_activity
            WHERE datname = current_database() AND pid <> pg_backend_pid()"""
PLAIN = {"SECRET_KEY": "for tests only", "SHOP_STRIPE_SECRET_KEY": ""}


class Databases(Protocol):
    """Where one engine's databases come from."""

    def for_a_test(self, folder: Path) -> str:
        """The address of an empty migrated database; the one before it may be gone by then."""

    def lasting(self, folder: Path) -> str:
        """The address of a migrated database that lasts as long as the session."""

    def bare(self, folder: Path) -> str:
        """The address of a new database without a table."""

    def close(self) -> None:
        """Let go of everything."""


class SqliteFiles:
    """A file for each test, copied from one that was migrated once."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @cached_property
    def _template(self) -> Path:
        path = self._folder / "template.db"
        upgraded(f"sqlite:///{path}")
        return path

    def for_a_test(self, folder: Path) -> str:
        path = folder / f"{uuid.uuid4().hex}.db"
        shutil.copyfile(self._template, path)
        return f"sqlite:///{path}"

    lasting = for_a_test

    def bare(self, folder: Path) -> str:
        return f"sqlite:///{folder / uuid.uuid4().hex}.db"

    def close(self) -> None:
        """Nothing to do: the files stand in folders that pytest removes."""


def _cluster() -> tuple[Cluster | None, URL | None]:
    """A server of our own, else the address of another's. Raises NoPostgres when there is neither."""
    try:
        return Cluster(), None
    except NoPostgres:
        if url := os.environ.get("TEST_DATABASE_URL"):
            return None, make_url(url)
        raise


class PostgresDatabases:
    """One database for all tests, emptied before each; others made when asked for."""

    def __init__(self) -> None:
        self._cluster, self._given = _cluster()
        self._made: list[str] = []
        self._admin = create_engine(self._url("postgres"), isolation_level="AUTOCOMMIT", pool_size=1)

    @cached_property
    def _shared(self) -> str:
        return self.lasting()

    @cached_property
    def _emptier(self) -> Emptier:
        return Emptier(self._shared)

    def for_a_test(self, folder: Path | None = None) -> str:
        self._emptier.alone()
        return self._shared

    def lasting(self, folder: Path | None = None) -> str:
        url = self.bare()
        upgraded(url)
        return url

    def bare(self, folder: Path | None = None) -> str:
        name = f"refillery_{uuid.uuid4().hex[:12]}"
        self._run(f"CREATE DATABASE {name} TEMPLATE template0 STRATEGY file_copy")
        self._made.append(name)
        return self._url(name)

    def close(self) -> None:
        if "_emptier" in vars(self):
            self._emptier.close()
        if self._cluster:
            self._admin.dispose()
            self._cluster.stop()
            return
        for name in self._made:
            self._run(f"DROP DATABASE {name} WITH (FORCE)")
        self._admin.dispose()

    def _url(self, name: str) -> str:
        if self._cluster:
            return self._cluster.url(name)
        assert self._given is not None
        ours = self._given.set(drivername="postgresql+psycopg")
        return (ours if name == "postgres" else ours.set(database=name)).render_as_string(hide_password=False)

    def _run(self, statement: str) -> None:
        with self._admin.connect() as connection:
            connection.exec_driver_sql(statement)


@contextmanager
def an_app(url: str, **config: Any) -> Iterator[Flask]:
    """An app on the database at `url`, its context pushed; its connections are closed afterwards."""
    app = create_app({**PLAIN, "SQLALCHEMY_DATABASE_URI": url, "TESTING": True, **config})
    with app.app_context():
        try:
            yield app
        finally:
            app.extensions["sqlalchemy"].session.remove()
            host.engine().dispose()


def upgraded(url: str) -> None:
    """Bring the database at `url` to our newest schema."""
    with an_app(url):
        migrate.upgrade(host.engine())


@contextmanager
def _changes_allowed(connection: Connection) -> Iterator[None]:
    """Meanwhile append-only tables are no longer, for this transaction alone."""
    if connection.dialect.name == "postgresql":
        tables = "SELECT DISTINCT event_object_table FROM information_schema.triggers WHERE trigger_schema = 'public'"
        names = list(connection.exec_driver_sql(tables).scalars())
        off = [f"ALTER TABLE {name} DISABLE TRIGGER USER" for name in names]
        on = [f"ALTER TABLE {name} ENABLE TRIGGER USER" for name in names]
    else:
        kept = connection.exec_driver_sql("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").all()
        off, on = [f"DROP TRIGGER {name}" for name, _ in kept], [sql for _, sql in kept]
    for statement in off:
        connection.exec_driver_sql(statement)
    yield
    for statement in on:
        connection.exec_driver_sql(statement)


class Emptier:
    """Deletes every row of every table of one database but Alembic's own, on a connection that it keeps."""

    def __init__(self, url: str) -> None:
        self._engine = create_engine(url, pool_size=1)
        tables = MetaData()
        tables.reflect(self._engine)
        names = [table.name for table in reversed(tables.sorted_tables) if table.name != VERSION_TABLE]
        self._deletes = [f"DELETE FROM {name}" for name in names]

    def __call__(self) -> None:
        with self._engine.begin() as connection, _changes_allowed(connection):
            if self._engine.dialect.name == "postgresql":
                connection.exec_driver_sql("; ".join(self._deletes))
                return
            for delete in self._deletes:
                connection.exec_driver_sql(delete)

    def alone(self) -> None:
        """Empty a PostgreSQL database after ending what a failed test has left connected to it."""
        with self._engine.begin() as connection:
            connection.exec_driver_sql(OTHERS)
        self()

    def close(self) -> None:
        """Let go of the connection."""
        self._engine.dispose()
