"""Orders at the order desk: paid, set aside, with a second lot on the shelf."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import select

from kits import host
from kits.catalogue import first_kit
from kits.stock import proof
from kits.stock.ledger import Cause
from kits.stock.moves.receiving import Delivery, receive
from kits.stock.tables import Lot
from shop.orders import parcels
from shop.orders.find import order_by_number
from shop.payments import settle
from tests.shop.admin.conftest import paid_intent, place_one


@pytest.fixture(autouse=True)
def _balances_agree(now: datetime) -> Iterator[None]:
    """After each of these tests the balances are what the ledger adds up to."""
    yield
    host.end_reads()
    assert proof.disagreements(host.session()) == []


@pytest.fixture
def pay(stocked: str, now: datetime) -> Callable[[], str]:
    """`pay()` places an order of a roller and a serum and settles it; its number."""

    def make() -> str:
        number = place_one(stocked, now)
        settle.settle(paid_intent(number), now=now)
        return number

    return make


@pytest.fixture
def later_lot(stocked: str, today: date, now: datetime) -> str:
    """The code of a second lot of five serums, which expires after the first."""
    receive(Delivery(first_kit.SERUM, "S-LATER", 5, today + timedelta(days=900)), Cause("command", now))
    return "S-LATER"


@pytest.fixture
def set_aside(paid: str, now: datetime) -> str:
    """The number of a paid order whose lots are set aside."""
    assert parcels.start_packing([id_of(paid)], actor="staff:1", now=now) == []
    return paid


@pytest.fixture
def set_aside_two(stocked: str, now: datetime) -> str:
    """The number of a paid order of two kits whose lots are set aside."""
    number = place_one(stocked, now, quantity=2)
    settle.settle(paid_intent(number, quantity=2), now=now)
    assert parcels.start_packing([id_of(number)], actor="staff:1", now=now) == []
    return number


@pytest.fixture
def sent(paid: str, now: datetime) -> str:
    """The number of an order that left today, in one parcel."""
    parcels.ship(id_of(paid), tracking="", actor="staff:1", now=now)
    return paid


def id_of(number: str) -> int:
    """The order's id."""
    found = order_by_number(host.session(), number).id
    host.end_reads()
    return found


def lot_of(code: str) -> Lot:
    """The lot, read afresh and detached."""
    session = host.session()
    found = session.scalars(select(Lot).where(Lot.code == code)).one()
    session.expunge_all()
    host.end_reads()
    return found
