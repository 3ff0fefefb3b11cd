"""Stock is let go only after its payment page was closed at Stripe."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from kits import clock, host
from kits.errors import Busy
from kits.stock.tables import Reservation
from shop.orders.tables import Order
from shop.payments.gateway.account import StripeGateway, gateway
from shop.payments.gateway.contract import HostedPage, OutcomeUnknown
from shop.payments.hosted import release
from shop.payments.tables import PaymentAttempt
from tests.journeys.driving import Driver

Read = Callable[[Any], list[Any]]
HELD = select(Reservation.id).where(Reservation.state == "held")


def the_page(read: Read) -> str:
    return str(read(select(PaymentAttempt.session_id))[0])


def test_an_abandoned_order_is_let_go_after_its_page_was_expired_at_stripe(driver: Driver, read: Read) -> None:
    order = driver.order()
    driver.page(order.order_id)
    driver.travel(clock.now() + timedelta(hours=2))
    assert (driver.state(order.order_id), read(HELD)) == ("cancelled", [])
    assert gateway().page(the_page(read)).status == "expired"


def test_an_order_whose_page_was_never_asked_for_is_let_go_too(driver: Driver, read: Read) -> None:
    order = driver.order()
    driver.travel(clock.now() + timedelta(hours=2))
    assert (driver.state(order.order_id), read(HELD)) == ("cancelled", [])


def test_nothing_is_let_go_while_its_page_is_open_and_wanted(driver: Driver, read: Read) -> None:
    order = driver.order()
    driver.page(order.order_id)
    driver.travel(clock.now() + timedelta(minutes=20))
    assert (driver.state(order.order_id), len(read(HELD))) == ("awaiting_payment", 2)


def test_nothing_is_let_go_while_stripe_cannot_be_asked(driver: Driver, read: Read) -> None:
    order = driver.order()
    driver.page(order.order_id)
    driver.sandbox.fault("checkout.sessions.retrieve", "lose_request", times=3)
    with pytest.raises(OutcomeUnknown):
        release.cancel(order.order_id, now=clock.now())
    assert (driver.state(order.order_id), len(read(HELD))) == ("awaiting_payment", 2)


@pytest.mark.parametrize("call", ["close_page", "page"])
def test_a_page_paid_at_the_very_moment_of_its_release_is_settled_instead(
    call: str, driver: Driver, read: Read, monkeypatch: pytest.MonkeyPatch
) -> None:
    order = driver.order()
    url = driver.page(order.order_id)
    paid: list[str] = []
    real: Callable[..., HostedPage] = getattr(StripeGateway, call)

    def after_the_customer(self: StripeGateway, page_id: str) -> HostedPage:
        # `close_page`: paid just before it is asked. `page`: paid between the look and the expiry.
        seen = real(self, page_id) if call == "page" else None
        if not paid:
            paid.append(driver.pay(url))
        return seen or real(self, page_id)

    monkeypatch.setattr(StripeGateway, call, after_the_customer)
    assert release.cancel(order.order_id, now=clock.now()) == "paid"
    assert (driver.state(order.order_id), len(read(HELD))) == ("paid", 2)


def test_a_page_opened_while_an_old_one_was_being_closed_keeps_the_order(
    driver: Driver, read: Read, app: Any, monkeypatch: pytest.MonkeyPatch, standing_still: None
) -> None:
    app.config["SHOP_LEASE_SECONDS"] = 0.01
    order = driver.order()
    driver.page(order.order_id)
    real = StripeGateway.close_page

    def slowly(self: StripeGateway, page_id: str) -> HostedPage:
        closed = real(self, page_id)
        if not reopened:
            reopened.append(True)
            driver.page(order.order_id)  # the lease ran out meanwhile, and the customer came back
        return closed

    reopened: list[bool] = []
    monkeypatch.setattr(StripeGateway, "close_page", slowly)
    with pytest.raises(Busy):
        release.cancel(order.order_id, now=clock.now())
    assert (driver.state(order.order_id), len(read(HELD))) == ("awaiting_payment", 2)


def test_the_worker_and_the_customer_at_once_leave_an_order_paid_or_let_go(
    driver: Driver, read: Read, at_once: Callable[..., list[Any]]
) -> None:
    orders = [driver.order() for _ in range(4)]
    pages = [driver.page(order.order_id) for order in orders]
    with host.unit() as session:
        session.execute(update(Order).values(keep_until=clock.now() - timedelta(minutes=1)))
    answers = at_once([driver.work, *(lambda url=url: driver.sandbox.pay(url).status_code for url in pages)])[1:]
    driver.work()
    states = [driver.state(order.order_id) for order in orders]
    assert states == ["paid" if answer == 303 else "cancelled" for answer in answers]
    assert len(read(HELD)) == 2 * states.count("paid")
