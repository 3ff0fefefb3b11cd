"""A worker that is told to stop finishes the charge it has in hand; told again, it ends at once and loses nothing."""

from __future__ import annotations

import signal
import subprocess
import time

import pytest
from sqlalchemy import select, update

from kits import host
from shop.orders.tables import Order
from shop.payments.tables import SAVED_CARD, PaymentAttempt
from subscriptions.tables import Refill
from tests.journeys.driving import Bought, Driver
from tests.servers.commands import Commands

ANSWERS_AFTER = 1.5
PATIENCE = 20.0


@pytest.fixture
def worker(driver: Driver, bought: Bought, run_command: Commands) -> subprocess.Popen[str]:
    """A worker process whose confirmation is out."""
    driver.until_due(bought)
    driver.sandbox.fault("payment_intents.confirm", "delay", seconds=ANSWERS_AFTER)
    started = run_command.start("shop", "work")
    until = time.monotonic() + PATIENCE
    while driver.faults() or not _attempts():
        assert time.monotonic() < until, "it did not begin"
        time.sleep(0.05)
    return started


def _attempts() -> list[str]:
    found = host.session().scalars(select(PaymentAttempt.state).where(PaymentAttempt.way == SAVED_CARD)).all()
    host.end_reads()
    return list(found)


def test_a_charge_in_hand_is_finished_before_the_worker_ends(
    driver: Driver, bought: Bought, worker: subprocess.Popen[str]
) -> None:
    worker.send_signal(signal.SIGTERM)
    said = worker.communicate(timeout=PATIENCE)[0]
    assert worker.returncode == 0, said
    assert (driver.refill(bought).state, _attempts()) == ("paid", ["succeeded"])


def test_a_worker_told_twice_ends_at_once_and_the_next_one_finds_out(
    driver: Driver, bought: Bought, worker: subprocess.Popen[str], run_command: Commands
) -> None:
    worker.send_signal(signal.SIGTERM)
    time.sleep(0.3)
    begun = time.monotonic()
    worker.send_signal(signal.SIGTERM)
    worker.communicate(timeout=PATIENCE)
    assert time.monotonic() - begun < 1
    assert (worker.returncode, driver.refill(bought).state) == (-signal.SIGTERM, "charging")
    with host.unit() as session:  # as if the minute of its leases had passed
        for table in (Refill, Order):
            session.execute(update(table).values(free_at=0.0))
    driver.work()
    assert driver.refill(bought).state == "paid"
    assert driver.charges() == {(bought.number, "-"): 1, (bought.number, "1"): 1}
