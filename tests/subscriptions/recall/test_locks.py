"""Locks are taken in one order (order, plan, items), so that nobody waits in a circle."""

from __future__ import annotations

import time
from collections.abc import Callable
from threading import Thread
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, text

from kits import clock, host
from kits.catalogue import first_kit
from kits.catalogue.tables import Item
from kits.stock.promises.reservations import lock
from shop.orders.parcels import ship
from shop.orders.tables import Order
from shop.payments.giving_back import money_back
from subscriptions.recall.replacing import replace_box
from tests.journeys.driving import Bought, Driver
from tests.servers.together import at_once
from tests.subscriptions.recall.seeing import box, holds, values

pytestmark = pytest.mark.parametrize("engine_name", ["postgresql"], indirect=True)
PATIENCE = 20.0


@pytest.fixture
def replaced(driver: Driver, shipped: Callable[..., Bought], recalled: Callable[..., int], deliver: Any) -> Bought:
    """A kit whose serum was recalled, and its replacement, ready to leave."""
    bought = shipped()
    recalled()
    driver.work()
    deliver("GOOD", 5)
    replace_box(box(bought).id, actor="customer", now=clock.now())
    return bought


def test_a_replacement_leaves_while_its_kit_is_refunded_and_neither_breaks_the_other_off(
    app: Flask, replaced: Bought
) -> None:
    replacement, now = box(replaced).replacement or 0, clock.now()
    serum = values(select(Item.id).where(Item.sku == first_kit.SERUM))
    about = {"reason": "not_delivered", "note": "", "actor": "staff:1", "now": now, "mark": "m"}

    def send() -> None:
        ship(replacement, tracking="", actor="staff:1", now=now)

    def refund() -> int:
        until_waiting(1)
        return money_back.by_staff(replaced.order_id, 8900, **about)  # type: ignore[arg-type]

    outcomes: list[Any] = []
    with host.unit() as session:
        lock(session, serum)
        both = Thread(target=lambda: outcomes.extend(at_once(app, [send, refund])))
        both.start()
        until_waiting(2)
    both.join(PATIENCE)
    assert [type(each) for each in outcomes] == [type(None), int], outcomes
    assert values(select(Order.state).order_by(Order.id)) == ["refunded", "shipped"]
    assert [until for _, until in holds(replaced)] == [clock.today(now)]


def until_waiting(count: int) -> None:
    """Look until so many wait for a lock."""
    waiting = text(
        "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
    )
    begun = time.monotonic()
    while time.monotonic() - begun < PATIENCE:
        with host.aside() as connection:
            if connection.execute(waiting).scalar_one() >= count:
                return
        time.sleep(0.02)
    raise AssertionError(f"fewer than {count} wait")
