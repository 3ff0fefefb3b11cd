"""Fixtures of what is served: the sandbox, the shop, commands as processes, a browser."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page

from tests.servers.browser import CHROMIUM, chromium
from tests.servers.commands import Commands
from tests.servers.ground import Ground, ServedShop, environment, unavailable
from tests.servers.sandbox import Sandbox
from tests.servers.shop_server import ShopServer, free_port


@pytest.fixture
def sandbox(request: pytest.FixtureRequest, ground: Ground, settings: dict[str, Any], tmp_path: Path) -> Iterator[Any]:
    """A fresh sandbox that the test's apps charge at; it tells the served shop what happens, when there is one."""
    hears = "served" in request.fixturenames
    webhook_url = f"{settings['SHOP_URL']}/webhooks/stripe" if hears else None
    with ground.sandbox.fresh(tmp_path / "sandbox.db", webhook_url) as fresh:
        yield fresh


@pytest.fixture
def served(ground: Ground, engine_name: str, sandbox: Sandbox, app: Flask) -> ServedShop:
    """The shop on gunicorn (2 processes x 8 threads), its database empty and shared with `app`. See `.url`."""
    return ground.served(engine_name)


@pytest.fixture
def run_command(ground: Ground, app: Flask, sandbox: Sandbox, mail_folder: Path) -> Commands:
    """`run_command("shop", "work", "--once")`: a process of its own on the test's database and sandbox."""
    url = app.config["SQLALCHEMY_DATABASE_URI"]
    settings = environment(url, app.config["SHOP_URL"], app.config["SHOP_STRIPE_API_BASE"], mail_folder)
    return Commands(settings, ground.nursery)


@pytest.fixture
def serve(ground: Ground, run_command: Commands, tmp_path: Path) -> Iterator[Callable[..., ShopServer]]:
    """`serve(NAME="value")` starts a shop of the test's own, to be killed or set otherwise; see its `.url`."""
    with ExitStack() as stack:

        def start(workers: int = 2, **more: str) -> ShopServer:
            port = free_port()
            given = {**run_command.environment, "SHOP_URL": f"http://127.0.0.1:{port}", **more}
            log = tmp_path / f"shop-{port}.log"
            server = ShopServer(given, log, port, ground.nursery.start, workers=workers)
            stack.callback(server.stop)
            return server

        yield start


@pytest.fixture(scope="session")
def _browser() -> Iterator[Browser]:
    if not CHROMIUM.exists():
        unavailable("Browser", f"there is no {CHROMIUM}")
    with chromium() as browser:
        yield browser


@pytest.fixture
def browser_page(_browser: Browser, served: ServedShop) -> Iterator[Page]:
    """A page in Chromium with the served shop as its base address; still, so that no colour is read half-way."""
    context = _browser.new_context(base_url=served.url, reduced_motion="reduce")
    context.set_default_timeout(15_000)
    yield context.new_page()
    context.close()
