"""Paid orders, and what their parcels leave behind."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime

import pytest
from sqlalchemy import select

from kits import host
from kits.catalogue import first_kit
from kits.stock import proof
from kits.stock.tables import Lot
from shop.orders.find import order_by_number
from shop.payments import settle
from tests.shop.admin.conftest import paid_intent, place_one


@pytest.fixture
def pay(stocked: str, now: datetime) -> Iterator[Callable[[], tuple[int, str]]]:
    """`pay()` places an order of one roller and one serum and settles it: its id and number.

    At the end of the test the balances are what the ledger adds up to.
    """

    def make() -> tuple[int, str]:
        number = place_one(stocked, now)
        settle.settle(paid_intent(number), now=now)
        found = order_by_number(host.session(), number).id
        host.end_reads()
        return found, number

    yield make
    host.end_reads()
    assert proof.disagreements(host.session()) == []


@pytest.fixture
def lot_ids(stocked: str) -> dict[str, int]:
    """The ids of the two lots on the shelf by SKU."""
    found = {lot.item.sku: lot.id for lot in host.session().scalars(select(Lot))}
    host.end_reads()
    assert set(found) == {first_kit.ROLLER, first_kit.SERUM}
    return found


@pytest.fixture
def item_ids(stocked: str) -> dict[str, int]:
    """The ids of the two items by SKU."""
    found = {lot.item.sku: lot.item_id for lot in host.session().scalars(select(Lot))}
    host.end_reads()
    return found
