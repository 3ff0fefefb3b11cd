"""Where a bench runs: a PostgreSQL, a sandbox as a process, gunicorn for the shop and for the bare app."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from flask import Flask

from kits import clock, host
from kits.catalogue import first_kit
from kits.stock.ledger import Cause
from kits.stock.moves.receiving import Delivery, receive
from tests.bench import bare_tables
from tests.servers.apps import an_app
from tests.servers.databases import PostgresDatabases
from tests.servers.ground import environment
from tests.servers.sandbox import KEY, SECRET
from tests.servers.shop_server import ShopServer, clean, free_port

STOCK = 1_000_000
NEVER_LIMITED = "1000000"
RAISED = {"SHOP_STRIPE_REQUESTS_PER_SECOND": 10_000.0, "SHOP_STRIPE_ENDPOINT_PER_SECOND": 10_000.0}
"""The budget of requests is kept, but keeps nobody."""


@dataclass(frozen=True)
class Bench:
    """`app` with its context pushed; `environment` for processes; `folder` for their logs."""

    app: Flask
    environment: dict[str, str]
    folder: Path
    stack: ExitStack

    def serve(self, app: str) -> str:
        """Serve `app` on gunicorn with 2 workers of 8 threads; returns its address."""
        port = free_port()
        server = ShopServer(self.environment, self.folder / f"{port}.log", port, app=app)
        self.stack.callback(server.stop)
        return server.url


@contextmanager
def bench() -> Iterator[Bench]:
    """A stocked shop on PostgreSQL beside a sandbox."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="refillery-bench-")))
        databases = PostgresDatabases()
        stack.callback(databases.close)
        url, base = databases.lasting(folder), _sandbox(folder, stack)
        bare_tables.make(url)
        given = environment(url, "http://127.0.0.1:1", base, folder) | {"SHOP_RATE_LIMIT_PER_MINUTE": NEVER_LIMITED}
        names = ("STRIPE_SECRET_KEY", "STRIPE_WEBHOOK_SECRET", "STRIPE_API_BASE")
        config = {f"SHOP_{name}": given[name] for name in names}
        app = stack.enter_context(an_app(url, **config, **RAISED, SHOP_MAIL_URL=given["MAIL_URL"]))
        _stock()
        yield Bench(app, given, folder, stack)


def _stock() -> None:
    with host.unit() as session:
        first_kit.plant(session, datetime(2020, 1, 1, tzinfo=UTC))
    expires = date.today() + timedelta(days=2000)  # noqa: DTZ011
    for sku in (first_kit.ROLLER, first_kit.SERUM):
        receive(Delivery(sku, "LOT", STOCK, expires), Cause("bench", clock.now()))


def _sandbox(folder: Path, stack: ExitStack) -> str:
    port_file = folder / "sandbox.port"
    words = [sys.executable, "-m", "shop.sandbox", "--port-file", str(port_file), "--key", KEY]
    words += ["--database", str(folder / "sandbox.db"), "--webhook-secret", SECRET]
    process = subprocess.Popen(words, env=clean(os.environ), stdout=subprocess.DEVNULL)
    stack.callback(process.wait, 10)
    stack.callback(process.terminate)
    while not port_file.exists() or not port_file.read_text().strip():
        time.sleep(0.05)
    return f"http://127.0.0.1:{port_file.read_text().strip()}"
