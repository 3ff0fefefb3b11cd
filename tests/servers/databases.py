"""Databases for tests: migrated once a session, then copied (SQLite) or emptied (PostgreSQL)."""

from __future__ import annotations

import os
import shutil
import uuid
from functools import cached_property
from pathlib import Path
from typing import Protocol

from sqlalchemy import URL, create_engine, make_url

from kits import host, migrate
from tests.servers.apps import an_app
from tests.servers.emptying import Emptier
from tests.servers.postgres import Cluster, NoPostgres


class Databases(Protocol):
    """Where one engine's databases come from."""

    def for_a_test(self) -> str:
        """The address of an empty migrated database; the one before it may be gone by then."""

    def lasting(self, folder: Path) -> str:
        """The address of a migrated database that lasts as long as the session."""

    def bare(self, folder: Path) -> str:
        """The address of a new database without a table."""

    def copied(self, url: str, folder: Path) -> str:
        """The address of a copy, as a dump restored elsewhere; of a database that nobody is connected to."""

    def close(self) -> None:
        """Let go of everything."""


class SqliteFiles:
    """One file, copied anew for each test from one that was migrated once; others made when asked for."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @cached_property
    def _template(self) -> Path:
        path = self._folder / "template.db"
        upgraded(f"sqlite:///{path}")
        return path

    def for_a_test(self) -> str:
        path = self._folder / "test.db"
        for left in self._folder.glob("test.db*"):
            left.unlink()
        shutil.copyfile(self._template, path)
        return f"sqlite:///{path}"

    def lasting(self, folder: Path) -> str:
        path = folder / f"{uuid.uuid4().hex}.db"
        shutil.copyfile(self._template, path)
        return f"sqlite:///{path}"

    def bare(self, folder: Path) -> str:
        return f"sqlite:///{folder / uuid.uuid4().hex}.db"

    def copied(self, url: str, folder: Path) -> str:
        path = folder / f"{uuid.uuid4().hex}.db"
        shutil.copyfile(url.removeprefix("sqlite:///"), path)
        return f"sqlite:///{path}"

    def close(self) -> None:
        """Nothing to do: the files stand in folders that pytest removes."""


def _cluster(more: tuple[str, ...]) -> tuple[Cluster | None, URL | None]:
    """A server of our own, else the address of another's. Raises NoPostgres when there is neither."""
    try:
        return Cluster(more), None
    except NoPostgres:
        if url := os.environ.get("TEST_DATABASE_URL"):
            return None, make_url(url)
        raise


class PostgresDatabases:
    """One database for all tests, emptied before each; others made when asked for.

    `cluster` is the server where it is our own, with `more` settings.
    """

    def __init__(self, more: tuple[str, ...] = ()) -> None:
        self.cluster, self._given = _cluster(more)
        self._made: list[str] = []
        self._admin = create_engine(self._url("postgres"), isolation_level="AUTOCOMMIT", pool_size=1)

    @cached_property
    def _shared(self) -> str:
        return self.lasting()

    @cached_property
    def _emptier(self) -> Emptier:
        return Emptier(self._shared)

    def for_a_test(self) -> str:
        self._emptier.alone()
        return self._shared

    def lasting(self, folder: Path | None = None) -> str:
        url = self.bare()
        upgraded(url)
        return url

    def bare(self, folder: Path | None = None) -> str:
        return self._made_of("template0")

    def copied(self, url: str, folder: Path | None = None) -> str:
        return self._made_of(str(make_url(url).database))

    def _made_of(self, template: str) -> str:
        name = f"refillery_{uuid.uuid4().hex[:12]}"
        self._run(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY file_copy")
        self._made.append(name)
        return self._url(name)

    def close(self) -> None:
        if "_emptier" in vars(self):
            self._emptier.close()
        if self.cluster:
            self._admin.dispose()
            self.cluster.stop()
            return
        for name in self._made:
            self._run(f"DROP DATABASE {name} WITH (FORCE)")
        self._admin.dispose()

    def _url(self, name: str) -> str:
        if self.cluster:
            return self.cluster.url(name)
        assert self._given is not None
        ours = self._given.set(drivername="postgresql+psycopg")
        return (ours if name == "postgres" else ours.set(database=name)).render_as_string(hide_password=False)

    def _run(self, statement: str) -> None:
        with self._admin.connect() as connection:
            connection.exec_driver_sql(statement)


def upgraded(url: str) -> None:
    """Bring the database at `url` to our newest schema."""
    with an_app(url):
        migrate.upgrade(host.engine())
