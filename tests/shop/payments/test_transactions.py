"""No transaction is open while Stripe is asked, and use cases that ask it refuse to run inside one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import stripe
from sqlalchemy import select

from kits import clock, host
from kits.errors import TransactionOpen
from shop.payments import charge, settle, webhooks
from shop.payments.giving_back import refunds
from shop.payments.hosted import release
from shop.payments.hosted.start import pay_in_person
from shop.payments.tables import Payment, WebhookEvent
from subscriptions import commands
from subscriptions.billing import billing
from tests.journeys.driving import Driver


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every request that left, each seen to leave outside any transaction."""
    left: list[str] = []
    real = stripe.RequestsClient.request

    def request(self: Any, method: str, url: str, *args: Any, **more: Any) -> Any:
        assert not host.session().in_transaction(), f"{method} {url} left inside a transaction"
        left.append(f"{method.upper()} {url.split('/v1/')[1].split('?')[0].split('/')[0]}")
        return real(self, method, url, *args, **more)

    monkeypatch.setattr(stripe.RequestsClient, "request", request)
    return left


def test_no_transaction_is_open_while_stripe_is_asked(driver: Driver, asked: list[str]) -> None:
    abandoned = driver.order()
    driver.page(abandoned.order_id)
    bought = driver.buy()
    driver.until_due(bought)
    driver.card_behaves(bought, "pm_card_chargeDeclined")
    driver.work()
    order_id = driver.refill(bought).order_id
    assert order_id is not None
    settle.settle_page(driver.pay(driver.page(order_id), "5555555555554444"), now=clock.now())
    with host.unit() as session:
        payment = session.scalars(select(Payment).where(Payment.order_id == order_id)).one()
        refunds.ask(session, payment, 100, reason="a test", now=clock.now())
    driver.travel(driver.refill(bought, 2).notice_on)
    driver.travel(driver.refill(bought, 2).charge_on)
    assert driver.state(abandoned.order_id) == "cancelled"
    assert [refill.state for refill in driver.refills(bought)] == ["paid", "paid"]
    assert {"POST customers", "POST checkout", "GET checkout", "POST payment_intents", "POST refunds"} <= set(asked)


USE_CASES: dict[str, Callable[[int], object]] = {
    "pay in person": lambda order: _pay(order),
    "charge": lambda order: charge.charge_saved_card(order, "pm_card_visa", now=clock.now()),
    "cancel": lambda order: release.cancel(order, now=clock.now()),
    "settle a page": lambda _: settle.settle_page("cs_1", now=clock.now()),
    "settle an intent": lambda _: settle.settle_intent("pi_1", now=clock.now()),
    "process a webhook": lambda _: webhooks.process(1, clock.now()),
    "bill": lambda _: billing.bill(1, clock.now()),
    "lapse": lambda _: billing.lapse(1, clock.now()),
    "end a plan": lambda _: commands.end(1, actor="customer", now=clock.now()),
}


def _pay(order_id: int) -> str:
    return pay_in_person(order_id, now=clock.now())


def test_use_cases_that_ask_stripe_refuse_to_run_inside_a_transaction(driver: Driver) -> None:
    bought = driver.buy()
    with host.unit() as session:
        session.add(WebhookEvent(event_id="evt", type="x", object_id="x", body="", received_at=clock.now()))
        session.flush()
        for name, use_case in USE_CASES.items():
            with pytest.raises(TransactionOpen):
                use_case(bought.order_id)
            assert session.in_transaction(), f"{name} ended its caller's transaction"
    kept = host.session().scalars(select(WebhookEvent.event_id)).all()
    host.end_reads()
    assert kept == ["evt"], "and the caller's own work is not undone"
