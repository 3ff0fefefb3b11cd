"""Orders that were bought and sent through the real use cases, of a kit whose parts are sealed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from kits import clock, host
from kits.catalogue import first_kit
from kits.catalogue.tables import Item
from kits.stock import proof
from kits.stock.tables import Lot, Reservation
from shop.orders import parcels
from shop.orders.find import order_by_id
from shop.orders.tables import Parcel
from shop.returns.tables import Return
from shop.returns.withdrawing import withdrawal
from shop.returns.withdrawing.goods import Goods, Key, goods_of
from shop.returns.withdrawing.withdrawal import Chosen
from tests.journeys.conftest import buy, driver, travel  # noqa: F401
from tests.journeys.driving import Bought, Driver
from tests.shop.admin.conftest import staff  # noqa: F401

ROLLER, SERUM = first_kit.ROLLER, first_kit.SERUM
WHOLE, SERUM_PAID, ROLLER_PAID = 8900, 4900, 4000
"""A kit, and what of its price is for its serum (as much as a refill costs) and for its roller."""


@pytest.fixture(autouse=True)
def _sealed(driver: Driver) -> Iterator[None]:  # noqa: F811
    """Both parts are sealed. At the end of the test the balances are what the ledger adds up to."""
    with host.unit() as session:
        session.execute(update(Item).values(sealed=True))
    yield
    host.end_reads()
    assert proof.disagreements(host.session()) == []


@pytest.fixture
def bought(driver: Driver) -> Bought:  # noqa: F811
    """A paid kit with refills that has not left."""
    return driver.buy()


@pytest.fixture
def came(bought: Bought) -> Bought:
    """The same, sent and delivered."""
    send(bought)
    deliver(bought)
    return bought


@pytest.fixture
def coming(came: Bought) -> int:
    """The id of a withdrawal from all of an order that had come."""
    return withdraw(came, all_there())


def send(order: Bought, **which: Any) -> None:
    """It leaves in one parcel, or what of it is named."""
    parcels.ship(order.order_id, tracking="", actor="staff:1", now=clock.now(), **which)


def deliver(order: Bought, at: datetime | None = None) -> None:
    """All its parcels have come."""
    with host.unit() as session:
        mine = update(Parcel).where(Parcel.order_id == order.order_id)
        session.execute(mine.values(delivered_at=at or clock.now()))


def goods(order: Bought) -> dict[str, Goods]:
    """What the order holds, by SKU; of several lines the last."""
    session = host.session()
    found = {each.item.sku: each for each in goods_of(session, order_by_id(session, order.order_id))}
    session.expunge_all()
    host.end_reads()
    return found


def withdraw(order: Bought, chosen: Mapping[str, Chosen], mark: str = "a form") -> int:
    """What the customer's last button does; parts by SKU. The id of the return."""
    held = goods(order)
    keyed: dict[Key, Chosen] = {held[sku].key: each for sku, each in chosen.items()}
    number = withdrawal.declare(order.order_id, keyed, submission=mark, now=clock.now())
    found = host.session().scalars(select(Return.id).where(Return.order_id == order.order_id, Return.number == number))
    return_id = found.one()
    host.end_reads()
    return return_id


def all_waiting(units: int = 1) -> dict[str, Chosen]:
    """All of an order that has not left."""
    return {ROLLER: Chosen(waiting=units), SERUM: Chosen(waiting=units)}


def all_there(units: int = 1) -> dict[str, Chosen]:
    """All of an order that has come, its seals unbroken."""
    return {ROLLER: Chosen(there=units), SERUM: Chosen(there=units)}


def shelf() -> tuple[int, int, int]:
    """Free units of the two lots, and how many reservations wait."""
    session = host.session()
    free = session.scalars(select(Lot.free).order_by(Lot.id)).all()
    waiting = session.scalars(select(Reservation.id).where(Reservation.state.in_(("held", "allocated")))).all()
    host.end_reads()
    return free[0], free[1], len(waiting)


def refunded(driver: Driver) -> list[int]:  # noqa: F811
    """What Stripe gave back of each charge, the oldest first."""
    return [charge["refunded"] for charge in driver.sandbox.charges()[::-1]]


def days(count: int) -> timedelta:
    return timedelta(days=count)
