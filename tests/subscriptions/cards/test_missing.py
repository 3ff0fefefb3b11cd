"""A card that was removed while nothing was to be paid is asked for as soon as something is, before the due day."""

from __future__ import annotations

from collections.abc import Callable

from kits import clock
from subscriptions.cards import removing
from subscriptions.controls import changing, refills
from tests.journeys.driving import Bought, Driver
from tests.subscriptions.cards.conftest import Cards

Subjects = Callable[[], list[str]]
NEEDED = "A card is needed for your refills"


def remove(plan_id: int) -> None:
    removing.remove(plan_id, "main", actor="customer", now=clock.now())


def test_a_refill_that_is_sent_after_all_asks_for_the_card_that_was_removed_meanwhile(
    cards: Cards, driver: Driver, bought: Bought, subjects: Subjects, charged: Callable[[], int]
) -> None:
    for number in (1, 2):
        refills.skip(cards.plan_id, number, actor="customer", now=clock.now())
    remove(cards.plan_id)
    driver.work()
    assert (cards.stops(), NEEDED in subjects()) == ([], False)
    refills.send_after_all(cards.plan_id, 1, actor="customer", now=clock.now())
    driver.work()
    assert (cards.stops(), subjects().count(NEEDED)) == ([("card", True)], 1)
    driver.travel(driver.until_due(bought).charge_on)
    assert (driver.refill(bought).state, charged()) == ("notified", 0)
    cards.save()
    driver.work()
    assert (driver.refill(bought).state, charged()) == ("paid", 1)


def test_a_refill_that_a_longer_plan_takes_asks_for_the_card_too(driver: Driver, subjects: Subjects) -> None:
    bought = driver.buy(sessions=6, every_weeks=4)
    driver.travel(driver.until_due(bought).charge_on)
    assert driver.refill(bought).state == "paid"
    plan_id = bought.subscription_id or 0
    remove(plan_id)
    changing.change_plan(plan_id, 10, 4, actor="customer", now=clock.now())
    driver.work()
    assert subjects().count(NEEDED) == 1
    driver.travel(driver.until_due(bought, 2).charge_on)
    assert driver.refill(bought, 2).state == "notified"
