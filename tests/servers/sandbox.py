"""The sandbox, served over HTTP on one port for the whole session, with fresh state for each test."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import requests
from flask import Flask

from shop.sandbox.app import create_sandbox
from shop.sandbox.serve import make_sandbox_server

KEY, SECRET = "sk_test_refillery", "whsec_refillery"


class SandboxServer:
    """Serves whichever sandbox is put in. Its address stays, so that a served shop can be told it once."""

    def __init__(self) -> None:
        self._server = make_sandbox_server(Flask("closed"), "127.0.0.1", 0)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    @contextmanager
    def fresh(self, database: Path, webhook_url: str | None) -> Iterator[Sandbox]:
        """A sandbox without charges, customers, faults; it tells `webhook_url` what happens."""
        app = create_sandbox(database, webhook_url=webhook_url, webhook_secret=SECRET, key=KEY)
        self._server.app = app
        try:
            yield Sandbox(self.url)
        finally:
            self._server.app = Flask("closed")
            app.extensions["sandbox"].close()

    def close(self) -> None:
        """End it."""
        self._server.shutdown()
        self._server.server_close()


class Sandbox:
    """What a test asks of it. `url` is the API's base."""

    key, secret = KEY, SECRET

    def __init__(self, url: str) -> None:
        self.url = url

    def charges(self) -> list[dict[str, Any]]:
        """Every charge that took money in this test, newest first."""
        return list(self._said("GET", "charges")["data"])

    def fault(self, on: str, mode: str, times: int = 1, **more: Any) -> None:
        """Let the next `times` calls of `on` go wrong the way `mode` says."""
        self._said("POST", "faults", {"on": on, "mode": mode, "times": times, **more})

    def clear_faults(self) -> None:
        """Nothing goes wrong any more."""
        self._said("DELETE", "faults")

    def move_clock(self, moment: object) -> None:
        """Move its clock forward to an aware datetime."""
        self._said("POST", "clock", {"now": str(moment)})

    def hold_webhooks(self, hold: bool = True) -> None:
        """Keep events back, or let go what has gathered."""
        self._said("POST", "webhooks", {"hold": hold})

    def pay(self, payment_url: str, card: str = "4242424242424242", expires: str = "") -> requests.Response:
        """Pay on the hosted page; the answer to the form, its redirect not followed. `expires` as MM/YYYY."""
        form = {"card": card, "expires": expires}
        return requests.post(payment_url, data=form, allow_redirects=False, timeout=30)

    def _said(self, method: str, door: str, body: dict[str, Any] | None = None) -> Any:
        answer = requests.request(method, f"{self.url}/_sandbox/{door}", json=body, timeout=30)
        assert answer.ok, answer.text
        return answer.json()
