"""Items and lots for the tests of stock."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta

import pytest
from flask import Flask

from kits import host
from kits.catalogue.tables import Item
from kits.stock.ledger import Cause
from kits.stock.moves.receiving import Delivery, receive
from kits.stock.promises.reservations import Demand, how_many, reserve


@pytest.fixture
def items(app: Flask) -> tuple[int, int]:
    """The ids of two items, SKUs `A` and `B`, with nothing on the shelf."""
    with host.unit() as session:
        made = [Item(sku="A", name="One"), Item(sku="B", name="Other")]
        session.add_all(made)
        session.flush()
        return made[0].id, made[1].id


@pytest.fixture
def put(items: tuple[int, int], now: datetime, today: date) -> Callable[..., None]:
    """`put("A", 20, days=30)` receives a lot of 20 that lasts 30 days."""

    def book(sku: str, quantity: int, *, days: int, lot: str | None = None) -> None:
        code = lot or f"{sku}-{days}"
        receive(Delivery(sku, code, quantity, today + timedelta(days=days)), Cause("command", now))

    return book


@pytest.fixture
def promise(now: datetime, today: date) -> Callable[..., None]:
    """`promise("R-1", (item_id, quantity, days), …)` reserves for an order in a unit of its own."""

    def take(order: str, *demands: tuple[int, int, int]) -> None:
        wanted = [Demand(item, quantity, today + timedelta(days=days)) for item, quantity, days in demands]
        with host.unit() as session:
            reserve(session, order, wanted, today=today, now=now)

    return take


@pytest.fixture
def left(today: date) -> Callable[[int, int], int]:
    """`left(item_id, days)`: how many units could still be promised to last `days` days."""

    def count(item: int, days: int) -> int:
        try:
            return how_many(host.session(), [Demand(item, 1, today + timedelta(days=days))], today)
        finally:
            host.end_reads()

    return count
