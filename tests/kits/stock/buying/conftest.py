"""Purchase orders and lists of deliveries for the tests of buying in."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import select

from kits import host
from kits.stock.buying.delivery_list import DeliveryRow
from kits.stock.buying.placing import NewLine, NewOrder, place
from kits.stock.buying.purchase_orders import order_by_number
from kits.stock.buying.tables import PurchaseOrder
from kits.stock.ledger import Cause
from kits.stock.moves.receiving import Delivery
from kits.stock.tables import Lot

Order = Callable[..., str]
Look = Callable[[str], PurchaseOrder]


@pytest.fixture
def cause(now: datetime) -> Cause:
    """Why a test does things."""
    return Cause("staff:1", now)


@pytest.fixture
def order(items: tuple[int, int], cause: Cause, today: date) -> Order:
    """`order(("A", 20, 5), …)` orders 20 of A to come in 5 days and returns the number."""

    def place_one(*lines: tuple[str, int, int], number: str = "") -> str:
        wanted = [NewLine(sku, quantity, today + timedelta(days=days)) for sku, quantity, days in lines]
        return place(NewOrder("Northern Labs", wanted, number), cause)

    return place_one


@pytest.fixture
def look(items: tuple[int, int]) -> Look:
    """`look(number)`: the order as it stands."""

    def read(number: str) -> PurchaseOrder:
        found = order_by_number(host.session(), number)
        host.session().expunge_all()
        host.end_reads()
        return found

    return read


@pytest.fixture
def delivery(today: date) -> Callable[..., Delivery]:
    """`delivery(12, lot="L1", purchase_order=…)`: 12 of A that last a year."""

    def make(quantity: int, *, sku: str = "A", lot: str = "L1", **more: object) -> Delivery:
        return Delivery(sku, lot, quantity, today + timedelta(days=365), **more)  # type: ignore[arg-type]

    return make


@pytest.fixture
def row(items: tuple[int, int], today: date) -> Callable[..., DeliveryRow]:
    """`row(2, lot="L1", purchase_order=…)`: line 2 of a list, 10 of A that last a year."""

    def make(
        line: int, *, sku: str = "A", lot: str = "L1", quantity: int = 10, days: int = 365, **more: str
    ) -> DeliveryRow:
        return DeliveryRow(line, sku, lot, quantity, today + timedelta(days=days), **more)

    return make


def on_hand() -> dict[str, int]:
    """Units by lot."""
    host.end_reads()
    return {code: units for code, units in host.session().execute(select(Lot.code, Lot.on_hand))}  # noqa: C416


def lines(look: Look, number: str) -> list[tuple[int, int]]:
    """Received and outstanding of each line."""
    return [(line.received, line.outstanding) for line in look(number).lines]
