"""Withdrawing: what has not left never leaves and its money goes back at once; what has is to come back."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update

from kits import clock, host
from kits.errors import BadInput, WrongState
from shop.orders import parcels
from shop.orders.tables import Order
from shop.payments.giving_back import money_back
from shop.payments.tables import Payment, Refund
from shop.returns.tables import Return
from shop.returns.withdrawing import withdrawal
from shop.returns.withdrawing.withdrawal import Chosen
from shop.work.outbox import OutboxMail
from tests.journeys.driving import Bought, Driver
from tests.journeys.shopping import letters
from tests.shop.returns.conftest import (
    ROLLER,
    SERUM,
    SERUM_PAID,
    WHOLE,
    all_there,
    all_waiting,
    days,
    goods,
    refunded,
    send,
    shelf,
    withdraw,
)

Read = Callable[[Any], list[Any]]


def test_before_it_leaves_all_the_money_goes_back_at_once_with_the_shipping(
    driver: Driver, bought: Bought, read: Read, mail_folder: Path
) -> None:
    parcels.start_packing([bought.order_id], actor="staff:1", now=clock.now())
    withdraw(bought, all_waiting())
    assert (driver.state(bought.order_id), shelf()) == ("refunded", (20, 20, 0))
    assert read(select(Return.state)) == ["refunded"]
    driver.work()
    assert refunded(driver) == [WHOLE]
    told = letters(mail_folder)[-1]
    assert told.subject == f"You have withdrawn from order {bought.number}"
    for words in ("£89.00 goes back to your card ending in 4242", "refills have ended", "not sent yet", bought.number):
        assert words in told.text
    with pytest.raises(WrongState):
        parcels.ship(bought.order_id, tracking="", actor="staff:1", now=clock.now())


def test_what_is_with_the_customer_is_to_come_back_first(
    driver: Driver, came: Bought, read: Read, mail_folder: Path
) -> None:
    withdraw(came, all_there())
    driver.work()
    assert (read(select(Return.state)), read(select(Refund.id)), driver.state(came.order_id)) == (
        ["announced"], [], "shipped",
    )  # fmt: skip
    told = letters(mail_folder)[-1].text
    for words in ("1 × Serum, three months, seal unbroken", "You pay for sending them", "within 14 days", "Send the"):
        assert words in told


def test_the_rest_of_a_partly_sent_order_withdrawn_leaves_it_shipped(driver: Driver, bought: Bought) -> None:
    send(bought, units={goods(bought)[ROLLER].item.id: 1})
    withdraw(bought, {SERUM: Chosen(waiting=1)})
    assert (driver.state(bought.order_id), shelf()) == ("shipped", (19, 20, 0))
    driver.work()
    assert refunded(driver) == [SERUM_PAID]


def test_a_partly_sent_order_withdrawn_wholly_waits_for_what_was_sent(
    driver: Driver, bought: Bought, read: Read
) -> None:
    send(bought, units={goods(bought)[ROLLER].item.id: 1})
    withdraw(bought, {ROLLER: Chosen(there=1), SERUM: Chosen(waiting=1)})
    driver.work()
    assert (read(select(Return.state)), refunded(driver)) == (["announced"], [SERUM_PAID])


def test_the_same_form_withdraws_once(driver: Driver, bought: Bought, read: Read) -> None:
    first = withdraw(bought, all_waiting())
    number = withdrawal.declare(bought.order_id, {}, submission="a form", now=clock.now())
    assert (number, read(select(Return.id)), len(read(select(Refund.id)))) == (1, [first], 1)
    assert len(read(select(OutboxMail.id).where(OutboxMail.key.like("withdrawn-%")))) == 1


def test_forms_sent_at_once_withdraw_once(
    driver: Driver, bought: Bought, read: Read, at_once: Callable[..., list[Any]]
) -> None:
    keyed = {each.key: Chosen(waiting=1) for each in goods(bought).values()}
    same = partial(withdrawal.declare, bought.order_id, keyed, submission="one", now=clock.now())
    assert at_once([same] * 8) == [1] * 8
    assert (len(read(select(Return.id))), sum(read(select(Refund.amount)))) == (1, WHOLE)


def test_whoever_packs_and_whoever_withdraws_at_once_do_one_thing(
    driver: Driver, bought: Bought, read: Read, at_once: Callable[..., list[Any]]
) -> None:
    keyed = {each.key: Chosen(waiting=1) for each in goods(bought).values()}
    works: list[Callable[[], Any]] = [
        partial(parcels.start_packing, [bought.order_id], actor="staff:1", now=clock.now()),
        partial(withdrawal.declare, bought.order_id, keyed, submission="one", now=clock.now()),
        partial(parcels.ship, bought.order_id, tracking="", actor="staff:1", now=clock.now()),
    ]
    answers = at_once(works)
    left = answers[2] is None
    assert isinstance(answers[1], WrongState) == left, answers
    assert driver.state(bought.order_id) == ("shipped" if left else "refunded")
    assert shelf() == ((19, 19, 0) if left else (20, 20, 0))
    assert (read(select(Refund.amount)) == []) == left


@pytest.mark.parametrize(
    "wrong",
    [
        {},
        {SERUM: Chosen()},
        {SERUM: Chosen(waiting=-1)},
        {SERUM: Chosen(there=-1, opened=1)},
        {SERUM: Chosen(opened=1)},
    ],
)
def test_nothing_chosen_is_no_withdrawal(came: Bought, read: Read, wrong: dict[str, Chosen]) -> None:
    with pytest.raises(BadInput) as refused:
        withdraw(came, wrong)
    assert (refused.value.field, read(select(Return.id))) == ("chosen", [])


@pytest.mark.parametrize("wrong", [Chosen(waiting=1), Chosen(there=2), Chosen(there=1, opened=1)])
def test_no_more_is_withdrawn_than_the_order_holds(came: Bought, read: Read, wrong: Chosen) -> None:
    with pytest.raises(WrongState, match="has changed"):
        withdraw(came, {SERUM: wrong})
    assert read(select(Return.id)) == []


def test_what_is_on_its_way_back_cannot_be_withdrawn_again(came: Bought) -> None:
    withdraw(came, {SERUM: Chosen(there=1)}, mark="one")
    with pytest.raises(WrongState):
        withdraw(came, {SERUM: Chosen(there=1)}, mark="two")


def test_another_orders_parts_cannot_be_withdrawn_from(driver: Driver, came: Bought) -> None:
    other = driver.buy()
    key = goods(other)[SERUM].key
    with pytest.raises(BadInput, match="not part of your order"):
        withdrawal.declare(came.order_id, {key: Chosen(there=1)}, submission="x", now=clock.now())


def test_the_right_ends_a_fortnight_after_delivery(driver: Driver, came: Bought) -> None:
    driver.travel(clock.today(clock.now()) + days(14), work=False)
    withdraw(came, {SERUM: Chosen(there=1)})
    driver.travel(clock.today(clock.now()) + days(1), work=False)
    with pytest.raises(WrongState, match="could be withdrawn from until"):
        withdraw(came, {ROLLER: Chosen(there=1)}, mark="too late")


def test_while_the_payment_is_disputed_the_withdrawal_counts_and_the_money_waits(
    driver: Driver, bought: Bought, read: Read
) -> None:
    with host.unit() as session:
        session.execute(update(Payment).values(dispute="open"))
    withdraw(bought, all_waiting())
    assert (driver.state(bought.order_id), shelf(), read(select(Refund.id))) == ("refunded", (20, 20, 0), [])
    assert read(select(Return.state)) == ["inspected"], "the desk pays it when the bank has decided"
    assert read(select(Return.refund_by)) == [clock.today(clock.now()) + days(14)]


def test_after_a_part_was_refunded_no_more_than_the_rest_goes_back(driver: Driver, bought: Bought) -> None:
    money_back.by_staff(
        bought.order_id, 1000, reason="goodwill", note="", actor="staff:1", now=clock.now(), mark="m"
    )  # fmt: skip
    withdraw(bought, all_waiting())
    driver.work()
    assert (driver.state(bought.order_id), refunded(driver)) == ("refunded", [WHOLE])


def test_express_shipping_goes_back_whole_when_nothing_had_left(driver: Driver, read: Read) -> None:
    order = driver.order()
    with host.unit() as session:
        mine = update(Order).where(Order.id == order.order_id)
        session.execute(mine.values(shipping_amount=395, total_amount=Order.total_amount + 395))
    driver_pays(driver, order)
    withdraw(order, all_waiting())
    assert read(select(Refund.amount)) == [WHOLE + 395]


def driver_pays(driver: Driver, order: Bought) -> None:
    """Money for an order whose total was changed by hand, as settling would have written it down."""
    with host.unit() as session:
        total = session.get_one(Order, order.order_id).total_amount
        now = clock.now()
        session.execute(update(Order).where(Order.id == order.order_id).values(state="paid", paid_at=now))
        about = {"amount": total, "currency": "GBP", "paid_at": now}
        session.add(Payment(order_id=order.order_id, intent_id=f"pi_{order.number}", **about))
