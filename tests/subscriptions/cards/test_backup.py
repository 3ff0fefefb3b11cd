"""A backup card: tried once when the first is declined in a way another card can help."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import select

from kits import clock, host
from shop.payments.tables import PaymentAttempt
from subscriptions.billing.billing import bill
from subscriptions.cards import removing
from subscriptions.controls import refills
from tests.journeys.driving import Bought, Driver, days
from tests.subscriptions.cards.conftest import Cards

Subjects = Callable[[], list[str]]


def tried(cards: Cards) -> list[str | None]:
    cards = select(PaymentAttempt.card).where(PaymentAttempt.way == "saved_card").order_by(PaymentAttempt.id)
    rows = host.session().scalars(cards).all()
    host.end_reads()
    return list(rows)


def due(driver: Driver, bought: Bought) -> None:
    driver.travel(driver.until_due(bought).charge_on)


def test_a_soft_decline_is_paid_by_the_backup_and_each_keeps_its_place(
    cards: Cards, driver: Driver, bought: Bought, subjects: Subjects, charged: Callable[[], int]
) -> None:
    cards.save("backup")
    main, _, backup = cards.plan
    cards.behaves(main, "pm_card_chargeDeclinedInsufficientFunds")
    due(driver, bought)
    assert (driver.refill(bought).state, charged()) == ("paid", 1)
    assert tried(cards) == [main, backup]
    assert cards.plan == (main, "4242", backup)
    assert "Your card was declined" not in subjects()


def test_a_dead_card_is_replaced_by_the_backup_that_paid(cards: Cards, driver: Driver, bought: Bought) -> None:
    cards.save("backup")
    main, _, backup = cards.plan
    cards.behaves(main, "pm_card_chargeDeclinedLostCard")
    due(driver, bought)
    assert driver.refill(bought).state == "paid"
    assert cards.plan == (backup, "4444", None)
    driver.work()
    assert not cards.kept(main)


def test_a_backup_that_is_declined_too_leaves_the_schedule_of_the_first(
    cards: Cards, driver: Driver, bought: Bought, subjects: Subjects
) -> None:
    cards.save("backup")
    main, _, backup = cards.plan
    for card in (main, backup):
        cards.behaves(card, "pm_card_chargeDeclinedInsufficientFunds")
    due(driver, bought)
    first = driver.refill(bought)
    assert (first.state, first.retry_on) == ("declined", first.charge_on + days(1))
    driver.travel(first.charge_on + days(1))
    assert tried(cards) == [main, backup, main], "the backup is tried once"
    assert subjects().count("Your card was declined") == 2


def test_a_dead_backup_is_tried_for_no_other_refill(cards: Cards, driver: Driver, bought: Bought) -> None:
    cards.save("backup")
    main, _, backup = cards.plan
    cards.behaves(main, "pm_card_chargeDeclinedInsufficientFunds")
    cards.behaves(backup, "pm_card_chargeDeclinedStolenCard")
    due(driver, bought)
    assert cards.plan == (main, "4242", None)


def test_a_bank_that_wants_its_customer_is_not_passed_by_with_the_backup(
    cards: Cards, driver: Driver, bought: Bought
) -> None:
    cards.save("backup")
    cards.behaves(cards.plan[0], "pm_card_authenticationRequired")
    due(driver, bought)
    assert (driver.refill(bought).state, len(tried(cards))) == ("needs_customer", 1)


def test_the_same_card_twice_is_no_backup(cards: Cards, driver: Driver, bought: Bought) -> None:
    cards.save("backup", "4242424242424242")
    cards.behaves(cards.plan[0], "pm_card_chargeDeclinedLostCard", advice="do_not_try_again")
    due(driver, bought)
    assert (driver.refill(bought).state, len(tried(cards))) == ("needs_customer", 1)


def test_a_network_that_asks_to_wait_two_days_is_waited_for(cards: Cards, driver: Driver, bought: Bought) -> None:
    cards.behaves(cards.plan[0], "pm_card_chargeDeclined", network_advice="26")
    due(driver, bought)
    first = driver.refill(bought).charge_on
    driver.travel(first + days(1))
    assert len(tried(cards)) == 1
    driver.travel(first + days(3))
    assert len(tried(cards)) == 2


def test_a_network_that_says_never_again_stops_the_card_for_later_refills_too(
    cards: Cards, driver: Driver, bought: Bought
) -> None:
    cards.behaves(cards.plan[0], "pm_card_chargeDeclined", network="R1")
    due(driver, bought)
    assert driver.refill(bought).state == "needs_customer"
    assert cards.stops() == [("card", True)]
    said = select(PaymentAttempt.network_decline_code, PaymentAttempt.card_brand).filter_by(way="saved_card")
    assert cards.read(said) == ("R1", "visa")


def test_a_backup_that_took_the_place_of_the_first_card_is_tried_on_its_days_and_no_oftener(
    cards: Cards, driver: Driver, bought: Bought
) -> None:
    cards.save("backup")
    main, _, backup = cards.plan
    for card in (main, backup):
        cards.behaves(card, "pm_card_chargeDeclinedInsufficientFunds")
    due(driver, bought)
    first = driver.refill(bought).charge_on
    removing.remove(cards.plan_id, "main", actor="customer", now=clock.now())
    assert cards.plan[0] == backup
    driver.travel(first + days(1))
    assert tried(cards) == [main, backup, backup]
    again = driver.refill(bought).retry_on
    assert again is not None
    assert again > first + days(1)


def test_a_refill_that_is_moved_while_its_backup_is_next_is_charged_to_the_card_its_notice_names(
    cards: Cards, driver: Driver, bought: Bought, charged: Callable[[], int]
) -> None:
    cards.save("backup")
    main = cards.plan[0]
    cards.behaves(main, "pm_card_chargeDeclinedInsufficientFunds")
    bill(driver.until_due(bought).id, clock.now())
    assert driver.refill(bought).state == "declined"
    refills.move(cards.plan_id, 1, 4, actor="customer", now=clock.now())
    cards.behaves(main, "pm_card_visa")
    due(driver, bought)
    assert (tried(cards), charged()) == ([main, main], 1)


@pytest.mark.parametrize("replaced", [False, True])
def test_a_backup_that_leaves_before_it_is_tried_is_not_tried(
    replaced: bool, cards: Cards, driver: Driver, bought: Bought, charged: Callable[[], int]
) -> None:
    cards.save("backup")
    main = cards.plan[0]
    cards.behaves(main, "pm_card_chargeDeclinedInsufficientFunds")
    refill = driver.until_due(bought)
    bill(refill.id, clock.now())
    if replaced:
        cards.save("backup")
    else:
        removing.remove(cards.plan_id, "backup", actor="customer", now=clock.now())
    bill(refill.id, clock.now())
    assert (tried(cards), charged()) == ([main], 0)
    again = driver.refill(bought)
    assert (again.state, again.retry_on) == ("declined", refill.charge_on + days(1))
