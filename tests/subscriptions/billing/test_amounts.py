"""A charge takes what its notice named, or less: whatever a box costs and however many are wanted by then."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import update

from kits import host
from shop.orders.tables import OrderLine
from shop.registers import registers
from shop.work import duties
from subscriptions.tables import Subscription
from tests.journeys.driving import Bought, Driver, days
from tests.subscriptions.prices.conftest import refill_charges


def change(statement: Any) -> None:
    with host.unit() as session:
        session.execute(statement)


@pytest.mark.parametrize("changed", [Subscription.refill_amount, OrderLine.refill_amount])
@pytest.mark.parametrize("by", [100, -100])
def test_a_charge_takes_what_its_notice_named_whatever_a_box_costs_by_then(
    changed: Any, by: int, driver: Driver, bought: Bought
) -> None:
    refill = driver.until_due(bought)
    assert refill.notice_amount == 4900
    change(update(changed.class_).values({changed: changed + by}))
    duties.one_round(registers().duties)
    assert refill_charges(driver) == [4900]


def test_fewer_boxes_than_the_notice_named_cost_less(driver: Driver) -> None:
    bought = driver.buy(quantity=2)
    driver.until_due(bought)
    change(update(Subscription).values(quantity=1))
    duties.one_round(registers().duties)
    assert refill_charges(driver) == [4900]


def test_more_boxes_than_the_notice_named_are_announced_anew_before_they_are_charged(
    driver: Driver, bought: Bought, subjects: Callable[[], list[str]]
) -> None:
    first = driver.until_due(bought)
    change(update(Subscription).values(quantity=2))
    driver.work()
    refill = driver.refill(bought)
    assert (refill.state, refill.notice_amount, refill_charges(driver)) == ("notified", 9800, [])
    assert refill.charge_on == first.charge_on + days(7)
    assert subjects().count("Your next serum refill") == 2
    driver.travel(refill.charge_on)
    assert refill_charges(driver) == [9800]
