"""Plans whose boxes came from a known lot, and its recall."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from kits import clock, host
from kits.catalogue import first_kit
from kits.stock.ledger import Cause
from kits.stock.moves.receiving import Delivery, receive
from kits.stock.tables import Lot
from shop.orders.parcels import ship
from subscriptions.recall import recall
from tests.journeys.driving import Bought, Driver
from tests.shop.admin.conftest import staff  # noqa: F401

SERUM_LOT, ROLLER_LOT = f"LOT-{first_kit.SERUM}", f"LOT-{first_kit.ROLLER}"


@pytest.fixture
def deliver(driver: Driver) -> Callable[..., None]:
    """`deliver("NEW", 5)` receives serum (or `sku`) that lasts three years."""

    def take(lot: str, units: int, sku: str = first_kit.SERUM) -> None:
        expires = clock.today(clock.now()) + timedelta(days=1095)
        receive(Delivery(sku, lot, units, expires), Cause("command", clock.now()))

    return take


@pytest.fixture
def shipped(driver: Driver) -> Callable[..., Bought]:
    """`shipped()` buys ten sessions every four weeks from today and sends the kit; takes what `buy` takes."""

    def buy(**order: object) -> Bought:
        bought = driver.buy(**order)  # type: ignore[arg-type]
        ship(bought.order_id, tracking="", actor="staff:1", now=clock.now())
        return bought

    return buy


@pytest.fixture
def recalled(app: Flask) -> Callable[..., int]:
    """`recalled("LOT-SERUM-3M")` begins the recall of a lot; nobody is told yet. The recall's id."""

    def begin(code: str = SERUM_LOT, message: str = "A seal is not tight.") -> int:
        lot_id = host.session().scalars(select(Lot.id).where(Lot.code == code)).one()
        host.end_reads()
        return recall.begin(lot_id, message, Cause("staff:1", clock.now(), "seal")).recall_id

    return begin
