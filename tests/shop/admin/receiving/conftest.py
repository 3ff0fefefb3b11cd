"""A purchase order on its way, and what the database holds of deliveries."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import select
from werkzeug.test import TestResponse

from kits import host
from kits.stock.buying import placing
from kits.stock.buying.placing import NewLine, NewOrder
from kits.stock.buying.purchase_orders import order_by_number
from kits.stock.buying.tables import PurchaseOrder
from kits.stock.ledger import Cause
from kits.stock.tables import Lot


@pytest.fixture
def ordered(kit: str, now: datetime, today: date) -> str:
    """The number of an order: 20 serums in 5 days, 30 rollers in 9."""
    lines = [NewLine("SERUM-3M", 20, today + timedelta(days=5)), NewLine("ROLLER-025", 30, today + timedelta(days=9))]
    return placing.place(NewOrder("Northern Labs", lines, note="To the back door."), Cause("staff:1", now))


@pytest.fixture
def look(kit: str) -> Callable[[str], PurchaseOrder]:
    """`look(number)`: the order as it stands."""

    def read(number: str) -> PurchaseOrder:
        found = order_by_number(host.session(), number)
        host.session().expunge_all()
        host.end_reads()
        return found

    return read


def lots() -> dict[str, int]:
    """Units by lot."""
    found = {lot.code: lot.on_hand for lot in host.session().scalars(select(Lot).order_by(Lot.id))}
    host.end_reads()
    return found


def hidden(page: TestResponse, name: str) -> str:
    """What the page's form carries in a hidden field."""
    found = re.search(rf'name="{name}" value="([^"]*)"', page.text)
    assert found, f"no field {name}"
    return found.group(1)
