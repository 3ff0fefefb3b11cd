"""What is started at most once a session, when a test first asks for it, and stopped at the end."""

from __future__ import annotations

import os
from contextlib import ExitStack
from functools import cached_property
from pathlib import Path

import pytest

from tests.servers.apps import Apps
from tests.servers.databases import Databases, PostgresDatabases, SqliteFiles
from tests.servers.emptying import Emptier
from tests.servers.nursery import Nursery
from tests.servers.postgres import NoPostgres
from tests.servers.sandbox import KEY, SECRET, SandboxServer
from tests.servers.shop_server import ShopServer, free_port

NOT_TESTED = "NOT TESTED HERE"


class Missing(dict[str, str]):
    """What there is not here, and why. `missing[what] = why`, then `pytest.skip(missing[what])` is said at the end."""

    def __setitem__(self, what: str, why: str) -> None:
        super().__setitem__(what, f"{NOT_TESTED}: {what}: {why}")


missing = Missing()


def unavailable(what: str, why: str) -> None:
    """Skip the test, and say so at the end of the run (see `conftest.py`); on a build machine fail it."""
    missing[what] = why
    if os.environ.get("CI") == "true":
        pytest.fail(missing[what], pytrace=False)
    pytest.skip(missing[what])


class Ground:
    """The session's servers; `folder` is theirs alone."""

    def __init__(self, folder: Path, stack: ExitStack) -> None:
        self.folder = folder
        self._stack = stack
        self._databases: dict[str, Databases] = {}
        self._shops: dict[str, ServedShop] = {}
        self._no_postgres = ""
        self.apps = Apps()
        stack.callback(self.apps.close)

    @cached_property
    def sandbox(self) -> SandboxServer:
        """The one address of all tests' sandboxes."""
        server = SandboxServer()
        self._stack.callback(server.close)
        return server

    @cached_property
    def nursery(self) -> Nursery:
        """Where processes of ours come from."""
        folder = self.folder / "nursery"
        folder.mkdir()
        made = Nursery(folder)
        self._stack.callback(made.close)
        return made

    def databases(self, engine_name: str) -> Databases:
        """Where databases of this engine come from; skips the test when there are none to be had."""
        if engine_name not in self._databases:
            if self._no_postgres and engine_name == "postgresql":
                unavailable("PostgreSQL", self._no_postgres)
            try:
                made = PostgresDatabases() if engine_name == "postgresql" else SqliteFiles(self.folder)
            except NoPostgres as error:
                self._no_postgres = str(error)
                unavailable("PostgreSQL", self._no_postgres)
            self._stack.callback(made.close)
            self._databases[engine_name] = made
        return self._databases[engine_name]

    def served(self, engine_name: str) -> ServedShop:
        """The served shop that `emptied` gave this test."""
        return self._shops[engine_name]

    def emptied(self, engine_name: str) -> ServedShop:
        """The served shop of this engine, its database and mail folder emptied."""
        if engine_name not in self._shops:
            folder = self.folder / engine_name
            folder.mkdir()
            database = self.databases(engine_name).lasting(folder)
            self._shops[engine_name] = ServedShop(folder, database, self.sandbox, self.nursery)
            self._stack.callback(self._shops[engine_name].stop)
        self._shops[engine_name].refresh()
        return self._shops[engine_name]


class ServedShop:
    """gunicorn that is started once and given an empty database for each test."""

    def __init__(self, folder: Path, database: str, sandbox: SandboxServer, nursery: Nursery) -> None:
        self.port, self.mail, self._folder = free_port(), folder / "mail", folder
        self.url, self.database = f"http://127.0.0.1:{self.port}", database
        self.environment = environment(database, self.url, sandbox.url, self.mail)
        self._server: ShopServer | None = None
        self._nursery = nursery
        self._empty = Emptier(database)

    def refresh(self) -> None:
        """Start it unless it runs; delete all rows and mails."""
        self._empty()
        self.mail.mkdir(exist_ok=True)
        for path in self.mail.iterdir():
            path.unlink()
        if self._server is None or self._server.process.poll() is not None:
            self._server = ShopServer(self.environment, self._folder / "log", self.port, self._nursery.start)

    @property
    def log(self) -> str:
        """What its processes have written."""
        return (self._folder / "log").read_text()

    def stop(self) -> None:
        """End it."""
        self._empty.close()
        if self._server:
            self._server.stop()


def environment(database: str, shop_url: str, sandbox_url: str, mail: Path) -> dict[str, str]:
    """The settings of a shop that is a process of its own."""
    return {
        "DATABASE_URL": database,
        "SECRET_KEY": "for tests only",
        "STRIPE_SECRET_KEY": KEY,
        "STRIPE_WEBHOOK_SECRET": SECRET,
        "STRIPE_API_BASE": sandbox_url,
        "SHOP_URL": shop_url,
        "MAIL_URL": f"file:{mail}",
        "MAIL_FROM": "shop@example.org",
        "OWNER_EMAIL": "owner@example.org",
        "SHOP_RATE_LIMIT_PER_MINUTE": "100000",
        "SHOP_STRIPE_REQUESTS_PER_SECOND": "0",
        "SHOP_STRIPE_ENDPOINT_PER_SECOND": "0",
    }
