"""What a customer, a bank and Stripe do to the cards of a plan."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import Any

import pytest
import requests
from sqlalchemy import select

from kits import clock, host
from shop.customers.tables import Customer
from shop.payments import webhooks
from shop.payments.settle import settle_page
from shop.sandbox.events.signing import sign
from subscriptions.cards import saving
from subscriptions.stops.tables import BillingStop
from subscriptions.tables import Subscription
from tests.journeys.conftest import driver, travel  # noqa: F401
from tests.journeys.driving import Bought, Driver
from tests.servers.sandbox import SECRET

OTHER = "5555555555554444"
Row = Any


class Cards:
    """One plan's cards."""

    def __init__(self, driver: Driver, bought: Bought) -> None:  # noqa: F811
        self.driver, self.bought, self.sandbox = driver, bought, driver.sandbox
        assert bought.subscription_id is not None
        self.plan_id = bought.subscription_id

    @property
    def plan(self) -> tuple[str | None, str | None, str | None]:
        """The card that pays, its last four digits, and the backup card."""
        asked = select(Subscription.card, Subscription.card_last4, Subscription.backup_card)
        return self.read(asked.where(Subscription.id == self.plan_id))  # type: ignore[return-value]

    def read(self, query: Any) -> Row:
        row = host.session().execute(query).first()
        host.end_reads()
        return tuple(row) if row is not None else None

    def page(self, role: str = "main") -> str:
        """The address of the page on which a card is saved."""
        url = saving.save(self.plan_id, role, now=clock.now())
        assert url is not None
        return url

    def fill(self, url: str, card: str = OTHER, expires: str = "") -> str:
        """Save a card there as a browser would; returns the page's id. Nothing is settled yet."""
        return self.driver.pay(url, card, expires)

    def save(self, role: str = "main", card: str = OTHER, expires: str = "") -> None:
        """Save a card and come back."""
        settle_page(self.fill(self.page(role), card, expires), now=clock.now())

    def behaves(self, which: str | None, card: str, **advice: str) -> None:
        """From now on this saved card acts as another test card."""
        self.sandbox._said("POST", f"cards/{which}", {"behaves_like": card, **advice})

    def renewed(self, which: str | None, expires: str, *, told: bool = True, **more: Any) -> None:
        """The bank has sent a new card; Stripe may tell us, or not."""
        self.sandbox._said("POST", f"cards/{which}/renew", {"expires": expires, "quietly": not told, **more})
        if told:
            hear(str(which), "payment_method.automatically_updated")

    def detached(self, which: str | None, *, told: bool = True) -> None:
        """Somebody removes the card at Stripe."""
        self._stripe("POST", f"payment_methods/{which}/detach")
        if told:
            hear(str(which), "payment_method.detached")

    def deleted(self) -> str:
        """Somebody deletes the customer at Stripe; their id there."""
        found = host.session().scalars(select(Customer.stripe_customer)).first()
        host.end_reads()
        self._stripe("DELETE", f"customers/{found}")
        return str(found)

    def kept(self, which: str | None) -> bool:
        """Whether Stripe keeps the card for its customer."""
        return self._stripe("GET", f"payment_methods/{which}")["customer"] is not None

    def stops(self) -> list[tuple[str, bool]]:
        """What has stopped the plan: causes, and whether they still do."""
        rows = host.session().scalars(select(BillingStop).order_by(BillingStop.id)).all()
        found = [(row.cause, row.ended_at is None) for row in rows]
        host.end_reads()
        return found

    def _stripe(self, method: str, path: str) -> Any:
        headers = {"Authorization": f"Bearer {self.sandbox.key}"}
        answer = requests.request(method, f"{self.sandbox.url}/v1/{path}", headers=headers, timeout=30)
        assert answer.ok, answer.text
        return answer.json()


def hear(about: str, kind: str) -> None:
    """Stripe's event comes in and is worked on."""
    event = {"id": f"evt_{time.monotonic_ns()}", "object": "event", "type": kind}
    body = json.dumps({**event, "data": {"object": {"id": about, "object": kind.split(".")[0]}}}).encode()
    row = webhooks.store(body, sign(SECRET, body, int(time.time())), now=clock.now())
    assert row is not None
    webhooks.process(row, clock.now())


@pytest.fixture
def cards(driver: Driver, bought: Bought) -> Cards:  # noqa: F811
    """The cards of a paid plan of ten sessions every four weeks."""
    return Cards(driver, bought)


@pytest.fixture
def charged(driver: Driver, bought: Bought) -> Callable[[], int]:  # noqa: F811
    """How often the first refill took money."""
    return lambda: driver.charges()[bought.number, "1"]
