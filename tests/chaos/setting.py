"""Where it happens: a PostgreSQL, a sandbox, gunicorn with two processes, three workers, and refills that are due."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import requests
from flask import Flask
from sqlalchemy import select

from kits import clock, host
from kits.catalogue import first_kit
from kits.stock.ledger import Cause
from kits.stock.moves.receiving import Delivery, receive
from subscriptions.tables import Refill, Subscription
from tests.bench import many, plans
from tests.chaos.crew import Crew, end
from tests.chaos.right import KINDS, Kind
from tests.servers.apps import an_app
from tests.servers.databases import PostgresDatabases
from tests.servers.ground import environment
from tests.servers.postgres import DURABLE, Cluster
from tests.servers.sandbox import KEY, SECRET
from tests.servers.shop_server import ShopServer, Start, free_port

STOCK = 1_000_000
WORKERS, WEB_PROCESSES = 3, 2
HAS_ONE_REFILL, HAS_TWO = 6, 10
"""Sessions of a plan, four weeks apart: the first refill of the longer one must last for longer."""
SERUM_LASTS = timedelta(days=150)
"""Long enough for the refill of the shorter plan, and not for that of the longer one: there is no stock for it."""
KEEPS_NOBODY = "10000"
"""Requests a second: the budget is kept, and Stripe's refusals pause all, but it makes nobody wait by itself."""


@dataclass(frozen=True)
class World:
    """`app` has its context pushed; `cluster` is None where the server is another's and cannot be restarted."""

    app: Flask
    environment: dict[str, str]
    folder: Path
    cluster: Cluster | None
    web: ShopServer
    crew: Crew

    @property
    def mails(self) -> Path:
        """The folder of what the workers have sent."""
        return self.folder / "mail"

    def sandbox(self, method: str, door: str, said: dict[str, Any] | None = None) -> Any:
        """Ask one of the sandbox's own doors."""
        url = f"{self.environment['STRIPE_API_BASE']}/_sandbox/{door}"
        answer = requests.request(method, url, json=said, timeout=60)
        assert answer.ok, answer.text
        return answer.json()


@contextmanager
def a_world(start: Start, *, lease_seconds: float) -> Iterator[World]:
    """All servers, and no worker yet. Raises NoPostgres where there is none."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="refillery-chaos-")))
        databases = PostgresDatabases(DURABLE)
        stack.callback(databases.close)
        url, port = databases.lasting(folder), free_port()
        shop = f"http://127.0.0.1:{port}"
        base = _sandbox(start, folder, f"{shop}/webhooks/stripe", stack)
        given = environment(url, shop, base, folder / "mail") | {
            "SHOP_LEASE_SECONDS": str(lease_seconds),
            "SHOP_STRIPE_REQUESTS_PER_SECOND": KEEPS_NOBODY,
            "SHOP_STRIPE_ENDPOINT_PER_SECOND": KEEPS_NOBODY,
        }
        app = stack.enter_context(an_app(url, **_config(given)))
        web = ShopServer(given, folder / "web.log", port, start, workers=WEB_PROCESSES)
        stack.callback(web.stop)
        crew = Crew(start, given, folder / "workers.log", WORKERS)
        stack.callback(crew.end)
        yield World(app, given, folder, databases.cluster, web, crew)


def due(world: World, refills: int) -> dict[int, Kind]:
    """So many refills, ten at least, that are due now; each by its id, with how it will go."""
    _stocked()
    for kind in KINDS:
        charge_day = plans.buy(1, HAS_ONE_REFILL if kind.stocked else HAS_TWO)
    plans.travel(charge_day - timedelta(days=9))
    plans.travel(charge_day - timedelta(days=1))
    plans.let_it_be(charge_day)
    bought = _first_refills()
    for (_, card), kind in zip(bought, KINDS, strict=True):
        world.sandbox("POST", f"cards/{card}", {"behaves_like": kind.card})
    copies = refills - len(KINDS)
    if copies > 0:
        many.copy(0, copies - 1, due=True)
    found = {refill: kind for (refill, _), kind in zip(bought, KINDS, strict=True)}
    return found | {many.BASE + 2 * n + 1: KINDS[n % len(KINDS)] for n in range(copies)}


def _stocked() -> None:
    with host.unit() as session:
        first_kit.plant(session, datetime(2020, 1, 1, tzinfo=UTC))
    today = clock.today(clock.now())
    for sku, lasts in ((first_kit.ROLLER, timedelta(days=2000)), (first_kit.SERUM, SERUM_LASTS)):
        receive(Delivery(sku, "LOT", STOCK, today + lasts), Cause("chaos", clock.now()))


def _first_refills() -> list[tuple[int, str]]:
    """The ids of the bought plans' first refills, with their cards."""
    of = select(Refill.id, Subscription.card).join(Refill.subscription).where(Refill.number == 1)
    found = host.session().execute(of.order_by(Subscription.id)).all()
    host.end_reads()
    return [(refill, card or "") for refill, card in found]


def _config(given: dict[str, str]) -> dict[str, Any]:
    gateway = {
        f"SHOP_{name}": given[name] for name in ("STRIPE_SECRET_KEY", "STRIPE_WEBHOOK_SECRET", "STRIPE_API_BASE")
    }
    limits = ("SHOP_STRIPE_REQUESTS_PER_SECOND", "SHOP_STRIPE_ENDPOINT_PER_SECOND", "SHOP_LEASE_SECONDS")
    about = {
        "SHOP_MAIL_URL": given["MAIL_URL"],
        "SHOP_OWNER_EMAIL": given["OWNER_EMAIL"],
        "SHOP_URL": given["SHOP_URL"],
    }
    return {**gateway, **about, **{name: float(given[name]) for name in limits}}


def _sandbox(start: Start, folder: Path, webhook: str, stack: ExitStack) -> str:
    """A sandbox as a process of its own; where it answers."""
    port_file, log = folder / "sandbox.port", folder / "sandbox.log"
    words = ("shop.sandbox", "--port-file", str(port_file), "--key", KEY, "--database", str(folder / "sandbox.db"))
    process = start({}, (*words, "--webhook-secret", SECRET, "--webhook-url", webhook), log, log)
    stack.callback(end, process)
    until = time.monotonic() + 30
    while not port_file.exists() and time.monotonic() < until:
        time.sleep(0.02)
    return f"http://127.0.0.1:{port_file.read_text().strip()}"
