"""A refill whose day is past and that nobody tried is an alarm; what is held back for a reason is none."""

from __future__ import annotations

from datetime import datetime, timedelta

from kits import clock, host
from shop.watching.reading import look
from subscriptions import overdue
from tests.journeys.driving import Bought, Driver, morning


def figure(now: datetime) -> int:
    found = look(host.session(), now).figures["overdue"]
    host.end_reads()
    return found


def test_a_refill_that_was_not_charged_on_its_day_is_overdue_from_the_next(driver: Driver, bought: Bought) -> None:
    refill = driver.until_due(bought)
    days = [morning(refill.charge_on + timedelta(days=days)) for days in (0, 1, 30)]
    assert [figure(day) for day in days] == [0, 1, 1]
    ((title, _, values),) = overdue.oldest(days[1])
    host.end_reads()
    assert (title, values) == (f"Refill 1 of order {bought.number}", {"refill_id": refill.id})
    driver.travel(days[1])
    assert figure(clock.now()) == 0


def test_a_refill_that_was_not_announced_on_its_day_is_overdue_from_the_next(driver: Driver, bought: Bought) -> None:
    day = driver.refill(bought).notice_on
    assert [figure(morning(day + timedelta(days=days))) for days in (0, 1, 3)] == [0, 1, 1]


def test_a_charge_that_is_to_be_tried_again_is_overdue_the_day_after(driver: Driver, bought: Bought) -> None:
    driver.card_behaves(bought, "pm_card_chargeDeclinedInsufficientFunds")
    driver.travel(driver.until_due(bought).charge_on)
    retry = driver.refill(bought).retry_on
    assert retry is not None
    assert [figure(morning(retry + timedelta(days=days))) for days in (0, 1)] == [0, 1]


def test_what_waits_for_its_customer_is_not_overdue(driver: Driver, bought: Bought) -> None:
    driver.card_behaves(bought, "pm_card_authenticationRequired")
    driver.travel(driver.until_due(bought).charge_on)
    refill = driver.refill(bought)
    assert refill.state == "needs_customer"
    assert figure(morning(refill.charge_on + timedelta(days=5))) == 0
