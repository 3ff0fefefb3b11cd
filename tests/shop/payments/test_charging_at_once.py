"""Whoever else wants to charge or close an order while a worker charges it is refused, or waits and finds it done."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from sqlalchemy import select

from kits import clock, host
from kits.errors import Busy, WrongState
from shop.payments.charge import charge_saved_card
from shop.payments.hosted import release
from shop.payments.tables import PaymentAttempt
from subscriptions.tables import Subscription
from tests.journeys.driving import Driver

OUT = 0.8


def test_another_try_during_a_workers_charge_is_refused_and_charges_nothing(
    driver: Driver, at_once: Callable[..., list[Any]]
) -> None:
    bought = driver.buy()
    driver.until_due(bought)
    card = host.session().scalar(select(Subscription.card)) or ""
    host.end_reads()
    driver.sandbox.fault("payment_intents.confirm", "delay", seconds=OUT)

    def when_it_is_out(do: Callable[[int], str]) -> str:
        while not driver.refill(bought).order_id:
            time.sleep(0.02)
        time.sleep(OUT / 4)
        return do(driver.refill(bought).order_id or 0)

    again = lambda: when_it_is_out(lambda order_id: charge_saved_card(order_id, card, now=clock.now()))  # noqa: E731
    close = lambda: when_it_is_out(lambda order_id: release.cancel(order_id, now=clock.now()))  # noqa: E731
    in_person = lambda: when_it_is_out(driver.page)  # noqa: E731
    said = at_once([driver.work, again, close, in_person])[1:]
    assert all(isinstance(each, Busy | WrongState) or each in ("closed", "paid") for each in said), said
    assert isinstance(said[0], Busy), "the charge was out"
    assert (driver.refill(bought).state, driver.charges()[bought.number, "1"]) == ("paid", 1)
    attempts = host.session().scalars(select(PaymentAttempt.state).where(PaymentAttempt.way == "saved_card")).all()
    assert attempts == ["succeeded"]
    host.end_reads()
    order_id = driver.refill(bought).order_id or 0
    assert charge_saved_card(order_id, card, now=clock.now()) == "closed", "afterwards there is nothing to charge"
