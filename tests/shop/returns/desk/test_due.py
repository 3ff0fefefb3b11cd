"""What goes back for a return: what was paid for what came, less only with a note, the cheapest shipping with all."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select, update

from kits import clock, host
from kits.errors import BadInput, WrongState
from shop.orders import parcels
from shop.orders.tables import Order
from shop.payments.giving_back import money_back
from shop.payments.tables import Payment, Refund
from shop.returns.desk.due import cheapest
from shop.returns.tables import Return
from shop.returns.withdrawing.withdrawal import Chosen
from shop.selling.tables import ShippingMethod, ShippingRate, ShippingZone
from shop.work.outbox import OutboxMail
from tests.journeys.driving import Bought, Driver
from tests.shop.returns.conftest import (
    ROLLER,
    ROLLER_PAID,
    SERUM,
    WHOLE,
    all_there,
    goods,
    refunded,
    send,
    withdraw,
)
from tests.shop.returns.desk.test_steps import BY, amount_due, inspect, looked_at, pay, receive, state

Read = Callable[[Any], list[Any]]


def test_what_did_not_come_is_not_refunded(driver: Driver, coming: int, read: Read) -> None:
    receive(coming)
    inspect(coming, ROLLER=(1, "restock"))
    assert amount_due(coming) == (ROLLER_PAID, 0)
    with pytest.raises(BadInput, match=r"from £0\.00 to £40\.00"):
        pay(coming)
    pay(coming, ROLLER_PAID)
    driver.work()
    assert refunded(driver) == [ROLLER_PAID]


@pytest.mark.parametrize(
    ("amount", "note", "field"),
    [(WHOLE + 1, "", "amount"), (-1, "", "amount"), (WHOLE - 1, " ", "note"), (WHOLE - 1, "x" * 501, "note")],
)
def test_a_refund_is_no_more_than_is_due_and_less_only_with_a_note(
    coming: int, read: Read, amount: int, note: str, field: str
) -> None:
    looked_at(coming)
    with pytest.raises(BadInput) as refused:
        pay(coming, amount, note)
    assert (refused.value.field, read(select(Refund.id))) == (field, [])


def test_a_deduction_is_told_to_the_customer(driver: Driver, came: Bought, coming: int, read: Read) -> None:
    looked_at(coming)
    pay(coming, WHOLE - 2000, "The roller had been used.")
    assert read(select(Return.deduction)) == [2000]
    assert "The roller had been used." in read(select(OutboxMail.text).where(OutboxMail.key.like("refund-%")))[0]
    assert driver.state(came.order_id) == "shipped", "not all its money went back"


def test_nothing_at_all_goes_back_only_with_a_reason(coming: int, read: Read) -> None:
    looked_at(coming)
    pay(coming, 0, "The seals had been broken and glued.")
    assert (state(read), read(select(Refund.id))) == (["refunded"], [])
    assert "broken and glued" in read(select(OutboxMail.text).where(OutboxMail.key.like("return_ended-%")))[0]


def test_while_disputed_the_desk_cannot_refund(coming: int, read: Read) -> None:
    looked_at(coming)
    with host.unit() as session:
        session.execute(update(Payment).values(dispute="open"))
    with pytest.raises(WrongState, match="bank is looking"):
        pay(coming)
    assert state(read) == ["inspected"]


def test_what_staff_refunded_before_is_not_refunded_again(came: Bought, coming: int, read: Read) -> None:
    money_back.by_staff(came.order_id, 8000, reason="goodwill", note="", mark="m", now=clock.now(), **BY)
    looked_at(coming)
    with pytest.raises(BadInput, match=r"to £9\.00"):
        pay(coming)
    pay(coming, 900)
    assert sum(read(select(Refund.amount))) == WHOLE


def test_a_refund_that_failed_is_asked_for_again_and_not_paid_by_the_desk_too(driver: Driver, read: Read) -> None:
    two = driver.buy(quantity=2)
    send(two, units={goods(two)[ROLLER].item.id: 1})
    row = withdraw(two, {ROLLER: Chosen(there=1), SERUM: Chosen(waiting=1)})
    with host.unit() as session:
        session.execute(update(Refund).values(state="failed"))
    receive(row)
    inspect(row, ROLLER=(1, "restock"))
    assert amount_due(row) == (ROLLER_PAID, 0)
    pay(row, ROLLER_PAID)
    money_back.again(read(select(Refund.id))[0], now=clock.now(), **BY)
    driver.work()
    assert refunded(driver) == [WHOLE]


def test_with_the_whole_order_the_cheapest_shipping_goes_back_and_not_the_express(
    driver: Driver, came: Bought, read: Read
) -> None:
    with host.unit() as session:
        session.execute(update(Order).values(shipping_amount=795))
        session.execute(update(Payment).values(amount=WHOLE + 795))
        ways = [("standard", 395, True), ("express", 795, True), ("owl", 100, False)]
        methods = [
            ShippingMethod(code=code, name=code, days_least=1, days_most=2, active=active,
                           rates=[ShippingRate(up_to_g=30000, amount=amount)])
            for code, amount, active in ways
        ]  # fmt: skip
        session.add(ShippingZone(name="Here", countries=["GB"], methods=methods))
    row = withdraw(came, all_there())
    looked_at(row)
    assert amount_due(row) == (WHOLE, 395)
    order = host.session().get_one(Order, came.order_id)
    assert cheapest(host.session(), order, 10**6) == 795, "too heavy for any way of today: what was charged"
    host.end_reads()
    pay(row, WHOLE + 395)
    assert (read(select(Refund.amount)), read(select(Return.shipping_amount))) == ([WHOLE + 395], [395])


def test_a_part_of_an_order_brings_no_shipping_back(came: Bought) -> None:
    with host.unit() as session:
        session.execute(update(Order).values(shipping_amount=795))
        session.execute(update(Payment).values(amount=WHOLE + 795))
    row = withdraw(came, {ROLLER: Chosen(there=1), SERUM: Chosen(opened=1)})
    receive(row)
    inspect(row, ROLLER=(1, "restock"))
    assert amount_due(row) == (ROLLER_PAID, 0)


def test_money_that_waited_for_the_bank_is_paid_by_the_desk(driver: Driver, bought: Bought, read: Read) -> None:
    with host.unit() as session:
        session.execute(update(Payment).values(dispute="open"))
    row = withdraw(bought, {ROLLER: Chosen(waiting=1), SERUM: Chosen(waiting=1)})
    with host.unit() as session:
        session.execute(update(Payment).values(dispute="won"))
    pay(row)
    driver.work()
    assert (state(read), refunded(driver)) == (["refunded"], [WHOLE])
    assert parcels.start_packing([bought.order_id], actor="staff:1", now=clock.now()) != []
