"""Fixtures: an empty shop on both engines, a stocked kit, the sandbox, the shop as it is served, a browser."""

from __future__ import annotations

import re
import signal
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from flask import Flask

from kits import clock, host
from kits.catalogue import first_kit
from kits.stock.ledger import Cause
from kits.stock.moves.receiving import Delivery, receive
from tests.servers import together
from tests.servers.client import Visitor
from tests.servers.engines import pytest_addoption, pytest_collection_modifyitems  # noqa: F401
from tests.servers.fixtures import _browser, browser_page, run_command, sandbox, serve, served  # noqa: F401
from tests.servers.ground import NOT_TESTED, Ground
from tests.servers.quick import be_quick, collect_rarely
from tests.servers.sandbox import KEY, SECRET
from wsgi import create_app

OPENED = datetime(2020, 1, 1, tzinfo=UTC)
"""Since when the kit is on sale: before any time a test may pretend it is."""
STOCK = 20


def pytest_configure() -> None:
    be_quick()
    # No test is timed: a busy machine is no fault of what is tested.
    hypothesis.settings.register_profile("untimed", deadline=None)
    hypothesis.settings.load_profile("untimed")
    # `timeout` and a build's cancel button send SIGTERM: the servers are stopped then, too.
    signal.signal(signal.SIGTERM, lambda *_: pytest.exit("terminated"))


def pytest_collection_finish() -> None:
    collect_rarely()


def pytest_terminal_summary(terminalreporter: Any) -> None:
    # From the reports, because with several processes the tests ran in others.
    told = [
        str(report.longrepr) for kind in ("skipped", "failed", "error") for report in terminalreporter.getreports(kind)
    ]
    for line in sorted(set(re.findall(rf"{NOT_TESTED}: .*?(?=\\n|\n|['\")]*$)", "\n".join(told), re.MULTILINE))):
        terminalreporter.write_line(line, yellow=True, bold=True)


@pytest.fixture(scope="session")
def ground(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ground]:
    """What runs for the whole session."""
    with ExitStack() as stack:
        yield Ground(tmp_path_factory.mktemp("ground"), stack)


@pytest.fixture(params=["sqlite", "postgresql"])
def engine_name(request: pytest.FixtureRequest) -> str:
    """Which engine the test runs on. To name one: `parametrize("engine_name", ["sqlite"], indirect=True)`."""
    return str(request.param)


@pytest.fixture
def settings(request: pytest.FixtureRequest, ground: Ground, engine_name: str, tmp_path: Path) -> dict[str, Any]:
    """The config of the test's apps; changed by a fixture of the test's own, before `app` is made."""
    asked = request.fixturenames
    if "served" in asked:
        shop = ground.emptied(engine_name)
        found = {"SQLALCHEMY_DATABASE_URI": shop.database, "SHOP_URL": shop.url, "SHOP_MAIL_URL": f"file:{shop.mail}"}
    else:
        (tmp_path / "mail").mkdir()
        url = ground.databases(engine_name).for_a_test()
        found = {"SQLALCHEMY_DATABASE_URI": url, "SHOP_MAIL_URL": f"file:{tmp_path / 'mail'}"}
    if {"served", "sandbox", "serve", "run_command"} & set(asked):
        found |= {
            "SHOP_STRIPE_API_BASE": ground.sandbox.url,
            "SHOP_STRIPE_SECRET_KEY": KEY,
            "SHOP_STRIPE_WEBHOOK_SECRET": SECRET,
        }
    return {**found, "SHOP_RATE_LIMIT_PER_MINUTE": 100_000, "SHOP_OWNER_EMAIL": "owner@example.org"}


@pytest.fixture
def app(settings: dict[str, Any], ground: Ground) -> Iterator[Flask]:
    """The standalone shop on an empty migrated database, its context pushed."""
    url = settings.pop("SQLALCHEMY_DATABASE_URI")
    with ground.apps.lent(url, **settings) as lent:
        yield lent


@pytest.fixture
def another_app(app: Flask) -> Iterator[Callable[..., Flask]]:
    """Makes one more app on the same database, `config` over the first one's; push its context yourself."""
    same = {name: value for name, value in app.config.items() if name.startswith(("SHOP_", "SQLALCHEMY_DATABASE"))}
    made: list[Flask] = []

    def make(**config: Any) -> Flask:
        made.append(create_app({"SECRET_KEY": app.config["SECRET_KEY"], "TESTING": True, **same, **config}))
        return made[-1]

    yield make
    for each in made:
        with each.app_context():
            host.engine().dispose()


@pytest.fixture
def client(app: Flask) -> Visitor:
    """A visitor without a browser; follows no redirect by itself and shares no session with the test."""
    return Visitor(app, use_cookies=True)


@pytest.fixture
def mail_folder(app: Flask) -> Path:
    """Where the test's mails go, a file each."""
    return Path(str(app.config["SHOP_MAIL_URL"]).removeprefix("file:"))


@pytest.fixture
def now(app: Flask) -> datetime:
    """The business time when the test began."""
    return clock.now()


@pytest.fixture
def kit(app: Flask) -> str:
    """The slug of the first kit, on sale since 2020, nothing of it in stock."""
    with host.unit() as session:
        return first_kit.plant(session, OPENED).slug


@pytest.fixture
def stocked(kit: str, now: datetime) -> str:
    """The slug of the kit: 20 rollers and 20 serums that last two years."""
    expires = clock.today(now) + timedelta(days=730)
    for sku in (first_kit.ROLLER, first_kit.SERUM):
        receive(Delivery(sku, f"LOT-{sku}", STOCK, expires), Cause("command", now))
    return kit


@pytest.fixture
def today(now: datetime) -> date:
    """The shop's day when the test began."""
    return clock.today(now)


@pytest.fixture
def at_once(app: Flask) -> Callable[..., list[Any]]:
    """`at_once([work, …])` starts them together in threads with contexts of their own: results or exceptions."""
    return partial(together.at_once, app)
