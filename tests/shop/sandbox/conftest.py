"""A served sandbox, the real SDK that talks to it, and an endpoint that hears its events."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import requests
import stripe

from shop.sandbox.app import create_sandbox
from shop.sandbox.serve import make_sandbox_server

SECRET = "whsec_test"


@dataclass
class Endpoint:
    """What was delivered, as (signature header, body); `answers` are the statuses to give first, then 200."""

    url: str = ""
    heard: list[tuple[str, bytes]] = field(default_factory=list)
    answers: list[int] = field(default_factory=list)
    news: threading.Condition = field(default_factory=threading.Condition)

    def wait_for(self, fits: Callable[[bytes], bool], count: int = 1, seconds: float = 5) -> list[tuple[str, bytes]]:
        """The deliveries that fit, once there are `count` of them."""

        def found() -> list[tuple[str, bytes]]:
            return [each for each in self.heard if fits(each[1])]

        with self.news:
            assert self.news.wait_for(lambda: len(found()) >= count, seconds), f"heard only {len(found())}"
            return found()


@pytest.fixture
def endpoint() -> Iterator[Endpoint]:
    """A webhook endpoint of 127.0.0.1."""
    heard = Endpoint()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            with heard.news:
                status = heard.answers.pop(0) if heard.answers else 200
                heard.heard.append((self.headers["Stripe-Signature"], body))
                heard.news.notify_all()
            self.send_response(status)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    heard.url = f"http://127.0.0.1:{server.server_port}/hook"
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    yield heard
    server.shutdown()
    server.server_close()


@dataclass
class Served:
    """A sandbox on a free port: its address, its file, and the SDK's client."""

    url: str
    database: Path
    stripe: stripe.StripeClient
    parts: Any

    def card(self, name: str = "pm_card_visa") -> tuple[str, str]:
        """A new customer and a card attached to them."""
        customer = self.stripe.v1.customers.create(params={"email": "ann@example.com", "name": "Ann"})
        method = self.stripe.v1.payment_methods.attach(name, params={"customer": customer.id})
        return customer.id, method.id

    def intent(self, customer: str, method: str, amount: int = 4500, **more: Any) -> stripe.PaymentIntent:
        """A PaymentIntent for a card."""
        params = {"amount": amount, "currency": "gbp", "customer": customer, "payment_method": method}
        return self.stripe.v1.payment_intents.create(params={**params, "payment_method_types": ["card"], **more})

    def paid(self, amount: int = 4500, **more: Any) -> stripe.PaymentIntent:
        """A PaymentIntent that took money."""
        return self.intent(*self.card(), amount, confirm=True, off_session=True, **more)

    def session(self, **more: Any) -> stripe.checkout.Session:
        """An open Checkout Session over £90.00 for a new customer, whose card is kept."""
        product = {"currency": "gbp", "unit_amount": 4500, "product_data": {"name": "Treatment kit"}}
        params: dict[str, Any] = {
            "mode": "payment",
            "line_items": [{"price_data": product, "quantity": 2}],
            "payment_intent_data": {"setup_future_usage": "off_session", "metadata": {"order": "R-1"}},
            "success_url": "http://shop.test/paid?session={CHECKOUT_SESSION_ID}",
            "cancel_url": "http://shop.test/basket",
        }
        if "customer" not in more and "customer_email" not in more:
            params["customer"] = self.stripe.v1.customers.create(params={"email": "ann@example.com"}).id
        return self.stripe.v1.checkout.sessions.create(params={**params, **more})

    def pay(self, session: stripe.checkout.Session, **form: str) -> requests.Response:
        """The customer's POST on the hosted page."""
        return requests.post(str(session.url), data=form, allow_redirects=False, timeout=10)

    def control(self, method: str, path: str, said: Any = None) -> Any:
        """A call to a test-only door; its JSON."""
        response = requests.request(method, f"{self.url}/_sandbox/{path}", json=said, timeout=10)
        assert response.ok, response.text
        return response.json()

    def fault(self, on: str, mode: str, **more: Any) -> None:
        """Ask for a fault."""
        self.control("POST", "faults", {"on": on, "mode": mode, **more})

    def raw(self, method: str, path: str, **options: Any) -> requests.Response:
        """A call to the API without the SDK."""
        headers = {"Authorization": "Bearer sk_test_x", **options.pop("headers", {})}
        return requests.request(method, f"{self.url}{path}", headers=headers, timeout=10, **options)

    def retrying(self) -> stripe.StripeClient:
        """The SDK set up as the shop sets it up: it tries again by itself."""
        return stripe.StripeClient("sk_test_x", base_addresses={"api": self.url}, max_network_retries=2)


def _serve(database: Path, webhook_url: str | None) -> Iterator[Served]:
    app = create_sandbox(database, webhook_url=webhook_url, webhook_secret=SECRET, first_retry=0.05)
    server = make_sandbox_server(app, "127.0.0.1", 0)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    url = f"http://127.0.0.1:{server.server_port}"
    client = stripe.StripeClient("sk_test_x", base_addresses={"api": url}, max_network_retries=0)
    yield Served(url, database, client, app.extensions["sandbox"])
    server.shutdown()
    server.server_close()
    app.extensions["sandbox"].close()


@pytest.fixture(scope="session")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """One sandbox for all the tests that do not mind what others left in it."""
    yield from _serve(tmp_path_factory.mktemp("sandbox") / "stripe.db", None)


@pytest.fixture
def sandbox(shared: Served) -> Iterator[Served]:
    """The shared sandbox, without faults when the test ends."""
    yield shared
    shared.control("DELETE", "faults")


@pytest.fixture
def own(tmp_path: Path) -> Iterator[Served]:
    """A sandbox of the test's own, empty."""
    yield from _serve(tmp_path / "stripe.db", None)


@pytest.fixture
def telling(tmp_path: Path, endpoint: Endpoint) -> Iterator[Served]:
    """A sandbox of the test's own that delivers its events to `endpoint`."""
    yield from _serve(tmp_path / "stripe.db", endpoint.url)


@pytest.fixture
def together() -> Callable[..., list[Any]]:
    """Runs functions at the same moment, each in its thread; gives what they gave, or the exception."""

    def run(*acts: Callable[[], Any]) -> list[Any]:
        start = threading.Barrier(len(acts))
        results: list[Any] = [None] * len(acts)

        def one(place: int, act: Callable[[], Any]) -> None:
            start.wait()
            try:
                results[place] = act()
            except Exception as error:
                results[place] = error

        threads = [threading.Thread(target=one, args=each) for each in enumerate(acts)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(20)
        return results

    return run
