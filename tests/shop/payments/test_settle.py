"""One settle for every way in: once, for the right money only, and what came too late or twice goes back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from kits import clock, host
from kits.audit import AuditEntry
from kits.errors import TransactionOpen
from kits.money import Money
from kits.stock.tables import Lot, Reservation
from shop.orders.tables import Order
from shop.payments.gateway.account import gateway
from shop.payments.gateway.contract import Bill, BillLine, Intent
from shop.payments.settle import settle, settle_intent, settle_page
from shop.payments.tables import Refund
from shop.work.outbox import OutboxMail
from subscriptions.tables import Subscription
from tests.journeys.driving import Bought, Driver

Money_ = Callable[[], dict[str, int]]
Read = Callable[[Any], list[Any]]


@pytest.fixture
def paid(driver: Driver) -> tuple[Bought, str]:
    """An order and its page, paid at the gateway; nobody has noticed yet."""
    order = driver.order()
    return order, driver.pay(driver.page(order.order_id))


def intent_of(page_id: str) -> Intent:
    """The intent that paid a page, fresh from the gateway."""
    found = gateway().page(page_id).intent
    assert found is not None
    return found


def test_the_return_page_and_the_webhook_at_once_settle_once(
    driver: Driver, paid: tuple[Bought, str], at_once: Callable[..., list[Any]], money: Money_, read: Read
) -> None:
    order, page = paid
    intent = intent_of(page).id
    ways = [lambda: settle_page(page, now=clock.now()), lambda: settle_intent(intent, now=clock.now())]
    assert at_once(ways * 4) == [None] * 8
    assert (driver.state(order.order_id), money()) == ("paid", {"payments": 1, "refunds": 0, "open": 0})
    assert len(read(select(Subscription.id))) == 1, "enrolled once"
    assert len(read(select(OutboxMail.id))) == 1, "told once"


def test_settling_twice_does_nothing_more(driver: Driver, paid: tuple[Bought, str], money: Money_, read: Read) -> None:
    page = paid[1]
    settle_page(page, now=clock.now())
    first = read(select(Order.paid_at))
    settle_page(page, now=clock.now())
    assert (read(select(Order.paid_at)), money()["payments"]) == (first, 1)


def test_what_does_not_fit_the_order_changes_nothing(driver: Driver, paid: tuple[Bought, str], money: Money_) -> None:
    order, page = paid
    right = intent_of(page)
    less, elsewhere = Money(right.amount.amount - 1, "GBP"), Money(right.amount.amount, "EUR")
    wrong: list[dict[str, Any]] = [
        {"amount": less, "received": less.amount},
        {"received": right.received - 1},
        {"amount": elsewhere},
        {"metadata": {**right.metadata, "order": "R-XXXXX-XXXXX"}},
        {"metadata": {}},
        {"status": "processing"},
    ]
    for changed in wrong:
        settle(replace(right, **changed), now=clock.now())
        assert (driver.state(order.order_id), money()["payments"]) == ("awaiting_payment", 0), changed


def test_another_orders_money_does_not_pay_an_order_of_another_amount(
    driver: Driver, paid: tuple[Bought, str], money: Money_, read: Read
) -> None:
    two = driver.order(quantity=2)
    settle(replace(intent_of(paid[1]), metadata={"order": two.number, "attempt": "1"}), now=clock.now())
    assert (driver.state(two.order_id), money()["payments"]) == ("awaiting_payment", 0)
    assert read(select(AuditEntry.action).where(AuditEntry.subject == two.number)) == ["payment.mismatch"]


def test_settling_refuses_to_run_inside_a_transaction(driver: Driver, paid: tuple[Bought, str]) -> None:
    intent = intent_of(paid[1])
    with host.unit() as session:
        session.execute(update(Order).values(tracking="mine"))
        with pytest.raises(TransactionOpen):
            settle(intent, now=clock.now())
    tracking = host.session().scalars(select(Order.tracking)).all()
    host.end_reads()
    assert tracking == ["mine"], "and the caller's own work is not undone"


def cancelled_unnoticed(order: Bought) -> None:
    """As if the order had been let go although its page was still open."""
    with host.unit() as session:
        session.execute(update(Order).where(Order.id == order.order_id).values(state="cancelled"))
        session.execute(update(Reservation).where(Reservation.order_number == order.number).values(state="released"))


def test_a_late_payment_is_honoured_while_the_stock_is_there(
    driver: Driver, paid: tuple[Bought, str], money: Money_, read: Read
) -> None:
    order, page = paid
    cancelled_unnoticed(order)
    settle_page(page, now=clock.now())
    assert (driver.state(order.order_id), money()["refunds"]) == ("paid", 0)
    assert len(read(select(Reservation.id).where(Reservation.state == "held"))) == 2


def test_a_late_payment_goes_back_when_the_stock_is_gone(
    driver: Driver, paid: tuple[Bought, str], money: Money_, read: Read
) -> None:
    order, page = paid
    cancelled_unnoticed(order)
    with host.unit() as session:
        session.execute(update(Lot).values(on_hand=0))
    settle_page(page, now=clock.now())
    settle_page(page, now=clock.now())
    assert (driver.state(order.order_id), money()) == ("cancelled", {"payments": 1, "refunds": 1, "open": 0})
    driver.work()
    assert [charge["refunded"] == charge["amount"] for charge in driver.sandbox.charges()] == [True]
    assert read(select(Reservation.id).where(Reservation.state == "held")) == []
    assert read(select(Subscription.id)) == []


def test_a_second_success_on_one_order_goes_back(driver: Driver, money: Money_, read: Read) -> None:
    order = driver.order()
    first = driver.page(order.order_id)
    second = _second_page(order)
    settle_page(driver.pay(first), now=clock.now())
    settle_page(driver.pay(second), now=clock.now())
    driver.work()
    assert (driver.state(order.order_id), money()["payments"], money()["refunds"]) == ("paid", 2, 1)
    assert sorted(charge["refunded"] > 0 for charge in driver.sandbox.charges()) == [False, True]
    assert read(select(Refund.reason)) == ["paid_twice"]
    assert len(read(select(Subscription.id))) == 1


def _second_page(order: Bought) -> str:
    """A second open page on the same order, as no use case of ours makes one."""
    session = host.session()
    row = session.get_one(Order, order.order_id)
    about = {"order": row.number, "root_order": row.number, "attempt": "7"}
    bill = Bill(
        row.number, row.customer.stripe_customer or "", row.total, (BillLine("Kit", row.total_amount, 1),), about
    )
    host.end_reads()
    page = gateway().create_page(
        bill,
        save_card=True,
        expires_at=clock.now() + timedelta(hours=1),
        success_url="http://127.0.0.1/back?page_id={CHECKOUT_SESSION_ID}",
        cancel_url="http://127.0.0.1/",
        key="a-second-page",
    )
    assert page.url is not None
    return page.url


def test_a_cancelled_refill_that_is_paid_late_goes_back(driver: Driver, money: Money_, read: Read) -> None:
    bought = driver.buy()
    driver.until_due(bought)
    driver.card_behaves(bought, "pm_card_authenticationRequired")
    driver.work()
    refill = driver.refill(bought)
    assert refill.order_id is not None
    page = driver.pay(driver.page(refill.order_id))
    with host.unit() as session:
        session.execute(update(Order).where(Order.id == refill.order_id).values(state="cancelled"))
    settle_page(page, now=clock.now())
    driver.work()
    assert driver.state(refill.order_id) == "cancelled"
    assert [charge["refunded"] > 0 for charge in driver.sandbox.charges()] == [True, False], "the newest first"
