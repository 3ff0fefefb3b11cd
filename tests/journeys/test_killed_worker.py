"""A worker that is killed with `kill -9`, wherever, loses nothing and charges nothing twice."""

from __future__ import annotations

import signal
from dataclasses import dataclass

import pytest
from sqlalchemy import func, select

from kits import clock, host
from kits.stock.tables import Lot, Reservation
from shop.orders import parcels
from shop.orders.tables import Order
from shop.payments.giving_back import refunds
from shop.payments.tables import Payment, PaymentAttempt
from tests.journeys.driving import Bought, Driver
from tests.servers.commands import Commands
from tests.servers.ground import Ground
from tests.servers.nursery import Nursery

LEASE = "0.8"
IN_FLIGHT = 2.5
"""Seconds a delayed confirmation takes: the worker is dead, its lease is over, and the next one has asked."""

CHARGING = [
    "after the claim",
    "after the attempt row",
    "after the intent was created",
    "after its id was kept",
    "while the confirmation is out",
    "after the answer, before it is recorded",
    "while it is recorded",
    "after it was recorded",
]


@dataclass(frozen=True)
class Workers:
    """Worker processes on the test's database, their leases short."""

    nursery: Nursery
    commands: Commands

    def dies(self, point: str) -> None:
        """A worker starts and is killed at `point`."""
        done = self.nursery.run(self.commands.environment, "tests.journeys.killing.worker", point)
        assert done.returncode == -signal.SIGKILL, f"it did not die {point}, but ended with {done}"

    def works(self) -> None:
        """`flask shop work --once`, to its end."""
        self.commands("shop", "work", "--once")


@pytest.fixture
def workers(ground: Ground, run_command: Commands) -> Workers:
    """Workers whose leases run out after a moment of real time."""
    run_command.environment["SHOP_LEASE_SECONDS"] = LEASE
    return Workers(ground.nursery, run_command)


def counted(table: type, *where: object) -> int:
    """How many rows of a table there are."""
    found = host.session().scalar(select(func.count()).select_from(table).where(*where))  # type: ignore[arg-type]
    host.end_reads()
    return int(found or 0)


def assert_charged_once(driver: Driver, bought: Bought) -> None:
    """One charge, a paid refill, one refill order, one payment, no attempt left open, and stock that adds up."""
    assert driver.charges() == {(bought.number, "-"): 1, (bought.number, "1"): 1}
    refill = driver.refill(bought)
    assert (refill.state, driver.state(refill.order_id)) == ("paid", "paid")
    assert counted(Order, Order.root_number == bought.number, Order.kind == "refill") == 1
    assert counted(Payment, Payment.order_id == refill.order_id) == 1
    assert counted(PaymentAttempt, PaymentAttempt.state.in_(("started", "unknown"))) == 0
    assert counted(Reservation, Reservation.state == "held") == 3, "roller and serum of the kit, serum of the refill"
    assert refill.order_id is not None
    parcels.ship(refill.order_id, tracking="", actor="command", now=clock.now())
    assert counted(Lot, Lot.on_hand == 19) == 1
    assert counted(Lot, Lot.on_hand == 20) == 1


@pytest.mark.parametrize("point", CHARGING)
def test_a_worker_killed_anywhere_leaves_one_charge_and_a_paid_refill(
    point: str, driver: Driver, workers: Workers
) -> None:
    bought = driver.buy()
    driver.until_due(bought)
    if point == "while the confirmation is out":
        driver.sandbox.fault("payment_intents.confirm", "delay", seconds=IN_FLIGHT)
    workers.dies(point)
    workers.works()
    assert_charged_once(driver, bought)


def test_a_worker_killed_after_a_refund_was_made_leaves_one_refund(driver: Driver, workers: Workers) -> None:
    bought = driver.buy()
    with host.unit() as session:
        payment = session.scalars(select(Payment).where(Payment.order_id == bought.order_id)).one()
        refunds.ask(session, payment, 100, reason="a test", now=clock.now())
    workers.dies("after the refund was made")
    workers.works()
    assert [charge["refunded"] for charge in driver.sandbox.charges()] == [100]
