"""Paying in person: one open page an order, whoever asks and however often."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import requests
from sqlalchemy import select

from kits import clock
from kits.errors import Busy, WrongState
from kits.stock.tables import Reservation
from shop.customers.tables import Customer
from shop.orders.tables import Order
from shop.payments.gateway.account import gateway
from shop.payments.settle import settle_page
from shop.payments.tables import PaymentAttempt
from shop.registers import registers
from shop.work import duties
from tests.journeys.driving import Driver

Read = Callable[[Any], list[Any]]


def sessions_at_stripe(driver: Driver, status: str) -> int:
    return len(asked_of_stripe(driver, f"checkout/sessions?status={status}&limit=100"))


def customers_at_stripe(driver: Driver) -> set[str]:
    found = asked_of_stripe(driver, "customers?limit=100")
    return {each["id"] for each in found}


def asked_of_stripe(driver: Driver, what: str) -> list[Any]:
    key = {"Authorization": f"Bearer {driver.sandbox.key}"}
    answer = requests.get(f"{driver.sandbox.url}/v1/{what}", headers=key, timeout=10)
    return list(answer.json()["data"])


def test_two_who_ask_at_once_get_one_page(driver: Driver, at_once: Callable[..., list[Any]], read: Read) -> None:
    order = driver.order()
    answers = at_once([lambda: driver.page(order.order_id)] * 6)
    urls = {answer for answer in answers if isinstance(answer, str)}
    assert len(urls) == 1
    assert all(isinstance(answer, Busy) for answer in answers if answer not in urls)
    assert sessions_at_stripe(driver, "open") == 1
    assert len(read(select(PaymentAttempt.id))) == 1


def test_asking_again_gives_the_open_page(driver: Driver) -> None:
    order = driver.order()
    assert driver.page(order.order_id) == driver.page(order.order_id)
    assert sessions_at_stripe(driver, "open") == 1


def test_two_orders_of_a_new_customer_at_once_have_one_customer_at_stripe(
    driver: Driver, at_once: Callable[..., list[Any]], read: Read
) -> None:
    orders = [driver.order(email="ada@example.org") for _ in range(3)]
    urls = at_once([lambda order=order: driver.page(order.order_id) for order in orders])
    customers = {charge["customer"] for url in urls if driver.pay(url) for charge in driver.sandbox.charges()}
    assert customers == set(read(select(Customer.stripe_customer)))
    assert customers == customers_at_stripe(driver), "who came second leaves no name and address behind there"


def test_an_expired_page_is_replaced(driver: Driver) -> None:
    bought = driver.buy()
    driver.until_due(bought)
    driver.card_behaves(bought, "pm_card_authenticationRequired")
    driver.work()
    order_id = driver.refill(bought).order_id
    assert order_id is not None
    first = driver.page(order_id)
    driver.travel(clock.now() + timedelta(hours=2), work=False)
    assert driver.page(order_id) != first
    assert sessions_at_stripe(driver, "open") == 1


def test_a_paid_order_gets_no_page(driver: Driver) -> None:
    bought = driver.buy()
    with pytest.raises(WrongState):
        driver.page(bought.order_id)


def test_a_page_that_was_paid_unnoticed_is_settled_instead_of_replaced(driver: Driver) -> None:
    order = driver.order()
    driver.pay(driver.page(order.order_id))
    with pytest.raises(WrongState):
        driver.page(order.order_id)
    assert driver.state(order.order_id) == "paid"


def test_a_customer_whose_page_is_open_is_not_charged_behind_it(driver: Driver, read: Read) -> None:
    bought = driver.buy()
    driver.until_due(bought)
    driver.sandbox.fault("payment_intents.confirm", "http_429", times=3)
    with pytest.raises(AssertionError, match="still something"):
        _work_with_page(driver, bought)
    refill = driver.refill(bought)
    assert (refill.state, driver.charges()) == ("charging", {(bought.number, "-"): 1})
    live = read(select(PaymentAttempt.intent_id).where(PaymentAttempt.way == "saved_card"))
    assert {gateway().intent(each).status for each in live} == {"canceled"}, "the saved card's intent is closed first"


def _work_with_page(driver: Driver, bought: Any) -> None:
    duties.one_round(registers().duties)
    order_id = driver.refill(bought).order_id
    assert order_id is not None
    driver.page(order_id)
    driver.work()


def test_a_worker_that_was_too_slow_does_not_charge_beside_the_customers_page(
    driver: Driver, app: Any, at_once: Callable[..., list[Any]], standing_still: None
) -> None:
    bought = driver.buy()
    driver.until_due(bought)
    app.config["SHOP_LEASE_SECONDS"] = 0.3
    driver.sandbox.fault("payment_intents.create", "delay", seconds=0.8)

    def customer() -> str:
        order_id = None
        while order_id is None:
            time.sleep(0.05)
            order_id = driver.refill(bought).order_id
        time.sleep(0.45)  # the worker's lease has run out, and its intent is still on the way
        return driver.page(order_id)

    _, url = at_once([lambda: duties.one_round(registers().duties), customer])
    assert driver.charges() == {(bought.number, "-"): 1}, "the page is open: the saved card waits"
    settle_page(driver.pay(url), now=clock.now())
    driver.work()
    assert driver.charges() == {(bought.number, "-"): 1, (bought.number, "1"): 1}
    assert driver.refill(bought).state == "paid"


def test_stock_is_not_kept_without_end_by_asking_for_one_page_after_the_other(driver: Driver, read: Read) -> None:
    order = driver.order()
    begun = clock.now()
    for _ in range(4):
        driver.page(order.order_id)
        (until,) = read(select(Order.keep_until))
        driver.travel(until + timedelta(seconds=1), work=False)
        if until > begun + timedelta(hours=2, minutes=29):
            break
    assert until <= begun + timedelta(hours=3)
    with pytest.raises(WrongState, match="time to pay this order is over"):
        driver.page(order.order_id)
    assert driver.state(order.order_id) == "cancelled"
    assert set(read(select(Reservation.state))) == {"released"}
    assert sessions_at_stripe(driver, "open") == 0
