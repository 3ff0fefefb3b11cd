"""Every request of ours has only the parameters that Stripe's own description lists, of the listed types."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
import stripe
from sqlalchemy import select

from kits import clock, host
from shop.payments.gateway.account import gateway
from shop.payments.gateway.lists import Span
from shop.payments.giving_back import refunds
from shop.payments.hosted import release
from shop.payments.settle import settle_intent
from shop.payments.tables import Payment
from tests.journeys.driving import Driver
from tests.servers.ground import missing

FILE = Path(__file__).resolve().parents[5] / "shared" / "stripe" / "openapi.json"
USED = {"/v1/customers", "/v1/checkout/sessions", "/v1/checkout/sessions/{session}", "/v1/payment_intents"}
USED |= {"/v1/checkout/sessions/{session}/expire", "/v1/payment_intents/{intent}", "/v1/refunds"}
USED |= {"/v1/payment_intents/{intent}/confirm", "/v1/payment_intents/{intent}/cancel", "/v1/account"}
USED |= {"/v1/customers/{customer}", "/v1/payment_methods/{payment_method}", "/v1/disputes"}
USED |= {"/v1/payment_methods/{payment_method}/detach"}
USED |= {"/v1/charges", "/v1/charges/{charge}", "/v1/refunds/{refund}"}

pytestmark = pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)


class Description:
    """What Stripe says of its calls; `used` are the paths that were looked up."""

    def __init__(self) -> None:
        self._paths: dict[str, Any] = json.loads(FILE.read_text())["paths"]
        self.used: set[str] = set()

    def check(self, method: str, url: str, body: str | None) -> None:
        """Raises AssertionError at the first parameter Stripe does not know, or of another type."""
        parts = urlsplit(url)
        path, operation = self._operation(method.lower(), parts.path)
        self.used.add(path)
        query = {each["name"]: each["schema"] for each in operation.get("parameters", []) if each["in"] == "query"}
        _fits({"type": "object", "properties": query}, parts.query, f"{method} {path}")
        form = operation.get("requestBody", {}).get("content", {}).get("application/x-www-form-urlencoded", {})
        _fits(form.get("schema", {"type": "object"}), body or "", f"{method} {path}")

    def _operation(self, method: str, asked: str) -> tuple[str, Any]:
        for path, operations in self._paths.items():
            if method in operations and re.fullmatch(re.sub(r"{\w+}", "[^/]+", path), asked):
                return path, operations[method]
        raise AssertionError(f"Stripe has no {method} {asked}")


def _fits(schema: Any, encoded: str, where: str) -> None:
    for name, text in parse_qsl(encoded, keep_blank_values=True, strict_parsing=bool(encoded)):
        keys = [name.split("[")[0], *re.findall(r"\[(\w*)\]", name)]
        assert _takes(schema, keys, text), f"{where} does not take {name}={text}"


def _takes(schema: Any, keys: list[str], text: str) -> bool:
    """Whether a value under these keys, outermost first, may be `text`."""
    if "anyOf" in schema:
        return any(_takes(each, keys, text) for each in schema["anyOf"])
    if not keys:
        return _is(schema, text)
    key, *inner = keys
    if schema.get("type") == "array":
        return (key == "" or key.isdigit()) and _takes(schema["items"], inner, text)
    if key in schema.get("properties", {}):
        return _takes(schema["properties"][key], inner, text)
    more = schema.get("additionalProperties", False)
    return isinstance(more, dict) and _takes(more, inner, text)


def _is(schema: Any, text: str) -> bool:
    if "enum" in schema and text not in schema["enum"]:
        return False
    if len(text) > schema.get("maxLength", len(text)):
        return False
    kinds = {"integer": r"-?\d+", "number": r"-?\d+(\.\d+)?", "boolean": "true|false", "string": "(?s).*"}
    return re.fullmatch(kinds.get(schema.get("type", ""), "(?!)"), text) is not None


@pytest.fixture
def description(monkeypatch: pytest.MonkeyPatch) -> Description:
    """Stripe's description, held against every request that leaves."""
    if not FILE.exists():
        missing["Stripe's contract"] = f"there is no {FILE}"
        pytest.skip(missing["Stripe's contract"])
    found = Description()
    real = stripe.RequestsClient.request

    def request(self: Any, method: str, url: str, headers: Any, post_data: Any = None, **more: Any) -> Any:
        found.check(method.upper(), url, post_data)
        return real(self, method, url, headers, post_data, **more)

    monkeypatch.setattr(stripe.RequestsClient, "request", request)
    return found


def test_every_request_we_make_is_one_that_stripe_describes(driver: Driver, description: Description) -> None:
    driver.page(driver.order().order_id)
    bought = driver.buy(quantity=2)
    driver.until_due(bought)
    driver.sandbox.fault("payment_intents.confirm", "http_500")
    driver.card_behaves(bought, "pm_card_chargeDeclined")
    driver.work()
    order_id = driver.refill(bought).order_id
    assert order_id is not None
    driver.page(order_id)
    release.cancel(order_id, now=clock.now())
    with host.unit() as session:
        payment = session.scalars(select(Payment).where(Payment.order_id == bought.order_id)).one()
        refunds.ask(session, payment, 100, reason="a test", now=clock.now())
        intent = payment.intent_id
    driver.travel(clock.now() + timedelta(hours=2))
    settle_intent(intent, now=clock.now())
    assert list(gateway().intents(Span(clock.now() - timedelta(days=1), clock.now())))
    _of_cards(intent)
    assert description.used == USED


def _of_cards(intent: str) -> None:
    """What we ask about people, cards and disputes."""
    asked, back = gateway(), "https://shop.example/back"
    seen = asked.intent(intent)
    assert seen.customer
    assert seen.card
    assert asked.customer_lives(seen.customer)
    closes = clock.now() + timedelta(hours=1)
    page = asked.create_setup_page(
        seen.customer, "a mark", expires_at=closes, success_url=back, cancel_url=back, key="a key"
    )
    assert page.url
    assert asked.card(seen.card.id).id == seen.card.id
    asked.forget_card(seen.card.id)
    assert asked.disputes(intent) == []
    _of_reconciliation()


def _of_reconciliation() -> None:
    """What we read through each day, and what we give back that no order was paid by."""
    asked, all_of_it = gateway(), Span(clock.now() - timedelta(days=300), clock.now())
    charges = asked.charges(all_of_it, None).rows
    assert asked.charge(charges[-1].id) == charges[-1]
    assert len(asked.charges(all_of_it, charges[0].id).rows) == len(charges) - 1
    assert asked.all_disputes(all_of_it, None).rows == []
    made = asked.refund_charge(charges[-1].id, key="another key")
    assert asked.refund_seen(made.id) == asked.refunds(all_of_it, None).rows[0]


def test_no_request_speaks_of_health(driver: Driver, monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[str] = []
    real = stripe.RequestsClient.request

    def request(self: Any, method: str, url: str, headers: Any, post_data: Any = None, **more: Any) -> Any:
        said.append(f"{url} {post_data}".lower())
        return real(self, method, url, headers, post_data, **more)

    monkeypatch.setattr(stripe.RequestsClient, "request", request)
    bought = driver.buy()
    driver.until_due(bought)
    driver.work()
    assert driver.refill(bought).state == "paid"
    for word in ("mesotherapy", "roller", "serum", "session+", "treatment", "pregnan", "notice", "skin", "derma"):
        assert not [each for each in said if word in each], word
