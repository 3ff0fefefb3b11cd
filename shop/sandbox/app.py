"""Puts the sandbox together as a Flask application."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from flask import Flask

from shop.sandbox.background import Background
from shop.sandbox.clock import Clock
from shop.sandbox.controls.doors import open_controls
from shop.sandbox.errors import RefusedToStart
from shop.sandbox.events.delivery import Deliverer, Endpoint
from shop.sandbox.hosted.pages import open_pages
from shop.sandbox.routes import HANDLERS
from shop.sandbox.store.database import Database
from shop.sandbox.wire.answering import Desk
from shop.sandbox.wire.door import open_doors

LIVE = ("sk_live_", "rk_live_")


@dataclass(frozen=True, slots=True)
class Sandbox:
    """The parts; `app.extensions["sandbox"]`."""

    database: Database
    clock: Clock
    desk: Desk
    deliverer: Deliverer
    background: Background

    def close(self) -> None:
        """Stop the background work and close the file."""
        self.background.stop()
        self.database.close()


def create_sandbox(
    database: Path,
    *,
    webhook_url: str | None,
    webhook_secret: str,
    key: str = "sk_test_sandbox",
    public_url: str | None = None,
    first_retry: float = 1.0,
    begins: float | None = None,
) -> Flask:
    """A local Stripe that keeps its state in the file `database`, its background work begun.

    Events are signed with `webhook_secret` and delivered to `webhook_url`, when given; a delivery that fails is tried
    again after `first_retry` seconds, then twice that, and so on. `public_url` is where a browser reaches the hosted
    pages, when that is not where the API is called. `begins`, in epoch seconds, is the time a new state starts at.
    RefusedToStart beside a live key, or with no test key.
    """
    refuse_live_keys(key)
    store = Database(database)
    clock = Clock(store, begins)
    endpoint = Endpoint(webhook_url, webhook_secret) if webhook_url else None
    deliverer = Deliverer(store, endpoint, first_wait=first_retry)
    background = Background(store, clock, deliverer)
    parts = Sandbox(store, clock, Desk(store, clock, wake=background.wake), deliverer, background)
    app = Flask(__name__, static_url_path="/_sandbox/static")
    app.extensions["sandbox"] = parts
    open_doors(app, parts.desk, HANDLERS, public_url)
    open_pages(app, store, clock, background.wake)
    open_controls(app, store, clock, parts.desk.faults, deliverer, background.wake)
    background.start()
    return app


def refuse_live_keys(key: str) -> None:
    """RefusedToStart when `key` is no test key, or the environment holds a live one."""
    if os.environ.get("STRIPE_SECRET_KEY", "").startswith(LIVE):
        raise RefusedToStart("STRIPE_SECRET_KEY holds a live key: the sandbox does not start beside it.")
    if not key.startswith("sk_test_"):
        raise RefusedToStart("The sandbox takes a key that begins with sk_test_ and no other.")
