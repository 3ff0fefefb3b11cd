"""Refunds: never more than was paid, asked for until answered, given once."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import stripe
from sqlalchemy import select

from kits import clock, host
from kits.errors import TransactionOpen, WrongState
from shop.orders.find import locked
from shop.payments.gateway.contract import NoKeys, OutcomeUnknown
from shop.payments.giving_back import refunds
from shop.payments.tables import Payment, Refund
from tests.journeys.driving import Bought, Driver

Read = Callable[[Any], list[Any]]


def ask(order: Bought, amount: int) -> int:
    """Write down a refund as a use case does: under the order's lock."""
    with host.unit() as session:
        locked(session, order.order_id)
        payment = session.scalars(select(Payment).where(Payment.order_id == order.order_id)).one()
        return refunds.ask(session, payment, amount, reason="other", now=clock.now()).id


@pytest.fixture
def bought(driver: Driver) -> Bought:
    return driver.buy()


def paid_amount(read: Read) -> int:
    return int(read(select(Payment.amount))[0])


def test_what_is_pending_and_what_was_given_never_exceed_the_payment(
    driver: Driver, bought: Bought, read: Read
) -> None:
    whole = paid_amount(read)
    ask(bought, whole - 100)
    with pytest.raises(WrongState):
        ask(bought, 101)
    driver.work()
    with pytest.raises(WrongState):
        ask(bought, 101)
    ask(bought, 100)
    driver.work()
    assert [charge["refunded"] for charge in driver.sandbox.charges()] == [whole]


def test_many_who_ask_at_once_get_no_more_than_was_paid(
    driver: Driver, bought: Bought, read: Read, at_once: Callable[..., list[Any]]
) -> None:
    half = paid_amount(read) // 2
    answers = at_once([lambda: ask(bought, half)] * 6)
    assert sum(isinstance(answer, WrongState) for answer in answers) == 4, answers
    driver.work()
    assert [charge["refunded"] for charge in driver.sandbox.charges()] == [2 * half]


def test_a_refund_sent_by_many_at_once_is_given_once(
    driver: Driver, bought: Bought, read: Read, at_once: Callable[..., list[Any]]
) -> None:
    refund = ask(bought, 100)
    at_once([lambda: refunds.send(refund, clock.now())] * 4)
    driver.work()
    assert [charge["refunded"] for charge in driver.sandbox.charges()] == [100]
    assert read(select(Refund.state)) == ["succeeded"]


def test_a_refund_whose_answer_was_lost_is_found_after_stripe_forgot_the_key(
    driver: Driver, bought: Bought, monkeypatch: pytest.MonkeyPatch, read: Read, tmp_path: Path
) -> None:
    refund = ask(bought, 100)
    real = stripe.RequestsClient.request

    def lost(self: Any, method: str, url: str, *args: Any, **more: Any) -> Any:
        answer = real(self, method, url, *args, **more)
        if method.upper() == "POST":
            raise stripe.APIConnectionError("the line was cut", should_retry=False)
        return answer

    with monkeypatch.context() as patched:
        patched.setattr(stripe.RequestsClient, "request", lost)
        with pytest.raises(OutcomeUnknown):
            refunds.send(refund, clock.now())
    with closing(sqlite3.connect(tmp_path / "sandbox.db")) as stripes_own:
        stripes_own.execute("UPDATE replies SET stored_at = 0")
        stripes_own.commit()
    driver.travel(clock.now() + timedelta(days=2))
    assert [charge["refunded"] for charge in driver.sandbox.charges()] == [100]
    assert read(select(Refund.state)) == ["succeeded"]


def test_a_key_that_stripe_no_longer_takes_fails_no_refund(
    driver: Driver, bought: Bought, app: Any, read: Read
) -> None:
    refund, key = ask(bought, 100), app.config["SHOP_STRIPE_SECRET_KEY"]
    app.config["SHOP_STRIPE_SECRET_KEY"] = "sk_rolled"
    with pytest.raises(NoKeys):
        refunds.send(refund, clock.now())
    assert read(select(Refund.state)) == ["pending"]
    app.config["SHOP_STRIPE_SECRET_KEY"] = key
    driver.work()
    assert read(select(Refund.state)) == ["succeeded"]


def test_sending_refuses_to_run_inside_a_transaction(bought: Bought) -> None:
    refund = ask(bought, 100)
    with host.unit(), pytest.raises(TransactionOpen):
        refunds.send(refund, clock.now())
