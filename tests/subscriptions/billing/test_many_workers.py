"""Several workers on one database share the work and double none of it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import create_engine, text

from kits import clock, host
from kits.catalogue import first_kit
from kits.stock.ledger import Cause
from kits.stock.moves.receiving import Delivery, receive
from shop.registers import registers
from shop.work import duties
from tests.journeys.driving import Bought, Driver
from tests.servers.commands import Commands

PLANS = 16


def test_two_workers_at_once_charge_sixteen_refills_once_each(driver: Driver, run_command: Commands) -> None:
    expires = clock.today(clock.now()) + timedelta(days=700)
    for sku in (first_kit.ROLLER, first_kit.SERUM):
        receive(Delivery(sku, "MORE", 3 * PLANS, expires), Cause("command", clock.now()))
    plans = [driver.buy() for _ in range(PLANS)]
    driver.until_due(plans[-1])
    run_command.at_once(2, "shop", "work", "--once")
    assert driver.charges() == {(plan.number, which): 1 for plan in plans for which in ("-", "1")}
    assert {driver.refill(plan).state for plan in plans} == {"paid"}


@pytest.mark.parametrize("engine_name", ["postgresql"], indirect=True)
def test_a_worker_outlives_a_database_that_hangs_up(driver: Driver, bought: Bought, app: Flask) -> None:
    driver.until_due(bought)
    mine = text("SELECT pg_backend_pid()")
    with host.engine().connect() as one, host.engine().connect() as other:
        pids = [connection.scalar(mine) for connection in (one, other)]
    killer = create_engine(app.config["SQLALCHEMY_DATABASE_URI"], isolation_level="AUTOCOMMIT")
    with killer.connect() as connection:
        connection.execute(text("SELECT pg_terminate_backend(pid) FROM unnest(:pids ::int[]) AS pid"), {"pids": pids})
    killer.dispose()
    duties.one_round(registers().duties)
    driver.work()
    assert driver.refill(bought).state == "paid"
    assert driver.charges()[bought.number, "1"] == 1
