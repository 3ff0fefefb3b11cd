"""A refill that was ordered and not paid comes anew; how often its card was tried before still counts."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import Any

import pytest
from sqlalchemy import select, update

from kits import clock, host
from shop.payments.gateway.contract import OutcomeUnknown
from shop.payments.tables import PaymentAttempt
from subscriptions.billing import reopening
from subscriptions.controls import refills
from subscriptions.duties import BILLING_DUTY
from subscriptions.tables import Refill
from tests.journeys.driving import Bought, Driver, days

SOFT = "pm_card_chargeDeclined"


@pytest.fixture
def declined(driver: Driver, bought: Bought) -> int:
    """The order of a refill that was declined and is tried again tomorrow."""
    driver.until_due(bought)
    driver.card_behaves(bought, SOFT)
    driver.work()
    assert driver.refill(bought).state == "declined"
    return driver.refill(bought).order_id or 0


def let_go(bought: Bought) -> None:
    reopening.let_go(bought.subscription_id or 0, 1, clock.now())


def marked() -> list[Any]:
    try:
        return list(host.session().scalars(select(Refill.reopens_at).where(Refill.reopens_at.is_not(None))))
    finally:
        host.end_reads()


def tries() -> list[Any]:
    tried = select(PaymentAttempt.ended_at).where(PaymentAttempt.decline_code.is_not(None))
    try:
        return list(host.session().scalars(tried.order_by(PaymentAttempt.id)))
    finally:
        host.end_reads()


def test_a_refill_closed_by_a_process_that_died_before_it_was_moved_comes_again(
    driver: Driver, bought: Bought, declined: int, subjects: Callable[[], list[str]]
) -> None:
    let_go(bought)
    assert (driver.state(declined), driver.refill(bought).state) == ("cancelled", "cancelled")
    driver.card_behaves(bought, None)
    driver.work()
    refill = driver.refill(bought)
    assert (refill.state, refill.order_id, marked()) == ("notified", None, [])
    assert subjects().count("Your next serum refill") == 2
    driver.travel(refill.charge_on)
    assert driver.refill(bought).state == "paid"
    assert driver.charges()[bought.number, "1"] == 1


def test_what_cannot_be_closed_just_now_is_as_it_was(driver: Driver, bought: Bought, declined: int) -> None:
    driver.sandbox.fault("payment_intents.cancel", "lose_request", times=3)
    with pytest.raises(OutcomeUnknown):
        let_go(bought)
    assert marked() == []
    driver.card_behaves(bought, None)
    driver.travel(clock.now() + days(1))
    assert (driver.refill(bought).state, driver.refill(bought).order_id) == ("paid", declined)


def test_while_it_is_to_be_closed_it_is_not_charged_under_the_old_order(
    driver: Driver, bought: Bought, declined: int
) -> None:
    driver.card_behaves(bought, None)
    with host.unit() as session:
        due = {"reopens_at": clock.now(), "retry_on": clock.today(clock.now())}
        session.execute(update(Refill).where(Refill.number == 1).values(**due))
    BILLING_DUTY.perform(1, clock.now())
    assert driver.refill(bought).state == "declined"
    driver.work()
    assert driver.charges()[bought.number, "1"] == 0
    assert driver.state(declined) == "cancelled"


def test_a_refill_that_was_paid_meanwhile_stays_paid(driver: Driver, bought: Bought, declined: int) -> None:
    driver.card_behaves(bought, None)
    driver.travel(clock.now() + days(1))
    with host.unit() as session:
        session.execute(update(Refill).where(Refill.number == 1).values(reopens_at=clock.now()))
    driver.work()
    assert (driver.refill(bought).state, driver.state(declined), marked()) == ("paid", "paid", [])


def test_however_often_a_declined_refill_is_moved_a_card_is_tried_eight_times_in_thirty_days_at_most(
    driver: Driver, bought: Bought, declined: int
) -> None:
    for _ in range(3):
        for _ in range(12):
            driver.travel(clock.now() + days(1))
        refills.move(bought.subscription_id or 0, 1, 1, actor="customer", now=clock.now())
        refills.move(bought.subscription_id or 0, 1, 0, actor="customer", now=clock.now())
    for _ in range(20):
        driver.travel(clock.now() + days(1))
    tried = tries()
    assert len(tried) > 8
    assert all(ninth - first > days(30) for first, ninth in zip(tried, tried[8:], strict=False))
    assert all(first < second for first, second in pairwise(tried))
