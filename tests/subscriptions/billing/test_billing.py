"""Billing one refill: stock first, then the card; declines, tries and a customer who is asked."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from dateutil.relativedelta import relativedelta
from sqlalchemy import select, update

from kits import clock, host
from kits.catalogue import first_kit
from kits.stock.ledger import Cause
from kits.stock.moves.receiving import Delivery, receive
from kits.stock.tables import Lot, Reservation
from shop.orders.tables import Order
from shop.payments.gateway.contract import NoKeys
from shop.payments.settle import settle_page
from shop.payments.tables import PaymentAttempt
from shop.registers import registers
from shop.work import duties
from subscriptions.billing.billing import bill
from subscriptions.tables import Refill, Subscription
from tests.journeys.driving import Bought, Driver, days

Subjects = Callable[[], list[str]]
HARD = ["pm_card_chargeDeclinedLostCard", "pm_card_chargeDeclinedStolenCard", "pm_card_chargeDeclinedExpiredCard"]


def rows(query: Any) -> list[Any]:
    found = list(host.session().scalars(query))
    host.end_reads()
    return found


def write(statement: Any) -> None:
    with host.unit() as session:
        session.execute(statement)


def charged(driver: Driver, bought: Bought) -> int:
    return driver.charges()[bought.number, "1"]


@pytest.fixture
def tries(app: Any) -> Callable[[], int]:
    """How often the saved card was tried."""

    def counted() -> int:
        found = host.session().scalars(select(PaymentAttempt.id).where(PaymentAttempt.way == "saved_card")).all()
        host.end_reads()
        return len(found)

    return counted


def test_a_refill_without_stock_waits_uncharged_and_is_picked_up_after_a_delivery(
    driver: Driver, bought: Bought, subjects: Subjects
) -> None:
    write(update(Lot).values(on_hand=1))  # what the kit itself was promised
    driver.until_due(bought)
    driver.work()
    driver.travel(clock.now() + timedelta(hours=2))
    assert (driver.refill(bought).state, charged(driver, bought)) == ("waiting_for_stock", 0)
    assert rows(select(Order.id).where(Order.kind == "refill")) == []
    assert subjects().count("Your refill is delayed") == 1
    expires = clock.today(clock.now()) + days(700)
    receive(Delivery(first_kit.SERUM, "LATER", 5, expires), Cause("command", clock.now()))
    driver.work()
    assert (driver.refill(bought).state, charged(driver, bought)) == ("paid", 1)


def test_a_plain_decline_is_retried_on_days_1_3_5_7_with_one_intent_then_the_customer_is_asked(
    driver: Driver, bought: Bought, subjects: Subjects
) -> None:
    first = driver.until_due(bought).charge_on
    driver.card_behaves(bought, "pm_card_chargeDeclined")
    tried = []
    for day in range(10):
        driver.travel(first + days(day))
        tried.append(len(rows(select(PaymentAttempt.id).where(PaymentAttempt.way == "saved_card"))))
    assert tried == [1, 2, 2, 3, 3, 4, 4, 5, 5, 5]
    assert driver.refill(bought).state == "needs_customer"
    intents = rows(select(PaymentAttempt.intent_id).where(PaymentAttempt.way == "saved_card"))
    assert len(set(intents)) == 1
    assert (subjects().count("Your card was declined"), charged(driver, bought)) == (4, 0)


def test_a_retry_that_succeeds_pays_the_refill(driver: Driver, bought: Bought) -> None:
    first = driver.until_due(bought).charge_on
    driver.card_behaves(bought, "pm_card_chargeDeclinedInsufficientFunds")
    driver.work()
    driver.card_behaves(bought, None)
    driver.travel(first + days(1))
    assert (driver.refill(bought).state, charged(driver, bought)) == ("paid", 1)


def test_retries_that_were_held_up_do_not_fall_on_one_day(driver: Driver, bought: Bought) -> None:
    first = driver.until_due(bought).charge_on
    driver.card_behaves(bought, "pm_card_chargeDeclined")
    driver.work()
    driver.travel(first + days(6))
    assert len(rows(select(PaymentAttempt.id).where(PaymentAttempt.way == "saved_card"))) == 2
    assert driver.refill(bought).retry_on == first + days(8)


def test_a_hard_decline_is_never_retried(driver: Driver) -> None:
    plans = {card: driver.buy() for card in HARD}
    first = driver.until_due(plans[HARD[-1]]).charge_on
    for card, plan in plans.items():
        driver.card_behaves(plan, card)
    for day in (0, 1, 3, 7):
        driver.travel(first + days(day))
    assert {driver.refill(plan).state for plan in plans.values()} == {"needs_customer"}
    assert len(rows(select(PaymentAttempt.id).where(PaymentAttempt.way == "saved_card"))) == len(HARD)


def test_a_refill_paid_in_person_replaces_the_card_for_the_next_one(
    driver: Driver, bought: Bought, subjects: Subjects, mail_folder: Any
) -> None:
    driver.until_due(bought)
    driver.card_behaves(bought, "pm_card_authenticationRequired")
    driver.work()
    refill, old = driver.refill(bought), rows(select(Subscription.card))
    assert refill.order_id is not None
    assert refill.state == "needs_customer"
    assert any("/pay/" in path.read_text().replace("=\n", "") for path in mail_folder.iterdir())
    settle_page(driver.pay(driver.page(refill.order_id), "5555555555554444"), now=clock.now())
    assert (driver.refill(bought).state, charged(driver, bought)) == ("paid", 1)
    assert rows(select(Subscription.card)) != old
    assert rows(select(Subscription.card_last4)) == ["4444"]
    driver.travel(driver.refill(bought, 2).notice_on)
    driver.travel(driver.refill(bought, 2).charge_on)
    assert driver.refill(bought, 2).state == "paid"


def test_a_refill_that_came_late_moves_the_next_one_three_months_on(driver: Driver, bought: Bought) -> None:
    planned = driver.refill(bought, 2).needed_on
    first = driver.until_due(bought)
    driver.card_behaves(bought, "pm_card_authenticationRequired")
    driver.work()
    driver.travel(first.needed_on + days(20))
    order_id = driver.refill(bought).order_id
    assert order_id is not None
    settle_page(driver.pay(driver.page(order_id)), now=clock.now())
    paid_on = driver.refill(bought).paid_on
    assert paid_on is not None
    assert driver.refill(bought, 2).needed_on == max(planned, paid_on + relativedelta(months=3))
    assert driver.refill(bought, 2).needed_on > planned


def test_all_later_refills_move_with_a_late_one_or_are_dropped_and_the_customer_told(
    driver: Driver, bought: Bought, subjects: Callable[[], list[str]]
) -> None:
    first, second = driver.refills(bought)
    with host.unit() as session:  # a kit with longer plans than ours has a third refill
        third = second.needed_on + relativedelta(months=3)
        same = {"subscription_id": bought.subscription_id, "notice_on": third, "charge_on": third}
        session.add(Refill(number=3, needed_on=third, serves_until=third, **same))
        session.execute(update(Subscription).values(last_session=third + days(10)))
    driver.until_due(bought)
    driver.card_behaves(bought, "pm_card_authenticationRequired")
    driver.work()
    driver.travel(first.needed_on + days(20))
    order_id = driver.refill(bought).order_id
    assert order_id is not None
    settle_page(driver.pay(driver.page(order_id)), now=clock.now())
    moved = driver.refills(bought)
    assert moved[1].needed_on == moved[0].paid_on + relativedelta(months=3)  # type: ignore[operator]
    assert [refill.state for refill in moved] == ["paid", "scheduled", "dropped"]
    driver.work()
    assert subjects().count("A refill is no longer needed") == 1


def test_a_box_that_comes_late_lasts_for_the_sessions_that_are_still_to_come(driver: Driver, bought: Bought) -> None:
    write(update(Lot).values(on_hand=0))
    first = driver.until_due(bought)
    driver.work()
    late = first.needed_on + days(60)
    driver.travel(late, work=False)
    receive(Delivery(first_kit.SERUM, "SOON", 5, late + days(45)), Cause("command", clock.now()))
    driver.work()
    assert driver.refill(bought).state == "waiting_for_stock", "it would expire before the last session it serves"
    receive(Delivery(first_kit.SERUM, "GOOD", 5, late + days(300)), Cause("command", clock.now()))
    driver.work()
    assert driver.refill(bought).state == "paid"
    until = rows(select(Reservation.serves_until).order_by(Reservation.id.desc()).limit(1))[0]
    assert until > late


def test_a_key_that_stripe_no_longer_takes_is_no_decline(driver: Driver, bought: Bought, app: Any) -> None:
    refill, now, key = driver.until_due(bought), clock.now(), app.config["SHOP_STRIPE_SECRET_KEY"]
    app.config["SHOP_STRIPE_SECRET_KEY"] = "sk_rolled"
    with pytest.raises(NoKeys):
        bill(refill.id, now)
    app.config["SHOP_STRIPE_SECRET_KEY"] = key
    assert driver.refill(bought).state == "charging"
    driver.work()
    assert (driver.refill(bought).state, charged(driver, bought)) == ("paid", 1)


def test_a_retry_waits_while_the_customer_has_a_payment_page_open_and_goes_on_when_it_closed(
    driver: Driver, bought: Bought, tries: Callable[[], int]
) -> None:
    driver.card_behaves(bought, "pm_card_chargeDeclined")
    driver.travel(driver.until_due(bought).charge_on)
    refill = driver.refill(bought)
    assert refill.order_id is not None
    assert refill.retry_on is not None
    driver.travel(refill.retry_on, work=False)
    driver.page(refill.order_id)
    begun = time.monotonic()
    duties.run_once(registers().duties)
    assert time.monotonic() - begun < 5, "nothing waits for the page to close"
    assert tries() == 1
    assert duties.some_wait(registers().duties)
    driver.travel(clock.now() + timedelta(hours=2))
    assert tries() == 2
