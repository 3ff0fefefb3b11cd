"""What giving back a kit, or a part of it, does to its refills; and a refill that is given back by itself."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from sqlalchemy import select

from kits import clock
from shop.orders.tables import OrderLine
from shop.returns.tables import ReturnItem
from shop.returns.withdrawing.withdrawal import Chosen
from subscriptions.tables import Subscription
from tests.journeys.driving import Bought, Driver
from tests.journeys.shopping import letters
from tests.shop.returns.conftest import (
    ROLLER,
    ROLLER_PAID,
    SERUM,
    SERUM_PAID,
    WHOLE,
    all_there,
    all_waiting,
    days,
    refunded,
    send,
    shelf,
    withdraw,
)

Read = Callable[[Any], list[Any]]


def test_withdrawing_from_the_kit_ends_its_refills_at_once(driver: Driver, came: Bought, read: Read) -> None:
    withdraw(came, all_there())
    assert read(select(Subscription.state)) == ["ended"], "before anything came back"
    assert {each.state for each in driver.refills(came)} == {"cancelled"}
    driver.travel(clock.today(clock.now()) + days(300))
    assert driver.charges()[came.number, "1"] == 0


def test_an_opened_serum_stays_and_the_roller_can_still_be_given_back(driver: Driver, came: Bought, read: Read) -> None:
    withdraw(came, {ROLLER: Chosen(there=1), SERUM: Chosen(opened=1)})
    assert sorted((each.units, each.opened, each.amount) for each in read(select(ReturnItem))) == [
        (0, 1, 0), (1, 0, ROLLER_PAID),
    ]  # fmt: skip
    assert read(select(Subscription.state)) == ["ended"], "nothing is kept that could be given back"


def test_giving_back_one_part_and_keeping_the_other_leaves_the_plan_as_it_is(
    driver: Driver, came: Bought, read: Read
) -> None:
    withdraw(came, {SERUM: Chosen(there=1)})
    assert read(select(Subscription.state)) == ["active"]
    assert [each.amount for each in read(select(ReturnItem))] == [SERUM_PAID]
    assert read(select(OrderLine.given_back_at)) == [None]


def test_one_of_two_kits_given_back_leaves_refills_for_the_other(driver: Driver, read: Read, mail_folder: Path) -> None:
    two = driver.buy(quantity=2)
    withdraw(two, all_waiting(1))
    assert (driver.state(two.order_id), shelf(), read(select(Subscription.quantity))) == ("paid", (20, 20, 2), [1])
    driver.work()
    assert refunded(driver) == [WHOLE]
    assert "now holds 1 box and costs £49.00" in letters(mail_folder)[-1].text
    send(two)
    driver.travel(driver.until_due(two).charge_on)
    assert [charge["amount"] for charge in driver.sandbox.charges()] == [4900, 2 * WHOLE]
    assert read(select(OrderLine.quantity).order_by(OrderLine.id)) == [2, 1]


def test_a_refill_that_waits_for_its_payment_comes_anew_with_the_boxes_that_are_kept(
    driver: Driver, read: Read, mail_folder: Path
) -> None:
    two = driver.buy(quantity=2)
    driver.until_due(two)
    driver.card_behaves(two, "pm_card_chargeDeclinedInsufficientFunds")
    driver.work()
    assert driver.refill(two).state == "declined"
    declined = driver.refill(two).order_id
    withdraw(two, all_waiting(1))
    driver.work()
    assert read(select(Subscription.quantity)) == [1]
    assert any("announced to you anew with the boxes you still need" in each.text for each in letters(mail_folder))
    assert driver.state(declined) == "cancelled"
    refill = driver.refill(two)
    assert (refill.state, refill.order_id, refill.notice_amount) == ("notified", None, 4900)
    driver.card_behaves(two, None)
    driver.travel(refill.charge_on)
    assert [charge["amount"] for charge in driver.sandbox.charges()] == [4900, 2 * WHOLE]


def test_a_refill_that_is_paid_already_stays_as_it_was_and_that_is_said(
    driver: Driver, read: Read, mail_folder: Path
) -> None:
    two = driver.buy(quantity=2)
    driver.travel(driver.until_due(two).charge_on)
    assert driver.refill(two).state == "paid"
    withdraw(two, all_waiting(1))
    driver.work()
    assert any("ordered before stays as it was ordered" in each.text for each in letters(mail_folder))


def test_the_second_kit_given_back_later_ends_them(driver: Driver, read: Read) -> None:
    two = driver.buy(quantity=2)
    withdraw(two, all_waiting(1), mark="one")
    withdraw(two, all_waiting(1), mark="two")
    assert (driver.state(two.order_id), read(select(Subscription.state))) == ("refunded", ["ended"])
    driver.work()
    assert refunded(driver) == [2 * WHOLE]


def test_a_refill_is_withdrawn_from_by_itself_and_its_plan_goes_on(driver: Driver, came: Bought, read: Read) -> None:
    refill = driver.until_due(came)
    driver.work()
    ordered = driver.seen(driver.refill(came).order_id or 0)
    withdraw(ordered, {SERUM: Chosen(waiting=1)})
    driver.work()
    assert (driver.state(ordered.order_id), driver.refill(came).state) == ("refunded", "cancelled")
    assert (read(select(Subscription.state)), refunded(driver)) == (["active"], [0, 4900])
    assert driver.refill(came, 2).state == "scheduled"
    assert refill.number == 1


def test_a_refill_that_is_paid_when_its_kit_is_given_back_is_not_sent_and_refunded(
    driver: Driver, bought: Bought, read: Read, mail_folder: Path
) -> None:
    driver.until_due(bought)
    driver.work()
    ordered = driver.refill(bought).order_id
    assert driver.state(ordered) == "paid"
    withdraw(bought, all_waiting())
    driver.work()
    assert (driver.state(ordered), driver.refill(bought).state, refunded(driver)) == (
        "refunded",
        "cancelled",
        [8900, 4900],
    )
    assert any("The kit that this refill belongs to was given back" in each.text for each in letters(mail_folder))


def test_a_charge_that_was_out_already_finishes_and_goes_back(
    driver: Driver, bought: Bought, mail_folder: Path
) -> None:
    driver.until_due(bought)
    driver.card_behaves(bought, "pm_card_authenticationRequired")
    driver.work()
    ordered = driver.refill(bought).order_id or 0
    page = driver.pay(driver.page(ordered))
    withdraw(bought, all_waiting())
    driver.work()
    assert page
    assert (driver.state(ordered), driver.refill(bought).state, refunded(driver)) == (
        "refunded",
        "cancelled",
        [8900, 4900],
    )
    assert not any("paid and will be sent" in each.subject for each in letters(mail_folder))


def test_an_unpaid_refill_is_closed_when_its_kit_is_given_back(driver: Driver, bought: Bought) -> None:
    driver.until_due(bought)
    driver.card_behaves(bought, "pm_card_chargeDeclinedExpiredCard")
    driver.work()
    ordered = driver.refill(bought).order_id
    assert (driver.state(ordered), driver.refill(bought).state) == ("awaiting_payment", "needs_customer")
    withdraw(bought, all_waiting())
    driver.work()
    assert (driver.state(ordered), driver.refill(bought).state) == ("cancelled", "cancelled")
