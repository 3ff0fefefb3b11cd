"""A recalled box that was bought alone: it has no plan, is in use for three months, and is replaced like any other."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from dateutil.relativedelta import relativedelta
from sqlalchemy import select

from kits import clock, host
from kits.catalogue import first_kit
from kits.catalogue.tables import Item
from shop.orders.basket import Wish
from shop.orders.checkout import Address, Purchase, place
from shop.orders.parcels import ship
from shop.orders.tables import OrderLine
from shop.payments.settle import settle_page
from subscriptions.recall.boxes import BoxPlan, plans_of
from subscriptions.recall.replacing import replace_box
from tests.journeys.driving import Bought, Driver
from tests.servers.client import Visitor
from tests.shop.admin.conftest import Staff
from tests.subscriptions.recall.seeing import box, values

HOME = Address("1 Garden Row", "London", "SE1 6HA", "GB")


@pytest.fixture
def bought(driver: Driver, today: date) -> Bought:
    """A kit with refills and a box alone in one order, paid and sent."""
    wishes = (Wish(driver.kit, 1, 10, 4, today, True), Wish(driver.kit, 1))
    order_id = place(Purchase("ada@example.org", "Ada", HOME, wishes, "1", True), now=clock.now())
    settle_page(driver.pay(driver.page(order_id)), now=clock.now())
    ship(order_id, tracking="", actor="staff:1", now=clock.now())
    return driver.seen(order_id)


def plans(order_id: int | None) -> list[BoxPlan]:
    [item_id] = values(select(Item.id).where(Item.sku == first_kit.SERUM))
    found = plans_of(host.session(), item_id, [order_id or 0], clock.today(clock.now()))[order_id or 0]
    host.end_reads()
    return found


def test_it_is_in_use_for_three_months_and_nothing_is_held_for_it(bought: Bought, today: date) -> None:
    of_kit, alone = plans(bought.order_id)
    assert of_kit.subscription_id == bought.subscription_id
    assert (alone.subscription_id, alone.ended, alone.held) == (None, False, False)
    assert alone.until == today + relativedelta(months=3)


def test_it_is_replaced_and_every_page_can_tell_of_it(
    driver: Driver,
    bought: Bought,
    recalled: Callable[..., int],
    deliver: Callable[..., None],
    client: Visitor,
    staff: Staff,
) -> None:
    recalled()
    driver.work()
    deliver("GOOD", 5)
    assert replace_box(box(bought).id, actor="customer", now=clock.now()) is True
    replacement = driver.seen(box(bought).replacement or 0)
    ship(replacement.order_id, tracking="", actor="staff:1", now=clock.now())
    assert len(plans(replacement.order_id)) == 1
    for order in (bought, replacement):
        assert client.get(f"/orders/{order.token}").status_code == 200
        assert client.get(f"/api/v1/orders/{order.token}").status_code == 200
        assert staff.get(f"/admin/orders/{order.number}").status_code == 200


def test_a_box_alone_enrols_nobody_and_its_mail_names_no_plan(driver: Driver, today: date, mail_folder: object) -> None:
    order_id = place(Purchase("ada@example.org", "Ada", HOME, (Wish(driver.kit, 2),), "1", True), now=clock.now())
    settle_page(driver.pay(driver.page(order_id)), now=clock.now())
    assert driver.seen(order_id).subscription_id is None
    driver.work()
    [mail] = [path.read_bytes() for path in mail_folder.glob("*.eml")]  # type: ignore[attr-defined]
    assert b"sessions, every" not in mail
    assert values(select(OrderLine.start)) == [None]
