"""Until when a recalled box is in use, whatever it was sent for, and how much of it is left to replace."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from kits import clock, host
from kits.catalogue import first_kit
from kits.catalogue.retiring import retire
from kits.catalogue.tables import Item
from kits.errors import WrongState
from kits.stock.ledger import Cause
from kits.stock.moves.returns import take_back
from kits.stock.tables import Lot
from shop.orders.parcels import ship
from shop.orders.tables import OrderLine
from subscriptions.recall.boxes import BoxPlan, plans_of
from subscriptions.recall.replacing import end_hold, replace_box
from tests.journeys.driving import Bought, Driver, days
from tests.subscriptions.recall.conftest import ROLLER_LOT, SERUM_LOT
from tests.subscriptions.recall.seeing import box, holds, last_session, values

Buy = Callable[..., Bought]
Deliver = Callable[..., None]
Recalled = Callable[..., int]


@pytest.fixture
def roller_retired(driver: Driver, deliver: Deliver) -> None:
    """ROLLER-C is sent for ROLLER-B, which is sent for the kit's roller."""
    before = first_kit.ROLLER
    for sku in ("ROLLER-B", "ROLLER-C"):
        with host.unit() as session:
            session.add(Item(sku=sku, name=sku))
        retire(before, sku, actor="staff:1", now=clock.now())
        before = sku
    deliver("NEW-ROLLERS", 50, "ROLLER-C")
    driver.travel(clock.now() + timedelta(minutes=1))


@pytest.fixture
def refilled(driver: Driver) -> Callable[[Bought, int], int]:
    """`refilled(bought, 1)` goes on to the first refill and sends it: its order's id."""

    def send(bought: Bought, number: int) -> int:
        driver.until_due(bought, number)
        driver.work()
        order_id = driver.refill(bought, number).order_id or 0
        ship(order_id, tracking="", actor="staff:1", now=clock.now())
        return order_id

    return send


@pytest.fixture
def rested(driver: Driver, recalled: Recalled) -> Callable[[Bought, int], None]:
    """`rested(bought, 40)` holds a plan for its roller, and lets it go on 40 days later."""

    def rest(bought: Bought, length: int) -> None:
        recalled(ROLLER_LOT)
        driver.work()
        driver.travel(clock.now() + days(length))
        end_hold(box(bought).id, actor="staff:1", now=clock.now())
        driver.work()

    return rest


def plan_of(order_id: int | None, sku: str = first_kit.SERUM) -> BoxPlan:
    [item_id] = values(select(Item.id).where(Item.sku == sku))
    [found] = plans_of(host.session(), item_id, [order_id or 0], clock.today(clock.now()))[order_id or 0]
    host.end_reads()
    return found


def sold_until(order_id: int | None) -> date:
    [found] = values(select(OrderLine.serves_until).where(OrderLine.order_id == order_id))
    return found  # type: ignore[no-any-return]


def came_back(bought: Bought, units: int) -> None:
    [lot_id] = values(select(Lot.id).where(Lot.code == SERUM_LOT))
    take_back(lot_id, units, "discard", Cause("staff:1", clock.now(), "back", order_number=bought.number))


@pytest.mark.usefixtures("roller_retired")
def test_what_was_sent_for_a_retired_part_is_in_use_for_as_long_as_that_part(
    driver: Driver, shipped: Buy, recalled: Recalled, today: date
) -> None:
    bought = shipped()
    driver.travel(today + days(110))
    recalled("NEW-ROLLERS")
    driver.work()
    assert plan_of(bought.order_id, "ROLLER-C").until >= last_session(bought)
    assert holds(bought) == [(today + days(110), None)]


def test_a_box_that_was_placed_after_a_hold_is_not_moved_by_it_again(
    shipped: Buy, rested: Callable[..., None], refilled: Callable[..., int]
) -> None:
    bought = shipped()
    rested(bought, 40)
    first = refilled(bought, 1)
    assert plan_of(first).until == sold_until(first)
    assert plan_of(bought.order_id).until == sold_until(bought.order_id) + days(40)


def test_a_box_that_was_placed_before_a_hold_is_moved_by_it(
    shipped: Buy, rested: Callable[..., None], refilled: Callable[..., int]
) -> None:
    bought = shipped()
    first = refilled(bought, 1)
    rested(bought, 40)
    assert plan_of(first).until == sold_until(first) + days(40)
    assert plan_of(bought.order_id).until == sold_until(bought.order_id), "its sessions were over before it"


def test_a_replacement_counts_the_days_of_the_hold_that_it_ends_once(
    driver: Driver, shipped: Buy, recalled: Recalled, deliver: Deliver, today: date
) -> None:
    bought = shipped()
    recalled()
    driver.work()
    deliver("GOOD", 5)
    driver.travel(today + days(20))
    replace_box(box(bought).id, actor="customer", now=clock.now())
    driver.travel(today + days(24))
    sent = box(bought).replacement
    assert plan_of(sent).until == sold_until(sent)
    ship(sent or 0, tracking="", actor="staff:1", now=clock.now())
    assert plan_of(sent).until == sold_until(sent) == sold_until(bought.order_id) + days(20 + 14)


def test_when_the_plan_is_over_its_last_box_is_not_replaced(
    driver: Driver, shipped: Buy, rested: Callable[..., None], refilled: Callable[..., int], recalled: Recalled,
    deliver: Deliver,
) -> None:  # fmt: skip
    bought = shipped()
    rested(bought, 40)
    last = [refilled(bought, number) for number in (1, 2)][-1]
    driver.travel(last_session(bought) + days(2))
    recalled()
    driver.work()
    deliver("GOOD", 5)
    with pytest.raises(WrongState, match="No session is planned"):
        replace_box(box(driver.seen(last)).id, actor="customer", now=clock.now())


def test_a_box_that_was_sent_back_is_replaced_all_the_same(
    driver: Driver, shipped: Buy, recalled: Recalled, deliver: Deliver
) -> None:
    bought = shipped(quantity=2)
    recalled()
    driver.work()
    deliver("GOOD", 5)
    came_back(bought, 1)
    assert replace_box(box(bought).id, actor="customer", now=clock.now()) is True
    assert values(select(OrderLine.quantity).where(OrderLine.order_id == box(bought).replacement)) == [2]
