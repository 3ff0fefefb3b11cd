"""A person with a life in the shop: a plan with a refill, an abandoned order, mails, an address book."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from kits import clock, host
from kits.tables import Base
from shop.customers.tables import Customer
from shop.orders import parcels
from shop.orders.tables import PAID, Order
from tests.journeys.conftest import buy, driver, travel  # noqa: F401
from tests.journeys.driving import Bought, Driver

MARIA, NAME, STREET = "maria@example.org", "A Buyer", "1 Garden Row"


@pytest.fixture
def sent(driver: Driver) -> Bought:  # noqa: F811
    """Maria's plan of ten sessions: paid for and sent."""
    bought = driver.buy(email=MARIA)
    driver.work()
    ship_paid()
    driver.work()
    return bought


@pytest.fixture
def maria(sent: Bought) -> int:
    """Maria's id, as that of who bought `sent`."""
    return customer_of(sent)


def customer_of(bought: Bought) -> int:
    """The id of the customer an order belongs to now."""
    found = host.session().scalar(select(Order.customer_id).where(Order.id == bought.order_id))
    host.end_reads()
    assert found is not None
    return found


def ship_paid() -> None:
    """Everything that is paid leaves."""
    paid = host.session().scalars(select(Order.id).where(Order.state == PAID)).all()
    host.end_reads()
    for order_id in paid:
        parcels.ship(order_id, tracking="TRACK-1", actor="staff:1", now=clock.now())


def traces(*words: str) -> set[str]:
    """The columns, as `table.column`, that hold one of these words anywhere, in capital letters or small ones."""
    found = set()
    session = host.session()
    for table in Base.metadata.sorted_tables:
        for row in session.execute(select(table)).mappings():
            for name, value in row.items():
                said = value.decode("latin-1") if isinstance(value, bytes) else str(value)
                if any(word.lower() in said.lower() for word in words):
                    found.add(f"{table.name}.{name}")
    host.end_reads()
    return found


def email_of(customer_id: int) -> str:
    """The customer's e-mail now."""
    found = host.session().scalar(select(Customer.email).where(Customer.id == customer_id))
    host.end_reads()
    assert found is not None
    return found
