"""Orders as they are placed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime
from typing import Any

import pytest

from kits import host
from shop.orders.basket import Wish
from shop.orders.checkout import Address, Purchase, place
from shop.orders.find import order_by_id
from shop.orders.tables import Order
from shop.owner import facts
from tests.journeys.conftest import driver  # noqa: F401
from tests.shop.selling.conftest import code  # noqa: F401

HOME = Address("1 Garden Row", "London", "SE1 6HA", "GB")


@pytest.fixture
def purchase(stocked: str, today: date) -> Purchase:
    """One kit with refills: ten sessions, every four weeks, from today."""
    return Purchase("ada@example.org", "Ada", HOME, (Wish(stocked, 1, 10, 4, today, True),), "1", True)


@pytest.fixture
def order(purchase: Purchase, now: datetime) -> Callable[..., Order]:
    """`order(wishes=…, discount="TEN")` places the purchase with these changes; the row, its lines loaded."""

    def make(**changed: Any) -> Order:
        host.end_reads()
        order_id = place(replace(purchase, **changed), now=now)
        found = order_by_id(host.session(), order_id)
        assert found.lines is not None
        return found

    return make


@pytest.fixture
def registered(app: object, now: datetime) -> None:
    """The shop has a VAT number: its prices include 20%."""
    facts.change({"vat_number": "GB123456789"}, actor="test", now=now)
