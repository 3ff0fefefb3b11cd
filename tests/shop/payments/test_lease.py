"""Who may start a payment: the lease of its order."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update

from kits import clock, host
from kits.errors import Busy
from shop.orders.checkout import place
from shop.orders.tables import Order
from shop.payments.lease import holding
from shop.work import leases
from tests.journeys.driving import Driver

Read = Callable[[Any], list[Any]]


def test_an_order_that_waited_long_for_its_stock_is_charged_only_while_its_lease_is_still_its_own(
    driver: Driver, app: Flask, read: Read
) -> None:
    order_id = place(driver.purchase(), now=clock.now())
    me, taken = leases.holder(), time.monotonic() - app.config["SHOP_LEASE_SECONDS"]
    with host.unit() as session:
        session.execute(update(Order).values(claimed_by="its customer"))
    with holding(order_id, me, taken) as lease, pytest.raises(Busy):
        lease.renew()
    assert read(select(Order.claimed_by)) == ["its customer"]
