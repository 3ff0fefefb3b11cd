"""What a charge asks of the database, so that it does not creep up: a worker bills as fast as it can ask."""

from __future__ import annotations

from kits import clock, host
from shop.owner import facts
from subscriptions.billing.billing import bill
from tests.bench.statements import counted
from tests.journeys.driving import Driver

A_CHARGE = {"postgresql": 26, "sqlite": 33}
"""SQLite runs one by one what PostgreSQL takes as one."""


def test_a_charge_that_succeeds_takes_so_many_statements_and_no_more(driver: Driver) -> None:
    first, second = driver.buy(), driver.buy()
    driver.until_due(first)
    bill(driver.refill(first).id, clock.now())  # what is made when it is first needed is made
    refill_id, now = driver.refill(second).id, clock.now()
    facts.shown()
    with counted(host.engine()) as statements:
        bill(refill_id, now)
    assert driver.refill(second).state == "paid"
    assert len(statements) <= A_CHARGE[host.engine().dialect.name], "\n".join(statements)
