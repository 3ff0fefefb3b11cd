"""A shop on a database of its own, and copies of it: a dump that was restored into another database."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from kits import clock, host
from shop.environment import standing
from shop.registers import registers
from shop.work import duties
from tests.journeys.conftest import buy, driver, travel  # noqa: F401
from tests.servers.apps import an_app
from tests.servers.databases import Databases
from tests.servers.ground import Ground

Copy = Callable[[], AbstractContextManager[Flask]]


@cache
def _migrated(databases: Databases, folder: Path) -> str:
    """Migrated once for all tests here; nobody is connected to it."""
    return databases.lasting(folder)


@pytest.fixture
def settings(settings: dict[str, Any], ground: Ground, engine_name: str, tmp_path: Path) -> dict[str, Any]:
    databases = ground.databases(engine_name)
    return {**settings, "SQLALCHEMY_DATABASE_URI": databases.copied(_migrated(databases, ground.folder), tmp_path)}


@pytest.fixture
def app(settings: dict[str, Any]) -> Iterator[Flask]:
    url = settings.pop("SQLALCHEMY_DATABASE_URI")
    with an_app(url, **settings) as made:
        yield made


@pytest.fixture
def copy(app: Flask, ground: Ground, engine_name: str, tmp_path: Path) -> Copy:
    """`there = copy()` makes one of the database as it is now; `with there: …` is in its shop."""
    config = {name: value for name, value in app.config.items() if name.startswith("SHOP_")}

    def made() -> AbstractContextManager[Flask]:
        app.extensions["sqlalchemy"].session.remove()
        host.engine().dispose()
        url = ground.databases(engine_name).copied(app.config["SQLALCHEMY_DATABASE_URI"], tmp_path)
        return an_app(url, **config)

    return made


def work() -> int:
    """What a worker does that is started once."""
    return duties.run_once(registers().duties)


def adopt(app: Flask, *words: str) -> Any:
    """`flask shop adopt-environment`, and what it said."""
    return app.test_cli_runner().invoke(args=["shop", "adopt-environment", *words])


def at_work() -> None:
    """A worker has started here."""
    standing.require(clock.now())
