"""Refill boxes bought alone: no plan, no refills, and a box that lasts three months from the day of ordering."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from dateutil.relativedelta import relativedelta
from sqlalchemy import delete, select

from kits import host
from kits.catalogue import first_kit
from kits.catalogue.tables import Item, Price
from kits.errors import BadInput, SoldOut
from kits.stock.ledger import Cause
from kits.stock.moves.receiving import Delivery, receive
from kits.stock.tables import Reservation
from shop.orders.basket import Wish
from shop.orders.checkout import Purchase, place
from shop.orders.tables import Order

Place = Callable[..., Order]


def test_a_box_alone_has_no_plan_and_its_own_price(order: Place, stocked: str, today: date) -> None:
    [line] = order(wishes=(Wish(stocked, 2),)).lines
    assert (line.loose, line.sessions, line.every_weeks, line.start, line.refills) == (True, None, None, None, False)
    assert (line.unit_amount, line.quantity, line.order.total_amount) == (first_kit.LOOSE_PRICE, 2, 10800)
    assert line.title == "Refill box for the Mesotherapy kit"
    assert line.serves_until == today + relativedelta(months=3)


def test_it_takes_what_a_refill_takes_and_nothing_else(order: Place, stocked: str, today: date) -> None:
    number = order(wishes=(Wish(stocked, 3),)).number
    held = select(Item.sku, Reservation.quantity, Reservation.serves_until).join(Item, Item.id == Reservation.item_id)
    rows = host.session().execute(held.where(Reservation.order_number == number)).all()
    assert [tuple(row) for row in rows] == [(first_kit.SERUM, 3, today + relativedelta(months=3))]


def test_a_box_that_does_not_last_three_months_is_not_sold(
    kit: str, purchase: Purchase, now: datetime, today: date
) -> None:
    until = today + relativedelta(months=3)
    for _ in range(2):
        place(replace(purchase, wishes=(Wish(kit, 10),)), now=now)  # all that there is
    receive(Delivery(first_kit.SERUM, "SHORT", 1, until - timedelta(days=1)), Cause("command", now))
    with pytest.raises(SoldOut):
        place(replace(purchase, wishes=(Wish(kit, 1),)), now=now)
    receive(Delivery(first_kit.SERUM, "LONG", 1, until), Cause("command", now))
    assert place(replace(purchase, wishes=(Wish(kit, 1),)), now=now)


def test_a_kit_and_a_box_stand_in_one_order(order: Place, purchase: Purchase, stocked: str) -> None:
    placed = order(wishes=(*purchase.wishes, Wish(stocked, 1)))
    assert [(line.loose, line.refills) for line in placed.lines] == [(False, True), (True, False)]
    assert placed.total_amount == first_kit.KIT_PRICE + first_kit.LOOSE_PRICE


def test_a_kit_without_a_price_for_it_sells_no_box_alone(purchase: Purchase, stocked: str, now: datetime) -> None:
    with host.unit() as session:
        session.execute(delete(Price).where(Price.kind == "loose"))
    with pytest.raises(BadInput) as refused:
        place(replace(purchase, wishes=(Wish(stocked, 1),)), now=now)
    assert refused.value.field == "refill_box"


@pytest.mark.parametrize("quantity", [0, 11, -1])
def test_an_absurd_number_of_boxes_is_refused(purchase: Purchase, stocked: str, now: datetime, quantity: int) -> None:
    with pytest.raises(BadInput) as refused:
        place(replace(purchase, wishes=(Wish(stocked, quantity),)), now=now)
    assert refused.value.field == "quantity"
