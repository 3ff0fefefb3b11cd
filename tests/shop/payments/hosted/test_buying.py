"""Placing an order and opening its page at once: whoever comes between, and wherever the process dies."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update

from kits import clock, host
from kits.errors import Busy, SoldOut
from kits.stock.tables import Reservation
from shop.customers.tables import Customer
from shop.orders.tables import Order
from shop.payments.gateway.contract import NoKeys, OutcomeUnknown
from shop.payments.hosted import release
from shop.payments.hosted.buying import Bought, buy
from shop.payments.hosted.start import SHORTEST_PAGE, pay_in_person
from shop.payments.settle import settle_page
from shop.payments.tables import PaymentAttempt
from tests.journeys.driving import Driver
from tests.shop.payments.hosted.test_start import sessions_at_stripe
from tests.shop.payments.test_transactions import asked  # noqa: F401

Read = Callable[[Any], list[Any]]
AtOnce = Callable[..., list[Any]]


def bought(driver: Driver, **wanted: object) -> Bought:
    return buy(driver.purchase(**wanted), now=clock.now())  # type: ignore[arg-type]


def died(order_id: int) -> None:
    """The process that held the lease is gone, and its lease has run out."""
    with host.unit() as session:
        session.execute(update(Order).where(Order.id == order_id).values(free_at=0.0))


def test_an_order_is_bought_and_paid_on_its_first_page(driver: Driver, read: Read) -> None:
    order = bought(driver)
    settle_page(driver.pay(order.page()), now=clock.now())
    assert driver.state(order.order_id) == "paid"
    assert read(select(PaymentAttempt.state)) == ["succeeded"]
    assert driver.charges() == {(driver.seen(order.order_id).number, "-"): 1}


def test_a_new_order_is_asked_for_nothing_but_its_customer_and_its_page(driver: Driver, asked: list[str]) -> None:  # noqa: F811
    bought(driver, email="ada@example.org").page()
    assert asked == ["POST customers", "POST checkout"]
    bought(driver, email="Ada@example.org").page()
    assert asked[2:] == ["POST checkout"], "whom the gateway knows is not made again"


def test_the_first_attempt_and_the_lease_are_committed_with_the_order(driver: Driver, read: Read) -> None:
    order = bought(driver)
    assert read(select(PaymentAttempt.state)) == ["started"]
    assert read(select(Order.keep_until)) == read(select(PaymentAttempt.expires_at))
    for start in (pay_in_person, release.cancel):
        with pytest.raises(Busy):
            start(order.order_id, now=clock.now())
    order.page()
    assert read(select(Order.claimed_by)) == [None]


def test_a_process_that_dies_before_the_page_is_there_leaves_what_the_next_goes_on_with(
    driver: Driver, read: Read
) -> None:
    order = bought(driver)
    keys = read(select(PaymentAttempt.key))
    died(order.order_id)
    url = pay_in_person(order.order_id, now=clock.now())
    assert read(select(PaymentAttempt.key)) == keys
    settle_page(driver.pay(url), now=clock.now())
    assert driver.state(order.order_id) == "paid"


def test_a_page_that_gave_no_answer_is_asked_for_again_and_paid_once(driver: Driver, read: Read) -> None:
    order = bought(driver)
    driver.sandbox.fault("checkout.sessions.create", "lose_request", times=3)
    with pytest.raises(OutcomeUnknown):
        order.page()
    assert (read(select(PaymentAttempt.state)), read(select(Order.claimed_by))) == (["unknown"], [None])
    settle_page(driver.pay(pay_in_person(order.order_id, now=clock.now())), now=clock.now())
    assert sessions_at_stripe(driver, "open") == 0
    assert len(driver.sandbox.charges()) == 1


def test_one_who_was_made_at_the_gateway_is_kept_though_the_page_failed(driver: Driver, asked: list[str]) -> None:  # noqa: F811
    order = bought(driver)
    driver.sandbox.fault("checkout.sessions.create", "http_429")
    with pytest.raises(Exception, match="busy"):
        order.page()
    pay_in_person(order.order_id, now=clock.now())
    assert asked.count("POST customers") == 1


def test_two_clicks_on_one_form_make_one_order_with_one_page(driver: Driver, at_once: AtOnce, read: Read) -> None:
    def click() -> str:
        return buy(purchase, now=clock.now()).page()

    purchase = driver.purchase(submission="one-form")
    answers = at_once([click] * 6)
    urls = {answer for answer in answers if isinstance(answer, str)}
    assert len(urls) == 1
    assert all(isinstance(answer, Busy) for answer in answers if answer not in urls), answers
    assert len(read(select(Order.id))) == len(read(select(PaymentAttempt.id))) == 1
    assert click() in urls, "and a third click finds it"
    assert sessions_at_stripe(driver, "open") == 1


def test_two_first_orders_of_a_person_have_one_customer_at_the_gateway(
    driver: Driver, at_once: AtOnce, read: Read
) -> None:
    orders = [bought(driver, email="ada@example.org") for _ in range(3)]
    for url in at_once([order.page for order in orders]):
        driver.pay(url)
    assert {charge["customer"] for charge in driver.sandbox.charges()} == set(read(select(Customer.stripe_customer)))


def test_what_is_sold_out_leaves_neither_order_nor_attempt(driver: Driver, read: Read) -> None:
    for _ in range(2):
        bought(driver, quantity=10)
    with pytest.raises(SoldOut):
        bought(driver)
    assert len(read(select(Order.id))) == len(read(select(PaymentAttempt.id))) == 2


def test_an_order_that_cannot_be_paid_for_want_of_keys_is_placed_all_the_same(
    driver: Driver, app: Flask, read: Read
) -> None:
    app.config["SHOP_STRIPE_SECRET_KEY"] = ""
    order = bought(driver)
    with pytest.raises(NoKeys):
        order.page()
    assert (driver.state(order.order_id), read(select(PaymentAttempt.id))) == ("awaiting_payment", [])


def test_stock_is_kept_as_long_as_its_page_can_be_paid(driver: Driver, app: Flask, read: Read) -> None:
    app.config["SHOP_RESERVATION_MINUTES"] = 1
    order = bought(driver)
    order.page()
    assert read(select(Order.keep_until))[0] - clock.now() > SHORTEST_PAGE - timedelta(minutes=1)
    driver.travel(clock.now() + timedelta(minutes=10))
    assert driver.state(order.order_id) == "awaiting_payment"
    driver.travel(clock.now() + timedelta(minutes=30))
    assert (driver.state(order.order_id), set(read(select(Reservation.state)))) == ("cancelled", {"released"})
