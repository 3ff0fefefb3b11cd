"""Apps that one test after another is lent: each gets one as it was made."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from functools import partial
from pathlib import Path

import pytest
from flask import Flask
from jinja2 import StrictUndefined
from sqlalchemy import create_engine, text

from kits import host
from shop.registers import registers
from tests.servers.apps import Apps
from tests.servers.client import Visitor
from tests.servers.ground import Ground

Lend = Callable[..., AbstractContextManager[Flask]]


@pytest.fixture
def lend(ground: Ground, engine_name: str, tmp_path: Path) -> Iterator[Lend]:
    apps = Apps()
    yield partial(apps.lent, ground.databases(engine_name).lasting(tmp_path))
    apps.close()


def visited(app: Flask) -> Flask:
    """The app after it has served a page and written a line to its log."""
    assert Visitor(app).get("/terms").status_code == 200
    app.logger.debug("seen")
    return app


def test_the_next_test_is_lent_the_same_app(lend: Lend) -> None:
    with lend(SHOP_MAIL_URL="file:one") as first:
        visited(first)
    with lend(SHOP_MAIL_URL="file:two") as second:
        assert second is first
        assert second.config["SHOP_MAIL_URL"] == "file:two"


def test_settings_that_a_test_changed_are_as_they_were(lend: Lend) -> None:
    with lend(SHOP_URL="https://one.example") as app:
        app.config.update(SHOP_URL="https://other.example", SHOP_NEW="setting")
        visited(app)
    with lend(SHOP_URL="https://one.example") as again:
        assert again is app
        assert again.config["SHOP_URL"] == "https://one.example"
        assert "SHOP_NEW" not in again.config
        assert "refillery_facts" not in again.extensions


def test_another_setting_makes_another_app(lend: Lend) -> None:
    with lend(SHOP_NAME="One") as one, lend(SHOP_NAME="Other") as other:
        assert one is not other


CHANGES: list[Callable[[Flask], object]] = [
    lambda app: registers(app).settle_steps.append(lambda session, settled: None),
    lambda app: registers(app).export_parts.update(more=lambda session, customer, now: None),
    lambda app: setattr(registers(app), "offers_refills", False),
    lambda app: app.add_url_rule("/new", "new", lambda: "new"),
    lambda app: app.before_request(lambda: None),
    lambda app: app.register_error_handler(404, lambda error: "gone"),
    lambda app: app.jinja_env.globals.update(more=1),
    lambda app: setattr(app.jinja_env, "undefined", StrictUndefined),
]


@pytest.mark.parametrize("change", CHANGES)
def test_an_app_that_a_test_has_changed_is_not_lent_again(lend: Lend, change: Callable[[Flask], object]) -> None:
    with lend() as app:
        change(app)
    with lend() as again:
        assert again is not app


@pytest.mark.parametrize("engine_name", ["postgresql"], indirect=True)
def test_a_connection_that_the_server_has_ended_is_not_lent(lend: Lend) -> None:
    with lend() as app:
        mine = host.session().scalar(text("SELECT pg_backend_pid()"))
        killer = create_engine(host.engine().url, isolation_level="AUTOCOMMIT")
        host.end_reads()
        with killer.connect() as connection:
            connection.execute(text(f"SELECT pg_terminate_backend({mine}, 5000)"))
        killer.dispose()
    with lend() as again:
        assert again is app
        assert host.session().scalar(text("SELECT 1")) == 1
